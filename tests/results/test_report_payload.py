"""The numbers of the page: what JavaScript unpacks is what was packed, to the stated step."""

import base64
import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from overviews import overview_of
from results_folder import table_of

from snapstamps.results.report.payload import Packed, packed, payload, shown


def unpacked(array: Packed) -> np.ndarray:
    """Do what data.js does."""
    size = {"int16": 2, "int32": 4}[array.kind]
    raw = np.frombuffer(zlib.decompress(base64.b64decode(array.text)), dtype=np.uint8).reshape(size, -1)
    whole = np.ascontiguousarray(raw.T).view(f"<i{size}")[:, 0]
    return np.where(whole == np.iinfo(array.kind).min, np.nan, whole * array.step + array.offset)


@given(st.lists(st.floats(-1e6, 1e6) | st.just(np.nan), max_size=50), st.sampled_from(["int16", "int32"]))
def test_values_come_back_within_half_a_step(values, kind):
    array = packed(np.array(values), step=0.01, kind=kind)
    found = unpacked(array)
    np.testing.assert_array_equal(np.isnan(found), np.isnan(values))
    np.testing.assert_allclose(found, values, rtol=0, atol=0.5001 * array.step)


def test_the_step_grows_only_where_it_must():
    assert packed(np.array([327.0]), step=0.01).step == 0.01
    assert packed(np.array([3270.0]), step=0.01).step == pytest.approx(0.0998, abs=1e-4)


def test_positions_columns_and_series_of_all_are_there(store):
    view = overview_of(store)
    arrays = payload(view, np.arange(300))
    table = view.table
    np.testing.assert_allclose(unpacked(arrays["lon"]), table.lonlat[:, 0], atol=6e-7)
    np.testing.assert_allclose(unpacked(arrays["lat"]), table.lonlat[:, 1], atol=6e-7)
    np.testing.assert_allclose(unpacked(arrays["velocity"]), table["velocity"], atol=0.006)
    np.testing.assert_array_equal(unpacked(arrays["id"]), table["id"])
    series = unpacked(arrays["series"]).reshape(300, 20)
    np.testing.assert_allclose(series, table.displacement(slice(None)), atol=0.051)


def test_too_many_scatterers_are_thinned_by_a_rule_that_is_told(store):
    table = table_of(store)
    every = shown(table)
    assert (len(every.rows), every.rule) == (300, "")
    some = shown(table, most=100)
    assert 40 <= len(some.rows) <= 100
    assert f"{len(some.rows)} of 300 PS" in some.rule
    assert "the most coherent" in some.rule
    assert len(unpacked(payload(overview_of(store), some.rows)["velocity"])) == len(some.rows)
    assert np.median(table["coherence"][some.rows]) > np.median(table["coherence"])
