"""Another reference for finished results: exactly what a run with it would have given, and nothing else changed."""

import geopandas
import numpy as np
import pyogrio
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from measured_results import dates_of, lonlat_of, positions, write_measured

from snapstamps.config.options import ExportOptions
from snapstamps.model.errors import DataError, InputError
from snapstamps.results.collect import Origin, collect_results
from snapstamps.results.formats.gpkg import GeoPackage
from snapstamps.results.measured import Measured, read_measured
from snapstamps.results.reference_area import ReferenceArea, wanted_area
from snapstamps.results.rereference import rereferenced, shift_to, write_rereferenced
from snapstamps.stamps.parms import defaults

XY = positions(400, 1000, seed=5)
WEST = ReferenceArea.polygons([shapely.box(10, 40, 12.506, 44)], "west.gpkg")


@pytest.fixture(scope="module")
def measured(tmp_path_factory) -> Measured:
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("v") / "v.gpkg"
    series = rng.normal(0, 5, (400, 6))
    return write_measured(path, XY, rng.normal(0, 5, 400), displacement=series, dates=dates_of(6))


@pytest.fixture
def written(store, tmp_path):
    """Give a function that writes the results of the small folder as velocity.gpkg alone, and reads them back."""

    def write(name, *, parms=None, **options) -> Measured:
        origin = Origin(
            store.path,
            options=ExportOptions(vertical=True, **options),
            parms={**defaults(), **(parms or {})},
            name="Test area",
            provenance={"software": "snapstamps 0"},
        )
        results = collect_results(origin)
        (tmp_path / name).mkdir()
        return read_measured(GeoPackage().write(results, tmp_path / name, progress=lambda _done, _total: None)[0])

    return write


def test_it_is_what_a_run_with_that_reference_gives(written, tmp_path):
    whole = written("whole")
    expected = written("again", parms={"ref_lon": [-np.inf, 12.506]})
    write_rereferenced(whole, shift_to(whole, WEST), tmp_path / "new.gpkg")
    found = read_measured(tmp_path / "new.gpkg")
    for name in set(whole.columns) - {"velocity_std", "velocity_std_formal"}:  # those know of the old reference only
        np.testing.assert_allclose(found[name], expected[name], atol=1e-5, err_msg=name)
    np.testing.assert_allclose(found.displacement(), expected.displacement(), atol=1e-5)
    assert found.about["reference"] == "mean of 70 of 300 PS, inside west.gpkg"
    assert found.about["reference_before"] == "mean of all 300 PS"
    assert found.about["reference_ps"] == expected.about["reference_ps"]


@pytest.mark.parametrize("choice", ["mean", (12.512, 41.91, 400.0), (12.512, 41.91, 0.0), "polygon"])
def test_the_option_of_the_export_gives_what_the_command_gives(written, tmp_path, choice):
    if choice == "polygon":
        choice = tmp_path / "west.gpkg"
        geopandas.GeoDataFrame(geometry=[WEST.shape], crs=4326).to_file(choice)
    asked = written("asked", reference=choice)
    whole = written("whole", parms={"ref_lon": [12.51, np.inf]})
    write_rereferenced(whole, shift_to(whole, wanted_area(choice)), tmp_path / "new.gpkg")
    found = read_measured(tmp_path / "new.gpkg")
    for name in set(whole.columns) - {"velocity_std", "velocity_std_formal"}:
        np.testing.assert_allclose(found[name], asked[name], atol=1e-5, err_msg=name)
    np.testing.assert_allclose(found.displacement(), asked.displacement(), atol=1e-5)
    assert found.about["reference"] == asked.about["reference"]
    areas = [geopandas.read_file(path, layer="reference_area") for path in (found.path, asked.path)]
    assert areas[0].geometry[0].equals_exact(areas[1].geometry[0], 1e-9)
    assert areas[0]["ps"].tolist() == areas[1]["ps"].tolist()


def test_the_other_layers_stay_and_the_area_of_the_reference_is_the_new_one(written, tmp_path):
    whole = written("whole")
    path = whole.path
    write_rereferenced(whole, shift_to(whole, WEST), tmp_path / "new.gpkg")
    layers = pyogrio.list_layers(path)[:, 0].tolist()
    assert pyogrio.list_layers(tmp_path / "new.gpkg")[:, 0].tolist() == layers
    area = geopandas.read_file(tmp_path / "new.gpkg", layer="reference_area")
    assert area["ps"].tolist() == [70]
    assert area.geometry[0].equals(WEST.shape)
    inside = geopandas.read_file(tmp_path / "new.gpkg", layer="reference_area", bbox=(11, 41, 11.1, 41.1))
    assert len(inside) == 1  # the spatial index knows it
    metadata = pyogrio.read_info(tmp_path / "new.gpkg", layer="ps")["layer_metadata"]
    assert metadata["reference"].endswith("inside west.gpkg")
    assert metadata["title"] == "Test area"


