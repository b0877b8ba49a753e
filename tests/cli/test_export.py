"""``snapstamps export --format``: words that are easily typed, errors that name the nearest."""

import shutil

import pytest

from snapstamps.cli.main import main


def call(*words) -> int:
    """Run a command in this process; return its exit code."""
    with pytest.raises(SystemExit) as end:
        main([str(word) for word in words])
    return int(end.value.code or 0)


@pytest.fixture
def finished(tiny_project, tmp_path):
    """A finished project that may be changed."""
    return shutil.copytree(tiny_project, tmp_path / "area")


def test_forms_are_named_with_commas_between(finished, capsys):
    assert call("export", "-C", finished, "--format", "csv, kmz", "--set", "export.bootstrap=10") == 0
    text = capsys.readouterr().out
    for name in ("velocity.gpkg", "velocity.csv", "velocity.csv.txt", "velocity.kmz"):
        assert str(finished / "products" / name) in text
        assert (finished / "products" / name).is_file()
    assert not (finished / "products" / "velocity.tif").exists()
    assert 'export.formats=["csv", "kmz"]: for this run only' in text


def test_all_forms_and_the_results_give_the_project_again(finished, tmp_path, capsys):
    assert call("export", "-C", finished, "--format", "all", "--set", "export.bootstrap=10") == 0
    assert (finished / "products" / "velocity.tif").is_file()
    assert call("new", tmp_path / "again", "--from", finished / "products" / "velocity.gpkg") == 0
    text = capsys.readouterr().out
    assert 'from the results: export.formats = "all"' in text
    assert "from the results: export.bootstrap = 10" in text
    assert call("export", "-C", finished, "--dry-run", "--format", "all", "--set", "export.bootstrap=10") == 0
    assert "nothing to do" in capsys.readouterr().out


def test_an_unknown_form_is_refused_with_the_known_ones(finished, capsys):
    assert call("export", "-C", finished, "--format", "gkpg") == 2
    message = capsys.readouterr().err
    assert 'export.formats = ["gkpg"] (command line)' in message
    assert '"gpkg", "shp", "csv"' in message
