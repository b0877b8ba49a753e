"""The commands that ask results: what they print, what they write, how they refuse."""

import json
from pathlib import Path

import geopandas
import numpy as np
import pytest
import shapely
from measured_results import DESCENDING, LAT, LON, dates_of, lonlat_of, positions, write_measured

from snapstamps.cli.main import main

XY = positions(900, 600, seed=6)
DATES = dates_of(20)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Go to a folder with results of two passes, survey points, a road and communes."""
    rng = np.random.default_rng(0)
    velocity = -20 * np.exp(-(XY**2).sum(axis=1) / 2 / 150**2)
    years = np.array([(day - DATES[0]).days for day in DATES]) / 365.25
    series = velocity[:, None] * years + rng.normal(0, 1, (900, 20))
    series[:30, -1] += 40
    write_measured(tmp_path / "v.gpkg", XY, velocity, displacement=series, dates=DATES)
    write_measured(tmp_path / "d.gpkg", XY + 5, velocity, heading=DESCENDING)
    east = lonlat_of(np.array([[2000.0, 0.0]]))[0]
    (tmp_path / "survey.csv").write_text(
        f"code,lon,lat,velocity\nYB120252.L2,{LON},{LAT},-19\nfar,{east[0]},{east[1]},0\n"
    )
    line = shapely.LineString(lonlat_of(np.array([[-500.0, 0.0], [500.0, 0.0]])))
    box = shapely.box(*lonlat_of(np.array([[-300.0, -300.0]]))[0], *lonlat_of(np.array([[300.0, 300.0]]))[0])
    for name, shape in (("road", line), ("commune", box)):
        geopandas.GeoDataFrame({"name": [name]}, geometry=[shape], crs=4326).to_file(tmp_path / f"{name}.gpkg")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return int(ended.value.code or 0)


def test_compare_answers_for_points_lines_and_areas(capsys, folder):
    words = ["--points", "survey.csv", "--lines", "road.gpkg", "--areas", "commune.gpkg", "--radius", "60"]
    assert call("compare", "v.gpkg", *words) == 0
    text = capsys.readouterr().out
    assert "no PS here" in text
    assert "2 survey points, 1 of them without PS within reach" in text
    assert "share_above: PS with |velocity| > 5 mm/yr" in text
    written = {path.name for path in (folder / "compare").iterdir()}
    assert written == {
        "points.csv", "lines.csv", "lines_ps.csv", "areas.csv", "compare.gpkg", "areas.png",
        "point_YB120252.L2.png", "point_far.png", "line_road.png",
    }  # fmt: skip
    assert len(geopandas.read_file("compare/compare.gpkg", layer="lines")) == 5


def test_compare_as_json_has_null_where_nothing_is_known(capsys, folder):
    assert call("compare", "v.gpkg", "--points", "survey.csv", "--no-charts", "--json", "--out", "answers") == 0
    answer = json.loads(capsys.readouterr().out)
    near, far = answer["points"]
    assert (near["motion"], near["agreement"]) == ("moves", "agrees")
    assert (far["motion"], far["velocity"], far["n_ps"]) == ("no PS here", None, 0)
    assert answer["summary"]["compared"] == 1
    assert not list((folder / "answers").glob("*.png"))


def test_hotspots_finds_the_bowl(capsys):
    assert call("hotspots", "v.gpkg", "--json") == 0
    answer = json.loads(capsys.readouterr().out)
    assert [spot["direction"] for spot in answer["hotspots"]] == ["away"]
    assert geopandas.read_file("hotspots.gpkg", layer="hotspots").geometry[0].contains(shapely.Point(LON, LAT))
    assert call("hotspots", "v.gpkg", "--out", "other.gpkg") == 0
    assert "1 hotspots; " in capsys.readouterr().out


def test_watch_finds_the_jump_and_says_what_chance_would_find(capsys, folder):
    assert call("watch", "v.gpkg") == 0
    text = capsys.readouterr().out
    assert "of 900 PS alarmed at a rate of 0.01: about 9.0 would be, if nothing were unusual anywhere" in text
    assert (folder / "watch.png").is_file()
    assert call("watch", "v.gpkg", "--json", "--rate", "0.001") == 0
    answer = json.loads(capsys.readouterr().out)
    assert {row["id"] for row in answer["alarmed"]} >= set(range(1, 25))
    assert answer["expected_false_alarms"] == pytest.approx(0.9)


def test_decompose_writes_a_raster_and_cells(capsys, folder):
    assert call("decompose", "v.gpkg", "d.gpkg", "--out", "both") == 0
    text = capsys.readouterr().out
    assert "1 mm/yr to the north would add" in text
    assert "each pass keeps its own reference" in text
    assert {path.name for path in folder.glob("both.*")} == {"both.tif", "both.gpkg"}
    assert call("decompose", "v.gpkg", "d.gpkg", "--point", f"{LON + 0.004},{LAT}", "--json") == 0
    assert json.loads(capsys.readouterr().out)["cells"] > 50


def test_reference_writes_a_copy(capsys, folder):
    assert call("reference", "v.gpkg", "--point", f"{LON},{LAT}", "--radius", "60") == 0
    assert "mm/yr were added to all velocities" in capsys.readouterr().out
    frame = geopandas.read_file("v_referenced.gpkg", layer="ps")
    near = np.hypot(*XY.T) < 55
    assert abs(frame["velocity"][near].mean()) < 1
    assert call("reference", "v.gpkg", "--polygon", "commune.gpkg", "--out", "c.gpkg", "--json") == 0
    assert "inside commune.gpkg" in json.loads(capsys.readouterr().out)["reference"]
    assert call("reference", "v.gpkg", "--mean", "--out", "m.gpkg") == 0


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["compare", "v.gpkg"], "nothing to compare with"),
        (["compare", "absent.gpkg", "--points", "survey.csv"], "no results"),
        (["compare", "v.gpkg", "--points", "road.gpkg"], "does not hold points"),
        (["hotspots", "v.gpkg", "--rank-by", "beauty"], "no ranking 'beauty'"),
        (["watch", "v.gpkg", "--season", "perhaps"], "'perhaps' is no answer"),
        (["watch"], "not a snapstamps project"),
        (["decompose", "v.gpkg"], "one result shows one direction only"),
        (["decompose", "v.gpkg", "d.gpkg", "--point", "here"], "is not longitude and latitude"),
        (["reference", "v.gpkg"], "one reference is needed"),
        (["reference", "v.gpkg", "--mean", "--point", "1,2"], "one reference is needed"),
        (["reference", "v.gpkg", "--mean", "--out", "v.gpkg"], "not overwritten"),
    ],
)
def test_what_makes_no_sense_is_the_users_input(words, message, capsys):
    assert call(*words) == 2
    error = capsys.readouterr().err
    assert message in error
    assert "Traceback" not in error


def test_results_without_series_cannot_be_watched(capsys):
    assert call("watch", "d.gpkg") == 4
    assert "0 dates with displacements are too few" in capsys.readouterr().err


def test_a_folder_that_cannot_be_made_is_named(capsys, folder):
    (folder / "file").write_text("")
    assert call("compare", "v.gpkg", "--points", "survey.csv", "--out", "file/answers") == 2
    assert "folder of the answers cannot be made" in capsys.readouterr().err
