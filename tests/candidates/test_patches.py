"""Patches: the division of mt_prep_snap, sizes on the ground, proposals."""

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.candidates.patches import (
    PIXELS_PER_PATCH,
    Box,
    GroundExtent,
    automatic_division,
    divide,
    ground_extent,
    propose_unwrap_grid_size,
)
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.stack import Stack

sizes = st.integers(10, 400)
divisions = st.tuples(st.integers(1, 6), st.integers(1, 6))
overlaps = st.tuples(st.integers(0, 60), st.integers(0, 60))


def pixels(box: Box) -> set[tuple[int, int]]:
    return {
        (line, sample)
        for line in range(box.first_line, box.last_line + 1)
        for sample in range(box.first_sample, box.last_sample + 1)
    }


@given(st.integers(10, 30), st.integers(10, 30), divisions, overlaps)
def test_own_boxes_are_disjoint_equal_and_inside_the_patches(
    width: int, length: int, division: tuple[int, int], overlap: tuple[int, int]
) -> None:
    patches = divide(width, length, division, overlap)
    own = [pixels(patch.own) for patch in patches]
    assert not any(one & other for one, other in combinations(own, 2))
    assert {len(box) for box in own} == {(width // division[0]) * (length // division[1])}
    assert all(pixels(patch.own) <= pixels(patch.box) <= pixels(Box(0, width - 1, 0, length - 1)) for patch in patches)


@given(sizes, sizes, divisions, overlaps)
def test_the_remainder_of_the_division_is_owned_by_nobody(
    width: int, length: int, division: tuple[int, int], overlap: tuple[int, int]
) -> None:
    last = divide(width, length, division, overlap)[-1]
    assert (last.own.last_sample + 1, last.own.last_line + 1) == (
        width - width % division[0],
        length - length % division[1],
    )
    assert last.box.last_sample + 1 == min(width, last.own.last_sample + 1 + overlap[0])
    assert last.box.last_line + 1 == min(length, last.own.last_line + 1 + overlap[1])


def test_patches_are_numbered_along_azimuth_first() -> None:
    patches = divide(100, 60, (2, 2), (5, 3))
    assert [patch.name for patch in patches] == ["PATCH_1", "PATCH_2", "PATCH_3", "PATCH_4"]
    assert patches[1].own.text() == "1\n50\n31\n60\n"
    assert patches[1].box.text() == "1\n55\n28\n60\n"
    assert patches[2].own.text() == "51\n100\n1\n30\n"


def test_more_patches_than_pixels_are_refused() -> None:
    with pytest.raises(InputError, match="does not divide a scene of 10 samples x 5 lines"):
        divide(10, 5, (1, 6), (0, 0))


@pytest.mark.parametrize("size", [(25_000, 6_000), (6_000, 13_000), (68_000, 13_500), (3_000, 1_500)])
def test_automatic_patches_hold_about_five_million_pixels_and_none_is_too_small(size: tuple[int, int]) -> None:
    width, length = size
    extent = GroundExtent(across=width * 3.7, along=length * 13.9)
    division = automatic_division(width, length, extent, overlap=(50, 50), smallest=1600)
    patches = divide(width, length, division, (50, 50))
    assert max(patch.box.n_samples * patch.box.n_lines for patch in patches) <= PIXELS_PER_PATCH
    assert extent.across / division[0] >= 1600
    assert extent.along / division[1] >= 1600
    assert len(patches) <= 1.6 * width * length / PIXELS_PER_PATCH + 1


def test_the_least_side_comes_before_the_number_of_pixels() -> None:
    # Two kilometres of very fine pixels: no second patch of 1600 m has room.
    extent = GroundExtent(across=2000, along=2000)
    assert automatic_division(5000, 5000, extent, overlap=(50, 50), smallest=1600) == (1, 1)


def test_the_ground_extent_is_that_of_the_positions(stack: Stack) -> None:
    extent = ground_extent(stack)
    degree = np.pi / 180 * 6_371_000
    assert extent.across == pytest.approx(61 * 4.8e-5 * degree * np.cos(np.radians(21)), rel=0.01)
    assert extent.along == pytest.approx(47 * 1.25e-4 * degree, rel=0.01)


def test_missing_positions_do_not_change_the_extent(stack: Stack) -> None:
    whole = ground_extent(stack)
    for path, gap in ((stack.lon, np.nan), (stack.lat, 0.0)):
        values = np.fromfile(path, ">f4").reshape(stack.length, stack.width)
        values[:10] = gap
        values[:, -7:] = gap
        values.tofile(path)
    gappy = ground_extent(stack)
    assert (gappy.across, gappy.along) == pytest.approx((whole.across, whole.along), rel=0.02)


@pytest.mark.parametrize("value", [np.nan, 0.0, 1e30])
def test_positions_that_are_none_are_an_error(stack: Stack, value: float) -> None:
    for path in (stack.lon, stack.lat):
        np.full((stack.length, stack.width), value, ">f4").tofile(path)
    with pytest.raises(DataError, match="hold no position at all"):
        ground_extent(stack)


@given(st.floats(40, 200_000), st.floats(40, 200_000), st.sampled_from([16, 32, 64]))
def test_the_proposed_grid_size_fits_and_is_not_needlessly_fine(across: float, along: float, window: int) -> None:
    size = propose_unwrap_grid_size(GroundExtent(across, along), window)
    assert size == 1 or size * window <= min(across, along)
    assert size + 5 > 0.95 * min(across, along) / window
