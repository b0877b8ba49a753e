"""
Blocks of lines: how the stage's memory stays bounded, and how its work is spread.

A block is so small that its sums stay in the processor's cache while all SLCs pass over it, and never
so large that the blocks under way together need more memory than the option allows.
"""

import contextlib
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from snapstamps.kernels.arrays import Array, IntArray
from snapstamps.model.errors import DataError, InputError

Mapper = Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]]
"""Applies a function to items and returns the results in order: serially, in threads, processes, on a cluster."""
Progress = Callable[[int, int], None]
"""``progress(done, total)``."""

PIXEL_BYTES = 256
"""Most that one pixel of a block under way can need: its values, sums, mask, and, if it is a candidate, its records."""
BLOCK_PIXELS = 2**17
"""Pixels of a block, where memory allows: 1 MiB of an SLC; larger ones are slower, smaller ones only cost calls."""
BLOCKS_PER_WORKER = 4
"""Blocks that a worker is given at a time; their results wait until they are written."""

_Item = TypeVar("_Item")
_Result = TypeVar("_Result")


@dataclass(frozen=True)
class LineBlock:
    """
    Some lines of the scene.

    Attributes
    ----------
    first, count : int
        First line from 0, and number of lines.
    """

    first: int
    count: int


@dataclass(frozen=True)
class Plan:
    """
    How the scene is cut for the work.

    Attributes
    ----------
    width, length : int
        Range samples and azimuth lines.
    blocks : tuple of LineBlock
        All lines, in order.
    wave : int
        Blocks under way at the same time.
    """

    width: int
    length: int
    blocks: tuple[LineBlock, ...]
    wave: int


def make_plan(width: int, length: int, *, memory: int, workers: int, block_lines: int | None = None) -> Plan:
    """
    Cut a scene into blocks of lines.

    Parameters
    ----------
    width, length : int
        Range samples and azimuth lines.
    memory : int
        Bytes that all blocks under way may need together.
    workers : int
        How many work at the same time.
    block_lines : int, optional
        Lines of a block, instead of what is best.

    Raises
    ------
    InputError
        If not even one line fits into the memory.
    """
    line_bytes = width * PIXEL_BYTES
    if line_bytes > memory:
        raise InputError(
            f"candidates.memory is {memory / 2**20:.0f} MiB, but one line of {width} samples may need "
            f"{line_bytes / 2**20:.0f} MiB",
            remedy="a larger candidates.memory",
        )
    affordable = memory // line_bytes
    wave = max(1, min(workers * BLOCKS_PER_WORKER, affordable))
    count = block_lines or max(1, min(BLOCK_PIXELS // width, affordable // wave))
    blocks = tuple(LineBlock(first, min(count, length - first)) for first in range(0, length, count))
    return Plan(width, length, blocks, wave)


def in_waves(
    mapper: Mapper, function: Callable[[_Item], _Result], items: Sequence[_Item], wave: int
) -> Iterator[_Result]:
    """Apply a function to items, some at a time; give the results in order."""
    for start in range(0, len(items), wave):
        yield from mapper(function, items[start : start + wave])


def worker_count(workers: int) -> int:
    """Return how many workers an option means: 0 stands for as many as cores."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return workers or cores or 1


@contextlib.contextmanager
def thread_mapper(workers: int) -> Iterator[Mapper]:
    """
    Give a mapper that works in threads: the kernels and the reading leave the interpreter to the others.

    Parameters
    ----------
    workers : int
        Number of threads; with 1, everything is done in the caller's.
    """
    if workers == 1:
        yield lambda function, items: [function(item) for item in items]
        return
    with ThreadPoolExecutor(workers, thread_name_prefix="candidates") as pool:
        yield lambda function, items: list(pool.map(function, items))


def pixel_buffer(width: int, blocks: Iterable[LineBlock], dtype: type[np.unsignedinteger]) -> Array:
    """Return space for the largest of some blocks, to be used again and again."""
    return np.empty(width * max(block.count for block in blocks), dtype)


def read_block(path: Path, width: int, block: LineBlock, buffer: Array) -> IntArray:
    """
    Read the lines of a block as they stand in the file.

    Parameters
    ----------
    path : Path
        A raster without a header.
    width : int
        Range samples.
    block : LineBlock
        Which lines.
    buffer : ndarray of unsigned integer
        One word per pixel; receives the values. No new memory is touched, which is what makes this fast.

    Returns
    -------
    ndarray, shape (block.count, width)
        A view of the buffer.

    Raises
    ------
    DataError
        If the file ends before.
    """
    view = buffer[: block.count * width]
    rest = view.data.cast("B")
    with path.open("rb", buffering=0) as stream:
        stream.seek(block.first * width * buffer.itemsize)
        while len(rest) > 0:
            n_read = stream.readinto(rest)
            if not n_read:
                raise DataError(
                    f"{path.name} ends before line {block.first + block.count}",
                    where=path,
                    why="the file was not written to its end",
                    remedy="export it again",
                )
            rest = rest[n_read:]
    return view.reshape(block.count, width)


def no_progress(_done: int, _total: int) -> None:
    """Show nothing."""


class Meter:
    """
    Counts the lines read, for the progress.

    Parameters
    ----------
    progress : callable
        Told ``(done, total)``.
    total : int
        Lines to read in all, every raster counted.
    """

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def add(self, lines: int) -> None:
        """Count lines that have been read."""
        self._done += lines
        self._progress(self._done, self._total)
