"""
What a project will take before it starts: time, memory and disk of every stage; and, later, what it took.

The rates of our own stages are measured (``rates.toml``) and scaled by a short piece of work on this machine; those of
SNAP are published ones, until the first pairs of the project are done and tell better.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from snapstamps.config.project import Project
from snapstamps.journal import JOURNAL_NAME, Journal, Record
from snapstamps.pipeline.calibration import calibration_seconds
from snapstamps.pipeline.memory import fitting, memory_budget
from snapstamps.pipeline.pool import worker_count
from snapstamps.pipeline.project_size import ProjectSize, project_size
from snapstamps.pipeline.rates import Rate, published, rates
from snapstamps.pipeline.snap_estimate import snap_estimates
from snapstamps.pipeline.snap_plan import has_scenes
from snapstamps.pipeline.stage_estimate import StageEstimate
from snapstamps.snap.work_folder import free_bytes
from snapstamps.stamps.steps import patch_steps, stack_steps

MEASURED = "measured rates"
OCTAVE = "measured rates of the native engine, times what StaMPS under Octave took longer"


@dataclass(frozen=True)
class Estimate:
    """
    The estimate of a project.

    Attributes
    ----------
    size : ProjectSize
        What it rests on.
    stages : tuple of StageEstimate
        In order.
    workers : int
        Units side by side, as configured.
    speed : float
        Seconds of this machine, now, for one second where the rates were measured.
    free_disk : int
        Bytes.
    """

    size: ProjectSize
    stages: tuple[StageEstimate, ...]
    workers: int
    speed: float
    free_disk: int

    @property
    def seconds(self) -> float:
        """Return the time of all stages by the clock."""
        return sum(stage.seconds for stage in self.stages)

    @property
    def memory(self) -> int:
        """Return the most memory of any stage."""
        return max(stage.memory for stage in self.stages)

    @property
    def disk(self) -> int:
        """Return what all stages leave."""
        return sum(stage.disk for stage in self.stages)


def estimate_project(project: Project, *, speed: float | None = None) -> Estimate:
    """
    Estimate a project.

    Parameters
    ----------
    project : Project
        With an export or scenes.
    speed : float, optional
        Seconds of this machine for one where the rates were measured; measured by default.

    Raises
    ------
    SnapstampsError
        If there is neither an export nor scenes, or they are damaged.
    """
    if speed is None:
        speed = calibration_seconds() / rates().machine["calibration_seconds"]
    size = project_size(project)
    cluster = project.options.cluster
    workers = worker_count(project.options.run.workers) if cluster.kind == "none" else cluster.workers
    done = Journal(project.logs_folder / JOURNAL_NAME).last_done()
    stages: list[StageEstimate] = []
    if has_scenes(project):
        stages += snap_estimates(project, done)
    stages += _own_stages(project, size, workers, speed, seconds_by_stage(done.values()))
    return Estimate(size, tuple(stages), workers, speed, free_bytes(project.folder))


def _own_stages(
    project: Project, size: ProjectSize, workers: int, speed: float, happened: Mapping[str, float]
) -> list[StageEstimate]:
    known = rates().stages
    octave = project.options.stamps.engine == "octave"
    slower = published()["octave"]["factor"] if octave else 1.0
    basis = OCTAVE if octave else MEASURED
    stages = [_single(name, known[name], size, speed, happened) for name in ("check", "candidates")]
    for step in patch_steps():
        rate, each = known[step.key], size.per_patch()
        peak = rate.peak(each, size.dates)
        side_by_side = min(workers, size.patches)
        if project.options.cluster.kind == "none":
            side_by_side = fitting(side_by_side, peak, memory_budget(project))
        work = size.patches * rate.time(each, size.dates) * speed * slower
        waves = -(-size.patches // side_by_side)
        stages.append(
            StageEstimate(
                name=step.key,
                units=size.patches,
                work=work,
                seconds=work / size.patches * waves,
                memory=peak * side_by_side,
                disk=size.patches * rate.left(each, size.dates),
                basis=basis,
                happened=happened.get(step.key),
            )
        )
    for step in stack_steps():
        stages.append(_single(step.key, known[step.key], size, speed * slower, happened, basis))
    figures = len(project.options.export.figures) * rates().typical["figures_seconds"] * speed
    report = _single("report", known["report"], size, speed, happened)
    report = replace(report, work=report.work + figures, seconds=report.seconds + figures)
    return [*stages, _single("export", known["export"], size, speed, happened), report]


def _single(
    name: str, rate: Rate, size: ProjectSize, speed: float, happened: Mapping[str, float], basis: str = MEASURED
) -> StageEstimate:
    seconds = rate.time(size.sizes, size.dates) * speed
    return StageEstimate(
        name=name,
        units=1,
        work=seconds,
        seconds=seconds,
        memory=rate.peak(size.sizes, size.dates),
        disk=rate.left(size.sizes, size.dates),
        basis=basis,
        happened=happened.get(name),
    )


def seconds_by_stage(records: Iterable[Record]) -> dict[str, float]:
    """
    Return what was taken by each stage or step, as the estimate names them: all patches and rounds together.

    Parameters
    ----------
    records : iterable of Record
        Of units of work.
    """
    seconds: dict[str, float] = {}
    for record in records:
        name = Path(record.unit).name.partition("@")[0]
        seconds[name] = seconds.get(name, 0.0) + record.seconds
    return seconds
