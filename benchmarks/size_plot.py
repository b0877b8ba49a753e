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
NAMES = {"pixels": "pixels of the scene", "candidates": "candidates", "ps": "PS"}


def draw_sizes(figures: Sequence[dict[str, Any]], fitted: Rates, path: Path) -> None:
    """
    Draw seconds per date against size, seconds against dates, and speed against workers.

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
        ax.legend(fontsize=8, frameon=False)
        ax.grid(alpha=0.25, which="both")
    _workers(axes[1, 1], figures)
    figure.savefig(path, dpi=110)
    plt.close(figure)


def _stage(ax: Any, figures: Sequence[dict[str, Any]], fitted: Rates, stage: str, size: str, colour: str) -> None:
    x = np.array([one[size] for one in figures], dtype=float)
    y = np.array([one["stages"][stage]["cpu_seconds"] / one["dates"] for one in figures])
    term = fitted.stages[stage].terms[0]
    label = f"{stage.replace('_', ' ')}: size^{term.size_exponent:.2f} dates^{term.dates_exponent:.2f}"
    ax.plot(x, np.maximum(y, 1e-4), "o", color=colour, markersize=4, alpha=0.8)
    # the line is for the usual number of dates, and for the grid of the unwrapping that is usual for the size
    usual = sorted(
        (one for one in figures if one["dates"] == 30 and one["grid"] in {40.0, 90.0}), key=lambda o: o[size]
    )
    line = [fitted.stages[stage].time({name: one[name] for name in ("pixels", "candidates", "ps", "cells")}, 30) / 30
            for one in usual]  # fmt: skip
    ax.plot([one[size] for one in usual], line, "-", color=colour, linewidth=1.2, label=label)


def _workers(ax: Any, figures: Sequence[dict[str, Any]]) -> None:
    split = [one for one in figures if "cells" in one and not one["cells"]]
    patches = sorted({one["patches"] for one in split})
    for colour, workers in zip(COLOURS, sorted({one["workers"] for one in split}), strict=False):
        seconds = [
            next(o["steps_seconds"] for o in split if (o["patches"], o["workers"]) == (n, workers)) for n in patches
        ]
        ax.plot(patches, seconds, "o-", color=colour, label=f"{workers} worker{'s' if workers > 1 else ''}")
    ax.set(xlabel="patches of one scene", ylabel="seconds by the clock, steps 1-5", ylim=(0, None), xticks=patches)
    ax.legend(fontsize=8, frameon=False)
    ax.grid(alpha=0.25)
