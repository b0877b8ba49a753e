"""The stage export: StaMPS's own velocities in the file, clear errors, the same bytes again."""

import shutil
from pathlib import Path

import geopandas
import numpy as np
import pyogrio
import pytest
from results_folder import HEADING, VELOCITY
from scipy.io import loadmat

from snapstamps.config.options import ExportOptions
from snapstamps.model.errors import DataError, InputError
from snapstamps.results.collect import Origin
from snapstamps.results.run import export_results
from snapstamps.stamps.parms import defaults, read_parms


def test_both_products_are_written_and_described(store, export):
    result = export(store.path)
    assert [path.name for path in result.files] == ["velocity.gpkg", "quicklook.png"]
    assert all(path.is_file() for path in result.files)
    assert result.n_ps == 300
    assert result.notes == ()
    assert result.velocity_range == pytest.approx(tuple(np.percentile(VELOCITY, [1, 99])), abs=5)
    assert sorted(path.name for path in result.files[0].parent.iterdir()) == ["quicklook.png", "velocity.gpkg"]


def test_other_forms_are_written_besides_on_request(store, export):
    names = [path.name for path in export(store.path, formats=("tif", "parquet")).files]
    assert names == ["velocity.gpkg", "velocity.parquet", "velocity.tif", "quicklook.png"]
    everything = export(store.path, products="all", formats="all").files
    assert {path.suffix for path in everything} >= {".gpkg", ".shp", ".csv", ".parquet", ".fgb", ".kmz", ".tif"}


def test_products_of_an_earlier_export_are_named_so_that_nobody_takes_them_for_new(store, export):
    export(store.path, formats=("csv", "shp"))
    notes = export(store.path, formats=("csv",)).notes
    assert notes == ("of an earlier export, and left as they are: velocity.shp, velocity.shp.txt",)
    assert export(store.path, formats=("csv", "shp")).notes == ()


def test_progress_goes_through_all_forms_without_running_backwards(store, tmp_path):
    seen = []
    origin = Origin(store.path, ExportOptions(formats=("shp", "csv", "kmz")), defaults(), name="", provenance={})
    export_results(origin, tmp_path / "products", progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert seen[-1] == (4 * 300, 4 * 300)


def test_the_file_tells_how_it_was_made(store, export):
    parms = {"ref_lon": [-np.inf, 12.506], "drop_ifg_index": [1]}
    path = export(store.path, parms=parms, quantity="v-d", bootstrap=50).files[0]
    about = pyogrio.read_info(path, layer="ps")["layer_metadata"]
    assert about["title"] == "Test area"
    assert about["sign"] == "positive towards the satellite"
    assert about["quantity"] == "v-d"
    assert about["removed"] == "DEM error"
    assert about["reference"].endswith("longitude -inf to 12.506 degrees")
    assert 20 < int(about["reference_ps"]) < 200
    assert about["master"] == "2019-05-05"
    assert about["dropped_dates"] == "2019-01-17"
    assert about["dates"].split()[0] == about["first_date"] == "2019-01-29"
    assert len(about["dates"].split()) == 19
    assert float(about["wavelength_m"]) == 0.05546576
    assert float(about["heading_degrees"]) == HEADING
    assert about["bootstrap"].startswith("50 draws")
    assert about["software"] == "snapstamps 0"
    assert about["engine"] == "native 0"
    assert "notes" not in about
    assert '"drop_ifg_index": [1]' in about["all_stamps_parameters"]


def test_velocities_in_the_file_are_those_of_stamps(reference_s: Path, copy_of, export):
    stamps = copy_of(reference_s / "stamps")
    parms = {**defaults(), **read_parms(stamps / "parms.mat")}
    frame = geopandas.read_file(export(stamps, parms=parms).files[0], layer="ps")
    expected = loadmat(stamps / "ps_plot_v-do.mat")["ph_disp"][:, 0]
    np.testing.assert_allclose(frame["velocity"], expected, atol=1e-3)
    np.testing.assert_array_equal(frame.get_coordinates(), loadmat(stamps / "ps2.mat")["lonlat"])
    assert (frame["D20190505"] == 0).all()
    assert frame["d_a"].between(0, 0.4).all()
    assert frame["dem_error"].abs().max() < 60
    assert 0.5 < np.median(frame["velocity_std"] / frame["velocity_std_formal"]) < 2


def test_the_same_results_give_the_same_bytes(store, export):
    one, two = export(store.path).files, export(store.path, products="again").files
    for first, second in zip(one, two, strict=True):
        assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("missing", "step"),
    [("ps2", "5-8"), ("hgt2", "5-8"), ("phuw2", "6-8"), ("scla2", "7-8")],
)
def test_results_that_are_missing_are_named_with_the_step_that_makes_them(store, export, missing, step):
    store.delete(missing)
    with pytest.raises(DataError, match=rf"{missing}\.mat is missing(.|\n)*--steps {step}"):
        export(store.path)


def test_the_noise_of_the_slaves_is_needed_only_where_it_is_taken_out(store, export):
    export(store.path, quantity="v-do")
    with pytest.raises(DataError, match=r"scn2\.mat is missing(.|\n)*--steps 8-8"):
        export(store.path, quantity="v-dso")


def test_a_folder_without_parameters_is_an_error(store, export):
    (store.path / "parms.mat").unlink()
    with pytest.raises(DataError, match=r"parms\.mat is missing"):
        export(store.path)


def test_an_empty_reference_area_is_an_error_and_leaves_no_product(store, export, tmp_path):
    with pytest.raises(DataError, match="No scatterer lies in the reference area"):
        export(store.path, parms={"ref_lon": [0.0, 1.0]})
    assert not list((tmp_path / "products").iterdir())


def test_a_place_that_cannot_be_written_is_the_users_input(store, export, tmp_path, monkeypatch):
    (tmp_path / "file").write_text("")
    for products in ("file", "file/products"):
        with pytest.raises(InputError, match="products folder cannot be written"):
            export(store.path, products=products)
    monkeypatch.setattr("snapstamps.results.run.os.access", lambda *_: False)
    with pytest.raises(InputError, match="no permission"):
        export(store.path)


def test_a_full_disk_is_noticed_before_the_work(store, export, monkeypatch, tmp_path):
    full = shutil.disk_usage(tmp_path)._replace(free=100)
    monkeypatch.setattr("snapstamps.stamps.limits.shutil.disk_usage", lambda _: full)
    with pytest.raises(DataError, match="GiB free"):
        export(store.path)


def test_what_is_missing_is_noted_and_the_rest_exported(store, export):
    shutil.rmtree(store.path / "PATCH_1")
    (store.path / "rsc.txt").unlink()
    result = export(store.path)
    assert len(result.notes) == 3
    about = pyogrio.read_info(result.files[0], layer="ps")["layer_metadata"]
    assert "d_a is empty for all PS" in about["export_notes"]
    assert geopandas.read_file(result.files[0], layer="ps")["d_a"].isna().all()
