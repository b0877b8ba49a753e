"""The quick-look picture: velocities over the mean amplitude, baselines, three time series."""

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from snapstamps.formats.atomic import atomic_path
from snapstamps.model.units import date_of_datenum
from snapstamps.results.about import removed_from
from snapstamps.results.amplitude_map import amplitude_map, extent_of
from snapstamps.results.examples import RULE, Example, examples
from snapstamps.results.figures.panels import (
    FAINT,
    INK,
    LARGE,
    NORMAL,
    SMALL,
    draw_baselines,
    draw_colour_bar,
    draw_directions,
    draw_map,
    draw_scale_bar,
    draw_series,
    filling,
    mark_examples,
)
from snapstamps.results.table import PsTable
from snapstamps.stamps.store import StampsStore

DPI = 170


@dataclass(frozen=True)
class Box:
    """A rectangle of the page: left, bottom, width and height in inches."""

    left: float
    bottom: float
    width: float
    height: float

    @property
    def top(self) -> float:
        """Return the height of the upper edge."""
        return self.bottom + self.height


@dataclass(frozen=True)
class Page:
    """
    Where everything stands, in inches.

    Attributes
    ----------
    width, height : float
        Of the page.
    map, colour_bar, baselines : Box
        Panels.
    series : tuple of Box
        Panels of the time series, from above.
    """

    width: float
    height: float
    map: Box
    colour_bar: Box
    baselines: Box
    series: tuple[Box, Box, Box]


def page_for(aspect: float) -> Page:
    """
    Lay out the page: panels beside a tall map, below a wide one.

    Parameters
    ----------
    aspect : float
        Width over height of the map, in metres.
    """
    if aspect < 1.3:
        height, column = 7.3, 5.1
        width = float(np.clip(height * aspect, 4.4, 9.0))
        left, bottom = 0.6, 1.42
        panels = left + width + 0.75
        baselines = Box(panels, bottom + 5.05, column, height - 5.35)
        series = _stacked(Box(panels, bottom - 0.75, column, 4.7), gap=0.52)
        page = Box(0, 0, panels + column + 0.3, bottom + height + 1.25)
    else:
        width, below = 11.4, 3.75
        height = float(np.clip(width / aspect, 3.8, 8.6))
        left, bottom = 0.6, below + 1.95
        baselines = Box(left + 0.45, 0.75, 4.75, below - 0.2)
        series = _stacked(Box(left + 5.9, 0.75, width - 5.9, below - 0.5), gap=0.42)
        page = Box(0, 0, left + width + 0.3, bottom + height + 1.25)
    bar_width = min(5.0, 0.8 * width)
    bar = Box(left + (width - bar_width) / 2, bottom - 0.5, bar_width, 0.13)
    return Page(page.width, page.height, Box(left, bottom, width, height), bar, baselines, series)


def _stacked(room: Box, *, gap: float) -> tuple[Box, Box, Box]:
    height = (room.height - 2 * gap) / 3
    first, second, third = (Box(room.left, room.top - (i + 1) * height - i * gap, room.width, height) for i in range(3))
    return first, second, third


@dataclass(frozen=True)
class QuickLook:
    """
    The drawn picture.

    Attributes
    ----------
    figure : Figure
        Ready to be saved.
    has_amplitude : bool
        Whether the mean amplitude was at hand.
    """

    figure: Figure
    has_amplitude: bool


def write_quicklook(path: Path, picture: QuickLook) -> None:
    """
    Write the picture, atomically; equal results give equal bytes.

    Raises
    ------
    OSError
        If the folder may not be written or the disk is full.
    """
    with atomic_path(path) as part:
        # without matplotlib's version, and it knows no date
        picture.figure.savefig(part, metadata={"Software": None})


