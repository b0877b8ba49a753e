"""The velocity map: over relief or amplitude, with the user's lines, and named areas as insets A, B, C."""

import textwrap
from typing import Any

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.lines import Line2D

from snapstamps.kernels.arrays import Array
from snapstamps.results.about import removed_from
from snapstamps.results.amplitude_map import Extent
from snapstamps.results.figures.panels import (
    FAINT,
    INK,
    LARGE,
    NORMAL,
    POINTS,
    SMALL,
    draw_colour_bar,
    draw_directions,
    draw_map,
    draw_scale_bar,
    filling,
    size_in_points,
)
from snapstamps.results.figures.sheet import Sheet
from snapstamps.results.overlays import Area, LineKind, LineLayer
from snapstamps.results.overview import Overview

LETTERS = "ABC"
LINE_STYLES: dict[LineKind, dict[str, Any]] = {
    "road": {"color": "#f2f2f2", "lw": 1.0, "ls": "-"},
    "river": {"color": "#5fb4e5", "lw": 1.1, "ls": "-"},
    "boundary": {"color": "#f5d76e", "lw": 0.9, "ls": (0, (4, 2))},
}
_NAMES: dict[LineKind, str] = {"road": "road", "river": "river", "boundary": "boundary"}
_INSET, _GAP = 2.35, 0.42
_DARK: list[patheffects.AbstractPathEffect] = [patheffects.withStroke(linewidth=2.2, foreground="#00000066")]
_HALO: list[patheffects.AbstractPathEffect] = [patheffects.withStroke(linewidth=2.5, foreground="white")]


def draw_velocity_map(view: Overview) -> Sheet:
    """
    Draw the map on its sheet.

    Parameters
    ----------
    view : Overview
        The run.

    Returns
    -------
    Sheet
    """
    insets = view.overlays.areas[: len(LETTERS)]
    aspect = view.extent.metric_aspect
    height = 6.4 if aspect < 1.2 else float(np.clip(8.2 / aspect, 3.6, 6.8))
    if insets:  # three of them fill the height of a map that is tall enough
        height = max(height, len(insets) * (_INSET + _GAP) - _GAP)
    width = float(np.clip(height * aspect, 3.8, 8.2))
    left, bottom = 0.6, 1.35
    sheet = Sheet.blank(left + width + (_INSET + 0.7 if insets else 0.3), bottom + height + 1.42)
    extent = filling(view.extent, width / height)
    axes = sheet.axes(left, bottom, width, height)
    points = _draw_ground(axes, view, extent)
    draw_scale_bar(axes, extent)
    draw_directions(axes, view.table.heading)
    _draw_north(axes)
    bar_width = min(4.6, 0.8 * width)
    draw_colour_bar(sheet.axes(left + (width - bar_width) / 2, bottom - 0.5, bar_width, 0.13), points)
    for number, area in enumerate(insets):
        place = bottom + height - (number + 1) * _INSET - number * _GAP
        inset = sheet.axes(left + width + 0.45, place, _INSET, _INSET)
        _draw_inset(inset, view, area, LETTERS[number])
        _frame(axes, _around(area), LETTERS[number])
    _legend(axes, view.overlays.lines)
    _write_words(sheet, view, left)
    return sheet


def _draw_ground(axes: Axes, view: Overview, extent: Extent) -> PathCollection:
    """Draw what map and insets share, and return the dots, which vector files keep as a picture: they are many."""
    table = view.table
    points = draw_map(
        axes, table.lonlat, table["velocity"], table["coherence"], extent=extent, background=view.background
    )
    points.set_rasterized(True)
    for layer in view.overlays.lines:
        for part in layer.parts:
            axes.plot(*part.T, zorder=3, path_effects=_DARK, **LINE_STYLES[layer.kind])
    return points


def _draw_inset(axes: Axes, view: Overview, area: Area, letter: str) -> None:
    """Draw one area at a larger scale, with the colours of the map."""
    extent = _around(area)
    points = _draw_ground(axes, view, extent)
    inside = area.contains(view.table.lonlat)
    points.set_sizes([float(np.clip(2500 / max(int(inside.sum()), 1), 3.0, 26.0))])
    _outline(axes, area)
    axes.tick_params(left=False, bottom=False, labelleft=False, labelbottom=False)
    draw_scale_bar(axes, extent)
    name = textwrap.shorten(area.name, 30, placeholder="…")
    mean = _mean(view.table["velocity"][inside])
    axes.text(0.0, 1.035, letter, transform=axes.transAxes, fontsize=12, fontweight="bold", color=INK)
    axes.text(0.085, 1.04, name, transform=axes.transAxes, fontsize=NORMAL, color=INK, parse_math=False)
    axes.text(1.0, 1.04, mean, transform=axes.transAxes, fontsize=SMALL, color=INK, ha="right")


