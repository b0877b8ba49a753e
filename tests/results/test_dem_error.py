"""Heights from the look-angle error: + is reality above the DEM."""

import numpy as np
import pytest
from unwrapped_folder import WAVELENGTH, make_scene, write_folder

from snapstamps.model.errors import DataError
from snapstamps.results.dem_error import dem_error, height_error
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.store import StampsStore

SCENE = make_scene()
HEADER = "near_range_slc:\t800000.0\tm\nrange_pixel_spacing:\t2.329562\tm\n"


def folder_with(folder, error) -> StampsStore:
    store = write_folder(folder, SCENE, SCENE.phase())
    zero = np.zeros((300, 20))
    store.write("scla2", K_ps_uw=error, C_ps_uw=zero[:, 0], ph_scla=zero, ifg_vcm=np.eye(20))
    return store


def test_a_higher_scatterer_has_a_negative_look_angle_error():
    heights = np.array([-10.0, 0.0, 10.0])
    slant_range, incidence = np.array([8e5, 8.1e5, 8.2e5]), np.array([0.6, 0.65, 0.7])
    error = -4 * np.pi * heights / (WAVELENGTH * slant_range * np.sin(incidence))
    result = height_error(error, slant_range, incidence, wavelength=WAVELENGTH)
    assert np.all(np.diff(result) > 0)
    np.testing.assert_allclose(result, heights, atol=0.6)  # the mean is taken before the conversion


def test_a_constant_look_angle_error_is_no_height():
    error = np.random.default_rng(1).normal(0, 4e-3, 50)
    one = np.ones(50)
    np.testing.assert_allclose(
        height_error(error + 3, 8e5 * one, 0.6 * one, wavelength=WAVELENGTH),
        height_error(error, 8e5 * one, 0.6 * one, wavelength=WAVELENGTH),
        atol=1e-9,
    )


def test_a_missing_value_stays_missing_and_spoils_no_other():
    error = np.array([0.001, np.nan, -0.001])
    heights = height_error(error, np.full(3, 8e5), np.full(3, 0.6), wavelength=WAVELENGTH)
    assert np.isnan(heights[1])
    assert heights[0] == -heights[2] != 0
    assert np.isnan(height_error(error[1:2], np.full(1, 8e5), np.full(1, 0.6), wavelength=WAVELENGTH)).all()


def test_the_range_comes_from_the_header_that_rsc_txt_names(tmp_path):
    store = folder_with(tmp_path / "stamps", np.random.default_rng(1).normal(0, 4e-3, 300))
    (tmp_path / "20190505.rslc.par").write_text(HEADER)
    for pointer in (str(tmp_path / "20190505.rslc.par"), "../20190505.rslc.par"):
        store.file("rsc.txt").write_text(pointer + "\n")
        result = dem_error(store, wavelength=WAVELENGTH)
        assert result.range_source == "header"
        np.testing.assert_allclose(result.slant_range, 8e5 + 2.329562 * store.read("ps2").ij[:, 2])


def test_without_the_export_one_range_serves_for_all(tmp_path):
    store = folder_with(tmp_path, np.random.default_rng(1).normal(0, 4e-3, 300))
    assert dem_error(store, wavelength=WAVELENGTH).range_source == "mean_range"
    store.file("rsc.txt").write_text("/no/longer/here.rslc.par")
    result = dem_error(store, wavelength=WAVELENGTH)
    assert set(result.slant_range) == {847_000.0}


def test_a_header_without_ranges_is_an_error(tmp_path):
    store = folder_with(tmp_path, np.zeros(300))
    (tmp_path / "master.par").write_text("heading:\t348.0\n")
    store.file("rsc.txt").write_text("master.par")
    with pytest.raises(DataError, match="no near_range_slc"):
        dem_error(store, wavelength=WAVELENGTH)


def test_the_heights_are_those_of_the_simulated_scene(whole_reference):
    store = StampsStore(whole_reference / "S" / "stamps")
    truth = np.load(whole_reference / "S" / "truth.npz")
    line, sample = store.read("ps2").ij[:, 1:].astype(int).T
    good = (truth["ps_main"] | truth["ps_neigh"])[line, sample].astype(bool)
    expected = -truth["dh"][line, sample]
    found = dem_error(store, wavelength=read_parms(store.path / "parms.mat")["lambda"]).dem_error
    slope, _ = np.polyfit(expected[good], found[good], 1)
    assert slope == pytest.approx(1, abs=0.05)
    assert np.corrcoef(expected[good], found[good])[0, 1] > 0.7
