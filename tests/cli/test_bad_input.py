"""Bad input ends in one clear message and the right exit code, and loses nothing."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from snapstamps.cli import main as cli


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    return int(ended.value.code or 0)


@pytest.fixture
def area(tiny_scene, tmp_path) -> Path:
    """A new project with an export of its own, ready to be spoilt."""
    export = tmp_path / next(tiny_scene.glob("INSAR_*")).name
    shutil.copytree(next(tiny_scene.glob("INSAR_*")), export)
    assert call("new", str(tmp_path), "--from-export", str(export), "--set", "unwrap_grid_size=50") == 0
    return tmp_path


def export_of(area: Path) -> Path:
    return next(area.glob("INSAR_*"))


def refused(area: Path, capsys, *expected: str, code: int = 4) -> str:
    capsys.readouterr()
    assert call("run", "-C", str(area), "--quiet") == code
    message = capsys.readouterr().err
    assert message.startswith("snapstamps: ")
    assert "Traceback" not in message
    for text in expected:
        assert text in message, message
    return message


@pytest.mark.parametrize(
    "words",
    [
        ["run", "-C", "{}"],
        ["new", "{}", "--from-export", "{}"],
        ["new", "x", "--from-snap2stamps", "{}"],
        ["verify", "{}", "{}"],
    ],
)
def test_a_home_that_nobody_has_is_a_folder_that_is_not_there(words, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert call(*(word.format("~nobody-of-this-name/area") for word in words)) == 2
    assert "~nobody-of-this-name/area" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_missing_interferogram(area, capsys):
    gone = sorted((export_of(area) / "diff0").glob("*.diff"))[3]
    gone.unlink()
    refused(area, capsys, gone.name)


def test_a_truncated_slc(area, capsys):
    cut = sorted((export_of(area) / "rslc").glob("*.rslc"))[2]
    os.truncate(cut, cut.stat().st_size // 2)
    refused(area, capsys, cut.name)


def test_names_that_are_no_dates(area, capsys):
    diff = sorted((export_of(area) / "diff0").glob("*.diff"))[0]
    diff.rename(diff.with_name("20200116_20201399.diff"))
    refused(area, capsys, "20201399")


def test_an_export_of_one_date(area, capsys):
    for path in (export_of(area) / "diff0").iterdir():
        path.unlink()
    refused(area, capsys, "diff0")


def test_an_unreadable_configuration(area, capsys):
    (area / "snapstamps.toml").write_text("[project\nname = ")
    refused(area, capsys, "snapstamps.toml", code=2)


def test_an_unknown_option_names_the_nearest(area, capsys):
    (area / "snapstamps.toml").write_text("[candidates]\namplitude_dispersal = 0.4\n")
    refused(area, capsys, "amplitude_dispersal", "amplitude_dispersion", code=2)


def test_an_unknown_stamps_parameter_names_the_nearest(area, capsys):
    (area / "snapstamps.toml").write_text("[stamps.parms]\nunwrap_gridsize = 100\n")
    refused(area, capsys, "unwrap_gridsize", "unwrap_grid_size", code=2)


def test_nan_everywhere(area, capsys):
    for path in (export_of(area) / "rslc").glob("*.rslc"):
        np.full(path.stat().st_size // 4, np.nan, ">f4").tofile(path)
    message = refused(area, capsys, "is a number")
    assert message.count("rslc/") == 3, "said once for all files, of which three are named"


def test_no_room_on_the_disk(area, capsys, monkeypatch):
    def full(_path):
        return shutil._ntuple_diskusage(10**9, 10**9, 1000)

    monkeypatch.setattr(shutil, "disk_usage", full)
    refused(area, capsys, "free")
    monkeypatch.undo()
    assert call("run", "-C", str(area), "--to", "candidates", "--quiet") == 0, "nothing was lost"


def test_no_permission(area, capsys, monkeypatch):
    """As root, permissions do not hold: the refusal of the system is pretended."""
    plain = Path.mkdir

    def refuse(self, *arguments, **options):
        if self.name == "stamps":
            raise PermissionError(13, "Permission denied", str(self))
        return plain(self, *arguments, **options)

    monkeypatch.setattr(Path, "mkdir", refuse)
    refused(area, capsys, "ermission", code=2)


def test_a_patch_without_ps_is_passed_over(area, capsys):
    """A quarter of the scene decorrelates: its patch ends empty, the others go on."""
    export = export_of(area)
    width = int((export / "rslc").glob("*.par").__next__().read_text().split("range_samples:")[1].split()[0])
    rng = np.random.default_rng(1)
    for path in (export / "diff0").glob("*.diff"):
        values = np.fromfile(path, ">c8").reshape(-1, width)
        noise = np.exp(2j * np.pi * rng.random((len(values), width // 2)))
        values[:, : width // 2] = (np.abs(values[:, : width // 2]) * noise).astype(">c8")
        values.tofile(path)
    words = ["--set", "candidates.patches=[2, 1]", "--set", "unwrap_grid_size=30", "--set", "density_rand=0.5"]
    assert call("run", "-C", str(area), "--quiet", *words) == 0
    text = capsys.readouterr().out
    assert "velocity.gpkg" in text
    assert call("status", "-C", str(area), *words) == 0
    assert "everything is done" in capsys.readouterr().out


def test_no_ps_anywhere_says_what_to_change(area, capsys):
    rng = np.random.default_rng(1)
    for path in (export_of(area) / "diff0").glob("*.diff"):
        values = np.fromfile(path, ">c8")
        (np.abs(values) * np.exp(2j * np.pi * rng.random(values.size))).astype(">c8").tofile(path)
    (area / "snapstamps.toml").write_text(
        (area / "snapstamps.toml")
        .read_text()
        .replace("unwrap_grid_size = 50", "unwrap_grid_size = 50\ndensity_rand = 0.01")
    )
    message = refused(area, capsys, "no patch has scatterers left")
    assert "Try:" in message
