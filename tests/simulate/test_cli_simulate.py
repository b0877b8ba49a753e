"""The command ``simulate``."""

import json

import pytest
import typer
from typer.testing import CliRunner

from snapstamps.cli.simulate import simulate
from snapstamps.model.errors import InputError

SMALL = ["--lines", "20", "--samples", "40", "--count", "3"]


@pytest.fixture
def call():
    app = typer.Typer()
    app.command()(simulate)

    def run(*words):
        result = CliRunner().invoke(app, [str(word) for word in words])
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        assert result.exit_code == 0, result.output
        return result.output

    return run


def test_it_writes_a_scene_and_says_where(call, tmp_path):
    output = call(tmp_path, *SMALL)
    assert "INSAR_20190117" in output
    assert "unwrap_grid_size = 50" in output
    assert (tmp_path / "INSAR_20190117" / "rslc" / "20190105.rslc").stat().st_size == 20 * 40 * 8


def test_a_dry_run_tells_the_size_and_writes_nothing(call, tmp_path):
    output = call(tmp_path / "new", "--preset", "large", "--dry-run")
    assert "3600 lines x 4000 samples x 20 dates" in output
    assert "PS" in output
    assert "MB export" in output
    assert not (tmp_path / "new").exists()


def test_a_dry_run_speaks_json(call, tmp_path):
    facts = json.loads(call(tmp_path, "--dry-run", "--json", *SMALL))
    assert (facts["n_lines"], facts["n_samples"], facts["n_scenes"]) == (20, 40, 3)


def test_options_change_the_preset(call, tmp_path):
    options = ["--direction", "descending", "--seed", "8", "--ps-density", "77", "--turbulence", "0.1", "--still"]
    call(tmp_path, *SMALL, *options, "--no-snap-faults", "--gap", "3:2:20190105", "--master", "20190105")
    spec = json.loads((tmp_path / "scene.json").read_text())
    assert spec["direction"] == "descending"
    assert spec["seed"] == 8
    assert spec["scatterers"]["ps_per_km2"] == 77
    assert spec["scatterers"]["coherence_days"] == 4  # the preset's own
    assert spec["motions"] == []
    assert spec["snap_faults"] is False
    assert spec["gaps"][0]["dates"] == ["2019-01-05"]
    assert (tmp_path / "INSAR_20190105").is_dir()


def test_dates_may_be_listed(call, tmp_path):
    call(tmp_path, *SMALL[:4], "--dates", "20200101,20200301,20200113", "--preset", "demo")
    assert len(list((tmp_path / "INSAR_20200113" / "diff0").glob("*.diff"))) == 2


def test_a_written_description_can_be_given_back(call, tmp_path):
    call(tmp_path / "a", *SMALL)
    call(tmp_path / "b", "--spec", tmp_path / "a" / "scene.json")
    first, second = ((tmp_path / x / "truth.npz").read_bytes() for x in "ab")
    assert first == second


def test_zones_come_from_a_file(call, tmp_path):
    zone = {"geometry": {"type": "Point", "coordinates": [105.85, 21.03]}, "properties": {"rate_mm_yr": 9}}
    (tmp_path / "z.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": [zone]}))
    call(tmp_path / "a", *SMALL, "--zones", tmp_path / "z.geojson")
    spec = json.loads((tmp_path / "a" / "scene.json").read_text())
    assert spec["zones"]["features"][0]["properties"]["rate_mm_yr"] == 9


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--preset", "huge"], "huge"),
        (["--master", "2020-01-01"], "not a date"),
        (["--gap", "ten"], "FIRST:COUNT"),
        (["--zones", "/nowhere.geojson"], "GeoJSON"),
        (["--spec", "/nowhere.json"], "cannot be read"),
        (["--incidence", "60"], "incidence_deg"),
    ],
)
def test_bad_options_are_input_errors(call, tmp_path, words, message):
    with pytest.raises(InputError, match=message):
        call(tmp_path, *words)
