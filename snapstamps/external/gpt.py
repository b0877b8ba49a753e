"""
SNAP's gpt: how much memory it gets, how it is called, and what its end means.

A zero exit is not success, and neither is the word ``done.``, which gpt also prints behind a failure. What counts
is the exit status, then what is known of the lines that it printed, then the product, which the caller verifies.
gpt may also be done and not end; if the caller finds the product whole, that is no failure.
"""

import os
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from snapstamps.external.knowledge import KnownFailure, recognise
from snapstamps.external.run import LINGER_SECONDS, run_tool
from snapstamps.external.snap_home import SnapInstallation, find_snap
from snapstamps.model.errors import ToolError

__all__ = [
    "GptResources",
    "GptRun",
    "SnapInstallation",
    "find_snap",
    "gpt_words",
    "machine",
    "plan_resources",
    "run_gpt",
]

GIB = 2**30
_HEAP_SHARE = 0.75
"""Of the machine's memory, for all gpt together; Java needs more than its heap, and the system needs the rest."""
_COMFORTABLE_HEAP = 16 * GIB
_LEAST_HEAP = 12 * GIB
"""Of one gpt, where there is a choice: a pair of three bursts wants 8 to 16 GiB."""
_CACHE_SHARE = 0.6
"""Of the heap; above 0.7 gpt starves."""
_MOST_THREADS = 4
_HEAP_PER_THREAD = 3 * GIB
_SCANNED = 8 * 2**20
_ERROR_LINE = re.compile(r"^Error: (.*)$", re.MULTILINE)
_DONE = re.compile(r"%\s*done\.")


@dataclass(frozen=True)
class GptResources:
    """
    What gpt may use.

    Attributes
    ----------
    heap : int
        Java memory of each process, bytes.
    cache : int
        Its tile cache, a part of the heap, bytes.
    threads : int
        Tiles computed at once by each process.
    processes : int
        How many run side by side.
    """

    heap: int
    cache: int
    threads: int
    processes: int


@dataclass(frozen=True)
class GptRun:
    """
    One run that ended well, as far as gpt itself tells.

    Attributes
    ----------
    argv : tuple of str
        The words it was started with.
    seconds : float
        Wall time; not known of a run that was done and did not end.
    log : Path
        All that it printed.
    warnings : tuple of KnownFailure
        What the user should know.
    did_not_end : bool
        Whether it was done, hung, and was stopped.
    """

    argv: tuple[str, ...]
    seconds: float
    log: Path
    warnings: tuple[KnownFailure, ...]
    did_not_end: bool = False


