"""
What of a run the statements of a paper are held against: one number, or an interval, per statement.

Papers give extremes, ranges and words, seldom the rule behind them; the rules here are ours and stand in the row
of the comparison.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from snapstamps.config.profile import Measure, Statement
from snapstamps.kernels.arrays import BoolArray, FloatArray, IntArray
from snapstamps.results.areas import square_kilometres
from snapstamps.results.table import PsTable

MOVING = 5.0
"""mm/yr: faster than this is moving, as in the study of Yen Bai."""
_ENDS = 3
"""Dates at either end whose mean is the state there: a single date carries its own atmosphere."""


@dataclass(frozen=True)
class Measured:
    """
    What was found in the run.

    Attributes
    ----------
    low, high : float
        The interval; equal for a single number.
    how : str
        The rule, in one phrase.
    n_ps : int
        Scatterers that were looked at.
    """

    low: float
    high: float
    how: str
    n_ps: int


@dataclass(frozen=True)
class _Sample:
    """The scatterers that a statement is about, rows of the table."""

    table: PsTable
    rows: IntArray
    outline: BaseGeometry | None
    statement: Statement

    @property
    def velocity(self) -> FloatArray:
        """Their velocities that are known, mm/yr."""
        values = self.table["velocity"][self.rows]
        return np.asarray(values[np.isfinite(values)])

    @property
    def total(self) -> FloatArray:
        """Their displacement from the first to the last dates, mm; shape (n_ps,)."""
        return total_displacement(self.table, self.rows)


def measure(statement: Statement, table: PsTable, outline: BaseGeometry | None) -> Measured | None:
    """
    Measure what a statement is about.

    Parameters
    ----------
    statement : Statement
        Names the measure.
    table : PsTable
        The results.
    outline : shapely geometry or None
        Of the statement's area; None for the whole scene.

    Returns
    -------
    Measured or None
        None where no scatterer lies in the area, or the statement cannot be measured.
    """
    inside = _inside(table, outline)
    sample = _Sample(table, np.flatnonzero(inside), outline, statement)
    if statement.measure == "not_comparable" or not sample.velocity.size:
        return None
    return _MEASURES[statement.measure](sample)


def total_displacement(table: PsTable, rows: IntArray) -> FloatArray:
    """Return the displacement from the mean of the first three dates to that of the last three, mm; shape (n_rows,)."""
    moved = table.displacement(rows)
    return np.asarray(moved[:, -_ENDS:].mean(axis=1) - moved[:, :_ENDS].mean(axis=1))


def _inside(table: PsTable, outline: BaseGeometry | None) -> BoolArray:
    if outline is None:
        return np.ones(len(table), bool)
    shapely.prepare(outline)
    return np.asarray(shapely.contains_xy(outline, table.lonlat[:, 0], table.lonlat[:, 1]), bool)


def _one(value: float | np.floating, how: str, sample: _Sample) -> Measured:
    return Measured(float(value), float(value), how, len(sample.rows))


def _ps_count(sample: _Sample) -> Measured:
    return _one(len(sample.rows), "PS of the run", sample)


def _velocity_lowest(sample: _Sample) -> Measured:
    return _one(sample.velocity.min(), "velocity of the PS that moves away fastest", sample)


def _velocity_highest(sample: _Sample) -> Measured:
    return _one(sample.velocity.max(), "velocity of the PS that comes nearer fastest", sample)


def _velocity_median(sample: _Sample) -> Measured:
    return _one(np.median(sample.velocity), "median velocity", sample)


def _velocity_of_moving(sample: _Sample) -> Measured:
    moving = sample.velocity[sample.velocity < -MOVING]
    value = moving.mean() if moving.size else math.nan
    return _one(value, f"mean of {moving.size:,} PS that move away by more than {MOVING:g} mm/yr", sample)


def _share_slow(sample: _Sample) -> Measured:
    return _one(np.mean(np.abs(sample.velocity) < MOVING), f"share slower than {MOVING:g} mm/yr", sample)


def _displacement_lowest(sample: _Sample) -> Measured:
    return _one(np.nanmin(sample.total), "largest way away of a PS, last three dates less first three", sample)


def _displacement_inside(sample: _Sample) -> Measured:
    low, high = np.nanpercentile(sample.total, [1, 99])
    return Measured(
        float(low), float(high), "1 % to 99 % of the PS, last three dates less first three", len(sample.rows)
    )


def _drop_largest(sample: _Sample) -> Measured:
    columns = _columns_between(sample.table.dates, sample.statement.first, sample.statement.last)
    if len(columns) < 2:
        return _one(math.nan, "fewer than two dates in that time", sample)
    moved = sample.table.displacement(sample.rows)[:, [columns[0], columns[-1]]]
    first, last = sample.table.dates[columns[0]], sample.table.dates[columns[-1]]
    return _one(np.nanmin(moved[:, 1] - moved[:, 0]), f"largest way away of a PS, {first} to {last}", sample)


def _columns_between(dates: tuple[date, ...], first: date | None, last: date | None) -> list[int]:
    return [k for k, day in enumerate(dates) if (first or day) <= day <= (last or day)]


def _density_ratio(sample: _Sample) -> Measured:
    hull = shapely.convex_hull(shapely.multipoints(np.asarray(sample.table.lonlat, np.float64)))
    within = shapely.intersection(hull, sample.outline) if sample.outline is not None else hull
    inside, around = square_kilometres(within), square_kilometres(hull)
    others = len(sample.table) - len(sample.rows)
    if inside <= 0 or around <= inside or not others:
        return _one(math.nan, "no ground is left outside the area", sample)
    ratio = (len(sample.rows) / inside) / (others / (around - inside))
    return _one(ratio, "PS per km² inside over PS per km² outside", sample)


_MEASURES: Mapping[Measure, Callable[[_Sample], Measured]] = {
    "ps_count": _ps_count,
    "velocity_lowest": _velocity_lowest,
    "velocity_highest": _velocity_highest,
    "velocity_median": _velocity_median,
    "velocity_of_moving": _velocity_of_moving,
    "share_slow": _share_slow,
    "displacement_lowest": _displacement_lowest,
    "displacement_inside": _displacement_inside,
    "drop_largest": _drop_largest,
    "density_ratio": _density_ratio,
}
