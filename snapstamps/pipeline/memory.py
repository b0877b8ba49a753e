"""
How many units work side by side on one machine: as many as its memory holds.

What a unit needs is what it needed when it was done before, as the journal tells; else what units of its size needed
where the rates were measured.
"""

import logging
from collections.abc import Sequence
from pathlib import Path

from snapstamps.config.project import Project
from snapstamps.config.section import size_text
from snapstamps.external.gpt import machine
from snapstamps.journal import JOURNAL_NAME, Journal
from snapstamps.pipeline.rates import memory_of
from snapstamps.pipeline.unit import Unit
from snapstamps.stamps.limits import n_candidates
from snapstamps.stamps.store import StampsStore

log = logging.getLogger(__name__)

_SHARE = 0.9
"""Of the free memory; the rest is for the system and for what the journal cannot foresee."""
_MIB = 2**20


def free_memory() -> int:
    """Return the bytes that new processes may take: what is free or can be freed, within the container's limit."""
    _, total = machine()
    try:
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        available = next(int(line.split()[1]) * 1024 for line in lines if line.startswith("MemAvailable:"))
    except (OSError, StopIteration, ValueError, IndexError):
        return total
    return min(total, available)


def memory_budget(project: Project) -> int:
    """Return the bytes that all units in work may need together: ``[run] memory``, or what is free."""
    option = project.options.run.memory
    return int(free_memory() * _SHARE) if option == "auto" else option


def fitting(wanted: int, each: int, budget: int) -> int:
    """
    Return how many units fit side by side, at least one.

    Parameters
    ----------
    wanted : int
        At the most.
    each : int
        Bytes that one needs.
    budget : int
        Bytes of all.

    Examples
    --------
    >>> fitting(8, 2**30, 3 * 2**30), fitting(8, 2**33, 2**30)
    (3, 1)
    """
    return max(1, min(wanted, budget // max(each, 1)))


def patches_at_once(project: Project, patches: Sequence[Sequence[Unit]], wanted: int) -> int:
    """
    Return how many patches to work on at the same time, and log why.

    Parameters
    ----------
    project : Project
        Its journal and its ``[run] memory`` decide.
    patches : sequence of sequence of Unit
        The pending steps of each patch.
    wanted : int
        At the most.
    """
    if wanted <= 1:
        return wanted
    records = Journal(project.logs_folder / JOURNAL_NAME).last_done()
    measured = {name: record.peak_memory for name, record in records.items()}
    each = max((measured.get(unit.name) or _expected(unit) for units in patches for unit in units), default=0)
    budget = memory_budget(project)
    count = fitting(wanted, each, budget)
    log.info(
        "%d of %d processes: a patch needs about %s, all together may need %s",
        count, wanted, _rounded(each), _rounded(budget),
    )  # fmt: skip
    if count < wanted:
        log.warning(
            "memory holds %d patches at a time, not %d: each needs about %s of %s",
            count, wanted, _rounded(each), _rounded(budget),
        )  # fmt: skip
    return count


def exports_at_once(project: Project, wanted: int) -> int:
    """
    Return how many processes may hold the results at the same time, besides this one.

    Parameters
    ----------
    project : Project
        Its PS, and its ``[run] memory``, decide.
    wanted : int
        At the most.
    """
    stamps = StampsStore(project.stamps_folder)
    if wanted <= 1 or not stamps.has("ps2"):
        return wanted
    ps = stamps.read("ps2", "n_ps", "n_ifg")
    each = memory_of("export", int(ps.n_ps) * int(ps.n_ifg))
    return fitting(wanted, each, memory_budget(project) - each)


def _expected(unit: Unit) -> int:
    """Return what a step in a patch is expected to need, by its candidates and dates."""
    if unit.step is None or unit.store is None:
        return 0
    lists = unit.store.parent.path / "pscphase.in"
    n_scenes = len(lists.read_text(encoding="utf-8").splitlines()) if lists.is_file() else 1
    return memory_of(unit.step.key, n_candidates(unit.store) * n_scenes)


def _rounded(size: int) -> str:
    return size_text(size // _MIB * _MIB)
