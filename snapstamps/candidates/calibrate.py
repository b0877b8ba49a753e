"""Calibration: the mean amplitude of every SLC, by which its amplitudes are divided (StaMPS's calamp)."""

import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np

from snapstamps.candidates.blocks import LineBlock, Mapper, Meter, Plan, in_waves, pixel_buffer, read_block
from snapstamps.candidates.digits import six_digits
from snapstamps.candidates.mask import masked_lines
from snapstamps.kernels.amplitude import line_amplitudes
from snapstamps.kernels.arrays import FloatArray
from snapstamps.model.errors import DataError


@dataclass(frozen=True)
class AmplitudeMean:
    """
    The amplitudes of one SLC.

    Attributes
    ----------
    mean : float
        Mean of the valid amplitudes (digital numbers); 0 where there is none.
    n_valid : int
        How many pixels are valid: amplitude above 0.001, not NaN, not masked.
    """

    mean: float
    n_valid: int


@dataclass(frozen=True)
class Calibration:
    """
    The calibration of all SLCs, in list order.

    Attributes
    ----------
    texts : tuple of str
        Mean amplitudes as ``calamp.out`` holds them: six significant digits.
    factors : ndarray of float32, shape (n_scenes,)
        The same, read back from the text: what the amplitudes are divided by.
    n_valid : tuple of int
        Valid pixels of every SLC.
    """

    texts: tuple[str, ...]
    factors: FloatArray
    n_valid: tuple[int, ...]


def calibrate(slcs: tuple[Path, ...], plan: Plan, mask: Path | None, *, mapper: Mapper, meter: Meter) -> Calibration:
    """
    Calibrate all SLCs; each of them is read once.

    Parameters
    ----------
    slcs : tuple of Path
        The SLCs, in list order.
    plan : Plan
        Size of the scene and its blocks.
    mask : Path or None
        Mask in radar geometry, from `mask.make_mask`.
    mapper : Mapper
        Gets one SLC per item.
    meter : Meter
        Counts the lines.

    Raises
    ------
    DataError
        If an SLC has no valid pixel, or infinite ones; it is named.
    """
    means = []
    mean_of = partial(mean_amplitude, width=plan.width, blocks=plan.blocks, mask=mask)
    for slc, mean in zip(slcs, in_waves(mapper, mean_of, slcs, plan.wave), strict=True):
        if mean.n_valid == 0:
            raise DataError(
                f"{slc.name} holds no amplitude at all: every pixel is zero or not a number",
                where=slc,
                why="no pixel could pass the amplitude dispersion, which needs all dates",
                remedy="export this date again, or leave it out (its .rslc, .diff and .base)",
            )
        if not math.isfinite(mean.mean):
            raise DataError(
                f"{slc.name} holds infinite amplitudes",
                where=slc,
                why="its calibration is infinite, and no pixel could pass the amplitude dispersion",
                remedy="export this date again, or leave it out (its .rslc, .diff and .base)",
            )
        means.append(mean)
        meter.add(plan.length)
    texts = tuple(six_digits(np.float32(mean.mean)) for mean in means)
    factors = np.array([float(text) for text in texts], dtype=np.float32)
    return Calibration(texts, factors, tuple(mean.n_valid for mean in means))


def mean_amplitude(slc: Path, *, width: int, blocks: tuple[LineBlock, ...], mask: Path | None) -> AmplitudeMean:
    """
    Average the valid amplitudes of some lines of an SLC.

    The sums of the lines are added exactly, so the result does not depend on the blocks.

    Parameters
    ----------
    slc : Path
        The raster.
    width : int
        Range samples.
    blocks : tuple of LineBlock
        Which lines.
    mask : Path or None
        Mask in radar geometry.

    Raises
    ------
    DataError
        If the file ends before.
    """
    buffer = pixel_buffer(width, blocks, np.uint64)
    sums: list[float] = []
    n_valid = 0
    for block in blocks:
        line_sums, counts = line_amplitudes(read_block(slc, width, block, buffer), masked_lines(mask, width, block))
        sums.extend(line_sums)
        n_valid += int(counts.sum())
    return AmplitudeMean(math.fsum(sums) / n_valid if n_valid else 0.0, n_valid)
