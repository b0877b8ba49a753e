"""A project folder knows where its parts lie."""

import pytest

from snapstamps.config.project import Project
from snapstamps.model.errors import InputError
from snapstamps.stamps.parms import defaults


@pytest.fixture
def opened(tmp_path):
    """Give a function that opens a project with this configuration."""

    def open_with(text: str = "", **layers) -> Project:
        (tmp_path / "snapstamps.toml").write_text(text, encoding="utf-8")
        return Project.open(tmp_path, **{"environment": {}, **layers})

    return open_with


def test_a_folder_without_a_configuration_is_no_project(tmp_path):
    with pytest.raises(InputError, match="not a snapstamps project") as caught:
        Project.open(tmp_path)
    assert "snapstamps new" in str(caught.value)


def test_the_folders_lie_in_the_project(opened, tmp_path):
    project = opened()
    assert project.stamps_folder == tmp_path / "stamps"
    assert project.products_folder == tmp_path / "products"
    assert project.logs_folder == tmp_path / "logs"
    assert project.config_file == tmp_path / "snapstamps.toml"


def test_configured_paths_are_relative_to_the_project_or_absolute_or_from_home(opened, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert opened('[stamps]\nfolder = "../ps"').stamps_folder == tmp_path / "../ps"
    assert opened('[stamps]\nfolder = "/data/ps"').stamps_folder.as_posix() == "/data/ps"
    assert opened('[stamps]\nfolder = "~/ps"').stamps_folder == tmp_path / "home" / "ps"


def test_a_relative_project_folder_becomes_absolute(opened, tmp_path, monkeypatch):
    opened()
    monkeypatch.chdir(tmp_path.parent)
    assert Project.open(tmp_path.relative_to(tmp_path.parent), environment={}).folder == tmp_path


def test_the_only_export_of_the_project_is_found(opened, tmp_path):
    (tmp_path / "INSAR_20190505").mkdir()
    (tmp_path / "INSAR_notes.txt").touch()
    assert opened().export_folder == tmp_path / "INSAR_20190505"


def test_the_configured_export_goes_before_the_ones_in_the_project(opened, tmp_path):
    (tmp_path / "INSAR_20190505").mkdir()
    (tmp_path / "other").mkdir()
    assert opened('[stamps_export]\nfolder = "other"').export_folder == tmp_path / "other"


def test_no_export_several_exports_and_a_missing_one_are_clear_errors(opened, tmp_path):
    with pytest.raises(InputError, match="0 INSAR_"):
        _ = opened().export_folder
    for name in ("INSAR_20190505", "INSAR_20200304"):
        (tmp_path / name).mkdir()
    with pytest.raises(InputError, match=r"2 INSAR_(.|\n)*INSAR_20200304"):
        _ = opened().export_folder
    with pytest.raises(InputError, match=r"missing(.|\n)*gone"):
        _ = opened('[stamps_export]\nfolder = "gone"').export_folder


def test_parameters_are_the_defaults_and_what_the_user_set(opened):
    project = opened("[stamps.parms]\nunwrap_grid_size = 70\n", overrides={"scla_deramp": "y"})
    changed = {"unwrap_grid_size": 70.0, "scla_deramp": "y"}
    assert repr(project.parms) == repr({**defaults(), **changed})
    assert project.origin("stamps.parms.unwrap_grid_size") == "file"
    assert project.origin("stamps.parms.scla_deramp") == "command line"
    assert project.origin("stamps.parms.clap_win") == "default"
