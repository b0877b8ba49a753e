"""The layer of hotspots inside the results: what the command finds, and of the velocities that the file has."""

import geopandas
import numpy as np
import pytest

from snapstamps.results.hotspots import HotspotRule, find_hotspots
from snapstamps.results.measured import Measured, read_measured
from snapstamps.results.reference_area import ReferenceArea
from snapstamps.results.rereference import shift_to, write_rereferenced


@pytest.fixture(scope="module")
def measured(tiny_project) -> Measured:
    return read_measured(tiny_project / "products" / "velocity.gpkg")


def require_layer_of(measured: Measured) -> geopandas.GeoDataFrame:
    wanted = find_hotspots(measured, HotspotRule()).hotspots
    found = geopandas.read_file(measured.path, layer="hotspots")
    assert len(wanted) > 0
    assert found["rank"].tolist() == [each.rank for each in wanted]
    assert found["n_ps"].tolist() == [each.n_ps for each in wanted]
    assert found["direction"].tolist() == [each.direction for each in wanted]
    np.testing.assert_allclose(found["median"], [each.median for each in wanted], atol=1e-4)
    assert all(shape.equals_exact(each.shape, 1e-9) for shape, each in zip(found.geometry, wanted, strict=True))
    return found


def test_the_layer_holds_what_the_command_finds(measured):
    require_layer_of(measured)


def test_another_reference_has_other_hotspots(measured, tmp_path):
    fastest = measured.lonlat[np.nanargmin(measured["velocity"])]
    shift = shift_to(measured, ReferenceArea.point(*fastest.tolist(), 100.0))
    write_rereferenced(measured, shift, tmp_path / "new.gpkg")
    found = require_layer_of(read_measured(tmp_path / "new.gpkg"))
    before = geopandas.read_file(measured.path, layer="hotspots")
    assert found["n_ps"].sum() > before["n_ps"].sum(), "nearly all moves, seen from where it sinks fastest"
    inside = geopandas.read_file(tmp_path / "new.gpkg", layer="hotspots", bbox=tuple(found.total_bounds))
    assert len(inside) == len(found), "the spatial index knows them"
