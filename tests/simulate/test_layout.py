"""The files of an export, as SNAP's StampsExport lays them out."""

import re

import pytest

from snapstamps.formats.gamma_par import GammaHeader, read_baseline
from snapstamps.formats.stamps_export import open_stack

SLC_KEYS = [
    "title",
    "sensor",
    "date",
    "start_time",
    "center_time",
    "end_time",
    "azimuth_line_time",
    "range_samples",
    "azimuth_lines",
    "range_looks",
    "azimuth_looks",
    "image_format",
    "image_geometry",
    "center_latitude",
    "center_longitude",
    "heading",
    "range_pixel_spacing",
    "azimuth_pixel_spacing",
    "radar_frequency",
    "prf",
    "azimuth_proc_bandwidth",
    "sar_to_earth_center",
    "earth_radius_below_sensor",
    "earth_semi_major_axis",
    "earth_semi_minor_axis",
    "near_range_slc",
    "center_range_slc",
    "far_range_slc",
    "number_of_state_vectors",
    "time_of_first_state_vector",
    "state_vector_interval",
]
DEM_KEYS = [
    "title",
    "width",
    "nlines",
    "data_format",
    "DEM_projection",
    "DEM_hgt_offset",
    "DEM_scale",
    "corner_north",
    "corner_east",
    "post_north",
    "post_east",
    "datum_name",
    "datum_shift_dx",
    "datum_shift_dy",
    "datum_shift_dz",
    "datum_scale_m",
    "datum_rotation_alpha",
    "datum_rotation_beta",
    "datum_rotation_gamma",
    "projection_name",
]
UTM_KEYS = [
    "projection_zone",
    "false_easting",
    "false_northing",
    "center_longitude",
    "center_latitude",
    "projection_k0",
]


def keys(path):
    return [line.split(":")[0] for line in path.read_text().splitlines()]


def test_the_folder_holds_snaps_files_and_no_others(busy):
    master, dates = str(busy.truth["master"]), [str(day) for day in busy.truth["dates"]]
    expected = {"geo/elevation_dem.rdc", "geo/elevation_dem.rdc.par", "dem/projected_dem.rslc", "dem/projected_dem.par"}
    expected |= {f"geo/{master}.{name}" for name in ("lat", "lat.par", "lon", "lon.par")}
    expected |= {f"rslc/{day}.{name}" for day in dates for name in ("rslc", "rslc.par")}
    slaves = [day for day in dates if day != master]
    expected |= {f"diff0/{master}_{day}.{name}" for day in slaves for name in ("diff", "diff.par", "base")}
    found = {path.relative_to(busy.insar).as_posix() for path in busy.insar.rglob("*") if path.is_file()}
    assert found == expected
    assert {path.name for path in busy.insar.parent.iterdir()} == {busy.insar.name, "truth.npz", "scene.json"}


def test_every_raster_has_the_size_of_the_image(busy):
    pixels = busy.spec.n_lines * busy.spec.n_samples
    for path in busy.insar.rglob("*"):
        if path.suffix in {".rslc", ".diff"} and path.parent.name != "dem":
            assert path.stat().st_size == 8 * pixels
        if path.suffix in {".lat", ".lon", ".rdc"}:
            assert path.stat().st_size == 4 * pixels


def test_the_projected_dem_has_the_size_that_its_header_says(busy):
    header = GammaHeader.read(busy.insar / "dem" / "projected_dem.par")
    size = (busy.insar / "dem" / "projected_dem.rslc").stat().st_size
    assert size == 4 * header.number("width") * header.number("nlines")


def test_the_projects_own_reader_takes_it(busy):
    stack = open_stack(busy.insar)
    assert (stack.width, stack.length, stack.n_ifg) == (busy.spec.n_samples, busy.spec.n_lines, 17)


def test_headers_have_snaps_lines_in_snaps_order(busy):
    master = busy.truth["master"]
    path = busy.insar / "rslc" / f"{master}.rslc.par"
    n_vectors = int(GammaHeader.read(path).number("number_of_state_vectors"))
    vectors = [f"state_vector_{what}_{n}" for n in range(1, n_vectors + 1) for what in ("position", "velocity")]
    assert keys(path) == SLC_KEYS + vectors
    assert keys(busy.insar / "geo" / "elevation_dem.rdc.par") == DEM_KEYS
    assert keys(busy.insar / "dem" / "projected_dem.par") == DEM_KEYS + UTM_KEYS


def test_all_headers_but_those_of_heights_are_the_same(busy):
    headers = [path for path in busy.insar.rglob("*.par") if "dem" not in path.name]
    assert len(headers) == 18 + 17 + 2
    assert len({path.read_bytes() for path in headers}) == 1


def test_header_lines_look_like_snaps_to_the_byte(busy):
    lines = (busy.insar / "geo" / f"{busy.truth['master']}.lat.par").read_bytes().decode().split("\n")
    assert lines[1:3] == ["sensor:\tSENTINEL-1A", "date:\t2019  4  23"]
    assert lines[6:13] == [
        "azimuth_line_time:\t0.002055556299999998",
        "range_samples:\t220",
        "azimuth_lines:\t70",
        "range_looks:\t1",
        "azimuth_looks:\t1",
        "image_format:\tFCOMPLEX",
        "image_geometry:\tSLANT_RANGE",
    ]
    assert lines[13] == "center_latitude:\t21.03\tdegrees"
    assert lines[16:21] == [
        "range_pixel_spacing:\t2\tm",
        "azimuth_pixel_spacing:\t14\tm",
        "radar_frequency:\t5.405000454334349E9\tHz",
        "prf:\t1717.128973878037\tHz",
        "azimuth_proc_bandwidth:\t327.0\tHz",
    ]
    number = r"-?\d+\.\d+(E-?\d+)?"
    assert re.fullmatch(rf"state_vector_position_1:(\t{number}){{3}}\tm   m   m", lines[31])
    assert re.fullmatch(rf"state_vector_velocity_1:(\t{number}){{3}}\tm/s m/s m/s", lines[32])
    assert lines[-1] == ""


def test_base_files_look_like_snaps_to_the_byte(busy):
    path = sorted(busy.insar.glob("diff0/*.base"))[0]
    lines = path.read_bytes().decode().split("\n")
    number = r"-?\d+\.\d+(E-?\d+)?"
    assert re.fullmatch(rf"initial_baseline\(TCN\):\t0\.0000000\t{number}\t{number}\tm   m   m", lines[0])
    assert re.fullmatch(rf"initial_baseline_rate:\t0\.0000000\t{number}\t{number}\tm/s   m/s   m/s", lines[1])
    assert lines[2:] == [
        "precision_baseline(TCN):\t0.0000000        0.0000000        0.0000000   m   m   m",
        "precision_baseline_rate:\t0.0000000        0.0000000        0.0000000   m/s m/s m/s",
        "unwrap_phase_constant:\t0.00000     radians",
        "",
    ]
    assert read_baseline(path).initial[0] == 0.0


@pytest.mark.parametrize("scene", [0, 17])
def test_an_interferogram_is_master_times_conjugate_slave(busy, scene):
    product = busy.slc(busy.truth.master_index) * busy.slc(scene).conj()
    assert abs(busy.diff(scene) - product).max() <= 1e-6 * abs(product).max()
