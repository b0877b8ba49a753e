"""
The panels of the pictures: velocity map and its scale, baseline plot, time series.

Each function draws on axes that it is given; none touches matplotlib's global state. Colours: red away from
the satellite, blue towards it (from the map "vik" of Crameri, which colour-blind readers can tell apart).
"""

import math
from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
from matplotlib import patheffects
from matplotlib.axes import Axes
from matplotlib.collections import PathCollection
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.dates import AutoDateLocator, ConciseDateFormatter
from matplotlib.ticker import FuncFormatter, MaxNLocator

from snapstamps.kernels.arrays import BoolArray, FloatArray
from snapstamps.results.amplitude_map import AmplitudeMap, Extent
from snapstamps.results.examples import Example

_VIK_REVERSED = (
    "#590008",
    "#7f1e06",
    "#ab4814",
    "#c37243",
    "#d39774",
    "#e5c1ad",
    "#ebe6e2",
    "#b3d1df",
    "#71a8c4",
    "#2d7ba5",
    "#06548b",
    "#023376",
    "#001261",
)
VELOCITY_COLOURS = LinearSegmentedColormap.from_list("velocity", _VIK_REVERSED)

INK, FAINT, ACCENT = "#1a1a1a", "#8c8c8c", "#c37243"
SMALL, NORMAL, LARGE = 8.0, 9.5, 14.0
EXAMPLE_COLOURS = {"A": "#06548b", "B": "#ab4814", "C": "#4d4d4d"}
POINTS = 72.0
"""Per inch."""

_METRES_PER_DEGREE = 111_320.0
_HALO: list[patheffects.AbstractPathEffect] = [patheffects.withStroke(linewidth=2.5, foreground="white")]


def nice_ceiling(value: float) -> float:
    """
    Return the next "round" number: 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten.

    Examples
    --------
    >>> [nice_ceiling(x) for x in (0.0, 7.2, 23.0, 100.0)]
    [1.0, 8.0, 30.0, 100.0]
    """
    if not (value > 0 and math.isfinite(value)):
        return 1.0
    return min(step for step in _round_steps(value) if step >= value * (1 - 1e-9))


def nice_floor(value: float) -> float:
    """
    Return the round number at or below a value.

    Examples
    --------
    >>> [nice_floor(x) for x in (7.2, 23.0, 1300.0)]
    [6.0, 20.0, 1000.0]
    """
    return max(step for step in _round_steps(value) if step <= value * (1 + 1e-9))


def _round_steps(value: float) -> list[float]:
    power = 10.0 ** math.floor(math.log10(value))
    return [step * power for step in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)]


def velocity_limit(velocity: FloatArray) -> float:
    """Return the symmetric end of the colour scale, mm/yr: the 99th percentile of the speeds, rounded up."""
    known = np.abs(velocity[np.isfinite(velocity)])
    return nice_ceiling(float(np.percentile(known, 99))) if known.size else 1.0


def style(axes: Axes) -> None:
    """Give axes the plain look that all panels share."""
    axes.tick_params(labelsize=SMALL, colors=INK, width=0.6, length=3)
    for name, spine in axes.spines.items():
        spine.set_visible(name in {"left", "bottom"})
        spine.set_linewidth(0.6)


def draw_map(
    axes: Axes,
    lonlat: FloatArray,
    velocity: FloatArray,
    order: FloatArray,
    *,
    extent: Extent,
    background: AmplitudeMap | None,
) -> PathCollection:
    """
    Draw velocities over the mean amplitude, north up.

    Parameters
    ----------
    axes : Axes
        Its box must have the aspect of the extent in metres.
    lonlat : ndarray, shape (n_ps, 2)
        Degrees.
    velocity : ndarray, shape (n_ps,)
        mm/yr; NaN is not drawn.
    order : ndarray, shape (n_ps,)
        Larger is drawn on top.
    extent : Extent
        What is shown.
    background : AmplitudeMap or None
        Below the points.

    Returns
    -------
    PathCollection
        The points, for the colour bar.
    """
    style(axes)
    for spine in axes.spines.values():
        spine.set_visible(True)
    axes.set_facecolor("#e9e9e9")
    if background is not None:
        box = background.extent
        axes.imshow(
            np.ma.masked_invalid(background.brightness),
            extent=(box.west, box.east, box.south, box.north),
            origin="lower",
            cmap="gray",
            vmin=-0.25,
            vmax=1.8,  # dark, so that pale points stand out
            interpolation="bilinear",
            aspect="auto",
            zorder=1,
        )
    rows = np.flatnonzero(np.isfinite(velocity))
    rows = rows[np.argsort(order[rows], kind="stable")]
    limit = velocity_limit(velocity)
    points = axes.scatter(
        lonlat[rows, 0],
        lonlat[rows, 1],
        c=velocity[rows],
        s=_dot_size(axes, len(rows)),
        cmap=VELOCITY_COLOURS,
        vmin=-limit,
        vmax=limit,
        linewidths=0,
        zorder=2,
    )
    axes.set(xlim=(extent.west, extent.east), ylim=(extent.south, extent.north))
    for axis, endings, limits in (
        (axes.xaxis, "EW", (extent.west, extent.east)),
        (axes.yaxis, "NS", (extent.south, extent.north)),
    ):
        axis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(FuncFormatter(_degrees_text(endings, *limits)))
    axes.tick_params(axis="y", labelrotation=90)
    for label in axes.get_yticklabels():
        label.set_verticalalignment("center")
    return points


