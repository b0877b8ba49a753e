"""What SNAP would run for one pair of a project: the very job, and the command; nothing is written."""

import shlex
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from snapstamps.config.project import Project
from snapstamps.external.gpt import SnapInstallation
from snapstamps.model.errors import InputError
from snapstamps.model.units import yyyymmdd
from snapstamps.pipeline.snap_plan import current_plan, has_scenes, make_plan, scenes_folder
from snapstamps.pipeline.snap_workshop import open_workshop
from snapstamps.snap.jobs import Job
from snapstamps.snap.operators import NEWEST
from snapstamps.snap.prepare_plan import PreparePlan
from snapstamps.snap.run import (
    Task,
    Workshop,
    coregister_task,
    export_task,
    merge_task,
    split_task,
    task_command,
)


@dataclass(frozen=True)
class PlannedRun:
    """
    One run of gpt as a project would make it.

    Attributes
    ----------
    unit : str
        Its name, such as ``coregister/20200304_20200316``.
    job : SplitJob, CoregisterJob, MergeJob or StampsExportJob
        From which its graph is made.
    command : str
        As it could be typed into a shell.
    """

    unit: str
    job: Job
    command: str


def plan_of(project: Project) -> PreparePlan | None:
    """
    Return the plan of a project's preparation: that which is kept, else one made now; None where there are no scenes.

    Raises
    ------
    SnapstampsError
        If no plan can be made of the scenes.
    """
    if not has_scenes(project):
        return None
    plan = current_plan(project)
    if plan is None and scenes_folder(project).is_dir() and any(scenes_folder(project).iterdir()):
        return make_plan(project)
    return plan


def planned_run(
    project: Project,
    plan: PreparePlan,
    snap: SnapInstallation | None,
    *,
    stage: str,
    slave: date | None = None,
    swath: str | None = None,
) -> PlannedRun:
    """
    Return what a stage would run for one slave.

    Parameters
    ----------
    project : Project
        That begins with scenes.
    plan : PreparePlan
        Its plan.
    snap : SnapInstallation or None
        Which SNAP; None where there is none, and the command then names gpt only.
    stage : str
        Of SNAP's table.
    slave : date, optional
        The first one by default; the master's date for its own split.
    swath : str, optional
        Of a coregistration; the first one by default.

    Raises
    ------
    InputError
        If the project has no such date, sub-swath, or need of the stage.
    """
    shop = open_workshop(project, plan, snap=snap or _nowhere())
    day = slave or plan.slaves[0].day
    if day not in {one.day for one in plan.dates} or (day == plan.master and stage != "split"):
        known = ", ".join(yyyymmdd(one.day) for one in plan.slaves)
        raise InputError(
            f"{yyyymmdd(day)} is no slave of this project",
            where=project.folder,
            why=f"its master is {yyyymmdd(plan.master)}, its slaves are {known}",
            remedy="one of these in --pair, or another folder with -C",
        )
    task = _task(shop, stage, day, swath)
    folder, words = task_command(shop, task)
    return PlannedRun(task.name, task.job, f"cd {shlex.quote(str(folder))} && {shlex.join(words)}")


def _task(shop: Workshop, stage: str, day: date, swath: str | None) -> Task:
    swaths = shop.chain.swaths
    if swath is not None and swath not in swaths:
        raise InputError(f"the area does not lie in {swath}", why=f"it lies in {', '.join(swaths)}")
    match stage:
        case "split":
            return split_task(shop, day)
        case "coregister":
            return coregister_task(shop, day, swath or swaths[0])
        case "merge" if len(swaths) == 1:
            raise InputError("nothing is merged in this project", why=f"the area lies in {swaths[0]} alone")
        case "merge":
            return merge_task(shop, day)
        case "stamps_export":
            return export_task(shop, day)
    raise KeyError(stage)


def _nowhere() -> SnapInstallation:
    """Return what stands for SNAP where there is none."""
    return SnapInstallation(Path(), Path("gpt"), NEWEST, Path())
