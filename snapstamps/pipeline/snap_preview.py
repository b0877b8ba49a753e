"""What a preparation would do: the commands, and the disk that they need; nothing is written."""

from dataclasses import dataclass
from pathlib import Path

from snapstamps.config.project import Project
from snapstamps.journal import JOURNAL_NAME, Journal
from snapstamps.pipeline.runner import Request, pending_units
from snapstamps.pipeline.snap_plan import make_plan
from snapstamps.pipeline.snap_units import PLAN_UNIT, snap_units, units_of_plan
from snapstamps.pipeline.snap_work import chains_of, task_of
from snapstamps.pipeline.snap_workshop import open_workshop
from snapstamps.pipeline.state import Condition, states_of
from snapstamps.snap.disk import estimate_disk
from snapstamps.snap.run import Workshop, task_command
from snapstamps.snap.work_folder import free_bytes


@dataclass(frozen=True)
class PreviewedRun:
    """
    One run of gpt that would be made.

    Attributes
    ----------
    unit : str
        Its name.
    reason : str
        Why it is to be done.
    folder : Path
        In which gpt would run.
    words : tuple of str
        The exact command.
    """

    unit: str
    reason: str
    folder: Path
    words: tuple[str, ...]


@dataclass(frozen=True)
class Preview:
    """
    What a preparation would do.

    Attributes
    ----------
    workshop : Workshop
        SNAP, the plan, and what each gpt may use.
    runs : tuple of PreviewedRun
        In order.
    need, free : int
        Disk, bytes.
    """

    workshop: Workshop
    runs: tuple[PreviewedRun, ...]
    need: int
    free: int


def preview(project: Project, request: Request) -> Preview:
    """
    Tell what a preparation would do now.

    Parameters
    ----------
    project : Project
        That begins with scenes.
    request : Request
        What is asked for.

    Raises
    ------
    SnapstampsError
        If no plan can be made of the scenes, or SNAP is not found.
    """
    records = Journal(project.logs_folder / JOURNAL_NAME).last_done()
    plan_state = states_of(snap_units(project)[:1], records, project.folder)[0]
    plan = make_plan(project) if plan_state.condition is not Condition.DONE else None
    shop = open_workshop(project, plan)
    # the plan counts as done, as it will be when the units are
    units = units_of_plan(project, shop.plan)
    pending = [s for s in pending_units(states_of(units, records, project.folder), request) if s.unit.name != PLAN_UNIT]
    runs = []
    for state in pending:
        folder, words = task_command(shop, task_of(shop, state.unit))
        runs.append(PreviewedRun(state.unit.name, state.reason, folder, words))
    pairs = [day for day in chains_of([state.unit for state in pending]) if day != shop.plan.master]
    options = project.options.snap
    need = estimate_disk(
        shop.plan, pairs, keep=options.keep, coherence=options.coherence, processes=shop.resources.processes
    )
    return Preview(shop, tuple(runs), need.peak, free_bytes(project.folder))
