"""The network: it is balanced where nothing is amiss, and its linear arcs add up to the convex costs."""

import numpy as np
from unwrap_scenes import problem_of, rough_problem

from snapstamps.kernels.flow import COST_SCALE, flow_problem, linear_arcs, unwrapped_grid


def test_a_plane_needs_no_flow():
    y, x = np.mgrid[:9, :11]
    network = flow_problem(problem_of(0.9 * x - 1.3 * y))
    assert network.is_balanced
    assert not network.start.any()


def test_a_steep_slope_that_is_expected_needs_no_flow():
    y, x = np.mgrid[:9, :11]
    phase = 4.1 * x + 0.5 * y + 2.0
    problem = problem_of(phase)
    network = flow_problem(problem)
    assert network.is_balanced
    np.testing.assert_allclose(unwrapped_grid(problem, network, np.zeros_like(network.start)), phase, atol=1e-4)


def test_what_loops_lack_the_ground_takes():
    supply = flow_problem(rough_problem(1)).supply
    assert supply[:-1].any()
    assert supply.sum() == 0


def test_a_vortex_is_one_loop_with_one_cycle():
    y, x = np.mgrid[:4, :5] - np.array([1.4, 1.6])[:, None, None]
    supply = flow_problem(problem_of(np.arctan2(y, x), expected=np.zeros((4, 5)))).supply
    assert np.flatnonzero(supply).tolist() == [1 * 4 + 1, 3 * 4]
    assert abs(supply[5]) == 1


def test_the_units_of_an_arc_add_up_to_its_convex_cost():
    network = flow_problem(rough_problem(3, noise=1.5))
    n_arcs = len(network.tail)
    arcs = linear_arcs(network, np.full(2 * n_arcs, 4))
    for direction, sign in ((0, 1), (1, -1)):
        for units in range(1, 5):
            total = arcs.cost.reshape(2, n_arcs, 4)[direction, :, :units].sum(axis=1)
            change = (network.deviation + sign * 200 * units) ** 2 - network.deviation**2
            np.testing.assert_allclose(total, COST_SCALE * change / network.variance, atol=0.5 * units)


def test_no_unit_costs_less_than_the_one_before_and_only_the_last_is_unlimited():
    network = flow_problem(rough_problem(4, unknown_share=0.2))
    arcs = linear_arcs(network, np.full(2 * len(network.tail), 3))
    costs = arcs.cost.reshape(-1, 3)
    assert costs.min() >= 0
    assert (np.diff(costs, axis=1) >= 0).all()
    assert (arcs.bounded.reshape(-1, 3) == [True, True, False]).all()
    assert (costs[np.tile(~network.has_statistics, 2)] == COST_SCALE).all()
