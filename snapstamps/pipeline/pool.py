"""
Parallel work on one machine: processes that die with us, and only where they pay.

Processes are spawned, not forked: forking after numba, GDAL or BLAS have started threads may hang.
"""

import contextlib
import ctypes
import multiprocessing
import os
import signal
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor, as_completed
from typing import Any

_THREAD_VARIABLES = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS")
_PR_SET_PDEATHSIG = 1
_PATIENCE_SECONDS = 5.0
_WORTH_SENDING_SECONDS = 0.2


def worker_count(wanted: int) -> int:
    """Return how many processes to use: as many as wanted, or as there are cores for 0."""
    return wanted or len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else wanted or os.cpu_count() or 1


@contextlib.contextmanager
def process_pool(workers: int) -> Iterator[Executor]:
    """
    Give a pool of processes with one thread each; it is ended at once when the block fails.

    Parameters
    ----------
    workers : int
        Number of processes.
    """
    saved = {name: os.environ.get(name) for name in _THREAD_VARIABLES}
    os.environ.update(dict.fromkeys(_THREAD_VARIABLES, "1"))
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


def mapper(workers: int) -> Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]]:
    """
    Return a mapper that works serially while that is quick, and in processes where it is not.

    The first items are done here and timed: starting processes costs about a second each.

    Parameters
    ----------
    workers : int
        Number of processes.
    """

    def apply(function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
        todo = iter(items)
        results: list[Any] = []
        start = time.monotonic()
        for item in todo:
            results.append(function(item))
            elapsed = time.monotonic() - start
            if workers > 1 and elapsed > _PATIENCE_SECONDS and elapsed / len(results) > _WORTH_SENDING_SECONDS:
                with process_pool(workers) as pool:
                    results.extend(_in_order(pool, function, todo, 2 * workers))
        return results

    return apply


def _in_order(pool: Executor, function: Callable[[Any], Any], items: Iterator[Any], ahead: int) -> Iterator[Any]:
    """Apply a function in a pool; draw items only a little ahead, since each may hold much memory."""
    waiting: deque[Future[Any]] = deque()
    for item in items:
        waiting.append(pool.submit(function, item))
        if len(waiting) >= ahead:
            yield waiting.popleft().result()
    while waiting:
        yield waiting.popleft().result()


def in_order_of_completion(pool: Executor, function: Callable[[Any], Any], items: Iterable[Any]) -> Iterator[Any]:
    """Apply a function to items in a pool and yield the results as they come."""
    futures: list[Future[Any]] = [pool.submit(function, item) for item in items]
    for future in as_completed(futures):
        yield future.result()


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
