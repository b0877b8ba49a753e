"""Every command that README and pages show runs, ends as said, and prints what is shown below it."""

import contextlib
import io
import json
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import geopandas
import pytest
import shapely
from documentation import ELLIPSIS, ROOT, Command, Page, pages
from fakes.archive_server import archive_server
from fakes.safe import area_wkt
from snap_worlds import make_world, small_spec

from snapstamps.acquire import dem, search
from snapstamps.acquire.dem import MODELS
from snapstamps.acquire.search import RemoteScene
from snapstamps.cli.main import main
from snapstamps.formats.safe import read_scene
from snapstamps.model.scene import Scene
from snapstamps.results.reference_layer import teach_geometry
from snapstamps.snap.scene_inventory import find_products

EXPORT = "INSAR_20190423"
"""As the pages call it: the export of the scene `tiny`."""
EDITORS = {"sed"}
STAND_INS = {"docker": ROOT / "tests" / "fakes" / "docker"}
"""Programs that the tests do not need for real."""
WITH_COMMANDS = [p for p in pages() if any(c.words[0] == "snapstamps" for c in p.commands)]


def remote_scene(scene: Scene) -> RemoteScene:
    """Return a scene as the archive would list it."""
    outline = shapely.Polygon(scene.footprint).wkt
    start, direction = scene.start.isoformat(), scene.direction
    return RemoteScene(scene.name, "", None, "", start, scene.track, 1, direction, "VV", 1, 1.0, outline)


@pytest.fixture
def servers() -> Iterator[contextlib.ExitStack]:
    """Hold what listens on this machine; it ends with the test."""
    with contextlib.ExitStack() as stack:
        yield stack


@pytest.fixture
def prepare(
    tmp_path: Path,
    tiny_scene: Path,
    tiny_project: Path,
    servers: contextlib.ExitStack,
    monkeypatch: pytest.MonkeyPatch,
) -> Callable[[str], None]:
    """Give a function that puts into the folder what a page starts with."""

    def empty() -> None:
        assert not any(tmp_path.iterdir())

    def export() -> None:
        shutil.copytree(tiny_scene / EXPORT, tmp_path / EXPORT)

    def project() -> None:
        shutil.copytree(tiny_project, tmp_path / "my-area")

    def stamps_folder() -> None:
        shutil.copytree(tiny_project / "stamps", tmp_path / "old-work")

    def mask() -> None:
        square = [[105.845, 21.03], [105.851, 21.03], [105.851, 21.036], [105.845, 21.036], [105.845, 21.03]]
        feature = {"type": "Feature", "properties": {}, "geometry": {"type": "Polygon", "coordinates": [square]}}
        collection = {"type": "FeatureCollection", "features": [feature]}
        (tmp_path / "water.geojson").write_text(json.dumps(collection))

    def ground() -> None:
        points = "code,lon,lat,uncertainty,velocity_up,velocity_up_std\n"
        points += "YB120252.L2,105.8549,21.0281,20,-33,2\nYB120583.L2,105.8409,21.0396,20,0,2\n"
        points += "YB160197.L2,105.8475,21.0300,0,0,2\nYB120491.L2,105.9000,21.0000,20,,\n"
        (tmp_path / "survey.csv").write_text(points)
        road = [[105.838, 21.020], [105.8549, 21.0281], [105.863, 21.041]]
        write_geojson(tmp_path / "road.geojson", {"Road 151": {"type": "LineString", "coordinates": road}})
        west, middle, east, south, north = 105.836, 105.848, 105.866, 21.016, 21.045
        communes = {"Lang Thip": (west, middle), "Chau Que Ha": (middle, east)}
        rings = {
            name: [[low, south], [high, south], [high, north], [low, north], [low, south]]
            for name, (low, high) in communes.items()
        }
        polygons = {name: {"type": "Polygon", "coordinates": [ring]} for name, ring in rings.items()}
        write_geojson(tmp_path / "communes.geojson", polygons)

    def descending() -> None:
        # stands for the results of a descending pass: the same velocities, seen from the other side
        target = tmp_path / "descending" / "products"
        shutil.copytree(tiny_project / "products", target)
        with contextlib.closing(sqlite3.connect(target / "velocity.gpkg")) as database, database:
            teach_geometry(database)
            database.execute("UPDATE ps SET look_e = -look_e")

    def scenes() -> None:
        # the fewest and smallest dates that leave scatterers, and a stand-in for SNAP
        spec = small_spec(n_dates=6, n_lines=130, n_samples=400)
        world = make_world(tmp_path, spec, with_pixels=True)
        monkeypatch.setenv("SNAP_HOME", str(world.snap.home))
        geopandas.GeoDataFrame(geometry=[shapely.from_wkt(area_wkt(spec, inset=0))], crs=4326).to_file(
            tmp_path / "area.geojson"
        )

    def archive() -> None:
        # on this machine: it has the scenes that lie in the folder, and the elevation tiles
        server = servers.enter_context(archive_server())
        found = [remote_scene(read_scene(path)) for path in find_products(tmp_path / "scenes")]
        monkeypatch.setattr(search, "search_scenes", lambda _query: tuple(found))
        for name, model in MODELS.items():
            monkeypatch.setitem(MODELS, name, replace(model, url=server.url("/{tile}.tif")))
            tiles = [model.tile_name(lat, lon) for lat in range(18, 24) for lon in range(103, 109)]
            server.files |= {f"/{tile}.tif": b"tile" for tile in tiles}
        monkeypatch.setattr(dem, "_check_tile", lambda _path: None)
        monkeypatch.setattr(dem.fetch_geoid, "__kwdefaults__", {"url": server.url("/geoid.zip")})
        monkeypatch.setattr(dem, "_check_geoid", lambda _path: None)
        server.files["/geoid.zip"] = b"geoid"

    def data() -> None:
        # as for a job in a container: an export, and a configuration of another name
        shutil.copytree(tiny_scene / EXPORT, tmp_path / "data" / EXPORT)
        shutil.copyfile(tiny_project / "snapstamps.toml", tmp_path / "data" / "site.toml")

    def snap2stamps() -> None:
        places = "PROJECTFOLDER=/data/area\nGRAPHSFOLDER=/home/user/graphs\nGPTBIN_PATH=/opt/snap/bin/gpt\n"
        master = "IW1=IW2\nMASTER=/data/area/20180412_IW2.dim\nCPU=8\nCACHE=16G\n"
        box = "LONMIN=105.7\nLATMIN=21.5\nLONMAX=105.9\nLATMAX=21.7\n"
        (tmp_path / "project.conf").write_text(f"{places}{master}{box}")

    starts = {
        "empty": empty,
        "scenes": scenes,
        "tiny-export": export,
        "archive": archive,
        "tiny-data": data,
        "tiny-project": project,
        "stamps-folder": stamps_folder,
        "mask": mask,
        "ground": ground,
        "descending": descending,
        "snap2stamps": snap2stamps,
    }
    return lambda name: starts[name]()


