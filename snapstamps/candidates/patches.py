"""Patches: how the scene is divided, and whether the parts are large enough for what follows."""

import itertools
import math
from dataclasses import dataclass

import numpy as np

from snapstamps.formats.gamma_raster import FLOAT, open_raster
from snapstamps.kernels.arrays import BoolArray, FloatArray, IntArray
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.stack import Stack

PIXELS_PER_PATCH = 5_000_000
"""Most pixels of an automatic patch, overlap included: about what steps 1-5 of StaMPS take in 4 GB."""
EARTH_RADIUS = 6_371_000.0
"""Mean radius, m; good to 0.5 %, which is plenty here."""

_SAMPLED_LINES = 33
_SHRINKAGE = 0.95
"""Part of the scene's extent that PS can be trusted to span."""


@dataclass(frozen=True)
class Box:
    """A rectangle of pixels; all four limits are inclusive and count from 0."""

    first_sample: int
    last_sample: int
    first_line: int
    last_line: int

    @property
    def n_samples(self) -> int:
        """Return the number of range samples."""
        return self.last_sample - self.first_sample + 1

    @property
    def n_lines(self) -> int:
        """Return the number of azimuth lines."""
        return self.last_line - self.first_line + 1

    def text(self) -> str:
        r"""
        Return the content of a ``patch.in``: limits counted from 1, range before azimuth.

        Examples
        --------
        >>> Box(0, 639, 100, 299).text()
        '1\n640\n101\n300\n'
        """
        limits = (self.first_sample, self.last_sample, self.first_line, self.last_line)
        return "".join(f"{limit + 1}\n" for limit in limits)


@dataclass(frozen=True)
class Patch:
    """
    One part of the scene.

    Attributes
    ----------
    name : str
        ``PATCH_1``, …
    box : Box
        All its pixels, overlap included (``patch.in``).
    own : Box
        Those that no other patch has as its own (``patch_noover.in``).
    """

    name: str
    box: Box
    own: Box


@dataclass(frozen=True)
class GroundExtent:
    """Size of the scene on the ground, m."""

    across: float
    along: float


def divide(width: int, length: int, division: tuple[int, int], overlap: tuple[int, int]) -> tuple[Patch, ...]:
    """
    Divide a scene as StaMPS's mt_prep_snap does: range outside, azimuth inside, numbers from 1.

    What remains after the whole-number division belongs to no patch of its own, and is taken only as far as
    the overlap of the last patch reaches.

    Parameters
    ----------
    width, length : int
        Range samples and azimuth lines.
    division, overlap : tuple of int
        Number of patches, and pixels of overlap, in range and azimuth.

    Raises
    ------
    InputError
        If there are more patches than pixels.

    Examples
    --------
    >>> [patch.box.text().split() for patch in divide(640, 300, (1, 2), (50, 50))]
    [['1', '640', '1', '200'], ['1', '640', '101', '300']]
    """
    if not (0 < division[0] <= width and 0 < division[1] <= length):
        raise InputError(
            f"candidates.patches = {list(division)} does not divide a scene of {width} samples x {length} lines",
            remedy='fewer patches, or "auto"',
        )
    n_samples, n_lines = width // division[0], length // division[1]
    patches = []
    for number, (i, j) in enumerate(itertools.product(range(division[0]), range(division[1])), start=1):
        own = Box(n_samples * i, n_samples * (i + 1) - 1, n_lines * j, n_lines * (j + 1) - 1)
        box = Box(
            max(own.first_sample - overlap[0], 0),
            min(own.last_sample + overlap[0], width - 1),
            max(own.first_line - overlap[1], 0),
            min(own.last_line + overlap[1], length - 1),
        )
        patches.append(Patch(f"PATCH_{number}", box, own))
    return tuple(patches)