def draw_quicklook(store: StampsStore, table: PsTable, *, name: str, software: str) -> QuickLook:
    """
    Draw the picture.

    Parameters
    ----------
    store : StampsStore
        The working folder: mean amplitude of the patches, baselines.
    table : PsTable
        The results.
    name : str
        Of the area.
    software : str
        Said in the corner.

    Returns
    -------
    QuickLook
    """
    ps = store.read("ps2", "ij", "lonlat", "day", "bperp")
    background = amplitude_map(store, ps.ij, ps.lonlat)
    extent = background.extent if background is not None else extent_of(table.lonlat)
    page = page_for(extent.metric_aspect)
    extent = filling(extent, page.map.width / page.map.height)
    figure = Figure(figsize=(page.width, page.height), dpi=DPI, facecolor="white")
    FigureCanvasAgg(figure)
    chosen = examples(table)

    axes = _axes(figure, page, page.map)
    points = draw_map(axes, table.lonlat, table["velocity"], table["coherence"], extent=extent, background=background)
    draw_scale_bar(axes, extent)
    draw_directions(axes, table.heading)
    mark_examples(axes, table.lonlat, chosen)
    draw_colour_bar(_axes(figure, page, page.colour_bar), points)

    days = tuple(date_of_datenum(day) for day in ps.day)
    used = np.array([day in table.dates for day in days])
    draw_baselines(_axes(figure, page, page.baselines), days, ps.bperp, days.index(table.master), used)
    _write_heading(figure, page, page.baselines, "Baselines")
    _draw_series(figure, page, table, chosen)
    _write_words(figure, page, table, name=name, software=software, has_amplitude=background is not None)
    return QuickLook(figure, background is not None)


def _axes(figure: Figure, page: Page, box: Box) -> Axes:
    return figure.add_axes(
        (box.left / page.width, box.bottom / page.height, box.width / page.width, box.height / page.height)
    )


def _draw_series(figure: Figure, page: Page, table: PsTable, chosen: Sequence[Example]) -> None:
    if not chosen:
        return
    values = np.concatenate([value for example in chosen for value in (example.displacement, example.line)])
    room = 0.12 * max(float(np.ptp(values)), 1.0)
    limits = (float(values.min()) - room, float(values.max()) + room)
    for example, box in zip(chosen, page.series, strict=False):
        velocity, deviation = table["velocity"][example.row], table["velocity_std"][example.row]
        coherence = table["coherence"][example.row]
        text = f"{example.reason}: {velocity:+.1f} ± {deviation:.1f} mm/yr, coherence {coherence:.2f}".replace(
            "-", "\N{MINUS SIGN}"
        )
        axes = _axes(figure, page, box)
        draw_series(axes, table.dates, example, text=text, limits=limits)
        if box is not page.series[len(chosen) - 1]:
            axes.tick_params(labelbottom=False)
            axes.xaxis.get_offset_text().set_visible(False)
    _write_heading(figure, page, page.series[0], "Displacement towards the satellite (mm)", above=0.42)


def _write_heading(figure: Figure, page: Page, box: Box, text: str, *, above: float = 0.12) -> None:
    figure.text(
        (box.left - 0.45) / page.width,
        (box.top + above) / page.height,
        text,
        fontsize=NORMAL,
        fontweight="bold",
        color=INK,
    )


def _write_words(figure: Figure, page: Page, table: PsTable, *, name: str, software: str, has_amplitude: bool) -> None:
    """Write title, what is shown, the reference, and who made it."""
    quantity, first, last = table.velocity.quantity, min(table.dates).isoformat(), max(table.dates).isoformat()
    dates = f"{first} to {last}, {len(table.dates)} dates, master {table.master.isoformat()}"
    behind = "Behind: mean amplitude.  " if has_amplitude else ""
    words = (
        (page.map.top + 0.86, textwrap.shorten(name, 90, placeholder=" …"), LARGE, INK),
        (
            page.map.top + 0.62,
            f"Mean velocity {quantity} of {len(table)} persistent scatterers (PS), {dates}",
            NORMAL,
            INK,
        ),
        (page.map.top + 0.40, f"Taken out: {removed_from(quantity)}", NORMAL, INK),
        (page.map.top + 0.18, f"Reference: {table.series.reference.description}", NORMAL, INK),
        (0.16, f"{behind}A, B, C: chosen {RULE}.  {software}", SMALL, FAINT),
    )
    for height, text, size, colour in words:
        # no mathematics: names may contain dollar signs
        figure.text(
            page.map.left / page.width,
            height / page.height,
            text,
            fontsize=size,
            fontweight="bold" if size == LARGE else "normal",
            color=colour,
            parse_math=False,
        )
