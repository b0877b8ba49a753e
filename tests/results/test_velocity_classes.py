"""Classes of velocity: round, symmetric, open, and of the colours of the pictures."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.results.velocity_classes import COLOURS, class_numbers, velocity_classes


@given(st.floats(0.01, 1e4), st.integers(1, 2**32 - 1))
def test_classes_are_symmetric_about_zero_and_the_ends_hold_few(size, seed):
    velocity = np.random.default_rng(seed).normal(0, size, 500)
    classes = velocity_classes(velocity)
    assert [(-each.upper, -each.lower) for each in reversed(classes)] == [(each.lower, each.upper) for each in classes]
    assert classes[0].lower == -math.inf
    numbers = class_numbers(velocity, classes)
    assert np.mean((numbers == 0) | (numbers == len(classes) - 1)) <= 0.025
    for value, number in zip(velocity, numbers, strict=True):
        assert classes[number].lower <= value <= classes[number].upper


@pytest.mark.parametrize("velocity", [[], [np.nan], [0.0, 0.0]])
def test_without_motion_the_step_is_one(velocity):
    classes = velocity_classes(np.array(velocity, dtype=float))
    assert [each.upper for each in classes[:-1]] == [-4, -3, -2, -1, 1, 2, 3, 4]


def test_labels_carry_the_unit_and_the_ends_the_sign():
    labels = [each.label for each in velocity_classes(np.linspace(-4, 4, 99))]
    assert all("mm/yr" in label for label in labels)
    assert labels[0] == "below −4 mm/yr (away from the satellite)"
    assert labels[-1] == "above 4 mm/yr (towards the satellite)"


def test_a_few_fast_scatterers_do_not_hide_the_others():
    velocity = np.concatenate([np.linspace(-4, 4, 990), np.full(10, 500.0)])
    assert velocity_classes(velocity)[-1].lower == 4


def test_colours_grow_paler_towards_the_middle():
    brightness = [sum(int(colour[start : start + 2], 16) for start in (1, 3, 5)) for colour in COLOURS]
    assert brightness[:5] == sorted(brightness[:5])
    assert brightness[4:] == sorted(brightness[4:], reverse=True)
