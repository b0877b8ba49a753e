"""`snapstamps scenes` and `snapstamps baselines` from the command line; nothing reaches the network."""

import json
import shutil
from types import SimpleNamespace

import pytest
import shapely
import typer
from fakes.archive_server import archive_server
from simulated_safe import Pass, burst_centre, write_orbit_file, write_safe, write_zip
from typer.testing import CliRunner

from snapstamps.acquire import dem, search
from snapstamps.acquire.dem import MODELS
from snapstamps.acquire.orbits import needed_span, snap_orbit_folder
from snapstamps.acquire.search import RemoteScene, scenes_dict
from snapstamps.cli.baselines import baselines
from snapstamps.cli.scenes import app as scenes_app
from snapstamps.formats.safe import read_scene
from snapstamps.model.errors import DataError, InputError, ToolError

app = typer.Typer()
app.add_typer(scenes_app)
app.command()(baselines)

PASSES = [
    Pass(swaths=("IW2",)),
    Pass(swaths=("IW2",), cross=90.0).later(12),
    Pass(swaths=("IW2",), cross=-40.0).later(24),
]


@pytest.fixture(autouse=True)
def _nobody_is_logged_in(tmp_path, monkeypatch):
    """No login of whoever runs the tests is found; the home is a folder of the test."""
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    for name in ("EARTHDATA_TOKEN", "EARTHDATA_USERNAME", "EARTHDATA_PASSWORD", "NETRC"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with three scenes; the current one."""
    for one in PASSES:
        write_safe(tmp_path / "work" / "scenes", one)
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


@pytest.fixture
def remote():
    """One scene in a stand-in archive."""
    with archive_server() as archive:
        yield archive


def run(*words):
    return CliRunner().invoke(app, [str(word) for word in words], catch_exceptions=False)


def refused(kind, *words):
    with pytest.raises(kind) as caught:
        run(*words)
    return caught.value


def box(swath="IW2", number=2, size=0.05):
    lon, lat = burst_centre(PASSES[0], swath, number)
    return f"{lon - size},{lat - size},{lon + size},{lat + size}"


def test_the_list_tells_dates_and_bursts(project):
    told = run("scenes", "list", "--aoi", box()).output
    assert "3 scenes, 3 dates: track 55 ascending, VV, IW2" in told
    assert told.count("IW2 2-2") == 3


def test_the_list_as_json_can_be_read_by_programs(project):
    plain = json.loads(run("scenes", "list", "--json", "--first", "2020-03-10").output)
    assert [one["date"] for one in plain["dates"]] == ["2020-03-16", "2020-03-28"]


def test_a_folder_may_be_named(project, tmp_path):
    shutil.move(project / "scenes", tmp_path / "elsewhere")
    assert "3 scenes" in run("scenes", "list", tmp_path / "elsewhere").output
    refused(InputError, "scenes", "list")


def test_the_projects_own_settings_count(project):
    (project / "snapstamps.toml").write_text("[project]\nname = 'x'\n")
    assert "3 dates" in run("scenes", "list").output


@pytest.mark.parametrize(
    ("words", "phrase"),
    [
        (("--polarisation", "XX"), "--polarisation"),
        (("--first", "someday"), "--first"),
        (("--track", "500"), "--track"),
        (("--direction", "up"), "--direction"),
        (("--aoi", "none.geojson"), "is missing"),
    ],
)
def test_a_wrong_option_is_named(project, words, phrase):
    assert phrase in refused(InputError, "scenes", "list", *words).what


def listed(archive, tmp_path):
    one = Pass(swaths=("IW2",)).later(36)
    (tmp_path / "made").mkdir()
    content = write_zip(tmp_path / "made", one).read_bytes()
    archive.files[f"/{one.name}.zip"] = content
    scene = RemoteScene(
        one.name,
        archive.url(f"/{one.name}.zip"),
        len(content),
        "",
        one.start.isoformat(),
        55,
        1,
        "ASCENDING",
        "VV",
        1,
        1.0,
        "",
    )
    path = tmp_path / "found.json"
    path.write_text(json.dumps({"scenes": scenes_dict([scene])}))
    return path, one


def test_a_search_is_told_before_it_is_made(project):
    told = run("scenes", "search", "--aoi", box(), "--track", 55, "--first", "2020-01-01", "--dry-run").output
    assert "track 55" in told
    assert "2020-01-01 to today" in told
    assert "--aoi" in refused(InputError, "scenes", "search").remedy


def test_a_search_lists_what_it_found_and_download_takes_its_json(project, remote, tmp_path, monkeypatch):
    path, one = listed(remote, tmp_path)
    found = search.read_scene_list(path)
    monkeypatch.setattr(search, "search_scenes", lambda _query: found)
    assert one.name in run("scenes", "search", "--aoi", box()).output
    assert json.loads(run("scenes", "search", "--aoi", box(), "--json").output) == json.loads(path.read_text())


def test_downloading_needs_a_login_only_if_something_is_missing(project, remote, tmp_path, monkeypatch):
    path, one = listed(remote, tmp_path)
    words = ("scenes", "download", "--list", path, "--only", "scenes")
    assert "would fetch 1" in run(*words, "--dry-run").output
    assert remote.requests == []
    assert "Earthdata login" in refused(InputError, *words).what
    monkeypatch.setenv("EARTHDATA_TOKEN", "t0ken")
    assert "1 fetched" in run(*words).output
    assert (project / "scenes" / f"{one.name}.zip").is_file()
    monkeypatch.delenv("EARTHDATA_TOKEN")
    assert "1 of 1 are there" in run(*words).output
    assert all(request.authorization is None for request in remote.requests), "the token is for ASF alone"


def test_a_scene_that_fails_is_named_at_the_end(project, remote, tmp_path, monkeypatch):
    path, one = listed(remote, tmp_path)
    remote.files.clear()
    monkeypatch.setenv("EARTHDATA_TOKEN", "t0ken")
    error = refused(ToolError, "scenes", "download", "--list", path, "--only", "scenes")
    assert one.name in error.why
    assert "1 of 1" in error.what


def test_orbits_that_are_there_need_no_network(project, tmp_path):
    auxdata = tmp_path / "home" / ".snap" / "auxdata"
    for one in PASSES:
        scene = read_scene(project / "scenes" / f"{one.name}.SAFE")
        write_orbit_file(snap_orbit_folder(auxdata, "POEORB", "S1A", needed_span(scene)[0]), one)
    assert "orbits: 3 POEORB" in run("scenes", "download", "--only", "orbits").output
    assert "would look for" in run("scenes", "download", "--only", "orbits", "--dry-run").output


def test_elevation_tiles_are_fetched_to_where_snap_looks(project, remote, tmp_path, monkeypatch):
    name = "Copernicus 30m Global DEM"
    model = SimpleNamespace(
        **{key: getattr(MODELS[name], key) for key in ("name", "tile_name", "ending", "highest_latitude")}
    )
    model.url = remote.url("/{tile}.tif")
    monkeypatch.setitem(MODELS, name, model)
    monkeypatch.setattr(dem, "_check_tile", lambda _path: None)
    monkeypatch.setattr(dem, "_check_geoid", lambda _path: None)
    monkeypatch.setattr(dem.fetch_geoid, "__kwdefaults__", {"url": remote.url("/geoid.zip")})
    assert "would fetch up to" in run("scenes", "download", "--only", "dem", "--dry-run").output
    remote.files["/geoid.zip"] = b"geoid"
    tiles = [tile.url.removeprefix(remote.address) for tile in _wanted(project, model, tmp_path)]
    remote.files[tiles[0]] = b"tile"
    told = run("scenes", "download", "--only", "dem").output
    assert "1 tiles of Copernicus 30m Global DEM" in told
    assert f"{len(tiles) - 1} are sea" in told
    assert len(list((tmp_path / "home/.snap/auxdata/dem" / name).glob("*.tif"))) == 1


def _wanted(project, model, tmp_path):
    scenes = [read_scene(project / "scenes" / f"{one.name}.SAFE") for one in PASSES]
    bursts = [burst for scene in scenes for swath in scene.swaths for burst in swath.bursts]
    corners = [corner for burst in bursts for corner in burst.corners]
    return dem.wanted_tiles(shapely.MultiPoint(corners).convex_hull, model, tmp_path)


def test_only_known_parts_are_fetched(project):
    assert "--only everything" in refused(InputError, "scenes", "download", "--only", "everything").what


def test_baselines_are_told_and_written(project):
    told = run("baselines", "--csv", "list.csv", "--plot", "plot.png").output
    assert "master 2020-03-04: highest mean modelled coherence" in told
    assert told.count("annotation") == 3
    assert (project / "list.csv").read_text().startswith("Product,PerpBaseline[m]")
    assert (project / "plot.png").stat().st_size > 10_000
    assert "chosen; the model prefers 2020-03-04" in run("baselines", "scenes", "--master", "20200316").output
    plain = json.loads(run("baselines", "--json", "--master", "2020-03-04", "--aoi", box()).output)
    assert plain["master"] == "2020-03-04"
    assert plain["scenes"][1]["perpendicular"] == pytest.approx(90 * 0.82, abs=3)


def test_baselines_without_scenes_or_of_an_unknown_master_are_refused(project):
    assert "no scene of the master" in refused(InputError, "baselines", "--master", "2020-03-05").what
    assert "--master" in refused(InputError, "baselines", "--master", "latest").what
    shutil.rmtree(project / "scenes")
    (project / "scenes").mkdir()
    assert "no scene" in refused(InputError, "baselines").what
    (project / "bad.dim").write_text("<x/>")
    refused(DataError, "baselines", "bad.dim")
