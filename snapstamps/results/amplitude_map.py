"""
The mean amplitude of the scene as a north-up picture, for use behind maps.

Every patch keeps its mean amplitude in radar geometry. Where its pixels lie on the ground is known at the
scatterers: an affine function gives most of it, a smooth field the rest, which the relief causes.
"""

from dataclasses import dataclass

import numpy as np
from scipy.ndimage import gaussian_filter, map_coordinates

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.model.errors import SnapstampsError
from snapstamps.stamps.store import StampsStore

MAX_CELLS = 1000
"""Cells of the picture along its longer side."""

RESIDUAL_CELLS = 32
"""Cells of the smooth field along either side."""

RESIDUAL_PASSES = 3
"""Passes of its estimation."""

MIN_PS = 10
"""Scatterers from which positions can be learned."""

MARGIN = 0.02
"""Room around scene and scatterers, as a share of the extent."""

_LINES_AT_ONCE = 512


@dataclass(frozen=True)
class Extent:
    """A box of longitude and latitude, degrees."""

    west: float
    east: float
    south: float
    north: float

    @property
    def metric_aspect(self) -> float:
        """Return width over height in metres."""
        squeeze = np.cos(np.radians((self.south + self.north) / 2))
        return float((self.east - self.west) * squeeze / (self.north - self.south))


@dataclass(frozen=True)
class AmplitudeMap:
    """
    A picture of the amplitude.

    Attributes
    ----------
    brightness : ndarray of float, shape (n_rows, n_columns)
        0 (dark) to 1 (bright), logarithmic between percentiles; NaN outside the scene. Row 0 is the southernmost.
    extent : Extent
        Of its outer edges.
    """

    brightness: FloatArray
    extent: Extent


@dataclass(frozen=True)
class _RadarImage:
    """Mean amplitude in cells of ``lines`` x ``samples`` pixels; 0 without data."""

    amplitude: FloatArray
    lines: int
    samples: int


def extent_of(lonlat: FloatArray, *, margin: float = MARGIN) -> Extent:
    """
    Return the box around positions, with a margin.

    Parameters
    ----------
    lonlat : ndarray, shape (n, 2)
        Longitude and latitude (degrees), n > 0.
    margin : float
        Share of the larger side, added on all sides.
    """
    (west, south), (east, north) = np.nanmin(lonlat, axis=0), np.nanmax(lonlat, axis=0)
    squeeze = np.cos(np.radians((south + north) / 2))
    room = margin * max((east - west) * squeeze, north - south, 1e-4)
    return Extent(float(west - room / squeeze), float(east + room / squeeze), float(south - room), float(north + room))


def amplitude_map(store: StampsStore, ij: FloatArray, lonlat: FloatArray) -> AmplitudeMap | None:
    """
    Draw the mean amplitude of all patches north up.

    Parameters
    ----------
    store : StampsStore
        The working folder, with its patches.
    ij : ndarray, shape (n_ps, 3)
        Running number, azimuth line, range sample of the scatterers.
    lonlat : ndarray, shape (n_ps, 2)
        Where they lie (degrees), as geocoded.

    Returns
    -------
    AmplitudeMap or None
        None where no patch has its amplitude any more, or positions cannot be learned.
    """
    image = _radar_image(store)
    pixels = ij[:, 1:]
    if image is None or len(pixels) < MIN_PS or min(np.ptp(pixels, axis=0)) == 0 or min(np.ptp(lonlat, axis=0)) == 0:
        return None
    n_lines, n_samples = image.amplitude.shape[0] * image.lines, image.amplitude.shape[1] * image.samples
    corners = np.array([[0, 0], [0, n_samples], [n_lines, 0], [n_lines, n_samples]], dtype=np.float64)
    extent = extent_of(np.concatenate([_affine(pixels, lonlat, corners), lonlat]))
    columns, rows = _size(extent)
    lon = extent.west + (np.arange(columns) + 0.5) / columns * (extent.east - extent.west)
    lat = extent.south + (np.arange(rows) + 0.5) / rows * (extent.north - extent.south)
    cells = np.stack(np.meshgrid(lon, lat), axis=-1).reshape(-1, 2)
    where = _affine(lonlat, pixels, cells) + _residual(lonlat, pixels, cells, extent)
    place = [(where[:, 0] + 0.5) / image.lines - 0.5, (where[:, 1] + 0.5) / image.samples - 0.5]
    amplitude = map_coordinates(image.amplitude, place, order=1, mode="constant", cval=0.0, prefilter=False)
    return AmplitudeMap(_stretched(amplitude.reshape(rows, columns)), extent)


def _size(extent: Extent) -> tuple[int, int]:
    """Return columns and rows of a picture of that extent."""
    aspect = extent.metric_aspect
    return max(2, round(MAX_CELLS * min(1.0, aspect))), max(2, round(MAX_CELLS * min(1.0, 1 / aspect)))


