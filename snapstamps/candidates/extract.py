"""Extraction: the interferograms' values at the candidates (StaMPS's pscphase)."""

import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snapstamps.candidates.blocks import LineBlock, pixel_buffer, read_block
from snapstamps.kernels.amplitude import gather
from snapstamps.kernels.arrays import Array, IntArray

POSITION = np.dtype(">i4")
"""Values of ``pscands.1.ij.int``: pairs of range sample and azimuth line, from 0."""
PIXEL_BYTES = 8


@dataclass(frozen=True)
class Piece:
    """
    The candidates of one patch in one block of lines.

    Attributes
    ----------
    positions : Path
        The patch's ``pscands.1.ij.int``.
    phases : Path
        Its ``pscands.1.ph``, of full size already: one interferogram after the other.
    first, count : int
        Which candidates, from 0.
    n_cand : int
        Candidates of the whole patch.
    """

    positions: Path
    phases: Path
    first: int
    count: int
    n_cand: int


@dataclass(frozen=True)
class ExtractionTask:
    """A block of lines and the candidates in it, patch by patch."""

    block: LineBlock
    pieces: tuple[Piece, ...]


def extract_block(diffs: tuple[Path, ...], width: int, task: ExtractionTask) -> IntArray:
    """
    Copy the candidates' values out of a block of every interferogram; each of them is read once.

    Parameters
    ----------
    diffs : tuple of Path
        The interferograms, in list order.
    width : int
        Range samples.
    task : ExtractionTask
        Where from and where to.

    Returns
    -------
    ndarray of int64, shape (n_ifg,)
        How many of the values are finite and not zero.

    Raises
    ------
    DataError
        If a file ends before.
    OSError
        If a target cannot be written.
    """
    usable = np.zeros(len(diffs), np.int64)
    indexes = [_pixels(piece, width, task.block) for piece in task.pieces]
    buffer = pixel_buffer(width, [task.block], np.uint64)
    targets = [os.open(piece.phases, os.O_WRONLY) for piece in task.pieces]
    try:
        for number, diff in enumerate(diffs):
            stored = read_block(diff, width, task.block, buffer).reshape(-1)
            for piece, index, target in zip(task.pieces, indexes, targets, strict=True):
                values = np.empty(piece.count, np.uint64)
                usable[number] += gather(stored, index, values)
                write_at(target, values, (number * piece.n_cand + piece.first) * PIXEL_BYTES)
    finally:
        for target in targets:
            os.close(target)
    return usable


def write_at(target: int, values: Array, offset: int) -> None:
    """
    Write an array at a byte offset of an open file, whole.

    Raises
    ------
    OSError
        If the disk does not take it.
    """
    rest = values.data.cast("B")
    while len(rest) > 0:
        n_written = os.pwrite(target, rest, offset)
        rest = rest[n_written:]
        offset += n_written


def _pixels(piece: Piece, width: int, block: LineBlock) -> IntArray:
    """Return where a piece's candidates lie in their block."""
    pair = 2 * POSITION.itemsize
    pairs = np.fromfile(piece.positions, POSITION, count=2 * piece.count, offset=piece.first * pair)
    samples, lines = pairs.reshape(-1, 2).T.astype(np.int64)
    return (lines - block.first) * width + samples
