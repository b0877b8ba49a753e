"""Results held against what the user knows of the ground: survey points, roads and rivers, communes and mines."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import shapely
from shapely.ops import substring

from snapstamps.results.answer_files import Row, about_answer, file_names, make_folder, write_csv, write_layers
from snapstamps.results.compare_areas import LEAST, THRESHOLD, AreaStatistics, compare_areas
from snapstamps.results.compare_lines import LineProfile, compare_lines
from snapstamps.results.compare_points import SIGMAS, Comparison, PointMatch, compare_points
from snapstamps.results.figures.comparison import draw_areas, draw_point, draw_profile
from snapstamps.results.figures.sheet import Sheet, write_sheet
from snapstamps.results.measured import Measured
from snapstamps.results.places import Places
from snapstamps.results.survey import SurveyPoint

GEOPACKAGE = "compare.gpkg"
MOST_CHARTS = 200
"""Charts of points, and of lines, that are drawn; the tables have all of them."""


@dataclass(frozen=True)
class Known:
    """
    What the user knows of the ground.

    Attributes
    ----------
    points : tuple of SurveyPoint
        Of a field survey.
    lines, areas : Places or None
        Roads and rivers; communes and mines.
    """

    points: tuple[SurveyPoint, ...] = ()
    lines: Places | None = None
    areas: Places | None = None


@dataclass(frozen=True)
class CompareRule:
    """
    How results are compared.

    Attributes
    ----------
    radius : float
        How far scatterers may be from a point or line, m.
    threshold : float
        Speed from which something moves, mm/yr.
    sigmas : float
        Standard deviations that make a motion or a difference significant.
    step : float
        Length over which velocities along a line are averaged, m.
    least : int
        Scatterers below which an area has no rank.
    remove_bias : bool
        Take out the mean difference to the survey first.
    charts : bool
        Draw the pictures.
    """

    radius: float = 50.0
    threshold: float = THRESHOLD
    sigmas: float = SIGMAS
    step: float = 200.0
    least: int = LEAST
    remove_bias: bool = False
    charts: bool = True


@dataclass(frozen=True)
class Compared:
    """
    The answers, and the files that hold them.

    Attributes
    ----------
    points : Comparison
        Of the survey points.
    lines : tuple of LineProfile
        One per line.
    areas : tuple of AreaStatistics
        By rank.
    files : tuple of Path
        Written.
    """

    points: Comparison
    lines: tuple[LineProfile, ...]
    areas: tuple[AreaStatistics, ...]
    files: tuple[Path, ...]


def compare(measured: Measured, known: Known, rule: CompareRule, folder: Path) -> Compared:
    """
    Compare, and write tables (CSV), ``compare.gpkg`` and charts (PNG).

    Parameters
    ----------
    measured : Measured
        The results.
    known : Known
        What they are compared with.
    rule : CompareRule
        How.
    folder : Path
        Where the files go; made if need be.

    Returns
    -------
    Compared

    Raises
    ------
    DataError, InputError, OSError
        If a file cannot be written.
    """
    points = compare_points(
        measured,
        known.points,
        radius=rule.radius,
        threshold=rule.threshold,
        sigmas=rule.sigmas,
        remove_bias=rule.remove_bias,
    )
    lines = (
        compare_lines(measured, known.lines, radius=rule.radius, step=rule.step, threshold=rule.threshold)
        if known.lines is not None
        else ()
    )
    areas = (
        compare_areas(measured, known.areas, threshold=rule.threshold, sigmas=rule.sigmas, least=rule.least)
        if known.areas is not None
        else ()
    )
    make_folder(folder)
    files = _write_tables(measured, points, lines, areas, folder)
    facts = about_answer(
        [measured], "Velocities compared with survey points, along lines and by areas", **_facts(rule, points)
    )
    write_layers(folder / GEOPACKAGE, _layers(measured, points, lines, areas, known.areas), facts)
    files.append(folder / GEOPACKAGE)
    if rule.charts:
        files += _write_charts(measured, points, lines, areas, rule, folder)
    return Compared(points, lines, areas, tuple(files))


def point_row(match: PointMatch) -> dict[str, Any]:
    """Return what is known of a survey point as one row; the same names in all files and in JSON."""
    some = match.ps.n_ps > 0
    return {
        "name": match.point.name,
        "lon": match.point.lon,
        "lat": match.point.lat,
        "uncertainty_m": match.point.uncertainty,
        "reach_m": match.reach,
        "n_ps": match.ps.n_ps,
        "nearest_m": match.ps.nearest,
        "velocity": match.ps.velocity if some else np.nan,
        "velocity_std": match.ps.velocity_std if some else np.nan,
        "spread": match.ps.spread,
        "motion": match.motion,
        "survey": match.survey.value if match.survey else np.nan,
        "survey_std": match.survey.std if match.survey else np.nan,
        "difference": match.difference,
        "difference_std": match.difference_std,
        "agreement": match.agreement,
        "series_dates": len(match.series.days) if match.series else 0,
        "series_rmse_mm": match.series.rmse if match.series else np.nan,
        "series_correlation": match.series.correlation if match.series else np.nan,
    }


def step_rows(profile: LineProfile) -> list[dict[str, Any]]:
    """Return the steps of a profile as rows."""
    means = profile.means
    return [
        {
            "name": profile.name,
            "from_m": float(profile.edges[step]),
            "to_m": float(profile.edges[step + 1]),
            "n_ps": int(means.count[step]),
            "velocity": float(means.mean[step]),
            "velocity_std": float(means.std[step]),
            "spread": float(means.spread[step]),
            "above_threshold": int(profile.above[step]),
        }
        for step in range(len(means.count))
    ]


def line_row(measured: Measured, profile: LineProfile) -> dict[str, Any]:
    """Return a line in one row."""
    velocity = measured["velocity"][profile.rows]
    fastest = int(np.abs(velocity).argmax()) if len(velocity) else None
    return {
        "name": profile.name,
        "km": profile.length / 1000,
        "n_ps": len(velocity),
        "median": float(np.median(velocity)) if len(velocity) else np.nan,
        "fastest": float(velocity[fastest]) if fastest is not None else np.nan,
        "fastest_at_km": float(profile.chainage[fastest]) / 1000 if fastest is not None else np.nan,
        "above_threshold": int(profile.above.sum()),
    }


def area_row(area: AreaStatistics) -> dict[str, Any]:
    """Return the statistics of an area as one row."""
    return {
        "rank": area.rank,
        "name": area.name,
        "answer": "no PS here" if area.n_ps == 0 else "too few PS" if area.rank is None else "ranked",
        "square_km": area.square_km,
        "n_ps": area.n_ps,
        "ps_per_km2": area.density,
        "mean": area.mean,
        "median": area.median,
        "std": area.std,
        "p5": area.low,
        "p95": area.high,
        "fastest": area.fastest,
        "above_threshold": area.above,
        "significant": area.significant,
        "share_above": area.share,
    }


def _facts(rule: CompareRule, points: Comparison) -> dict[str, str]:
    return {
        "units": "velocities mm/yr along the line of sight, lengths m",
        "radius_m": f"{rule.radius:g}, plus the uncertainty of a point",
        "moves": f"|velocity| >= {rule.threshold:g} mm/yr and >= {rule.sigmas:g} standard deviations",
        "agrees": f"|PS - survey| <= {rule.sigmas:g} standard deviations of the difference",
        "offset": f"{points.offset:.6g} mm/yr taken out of the velocities at survey points",
    }


def _write_tables(
    measured: Measured,
    points: Comparison,
    lines: Sequence[LineProfile],
    areas: Sequence[AreaStatistics],
    folder: Path,
) -> list[Path]:
    tables: dict[str, list[dict[str, Any]]] = {
        "points": [point_row(match) for match in points.matches],
        "lines": [row for profile in lines for row in step_rows(profile)],
        "lines_ps": [row for profile in lines for row in _ps_rows(measured, profile)],
        "areas": [area_row(area) for area in areas],
    }
    written = []
    for name, rows in tables.items():
        if rows:
            written.append(folder / f"{name}.csv")
            write_csv(written[-1], rows)
    return written


def _ps_rows(measured: Measured, profile: LineProfile) -> list[dict[str, Any]]:
    return [
        {
            "name": profile.name,
            "chainage_m": float(profile.chainage[place]),
            "offset_m": float(profile.offset[place]),
            "lon": float(measured.lonlat[row, 0]),
            "lat": float(measured.lonlat[row, 1]),
            "velocity": float(measured["velocity"][row]),
            "velocity_std": float(measured["velocity_std"][row]),
        }
        for place, row in enumerate(profile.rows)
    ]


def _layers(
    measured: Measured,
    points: Comparison,
    lines: Sequence[LineProfile],
    areas: Sequence[AreaStatistics],
    polygons: Places | None,
) -> dict[str, tuple[Sequence[Row], Sequence[Any]]]:
    steps, pieces = [], []
    for profile in lines:
        for row in step_rows(profile):
            steps.append(row)
            pieces.append(substring(profile.shape, row["from_m"], row["to_m"]))
    beside = [row for profile in lines for row in _ps_rows(measured, profile)]
    shapes = (
        []
        if polygons is None
        else [shapely.multipolygons(shapely.get_parts([polygons.shapes[a.place]])) for a in areas]
    )
    plane = lines[0].plane if lines else None
    return {
        "points": (
            [point_row(match) for match in points.matches],
            [shapely.Point(match.point.lon, match.point.lat) for match in points.matches],
        ),
        "lines": (steps, plane.shape_in_degrees(np.array(pieces, dtype=object)) if plane else ()),
        "lines_ps": (beside, [shapely.Point(row["lon"], row["lat"]) for row in beside]),
        "areas": ([area_row(area) for area in areas], shapes),
    }


def _write_charts(
    measured: Measured,
    points: Comparison,
    lines: Sequence[LineProfile],
    areas: Sequence[AreaStatistics],
    rule: CompareRule,
    folder: Path,
) -> list[Path]:
    charts: dict[str, Callable[[], Sheet]] = {}
    matches, profiles = points.matches[:MOST_CHARTS], lines[:MOST_CHARTS]
    for name, match in zip(file_names("point", [m.point.name for m in matches]), matches, strict=True):
        charts[name] = partial(draw_point, measured, match)
    for name, profile in zip(file_names("line", [p.name for p in profiles]), profiles, strict=True):
        charts[name] = partial(draw_profile, measured, profile, rule.threshold)
    if any(area.n_ps for area in areas):
        charts["areas"] = partial(draw_areas, areas, rule.threshold)
    return [path for name, draw in charts.items() for path in write_sheet(draw(), folder, name, ["png"])]
