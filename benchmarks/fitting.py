"""Fits the rates of all stages to measured runs, and writes them as ``rates.toml``."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from scipy.optimize import least_squares

from snapstamps.formats.atomic import write_text
from snapstamps.pipeline.calibration import calibration_seconds
from snapstamps.pipeline.rates import Rate, Rates, Term

SIZES = {
    "check": ("pixels",),
    "candidates": ("pixels",),
    **dict.fromkeys(("1_load", "2_gamma"), ("candidates",)),
    **dict.fromkeys(("3_select", "4_weed"), ("candidates", "ps")),  # most of their work is for what they keep
    **dict.fromkeys(("5_correct", "5_merge", "7_scla", "8_scn", "export", "report"), ("ps",)),
    "6_unwrap": ("ps", "cells"),
}
"""What each stage grows with."""
SMALLEST_EXPONENT, LARGEST_EXPONENT = 0.8, 2.0
TOWARDS_ONE = 0.3
"""How strongly exponents are drawn to 1 where the runs say little about them: part of an error of 1 in a logarithm."""
HEADER = """\
# What the stages cost: fitted by `python -m benchmarks.sizes`, read by `snapstamps estimate`.
#
# seconds   fixed_seconds + the sum over terms of seconds * size^size_exponent * dates^dates_exponent, one processor
# memory    fixed_memory + memory * size * dates, bytes at the peak; size is that of the first term
# disk      disk * size * dates, bytes that stay
#
# typical   what stands in until it is known; figures_seconds: of the report's figures in one form
#
# size: pixels of the scene, candidates, ps, or cells of the unwrapping grid
"""


def fit_rates(runs: Sequence[dict[str, Any]], *, figures: float) -> Rates:
    """Fit all stages to runs with one patch and one worker, without the figures, whose seconds are given."""
    machine = {
        "cores": len(os.sched_getaffinity(0)),
        "memory": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "calibration_seconds": round(calibration_seconds(of_processor=True), 4),
    }
    typical = {
        "candidates_per_pixel": round(float(np.median([one["candidates"] / one["pixels"] for one in runs])), 3),
        "ps_per_candidate": round(float(np.median([one["ps"] / one["candidates"] for one in runs])), 2),
        "figures_seconds": round(figures, 2),
    }
    return Rates(machine, typical, {stage: _fit(stage, sizes, runs) for stage, sizes in SIZES.items()})


def _fit(stage: str, names: tuple[str, ...], runs: Sequence[dict[str, Any]]) -> Rate:
    sizes = np.array([[one[name] for name in names] for one in runs], dtype=float)
    dates = np.array([one["dates"] for one in runs], dtype=float)
    measured = {
        key: np.array([one["stages"][stage][key] for one in runs], dtype=float)
        for key in ("cpu_seconds", "peak_memory", "disk")
    }
    fixed, terms = _fit_seconds(names, sizes, dates, np.maximum(measured["cpu_seconds"], 0.01))
    values = sizes[:, 0] * dates
    slope, start = np.polyfit(values, measured["peak_memory"], 1)
    return Rate(
        fixed_seconds=fixed,
        terms=terms,
        fixed_memory=_digits(max(start, measured["peak_memory"].min() / 2)),
        memory=_digits(max(slope, 0.0)),
        disk=_digits(float(np.median(measured["disk"] / values))),
    )


def _fit_seconds(names, sizes, dates, seconds) -> tuple[float, tuple[Term, ...]]:
    """Fit in logarithms, so that small runs count as much as large ones."""
    n = len(names)
    typical = np.exp(np.log(sizes).mean(axis=0)), float(np.exp(np.log(dates).mean()))

    def parts(unknown):
        growth = (sizes / typical[0]) ** unknown[1 + n : 1 + 2 * n]
        return np.exp(unknown[1 : 1 + n]) * growth * (dates[:, None] / typical[1]) ** unknown[1 + 2 * n :]

    def residuals(unknown):
        misfit = np.log(unknown[0] + parts(unknown).sum(axis=1)) - np.log(seconds)
        return np.concatenate([misfit, TOWARDS_ONE * (unknown[1 + n :] - 1)])

    middle = float(np.median(seconds))
    start = [0.1 * seconds.min(), *[np.log(middle / n)] * n, *[1.0] * 2 * n]
    low = [0.0, *[-20.0] * n, *[SMALLEST_EXPONENT] * 2 * n]
    high = [seconds.min(), *[20.0] * n, *[LARGEST_EXPONENT] * 2 * n]
    best = least_squares(residuals, start, bounds=(low, high)).x
    terms = []
    for k, name in enumerate(names):
        a, b = best[1 + n + k], best[1 + 2 * n + k]
        factor = np.exp(best[1 + k]) / (typical[0][k] ** a * typical[1] ** b)
        terms.append(Term(name, _digits(factor), _digits(a), _digits(b)))
    return _digits(best[0]), tuple(terms)


def _digits(value: float) -> float:
    return float(f"{value:.3g}")


def write_rates(path: Path, fitted: Rates) -> None:
    """Write the rates as the program reads them."""
    lines = [HEADER]
    for section in ("machine", "typical"):
        lines += [f"[{section}]", *(f"{key} = {value}" for key, value in getattr(fitted, section).items()), ""]
    for stage, rate in fitted.stages.items():
        terms = ", ".join(
            f'{{ size = "{t.size}", seconds = {t.seconds}, size_exponent = {t.size_exponent}, '
            f"dates_exponent = {t.dates_exponent} }}"
            for t in rate.terms
        )
        numbers = {"fixed_memory": rate.fixed_memory, "memory": rate.memory, "disk": rate.disk}
        lines += [f"[stages.{stage}]", f"fixed_seconds = {rate.fixed_seconds}", f"terms = [{terms}]"]
        lines += [*(f"{key} = {value}" for key, value in numbers.items()), ""]
    write_text(path, "\n".join(lines))