def draw_colour_bar(axes: Axes, points: PathCollection) -> None:
    """Draw the scale of the velocities, lying, with words at its ends."""
    bar = axes.figure.colorbar(points, cax=axes, orientation="horizontal", extend="both", extendfrac=0.04)
    bar.outline.set_linewidth(0.6)
    axes.tick_params(labelsize=SMALL, colors=INK, width=0.6, length=3)
    axes.set_xlabel("velocity along the line of sight (mm/yr)", fontsize=NORMAL, color=INK, labelpad=2)
    for side, text in ((-0.02, "away"), (1.02, "towards")):
        axes.text(
            side,
            -2.3,
            text,
            transform=axes.transAxes,
            ha="right" if side < 0 else "left",
            va="center",
            fontsize=SMALL,
            fontstyle="italic",
            color=INK,
        )


def filling(extent: Extent, aspect: float) -> Extent:
    """Return the extent widened to an aspect (width over height) in metres."""
    lon, lat = (extent.west + extent.east) / 2, (extent.south + extent.north) / 2
    wider = max(1.0, aspect / extent.metric_aspect) * (extent.east - extent.west) / 2
    taller = max(1.0, extent.metric_aspect / aspect) * (extent.north - extent.south) / 2
    return Extent(lon - wider, lon + wider, lat - taller, lat + taller)


def _dot_size(axes: Axes, n_points: int) -> float:
    """Return an area in square points that lets the dots cover about a third of the map."""
    box = axes.get_window_extent()
    area = box.width * box.height * (72.0 / axes.figure.dpi) ** 2
    return float(np.clip(0.35 * area / max(n_points, 1), 0.8, 16.0))


def _degrees_text(endings: str, low: float, high: float) -> Callable[[float, int], str]:
    """Return a function that writes a tick between two limits, with as many decimals as it needs."""
    decimals = max(0, math.ceil(-math.log10((high - low) / 4)))

    def text(value: float, _position: int) -> str:
        if endings == "NS" and value < low + 0.07 * (high - low):
            return ""  # it would meet the longitude in the corner
        return f"{abs(value):.{decimals}f}° {endings[0] if value >= 0 else endings[1]}"

    return text


def mark_examples(axes: Axes, lonlat: FloatArray, chosen: Sequence[Example]) -> None:
    """Ring and name the scatterers whose time series are shown."""
    (west, east), (south, north) = axes.get_xlim(), axes.get_ylim()
    for example in chosen:
        lon, lat = lonlat[example.row]
        axes.plot(lon, lat, "o", ms=9, mfc="none", mec="white", mew=2.6, zorder=4)
        axes.plot(lon, lat, "o", ms=9, mfc="none", mec=INK, mew=1.2, zorder=5)
        # the letter goes to the side where there is room
        side = -1 if lon > (west + east) / 2 else 1
        up = -1 if lat > (south + north) / 2 else 1
        axes.annotate(
            example.letter,
            (lon, lat),
            xytext=(9 * side, 9 * up),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=12,
            fontweight="bold",
            color=INK,
            path_effects=_HALO,
            zorder=6,
        )


def draw_scale_bar(axes: Axes, extent: Extent) -> None:
    """Draw a bar of round length in the lower left corner."""
    metres_per_degree = _METRES_PER_DEGREE * math.cos(math.radians((extent.south + extent.north) / 2))
    width = (extent.east - extent.west) * metres_per_degree
    length = nice_floor(width / 4)
    start, end = 0.04, 0.04 + length / width
    axes.plot(
        [start, end], [0.035, 0.035], transform=axes.transAxes, color="white", lw=5.5, solid_capstyle="butt", zorder=6
    )
    axes.plot([start, end], [0.035, 0.035], transform=axes.transAxes, color=INK, lw=3, solid_capstyle="butt", zorder=7)
    text = f"{length / 1000:g} km" if length >= 1000 else f"{length:g} m"
    axes.text(
        (start + end) / 2,
        0.047,
        text,
        transform=axes.transAxes,
        ha="center",
        va="bottom",
        fontsize=NORMAL,
        color=INK,
        path_effects=_HALO,
        zorder=7,
    )


