"""
Doing the units of SNAP: the master's date first, then slave by slave, several side by side.

A slave goes its whole way, from its scenes to the export, before its products may be deleted; so a preparation needs
little disk, and what is wrong with a date shows early. A date or pair that fails stops the run, or is left out.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from snapstamps import __version__
from snapstamps.config.project import Project
from snapstamps.external.knowledge import recognise
from snapstamps.journal import JOURNAL_NAME, Journal, Record
from snapstamps.model.errors import DataError, SnapstampsError, ToolError
from snapstamps.pipeline.arrival import await_files
from snapstamps.pipeline.crew import Crew
from snapstamps.pipeline.execute import Outcome, record_work
from snapstamps.pipeline.pool import Processes
from snapstamps.pipeline.snap_plan import make_plan, plan_path
from snapstamps.pipeline.snap_units import PLAN_UNIT, slave_of, stage_of, swath_of
from snapstamps.pipeline.snap_workshop import open_workshop
from snapstamps.pipeline.state import LEFT_OUT, TAKEN_OVER
from snapstamps.pipeline.unit import Unit
from snapstamps.snap.disk import estimate_disk
from snapstamps.snap.prepare_plan import write_plan
from snapstamps.snap.run import (
    Finished,
    Task,
    Workshop,
    coregister_task,
    export_task,
    merge_task,
    run_export,
    run_task,
    split_task,
    taken_over,
)
from snapstamps.snap.work_folder import delete_product, free_bytes

log = logging.getLogger(__name__)

_OF_THE_MACHINE = frozenset({"disk", "heap-start", "jblas", "permission"})
"""Known failures that concern no single date: leaving dates out would not help."""


@dataclass(frozen=True)
class ChainJob:
    """
    The pending units of one slave (or of the master's date), for one worker.

    Attributes
    ----------
    project : Project
        The project.
    workshop : Workshop
        What all runs share.
    units : tuple of Unit
        In order.
    takes_over : bool
        Whether products that lie in their place are verified and used.
    """

    project: Project
    workshop: Workshop
    units: tuple[Unit, ...]
    takes_over: bool

    @property
    def name(self) -> str:
        """Return what messages call it."""
        return self.units[0].name


def do_plan(project: Project, unit: Unit, journal: Journal) -> Record:
    """
    Make the plan, and write it down.

    Raises
    ------
    SnapstampsError
        As `make_plan`.
    """

    def work() -> Outcome:
        plan = make_plan(project)
        write_plan(plan, plan_path(project))
        log.info("%d dates, master %s: %s", len(plan.dates), plan.master, plan.reason)
        notes = (f"master {plan.master}: {plan.reason}", *plan.notes)
        return Outcome(outputs=(plan_path(project),), counts={"dates": len(plan.dates)}, notes=notes)

    return record_work(
        unit,
        work,
        journal=journal,
        root=project.folder,
        engine="snapstamps",
        versions={"snapstamps": __version__},
    )


def chains_of(units: Sequence[Unit]) -> dict[date, tuple[Unit, ...]]:
    """Return the units by date of the split or slave of the pair, in their order; the plan is not among them."""
    chains: dict[date, tuple[Unit, ...]] = {}
    for unit in units:
        if unit.name != PLAN_UNIT:
            day = slave_of(unit)
            chains[day] = (*chains.get(day, ()), unit)
    return chains


def do_chains(
    project: Project,
    units: Sequence[Unit],
    *,
    crew: Crew,
    takes_over: bool,
    started: Callable[[Unit], None],
    ended: Callable[[Record], None],
) -> None:
    """
    Do pending units of SNAP.

    Parameters
    ----------
    project : Project
        With a plan.
    units : sequence of Unit
        What is to be done, in order.
    crew : Crew
        Does the pairs.
    takes_over : bool
        Whether products that lie in their place are verified and used.
    started, ended : callable
        Told of each unit; with several processes, of its beginning when its date begins.

    Raises
    ------
    SnapstampsError
        If a unit fails and ``on_error`` is ``stop``, too few pairs remain, or the disk is too small.
    """
    shop = open_workshop(project)
    chains = chains_of(units)
    pairs = [day for day in chains if day != shop.plan.master]
    require_disk(project, shop, pairs, side_by_side=crew.workers if crew.remote else shop.resources.processes)
    master = chains.pop(shop.plan.master, ())
    jobs = [ChainJob(project, shop, chain, takes_over) for chain in chains.values()]
    if master:
        _do_here(ChainJob(project, shop, master, takes_over), started, ended)
    left_out = _LeftOut(project, shop)
    # side by side on this machine, as many gpt as its memory holds: [snap] workers, not [run] workers
    crew = crew if crew.remote else Processes(min(shop.resources.processes, len(jobs)))
    if crew.workers <= 1 and not crew.remote:
        for job in jobs:
            _do_here(job, started, ended)
            left_out.require_enough()
        return
    for job in jobs:
        started(job.units[0])
    for _, records in crew.completed(do_chain, jobs):
        if crew.remote:  # what the units before the last one left may be deleted already
            await_files(records[-1:], project.folder)
        for record in records:
            ended(record)
        left_out.require_enough()


def _do_here(job: ChainJob, started: Callable[[Unit], None], ended: Callable[[Record], None]) -> None:
    for unit in job.units:
        started(unit)
        ended(_do_unit(job, unit))


def do_chain(job: ChainJob) -> list[Record]:
    """Do the pending units of one slave; runs in a worker."""
    return [_do_unit(job, unit) for unit in job.units]


class _LeftOut:
    """Counts the pairs that were left out."""

    def __init__(self, project: Project, shop: Workshop) -> None:
        self._project, self._shop = project, shop

    def require_enough(self) -> None:
        """Stop where too few pairs remain."""
        if self._project.options.snap.on_error == "stop":
            return
        records = Journal(self._project.logs_folder / JOURNAL_NAME).last_done()
        pairs = [self._shop.chain.pair(one.day) for one in self._shop.plan.slaves]
        lost = [pair for pair in pairs if _engine(records.get(f"stamps_export/{pair}")) == LEFT_OUT]
        least = self._project.options.snap.least_pairs
        if len(pairs) - len(lost) < least:
            raise DataError(
                f"only {len(pairs) - len(lost)} of {len(pairs)} pairs can be prepared, at least {least} must remain",
                where=self._project.folder,
                why=f"left out: {', '.join(lost)}",
                remedy="see their reasons with `snapstamps status`; then `snapstamps prepare --retry`, "
                "or a smaller snap.least_pairs",
            )


def _engine(record: Record | None) -> str:
    return "" if record is None else record.engine


def _do_unit(job: ChainJob, unit: Unit) -> Record:
    """Do one unit, take it over, or leave it out; whichever, the journal says so."""
    journal = Journal(job.project.logs_folder / JOURNAL_NAME)
    lost = _lost_before(journal, unit)
    if lost:
        return _leave_out(job, unit, journal, f"follows {lost}, which was left out")
    task = task_of(job.workshop, unit)
    done = _taken_over(job, unit, task, journal)
    if done is not None:
        return done
    shop = job.workshop

    def work() -> Outcome:
        finished = run_export(shop, slave_of(unit)) if stage_of(unit) == "stamps_export" else run_task(shop, task)
        return _outcome(finished)

    try:
        record = record_work(
            unit,
            work,
            journal=journal,
            root=job.project.folder,
            engine="snap",
            versions={"snapstamps": __version__, "snap": str(shop.snap.version)},
        )
    except SnapstampsError as error:
        if not _may_be_left_out(job, unit, error):
            raise
        return _leave_out(job, unit, journal, str(error))
    _delete_what_has_served(job, unit)
    return record


def task_of(shop: Workshop, unit: Unit) -> Task:
    """Return the run of gpt that does a unit."""
    day = slave_of(unit)
    match stage_of(unit):
        case "split":
            return split_task(shop, day)
        case "coregister":
            return coregister_task(shop, day, swath_of(unit, shop.chain))
        case "merge":
            return merge_task(shop, day)
        case _:
            return export_task(shop, day)


def _outcome(finished: Finished) -> Outcome:
    return Outcome(outputs=finished.files, notes=finished.notes)


def _lost_before(journal: Journal, unit: Unit) -> str:
    """Return the name of a unit before this one that was left out, or nothing."""
    records = journal.last_done()
    return next((name for name in unit.after if _engine(records.get(name)) == LEFT_OUT), "")


def _may_be_left_out(job: ChainJob, unit: Unit, error: SnapstampsError) -> bool:
    options = job.project.options.snap
    if options.on_error == "stop" or slave_of(unit) == job.workshop.plan.master:
        return False
    if not isinstance(error, ToolError | DataError):
        return False
    return not (isinstance(error, ToolError) and _concerns_the_machine(error))


def _concerns_the_machine(error: ToolError) -> bool:
    path = Path(error.where or "")
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else str(error)
    return any(failure.name in _OF_THE_MACHINE for failure in recognise(text))


def _leave_out(job: ChainJob, unit: Unit, journal: Journal, reason: str) -> Record:
    log.warning("%s is left out: %s", unit.name, reason)
    return _journalled(job, unit, journal, LEFT_OUT, (reason,))


def _taken_over(job: ChainJob, unit: Unit, task: Task, journal: Journal) -> Record | None:
    """Take over what lies in its place, if that is wished and it is sound; else None."""
    day, shop = slave_of(unit), job.workshop
    if not job.takes_over or stage_of(unit) == "stamps_export":
        return None
    if day != shop.plan.master:
        swaths = shop.chain.swaths
        last = merge_task(shop, day) if len(swaths) > 1 else coregister_task(shop, day, swaths[0])
        if task.name != last.name and _sound(last) is not None:
            return _journalled(job, unit, journal, TAKEN_OVER, (f"{unit.name}: not needed, the pair is there",))
    found = _sound(task)
    return None if found is None else _journalled(job, unit, journal, TAKEN_OVER, found.notes, found.files)


def _sound(task: Task) -> Finished | None:
    """Return the products of a task that lie in their place; None if they are not there, or not sound."""
    try:
        return taken_over(task)
    except SnapstampsError as error:
        log.warning("%s is made anew: %s", task.name, error)
        return None


def _journalled(
    job: ChainJob,
    unit: Unit,
    journal: Journal,
    engine: str,
    notes: tuple[str, ...],
    files: tuple[Path, ...] = (),
) -> Record:
    return record_work(
        unit,
        lambda: Outcome(outputs=files, notes=notes, counts={"left_out": 1} if engine == LEFT_OUT else None),
        journal=journal,
        root=job.project.folder,
        engine=engine,
        versions={"snapstamps": __version__},
    )


def _delete_what_has_served(job: ChainJob, unit: Unit) -> None:
    """Delete the products that this unit was the last to need, as ``[snap] keep`` allows."""
    keep, shop = job.project.options.snap.keep, job.workshop
    stage, day, chain = stage_of(unit), slave_of(unit), shop.chain
    served: list[Path] = []
    if keep != "all" and stage == "coregister":
        served = [chain.split_product(day, swath_of(unit, chain))]
    elif keep != "all" and stage == "merge":
        served = [place(day, swath) for swath in chain.swaths for place in (chain.coregistered, chain.interferogram)]
    elif keep == "export" and stage == "stamps_export":
        served = [chain.coregistered(day), chain.interferogram(day)]
    for path in served:
        delete_product(path)


def require_disk(project: Project, shop: Workshop, pairs: Sequence[date], *, side_by_side: int) -> None:
    """
    Stop where the disk cannot hold what the pairs will need.

    Raises
    ------
    DataError
        With the numbers.
    """
    options = project.options.snap
    need = estimate_disk(shop.plan, pairs, keep=options.keep, coherence=options.coherence, processes=side_by_side)
    free = free_bytes(project.folder)
    log.info("disk: about %.1f GB needed for %d pairs, %.1f GB free", need.peak / 1e9, len(pairs), free / 1e9)
    if need.peak > free:
        smaller = {"all": 'snap.keep = "pairs" or "export"', "pairs": 'snap.keep = "export"', "export": "fewer scenes"}
        raise DataError(
            "the disk is too small for the preparation",
            where=project.folder,
            why=f"about {need.peak / 1e9:.1f} GB are needed for {len(pairs)} pairs, {free / 1e9:.1f} GB are free",
            remedy=f"{smaller[options.keep]}, a smaller area, or a larger disk",
        )
