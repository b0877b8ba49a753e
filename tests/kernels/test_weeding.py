"""Which pixels stand for one scatterer."""

from collections import deque

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapstamps.kernels.weeding import above_zero, best_of_duplicates, best_of_neighbours


def neighbours_by_the_letter(pixels, coherence):
    """Follow the description word by word: claims, children, gatherings."""
    owner, cell = {}, [tuple(pixel) for pixel in pixels]
    for p, (line, sample) in enumerate(cell):
        for di in (-1, 0, 1):
            for dj in (-1, 0, 1):
                if (di, dj) != (0, 0):
                    owner.setdefault((line + di, sample + dj), p)
    children = [[] for _ in cell]
    for p, place in enumerate(cell):
        if place in owner:
            children[owner[place]].append(p)
    keep = np.ones(len(cell), dtype=bool)
    for p in range(len(cell)):
        if not children[p]:
            continue
        group, queue = [], deque([p])
        while queue:
            member = queue.popleft()
            group.append(member)
            queue.extend(children[member])
            children[member] = []
        group = np.unique(group)
        keep[np.delete(group, np.argmax(coherence[group]))] = False
    return keep


def test_pixels_that_do_not_touch_all_stay():
    pixels = np.array([[0, 0], [0, 2], [2, 0], [10, 10]])
    assert best_of_neighbours(pixels, np.array([0.1, 0.2, 0.3, 0.4])).all()


@pytest.mark.parametrize("step", [(0, 1), (1, 0), (1, 1), (1, -1)])
def test_of_two_adjoining_pixels_the_more_coherent_one_stays(step):
    pixels = np.array([[5, 5], [5 + step[0], 5 + step[1]]])
    assert best_of_neighbours(pixels, np.array([0.6, 0.9])).tolist() == [False, True]
    assert best_of_neighbours(pixels, np.array([0.9, 0.6])).tolist() == [True, False]


def test_of_equally_coherent_neighbours_the_first_one_stays():
    pixels = np.array([[5, 6], [5, 5], [5, 7]])
    assert best_of_neighbours(pixels, np.full(3, 0.7)).tolist() == [True, False, False]


def test_the_side_lobes_of_a_strong_scatterer_all_go():
    lobes = np.array([[10, 10 + k] for k in (-2, -1, 0, 1, 2)])
    coherence = np.array([0.5, 0.7, 0.95, 0.6, 0.4])
    assert best_of_neighbours(lobes, coherence).tolist() == [False, False, True, False, False]


def test_the_last_sample_of_a_line_does_not_adjoin_the_first_of_the_next():
    pixels = np.array([[0, 0], [0, 9], [1, 0], [2, 9]])
    assert best_of_neighbours(pixels, np.array([0.5, 0.6, 0.4, 0.7])).tolist() == [True, True, False, True]


def test_pixels_anywhere_in_a_huge_image_are_compared():
    pixels = np.array([[70_000, 90_000], [70_001, 90_001]])
    assert best_of_neighbours(pixels, np.array([0.5, 0.6])).tolist() == [False, True]


def test_no_pixels_give_no_answer():
    assert best_of_neighbours(np.zeros((0, 2), dtype=int), np.zeros(0)).shape == (0,)


@settings(max_examples=60)
@given(st.integers(0, 2**32 - 1), st.integers(1, 60), st.integers(3, 12))
def test_neighbours_follow_the_description_to_the_letter(seed, n, size):
    rng = np.random.default_rng(seed)
    cells = rng.permutation(size * size)[: min(n, size * size)]
    pixels = np.column_stack(np.divmod(cells, size))
    coherence = rng.integers(0, 5, len(cells)) / 5  # with ties
    np.testing.assert_array_equal(best_of_neighbours(pixels, coherence), neighbours_by_the_letter(pixels, coherence))


def test_heights_at_zero_and_below_go_and_unknown_ones_stay():
    height = np.array([-3.0, 0.0, 9e-7, 1e-6, 0.5, np.nan])
    assert above_zero(height).tolist() == [False, False, False, True, True, True]


def test_of_equal_positions_the_most_coherent_one_stays():
    position = np.array([[1.0, 2.0], [3.0, 4.0], [1.0, 2.0], [1.0, 2.0]])
    assert best_of_duplicates(position, np.array([0.5, 0.1, 0.9, 0.7])).tolist() == [False, True, True, False]


def test_of_equal_positions_and_coherence_the_first_one_stays():
    position = np.array([[3.0, 4.0], [1.0, 2.0], [1.0, 2.0]])
    assert best_of_duplicates(position, np.full(3, 0.5)).tolist() == [True, True, False]


def test_positions_that_share_one_coordinate_are_not_equal():
    position = np.array([[1.0, 2.0], [1.0, 3.0], [2.0, 2.0]])
    assert best_of_duplicates(position, np.full(3, 0.5)).all()


@settings(max_examples=50)
@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), max_size=30), st.integers(0, 2**32 - 1))
def test_every_position_stays_exactly_once(positions, seed):
    position = np.array(positions, dtype=np.float32).reshape(-1, 2)
    keep = best_of_duplicates(position, np.random.default_rng(seed).uniform(0, 1, len(position)))
    assert sorted(map(tuple, position[keep].tolist())) == sorted(set(map(tuple, position.tolist())))