def plan_resources(cores: int, memory: int, *, heap: int | None = None, processes: int = 0) -> GptResources:
    """
    Share a machine among gpt processes.

    Parameters
    ----------
    cores : int
        That may be used.
    memory : int
        Of the machine, bytes.
    heap : int, optional
        Of each process, bytes; found by itself if left out.
    processes : int
        How many side by side; 0: as many as memory and cores allow, four cores each.

    Returns
    -------
    GptResources

    Examples
    --------
    A machine of 8 GiB runs one pair, with 6 GiB.

    >>> plan = plan_resources(4, 8 * GIB)
    >>> plan.heap // GIB, plan.cache // GIB, plan.threads, plan.processes
    (6, 3, 2, 1)
    """
    available = int(memory * _HEAP_SHARE)
    if processes == 0:
        by_memory = available // (heap or _LEAST_HEAP)
        processes = max(1, min(by_memory, cores // _MOST_THREADS))
    if heap is None:
        heap = min(_COMFORTABLE_HEAP, max(available // processes, GIB))
        heap = heap // GIB * GIB if heap > GIB else heap
    cache = int(heap * _CACHE_SHARE)
    cache = cache // GIB * GIB if cache > GIB else cache
    threads = max(1, min(_MOST_THREADS, cores // processes, heap // _HEAP_PER_THREAD))
    return GptResources(heap, cache, threads, processes)


def machine() -> tuple[int, int]:
    """Return the cores and the memory (bytes) that this process may use, limits of a container included."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    try:
        limit = int(Path("/sys/fs/cgroup/memory.max").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return cores, memory
    return cores, min(memory, limit)


def gpt_words(snap: SnapInstallation, graph: Path, resources: GptResources) -> tuple[str, ...]:
    """
    Return the exact words that run a graph; ``--dry-run`` prints them.

    Parameters
    ----------
    snap : SnapInstallation
        Which SNAP.
    graph : Path
        The graph; absolute, so that gpt takes it for a file and not for an operator.
    resources : GptResources
        What it may use.
    """
    mib = 2**20
    return (
        str(snap.gpt),
        str(graph.absolute()),
        "-e",
        "-q",
        str(resources.threads),
        "-c",
        f"{resources.cache // mib}M",
        f"-J-Xmx{resources.heap // mib}M",
    )


def run_gpt(
    snap: SnapInstallation,
    graph: Path,
    *,
    cwd: Path,
    log: Path,
    resources: GptResources,
    timeout: float | None = None,
    silence: float | None = None,
    linger: float | None = None,
    complete: Callable[[], bool] | None = None,
    name: str = "gpt",
) -> GptRun:
    """
    Run a graph and judge its end.

    Parameters
    ----------
    snap : SnapInstallation
        Which SNAP.
    graph : Path
        The graph.
    cwd : Path
        Working folder of this process alone: gpt picks up and leaves files there.
    log : Path
        Receives both streams.
    resources : GptResources
        What it may use.
    timeout, silence : float, optional
        Longest time in all, and without a new byte in the log, s.
    linger : float, optional
        Longest silence once it says that it is done, s.
    complete : callable, optional
        Tells whether the products are whole; asked of a run that says it is done and does not end.
    name : str
        What messages call it.

    Returns
    -------
    GptRun
        The products are still to be verified.

    Raises
    ------
    ToolError
        With status or signal, the known cause, gpt's own words, and what to try.
    """
    words = gpt_words(snap, graph, resources)
    try:
        run = run_tool(
            name,
            words,
            cwd=cwd,
            log=log,
            timeout=timeout,
            silence=silence,
            finished=lambda: _says_done(_read_end(log)),
            linger=LINGER_SECONDS if linger is None else linger,
        )
    except ToolError as error:
        text = _read_end(log)
        if complete is not None and _says_done(text) and _was_stopped(error) and complete():
            return GptRun(words, float("nan"), log, _warnings(text), did_not_end=True)
        raise _failure(error.what, log, text, error.why) from error
    text = _read_end(log)
    silent = [failure for failure in recognise(text) if failure.kind == "silent"]
    if silent or _ERROR_LINE.search(text):
        last = "\n".join(["its last lines:", *(f"  {line}" for line in run.tail)])
        raise _failure(f"{name} ended with status 0, but its log shows a failure", log, text, last)
    return GptRun(words, run.seconds, log, _warnings(text))


def _warnings(text: str) -> tuple[KnownFailure, ...]:
    return tuple(failure for failure in recognise(text) if failure.kind == "warning")


def _says_done(text: str) -> bool:
    """Tell whether the last thing in a log is the end of the work, without an error."""
    return _DONE.search(text) is not None and _ERROR_LINE.search(text) is None


def _was_stopped(error: ToolError) -> bool:
    return "was stopped" in error.what


def _failure(what: str, log: Path, text: str, last_lines: str | None) -> ToolError:
    """Return the error: cause first, then gpt's own words, then the last lines."""
    known: Sequence[KnownFailure] = [failure for failure in recognise(text) if failure.kind != "warning"]
    said = [sentence.strip() for sentence in _ERROR_LINE.findall(text)]
    lines = [failure.cause for failure in known]
    lines += [f"gpt says: {sentence}" for sentence in said[:1]]
    if last_lines:
        lines.append(last_lines)
    remedy = known[0].remedy if known else "look into the log; the graph can be checked with `snapstamps graph lint`"
    return ToolError(what, where=log, why="\n".join(lines), remedy=remedy)


def _read_end(log: Path) -> str:
    """Return the end of the log, which may be long; nothing if the program did not even start."""
    try:
        with log.open("rb") as stream:
            stream.seek(max(0, log.stat().st_size - _SCANNED))
            return stream.read().decode("utf-8", errors="replace")
    except OSError:
        return ""
