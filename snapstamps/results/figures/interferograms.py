"""All interferograms at a glance: wrapped, and unwrapped with one scale for all."""

import datetime
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.image import AxesImage

from snapstamps.kernels.arrays import Array, BoolArray, FloatArray
from snapstamps.results.amplitude_map import Extent, extent_of
from snapstamps.results.figures.panels import FAINT, INK, NORMAL, SMALL, VELOCITY_COLOURS, nice_ceiling
from snapstamps.results.figures.sheet import Sheet
from snapstamps.results.overview import Overview

COLUMNS = 8
CELLS = 90
"""Cells of a thumbnail along its longer side; scatterers inside one are averaged."""

_ROMA_O = ("#733957", "#874037", "#a2662c", "#c3a34b", "#d6d893", "#b4dec6", "#74bbcd", "#4f86b8", "#5c538b", "#733957")
PHASE_COLOURS = LinearSegmentedColormap.from_list("phase", _ROMA_O)
"""A circle of colours (after Crameri's "romaO"): -pi and pi look alike, and colour-blind readers tell the rest."""


class Dates(Protocol):
    """The dates of a stack: all that titles of interferograms need."""

    @property
    def days(self) -> tuple[datetime.date, ...]:
        """All dates, ascending."""

    @property
    def bperp(self) -> FloatArray:
        """Perpendicular baselines, m."""

    @property
    def used(self) -> BoolArray:
        """False for dates that were dropped."""

    @property
    def master(self) -> int:
        """Position of the master."""


@dataclass(frozen=True)
class _Cells:
    """Where the scatterers lie in a thumbnail, and its size."""

    cell: Array
    rows: int
    columns: int

    def mean(self, values: FloatArray) -> Array:
        """Return the mean of every cell, complex values too; NaN where none lies."""
        known = np.isfinite(values)
        count = self._sums(known.astype(np.float64))
        total = self._sums(np.where(known, values.real, 0.0))
        if np.iscomplexobj(values):
            total = total + 1j * self._sums(np.where(known, values.imag, 0.0))
        empty = np.full(total.shape, np.nan, dtype=total.dtype)
        return np.divide(total, count, out=empty, where=count > 0).reshape(self.rows, self.columns)

    def _sums(self, weights: Array) -> Array:
        return np.bincount(self.cell, weights=weights, minlength=self.rows * self.columns)


def draw_wrapped(view: Overview) -> Sheet:
    """
    Draw the wrapped phase of every interferogram, as step 4 left it, relative to its mean.

    Parameters
    ----------
    view : Overview
        The run.

    Returns
    -------
    Sheet
    """
    lonlat = view.store.read("ps2", "lonlat").lonlat
    return draw_wrapped_phase(view, lonlat, view.store.read("ph2", "ph").ph, "Interferograms, wrapped")


def draw_unwrapped(view: Overview) -> Sheet:
    """
    Draw the unwrapped phase of every interferogram relative to its mean, all with the same scale.

    Parameters
    ----------
    view : Overview
        The run.

    Returns
    -------
    Sheet
    """
    lonlat = view.store.read("ps2", "lonlat").lonlat
    return draw_real_phase(view, lonlat, view.store.read("phuw2", "ph_uw").ph_uw, "Interferograms, unwrapped")


def draw_wrapped_phase(view: Dates, lonlat: FloatArray, phase: Array, title: str) -> Sheet:
    """
    Draw the phase of complex values, one thumbnail for each slave, relative to the mean of the date.

    Parameters
    ----------
    view : Dates
        The stack.
    lonlat : ndarray, shape (n_ps, 2)
        Degrees.
    phase : ndarray of complex, shape (n_ps, n_scenes)
        Of any modulus.
    title : str
        Of the sheet.

    Returns
    -------
    Sheet
    """

    def column(day: int) -> Array:
        values = phase[:, day]
        values = values / np.maximum(np.abs(values), 1e-12)
        return np.asarray(values * np.conj(np.nanmean(values)))

    words = "relative to the mean of each; date and perpendicular baseline"
    return _draw(view, lonlat, (title, words), column, PHASE_COLOURS, limit=np.pi, circular=True)


