"""Doing one step: check its inputs, run the engine, measure, verify what it left, write the journal."""

import contextlib
import logging
import resource
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from snapstamps.engines.base import Engine, RunContext
from snapstamps.formats.atomic import remove_leftovers
from snapstamps.journal import FileMark, Journal, Record, digest_of, utc_now
from snapstamps.model.errors import DataError
from snapstamps.pipeline.state import key_of
from snapstamps.pipeline.unit import Unit
from snapstamps.stamps.checks import Counts, check_step
from snapstamps.stamps.empty import clear_from, empty_since, mark_empty
from snapstamps.stamps.parms import ParmsView, read_parms
from snapstamps.stamps.steps import Scope

log = logging.getLogger(__name__)

_RASTERS = frozenset({".rslc", ".diff", ".lon", ".lat", ".rdc", ".img", ".zip"})
"""Large inputs: their size and time are kept in the journal, not a digest of their content."""


@dataclass(frozen=True)
class Outcome:
    """
    What a unit of work gives to the journal.

    Attributes
    ----------
    outputs : tuple of Path
        The files that it left.
    counts : dict
        Such as ``ps_in`` and ``ps_out``.
    notes : tuple of str
        Choices and mendings.
    """

    outputs: tuple[Path, ...] = ()
    counts: Mapping[str, int] | None = None
    notes: tuple[str, ...] = ()


def record_work(
    unit: Unit,
    work: Callable[[], Outcome],
    *,
    journal: Journal,
    root: Path,
    engine: str,
    versions: Mapping[str, str],
) -> Record:
    """
    Do a unit of work and append how it went to the journal.

    Parameters
    ----------
    unit : Unit
        The unit.
    work : callable
        Does it; what it raises is journalled and raised again.
    journal : Journal
        Where to write.
    root : Path
        The project folder.
    engine : str
        Who does it.
    versions : mapping
        Program -> version.

    Returns
    -------
    Record
        As journalled.
    """
    started = utc_now()
    start = time.monotonic()
    _reset_peak_memory()
    record = Record(
        unit=unit.name,
        outcome="failed",
        started=started,
        seconds=0.0,
        engine=engine,
        versions=dict(versions),
        parms=dict(unit.parms),
    )
    try:
        _require_sound(unit.reads, journal, root)
        # Several threads of BLAS make the small matrix products of the kernels slower, not faster.
        with threadpool_limits(1, user_api="blas"):
            outcome = work()
    except BaseException as error:
        if isinstance(error, Exception):
            with contextlib.suppress(OSError):  # a full disk, say, has no room for this line either
                journal.append(replace(record, seconds=time.monotonic() - start, error=str(error)))
        raise
    record = replace(
        record,
        outcome="done",
        seconds=round(time.monotonic() - start, 3),
        inputs=marks_of(unit.reads, root),
        outputs=marks_of(outcome.outputs, root),
        counts=dict(outcome.counts or {}),
        notes=list(outcome.notes),
        peak_memory=_peak_memory(),
    )
    journal.append(record)
    return record


def do_step(unit: Unit, engine: Engine, parms: Mapping[str, Any], context: RunContext) -> Outcome:
    """
    Do one step with an engine, and believe it only after its postconditions.

    Parameters
    ----------
    unit : Unit
        A unit with a step.
    engine : Engine
        Who does it.
    parms : mapping
        Values of all parameters; those that step 1 takes from the headers are added here.
    context : RunContext
        What else the step is given.

    Returns
    -------
    Outcome

    Raises
    ------
    SnapstampsError
        If inputs are missing, the step fails, or what it left does not hold together.
    """
    step, store = unit.step, unit.store
    if step is None or store is None:
        raise ValueError(f"{unit.name} is no step")
    remove_leftovers(store.path)  # of a worker that died over this very step
    in_patch = step.scope is Scope.PATCH
    if in_patch:
        clear_from(store, step.number)
        if empty_since(store) is not None:
            mark_empty(store, step.number)
            log.info("%s: passed over, no PS left since step %d", unit.name, empty_since(store))
            return Outcome(counts={"ps_in": 0, "ps_out": 0})
    _require_inputs(unit)
    folder = store.parent.path if in_patch else store.path
    values = {**parms, **values_from_headers(folder / "parms.mat")}
    engine.run(step, store, ParmsView(values, step), context)
    counts = check_step(step, store)
    _log_counts(unit, counts)
    left = () if in_patch and empty_since(store) is not None and counts.ps_out == 0 else unit.writes
    return Outcome(
        outputs=tuple(path for path in left if path.is_file()),
        counts={"ps_in": counts.ps_in, "ps_out": counts.ps_out},
        notes=tuple(context.notes),
    )


def marks_of(paths: Iterable[Path], root: Path) -> dict[str, FileMark]:
    """Return the marks of those files that exist, by their names in the journal."""
    return {
        key_of(path, root): FileMark.of(path, content=path.suffix not in _RASTERS) for path in paths if path.is_file()
    }


def _require_sound(paths: Iterable[Path], journal: Journal, root: Path) -> None:
    """
    Check that what other units left still is what they left.

    What somebody has written anew is stale by its size and time, and made again; what has changed although nothing
    wrote it is the disk's doing, and must not go into results.

    Raises
    ------
    DataError
        Naming the first file that has changed by itself.
    """
    made = {
        name: mark for record in journal.records() if record.outcome == "done" for name, mark in record.outputs.items()
    }
    for path in paths:
        mark = made.get(key_of(path, root))
        if mark is None or not mark.digest or not path.is_file():
            continue
        status = path.stat()
        untouched = (status.st_size, status.st_mtime_ns) == (mark.size, mark.mtime)
        if untouched and digest_of(path) != mark.digest:
            raise DataError(
                f"{path.name} is damaged: its content has changed since it was written, its size and time have not",
                where=path,
                why="a failing disk or memory does that",
                remedy="delete this file: `snapstamps run` makes it again",
            )


def _require_inputs(unit: Unit) -> None:
    if unit.step is None or unit.step.name == "merge":  # the merge knows which patches are left
        return
    if unit.store is None:
        return
    files = [unit.store.file(name) for name in unit.step.reads]
    missing = [path.name for path in files if not path.is_file()]
    if missing:
        raise DataError(
            f"step {unit.step.key} cannot start: {', '.join(missing)} missing",
            where=unit.store.path,
            remedy="run the earlier steps; a folder taken over may lack what they need",
        )


def values_from_headers(path: Path) -> dict[str, Any]:
    """
    Return the parameters that step 1 has taken from the export's headers.

    Parameters
    ----------
    path : Path
        ``parms.mat``; it need not be there.

    Raises
    ------
    DataError
        If it is damaged.
    """
    if not path.is_file():
        return {}
    stored = read_parms(path)
    return {name: stored[name] for name in ("lambda", "heading", "platform") if name in stored}


def _log_counts(unit: Unit, counts: Counts) -> None:
    if counts.ps_in != counts.ps_out:
        log.info("%s: %s -> %s PS", unit.name, f"{counts.ps_in:,}", f"{counts.ps_out:,}")
    else:
        log.info("%s: %s PS", unit.name, f"{counts.ps_out:,}")


def _reset_peak_memory() -> None:
    """Start a new measurement of the peak memory, where the system can (Linux)."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return


def _peak_memory() -> int:
    """Return the peak resident memory in bytes since the last reset (or of the process)."""
    try:
        for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) * 1024
    except OSError:
        pass
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024
