"""Specs: good ones come back from JSON, bad ones are explained."""

from datetime import date
from pathlib import Path

import pytest

from snapstamps.model.errors import InputError
from snapstamps.simulate.presets import PRESETS, preset
from snapstamps.simulate.scene import Scene
from snapstamps.simulate.spec import SceneSpec, make_spec, read_spec, spec_json

SCENES = Path(__file__).parent.parent / "data" / "scenes"
EVALUATION_SCENES = sorted(path for path in SCENES.glob("*.json") if not path.stem.endswith(".stamps"))
"""The specifications; beside each stand StaMPS's own figures for it, as <name>.stamps.json."""


@pytest.mark.parametrize("name", PRESETS)
def test_presets_come_back_from_json(name, tmp_path):
    path = tmp_path / "scene.json"
    path.write_text(spec_json(preset(name)))
    assert read_spec(path) == preset(name)


@pytest.mark.parametrize("name", ["tiny", "demo", "class"])
def test_presets_respect_the_windows_of_stamps(name):
    spec = preset(name)
    geometry = Scene(spec).geometry
    along, across = spec.n_lines * spec.azimuth_spacing_m, geometry.ground_range[-1]
    shortest = min(along, across)
    assert shortest > 32 * 50
    # gridding merges the last row into the one before it
    assert shortest / spec.recommended_parms["unwrap_grid_size"] > 32 + 2


@pytest.mark.parametrize("path", EVALUATION_SCENES, ids=lambda path: path.stem)
def test_evaluation_scenes_are_valid(path):
    spec = read_spec(path)
    assert spec.name == path.stem
    assert not spec.snap_faults


def test_there_are_three_evaluation_scenes_one_of_them_descending():
    assert len(EVALUATION_SCENES) == 3
    assert sorted(read_spec(path).direction for path in EVALUATION_SCENES) == ["ascending", "ascending", "descending"]


def test_a_cadence_leaves_out_its_missing_dates():
    spec = SceneSpec(first_date=date(2020, 1, 1), cadence_days=6, n_dates=4, missing_dates=(date(2020, 1, 7),))
    assert spec.days == (date(2020, 1, 1), date(2020, 1, 13), date(2020, 1, 19))
    assert spec.master_day == date(2020, 1, 13)


def test_listed_dates_are_sorted():
    spec = SceneSpec(dates=(date(2020, 3, 1), date(2019, 3, 1)), master=date(2019, 3, 1))
    assert spec.days[0] == spec.master_day


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"n_lines": 2}, "n_lines"),
        ({"incidence_deg": 50}, "incidence_deg.*45.*got 50"),
        ({"colour": "red"}, "colour"),
        ({"master": "2001-01-01"}, "master 2001-01-01 is not one of the dates"),
        ({"dates": ["2020-01-01", "2020-01-01"]}, "twice"),
        ({"dates": ["2020-01-01"]}, "at least two"),
        ({"missing_dates": ["2001-01-01"]}, "missing_dates"),
        ({"heading_deg": 192}, "heading"),
        ({"direction": "sideways"}, "direction"),
        ({"gaps": [{"first_line": 5000, "n_lines": 1}]}, "outside the scene"),
        ({"gaps": [{"n_lines": 1, "dates": ["2001-01-01"]}]}, "names a date"),
        ({"motions": [{"shape": "cone"}]}, "motions.0.shape"),
        ({"atmosphere": {"turbulence_rad": float("nan")}}, "turbulence_rad"),
        ({"scatterers": {"ps_per_km2": 5000}}, "ps_per_km2"),
        ({"cover": [{"radius_m": 100}]}, "ps_per_km2"),
        ({"seed": -1}, "seed"),
    ],
)
def test_bad_values_are_named(values, message):
    with pytest.raises(InputError, match=message) as caught:
        make_spec(values)
    assert caught.value.exit_code == 2


def test_hills_too_steep_for_the_radar_are_refused():
    spec = SceneSpec(n_lines=40, n_samples=80, terrain={"relief_m": 1500, "hill_size_m": 200})
    with pytest.raises(InputError, match="layover"):
        Scene(spec)


@pytest.mark.parametrize("text", ["{", "[1]", None])
def test_unreadable_files_are_input_errors(text, tmp_path):
    path = tmp_path / "scene.json"
    if text is not None:
        path.write_text(text)
    with pytest.raises(InputError):
        read_spec(path)


def test_an_unknown_preset_is_answered_with_the_known_ones():
    with pytest.raises(InputError, match="tiny, demo, class, large"):
        preset("huge")
