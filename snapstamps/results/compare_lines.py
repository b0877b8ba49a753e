"""Velocities along roads and rivers: profiles over the distance from where a line begins."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.kernels.averaging import GroupMeans, group_means, independent_share
from snapstamps.results.compare_points import NEIGHBOURS_M
from snapstamps.results.measured import Measured
from snapstamps.results.places import Places
from snapstamps.results.plane import Plane


@dataclass(frozen=True)
class LineProfile:
    """
    The scatterers beside one line.

    Attributes
    ----------
    name : str
        Of the line.
    shape : LineString
        In metres of ``plane``.
    plane : Plane
        The map on which everything is measured.
    rows : ndarray of int, shape (n_ps,)
        Scatterers within the radius, in the order of their chainage.
    chainage : ndarray, shape (n_ps,)
        Where along the line their nearest point lies, m from its beginning.
    offset : ndarray, shape (n_ps,)
        Distance from the line, m, + to the right as one goes.
    edges : ndarray, shape (n_steps + 1,)
        Chainages at which the steps begin and end, m.
    means : GroupMeans
        Velocities of the steps, mm/yr.
    above : ndarray of int, shape (n_steps,)
        Scatterers of each step faster than the threshold.
    """

    name: str
    shape: Any
    plane: Plane
    rows: IntArray
    chainage: FloatArray
    offset: FloatArray
    edges: FloatArray
    means: GroupMeans
    above: IntArray

    @property
    def length(self) -> float:
        """Return the length of the line, m."""
        return float(self.shape.length)


def compare_lines(
    measured: Measured, lines: Places, *, radius: float, step: float, threshold: float
) -> tuple[LineProfile, ...]:
    """
    Draw up the profile of velocities along each line.

    Parameters
    ----------
    measured : Measured
        The results.
    lines : Places
        The lines; one of several parts that do not join becomes several, numbered.
    radius : float
        How far scatterers may be from the line, m.
    step : float
        Length over which velocities are averaged, m.
    threshold : float
        Speed, mm/yr.

    Returns
    -------
    tuple of LineProfile
    """
    plane = Plane.about(measured.lonlat)
    xy = plane.metres(measured.lonlat)
    velocity, std = measured["velocity"], measured["velocity_std"]
    known = np.flatnonzero(np.isfinite(velocity) & np.isfinite(std))
    tree = shapely.STRtree(shapely.points(xy[known]))
    share = independent_share(velocity, std, xy, reach=NEIGHBOURS_M)
    profiles = []
    for name, line in _single_lines(lines, plane):
        rows = known[tree.query(line, predicate="dwithin", distance=radius)]
        points = shapely.points(xy[rows])
        chainage = shapely.line_locate_point(line, points)
        order = np.argsort(chainage, kind="stable")
        rows, chainage, points = rows[order], chainage[order], points[order]
        # what is left at the end, up to a tenth of a step, goes with the last one
        n_steps = max(int(np.ceil(line.length / step - 0.1)), 1)
        group = np.minimum((chainage // step).astype(np.int64), n_steps - 1)
        fast = np.abs(velocity[rows]) > threshold
        profiles.append(
            LineProfile(
                name=name,
                shape=line,
                plane=plane,
                rows=rows,
                chainage=chainage,
                offset=shapely.distance(line, points) * _side(line, chainage, xy[rows]),
                edges=np.append(np.arange(n_steps) * step, line.length),
                means=group_means(velocity[rows], std[rows], group, n_steps, independent=share),
                above=np.bincount(group[fast], minlength=n_steps),
            )
        )
    return tuple(profiles)


def _single_lines(lines: Places, plane: Plane) -> Iterator[tuple[str, Any]]:
    for name, shape in zip(lines.names, plane.shape_in_metres(lines.shapes), strict=True):
        # pieces that were digitised one after the other become one line
        parts = list(shapely.get_parts(shapely.line_merge(shapely.force_2d(shape))))
        for number, part in enumerate(parts, start=1):
            if part.length > 0:
                yield (name if len(parts) == 1 else f"{name} ({number})"), part


def _side(line: Any, chainage: FloatArray, xy: FloatArray) -> FloatArray:
    """Return +1 for points to the right of the line, -1 to its left."""
    reach = min(1.0, line.length / 2)
    start = shapely.get_coordinates(shapely.line_interpolate_point(line, np.maximum(chainage - reach, 0)))
    end = shapely.get_coordinates(shapely.line_interpolate_point(line, np.minimum(chainage + reach, line.length)))
    along, towards = end - start, xy - start
    return np.where(along[:, 0] * towards[:, 1] - along[:, 1] * towards[:, 0] > 0, -1.0, 1.0)
