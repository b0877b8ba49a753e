"""Charts of comparisons: a survey point with its map and series, a profile along a line, areas side by side."""

import textwrap
from collections.abc import Sequence
from datetime import date

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Circle
from matplotlib.ticker import FuncFormatter, MaxNLocator

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.kernels.confidence import line_band
from snapstamps.kernels.velocity import line_functionals
from snapstamps.results.compare_areas import AreaStatistics
from snapstamps.results.compare_lines import LineProfile
from snapstamps.results.compare_points import PointMatch, mean_series
from snapstamps.results.figures.panels import (
    FAINT,
    INK,
    NORMAL,
    SMALL,
    VELOCITY_COLOURS,
    date_axis,
    style,
    velocity_limit,
)
from snapstamps.results.figures.sheet import Sheet
from snapstamps.results.measured import Measured
from snapstamps.results.plane import Plane

MEAN_COLOUR, SURVEY_COLOUR = "#06548b", "#8d3b9c"
_MOST_FAINT_SERIES = 40
_MOST_AREAS = 25
_MAP_REACHES = 3.5


def draw_point(measured: Measured, match: PointMatch) -> Sheet:
    """
    Draw the surroundings of a survey point, and the series of the scatterers beside those of the survey.

    Parameters
    ----------
    measured : Measured
        The results.
    match : PointMatch
        The point and what was found there.

    Returns
    -------
    Sheet
    """
    sheet = Sheet.blank(9.6, 4.0)
    sheet.title(0.6, textwrap.shorten(match.point.name, 60, placeholder="…"))
    sheet.write(0.6, sheet.height - 0.6, _answer_of(match), fontsize=SMALL)
    _draw_surroundings(sheet, measured, match)
    axes = sheet.axes(4.15, 0.6, 5.15, 2.35)
    style(axes)
    if match.ps.n_ps:
        _draw_point_series(axes, measured, match)
    else:
        text = f"no PS within {match.reach:.0f} m\nthe nearest is {match.ps.nearest:,.0f} m away"
        axes.text(0.5, 0.5, text, transform=axes.transAxes, ha="center", va="center", fontsize=NORMAL, color=FAINT)
        axes.set(xticks=[], yticks=[])
    axes.set_title("displacement towards the satellite (mm)", fontsize=SMALL, color=INK, loc="left")
    return sheet


def draw_profile(measured: Measured, profile: LineProfile, threshold: float) -> Sheet:
    """
    Draw the velocities along a line: every scatterer, and the means of the steps.

    Parameters
    ----------
    measured : Measured
        The results.
    profile : LineProfile
        The line.
    threshold : float
        Drawn as dashed lines, mm/yr.

    Returns
    -------
    Sheet
    """
    sheet = Sheet.blank(9.6, 3.9)
    sheet.title(0.75, textwrap.shorten(profile.name, 60, placeholder="…"))
    beside = f"{len(profile.rows)} PS beside {profile.length / 1000:.1f} km"
    text = f"{beside}; bars: mean of each step, ± 2 standard deviations"
    sheet.write(0.75, sheet.height - 0.6, text, fontsize=SMALL)
    axes = sheet.axes(0.75, 0.6, 8.55, 2.45)
    style(axes)
    velocity = measured["velocity"]
    limit = velocity_limit(velocity)
    for level in (-threshold, 0.0, threshold):
        axes.axhline(level, color="#b0b0b0", lw=0.7, ls="-" if level == 0 else (0, (4, 3)), zorder=1)
    axes.scatter(
        profile.chainage / 1000,
        velocity[profile.rows],
        c=velocity[profile.rows],
        cmap=VELOCITY_COLOURS,
        vmin=-limit,
        vmax=limit,
        s=14,
        edgecolors="#6f6f6f",
        linewidths=0.3,
        zorder=2,
    )
    middle, half = (profile.edges[1:] + profile.edges[:-1]) / 2000, np.diff(profile.edges) / 2000
    axes.errorbar(
        middle, profile.means.mean, xerr=half, yerr=2 * profile.means.std,
        fmt="none", ecolor=INK, elinewidth=1.1, zorder=3,
    )  # fmt: skip
    axes.set_xlim(0, profile.length / 1000)
    axes.margins(y=0.12)
    axes.set_xlabel("distance along the line (km)", fontsize=NORMAL, color=INK)
    axes.set_ylabel("velocity (mm/yr)", fontsize=NORMAL, color=INK)
    if not len(profile.rows):
        axes.text(0.5, 0.6, "no PS here", transform=axes.transAxes, ha="center", fontsize=NORMAL, color=FAINT)
    return sheet


