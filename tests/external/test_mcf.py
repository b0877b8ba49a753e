"""The open solver: it is right where the answer is known, and as cheap as can be where it is not."""

from itertools import product

import numpy as np
import pytest
from unwrap_scenes import TWO_PI, objective, problem_of, rough_problem

from snapstamps.external.mcf import unwrap_by_flow
from snapstamps.external.snaphu import find_snaphu, unwrap_by_snaphu
from snapstamps.kernels.unwrap_cost import GridProblem

Y, X = np.mgrid[:17, :21].astype(float)


def in_first_cycle(phase):
    """The surface, shifted by whole cycles so that its first cell lies in [0, 2π)."""
    return phase - TWO_PI * np.floor(phase[0, 0] / TWO_PI)


@pytest.mark.parametrize(
    "surface",
    [1.1 * X - 0.7 * Y + 0.3, 25 * np.exp(-((X - 9) ** 2 + (Y - 8) ** 2) / 40), np.full_like(X, -2.0)],
    ids=["plane", "bowl", "constant"],
)
def test_a_surface_without_noise_unwraps_to_itself(surface):
    nothing_expected = np.zeros_like(surface)
    result = unwrap_by_flow(problem_of(surface, expected=nothing_expected))
    np.testing.assert_allclose(result, in_first_cycle(surface), atol=1e-4)


def test_a_cliff_steeper_than_half_a_cycle_is_taken_where_time_series_tell_of_it():
    cliff = np.where(X + 0.3 * Y > 12, 15.0, 0.0) + 0.1 * X
    np.testing.assert_allclose(unwrap_by_flow(problem_of(cliff)), in_first_cycle(cliff), atol=1e-4)


def test_noise_without_residues_is_left_as_it_is():
    noisy = 0.6 * X + 0.5 * np.random.default_rng(0).standard_normal(X.shape)
    np.testing.assert_allclose(unwrap_by_flow(problem_of(noisy)), in_first_cycle(noisy), atol=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_rewrapping_the_result_gives_the_input(seed):
    problem = rough_problem(seed, unknown_share=0.1)
    result = unwrap_by_flow(problem)
    np.testing.assert_allclose(np.exp(1j * result) / (problem.wrapped / np.abs(problem.wrapped)), 1, atol=2e-5)


@pytest.mark.parametrize("seed", range(3))
def test_adding_a_constant_shifts_the_result_by_it(seed):
    problem = rough_problem(seed)
    turned = GridProblem((problem.wrapped * np.exp(2.5j)).astype(np.complex64), problem.vertical, problem.horizontal)
    shift = unwrap_by_flow(turned) - unwrap_by_flow(problem)
    np.testing.assert_allclose(shift, shift[0, 0], atol=2e-5)
    np.testing.assert_allclose(np.exp(1j * shift), np.exp(2.5j), atol=2e-5)


@pytest.mark.parametrize("seed", range(5))
def test_no_other_cycles_of_a_small_grid_are_cheaper(seed):
    problem = rough_problem(seed, shape=(3, 3), noise=2.0, unknown_share=0.15)
    result = unwrap_by_flow(problem)
    least = min(
        objective(problem, result + TWO_PI * np.array([0, *cycles]).reshape(3, 3))
        for cycles in product((-1, 0, 1), repeat=8)
    )
    # Costs are rounded to a hundredth.
    assert objective(problem, result) <= least + 0.1


def test_several_cycles_over_one_arc_cost_what_they_should():
    # A ring that must close five cycles over its single cheap arc: 25 times the cost of one, not 5 times.
    problem = problem_of(np.zeros((2, 2)), variance=[np.array([[1, 1]]), np.array([[1], [1]])])
    problem.vertical.offset[0, 0] = 1000
    result = unwrap_by_flow(problem)
    everywhere = [
        objective(problem, TWO_PI * np.array([[0, a], [b, c]])) for a, b, c in product(range(-6, 7), repeat=3)
    ]
    assert objective(problem, result) == min(everywhere)


@pytest.mark.parametrize("seed", range(6))
def test_it_agrees_with_snaphu_on_grids_with_residues_and_is_never_dearer(seed, tmp_path):
    executable = find_snaphu()
    if executable is None:
        pytest.skip("needs snaphu")
    problem = rough_problem(seed, shape=(20, 31), noise=0.8)
    ours, theirs = unwrap_by_flow(problem), unwrap_by_snaphu(problem, executable=executable, folder=tmp_path)
    assert objective(problem, ours) <= objective(problem, theirs) + 0.1
    # snaphu never shifts a corner by itself, though that may be cheaper; if it is the first, all others shift.
    cycles = np.rint((ours - theirs) / TWO_PI)
    away_from_corners = np.ones(cycles.shape, dtype=bool)
    away_from_corners[np.ix_([0, 1, 2, -3, -2, -1], [0, 1, 2, -3, -2, -1])] = False
    assert np.unique(cycles[away_from_corners]).size == 1
    np.testing.assert_allclose(ours - TWO_PI * cycles, theirs, atol=1e-4)
