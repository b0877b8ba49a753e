"""
Taking over a StaMPS working folder that somebody else has processed.

What its steps have left, and what passes the postconditions, counts as done; so ``run`` goes on behind it.
"""

from collections.abc import Sequence

from snapstamps.config.project import Project
from snapstamps.journal import JOURNAL_NAME, Journal, Record, utc_now
from snapstamps.model.errors import SnapstampsError
from snapstamps.pipeline.execute import marks_of
from snapstamps.pipeline.state import TAKEN_OVER
from snapstamps.pipeline.unit import Unit
from snapstamps.pipeline.units import units_of
from snapstamps.stamps.checks import Counts, check_step
from snapstamps.stamps.empty import empty_since

_BEFORE_THE_STEPS = frozenset({"check", "candidates"})


def take_over(project: Project) -> list[str]:
    """
    Write into the journal what is done already in the project's StaMPS folder.

    Parameters
    ----------
    project : Project
        A project without a journal.

    Returns
    -------
    list of str
        The names of the units that are done.
    """
    journal = Journal(project.logs_folder / JOURNAL_NAME)
    units = units_of(project)
    groups: dict[object, list[Unit]] = {}
    for unit in units:
        if unit.store is not None:
            groups.setdefault(unit.store.path, []).append(unit)
    stack = groups.pop(project.stamps_folder, [])
    merged = bool(_done_of(stack))
    found: list[tuple[Unit, Counts | None]] = [(u, None) for u in units if u.name in _BEFORE_THE_STEPS]
    for steps in groups.values():
        done = _done_of(steps)
        # Patches may have been cleared after the merge; their steps have been done all the same.
        found += [(unit, None) for unit in steps] if merged and len(done) < len(steps) else done
    if merged or not any(unit.stage == "stamps" for unit in units):
        found += _done_of(stack)
    started = utc_now()
    for unit, counts in found:
        journal.append(_record(project, unit, counts, started))
    return [unit.name for unit, _ in found]


def _done_of(steps: Sequence[Unit]) -> list[tuple[Unit, Counts | None]]:
    """Return the steps up to the last one whose results are all there and hold together."""
    done: list[tuple[Unit, Counts | None]] = []
    last = 0
    for unit in steps:
        counts = _counts(unit)
        done.append((unit, counts))
        if counts is not None:
            last = len(done)
    return done[:last]


def _counts(unit: Unit) -> Counts | None:
    if unit.step is None or unit.store is None:
        return None
    since = empty_since(unit.store) if unit.store.has("no_ps_info") else None
    if since is not None and unit.step.number > since:
        return Counts(0, 0)
    try:
        return check_step(unit.step, unit.store)
    except SnapstampsError:
        return None


def _record(project: Project, unit: Unit, counts: Counts | None, started: str) -> Record:
    return Record(
        unit=unit.name,
        outcome="done",
        started=started,
        seconds=0.0,
        engine=TAKEN_OVER,
        parms=dict(unit.parms),
        inputs=marks_of(unit.reads, project.folder) if unit.step else {},
        outputs=marks_of(unit.writes, project.folder),
        counts={} if counts is None else {"ps_in": counts.ps_in, "ps_out": counts.ps_out},
        notes=["taken over as it was found"],
    )
