"""Classes of velocity for maps: symmetric about zero, open at both ends; red is away from the satellite."""

import math
from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import FloatArray, IntArray

LEGEND = "velocity mm/yr, + towards the satellite"

COLOURS = ("#590008", "#953511", "#c37243", "#dcac91", "#ebe6e2", "#92bdd2", "#2d7ba5", "#053a65", "#001261")
"""From fast away to fast towards: nine steps of Crameri's map "vik", turned round, for readers of any colour vision."""

_STEPS = 4
_ROUND = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True)
class VelocityClass:
    """
    One class of a legend.

    Attributes
    ----------
    lower, upper : float
        mm/yr; infinite at the ends.
    label : str
        As legends show it.
    colour : str
        ``#rrggbb``.
    """

    lower: float
    upper: float
    label: str
    colour: str


def velocity_classes(velocity: FloatArray) -> tuple[VelocityClass, ...]:
    """
    Choose nine classes with round limits.

    The middle one, about zero, is twice as wide as its neighbours; those at the ends are open and hold about
    two per cent of the scatterers.

    Parameters
    ----------
    velocity : ndarray, shape (n_ps,)
        mm/yr; NaN is left out.

    Returns
    -------
    tuple of VelocityClass
        Ascending.

    Examples
    --------
    >>> [each.label for each in velocity_classes(np.linspace(-40, 40, 100))][3:6]
    ['−20 to −10 mm/yr', '−10 to 10 mm/yr', '10 to 20 mm/yr']
    """
    known = np.abs(velocity[np.isfinite(velocity)])
    step = _round_up(float(np.percentile(known, 98)) / _STEPS) if known.size else 1.0
    inner = [number * step for number in range(-_STEPS, _STEPS + 1) if number]
    limits = [-math.inf, *inner, math.inf]
    return tuple(
        VelocityClass(lower, upper, _label(lower, upper), colour)
        for lower, upper, colour in zip(limits[:-1], limits[1:], COLOURS, strict=True)
    )


def class_numbers(velocity: FloatArray, classes: tuple[VelocityClass, ...]) -> IntArray:
    """Return the class of every scatterer; those without a velocity are to be left out before."""
    return np.searchsorted([each.upper for each in classes[:-1]], velocity, side="left")


def _round_up(value: float) -> float:
    if not value > 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in _ROUND if step * power >= value * (1 - 1e-9))


def _label(lower: float, upper: float) -> str:
    if math.isinf(lower):
        return f"below {_number(upper)} mm/yr (away from the satellite)"
    if math.isinf(upper):
        return f"above {_number(lower)} mm/yr (towards the satellite)"
    return f"{_number(lower)} to {_number(upper)} mm/yr"


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")