@pytest.fixture
def folder_of_page(
    tmp_path: Path, prepare: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> Callable[[Page], Path]:
    """Give a function that prepares a page's folder and goes there."""

    def enter(page: Page) -> Path:
        for start in page.starts:
            prepare(start)
        for name, value in page.environment.items():
            monkeypatch.setenv(name, value)
        monkeypatch.chdir(tmp_path)
        return tmp_path

    return enter


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=lambda page: page.name)
def test_the_commands_of_a_page_do_what_it_says(page: Page, folder_of_page: Callable[[Page], Path]) -> None:
    folder_of_page(page)
    for command in page.commands:
        if command.words[0] == "make":
            continue
        code, output = type_in(command)
        assert code == command.exit_code, f"$ {command.text}\n{output}"
        assert_shows(command, output)


def test_the_python_of_the_page_runs(folder_of_page: Callable[[Page], Path]) -> None:
    page = Page(ROOT / "docs" / "how-to" / "python.md")
    folder_of_page(page)
    names: dict[str, object] = {}
    with contextlib.redirect_stdout(io.StringIO()) as output:
        for block in page.blocks("python"):
            exec(block, names)
    assert "PS move for sure" in output.getvalue()


def test_only_commands_that_are_run_or_known_are_shown() -> None:
    words = {command.words[0] for page in pages() for command in page.commands}
    assert words <= {"snapstamps", "make", *EDITORS, *STAND_INS}


def test_the_targets_of_make_exist() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    shown = {command.words[1] for page in pages() for command in page.commands if command.words[0] == "make"}
    named = {name for page in pages() for name in re.findall(r"`make ([a-z-]+)`", page.text)}
    assert {"demo", "test"} <= shown
    assert shown | named <= targets


def write_geojson(path: Path, shapes: dict[str, dict[str, object]]) -> None:
    """Write geometries with their names."""
    features = [{"type": "Feature", "properties": {"name": name}, "geometry": shape} for name, shape in shapes.items()]
    path.write_text(json.dumps({"type": "FeatureCollection", "features": features}))


def type_in(command: Command) -> tuple[int, str]:
    """Run a command in this process, or another program in its own; return the exit code and all output."""
    if command.words[0] in {*EDITORS, *STAND_INS}:
        stand_in = STAND_INS.get(command.words[0])
        program = [sys.executable, stand_in] if stand_in else command.words[:1]
        done = subprocess.run([*program, *command.words[1:]], capture_output=True, text=True, check=False)
        return done.returncode, done.stdout + done.stderr
    output = io.StringIO()
    with contextlib.redirect_stdout(output), contextlib.redirect_stderr(output), pytest.raises(SystemExit) as end:
        main(command.words[1:])
    return int(end.value.code or 0), output.getvalue()


def assert_shows(command: Command, output: str) -> None:
    """Compare shown lines with the output, numbers aside; they must come in the same order."""
    left = [without_numbers(line) for line in output.splitlines()]
    for line in command.shown:
        if line.strip() == ELLIPSIS:
            continue
        wanted = without_numbers(line)
        assert wanted in left, f"$ {command.text} does not print (there)\n{line}\nbut\n{output}"
        left = left[left.index(wanted) + 1 :]


def without_numbers(line: str) -> str:
    """
    Return a line in which numbers are all the same, and so is the space between words.

    >>> without_numbers("6_unwrap    0.75 s  4,804 PS")
    '#_unwrap # s # PS'
    """
    return " ".join(re.sub(r"[-−]?\d[\d.,]*", "#", line).split())