def automatic_division(
    width: int, length: int, extent: GroundExtent, *, overlap: tuple[int, int], smallest: float
) -> tuple[int, int]:
    """
    Choose the number of patches: as few as hold about 5 million pixels each, as square as can be.

    Parameters
    ----------
    width, length : int
        Range samples and azimuth lines.
    extent : GroundExtent
        Size of the scene.
    overlap : tuple of int
        Pixels in range and azimuth.
    smallest : float
        Least side of a patch without its overlap, m.

    Returns
    -------
    tuple of int
        Patches in range and azimuth; where not all can be had, the least side comes before the pixels.
    """

    def pixels(division: tuple[int, int]) -> int:
        patch = max(divide(width, length, division, overlap), key=lambda patch: patch.box.n_samples * patch.box.n_lines)
        return patch.box.n_samples * patch.box.n_lines

    def elongation(division: tuple[int, int]) -> float:
        return abs(math.log(extent.across / division[0] / (extent.along / division[1])))

    most = [
        max(1, min(int(side // smallest), n_pixels))
        for side, n_pixels in ((extent.across, width), (extent.along, length))
    ]
    allowed = itertools.product(range(1, most[0] + 1), range(1, most[1] + 1))
    for _, same_number in itertools.groupby(sorted(allowed, key=math.prod), key=math.prod):
        fitting = [division for division in same_number if pixels(division) <= PIXELS_PER_PATCH]
        if fitting:
            return min(fitting, key=elongation)
    return most[0], most[1]


def ground_extent(stack: Stack) -> GroundExtent:
    """
    Measure the scene on the ground, by the longitudes and latitudes of some of its pixels.

    SNAP's headers are not used: their pixel spacings are rounded to whole metres.

    Raises
    ------
    DataError
        If the rasters hold no position.
    """
    rows = np.unique(np.linspace(0, stack.length - 1, _SAMPLED_LINES).astype(np.int64))
    columns = np.unique(np.linspace(0, stack.width - 1, _SAMPLED_LINES).astype(np.int64))
    lon, lat = (
        np.array(open_raster(path, FLOAT, stack.width, stack.length)[np.ix_(rows, columns)], dtype=np.float64)
        for path in (stack.lon, stack.lat)
    )
    known = (np.abs(lon) <= 360) & (np.abs(lat) <= 90) & ((lon != 0) | (lat != 0))
    if not known.any():
        raise DataError(
            "longitudes and latitudes hold no position at all",
            where=stack.lon,
            why="every value looked at is zero, NaN or out of range",
            remedy="export again, with a DEM that covers the scene",
        )
    return GroundExtent(
        across=_spacing(lon, lat, known, columns) * stack.width,
        along=_spacing(lon.T, lat.T, known.T, rows) * stack.length,
    )


def propose_unwrap_grid_size(extent: GroundExtent, gold_n_win: int) -> float:
    """
    Return the largest convenient unwrap_grid_size with which the scene spans ``gold_n_win`` cells both ways.

    Parameters
    ----------
    extent : GroundExtent
        Size of the scene.
    gold_n_win : int
        StaMPS's unwrap_gold_n_win.

    Returns
    -------
    float
        Metres: a multiple of 5 from 20 m on, of 1 below, at least 1.

    Examples
    --------
    >>> propose_unwrap_grid_size(GroundExtent(across=2400.0, along=4200.0), 32)
    70.0
    """
    largest = _SHRINKAGE * min(extent.across, extent.along) / gold_n_win
    step = 5 if largest >= 20 else 1
    return float(max(1, step * math.floor(largest / step)))


def _spacing(lon: FloatArray, lat: FloatArray, known: BoolArray, pixels: IntArray) -> float:
    """Return the median distance (m) between neighbouring pixels along the rows of a sample of positions."""
    spacings = []
    for x, y, valid in zip(lon, lat, known, strict=True):
        ends = np.flatnonzero(valid)
        if ends.size < 2:
            continue
        first, last = ends[0], ends[-1]
        spacings.append(_distance(x[first], y[first], x[last], y[last]) / (pixels[last] - pixels[first]))
    return float(np.median(spacings)) if spacings else 0.0


def _distance(lon_a: float, lat_a: float, lon_b: float, lat_b: float) -> float:
    """Return the great-circle distance of two positions given in degrees, m."""
    half_lat, half_lon = math.radians(lat_b - lat_a) / 2, math.radians(lon_b - lon_a) / 2
    cosines = math.cos(math.radians(lat_a)) * math.cos(math.radians(lat_b))
    return 2 * EARTH_RADIUS * math.asin(math.sqrt(math.sin(half_lat) ** 2 + cosines * math.sin(half_lon) ** 2))
