"""prepare and inspect on the command line; new with scenes and an area."""

import json
import re
import shutil
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


def test_stripmap_scenes_and_an_empty_folder_are_refused_with_the_reason(world, tmp_path, capsys):
    (tmp_path / "none").mkdir()
    make_scene_project(world, tmp_path / "p", scenes__folder=str(tmp_path / "none"))
    assert call("prepare", "-C", str(tmp_path / "p"), "--dry-run") == 4
    assert "there is no Sentinel-1 scene in the folder" in capsys.readouterr().err
    for safe in (world.folder / "scenes").iterdir():
        copy = shutil.copytree(safe, tmp_path / "stripmap" / safe.name.replace("_IW_", "_S3_"))
        manifest = copy / "manifest.safe"
        manifest.write_text(manifest.read_text().replace("mode>IW<", "mode>S3<"))
        for annotation in copy.glob("annotation/*.xml"):
            annotation.write_text(re.sub(r"<burst>.*</burst>", "", annotation.read_text(), flags=re.DOTALL))
    make_scene_project(world, tmp_path / "q", scenes__folder=str(tmp_path / "stripmap"))
    assert call("prepare", "-C", str(tmp_path / "q"), "--dry-run") == 4
    told = capsys.readouterr().err
    assert "and 2 more: is of mode S3 (stripmap) and is left out (SNAP's coregistration takes Sentinel-1 only" in told
    assert "at least 2 are needed" in told


def test_graph_show_in_a_project_prints_what_would_run_there(area, tmp_path, capsys):
    area = shutil.copytree(area, tmp_path / "area", copy_function=shutil.copy2)
    project = opened(area)
    assert call("graph", "show", "coregister", "-C", str(area)) == 0
    text = capsys.readouterr().out
    command = next(line for line in text.splitlines() if line.startswith("cd "))
    assert call("prepare", "-C", str(area), "--dry-run") == 0
    assert command in capsys.readouterr().out, "the command is that of prepare"
    assert "# coregister/20190117_20190105" in text
    assert f"<file>{area}/master/20190117_IW2.dim</file>" in text
    assert f"<geoRegion>{project.options.project.aoi[:12]}" in text
    run_project(project, Request(first="prepare", last="prepare", snap_stages=("split", "coregister")))
    assert call("graph", "show", "coregister", "-C", str(area), "--pair", "20190117_20190129", "--xml") == 0
    ran = (area / "logs" / "snap" / "coregister_20190117_20190129.xml").read_text()
    assert capsys.readouterr().out == ran, "and the graph is the one that ran"


def test_graph_show_takes_the_options_of_a_project_whose_scenes_are_not_there_yet(world, tmp_path, capsys):
    (tmp_path / "scenes").mkdir()
    choices = {"esd": "off", "topography": "in_interferogram", "coherence": False}
    options = {f"snap__{name}": value for name, value in choices.items()}
    here = {"scenes__folder": str(tmp_path / "scenes"), "scenes__polarisation": "VH"}
    make_scene_project(world, tmp_path / "p", scenes__dem="Copernicus 90m Global DEM", **here, **options)
    assert call("graph", "show", "coregister", "-C", str(tmp_path / "p"), "--xml") == 0
    text = capsys.readouterr().out
    assert "Enhanced-Spectral-Diversity" not in text
    assert "<subtractTopographicPhase>true<" in text
    assert "<includeCoherence>false<" in text
    assert "<selectedPolarisations>VH<" in text
    assert "<demName>Copernicus 90m Global DEM<" in text
    assert "<geoRegion>POLYGON ((" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("merge",), "nothing is merged in this project"),
        (("split", "--swath", "IW1"), "the area does not lie in IW1"),
        (("coregister", "--pair", "20190117_20190118"), "20190118 is no slave of this project"),
        (("coregister", "--pair", "20190105_20190129"), "the master of this project is 20190117"),
        (("stripmap", "--scene", "only_one.xml"), "a pair has two scenes"),
    ],
)
def test_graph_show_refuses_what_a_project_would_not_run(area, capsys, words, message):
    assert call("graph", "show", *words, "-C", str(area)) == 2
    assert message in capsys.readouterr().err


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