def _mean(velocity: Array) -> str:
    known = velocity[np.isfinite(velocity)]
    return f"{known.mean():+.1f} mm/yr".replace("-", "\N{MINUS SIGN}") if known.size else "no PS here"


def _around(area: Area) -> Extent:
    """Return a square with the area in its middle, with some room."""
    west, south, east, north = area.shape.bounds
    room = 0.12 * max(east - west, north - south, 1e-4)
    return filling(Extent(west - room, east + room, south - room, north + room), 1.0)


def _outline(axes: Axes, area: Area) -> None:
    for ring in area.rings:
        axes.plot(*ring.T, color="white", lw=2.2, zorder=4)
        axes.plot(*ring.T, color=INK, lw=0.9, zorder=5)


def _frame(axes: Axes, extent: Extent, letter: str) -> None:
    lon = [extent.west, extent.east, extent.east, extent.west, extent.west]
    lat = [extent.south, extent.south, extent.north, extent.north, extent.south]
    axes.plot(lon, lat, color="white", lw=2.4, zorder=5)
    axes.plot(lon, lat, color=INK, lw=1.1, zorder=6)
    style: dict[str, Any] = {"fontsize": 12, "fontweight": "bold", "color": INK, "path_effects": _HALO}
    axes.annotate(
        letter,
        (extent.west, extent.north),
        xytext=(3, -3),
        textcoords="offset points",
        va="top",
        zorder=8,
        annotation_clip=True,
        **style,
    )


def _draw_north(axes: Axes) -> None:
    """Draw the north arrow beside flight and look; the upper left corners belong to the letters of the insets."""
    x, top = size_in_points(axes) - np.array([1.3, 0.2]) * POINTS
    arrow = axes.annotate(
        "",
        xy=(x, top),
        xytext=(x, top - 0.5 * POINTS),
        xycoords="axes points",
        textcoords="axes points",
        arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.6, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 14},
        zorder=7,
    )
    if arrow.arrow_patch is not None:
        arrow.arrow_patch.set_path_effects(_HALO)
    place: dict[str, Any] = {"xycoords": "axes points", "ha": "center", "va": "top"}
    axes.annotate(
        "N",
        (x, top - 0.54 * POINTS),
        fontsize=NORMAL,
        fontweight="bold",
        color=INK,
        path_effects=_HALO,
        zorder=8,
        **place,
    )


def _legend(axes: Axes, layers: tuple[LineLayer, ...]) -> None:
    """Name the kinds of lines, in the lower right corner."""
    kinds = dict.fromkeys(layer.kind for layer in layers if layer.parts)
    if not kinds:
        return
    handles = [Line2D([], [], label=_NAMES[kind], path_effects=_DARK, **LINE_STYLES[kind]) for kind in kinds]
    legend = axes.legend(
        handles=handles, loc="lower right", fontsize=SMALL, facecolor="#6d6d6d", edgecolor="none", labelcolor="white"
    )
    legend.get_frame().set_alpha(0.95)
    legend.set_zorder(9)


def _write_words(sheet: Sheet, view: Overview, left: float) -> None:
    """Write title, what is shown, what is behind it, and the reference."""
    table = view.table
    dates = f"{min(table.dates).isoformat()} to {max(table.dates).isoformat()}, {len(table.dates)} dates"
    room = int(15 * (sheet.width - left))
    sheet.title(left, textwrap.shorten(view.name, int(room * NORMAL / LARGE), placeholder="…"))
    lines = (
        f"Mean velocity {table.velocity.quantity} of {len(table):,} PS, {dates}, master {table.master.isoformat()}",
        f"Without {removed_from(table.velocity.quantity)}",
        f"Reference: {table.series.reference.description}",
    )
    for number, line in enumerate(lines):
        sheet.write(left, sheet.height - 0.62 - 0.22 * number, textwrap.shorten(line, room, placeholder="…"))
    behind = {"hillshade": "relief of the DEM, lit from the north-west", "amplitude": "mean amplitude"}
    kind = next(iter(view.backgrounds), "")
    if kind:
        sheet.write(left, 0.14, f"Behind: {behind[kind]}. WGS 84", fontsize=SMALL, color=FAINT)
