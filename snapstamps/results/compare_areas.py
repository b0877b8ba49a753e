"""Statistics of velocities by area: communes, mines, and which of them move most."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import shapely

from snapstamps.kernels.arrays import FloatArray
from snapstamps.results.compare_points import SIGMAS
from snapstamps.results.measured import Measured
from snapstamps.results.places import Places
from snapstamps.results.plane import Plane

THRESHOLD = 5.0
"""mm/yr: beyond it a scatterer counts as moving, as in studies of landslides and subsidence."""

LEAST = 10
"""Scatterers from which an area is ranked."""


@dataclass(frozen=True)
class Moving:
    """
    Scatterers and how they move.

    Attributes
    ----------
    lonlat : ndarray, shape (n_ps, 2)
        Degrees.
    velocity, std : ndarray, shape (n_ps,)
        mm/yr; NaN where not known.
    """

    lonlat: FloatArray
    velocity: FloatArray
    std: FloatArray


@dataclass(frozen=True)
class AreaStatistics:
    """
    The scatterers of one area.

    Attributes
    ----------
    name : str
        Of the area.
    place : int
        Number of the area among those given, from 0.
    rank : int or None
        1 has the largest share of fast scatterers; None where there are too few to say.
    square_km : float
        Its size.
    n_ps : int
        Scatterers with a velocity.
    mean, median, std : float
        Of the velocities, mm/yr; NaN where there are too few (std: the differences between places, not an error).
    low, high : float
        5th and 95th percentile, mm/yr.
    fastest : float
        Velocity of the largest absolute value, mm/yr.
    above : int
        Scatterers faster than the threshold.
    significant : int
        Those of them whose velocity is significant as well.
    """

    name: str
    place: int
    rank: int | None
    square_km: float
    n_ps: int
    mean: float
    median: float
    std: float
    low: float
    high: float
    fastest: float
    above: int
    significant: int

    @property
    def density(self) -> float:
        """Return scatterers per square kilometre."""
        return self.n_ps / self.square_km if self.square_km > 0 else np.nan

    @property
    def share(self) -> float:
        """Return the share of scatterers faster than the threshold; NaN without scatterers."""
        return self.above / self.n_ps if self.n_ps else np.nan


def compare_areas(
    measured: Measured, areas: Places, *, threshold: float, sigmas: float, least: int
) -> tuple[AreaStatistics, ...]:
    """
    Count and rank the scatterers of a file of results.

    Parameters
    ----------
    measured : Measured
        The results.
    areas : Places
        Polygons.
    threshold, sigmas, least : float, float, int
        As for :func:`area_statistics`.

    Returns
    -------
    tuple of AreaStatistics
        As :func:`area_statistics`.
    """
    moving = Moving(measured.lonlat, measured["velocity"], measured["velocity_std"])
    return area_statistics(moving, areas.names, areas.shapes, threshold=threshold, sigmas=sigmas, least=least)


def area_statistics(
    moving: Moving,
    names: Sequence[str],
    shapes: Any,
    *,
    threshold: float = THRESHOLD,
    sigmas: float = SIGMAS,
    least: int = LEAST,
) -> tuple[AreaStatistics, ...]:
    """
    Count and rank the scatterers of areas.

    Parameters
    ----------
    moving : Moving
        The scatterers.
    names : sequence of str, length n_areas
        Of the areas.
    shapes : array of geometries, shape (n_areas,)
        Polygons, longitude and latitude; a scatterer may lie in several.
    threshold : float
        Speed, mm/yr.
    sigmas : float
        Standard deviations that make a velocity significant.
    least : int
        Scatterers below which an area has no rank.

    Returns
    -------
    tuple of AreaStatistics
        By rank; those without a rank last, in their own order.
    """
    plane = Plane.about(moving.lonlat)
    velocity, std = moving.velocity, moving.std
    known = np.flatnonzero(np.isfinite(velocity))
    valid = shapely.make_valid(np.asarray(shapes, dtype=object))
    area, point = shapely.STRtree(shapely.points(moving.lonlat[known])).query(valid, predicate="intersects")
    sizes = shapely.area(plane.shape_in_metres(valid)) / 1e6
    found = []
    for number, name in enumerate(names):
        rows = known[point[area == number]]
        fast = np.abs(velocity[rows]) > threshold
        sure = fast & (np.abs(velocity[rows]) > sigmas * std[rows])
        found.append(_statistics(name, number, float(sizes[number]), velocity[rows], int(fast.sum()), int(sure.sum())))
    return _ranked(found, least)


def _statistics(
    name: str, place: int, square_km: float, velocity: FloatArray, above: int, significant: int
) -> AreaStatistics:
    n_ps = len(velocity)
    low, median, high = np.percentile(velocity, [5, 50, 95]) if n_ps else (np.nan,) * 3
    return AreaStatistics(
        name=name,
        place=place,
        rank=None,
        square_km=square_km,
        n_ps=n_ps,
        mean=float(velocity.mean()) if n_ps else np.nan,
        median=float(median),
        std=float(velocity.std(ddof=1)) if n_ps > 1 else np.nan,
        low=float(low),
        high=float(high),
        fastest=float(velocity[np.abs(velocity).argmax()]) if n_ps else np.nan,
        above=above,
        significant=significant,
    )


def _ranked(found: list[AreaStatistics], least: int) -> tuple[AreaStatistics, ...]:
    enough = [each for each in found if each.n_ps >= max(least, 1)]
    enough.sort(key=lambda each: (-each.share, -abs(each.mean)))
    ranked = [replace(each, rank=number) for number, each in enumerate(enough, start=1)]
    return (*ranked, *(each for each in found if each.n_ps < max(least, 1)))