def draw_areas(areas: Sequence[AreaStatistics], threshold: float) -> Sheet:
    """
    Draw the velocities of areas, the one with the largest share of fast scatterers on top.

    Parameters
    ----------
    areas : sequence of AreaStatistics
        By rank; the first 25 with scatterers are drawn.
    threshold : float
        mm/yr.

    Returns
    -------
    Sheet
    """
    shown = [area for area in areas if area.n_ps][:_MOST_AREAS]
    sheet = Sheet.blank(9.6, 1.55 + 0.27 * len(shown))
    sheet.title(0.6, "Velocities by area")
    text = f"bar: 5th to 95th percentile, dot: median; right: share of PS with |v| > {threshold:g} mm/yr"
    sheet.write(0.6, sheet.height - 0.6, text, fontsize=SMALL)
    axes = sheet.axes(2.75, 0.55, 5.2, sheet.height - 1.3)
    style(axes)
    axes.spines["left"].set_visible(False)
    limit = max(velocity_limit(np.array([[a.low, a.high] for a in shown]).ravel()), threshold)
    for level in (-threshold, 0.0, threshold):
        axes.axvline(level, color="#b0b0b0", lw=0.7, ls="-" if level == 0 else (0, (4, 3)), zorder=1)
    for row, area in enumerate(shown):
        colour = VELOCITY_COLOURS(0.5 + 0.5 * float(np.clip(area.median / limit, -1, 1)))
        axes.plot([area.low, area.high], [row, row], color="#9a9a9a", lw=3.2, solid_capstyle="round", zorder=2)
        axes.plot(area.median, row, "o", ms=7, color=colour, mec=INK, mew=0.7, zorder=3)
        counted = f"{area.share:.0%}  of {area.n_ps:,} PS" + ("" if area.rank else "  (too few to rank)")
        axes.text(1.02, row, counted, transform=axes.get_yaxis_transform(), va="center", fontsize=SMALL, color=INK)
    names = [textwrap.shorten(area.name, 30, placeholder="…") for area in shown]
    axes.set_yticks(range(len(shown)), names, fontsize=SMALL, parse_math=False)
    axes.tick_params(axis="y", length=0)
    axes.set(xlim=(-1.05 * limit, 1.05 * limit), ylim=(len(shown) - 0.4, -0.6))
    axes.set_xlabel("velocity along the line of sight (mm/yr)", fontsize=NORMAL, color=INK)
    return sheet


def _answer_of(match: PointMatch) -> str:
    if not match.ps.n_ps:
        return f"no PS here: none within {match.reach:.0f} m"
    text = (
        f"{match.ps.n_ps} PS within {match.reach:.0f} m, the nearest at {match.ps.nearest:.0f} m: "
        f"{match.ps.velocity:+.1f} ± {match.ps.velocity_std:.1f} mm/yr, {match.motion}"
    )
    if match.survey is not None:
        known = f" ± {match.survey.std:.1f}" if match.survey.std else ""
        text += f"; survey {match.survey.value:+.1f}{known} mm/yr: {match.agreement}"
    return text.replace("-", "\N{MINUS SIGN}")


