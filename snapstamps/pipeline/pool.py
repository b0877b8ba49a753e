"""
Parallel work on one machine: processes that die with us, that are replaced when they die, and only where they pay.

Processes are spawned, not forked: forking after numba, GDAL or BLAS have started threads may hang.
"""

import contextlib
import ctypes
import logging
import multiprocessing
import os
import signal
import sys
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any

from snapstamps.pipeline.crew import ATTEMPTS, Crew, Work, died_again, name_of

log = logging.getLogger(__name__)

THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_PR_SET_PDEATHSIG = 1
_PATIENCE_SECONDS = 5.0
_WORTH_SENDING_SECONDS = 0.2
_REMEDY = "fewer run.workers, smaller patches (candidates.patches), or more memory; then the same command again"


def worker_count(wanted: int) -> int:
    """Return how many processes to use: as many as wanted, or as there are cores for 0."""
    return wanted or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else wanted or os.cpu_count() or 1


class Processes(Crew):
    """
    Does units in processes on this machine; they are started when there is something for them.

    Parameters
    ----------
    workers : int
        How many at the most.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers

    def completed(
        self, function: Work, items: Iterable[Any], *, at_most: int | None = None
    ) -> Iterator[tuple[int, Any]]:
        """Apply a function to items; see `Crew.completed`."""
        workers = min(self.workers, at_most or self.workers)
        if workers <= 1:
            for number, item in enumerate(items):
                yield number, function(item)
            return
        yield from _in_processes(function, enumerate(items), workers)

    def in_order(self, function: Work, items: Iterable[Any]) -> list[Any]:
        """
        Apply a function to items, serially while that is quick, and in processes where it is not.

        The first items are done here and timed: starting processes costs about a second each.
        """
        todo = iter(items)
        results: list[Any] = []
        start = time.monotonic()
        for item in todo:
            results.append(function(item))
            elapsed = time.monotonic() - start
            if self.workers > 1 and elapsed > _PATIENCE_SECONDS and elapsed / len(results) > _WORTH_SENDING_SECONDS:
                results.extend(super().in_order(function, todo))
        return results


@dataclass
class _Queue:
    """The units that are not done: new ones, those in work, and those whose worker died."""

    new: Iterator[tuple[int, Any]]
    again: list[tuple[int, Any]] = field(default_factory=list)
    begun: dict[int, int] = field(default_factory=dict)

    def next(self) -> tuple[int, Any] | None:
        """Return the next unit, or None when there is none."""
        return self.again.pop(0) if self.again else next(self.new, None)

    def lost(self, units: Iterable[tuple[int, Any]]) -> None:
        """Take back units that were in work when a worker died; the culprit is among them."""
        for number, item in units:
            self.begun[number] = self.begun.get(number, 0) + 1
            if self.begun[number] >= ATTEMPTS:
                raise died_again(item, number, remedy=_REMEDY)
            log.warning("a worker died while it did %s; it is done again", name_of(item, number))
            self.again.append((number, item))


def _in_processes(function: Work, units: Iterator[tuple[int, Any]], workers: int) -> Iterator[tuple[int, Any]]:
    """
    Do units in processes; when one of these dies, all are started anew.

    Which unit killed it cannot be told, so each that was in work is done again, and by itself: an innocent one ends
    well then, and the culprit has all the memory.
    """
    queue = _Queue(units)
    while (unit := queue.next()) is not None:
        suspects = queue.begun.get(unit[0], 0) > 0
        queue.again.insert(0, unit)
        with contextlib.suppress(BrokenProcessPool):
            yield from _until_broken(function, queue, 1 if suspects else workers, only_again=suspects)


def _until_broken(function: Work, queue: _Queue, workers: int, *, only_again: bool) -> Iterator[tuple[int, Any]]:
    """Do units in one pool until there are none, or it breaks; ``only_again``: those that are done again."""
    in_work: dict[Future[Any], tuple[int, Any]] = {}
    with process_pool(workers) as pool:
        try:
            while True:
                while len(in_work) < workers and (queue.again or not only_again):
                    unit = queue.next()
                    if unit is None:
                        break
                    queue.again.insert(0, unit)  # if the pool refuses it, it is not lost
                    in_work[pool.submit(function, unit[1])] = unit
                    queue.again.pop(0)
                if not in_work:
                    return
                ended = wait(in_work, return_when=FIRST_COMPLETED).done
                for one in sorted(ended, key=_is_broken):
                    result = one.result()
                    yield in_work.pop(one)[0], result
        except BrokenProcessPool:
            queue.lost(in_work.values())
            raise


def _is_broken(future: Future[Any]) -> bool:
    return isinstance(future.exception(), BrokenProcessPool)


@contextlib.contextmanager
def process_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """
    Give a pool of processes with one thread each; it is ended at once when the block fails.

    Parameters
    ----------
    workers : int
        Number of processes.
    """
    saved = {name: os.environ.get(name) for name in THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(THREAD_VARIABLES, "1"))
    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker, initargs=(os.getpid(),)
    )
    try:
        yield pool
    except BaseException:
        _end_at_once(pool)
        raise
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
        for name, value in saved.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _start_worker(parent: int) -> None:
    """Prepare a worker: it leaves Ctrl-C to its parent, and does not outlive it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() != parent:
            os._exit(1)


def _end_at_once(pool: ProcessPoolExecutor) -> None:
    for process in list((getattr(pool, "_processes", None) or {}).values()):
        process.terminate()
