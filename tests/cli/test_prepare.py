"""prepare and inspect on the command line; new with scenes and an area."""

import json
import subprocess
import sys

import pytest
from fakes.safe import area_wkt
from scene_projects import make_scene_project, opened
from snap_worlds import make_world

from snapstamps.cli import main as cli
from snapstamps.external import snappy
from snapstamps.pipeline.runner import Request, run_project


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    return int(ended.value.code or 0)


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return make_world(tmp_path_factory.mktemp("world"), with_pixels=True)


@pytest.fixture(scope="module")
def area(world, tmp_path_factory):
    """A project whose master is split."""
    project = make_scene_project(world, tmp_path_factory.mktemp("area"))
    run_project(project, Request(first="prepare", last="prepare", snap_stages=("split", "split")))
    return project.folder


def test_a_dry_run_prints_every_command_and_writes_nothing(world, tmp_path, capsys):
    project = make_scene_project(world, tmp_path / "area")
    before = sorted(project.folder.rglob("*"))
    assert call("prepare", "-C", str(project.folder), "--dry-run", "--workers", "1") == 0
    text = capsys.readouterr().out
    lines = [line for line in text.splitlines() if line.startswith("cd ")]
    assert len(lines) == 3 + 2 + 2
    assert f"{world.snap.gpt} {project.folder}/logs/snap/split_20190117.xml -e -q" in lines[0]
    assert "-J-Xmx1024M" in lines[0]
    assert "3 dates, master 2019-01-17 (chosen by the user), VV, IW2 (3 bursts)" in text
    assert "GB of disk" in text
    assert sorted(project.folder.rglob("*")) == before


def test_a_dry_run_of_what_is_half_done_shows_the_rest(area, capsys):
    assert call("prepare", "-C", str(area), "--dry-run") == 0
    text = capsys.readouterr().out
    assert text.count("\ncd ") == 4
    assert "# coregister/20190117_20190105: not done yet" in text


def test_unknown_stages_and_projects_without_scenes_are_refused(area, tmp_path, capsys):
    assert call("prepare", "-C", str(area), "--from", "merge", "--to", "split") == 2
    assert call("prepare", "-C", str(area), "--to", "stamps") == 2
    assert call("new", str(tmp_path / "p")) == 0
    assert call("prepare", "-C", str(tmp_path / "p")) == 2
    assert "begins with an export" in capsys.readouterr().err


def test_new_takes_scenes_and_an_area_and_says_what_comes_next(world, tmp_path, capsys):
    wkt = area_wkt(world.spec)
    assert call("new", str(tmp_path / "p"), "--scenes", str(world.folder / "scenes"), "--aoi", wkt) == 0
    assert "snapstamps prepare --dry-run -C" in capsys.readouterr().out
    options = opened(tmp_path / "p").options
    assert options.project.aoi == wkt
    assert options.scenes.folder == world.folder / "scenes"
    (tmp_path / "area.geojson").write_text(
        '{"type": "Polygon", "coordinates": [[[105, 21], [106, 21], [106, 22], [105, 21]]]}'
    )
    assert call("new", str(tmp_path / "q"), "--scenes", "scenes", "--aoi", str(tmp_path / "area.geojson")) == 0
    assert opened(tmp_path / "q").options.project.aoi == str(tmp_path / "area.geojson")
    assert call("new", str(tmp_path / "r"), "--aoi", str(tmp_path / "gone.geojson")) == 2
    assert call("new", str(tmp_path / "r"), "--scenes", "s", "--from-stamps", "t") == 2


def test_inspect_shows_bands_metadata_and_history(area, capsys, monkeypatch):
    monkeypatch.setattr(snappy, "MODULE", "no_such_module")
    product = str(area / "master" / "20190117_IW2.dim")
    assert call("inspect", product) == 0
    text = capsys.readouterr().out
    assert "read by its header" in text
    assert "i_IW2_VV" in text
    assert "POEORB" in text
    assert "made by: SNAP 13.0.1: " in text
    assert call("inspect", product, "--json") == 0
    assert json.loads(capsys.readouterr().out)["facts"]["bursts"] == "3"


def test_inspect_reads_scenes_too(world, capsys):
    assert call("inspect", str(next((world.folder / "scenes").iterdir())), "--no-snappy") == 0
    assert "IW2 VV: 3" in capsys.readouterr().out


def test_a_broken_esa_snappy_is_one_sentence(area, capsys, monkeypatch, tmp_path):
    (tmp_path / "broken_snappy.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(snappy, "MODULE", "broken_snappy")
    assert call("inspect", str(area / "master" / "20190117_IW2.dim")) == 0
    text = capsys.readouterr().out
    assert "esa-snappy is installed, but does not work here" in text
    assert "Traceback" not in text
    assert "i_IW2_VV" in text


def test_esa_snappy_is_asked_in_a_process_of_its_own(area, capsys, monkeypatch, tmp_path):
    (tmp_path / "esa_snappy.py").write_text(
        "class Band:\n"
        "    def getName(self): return 'i_IW2_VV'\n"
        "    def getUnit(self): return 'real'\n"
        "    def getDataType(self): return 11\n"
        "class Product:\n"
        "    getNumBands = lambda self: 1\n"
        "    getBandAt = lambda self, i: Band()\n"
        "    getName = lambda self: 'twenty'\n"
        "    getSceneRasterWidth = lambda self: 20\n"
        "    getSceneRasterHeight = lambda self: 10\n"
        "    getProductType = lambda self: 'SLC'\n"
        "    getStartTime = getEndTime = lambda self: 'now'\n"
        "class ProductIO:\n"
        "    readProduct = staticmethod(lambda path: print('noise of Java') or Product())\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert call("inspect", str(area / "master" / "20190117_IW2.dim")) == 0
    text = capsys.readouterr().out
    assert "twenty" in text
    assert "SNAP (esa-snappy)" in text
    assert "20 samples x 10 lines" in text
    assert "esa_snappy" not in sys.modules


def test_the_start_of_the_program_loads_nothing_heavy():
    words = [sys.executable, "-c", "import snapstamps.cli.main, sys; print('shapely' in sys.modules)"]
    assert subprocess.run(words, capture_output=True, text=True, check=True).stdout.strip() == "False"