def _draw_surroundings(sheet: Sheet, measured: Measured, match: PointMatch) -> None:
    """Draw what lies around, in metres from the point."""
    axes = sheet.axes(0.6, 0.6, 2.35, 2.35)
    style(axes)
    for spine in axes.spines.values():
        spine.set_visible(True)
    axes.set_facecolor("#f1f1f1")
    half = _MAP_REACHES * match.reach
    plane = Plane(match.point.lon, match.point.lat)
    xy = plane.metres(measured.lonlat)
    near = (np.abs(xy) <= half).all(axis=1) & np.isfinite(measured["velocity"])
    limit = velocity_limit(measured["velocity"])
    points = axes.scatter(
        xy[near, 0],
        xy[near, 1], c=measured["velocity"][near], cmap=VELOCITY_COLOURS, vmin=-limit, vmax=limit,
        s=26, edgecolors="#6f6f6f", linewidths=0.35, zorder=3,
    )  # fmt: skip
    axes.add_patch(Circle((0, 0), match.reach, fill=False, ec=SURVEY_COLOUR, lw=1.0, ls=(0, (4, 3)), zorder=2))
    axes.plot(0, 0, "^", ms=9, color=SURVEY_COLOUR, mec="white", mew=0.8, zorder=4)
    axes.set(xlim=(-half, half), ylim=(-half, half))
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}".replace("-", "\N{MINUS SIGN}")))
    axes.set_title("m east and north of the point", fontsize=SMALL, color=INK, loc="left")
    bar = sheet.figure.colorbar(points, cax=sheet.axes(3.05, 0.6, 0.09, 2.35), extend="both")
    bar.outline.set_linewidth(0.5)
    bar.ax.tick_params(labelsize=SMALL, width=0.5, length=2, colors=INK)
    bar.ax.set_title("mm/yr", fontsize=SMALL, color=INK, loc="left")


def _draw_point_series(axes: Axes, measured: Measured, match: PointMatch) -> None:
    days = np.array(measured.dates, dtype="datetime64[D]")
    mean = mean_series(match.ps.displacement)
    axes.axhline(0, color="#c9c9c9", lw=0.7, zorder=1)
    if match.ps.n_ps > 1:
        axes.plot(days, match.ps.displacement[:_MOST_FAINT_SERIES].T, color="#b9c6d0", lw=0.6, zorder=1)
    line, half = _line_with_band(measured.days, mean)
    axes.fill_between(days, line - half, line + half, color=MEAN_COLOUR, alpha=0.16, lw=0, zorder=2)
    axes.plot(days, line, color=MEAN_COLOUR, lw=1.2, zorder=3)
    label = "PS" if match.ps.n_ps == 1 else f"mean of {match.ps.n_ps} PS"
    axes.plot(days, mean, "o", ms=4, color=MEAN_COLOUR, mec="white", mew=0.5, zorder=4, label=label)
    if match.series is not None:
        when = np.array([date.fromordinal(int(day)) for day in match.series.days], dtype="datetime64[D]")
        # neither has the other's zero: the survey is laid onto the scatterers' level
        level = float(np.interp(match.series.days, measured.days, mean).mean())
        axes.plot(
            when,
            match.series.survey + level,
            "D",
            ms=3.6,
            mfc="none",
            mec=SURVEY_COLOUR,
            mew=1.0,
            zorder=5,
            label="survey",
        )
    axes.legend(
        fontsize=SMALL, frameon=False, loc="lower right", bbox_to_anchor=(1.0, 1.0), ncols=2, borderaxespad=0.1,
        handletextpad=0.2,
    )  # fmt: skip
    axes.margins(x=0.03, y=0.1)
    axes.yaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10]))
    date_axis(axes)


def _line_with_band(days: FloatArray, values: Array) -> tuple[Array, Array]:
    """Return a straight line and half its 95 % band; what is 0 by definition (the master) is no observation."""
    used = np.isfinite(values) & (values != 0)
    if used.sum() < 3:
        return np.full(len(days), np.nan), np.full(len(days), np.nan)
    weights = np.ones(int(used.sum()))
    fit = line_functionals(days[used], weights)
    line = values[used] @ fit.intercept + values[used] @ fit.slope * days
    return np.asarray(line), line_band(values[used], days[used], weights, days)