def _radar_image(store: StampsStore) -> _RadarImage | None:
    """Average the amplitude of all patches into few cells; a few lines in memory at a time."""
    patches = _amplitude_files(store)
    if not patches:
        return None
    n_lines, n_samples = (max(int(box[corner]) for box, _ in patches) for corner in (3, 1))
    lines, samples = -(-n_lines // MAX_CELLS), -(-n_samples // MAX_CELLS)
    total = np.zeros((-(-n_lines // lines), -(-n_samples // samples)))
    count = np.zeros(total.shape)
    for box, values in patches:
        first_line, columns = box[2] - 1, np.arange(box[0] - 1, box[1]) // samples
        breaks = np.flatnonzero(np.diff(columns, prepend=-1))
        for start in range(0, len(values), _LINES_AT_ONCE):
            block = np.nan_to_num(values[start : start + _LINES_AT_ONCE].astype(np.float64))
            cell = (first_line + start + np.arange(len(block))) // lines
            for target, part in ((total, block), (count, block > 0)):
                sums = np.add.reduceat(part, breaks, axis=1, dtype=np.float64)
                np.add.at(target, (cell[:, None], columns[breaks][None, :]), sums)
    return _RadarImage(np.divide(total, count, out=total, where=count > 0), lines, samples)


def _amplitude_files(store: StampsStore) -> list[tuple[Array, Array]]:
    """Return box (samples from, to; lines from, to; all from 1) and amplitude of the patches that still have it."""
    try:
        names = store.patch_names()
    except SnapstampsError:
        return []
    found: list[tuple[Array, Array]] = []
    for name in names:
        box_file, path = store.path / name / "patch.in", store.path / name / "mean_amp.flt"
        if not (box_file.is_file() and path.is_file()):
            continue
        try:
            box = np.array([int(word) for word in box_file.read_text().split()[:4]], dtype=np.int64).reshape(4)
        except ValueError:  # damaged; the picture does without
            continue
        shape = (int(box[3] - box[2] + 1), int(box[1] - box[0] + 1))
        if path.stat().st_size == 4 * shape[0] * shape[1]:
            found.append((box, np.memmap(path, dtype="<f4", mode="r", shape=shape)))
    return found


def _affine(known: FloatArray, values: FloatArray, wanted: FloatArray) -> Array:
    """Fit an affine function from ``known`` to ``values`` (n x 2 both) and apply it to ``wanted``."""
    middle, scale = known.mean(axis=0), np.ptp(known, axis=0)
    design = np.column_stack([np.ones(len(known)), (known - middle) / scale])
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    return np.asarray(coefficients[0] + (wanted - middle) / scale @ coefficients[1:])


def _residual(lonlat: FloatArray, pixels: FloatArray, cells: FloatArray, extent: Extent) -> Array:
    """Return what the affine function misses, as a smooth field: the mean of the scatterers around."""
    corner = np.array([extent.west, extent.south])
    step = (np.array([extent.east, extent.north]) - corner) / RESIDUAL_CELLS
    known, wanted = ((places - corner) / step for places in (lonlat, cells))
    count = _gridded(known, np.ones(len(known)))
    misfit = pixels - _affine(lonlat, pixels, lonlat)
    field = np.zeros((2, RESIDUAL_CELLS, RESIDUAL_CELLS))
    for _ in range(RESIDUAL_PASSES):  # each pass takes up what the smoothing of the one before took away
        rest = misfit - _at(field, known)
        # the small constant lets the field fade where no scatterer is near
        field += np.stack([_gridded(known, rest[:, axis]) / (count + 0.05) for axis in (0, 1)])
    return _at(field, wanted)


def _gridded(places: FloatArray, weights: FloatArray) -> Array:
    """Return smoothed sums of weights in the cells of the field."""
    edges = np.arange(RESIDUAL_CELLS + 1)
    sums, _, _ = np.histogram2d(places[:, 0], places[:, 1], bins=[edges, edges], weights=weights)
    return np.asarray(gaussian_filter(sums, 1.0, mode="constant"))


def _at(field: FloatArray, places: FloatArray) -> Array:
    """Return the two components of a field, bilinear between the centres of its cells."""
    between = places.T - 0.5
    return np.stack(
        [map_coordinates(part, between, order=1, mode="nearest", prefilter=False) for part in field], axis=1
    )


def _stretched(amplitude: Array) -> Array:
    """Return the logarithm between its 2nd and 98th percentile as 0 to 1."""
    valid = amplitude > 0
    stretched = np.full(amplitude.shape, np.nan)
    if valid.any():
        logarithm = np.log(amplitude[valid])
        low, high = np.percentile(logarithm, [2, 98])
        stretched[valid] = np.clip((logarithm - low) / max(high - low, 1e-9), 0, 1)
    return stretched