def draw_real_phase(view: Dates, lonlat: FloatArray, phase: Array, title: str) -> Sheet:
    """
    Draw real phase, one thumbnail for each slave, relative to the mean of the date, all with the same scale.

    Parameters
    ----------
    view : Dates
        The stack.
    lonlat : ndarray, shape (n_ps, 2)
        Degrees.
    phase : ndarray, shape (n_ps, n_scenes)
        rad.
    title : str
        Of the sheet.

    Returns
    -------
    Sheet
    """
    relative = phase - np.nanmean(phase, axis=0)
    sample = np.abs(relative[:: max(1, len(relative) // 20_000)])
    limit = nice_ceiling(float(np.nanpercentile(sample, 99)) if sample.size else 1.0)
    colours = VELOCITY_COLOURS.reversed()  # phase grows away from the satellite
    words = "relative to the mean of each, positive away from the satellite; date and perpendicular baseline"
    return _draw(view, lonlat, (title, words), lambda day: relative[:, day], colours, limit=limit)


def _draw(
    view: Dates,
    lonlat: FloatArray,
    words: tuple[str, str],
    column: Callable[[int], Array],
    colours: Colormap,
    *,
    limit: float,
    circular: bool = False,
) -> Sheet:
    slaves = [date for date in range(len(view.days)) if date != view.master]
    rows = -(-len(slaves) // COLUMNS)
    extent = extent_of(lonlat)
    aspect = float(np.clip(extent.metric_aspect, 0.4, 2.5))
    width = 1.05
    height, gap = width / aspect, 0.34
    sheet = Sheet.blank(0.5 + COLUMNS * (width + 0.12), rows * (height + gap) + 0.9)
    sheet.title(0.3, words[0])
    sheet.write(0.3, sheet.height - 0.56, words[1], fontsize=SMALL)
    cells = _cells(lonlat, extent)
    image: AxesImage | None = None
    for number, date in enumerate(slaves):
        row, place = divmod(number, COLUMNS)
        axes = sheet.axes(
            0.3 + place * (width + 0.12), sheet.height - 1.0 - height - row * (height + gap), width, height
        )
        mean = cells.mean(column(date))
        image = axes.imshow(
            np.ma.masked_invalid(np.angle(mean) if circular else mean),
            origin="lower",
            cmap=colours,
            vmin=-limit,
            vmax=limit,
            aspect="auto",
            interpolation="nearest",
        )
        axes.set(xticks=[], yticks=[], facecolor="#ededed")
        axes.spines[:].set_linewidth(0.4)
        text = f"{view.days[date].isoformat()}  {view.bperp[date]:+.0f} m".replace("+-", "\N{MINUS SIGN}")
        colour = INK if view.used[date] else FAINT
        axes.set_title(text.replace(" -", " \N{MINUS SIGN}"), fontsize=5.8, pad=2, color=colour)
    if image is not None:
        _draw_scale(sheet, image, limit, circular=circular)
    return sheet


def _draw_scale(sheet: Sheet, image: AxesImage, limit: float, *, circular: bool) -> None:
    axes = sheet.axes(sheet.width - 3.4, sheet.height - 0.36, 2.2, 0.11)
    bar = sheet.figure.colorbar(image, cax=axes, orientation="horizontal", ticks=[-limit, 0, limit])
    bar.set_ticklabels(["−π", "0", "π"] if circular else [f"−{limit:g}", "0", f"{limit:g}"])
    bar.outline.set_linewidth(0.5)
    axes.tick_params(labelsize=SMALL, width=0.5, length=2, colors=INK)
    axes.text(1.06, 0.5, "rad", transform=axes.transAxes, fontsize=NORMAL, va="center", color=INK)


def _cells(lonlat: FloatArray, extent: Extent) -> _Cells:
    """Choose cells, no more than the scatterers can fill."""
    aspect = float(np.clip(extent.metric_aspect, 0.4, 2.5))
    side = min(CELLS, max(12, int(np.sqrt(len(lonlat)))))
    columns, rows = max(2, round(side * min(1.0, aspect))), max(2, round(side * min(1.0, 1 / aspect)))
    column = (lonlat[:, 0] - extent.west) / (extent.east - extent.west) * columns
    row = (lonlat[:, 1] - extent.south) / (extent.north - extent.south) * rows
    cell = np.minimum(row.astype(np.int64), rows - 1) * columns + np.minimum(column.astype(np.int64), columns - 1)
    return _Cells(cell, rows, columns)
