"""
Doing what is not done yet, in order.

SNAP comes first, pair by pair, where the project begins with scenes; the gate and the candidates follow, alone;
then the steps in the patches, one process per patch; then the steps of the stack; then the export and the report.
What ended well is in the journal at once, so a run that is interrupted anywhere, or killed, goes on from there and
comes to the same files.
"""

import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

from snapstamps import __version__
from snapstamps.config.profile import follows_paper
from snapstamps.config.project import Project
from snapstamps.engines.base import Engine, RunContext
from snapstamps.engines.choose import create_engine
from snapstamps.formats.atomic import remove_leftovers_below
from snapstamps.journal import JOURNAL_NAME, Journal, Record
from snapstamps.model.errors import InputError
from snapstamps.pipeline import stages
from snapstamps.pipeline.arrival import await_files
from snapstamps.pipeline.crew import Alone, Crew
from snapstamps.pipeline.execute import Outcome, do_step, record_work
from snapstamps.pipeline.lock import project_lock
from snapstamps.pipeline.memory import memory_budget, patches_at_once
from snapstamps.pipeline.report import Reporter, SilentReporter
from snapstamps.pipeline.scale import open_crew
from snapstamps.pipeline.snap_plan import has_scenes
from snapstamps.pipeline.snap_units import PLAN_UNIT, SNAP_STAGE_NAMES, stage_of
from snapstamps.pipeline.snap_work import do_chains, do_plan
from snapstamps.pipeline.state import LEFT_OUT, Condition, UnitState, states_of
from snapstamps.pipeline.unit import Unit
from snapstamps.pipeline.units import STAGES, units_of
from snapstamps.snap.run import WORK_NAME
from snapstamps.stamps.limits import require_fits, require_room
from snapstamps.stamps.parms import definitions, read_parms, write_parms
from snapstamps.stamps.steps import Scope
from snapstamps.stamps.store import StampsStore


@dataclass(frozen=True)
class Request:
    """
    What a run is asked for.

    Attributes
    ----------
    first, last : str
        Stages to begin and to end with; see ``STAGES``.
    steps : tuple of int
        First and last step of StaMPS.
    redo : bool
        Do again what is done, too.
    engine : str or None
        Instead of the configured one.
    snap_stages : tuple of str
        First and last stage of SNAP.
    takes_over : bool
        Whether products of SNAP that lie in their place are verified and used.
    retries : bool
        Whether what was left out is tried again.
    """

    first: str = STAGES[0]
    last: str = STAGES[-1]
    steps: tuple[int, int] = (1, 8)
    redo: bool = False
    engine: str | None = None
    snap_stages: tuple[str, str] = (SNAP_STAGE_NAMES[0], SNAP_STAGE_NAMES[-1])
    takes_over: bool = False
    retries: bool = False

    def includes(self, unit: Unit) -> bool:
        """Tell whether a unit is asked for."""
        if not STAGES.index(self.first) <= STAGES.index(unit.stage) <= STAGES.index(self.last):
            return False
        if unit.stage == "prepare" and (name := stage_of(unit)):
            first, last = (SNAP_STAGE_NAMES.index(stage) for stage in self.snap_stages)
            return first <= SNAP_STAGE_NAMES.index(name) <= last
        return unit.step is None or self.steps[0] <= unit.step.number <= self.steps[1]


def project_states(project: Project) -> list[UnitState]:
    """
    Tell where every unit of a project stands.

    Raises
    ------
    InputError
        If the configuration does not tell where the export is.
    """
    records = Journal(project.logs_folder / JOURNAL_NAME).last_done()
    return states_of(units_of(project), records, project.folder)


def pending_units(states: Sequence[UnitState], request: Request) -> list[UnitState]:
    """
    Return what a request would do now, in order.

    Parameters
    ----------
    states : sequence of UnitState
        Where the units stand.
    request : Request
        What is asked for.
    """
    asked = [state for state in states if request.includes(state.unit)]
    if request.retries:
        asked = [_asked_again(state) if _was_left_out(state) else state for state in asked]
    if request.redo:
        return [_asked_again(state) if state.condition is Condition.DONE else state for state in asked]
    return [state for state in asked if state.condition is not Condition.DONE]


