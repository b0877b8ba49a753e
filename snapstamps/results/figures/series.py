"""Time series at named points, or at three examples: displacements, line, confidence band."""

import textwrap
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.kernels.confidence import line_band
from snapstamps.results.examples import examples
from snapstamps.results.figures.panels import FAINT, INK, SMALL, date_axis, style
from snapstamps.results.figures.sheet import Sheet
from snapstamps.results.overview import Overview
from snapstamps.results.table import PsTable

NEAR = 100.0
"""A named point farther than this (m) from every scatterer has no series."""

_COLOURS = ("#06548b", "#ab4814", "#4d4d4d", "#6f4f8b", "#2f7a5a", "#8a6d1d")
_WIDTH, _HEIGHT, _GAP = 5.6, 1.45, 0.62


@dataclass(frozen=True)
class NamedSeries:
    """
    The series of one scatterer.

    Attributes
    ----------
    name : str
        Of the point, or the letter of an example.
    remark : str
        How far the scatterer is, or why it was chosen.
    row : int or None
        Of the table; None where no scatterer is near.
    """

    name: str
    remark: str
    row: int | None


def named_series(view: Overview) -> tuple[NamedSeries, ...]:
    """
    Choose scatterers: the nearest to each of the user's points, else the three examples.

    Parameters
    ----------
    view : Overview
        The run.

    Returns
    -------
    tuple of NamedSeries
    """
    if not view.overlays.places:
        return tuple(NamedSeries(e.letter, e.reason, e.row) for e in examples(view.table))
    chosen = []
    for place in view.overlays.places:
        row, metres = place.nearest(view.table.lonlat)
        near = metres <= NEAR
        remark = f"PS at {metres:.0f} m" if near else f"no PS within {NEAR:.0f} m (the nearest at {metres:,.0f} m)"
        chosen.append(NamedSeries(place.name, remark, row if near else None))
    return tuple(chosen)


@dataclass(frozen=True)
class FittedLine:
    """
    Displacements of one scatterer with their line.

    Attributes
    ----------
    displacement, line, half_width : ndarray, shape (n_dates,)
        mm towards the satellite; half the width of the 95 % band.
    """

    displacement: FloatArray
    line: Array
    half_width: Array


def fitted_line(table: PsTable, row: int) -> FittedLine:
    """
    Return the series of a scatterer, the line behind its velocity, and how well that is known.

    The master is no observation: its displacement is zero by definition.

    Parameters
    ----------
    table : PsTable
        The results.
    row : int
        The scatterer.

    Returns
    -------
    FittedLine
    """
    displacement = table.displacement(np.array([row]))[0]
    days = np.array([(day - table.master).days for day in table.dates], dtype=np.float64)
    slaves = days != 0
    band = line_band(displacement[slaves].astype(np.float64), days[slaves], table.series.weights, days)
    fit = table.velocity
    return FittedLine(displacement, (fit.intercept[row] + fit.slope[row] * days) * table.series.mm_per_rad, band)


def draw_named_series(view: Overview) -> Sheet:
    """
    Draw a panel per point, all with the same scale.

    Parameters
    ----------
    view : Overview
        The run.

    Returns
    -------
    Sheet
    """
    chosen = named_series(view)
    columns = 1 if len(chosen) <= 4 else 2
    rows = max(1, -(-len(chosen) // columns))
    sheet = Sheet.blank(0.75 + columns * (_WIDTH + 0.75) - 0.45, rows * (_HEIGHT + _GAP) + 0.75)
    sheet.title(0.75, "Displacement towards the satellite (mm)")
    sheet.write(0.75, sheet.height - 0.58, "line of the mean velocity with its 95 % confidence band", fontsize=SMALL)
    lines = {each.name: fitted_line(view.table, each.row) for each in chosen if each.row is not None}
    limits = _limits(list(lines.values()))
    for number, each in enumerate(chosen):
        column, row = divmod(number, rows)
        bottom = sheet.height - 0.95 - (row + 1) * _HEIGHT - row * _GAP
        axes = sheet.axes(0.75 + column * (_WIDTH + 0.75), bottom, _WIDTH, _HEIGHT)
        _draw(axes, view, each, lines.get(each.name), colour=_COLOURS[number % len(_COLOURS)], limits=limits)
    return sheet


def _limits(lines: list[FittedLine]) -> tuple[float, float]:
    if not lines:
        return -1.0, 1.0
    bands = [line.line + sign * np.nan_to_num(line.half_width) for line in lines for sign in (-1, 1)]
    values = np.concatenate([*(line.displacement for line in lines), *bands])
    room = 0.06 * max(float(np.ptp(values)), 1.0)
    return float(values.min()) - room, float(values.max()) + room


def _draw(
    axes: Axes,
    view: Overview,
    each: NamedSeries,
    fit: FittedLine | None,
    *,
    colour: str,
    limits: tuple[float, float],
) -> None:
    style(axes)
    text = each.remark
    days = np.array(view.table.dates, dtype="datetime64[D]")
    axes.axhline(0, color="#c9c9c9", lw=0.7, zorder=1)
    if fit is not None:
        low, high = fit.line - fit.half_width, fit.line + fit.half_width
        axes.fill_between(days, low, high, color=colour, alpha=0.18, lw=0, zorder=2)
        axes.plot(days, fit.line, color=colour, lw=1.3, zorder=3)
        axes.plot(days, fit.displacement, "o", ms=4, color=colour, mec="white", mew=0.5, zorder=4)
        velocity, deviation = (view.table[name][each.row] for name in ("velocity", "velocity_std"))
        text = f"{each.remark}: {velocity:+.1f} ± {deviation:.1f} mm/yr".replace("-", "\N{MINUS SIGN}")
    else:
        axes.plot(days, np.zeros(len(days)), alpha=0)
        axes.text(0.5, 0.5, "no PS here", transform=axes.transAxes, ha="center", va="center", color=FAINT)
    axes.set_ylim(*limits)
    axes.margins(x=0.04)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    name = textwrap.shorten(each.name, 24, placeholder="…")
    head = axes.annotate(
        name, (0, 1.05), xycoords="axes fraction", fontsize=11, fontweight="bold", color=colour, parse_math=False
    )
    axes.annotate(
        text, (1, 0), xycoords=head, xytext=(8, 0), textcoords="offset points", fontsize=SMALL, color=INK, va="bottom"
    )
    date_axis(axes)
