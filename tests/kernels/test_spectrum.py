"""The compiled loops of the filter: their median is a median."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from snapstamps.kernels.spectrum import _median

amplitudes = st.floats(0, 1e6, width=32, allow_subnormal=False)


@given(arrays(np.float32, st.sampled_from([2, 8, 64, 100]), elements=amplitudes))
def test_the_median_is_the_mean_of_the_two_middle_numbers(numbers):
    lower, upper = np.sort(numbers)[numbers.size // 2 - 1 : numbers.size // 2 + 1]
    assert _median(numbers) == (lower + upper) / np.float32(2)


@pytest.mark.parametrize("seed", range(5))
def test_the_median_of_a_spectrum_with_one_strong_line_is_that_of_the_rest(seed):
    numbers = np.random.default_rng(seed).uniform(1, 2, 1024).astype(np.float32)
    numbers[seed] = 1e7
    assert _median(numbers) == np.median(numbers)
