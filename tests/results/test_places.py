"""What the user brings: any format, any coordinate system, and clear words where something is missing."""

import geopandas
import numpy as np
import pytest
import shapely
from pyproj import Geod

from snapstamps.model.errors import InputError
from snapstamps.results.places import read_places
from snapstamps.results.plane import Plane
from snapstamps.results.survey import line_through, read_survey, series_towards_satellite, towards_satellite

POINTS = geopandas.GeoDataFrame(
    {"Code": ["YB1", "YB2"], "velocity": [-5.0, None]},
    geometry=geopandas.points_from_xy([105.8, 105.81], [21.6, 21.61]),
    crs="EPSG:4326",
)


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.fgb"])
@pytest.mark.parametrize("crs", ["EPSG:4326", "EPSG:32648", "EPSG:3405"])
def test_every_format_in_every_coordinate_system_gives_the_same_points(tmp_path, name, crs):
    POINTS.to_crs(crs).to_file(tmp_path / name)
    survey = sorted(read_survey(tmp_path / name), key=lambda point: point.name)  # some formats sort in space
    assert [point.name for point in survey] == ["YB1", "YB2"]
    # VN-2000 lies some decimetres off WGS 84, or nothing at all: it depends on what PROJ has at hand
    assert survey[0].lon == pytest.approx(105.8, abs=1e-5)
    assert survey[1].lat == pytest.approx(21.61, abs=1e-5)
    assert survey[0].velocity == {"los": -5.0}
    assert survey[1].velocity == {}


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_csv_with_coordinates_is_taken_whatever_divides_it(tmp_path, delimiter):
    heads = "Station, LON, Lat, velocity_up, velocity_up_std, uncertainty"
    text = f"{heads}\nA, 105.8, 21.6, -10, 2, 15\nB, 105.9, 21.7, , , \n"
    (tmp_path / "a.csv").write_text("\ufeff" + text.replace(", ", delimiter), encoding="utf-8")
    first, second = read_survey(tmp_path / "a.csv")
    assert (first.name, first.lon, first.uncertainty) == ("A", 105.8, 15.0)
    assert (first.velocity, first.velocity_std) == ({"up": -10.0}, {"up": 2.0})
    assert (second.velocity, second.uncertainty) == ({}, 0.0)


def test_csv_in_metres_needs_its_coordinate_system(tmp_path):
    easting, northing = POINTS.to_crs("EPSG:32648").get_coordinates().iloc[0]
    (tmp_path / "a.csv").write_text(f"x,y\n{easting},{northing}\n")
    with pytest.raises(InputError, match="coordinate system of x and y is not known"):
        read_survey(tmp_path / "a.csv")
    (only,) = read_survey(tmp_path / "a.csv", crs="EPSG:32648")
    assert (only.name, only.lon) == ("1", pytest.approx(105.8))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("name,value\na,1\n", "no coordinates"),
        ("lon,lat,velocity\n1,2,fast\n", "'velocity' holds what is no number"),
        ("lon,lat,uncertainty\n1,2,-5\n", "negative uncertainty"),
        ("lon,lat,date,up\n1,2,yesterday,3\n", "a date that is none"),
        ("lon,lat\neast,north\n", "coordinates that are no numbers"),
    ],
)
def test_faults_in_a_csv_are_named(tmp_path, text, message):
    (tmp_path / "a.csv").write_text(text)
    with pytest.raises(InputError, match=message):
        read_survey(tmp_path / "a.csv")


def test_faults_in_vector_files_are_named(tmp_path):
    with pytest.raises(InputError, match="no file with lines"):
        read_places(tmp_path / "absent.gpkg", "lines")
    (tmp_path / "bad.gpkg").write_text("hello")
    with pytest.raises(InputError, match="cannot be read as vector data"):
        read_places(tmp_path / "bad.gpkg", "lines")
    POINTS.to_file(tmp_path / "points.gpkg")
    with pytest.raises(InputError, match="does not hold areas"):
        read_places(tmp_path / "points.gpkg", "areas")
    with pytest.raises(InputError, match="no column 'village'"):
        read_places(tmp_path / "points.gpkg", "points", name_column="village")
    POINTS.to_file(tmp_path / "naked.shp")
    (tmp_path / "naked.prj").unlink()
    with pytest.raises(InputError, match="no coordinate system"):
        read_places(tmp_path / "naked.shp", "points")
    with pytest.raises(InputError, match="is no coordinate system"):
        read_places(tmp_path / "naked.shp", "points", crs="EPSG:nonsense")
    assert len(read_places(tmp_path / "naked.shp", "points", crs="EPSG:4326")) == 2


