"""Where the ground moves for sure: clusters of significant velocities, ranked, as polygons."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import numpy as np
import pyarrow as pa
import shapely
from scipy.special import erfc

from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.results.answer_files import about_answer, write_layers
from snapstamps.results.arrow_table import GEOMETRY
from snapstamps.results.clusters import density_clusters
from snapstamps.results.measured import Measured
from snapstamps.results.plane import Plane

Ranking = Literal["total", "speed", "ps"]
RANKINGS: dict[Ranking, str] = {
    "total": "sum of the speeds of its PS",
    "speed": "median speed of its PS",
    "ps": "number of its PS",
}
LAYER = "hotspots"
_QUADRANT_SEGMENTS = 6


@dataclass(frozen=True)
class HotspotRule:
    """
    What counts as a hotspot.

    Attributes
    ----------
    threshold : float
        Least speed of a scatterer, mm/yr.
    sigmas : float
        Standard deviations that a velocity must reach as well.
    reach : float
        Distance of neighbours, m.
    least : int
        Scatterers within reach that make a cluster, each one itself included.
    rank_by : str
        One of :data:`RANKINGS`.
    """

    threshold: float = 5.0
    sigmas: float = 3.0
    reach: float = 100.0
    least: int = 5
    rank_by: Ranking = "total"


@dataclass(frozen=True)
class Hotspot:
    """
    One cluster.

    Attributes
    ----------
    rank : int
        1 is the first to look at.
    direction : str
        ``away`` from the satellite (subsidence, for one) or ``towards`` it.
    rows : ndarray of int, shape (n_ps,)
        Its scatterers.
    shape : geometry
        Polygon about them, longitude and latitude.
    square_km : float
        Its size.
    lon, lat : float
        Mean position of the scatterers.
    mean, median, fastest : float
        Of their velocities, mm/yr.
    n_inside : int
        All scatterers in the polygon, moving or not.
    """

    rank: int
    direction: Literal["away", "towards"]
    rows: IntArray
    shape: Any
    square_km: float
    lon: float
    lat: float
    mean: float
    median: float
    fastest: float
    n_inside: int

    @property
    def n_ps(self) -> int:
        """Return the number of its scatterers."""
        return len(self.rows)


@dataclass(frozen=True)
class Hotspots:
    """
    All clusters.

    Attributes
    ----------
    hotspots : tuple of Hotspot
        By rank.
    n_ps, n_significant : int
        Scatterers with a velocity, and those fast and significant enough.
    by_chance : float
        How many significant ones to expect if nothing moved and the deviations were Gaussian and true.
    """

    hotspots: tuple[Hotspot, ...]
    n_ps: int
    n_significant: int
    by_chance: float


def find_hotspots(measured: Measured, rule: HotspotRule) -> Hotspots:
    """
    Find clusters of scatterers that move significantly, those away from the satellite and towards it apart.

    Parameters
    ----------
    measured : Measured
        The results.
    rule : HotspotRule
        What counts.

    Returns
    -------
    Hotspots
    """
    velocity, std = measured["velocity"], measured["velocity_std"]
    known = np.isfinite(velocity) & np.isfinite(std)
    significant = known & (np.abs(velocity) >= np.maximum(rule.threshold, rule.sigmas * std))
    plane = Plane.about(measured.lonlat)
    xy = plane.metres(measured.lonlat)
    points = shapely.STRtree(shapely.points(xy[known]))
    found = []
    for direction, sign in (("away", -1), ("towards", 1)):
        rows = np.flatnonzero(significant & (np.sign(velocity) == sign))
        labels = density_clusters(xy[rows], reach=rule.reach, least=rule.least)
        for label in range(int(labels.max(initial=-1)) + 1):
            members = rows[labels == label]
            outline = _outline(xy[members], rule.reach)
            inside = len(points.query(outline, predicate="intersects"))
            found.append(_hotspot(measured, members, direction, outline, plane, inside))
    found.sort(key=lambda each: (-_weight(each, velocity, rule.rank_by), each.rows[0]))
    return Hotspots(
        hotspots=tuple(replace(each, rank=number) for number, each in enumerate(found, start=1)),
        n_ps=int(known.sum()),
        n_significant=int(significant.sum()),
        by_chance=_expected_by_chance(std[known], rule),
    )


def _outline(xy: FloatArray, reach: float) -> Any:
    """Return a polygon in which neighbours hang together: discs of the reach, shrunk by half of it."""
    discs = shapely.buffer(shapely.points(xy), reach, quad_segs=_QUADRANT_SEGMENTS)
    shape = shapely.buffer(shapely.union_all(discs), -reach / 2, quad_segs=_QUADRANT_SEGMENTS)
    return shapely.simplify(shape, reach / 50)


def _hotspot(measured: Measured, rows: IntArray, direction: Any, outline: Any, plane: Plane, n_inside: int) -> Hotspot:
    velocity = measured["velocity"][rows]
    lon, lat = measured.lonlat[rows].mean(axis=0).tolist()
    return Hotspot(
        rank=0,
        direction=direction,
        rows=rows,
        shape=plane.shape_in_degrees(outline),
        square_km=float(outline.area) / 1e6,
        lon=lon,
        lat=lat,
        mean=float(velocity.mean()),
        median=float(np.median(velocity)),
        fastest=float(velocity[np.abs(velocity).argmax()]),
        n_inside=n_inside,
    )


def _weight(hotspot: Hotspot, velocity: FloatArray, rank_by: Ranking) -> float:
    if rank_by == "speed":
        return abs(hotspot.median)
    if rank_by == "ps":
        return float(hotspot.n_ps)
    return float(np.abs(velocity[hotspot.rows]).sum())


def _expected_by_chance(std: FloatArray, rule: HotspotRule) -> float:
    sure = std > 0  # without a deviation there is no chance
    least = np.maximum(rule.threshold / std[sure], rule.sigmas)
    return float(erfc(least / np.sqrt(2)).sum())


def hotspot_row(hotspot: Hotspot) -> dict[str, Any]:
    """Return a hotspot as one row; the same names in all files and in JSON."""
    return {
        "rank": hotspot.rank,
        "direction": hotspot.direction,
        "n_ps": hotspot.n_ps,
        "n_inside": hotspot.n_inside,
        "share_moving": hotspot.n_ps / hotspot.n_inside,
        "mean": hotspot.mean,
        "median": hotspot.median,
        "fastest": hotspot.fastest,
        "square_km": hotspot.square_km,
        "lon": hotspot.lon,
        "lat": hotspot.lat,
    }


_COLUMNS = {
    "rank": "int64", "direction": "string", "n_ps": "int64", "n_inside": "int64", "share_moving": "float64",
    "mean": "float64", "median": "float64", "fastest": "float64", "square_km": "float64", "lon": "float64",
    "lat": "float64",
}  # fmt: skip


def hotspot_table(found: Hotspots) -> pa.Table:
    """
    Return hotspots as the layer of that name in the results holds them; none give a table without rows.

    Parameters
    ----------
    found : Hotspots
        What was found.
    """
    rows = [hotspot_row(each) for each in found.hotspots]
    geometry = pa.array([shapely.to_wkb(each.shape) for each in found.hotspots], pa.binary())
    columns = {name: pa.array([row[name] for row in rows], kind) for name, kind in _COLUMNS.items()}
    return pa.table({GEOMETRY: geometry, **columns})


def write_hotspots(measured: Measured, found: Hotspots, rule: HotspotRule, path: Path) -> None:
    """
    Write the polygons as the layer ``hotspots`` of a GeoPackage, atomically.

    Parameters
    ----------
    measured : Measured
        The results.
    found : Hotspots
        What was found.
    rule : HotspotRule
        How.
    path : Path
        Target, ending in ``.gpkg``.

    Raises
    ------
    DataError, OSError
        If the file cannot be written.
    """
    facts = about_answer(
        [measured],
        f"{len(found.hotspots)} clusters of significant movement",
        units="velocities mm/yr along the line of sight",
        significant=f"|velocity| >= {rule.threshold:g} mm/yr and >= {rule.sigmas:g} standard deviations",
        cluster=f"DBSCAN: at least {rule.least} significant PS within {rule.reach:g} m, per direction",
        rank=RANKINGS[rule.rank_by],
        ps=f"{found.n_significant} of {found.n_ps} are significant; {found.by_chance:.1f} would be by chance",
    )
    rows = [hotspot_row(each) for each in found.hotspots]
    write_layers(path, {LAYER: (rows, [each.shape for each in found.hotspots])}, facts)
