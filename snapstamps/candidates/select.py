"""Selection: the pixels whose amplitude is steady enough, and what is known of them (StaMPS's selpsc_patch)."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snapstamps.candidates.blocks import LineBlock, pixel_buffer, read_block
from snapstamps.candidates.mask import masked_lines
from snapstamps.kernels.amplitude import add_amplitudes, passes_dispersion
from snapstamps.kernels.arrays import FloatArray, IntArray


@dataclass(frozen=True)
class Selection:
    """
    What the selection of any block needs.

    Attributes
    ----------
    slcs : tuple of Path
        The SLCs, in list order.
    factors : ndarray of float32, shape (n_scenes,)
        Their calibration.
    positions : tuple of Path
        Longitudes, latitudes, heights.
    width : int
        Range samples.
    threshold : float
        Largest amplitude dispersion, exclusive.
    mask : Path or None
        Mask in radar geometry.
    """

    slcs: tuple[Path, ...]
    factors: FloatArray
    positions: tuple[Path, Path, Path]
    width: int
    threshold: float
    mask: Path | None


@dataclass(frozen=True)
class SelectedBlock:
    """
    The candidates of a block of lines, in the order of lines, then samples.

    Attributes
    ----------
    block : LineBlock
        Which lines.
    sums : ndarray of float32, shape (block.count, width)
        Sums of the calibrated amplitudes of all pixels.
    lines, samples : ndarray of int64, shape (n_cand,)
        Positions of the candidates, from 0.
    dispersion : ndarray of float32, shape (n_cand,)
        Their amplitude dispersion.
    lon, lat, height : ndarray of uint32, shape (n_cand,)
        As they stand in the files.
    gap_lines, gap_samples : ndarray of int64, shape (n_gap,)
        Pixels that would pass, were there not an SLC without data.
    """

    block: LineBlock
    sums: FloatArray
    lines: IntArray
    samples: IntArray
    dispersion: FloatArray
    lon: IntArray
    lat: IntArray
    height: IntArray
    gap_lines: IntArray
    gap_samples: IntArray


def select_block(selection: Selection, block: LineBlock) -> SelectedBlock:
    """
    Select the candidates of a block; the block's lines of every SLC are read once.

    Parameters
    ----------
    selection : Selection
        The same for all blocks.
    block : LineBlock
        Which lines.

    Raises
    ------
    DataError
        If a file ends before.
    """
    width = selection.width
    shape = (block.count, width)
    sums, squares = np.zeros(shape, np.float32), np.zeros(shape, np.float32)
    gaps = np.zeros(shape, np.uint8)
    buffer = pixel_buffer(width, [block], np.uint64)
    for slc, factor in zip(selection.slcs, selection.factors, strict=True):
        stored = read_block(slc, width, block, buffer)
        add_amplitudes(stored.reshape(-1), factor, sums.reshape(-1), squares.reshape(-1), gaps.reshape(-1))
    masked = masked_lines(selection.mask, width, block)
    passes, dispersion = passes_dispersion(sums, squares, masked, len(selection.slcs), np.float32(selection.threshold))
    chosen = np.flatnonzero(passes & (gaps == 0))
    with_gap = np.flatnonzero(passes & (gaps != 0))
    lon, lat, height = (_look_up(path, width, block, chosen) for path in selection.positions)
    return SelectedBlock(
        block=block,
        sums=sums,
        lines=block.first + chosen // width,
        samples=chosen % width,
        dispersion=dispersion.reshape(-1)[chosen],
        lon=lon,
        lat=lat,
        height=height,
        gap_lines=block.first + with_gap // width,
        gap_samples=with_gap % width,
    )


def _look_up(path: Path, width: int, block: LineBlock, index: IntArray) -> IntArray:
    """Return the values of a float raster at some pixels of a block, as they stand in the file."""
    if index.size == 0:
        return np.empty(0, np.uint32)
    return read_block(path, width, block, pixel_buffer(width, [block], np.uint32)).reshape(-1)[index]
