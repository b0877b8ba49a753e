"""Histograms of amplitude dispersion, coherence and velocity."""

import numpy as np
from matplotlib.axes import Axes

from snapstamps.results.distributions import Distribution
from snapstamps.results.figures.panels import FAINT, INK, NORMAL, SMALL, VELOCITY_COLOURS, style
from snapstamps.results.figures.sheet import Sheet
from snapstamps.results.overview import Overview

_WIDTH, _HEIGHT, _GAP = 2.75, 2.3, 0.55


def draw_histograms(view: Overview) -> Sheet:
    """
    Draw the three histograms side by side; the candidates behind the scatterers where they are at hand.

    Parameters
    ----------
    view : Overview
        The run.

    Returns
    -------
    Sheet
    """
    n = len(view.distributions)
    sheet = Sheet.blank(0.6 + n * _WIDTH + (n - 1) * _GAP + 0.25, _HEIGHT + 1.45)
    sheet.title(0.6, "Distributions")
    for number, distribution in enumerate(view.distributions):
        axes = sheet.axes(0.6 + number * (_WIDTH + _GAP), 0.6, _WIDTH, _HEIGHT)
        _draw(axes, distribution)
    return sheet


def _draw(axes: Axes, distribution: Distribution) -> None:
    style(axes)
    centres, widths = (distribution.edges[1:] + distribution.edges[:-1]) / 2, np.diff(distribution.edges)
    if distribution.candidates is not None:
        axes.bar(centres, distribution.candidates, widths, color="#d5d5d5", label="candidates", linewidth=0)
    colours: object = "#2d7ba5"
    if distribution.unit == "mm/yr":
        colours = VELOCITY_COLOURS((centres - centres[0]) / np.ptp(centres))
    axes.bar(centres, distribution.ps, widths, color=colours, label="PS", linewidth=0)
    if np.isfinite(distribution.median):
        axes.axvline(distribution.median, color=INK, lw=0.9, ls=(0, (4, 3)))
    unit = f" ({distribution.unit})" if distribution.unit else ""
    axes.set_xlabel(distribution.title + unit, fontsize=NORMAL, color=INK)
    axes.set_xlim(float(distribution.edges[0]), float(distribution.edges[-1]))
    median = f"{distribution.median:.3g}".replace("-", "\N{MINUS SIGN}")
    axes.set_title(f"median {median}", fontsize=SMALL, color=FAINT, loc="right")
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
    if distribution.candidates is not None:
        axes.legend(fontsize=SMALL, frameon=False, loc="upper left")