@given(st.floats(-900, 900), st.floats(-900, 900), st.floats(150, 2000))
def test_the_mean_of_the_reference_is_zero_and_no_difference_changes(measured, east, north, radius):
    lon, lat = lonlat_of(np.array([[east, north]]))[0]
    shift = shift_to(measured, ReferenceArea.point(float(lon), float(lat), radius))
    found = rereferenced(measured, shift)
    assert found["velocity"][shift.rows].mean() == pytest.approx(0, abs=1e-9)
    np.testing.assert_allclose(np.diff(found["velocity"]), np.diff(measured["velocity"]), atol=1e-9)
    assert (np.hypot(*(XY[shift.rows] - [east, north]).T) < radius * 1.01 + 1).all()


def test_there_and_back_again_is_where_it_began(measured, tmp_path):
    place = ReferenceArea.point(*lonlat_of(np.array([[300.0, 300.0]]))[0].tolist(), 200.0)
    mean = shift_to(measured, ReferenceArea.everything())
    write_rereferenced(measured, mean, tmp_path / "mean.gpkg")
    first = read_measured(tmp_path / "mean.gpkg")
    write_rereferenced(first, shift_to(first, place), tmp_path / "there.gpkg")
    there = read_measured(tmp_path / "there.gpkg")
    write_rereferenced(there, shift_to(there, ReferenceArea.everything()), tmp_path / "back.gpkg")
    back = read_measured(tmp_path / "back.gpkg")
    np.testing.assert_allclose(back["velocity"], first["velocity"], atol=1e-9)
    np.testing.assert_allclose(back.displacement(), first.displacement(), atol=1e-5)
    assert "; then mean of" in back.about["reference_before"]
    np.testing.assert_allclose(first.displacement().mean(axis=0), 0, atol=1e-5)


def test_without_a_radius_the_nearest_scatterer_is_zero(measured):
    lon, lat = measured.lonlat[123].tolist()
    shift = shift_to(measured, ReferenceArea.point(lon + 1e-6, lat))
    assert shift.rows.tolist() == [123]
    assert rereferenced(measured, shift)["velocity"][123] == 0
    assert shift.shape.geom_type == "Polygon"


def test_the_source_is_not_touched(measured, tmp_path):
    before = measured.path.read_bytes()
    write_rereferenced(measured, shift_to(measured, ReferenceArea.everything()), tmp_path / "new.gpkg")
    assert measured.path.read_bytes() == before


def test_a_reference_without_scatterers_is_an_error(measured):
    with pytest.raises(DataError, match=r"no PS lies in the reference area(.|\n)*m away"):
        shift_to(measured, ReferenceArea.point(106.0, 21.6, 100.0))
    with pytest.raises(DataError, match="no PS lies"):
        shift_to(measured, ReferenceArea.polygons([shapely.box(0, 0, 1, 1)], "sea"))
    with pytest.raises(InputError, match="no place on earth"):
        ReferenceArea.point(500, 0, 10)


def test_a_reference_that_lacks_a_date_is_an_error(tmp_path):
    series = np.zeros((400, 6))
    series[7, 2] = np.nan
    gaps = write_measured(tmp_path / "g.gpkg", XY, np.zeros(400), displacement=series, dates=dates_of(6))
    lon, lat = gaps.lonlat[7].tolist()
    with pytest.raises(DataError, match=r"no displacement at some dates(.|\n)*2019-08-01"):
        shift_to(gaps, ReferenceArea.point(lon, lat))


def test_a_damaged_file_is_named(measured, tmp_path):
    broken = tmp_path / "broken.gpkg"
    broken.write_bytes(measured.path.read_bytes())
    shift = shift_to(measured, ReferenceArea.everything())
    content = bytearray(broken.read_bytes())
    content[100:4096] = bytes(3996)
    broken.write_bytes(content)
    other = Measured(broken, measured.lonlat, measured.columns, measured.dates, measured.about)
    with pytest.raises(DataError, match="cannot be changed"):
        write_rereferenced(other, shift, tmp_path / "new.gpkg")
    assert not (tmp_path / "new.gpkg").exists()
