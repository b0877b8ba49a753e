"""
What SNAP will take: published times, until the project's own first units tell better.

Nobody has published how long this chain takes per pair. What there is: a graph of four operators on a scene of 430
million pixels in ten minutes on eight cores. It is scaled by pixels and cores, and may be wrong by a factor of several.
"""

from collections.abc import Mapping
from statistics import mean

from snapstamps.config.project import Project
from snapstamps.external.gpt import GptResources, machine, plan_resources
from snapstamps.journal import Record
from snapstamps.pipeline.project_size import planned
from snapstamps.pipeline.rates import published
from snapstamps.pipeline.snap_units import SNAP_STAGE_NAMES
from snapstamps.pipeline.stage_estimate import StageEstimate
from snapstamps.snap.disk import estimate_disk
from snapstamps.snap.prepare_plan import PreparePlan

PUBLISHED = "published time of another graph of SNAP; may be wrong by a factor of several"
OWN = "the project's own units"


def snap_estimates(project: Project, done: Mapping[str, Record]) -> list[StageEstimate]:
    """
    Estimate the stages of SNAP.

    Parameters
    ----------
    project : Project
        That begins with scenes.
    done : mapping of str to Record
        What the journal has, by unit.

    Raises
    ------
    SnapstampsError
        If no plan can be made of the scenes.
    """
    plan = planned(project)
    resources = _resources(project)
    side_by_side = project.options.cluster.workers if project.options.cluster.kind != "none" else resources.processes
    options = project.options.snap
    slaves = [one.day for one in plan.slaves]
    need = estimate_disk(
        plan, slaves, keep=options.keep, coherence=options.coherence, processes=min(side_by_side, len(slaves))
    )
    stays = {"split": need.splits, "coregister": need.parts or need.pairs, "merge": need.pairs}
    estimates = []
    for stage in SNAP_STAGE_NAMES:
        units = _units(stage, plan)
        if not units:
            continue
        own = [one.seconds for unit, one in done.items() if unit.partition("/")[0] == stage and one.engine == "snap"]
        each = mean(own) if own else _published(_pixels(stage, plan), resources.threads)
        kept = need.export if stage == "stamps_export" else stays[stage] if options.keep == "all" else 0
        estimates.append(
            StageEstimate(
                name=stage,
                units=units,
                work=units * each,
                seconds=-(-units // min(side_by_side, units)) * each,
                memory=resources.heap * min(side_by_side, units),
                disk=kept,
                basis=OWN if own else PUBLISHED,
                happened=sum(own) if own else None,
            )
        )
    return estimates


def _resources(project: Project) -> GptResources:
    snap, cluster = project.options.snap, project.options.cluster
    heap = None if snap.heap == "auto" else snap.heap
    if cluster.kind == "none":
        return plan_resources(*machine(), heap=heap, processes=snap.workers)
    return plan_resources(cluster.cores, cluster.memory, heap=heap, processes=1)


def _units(stage: str, plan: PreparePlan) -> int:
    swaths, slaves = len(plan.master_date.swaths), len(plan.slaves)
    return {
        "split": len(plan.dates),
        "coregister": slaves * swaths,
        "merge": slaves if swaths > 1 else 0,
        "stamps_export": slaves,
    }[stage]


def _pixels(stage: str, plan: PreparePlan) -> float:
    """Return the pixels that one unit of a stage goes through."""
    whole = sum(swath.n_pixels for swath in plan.master_date.swaths)
    if stage == "split":
        return float(whole)
    return whole / len(plan.master_date.swaths) if stage == "coregister" else whole * plan.crop_share


def _published(pixels: float, threads: int) -> float:
    known = published()["snap"]
    return known["seconds"] * pixels / known["pixels"] * known["cores"] / threads
