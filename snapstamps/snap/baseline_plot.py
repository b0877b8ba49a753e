"""The baseline plot of the papers: time against perpendicular baseline, every slave joined to the master's star."""

from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.figure import Figure

from snapstamps.formats.atomic import atomic_path
from snapstamps.snap.baselines import BaselineTable

INK, LINE, SLAVE, MASTER = "#1a1a1a", "#b8c4cc", "#2d7ba5", "#c37243"
SMALL, NORMAL = 8.0, 9.5
_SIZE_INCHES = (7.2, 4.2)
_DPI = 200
_MOST_LABELLED = 30
"""Dates that are written beside their dots; more would hide one another."""


def baseline_figure(table: BaselineTable) -> Figure:
    """
    Draw the stack.

    Parameters
    ----------
    table : BaselineTable
        Of the stack.

    Returns
    -------
    Figure
        Not bound to any screen.
    """
    figure = Figure(figsize=_SIZE_INCHES, layout="constrained")
    axes = figure.add_subplot()
    draw_stack(axes, table)
    days = [scene.day for scene in table.scenes]
    mean = float(table.mean_coherence[table.master])
    axes.set_title(
        f"{len(days)} dates, master {days[table.master]}, mean modelled coherence {mean:.2f}",
        loc="left",
        fontsize=NORMAL,
        color=INK,
    )
    return figure


def draw_stack(axes: Axes, table: BaselineTable) -> None:
    """
    Draw time against perpendicular baseline.

    Parameters
    ----------
    axes : Axes
        Where.
    table : BaselineTable
        Of the stack.
    """
    days = np.array([scene.day for scene in table.scenes], dtype="datetime64[D]")
    perpendicular = table.geometry.perpendicular[table.master]
    slaves = np.arange(len(days)) != table.master
    axes.axhline(0, color="#dddddd", lw=0.7, zorder=0)
    for day, baseline in zip(days[slaves], perpendicular[slaves], strict=True):
        axes.plot([days[table.master], day], [0, baseline], color=LINE, lw=0.8, zorder=1)
    axes.plot(
        days[slaves], perpendicular[slaves], "o", ms=5, color=SLAVE, mec="white", mew=0.6, label="slave", zorder=3
    )
    axes.plot(days[table.master], 0, "*", ms=15, color=MASTER, mec=INK, mew=0.7, label="master", zorder=4)
    if len(days) <= _MOST_LABELLED:
        for scene, day, baseline in zip(table.scenes, days, perpendicular, strict=True):
            axes.annotate(
                f"{scene.day:%Y%m%d}",
                (day, baseline),
                xytext=(0, 6 if baseline >= 0 else -6),
                textcoords="offset points",
                ha="center",
                va="bottom" if baseline >= 0 else "top",
                fontsize=6,
                color=INK,
                zorder=5,
            )
    axes.set_ylabel("perpendicular baseline (m)", fontsize=NORMAL, color=INK)
    axes.margins(x=0.06, y=0.14)
    axes.tick_params(labelsize=SMALL, colors=INK, width=0.6, length=3)
    for name, spine in axes.spines.items():
        spine.set_visible(name in {"left", "bottom"})
        spine.set_linewidth(0.6)
    locator = AutoDateLocator(minticks=3, maxticks=8)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator, show_offset=False))  # type: ignore[no-untyped-call]
    axes.set_xlabel(_years(table), fontsize=NORMAL, color=INK)
    axes.legend(fontsize=SMALL, frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.1)


def _years(table: BaselineTable) -> str:
    """Return the years of a stack, such as ``2019-2021``."""
    years = [scene.day.year for scene in table.scenes]
    return f"{min(years)}" if min(years) == max(years) else f"{min(years)}-{max(years)}"


def write_baseline_plot(table: BaselineTable, path: Path) -> None:
    """Write the plot as a PNG or, by the ending of the name, a PDF or SVG."""
    figure = baseline_figure(table)
    FigureCanvasAgg(figure)
    with atomic_path(path) as part:
        figure.savefig(part, dpi=_DPI)