def run_project(project: Project, request: Request | None = None, reporter: Reporter | None = None) -> list[Record]:
    """
    Do everything that is asked for and not done yet.

    Parameters
    ----------
    project : Project
        The project.
    request : Request, optional
        What is asked for; everything by default.
    reporter : Reporter, optional
        Listens.

    Returns
    -------
    list of Record
        What was done, in order.

    Raises
    ------
    SnapstampsError
        With the cause and what to try. What ended well before it stays done.
    """
    request = request or Request()
    with project_lock(project.logs_folder):
        if project.options.cluster.kind != "none" and not pending_units(project_states(project), request):
            return []  # no cluster is asked for workers that would have nothing to do
        with open_crew(project) as crew:
            return _Run(project, request, reporter or SilentReporter(), crew).run()


@dataclass(frozen=True)
class _PatchJob:
    """What a worker needs to do the pending steps of one patch."""

    project: Project
    request: Request
    units: tuple[Unit, ...]

    @property
    def name(self) -> str:
        """Return what messages call it."""
        return self.units[0].store.path.name if self.units[0].store else self.units[0].name


class _Run:
    def __init__(self, project: Project, request: Request, reporter: Reporter, crew: Crew) -> None:
        self.project = project
        self.request = request
        self.reporter = reporter
        self.crew = crew
        self.done: list[Record] = []
        self.total = 0
        self._finished: set[str] = set()

    def run(self) -> list[Record]:
        engine = _engine_of(self.project, self.request)
        if STAGES.index(self.request.last) >= STAGES.index("stamps"):
            engine.refuse(dict(self.project.parms))
        self._remove_leftovers()
        self._prepare()
        for stage in ("check", "candidates"):
            for unit in self._pending(stage):
                self._do(unit, stage)
        pending = self._pending("stamps")
        if pending:
            self._prepare_steps(pending)
            self._do_patches([unit for unit in pending if unit.step and unit.step.scope is Scope.PATCH])
            for unit in pending:
                if unit.step and unit.step.scope is Scope.STACK:
                    self._do_stack_step(unit)
        for stage in ("export", "report"):
            for unit in self._pending(stage):
                self._do(unit, stage)
        return self.done

    def _prepare(self) -> None:
        """Do what is pending of SNAP; the plan comes first, because it tells what there is to do."""
        if not has_scenes(self.project):
            return
        for unit in self._pending("prepare"):
            if unit.name == PLAN_UNIT:
                self._begin(unit)
                self._end(do_plan(self.project, unit, self._journal()))
        pending = self._pending("prepare")
        if pending:
            do_chains(
                self.project,
                pending,
                crew=self.crew,
                takes_over=self.request.takes_over,
                started=self._begin,
                ended=self._end,
            )

    def _remove_leftovers(self) -> None:
        shutil.rmtree(self.project.folder / WORK_NAME, ignore_errors=True)
        for folder in (self.project.stamps_folder, self.project.products_folder):
            remove_leftovers_below(folder)

    def _pending(self, stage: str) -> list[Unit]:
        """Return what must be done of a stage; what comes before it must be done already."""
        states = project_states(self.project)
        self.reporter.planned(states)
        pending = [s for s in pending_units(states, self.request) if s.unit.name not in self._finished]
        self.total = len(self.done) + len(pending)
        mine = [state for state in pending if state.unit.stage == stage]
        if mine:
            _require_done_before(mine[0], states)
        return [state.unit for state in mine]

    def _do(self, unit: Unit, stage: str) -> None:
        works: dict[str, Callable[..., Outcome]] = {
            "check": stages.do_check,
            "candidates": partial(stages.do_candidates, crew=self.crew),
            "export": partial(stages.do_export, crew=self.crew),
            "report": stages.do_report,
        }
        work = works[stage]
        self._begin(unit)
        record = record_work(
            unit,
            lambda: work(self.project, unit, self.reporter.progress),
            journal=self._journal(),
            root=self.project.folder,
            engine="snapstamps",
            versions={"snapstamps": __version__},
        )
        self._end(record)

    def _prepare_steps(self, pending: Sequence[Unit]) -> None:
        stamps = StampsStore(self.project.stamps_folder)
        sync_parms(stamps, self.project.parms)
        if any(unit.step and unit.step.name == "load" for unit in pending):
            require_room(stamps, _n_scenes(stamps))

    def _do_patches(self, units: Sequence[Unit]) -> None:
        patches = dict.fromkeys(unit.store.path for unit in units if unit.store)
        jobs = [
            _PatchJob(self.project, self.request, tuple(u for u in units if u.store and u.store.path == path))
            for path in patches
        ]
        workers = min(self.crew.workers, len(jobs))
        if not self.crew.remote:
            workers = patches_at_once(self.project, [job.units for job in jobs], workers)
        if workers <= 1 and not self.crew.remote:
            for unit in units:
                self._begin(unit)
                self._end(_do_unit(self.project, self.request, unit, self.reporter, Alone()))
            return
        for job in jobs:
            self.reporter.started(job.name, 0, self.total)
        for _, records in self.crew.completed(_do_patch, jobs, at_most=workers):
            if self.crew.remote:
                await_files(records, self.project.folder)
            for record in records:
                self._end(record)

    def _do_stack_step(self, unit: Unit) -> None:
        self._begin(unit)
        step, store = unit.step, unit.store
        if step is None or store is None:
            raise ValueError(f"{unit.name} is no step")
        if step.name == "merge":
            self._require_merged_fits(store)
        if step.name == "unwrap" and unit.round == 1:
            # StaMPS takes scla_smooth2 for the result of a round before, whoever left it there.
            store.delete("scla2", "scla_smooth2", "scn2")
        self._end(_do_unit(self.project, self.request, unit, self.reporter, self.crew))

    def _require_merged_fits(self, stamps: StampsStore) -> None:
        if float(self.project.parms["merge_resample_size"]) > 0:
            return
        n = sum(int(patch.read("ps2", "n_ps").n_ps) for patch in stamps.patches() if patch.has("ps2"))
        remedy = "a larger stamps.parms.merge_resample_size, or patches kept apart"
        require_fits(n, _n_scenes(stamps), stamps.path, remedy)

    def _begin(self, unit: Unit) -> None:
        self.reporter.started(unit.name, len(self.done) + 1, max(self.total, len(self.done) + 1))

    def _end(self, record: Record) -> None:
        self.done.append(record)
        self._finished.add(record.unit)
        self.reporter.finished(record)

    def _journal(self) -> Journal:
        return Journal(self.project.logs_folder / JOURNAL_NAME)


