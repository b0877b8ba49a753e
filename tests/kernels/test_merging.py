"""Which scatterers of overlapping patches the merged set takes."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from snapstamps.kernels.merging import PixelBox, merged_order, surviving_rows, unit_phasors

LEFT = PixelBox(first_line=0, last_line=9, first_sample=0, last_sample=4)
RIGHT = PixelBox(first_line=0, last_line=9, first_sample=5, last_sample=9)


def merge(*patches):
    """Merge patches given as (box, pixels); return (patch, pixel) of every survivor."""
    pixels = np.concatenate([np.array(pixels).reshape(-1, 2) for _, pixels in patches])
    number = np.repeat(np.arange(len(patches)), [len(pixels) for _, pixels in patches])
    owned = np.concatenate([box.holds(np.array(pixels).reshape(-1, 2)) for box, pixels in patches])
    return [(int(number[row]), tuple(pixels[row].tolist())) for row in surviving_rows(pixels, number, owned)]


def merge_by_the_letter(pixels, number, owned):
    """Take up one patch after the other, as the description does."""
    taken, removed = [], set()
    for patch in np.unique(number):
        rows = np.flatnonzero(number == patch)
        known = {tuple(pixels[row]) for row in taken}
        own = {tuple(pixels[row]) for row in rows[owned[rows]]}
        removed |= {row for row in taken if tuple(pixels[row]) in own}
        taken += [row for row in rows if owned[row] or tuple(pixels[row]) not in known]
    return [row for row in taken if row not in removed]


def test_a_box_holds_its_borders_and_nothing_beyond():
    pixels = np.array([[0, 0], [9, 4], [9, 5], [10, 4], [-1, 0]])
    assert LEFT.holds(pixels).tolist() == [True, True, False, False, False]


def test_a_pixel_in_one_patch_alone_survives():
    assert merge((LEFT, [[1, 1]]), (RIGHT, [[1, 8]])) == [(0, (1, 1)), (1, (1, 8))]


def test_the_owner_speaks_for_a_pixel_whatever_the_order_of_the_patches():
    pixel = [[3, 6]]
    assert merge((LEFT, pixel), (RIGHT, pixel)) == [(1, (3, 6))]
    assert merge((RIGHT, pixel), (LEFT, pixel)) == [(0, (3, 6))]


def test_a_pixel_that_its_owner_did_not_select_survives_from_the_other_patch():
    assert merge((LEFT, [[3, 6]]), (RIGHT, [[3, 7]])) == [(0, (3, 6)), (1, (3, 7))]


def test_a_pixel_that_nobody_owns_comes_from_the_first_patch():
    assert merge((LEFT, [[15, 4]]), (RIGHT, [[15, 4]])) == [(0, (15, 4))]


def test_nothing_in_gives_nothing_out():
    assert merge((LEFT, np.zeros((0, 2), dtype=int)), (RIGHT, np.zeros((0, 2), dtype=int))) == []


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1))
def test_merging_follows_the_description_to_the_letter(seed):
    rng = np.random.default_rng(seed)
    pixels, number, owned = [], [], []
    for patch in range(4):
        own = np.column_stack(np.divmod(rng.permutation(36)[: rng.integers(0, 30)], 6))
        pixels.append(own)
        number.append(np.full(len(own), patch))
        owned.append((own[:, 1] == patch) & (own[:, 0] > 0))  # columns 4, 5 and line 0 belong to nobody
    pixels, number, owned = map(np.concatenate, (pixels, number, owned))
    survivors = surviving_rows(pixels, number, owned)
    assert survivors.tolist() == merge_by_the_letter(pixels, number, owned)
    assert sorted(map(tuple, pixels[survivors])) == sorted(set(map(tuple, pixels)))


def scattered_lonlat(n=40, seed=8):
    return np.array([105.8, 21.6]) + np.random.default_rng(seed).uniform(-0.02, 0.02, (n, 2))


def test_the_merged_set_is_sorted_from_low_to_high_y():
    merged = merged_order(scattered_lonlat(), np.ones(40), 348.0)
    assert np.all(np.diff(merged.xy[:, 1]) >= 0)
    assert sorted(merged.place.tolist()) == list(range(40))


def test_places_lead_every_row_to_its_own_coordinates():
    lonlat = scattered_lonlat()
    merged = merged_order(lonlat, np.ones(40), 0.0)  # turned by 180 degrees: the box stays, so no turning
    east = (lonlat[:, 0] - merged.origin[0]) * 111_320 * np.cos(np.radians(21.6))
    np.testing.assert_allclose(merged.xy[merged.place, 0], east, atol=5)


def test_of_equal_positions_the_more_coherent_row_has_a_place():
    lonlat = np.vstack([scattered_lonlat(), scattered_lonlat()[:2]])
    coherence = np.full(42, 0.5)
    coherence[[1, 40]] = 0.6
    merged = merged_order(lonlat, coherence, 348.0)
    assert merged.n_ps == 40
    assert np.flatnonzero(merged.place < 0).tolist() == [0, 41]


def test_the_order_of_the_rows_does_not_change_the_coordinates():
    lonlat = scattered_lonlat()
    shuffled = np.random.default_rng(0).permutation(40)
    there, back = merged_order(lonlat, np.ones(40), 348.0), merged_order(lonlat[shuffled], np.ones(40), 348.0)
    np.testing.assert_array_equal(there.xy, back.xy)
    np.testing.assert_array_equal(there.place[shuffled], back.place)


def test_the_origin_is_the_middle_of_what_is_left():
    lonlat = scattered_lonlat()
    np.testing.assert_allclose(
        merged_order(lonlat, np.ones(40), 348.0).origin, (lonlat.max(axis=0) + lonlat.min(axis=0)) / 2
    )


def test_phasors_come_to_modulus_one_and_zeros_stay():
    phase = np.array([[3 + 4j, 0], [1e-20j, -2e6]], dtype=np.complex64)
    unit = unit_phasors(phase)
    np.testing.assert_allclose(unit, [[0.6 + 0.8j, 0], [1j, -1]], rtol=1e-6)
    assert unit.dtype == np.complex64


def test_a_single_row_is_its_own_origin():
    merged = merged_order(np.array([[105.8, 21.6]]), np.ones(1), 348.0)
    np.testing.assert_allclose(merged.xy, [[0, 0]], atol=1e-6)
