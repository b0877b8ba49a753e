"""The EGMS-like CSV: columns, digits, and the figures of the series."""

import csv
import re
from datetime import datetime

import numpy as np
import pandas as pd
import pyproj
import pytest
from results_folder import write_results
from unwrapped_folder import make_scene

from snapstamps.formats.csv_fields import safe_text
from snapstamps.results.formats import egms
from snapstamps.results.formats.egms import EgmsCsv

EGMS = [
    *("pid", "mp_type", "latitude", "longitude", "easting", "northing", "height", "height_wgs84", "line", "pixel"),
    *("rmse", "temporal_coherence", "amplitude_dispersion", "incidence_angle", "track_angle"),
    *("los_east", "los_north", "los_up", "mean_velocity", "mean_velocity_std"),
    *("acceleration", "acceleration_std", "seasonality", "seasonality_std"),
]
DIGITS = {"latitude": 6, "longitude": 6, "easting": 2, "northing": 2, "height": 1, "temporal_coherence": 2}
DIGITS |= {"incidence_angle": 2, "los_east": 3, "los_up": 3, "mean_velocity": 1, "20190117": 1}


@pytest.fixture
def path(results, tmp_path, progress):
    return EgmsCsv().write(results, tmp_path, progress=progress)[0]


def test_columns_stand_in_the_order_of_egms_and_dates_follow(path, results):
    header = path.read_text().splitlines()[0].split(",")
    assert header[:24] == EGMS
    assert header[24:] == [name.removeprefix("D") for name in results.table.date_names]


def test_numbers_have_the_digits_of_egms(path):
    with path.open(newline="") as stream:
        for row in csv.DictReader(stream):
            for name, digits in DIGITS.items():
                assert re.fullmatch(rf"-?\d+\.\d{{{digits}}}", row[name]), (name, row[name])
            assert row["pid"].isdigit()
            assert row["height_wgs84"] == ""


def test_a_reader_that_guesses_the_separator_finds_the_comma(path):
    assert pd.read_csv(path, sep=None, engine="python").columns.tolist()[:24] == EGMS


def test_values_come_back_to_their_digits(path, results, store):
    frame, table = pd.read_csv(path), results.table
    assert frame["pid"].tolist() == table["id"].tolist()
    np.testing.assert_allclose(frame[["longitude", "latitude"]], table.lonlat, atol=5.1e-7)
    np.testing.assert_allclose(frame["mean_velocity"], table["velocity"], atol=0.051)
    np.testing.assert_allclose(frame["temporal_coherence"], table["coherence"], atol=0.0051)
    np.testing.assert_array_equal(frame[["line", "pixel"]], store.read("ps2").ij[:, 1:])
    np.testing.assert_allclose(frame["los_up"], np.cos(0.64), atol=0.00051)
    assert (frame["track_angle"] == 348).all()
    expected = table.displacement(slice(None))
    np.testing.assert_allclose(frame[frame.columns[24:]], expected, atol=0.051)
    east, north = pyproj.Transformer.from_crs(4326, 32633, always_xy=True).transform(*table.lonlat.T)
    np.testing.assert_allclose(frame[["easting", "northing"]], np.column_stack([east, north]), atol=0.0051)


def test_insar_explorer_finds_velocity_and_dates(path, results):
    header = path.read_text().splitlines()[0].split(",")
    assert "mean_velocity" in header
    found = [re.match(r"(\d{8})$", name) for name in header]
    days = [datetime.strptime(match.group(1), "%Y%m%d").date() for match in found if match]
    assert tuple(days) == results.table.dates


def test_it_says_that_it_is_not_egms(path):
    text = path.with_name("velocity.csv.txt").read_text()
    assert "not EGMS" in text
    assert "EPSG:32633" in text


def test_a_short_series_has_no_acceleration_and_a_long_one_has(path, tmp_path, results_of, progress):
    assert pd.read_csv(path)[["rmse", "acceleration", "seasonality"]].isna().all(axis=None)
    store = write_results(tmp_path / "long", make_scene(n_scenes=60), np.zeros(300))
    EgmsCsv().write(results_of(store), tmp_path, progress=progress)
    frame = pd.read_csv(tmp_path / "velocity.csv")
    assert frame[["rmse", "acceleration", "acceleration_std", "seasonality", "seasonality_std"]].notna().all(axis=None)
    # noise of 0.3 rad is 1.3 mm
    assert frame["rmse"].median() == pytest.approx(1.3, abs=0.2)
    assert (frame["acceleration"].abs() < 3 * frame["acceleration_std"] + 0.01).mean() > 0.95


def test_the_size_of_the_blocks_does_not_matter(path, results, tmp_path, progress, monkeypatch):
    before = path.read_bytes()
    monkeypatch.setattr(egms, "_BLOCK_ROWS", 7)
    EgmsCsv().write(results, tmp_path, progress=progress)
    assert path.read_bytes() == before


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_text_that_a_spreadsheet_would_run_is_guarded(text):
    field = next(csv.reader([safe_text(text)]))[0]
    assert field == f"'{text}"


@pytest.mark.parametrize("text", ["plain", "a,b", 'say "x"', "two\nlines", ""])
def test_other_text_comes_back_as_it_was(text):
    assert "".join(next(csv.reader([safe_text(text)], strict=True), [""])) in {text, text.split("\n")[0]}
