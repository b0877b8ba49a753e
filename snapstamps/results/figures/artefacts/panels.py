"""Building blocks of the pictures: maps of points, histograms, bars over the dates, grids; and their arrangement."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import Colormap, LinearSegmentedColormap
from matplotlib.ticker import MaxNLocator

from snapstamps.kernels.arrays import Array, BoolArray
from snapstamps.results.amplitude_map import extent_of
from snapstamps.results.figures.artefacts.source import Source
from snapstamps.results.figures.interferograms import PHASE_COLOURS
from snapstamps.results.figures.panels import ACCENT, FAINT, INK, NORMAL, SMALL, VELOCITY_COLOURS, date_axis, style
from snapstamps.results.figures.sheet import Sheet

BLUE, GREY, ORANGE = "#2d7ba5", "#c9c9c9", "#ab4814"
GROUND = "#c6c6c6"
"""Behind points: darker than the pale middle of the diverging colours."""
BATLOW = LinearSegmentedColormap.from_list(
    "sequential", ("#011959", "#114260", "#226061", "#4d734d", "#818231", "#c09036", "#f19d6b", "#fdb4b4", "#faccfa")
)
"""Dark to light (after Crameri's "batlow")."""
DIVERGING = VELOCITY_COLOURS.reversed()
"""Red is positive: phase that grows is motion away from the satellite, as in all other pictures."""
_MAP_WIDTH, _GAP_X, _GAP_Y, _LEFT, _TOP = 3.1, 1.3, 0.75, 0.75, 1.05
_LEAST_HEIGHT, _LARGEST_HEIGHT = 2.1, 4.2


Draw = Callable[[Axes], None]
"""What fills a panel."""


@dataclass(frozen=True)
class Panel:
    """
    One part of a picture.

    Attributes
    ----------
    title : str
        Above it.
    draw : callable
        ``draw(axes)`` fills it.
    """

    title: str
    draw: Draw


def compose(source: Source, title: str, panels: Sequence[Panel], *, columns: int = 3, note: str = "") -> Sheet:
    """
    Arrange panels row by row.

    Parameters
    ----------
    source : Source
        Whose picture it is; its places give the panels their height.
    title : str
        Of the sheet.
    panels : sequence of Panel
        At least one.
    columns : int
        The most panels in a row.
    note : str
        One line below the title.

    Returns
    -------
    Sheet
    """
    where = source.place or "working folder"
    note = f"{where}   {note}" if note else where
    return arrange(f"{source.name}: {title}", note, source.aspect, panels, columns=columns)


def arrange(title: str, note: str, aspect: float, panels: Sequence[Panel], *, columns: int = 3) -> Sheet:
    """
    Arrange panels row by row, whatever they show.

    Parameters
    ----------
    title, note : str
        Of the sheet.
    aspect : float
        Width over height of the maps among them.
    panels : sequence of Panel
        At least one.
    columns : int
        The most panels in a row.

    Returns
    -------
    Sheet
    """
    height = float(np.clip(_MAP_WIDTH / aspect, _LEAST_HEIGHT, _LARGEST_HEIGHT))
    columns = min(columns, len(panels))
    rows = -(-len(panels) // columns)
    width = max(_LEFT + columns * (_MAP_WIDTH + _GAP_X), 5.4)
    sheet = Sheet.blank(width, _TOP + rows * (height + _GAP_Y) + 0.05)
    write_title(sheet, title, note)
    for number, panel in enumerate(panels):
        row, column = divmod(number, columns)
        bottom = sheet.height - _TOP - height - row * (height + _GAP_Y)
        axes = sheet.axes(_LEFT + column * (_MAP_WIDTH + _GAP_X), bottom, _MAP_WIDTH, height)
        style(axes)
        panel.draw(axes)
        axes.set_title(panel.title, fontsize=NORMAL, color=INK, loc="left", pad=5)
    return sheet


def write_title(sheet: Sheet, title: str, note: str) -> None:
    """Write title and note at the upper edge of a sheet."""
    sheet.title(0.3, title, below=0.34)
    sheet.write(0.3, sheet.height - 0.56, note, fontsize=SMALL, color=FAINT)


def write_head(sheet: Sheet, source: Source, title: str, note: str = "") -> None:
    """Write title, place and note at the upper edge of a sheet."""
    where = source.place or "working folder"
    write_title(sheet, f"{source.name}: {title}", f"{where}   {note}" if note else where)


def points(
    source: Source, values: Array, label: str, colours: Colormap = BATLOW, *, limits: tuple[float, float] | None = None
) -> Draw:
    """
    Return what draws values at their places, north up, with a scale.

    Parameters
    ----------
    source : Source
        Gives the places.
    values : ndarray, shape (n,)
        NaN is not drawn.
    label : str
        Of the scale, with the unit.
    colours : Colormap
        Of the values.
    limits : tuple of float, optional
        Of the scale; the 1st and 99th percentile by default.
    """

    def draw(axes: Axes) -> None:
        low, high = limits or robust_limits(values)
        rows = np.flatnonzero(np.isfinite(values))
        box = axes.get_window_extent()
        area = box.width * box.height * (72 / axes.figure.dpi) ** 2
        size = float(np.clip(0.35 * area / max(len(rows), 1), 0.4, 16))
        lon, lat = source.lonlat[rows].T
        drawn = axes.scatter(lon, lat, c=values[rows], s=size, cmap=colours, vmin=low, vmax=high, linewidths=0)
        frame_map(axes, source)
        scale(axes, drawn, label)

    return draw


def marks(source: Source, groups: Sequence[tuple[str, BoolArray, str]]) -> Draw:
    """
    Return what draws groups of points in colours of their own.

    Parameters
    ----------
    source : Source
        Gives the places.
    groups : sequence of (str, ndarray of bool, str)
        Name, which points, colour; later ones lie on top.
    """

    def draw(axes: Axes) -> None:
        for name, rows, colour in groups:
            label = f"{name} ({np.count_nonzero(rows):,})"
            lon, lat = source.lonlat[rows].T
            axes.scatter(lon, lat, s=1.5, color=colour, linewidths=0, label=label)
        frame_map(axes, source)
        axes.legend(
            fontsize=6.5,
            frameon=False,
            markerscale=4,
            loc="upper center",
            bbox_to_anchor=(0.5, -0.05),
            ncols=len(groups),
            handletextpad=0.1,
            columnspacing=0.8,
        )

    return draw


def frame_map(axes: Axes, source: Source) -> None:
    """Frame a map of the places, with a few degrees at its edges."""
    extent = extent_of(source.lonlat)
    axes.set(xlim=(extent.west, extent.east), ylim=(extent.south, extent.north), facecolor=GROUND)
    axes.spines[:].set_visible(True)
    axes.xaxis.set_major_locator(MaxNLocator(3))
    axes.yaxis.set_major_locator(MaxNLocator(4))
    axes.ticklabel_format(useOffset=False)
    axes.tick_params(labelsize=6.5)


def image(
    array: Array,
    label: str,
    colours: Colormap = BATLOW,
    *,
    limits: tuple[float, float] | None = None,
    of_cells: str = "",
) -> Draw:
    """
    Return what draws a grid or a matrix, first row below, with a scale.

    Parameters
    ----------
    array : ndarray, shape (n_rows, n_columns)
        NaN is left empty.
    label : str
        Of the scale, with the unit.
    colours : Colormap
        Of the values.
    limits : tuple of float, optional
        Of the scale; the 1st and 99th percentile by default.
    of_cells : str
        What rows and columns count.
    """

    def draw(axes: Axes) -> None:
        low, high = limits or robust_limits(array)
        drawn = axes.imshow(
            np.ma.masked_invalid(array), origin="lower", cmap=colours, vmin=low, vmax=high, aspect="auto",
            interpolation="nearest",
        )  # fmt: skip
        axes.set(facecolor="#ededed")
        axes.set_xlabel(of_cells, fontsize=SMALL, color=INK)
        axes.spines[:].set_visible(True)
        scale(axes, drawn, label)

    return draw


def phase_image(array: Array, *, of_cells: str = "cells") -> Draw:
    """Return what draws the phase of complex values on a grid; zero is left empty."""
    angle = np.where(array == 0, np.nan, np.angle(array))
    return image(angle, "phase (rad)", PHASE_COLOURS, limits=(-np.pi, np.pi), of_cells=of_cells)


def scale(axes: Axes, drawn: ScalarMappable, label: str) -> None:
    """Draw the scale of colours to the right of a panel."""
    box = axes.inset_axes((1.03, 0.0, 0.035, 1.0))
    bar = axes.figure.colorbar(drawn, cax=box)
    bar.outline.set_linewidth(0.5)
    bar.set_label(label, fontsize=SMALL, color=INK)
    box.tick_params(labelsize=6.5, width=0.5, length=2, colors=INK)


def histogram(
    values: Array, label: str, *, limits: tuple[float, float] | None = None, mark: float | None = None
) -> Draw:
    """
    Return what draws how values are distributed.

    Parameters
    ----------
    values : ndarray
        Not finite ones are left out.
    label : str
        Below, with the unit.
    limits : tuple of float, optional
        What is shown, and what lies beyond stands at their ends; by default the 1st and 99th percentile, widened.
    mark : float, optional
        Where a limit is drawn; what lies beyond it is grey.
    """

    def draw(axes: Axes) -> None:
        known = values[np.isfinite(values)]
        low, high = limits or _wider(robust_limits(values))
        inside = known if limits is None else np.clip(known, low, high)
        counts, edges = np.histogram(inside, np.linspace(low, high, 61))
        centres = (edges[1:] + edges[:-1]) / 2
        beyond = np.zeros(len(centres), dtype=bool) if mark is None else centres >= mark
        axes.bar(centres, counts, np.diff(edges), color=np.where(beyond, GREY, BLUE), linewidth=0)
        if mark is not None:
            axes.axvline(mark, color=ACCENT, lw=1.2)
        axes.set_xlabel(label, fontsize=SMALL, color=INK)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:,.0f}")
        axes.xaxis.set_major_locator(MaxNLocator(5))

    return draw


def bars(source: Source, values: Array, label: str, *, largest: float | None = None) -> Draw:
    """
    Return what draws one value for each date; the master's is marked, those of dropped dates are grey.

    Parameters
    ----------
    source : Source
        Gives the dates.
    values : ndarray, shape (n_scenes,)
        NaN is no bar.
    label : str
        Beside, with the unit.
    largest : float, optional
        Upper end of the scale, for panels that are to be compared.
    """

    def draw(axes: Axes) -> None:
        days = np.array(source.days, dtype="datetime64[D]")
        width = 0.75 * float(np.min(np.diff(days).astype(int))) if len(days) > 1 else 1.0
        axes.bar(days, np.nan_to_num(values), width, color=np.where(source.used, BLUE, GREY), linewidth=0)
        axes.axvline(days[source.master], color=ACCENT, lw=1.0, ls=(0, (3, 2)))
        axes.annotate(
            "master", (days[source.master], 1), xycoords=("data", "axes fraction"), fontsize=6.5, color=ACCENT,
            ha="left", va="top", xytext=(3, 0), textcoords="offset points",
        )  # fmt: skip
        axes.set_ylabel(label, fontsize=SMALL, color=INK)
        if largest is not None:
            axes.set_ylim(0, largest)
        date_axis(axes)

    return draw


def robust_limits(values: Array) -> tuple[float, float]:
    """
    Return the 1st and 99th percentile, a little apart at least.

    Examples
    --------
    >>> robust_limits(np.array([3.0, 3.0, np.nan]))
    (2.5, 3.5)
    """
    known = values[np.isfinite(values)]
    low, high = (float(x) for x in np.percentile(known, [1, 99])) if known.size else (0.0, 1.0)
    return (low, high) if high > low else (low - 0.5, high + 0.5)


def symmetric(values: Array) -> tuple[float, float]:
    """
    Return limits about zero that hold 99 of 100 values.

    Examples
    --------
    >>> symmetric(np.array([-2.0, 2.0]))
    (-2.0, 2.0)
    """
    known = np.abs(values[np.isfinite(values)])
    limit = float(np.percentile(known, 99)) if known.size else 0.0
    return (-limit, limit) if limit > 0 else (-1.0, 1.0)


def about_median(values: Array) -> Array:
    """Return values relative to their median; all NaN stays as it is."""
    known = values[np.isfinite(values)]
    return np.asarray(values - (np.median(known) if known.size else 0.0))


def _wider(limits: tuple[float, float]) -> tuple[float, float]:
    room = 0.15 * (limits[1] - limits[0])
    return limits[0] - room, limits[1] + room