def test_series_are_gathered_by_point_and_put_in_order(tmp_path):
    rows = ["G1,105.8,21.6,2020-02-01,2.0", "G2,105.9,21.6,2020-01-01,5", "G1,105.8,21.6,2020-01-01,1.0"]
    (tmp_path / "a.csv").write_text("name,lon,lat,date,up\n" + "\n".join(rows) + "\n")
    first, second = read_survey(tmp_path / "a.csv")
    assert (first.name, second.name) == ("G1", "G2")
    assert first.series.values["up"].tolist() == [1.0, 2.0]
    assert np.diff(first.series.days).tolist() == [31.0]
    look = np.array([-0.6, 0.0, 0.8])
    assert series_towards_satellite(first.series, look).tolist() == [0.8, 1.6]


def test_components_are_projected_and_their_deviations_too():
    look = np.array([0.6, 0.0, 0.8])
    found = towards_satellite({"east": 10.0, "up": -5.0}, {"east": 1.0, "up": 2.0}, look)
    assert found.value == pytest.approx(2.0)
    assert found.std == pytest.approx(np.hypot(0.6, 1.6))
    assert towards_satellite({"los": 3.0, "up": 99.0}, {}, look).value == 3.0
    assert towards_satellite({}, {}, look) is None


@pytest.mark.parametrize("column", ["displacement_mm", "Displacement (mm)", "displacement [mm]", "displacement"])
def test_a_unit_behind_a_name_does_no_harm(tmp_path, column):
    (tmp_path / "a.csv").write_text(f"point,lon,lat,date,{column}\nBM1,1,2,2020-01-01,3\nBM1,1,2,2020-02-01,5\n")
    (point,) = read_survey(tmp_path / "a.csv")
    assert point.name == "BM1"
    assert point.series.values["los"].tolist() == [3.0, 5.0]


def test_the_date_of_a_visit_makes_no_series(tmp_path):
    text = "code,lon,lat,date,velocity_mm_yr,velocity_std (mm/yr)\nL1,1,2,2020-01-01,-3,2\nL2,1,2,2020-01-01,4,\n"
    (tmp_path / "a.csv").write_text(text)
    first, second = read_survey(tmp_path / "a.csv")
    assert (first.velocity, first.velocity_std) == ({"los": -3.0}, {"los": 2.0})
    assert (second.velocity, second.velocity_std) == ({"los": 4.0}, {})
    assert first.series is None


def test_a_line_needs_three_dates():
    days = np.array([0.0, 365.25, 730.5])
    assert line_through(days, np.array([1.0, 4.0, 7.0])).value == pytest.approx(3.0)
    assert line_through(days, np.array([1.0, np.nan, 7.0])) is None


def test_the_plane_is_true_to_the_ellipsoid_and_goes_back():
    plane = Plane.about(np.array([[105.0, 21.0], [106.6, 22.2]]))
    lonlat = np.array([[105.8, 21.6], [105.2, 21.1], [106.5, 22.1]])
    xy = plane.metres(lonlat)
    np.testing.assert_allclose(plane.degrees(xy), lonlat, atol=1e-9)
    expected = Geod(ellps="WGS84").line_length(lonlat[1:, 0], lonlat[1:, 1])
    assert np.hypot(*(xy[2] - xy[1])) == pytest.approx(expected, rel=1e-4)
    shape = shapely.Point(105.8, 21.6).buffer(0.01)
    assert plane.shape_in_degrees(plane.shape_in_metres(shape)).equals_exact(shape, 1e-9)