def sync_parms(stamps: StampsStore, parms: Mapping[str, Any]) -> None:
    """
    Bring ``parms.mat`` to the configured values; what step 1 took from the headers stays.

    Parameters
    ----------
    stamps : StampsStore
        The working folder.
    parms : mapping
        Values of all parameters.
    """
    path = stamps.path / "parms.mat"
    stored = read_parms(path) if path.is_file() else {}
    from_data = {name for name, parm in definitions().items() if parm.from_data}
    wanted = {**stored, **{name: value for name, value in parms.items() if name not in from_data}}
    for name in from_data - stored.keys():
        wanted[name] = parms[name]
    if repr(sorted(wanted.items())) != repr(sorted(stored.items())):
        write_parms(path, wanted)


def _do_patch(job: _PatchJob) -> list[Record]:
    """Do the pending steps of one patch; runs in a worker."""
    return [_do_unit(job.project, job.request, unit, SilentReporter(), Alone()) for unit in job.units]


def _do_unit(project: Project, request: Request, unit: Unit, reporter: Reporter, crew: Crew) -> Record:
    options = project.options
    engine = _engine_of(project, request)
    context = RunContext(
        progress=reporter.progress,
        mapper=crew.in_order,
        quirks=options.stamps.quirks,
        unwrap_solver=options.stamps.unwrap_solver,
        memory=memory_budget(project),
        logs=project.logs_folder,
    )
    return record_work(
        unit,
        lambda: do_step(unit, engine, project.parms, context),
        journal=Journal(project.logs_folder / JOURNAL_NAME),
        root=project.folder,
        engine=engine.name,
        versions={"snapstamps": __version__, engine.name: engine.version()},
    )


def _engine_of(project: Project, request: Request) -> Engine:
    options = project.options.stamps
    return create_engine(
        request.engine or options.engine, options, prefer_original=follows_paper(project.options.project.profile)
    )


def _was_left_out(state: UnitState) -> bool:
    return state.record is not None and state.record.engine == LEFT_OUT


def _asked_again(state: UnitState) -> UnitState:
    return replace(state, condition=Condition.STALE, reason="asked for again")


def _require_done_before(first: UnitState, states: Sequence[UnitState]) -> None:
    names = [state.unit.name for state in states]
    for state in states[: names.index(first.unit.name)]:
        if state.unit.name in first.unit.after and state.condition is not Condition.DONE:
            raise InputError(
                f"{first.unit.name} needs {state.unit.name}, which is {state.condition.value}",
                why=state.reason,
                remedy="`snapstamps run`, which does everything that is not done, in order",
            )


def _n_scenes(stamps: StampsStore) -> int:
    path = stamps.path / "pscphase.in"
    return len(path.read_text(encoding="utf-8").splitlines()) if path.is_file() else 1