def size_in_points(axes: Axes) -> FloatArray:
    """Return width and height of axes in points: unlike pixels, they are the same in pictures and in drawings."""
    return np.array([axes.bbox.width, axes.bbox.height]) * POINTS / axes.figure.dpi


def draw_directions(axes: Axes, heading_deg: float) -> None:
    """Draw, in the upper right corner, the flight of the satellite and, to its right, where it looks."""
    unit = 0.36 * POINTS
    centre = size_in_points(axes) - 1.6 * unit
    for name, azimuth, start, end in (("flight", heading_deg, -1.0, 1.0), ("look", heading_deg + 90, 0.0, 0.75)):
        direction = unit * np.array([math.sin(math.radians(azimuth)), math.cos(math.radians(azimuth))])
        arrow = axes.annotate(
            "",
            xy=tuple(centre + end * direction),
            xytext=tuple(centre + start * direction),
            xycoords="axes points",
            textcoords="axes points",
            arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.4, "shrinkA": 0, "shrinkB": 0, "mutation_scale": 10},
            zorder=7,
        )
        if arrow.arrow_patch is not None:
            arrow.arrow_patch.set_path_effects(_HALO)
        axes.annotate(
            name,
            xy=tuple(centre + (end + (0.25 if name == "flight" else 0.45)) * direction),
            xycoords="axes points",
            ha="center",
            va="center",
            fontsize=SMALL,
            color=INK,
            path_effects=_HALO,
            zorder=8,
        )


def draw_baselines(axes: Axes, dates: Sequence[date], bperp: FloatArray, master: int, used: BoolArray) -> None:
    """
    Draw perpendicular baselines over time, every slave joined to the master.

    Parameters
    ----------
    axes : Axes
        Where.
    dates : sequence of date, length n_scenes
        All dates.
    bperp : ndarray, shape (n_scenes,)
        m, 0 at the master.
    master : int
        Position of the master.
    used : ndarray of bool, shape (n_scenes,)
        False for dates that were dropped.
    """
    style(axes)
    days = np.array(dates, dtype="datetime64[D]")
    for day, baseline in zip(days[used], bperp[used], strict=True):
        axes.plot([days[master], day], [bperp[master], baseline], color="#b8c4cc", lw=0.8, zorder=1)
    slaves = used.copy()
    slaves[master] = False
    axes.plot(days[slaves], bperp[slaves], "o", ms=5, color="#2d7ba5", mec="white", mew=0.6, label="slave", zorder=3)
    if not used.all():
        axes.plot(days[~used], bperp[~used], "x", ms=5, color=FAINT, label="dropped", zorder=3)
    axes.plot(days[master], bperp[master], "*", ms=14, color=ACCENT, mec=INK, mew=0.7, label="master", zorder=4)
    axes.set_ylabel("perpendicular baseline (m)", fontsize=SMALL, color=INK)
    axes.margins(x=0.05, y=0.14)
    axes.legend(
        fontsize=SMALL,
        frameon=False,
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=3,
        handletextpad=0.2,
        columnspacing=1.2,
        borderaxespad=0.1,
    )
    date_axis(axes)


def draw_series(axes: Axes, dates: Sequence[date], example: Example, *, text: str, limits: tuple[float, float]) -> None:
    """
    Draw the displacements of one scatterer with the line behind its velocity.

    Parameters
    ----------
    axes : Axes
        Where.
    dates : sequence of date, length n_dates
        Of the displacements.
    example : Example
        The scatterer.
    text : str
        Said above the panel, after the letter.
    limits : tuple of float
        Of the displacements shown, mm; the same for all panels, so that they can be compared.
    """
    style(axes)
    colour = EXAMPLE_COLOURS[example.letter]
    days = np.array(dates, dtype="datetime64[D]")
    axes.axhline(0, color="#c9c9c9", lw=0.7, zorder=1)
    axes.plot(days, example.line, color=colour, lw=1.3, alpha=0.75, zorder=2)
    axes.plot(days, example.displacement, "o", ms=4, color=colour, mec="white", mew=0.5, zorder=3)
    axes.set_ylim(*limits)
    axes.margins(x=0.05)
    axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
    axes.text(0.0, 1.03, example.letter, transform=axes.transAxes, fontsize=12, fontweight="bold", color=colour)
    axes.text(0.045, 1.04, text, transform=axes.transAxes, fontsize=SMALL, color=INK)
    date_axis(axes)


def date_axis(axes: Axes) -> None:
    """Label an axis of dates briefly."""
    locator = AutoDateLocator(minticks=3, maxticks=7)  # type: ignore[no-untyped-call]
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # type: ignore[no-untyped-call]
    axes.xaxis.get_offset_text().set_fontsize(SMALL)
