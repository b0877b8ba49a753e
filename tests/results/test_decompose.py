"""Vertical and east-west velocities of a simulated place, seen from two sides; raster and cells read back."""

from dataclasses import replace

import geopandas
import numpy as np
import pytest
import rasterio
from measured_results import ASCENDING, DESCENDING, LAT, LON, M_PER_DEGREE, look_vector, positions, write_measured
from pyproj import Transformer

from snapstamps.model.errors import DataError, InputError
from snapstamps.results.decompose import decompose_results
from snapstamps.results.decompose_files import about_decomposition, cell_columns, write_cells, write_raster
from snapstamps.results.rereference import ReferenceArea, rereferenced, shift_to

HALF = 1000.0


def truth(xy: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return east and up velocities: a bowl that sinks and draws its rim inwards, mm/yr."""
    fall = np.exp(-(xy**2).sum(axis=1) / 2 / 400**2)
    return -xy[:, 0] / 400 * 9 * fall, -20 * fall


def seen(
    path, heading: float, incidence: float, seed: int, *, std: float = 0.0, constant: float = 0.0, n_ps: int = 8000
):
    """Return what a pass measures, with noise of its own."""
    xy = positions(n_ps, HALF, seed)
    look, (east, up) = look_vector(heading, incidence), truth(xy)
    velocity = look[0] * east + look[2] * up + constant + std * np.random.default_rng(seed).standard_normal(n_ps)
    return write_measured(path, xy, velocity, std=max(std, 0.1), heading=heading, incidence=incidence)


def both(tmp_path, **options):
    return [
        seen(tmp_path / "asc.gpkg", ASCENDING, 38.0, 1, **options),
        seen(tmp_path / "dsc.gpkg", DESCENDING, 41.0, 2, **options),
    ]


def truth_of_cells(result) -> tuple[np.ndarray, np.ndarray]:
    """Return the truth at the middle of each cell."""
    west, south = result.grid.corners(result.numbers)
    lon, lat = Transformer.from_crs(result.grid.crs, 4326, always_xy=True).transform(
        west + result.grid.cell / 2, south + result.grid.cell / 2
    )
    east = (lon - LON) * M_PER_DEGREE * np.cos(np.radians(LAT)) * 1.0054
    return truth(np.column_stack([east, (lat - LAT) * M_PER_DEGREE]))


def test_the_truth_comes_back_to_what_a_cell_can_show(tmp_path):
    passes = both(tmp_path)
    result = decompose_results(passes, cell=50.0)
    east, up = truth_of_cells(result)
    assert len(result.numbers) > 1200
    # scatterers of a cell stand up to 25 m from its middle, where the motion is another by half a mm/yr
    assert np.sqrt(np.mean((result.motion.up - up) ** 2)) < 0.6
    assert np.sqrt(np.mean((result.motion.east - east) ** 2)) < 0.8
    assert result.motion.up.min() == pytest.approx(-20, abs=1.5)


def test_errors_are_as_large_as_their_deviations_say(tmp_path):
    passes = both(tmp_path, std=4.0)
    result = decompose_results(passes, cell=100.0)
    east, up = truth_of_cells(result)
    many = (result.count >= 8).all(axis=1)
    for found, deviation, true in (
        (result.motion.up, result.motion.up_std, up),
        (result.motion.east, result.motion.east_std, east),
    ):
        ratio = ((found - true) / deviation)[many]
        assert abs(ratio.mean()) < 0.25
        # the share that neighbours have in common is found to a few percent, and never below zero: rather too careful
        assert 0.7 < ratio.std() < 1.1
    assert np.median(result.motion.up_std[many]) < 1.5  # far below the 4 mm/yr of one scatterer


def test_passes_with_references_of_their_own_agree_once_referred_to_one_place(tmp_path):
    passes = [
        seen(tmp_path / "a.gpkg", ASCENDING, 38.0, 1, constant=7.0),
        seen(tmp_path / "d.gpkg", DESCENDING, 41.0, 2, constant=-3.0),
    ]
    apart = decompose_results(passes, cell=100.0)
    lon, lat = passes[0].lonlat.max(axis=0)
    corner = ReferenceArea.point(float(lon), float(lat), 200.0)  # where nothing moves
    together = decompose_results([rereferenced(each, shift_to(each, corner)) for each in passes], cell=100.0)
    east, up = truth_of_cells(together)
    assert abs(np.median(apart.motion.east - east)) > 3
    assert np.median(together.motion.up - up) == pytest.approx(0, abs=0.2)
    assert np.median(together.motion.east - east) == pytest.approx(0, abs=0.2)


def test_which_pass_is_named_first_does_not_matter(tmp_path):
    passes = both(tmp_path, std=1.0)
    one, other = decompose_results(passes, cell=100.0), decompose_results(passes[::-1], cell=100.0)
    np.testing.assert_array_equal(one.numbers, other.numbers)
    np.testing.assert_allclose(one.motion.up, other.motion.up)
    np.testing.assert_allclose(one.motion.east_std, other.motion.east_std)


def test_cells_seen_once_and_cells_with_too_few_are_left_out(tmp_path):
    ascending, descending = both(tmp_path, n_ps=400)
    result = decompose_results([ascending, descending], cell=100.0)
    strict = decompose_results([ascending, descending], cell=100.0, least=2)
    assert result.n_seen_once > 0
    assert (result.count >= 1).all()
    assert (strict.count >= 2).all()
    assert set(strict.numbers) < set(result.numbers)


def test_what_cannot_be_decomposed_is_said(tmp_path):
    ascending, descending = both(tmp_path, n_ps=200)
    with pytest.raises(InputError, match="one result shows one direction only"):
        decompose_results([ascending], cell=100.0)
    with pytest.raises(DataError, match="look from the same side"):
        decompose_results([ascending, seen(tmp_path / "b.gpkg", ASCENDING, 43.0, 3, n_ps=200)], cell=500.0)
    far = replace(descending, lonlat=descending.lonlat + 1.0)
    with pytest.raises(DataError, match="do not overlap"):
        decompose_results([ascending, far], cell=100.0)
    with pytest.raises(InputError, match="cells are too many"):
        decompose_results([ascending, descending], cell=0.1)
    with pytest.raises(DataError, match="no cell was seen by two passes"):
        decompose_results([ascending, descending], cell=100.0, least=50)


def test_raster_and_cells_say_the_same_and_what_they_mean(tmp_path):
    passes = both(tmp_path, std=1.0)
    result = decompose_results(passes, cell=100.0)
    facts = about_decomposition(passes, result)
    write_raster(result, tmp_path / "d.tif", facts)
    write_cells(result, tmp_path / "d.gpkg", facts)
    cells = geopandas.read_file(tmp_path / "d.gpkg", layer="decomposed")
    with rasterio.open(tmp_path / "d.tif") as raster:
        assert raster.descriptions == tuple(cell_columns(result))
        assert raster.crs.to_epsg() == cells.crs.to_epsg() == 32648
        assert "north" in raster.tags()
        assert raster.tags(ns="IMAGE_STRUCTURE")["LAYOUT"] == "COG"
        columns = ((cells.bounds["minx"] - raster.bounds.left) / 100).round().astype(int)
        rows = ((raster.bounds.top - cells.bounds["maxy"]) / 100).round().astype(int)
        sampled = raster.read()[:, rows, columns].T
        assert np.isnan(raster.read(1)).sum() == raster.width * raster.height - len(cells)
    for band, name in enumerate(cell_columns(result)):
        np.testing.assert_allclose(sampled[:, band], cells[name], rtol=1e-5)
    np.testing.assert_allclose(cells.area, 100.0**2)
