"""Gamma rasters: sizes, byte order, parts of large files."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.formats.gamma_raster import COMPLEX, FLOAT, check_size, open_raster, read_lines
from snapstamps.model.errors import DataError


@pytest.fixture
def slc(tmp_path):
    """An SLC of 5 lines x 3 samples whose value is line + 1j * sample, and its path."""
    line, sample = np.mgrid[0:5, 0:3]
    values = (line + 1j * sample).astype(">c8")
    values.tofile(tmp_path / "20200106.rslc")
    return tmp_path / "20200106.rslc", values


def test_the_bytes_are_those_of_snap_real_first_and_big_endian(tmp_path):
    path = tmp_path / "one.rslc"
    path.write_bytes(bytes.fromhex("3f800000 c0000000"))
    assert open_raster(path, COMPLEX, 1, 1)[0, 0] == 1 - 2j
    assert read_lines(path, FLOAT, 2, 0, 1).tolist() == [[1.0, -2.0]]


def test_the_map_has_the_values_line_by_line_and_cannot_be_written(slc):
    path, values = slc
    mapped = open_raster(path, COMPLEX, 3, 5)
    np.testing.assert_array_equal(mapped, values)
    with pytest.raises(ValueError, match="read-only"):
        mapped[0, 0] = 0


@given(st.integers(0, 4), st.integers(0, 5))
def test_any_run_of_lines_equals_that_part_of_the_whole(tmp_path_factory, first, count):
    values = np.arange(15, dtype=">f4").reshape(5, 3)
    path = tmp_path_factory.mktemp("raster") / "a.lon"
    values.tofile(path)
    count = min(count, 5 - first)
    np.testing.assert_array_equal(read_lines(path, FLOAT, 3, first, count), values[first : first + count])


def test_reading_beyond_the_end_is_a_data_error_that_names_the_line(slc):
    with pytest.raises(DataError, match="ends before line 6"):
        read_lines(slc[0], COMPLEX, 3, 4, 2)
    with pytest.raises(DataError, match="ends before line 101"):
        read_lines(slc[0], COMPLEX, 3, 100, 1)


@pytest.mark.parametrize(
    ("n_bytes", "why"), [(119, "not written to its end"), (121, "another width"), (0, "not written")]
)
def test_another_size_is_told_in_bytes_with_its_cause(tmp_path, n_bytes, why):
    path = tmp_path / "a.diff"
    path.write_bytes(bytes(n_bytes))
    with pytest.raises(DataError, match=f"{n_bytes} bytes, but 3 samples x 5 lines need 120") as caught:
        check_size(path, COMPLEX, 3, 5)
    assert why in str(caught.value)


@pytest.mark.parametrize(("width", "length"), [(0, 5), (5, 0), (-3, -5)])
def test_a_size_that_is_none_is_a_data_error(tmp_path, width, length):
    path = tmp_path / "a.diff"
    path.write_bytes(b"")
    with pytest.raises(DataError, match="cannot have"):
        open_raster(path, COMPLEX, width, length)


def test_missing_files_and_folders_are_data_errors(tmp_path):
    for call in (lambda p: check_size(p, FLOAT, 2, 2), lambda p: read_lines(p, FLOAT, 2, 0, 1)):
        with pytest.raises(DataError, match=r"no\.lon is missing"):
            call(tmp_path / "no.lon")
    with pytest.raises(DataError, match="cannot be read"):
        read_lines(tmp_path, FLOAT, 2, 0, 1)


def test_lines_beyond_4_gib_are_addressed_with_64_bits(tmp_path):
    path, width, length = tmp_path / "large.rslc", 70_000, 8_000
    last = (np.arange(width) + 1j).astype(COMPLEX)
    with path.open("wb") as stream:  # sparse: only the last line takes room on the disk
        stream.truncate(width * length * COMPLEX.itemsize)
        stream.seek((length - 1) * width * COMPLEX.itemsize)
        stream.write(last.tobytes())
    check_size(path, COMPLEX, width, length)
    np.testing.assert_array_equal(read_lines(path, COMPLEX, width, length - 1, 1)[0], last)
    np.testing.assert_array_equal(open_raster(path, COMPLEX, width, length)[-1], last)
    assert not read_lines(path, COMPLEX, width, length - 2, 1).any()
