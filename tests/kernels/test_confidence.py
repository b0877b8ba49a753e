"""The confidence band of a line: it covers the truth as often as it says."""

import numpy as np
import pytest

from snapstamps.kernels.confidence import line_band
from snapstamps.kernels.velocity import formal_slope_std, line_functionals

TIMES = np.array([-200.0, -150, -90, -30, 10, 40, 100, 160])
WEIGHTS = np.array([1.0, 4, 1, 2, 2, 1, 4, 1])


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_the_true_line_lies_inside_as_often_as_the_level_says(level):
    rng = np.random.default_rng(3)
    truth, at = 2.0 - 0.01 * TIMES, np.array([-200.0, 0.0, 130.0])
    inside = np.zeros(len(at))
    fit = line_functionals(TIMES, WEIGHTS)
    for _ in range(1500):
        values = truth + rng.normal(0, 1 / np.sqrt(WEIGHTS))
        error = values @ fit.intercept + values @ fit.slope * at - (2.0 - 0.01 * at)
        inside += np.abs(error) <= line_band(values, TIMES, WEIGHTS, at, level=level)
    assert inside / 1500 == pytest.approx([level] * 3, abs=0.035)


def test_far_from_the_dates_it_widens_as_the_slope_does():
    values = np.array([0.0, 3, 1, 4, 1, 5, 9, 2])
    near, far = line_band(values, TIMES, WEIGHTS, np.array([0.0, 1e6]))
    slope = formal_slope_std(values[None], TIMES, WEIGHTS)[0]
    assert far / 1e6 == pytest.approx(2.4469 * slope, rel=1e-3)  # Student's t of 8 - 2
    assert near < far / 1000


def test_the_size_of_the_weights_does_not_matter():
    values = np.array([0.0, 3, 1, 4, 1, 5, 9, 2])
    one, other = (line_band(values, TIMES, WEIGHTS * factor, TIMES) for factor in (1, 100))
    np.testing.assert_allclose(one, other)


def test_two_dates_are_too_few():
    assert np.isnan(line_band(np.ones(2), np.arange(2.0), np.ones(2), np.arange(3.0))).all()
