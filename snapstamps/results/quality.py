"""
How good a run is, step by step, and what may be the cause where it is not.

The limits are rules of thumb: they say where to look, not that a result is wrong.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

import numpy as np

from snapstamps.kernels.arrays import FloatArray
from snapstamps.results.overview import Overview

Verdict = Literal["good", "look", "poor"]

CONSPICUOUS = 3.0
"""A date is conspicuous when its noise exceeds the median by so many robust standard deviations …"""

LEAST_EXCESS = 1.15
"""… and by this factor, so that among equals none is."""


@dataclass(frozen=True)
class Check:
    """
    One measure of quality.

    Attributes
    ----------
    step : str
        What it judges.
    measure : str
        What was measured, with its unit.
    value : float
        How much.
    text : str
        The value as it is written.
    verdict : {"good", "look", "poor"}
        By the rule.
    cause, remedy : str
        What may be behind it, and what to try; empty where it is good.
    """

    step: str
    measure: str
    value: float
    text: str
    verdict: Verdict
    cause: str
    remedy: str


@dataclass(frozen=True)
class NoisyDate:
    """
    One interferogram among the noisiest.

    Attributes
    ----------
    day : date
        Of the slave.
    noise : float
        Degrees.
    bperp : float
        Perpendicular baseline, m.
    days : int
        Since the master.
    conspicuous : bool
        Whether it stands out; see ``CONSPICUOUS``.
    """

    day: date
    noise: float
    bperp: float
    days: int
    conspicuous: bool


@dataclass(frozen=True)
class _Rule:
    """A measure, its bounds (good, poor; the order tells which side is good), and what may be the cause."""

    step: str
    measure: str
    form: str
    bounds: tuple[float, float]
    cause: str
    remedy: str
    value: Callable[[Overview, Mapping[str, int]], float]


def quality(view: Overview, counts: Mapping[str, int]) -> tuple[Check, ...]:
    """
    Judge every step that left a measure.

    Parameters
    ----------
    view : Overview
        The run.
    counts : mapping of str to int
        Scatterers after each step, summed over the patches: ``candidates``, ``select``, ``weed``; absent where
        not known.

    Returns
    -------
    tuple of Check
        In the order of the steps.
    """
    found = ((rule, rule.value(view, counts)) for rule in _RULES)
    return tuple(_check(rule, value) for rule, value in found if np.isfinite(value))


def worst_dates(view: Overview, *, most: int = 5) -> tuple[NoisyDate, ...]:
    """
    Return the noisiest interferograms, and all that are conspicuous.

    Parameters
    ----------
    view : Overview
        The run.
    most : int
        So many at least, where there are so many.

    Returns
    -------
    tuple of NoisyDate
        The noisiest first.
    """
    known = np.flatnonzero(np.isfinite(view.noise) & view.used)
    if not known.size:
        return ()
    noise = view.noise[known]
    limit = _conspicuous_above(noise)
    order = known[np.argsort(-noise, kind="stable")]
    kept = [index for place, index in enumerate(order) if place < most or view.noise[index] > limit]
    master = view.table.master
    return tuple(
        NoisyDate(
            view.days[i],
            float(view.noise[i]),
            float(view.bperp[i]),
            (view.days[i] - master).days,
            bool(view.noise[i] > limit),
        )
        for i in kept
    )


def _conspicuous_above(noise: FloatArray) -> float:
    middle = float(np.median(noise))
    spread = 1.4826 * float(np.median(np.abs(noise - middle)))
    return max(middle + CONSPICUOUS * spread, LEAST_EXCESS * middle)


def _check(rule: _Rule, value: float) -> Check:
    good, poor = rule.bounds
    sign = 1 if good < poor else -1
    verdict: Verdict = "good" if sign * value <= sign * good else "poor" if sign * value >= sign * poor else "look"
    cause, remedy = ("", "") if verdict == "good" else (rule.cause, rule.remedy)
    return Check(rule.step, rule.measure, value, rule.form.format(value), verdict, cause, remedy)


def _share(after: str, before: str) -> Callable[[Overview, Mapping[str, int]], float]:
    """Return a function for the share (%) that a step has kept."""

    def value(_view: Overview, counts: Mapping[str, int]) -> float:
        return 100.0 * counts[after] / counts[before] if counts.get(before) and after in counts else np.nan

    return value


def _density(count: str) -> Callable[[Overview, Mapping[str, int]], float]:
    def value(view: Overview, counts: Mapping[str, int]) -> float:
        return counts[count] / view.square_kilometres if count in counts and view.square_kilometres > 0 else np.nan

    return value


def _largest_gap(view: Overview, _counts: Mapping[str, int]) -> float:
    return float(max(np.diff([day.toordinal() for day in view.table.dates]), default=0))


def _median_of(column: str) -> Callable[[Overview, Mapping[str, int]], float]:
    def value(view: Overview, _counts: Mapping[str, int]) -> float:
        known = view.table[column][np.isfinite(view.table[column])]
        return float(np.median(known)) if known.size else np.nan

    return value


def _median_noise(view: Overview, _counts: Mapping[str, int]) -> float:
    known = view.noise[np.isfinite(view.noise) & view.used]
    return float(np.median(known)) if known.size else np.nan


def _roughness(view: Overview, _counts: Mapping[str, int]) -> float:
    """Return how far the roughest unwrapped interferogram is above the typical one."""
    roughness = np.asarray(view.store.read("phuw2", "msd").get("msd", ()), dtype=np.float64)
    slaves = np.delete(roughness, view.master) if len(roughness) == len(view.days) else roughness
    typical = float(np.median(slaves)) if slaves.size else 0.0
    return float(slaves.max() / typical) if typical > 0 else np.nan


_RULES = (
    _Rule(
        "stack",
        "dates",
        "{:.0f}",
        (20, 12),
        "the coherence of few dates is high by chance too, and velocities follow the weather of single days",
        "more scenes; 20 and more make coherence meaningful",
        lambda view, _: float(len(view.table.dates)),
    ),
    _Rule(
        "stack",
        "largest gap between dates (days)",
        "{:.0f}",
        (48, 120),
        "motion across a gap of more than a quarter of the wavelength cannot be unwrapped for certain",
        "scenes inside the gap, from the other Sentinel-1 satellite perhaps",
        _largest_gap,
    ),
    _Rule(
        "candidates",
        "candidates per km²",
        "{:,.0f}",
        (200, 30),
        "vegetation or water; a strict amplitude dispersion; a badly coregistered or partly empty date, which raises "
        "the dispersion of every pixel",
        "snapstamps check; candidates.amplitude_dispersion = 0.42 or so; leave an empty date out",
        _density("candidates"),
    ),
    _Rule(
        "3 select",
        "candidates kept (%)",
        "{:.0f}",
        (8, 2),
        "phase that is not steady: vegetation; baselines with a wrong sign or value; a wrong DEM, or heights beyond "
        "max_topo_err; strong atmosphere inside the filter window",
        "look at the histogram of the coherence; a larger stamps.parms.density_rand accepts more, at more false PS",
        _share("select", "candidates"),
    ),
    _Rule(
        "4 weed",
        "selected PS kept (%)",
        "{:.0f}",
        (60, 25),
        "neighbouring pixels of the same target; or noise: a noisy date that lifts all, fast or uneven motion within "
        "weed_time_win",
        "the worst dates below; a larger stamps.parms.weed_standard_dev (1.2 say)",
        _share("weed", "select"),
    ),
    _Rule(
        "5 merge",
        "PS per km²",
        "{:,.0f}",
        (50, 10),
        "open country; or what the steps above tell",
        "see above; where PS are far apart, unwrapping between them is uncertain",
        _density("weed"),
    ),
    _Rule(
        "5 merge",
        "median noise of the interferograms (degrees)",
        "{:.0f}",
        (45, 65),
        "decorrelation: long baselines or spans, wet or snowy dates; many false PS",
        "leave out the worst dates; a smaller stamps.parms.density_rand",
        _median_noise,
    ),
    _Rule(
        "6 unwrap",
        "roughest unwrapped interferogram against the typical one",
        "{:.1f} times",
        (4, 12),
        "unwrapping errors, or a storm on that date",
        "look at the unwrapped interferograms; drop that date (stamps.parms.drop_ifg_index), or a smaller "
        "stamps.parms.unwrap_grid_size",
        _roughness,
    ),
    _Rule(
        "export",
        "median standard deviation of the velocities (mm/yr)",
        "{:.1f}",
        (1.5, 4.0),
        "a short series, or strong atmosphere",
        'more dates; export.quantity = "v-dso" takes out the slaves\' atmosphere as step 8 estimates it',
        _median_of("velocity_std"),
    ),
    _Rule(
        "export",
        "median coherence",
        "{:.2f}",
        (0.7, 0.5),
        "noisy scatterers, or motion that is not steady",
        "a smaller stamps.parms.density_rand; the time series of single PS tell which",
        _median_of("coherence"),
    ),
)
