"""Draws cost against size: what was measured, and the fitted lines."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import matplotlib as mpl

mpl.use("Agg")
import matplotlib.pyplot as plt
import numpy as np

from snapstamps.pipeline.rates import Rates

COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00")
"""Distinct for colour-blind readers, too (Okabe and Ito)."""
PANELS = (
    ("pixels", ("check", "candidates")),
    ("candidates", ("1_load", "2_gamma", "3_select", "4_weed")),
    ("ps", ("5_correct", "5_merge", "6_unwrap", "7_scla", "8_scn", "export")),
)
USUAL_DATES = 30
NAMES = {"pixels": "pixels of the scene", "candidates": "candidates", "ps": "PS"}


def draw_sizes(figures: Sequence[dict[str, Any]], fitted: Rates, path: Path) -> None:
    """
    Draw seconds per date against size, and the work of steps 1-5 against patches and workers.

    Parameters
    ----------
    figures : sequence of dict
        As `benchmarks.one_size` returns them.
    fitted : Rates
        The lines.
    path : Path
        A PNG.
    """
    whole = [one for one in figures if one["patches"] == 1 and one["workers"] == 1 and one["cells"]]
    figure, axes = plt.subplots(2, 2, figsize=(10, 7.6), layout="constrained")
    for ax, (size, stages) in zip(axes.flat, PANELS, strict=False):
        for colour, stage in zip(COLOURS, stages, strict=False):
            _stage(ax, whole, fitted, stage, size, colour)
        ax.set(xscale="log", yscale="log", xlabel=NAMES[size], ylabel="seconds of one processor per date")
        ax.legend(fontsize=7.5, frameon=False, loc="upper left" if size == "pixels" else "lower right")
        ax.grid(alpha=0.25, which="both")
    _workers(axes[1, 1], figures)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _stage(ax: Any, figures: Sequence[dict[str, Any]], fitted: Rates, stage: str, size: str, colour: str) -> None:
    usual = [one for one in figures if one["dates"] == USUAL_DATES]
    x = np.array([one[size] for one in usual], dtype=float)
    y = np.array([one["stages"][stage]["cpu_seconds"] / USUAL_DATES for one in usual])
    ax.plot(x, np.maximum(y, 1e-4), "o", color=colour, markersize=4, alpha=0.7)
    growth = " + ".join(f"{t.size}^{t.size_exponent:.2f}" for t in fitted.stages[stage].terms)
    along = np.geomspace(x.min(), x.max(), 60)
    # what else grows keeps its usual ratio to the size; the grid stays as it is
    ratio = {name: np.median([one[name] / one[size] for one in usual]) for name in ("pixels", "candidates", "ps")}
    cells = np.median([one["cells"] for one in usual])
    line = [
        fitted.stages[stage].time({**{name: k * value for name, k in ratio.items()}, "cells": cells}, USUAL_DATES)
        for value in along
    ]
    label = f"{stage.replace('_', ' ')}: {growth}"
    ax.plot(along, np.array(line) / USUAL_DATES, "-", color=colour, linewidth=1.3, label=label)


def _workers(ax: Any, figures: Sequence[dict[str, Any]]) -> None:
    split = [one for one in figures if "cells" in one and not one["cells"]]
    patches = sorted({one["patches"] for one in split})
    for colour, workers in zip(COLOURS, sorted({one["workers"] for one in split}), strict=False):
        runs = [next(o for o in split if (o["patches"], o["workers"]) == (n, workers)) for n in patches]
        who = f"{workers} worker{'s' if workers > 1 else ''}"
        ax.plot(patches, [o["steps_cpu_seconds"] for o in runs], "o:", color=colour, label=f"{who}, processors")
        ax.plot(patches, [o["steps_seconds"] for o in runs], "s-", color=colour, label=f"{who}, clock")
    ax.set(xlabel="patches of one scene", ylabel="seconds, steps 1-5", ylim=(0, None), xticks=patches)
    ax.legend(fontsize=8, frameon=False)
    ax.grid(alpha=0.25)
