"""
Running SNAP, one unit of work at a time: graph, gpt, verification, and only then the move to its place.

Failure is judged in this order: exit status, known phrases in the log, then the product itself. A gpt that is done and
does not end is stopped, and its product counts if it is whole.
"""

import logging
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from snapstamps.external.gpt import GptResources, SnapInstallation, gpt_words, run_gpt
from snapstamps.formats.atomic import write_text
from snapstamps.formats.dimap_product import DimapProduct, read_product
from snapstamps.model.errors import DataError, SnapstampsError
from snapstamps.model.units import yyyymmdd
from snapstamps.snap.chain import Chain, Cut
from snapstamps.snap.export_pair import PairExport, publish_pair_export, verify_pair_export
from snapstamps.snap.jobs import Job
from snapstamps.snap.prepare_plan import PlannedDate, PreparePlan
from snapstamps.snap.products import (
    PairExpectation,
    Verified,
    require_readable,
    verify_coregistered,
    verify_interferogram,
    verify_split,
)
from snapstamps.snap.render import render_graph
from snapstamps.snap.work_folder import alone, fresh_folder, publish_product

log = logging.getLogger(__name__)

WORK_NAME = ".snap-work"
"""Folder of a project in which gpt works; what lies in it is of no more use once no run is at work."""


@dataclass(frozen=True)
class Workshop:
    """
    All that runs of SNAP share.

    Attributes
    ----------
    snap : SnapInstallation
        Which SNAP.
    plan : PreparePlan
        Dates, bursts, master.
    chain : Chain
        Names of products, and the choices for all pairs.
    resources : GptResources
        What each gpt may use.
    timeout, silence : float
        Longest time of one gpt in all, and without a new line, s.
    orbits : str
        Which orbits are good enough; see ``verify_split``.
    """

    snap: SnapInstallation
    plan: PreparePlan
    chain: Chain
    resources: GptResources
    timeout: float
    silence: float
    orbits: str

    @property
    def work(self) -> Path:
        """Return the folder in which the work is done."""
        return self.chain.folder / WORK_NAME

    @property
    def logs(self) -> Path:
        """Return the folder of graphs and logs."""
        return self.chain.folder / "logs" / "snap"


@dataclass(frozen=True)
class Task:
    """
    One run of gpt.

    Attributes
    ----------
    name : str
        Of the unit, such as ``split/20200304``.
    job : SplitJob, CoregisterJob, MergeJob or StampsExportJob
        What it does, written into the folder of the work.
    inputs : tuple of Path
        Products (``.dim``) that it reads.
    products : tuple of (Path, Path)
        Each product as it is made, and its place.
    verify : callable
        Verifies products at given places, in the order of ``products``.
    """

    name: str
    job: Job
    inputs: tuple[Path, ...]
    products: tuple[tuple[Path, Path], ...]
    verify: Callable[[tuple[Path, ...]], tuple[Verified, ...]]


@dataclass(frozen=True)
class Finished:
    """
    A unit that is done.

    Attributes
    ----------
    files : tuple of Path
        What it left, in its place.
    notes : tuple of str
        What the user should know.
    """

    files: tuple[Path, ...]
    notes: tuple[str, ...]


def folder_of(shop: Workshop, name: str) -> Path:
    """Return the folder in which a unit works."""
    return shop.work / name.replace("/", "_")


def graph_of(shop: Workshop, name: str) -> Path:
    """Return where the graph of a unit is kept; its log lies beside it."""
    return shop.logs / f"{name.replace('/', '_')}.xml"


def split_task(shop: Workshop, day: date) -> Task:
    """Return the run that makes the split products of a date."""
    planned = next(one for one in shop.plan.dates if one.day == day)
    name = f"split/{yyyymmdd(day)}"
    cuts = {swath.name: Cut(swath.first, swath.last) for swath in planned.swaths}
    chain = replace(shop.chain, orbit=planned.orbit)
    job = chain.split_job(day, planned.slices, cuts, work=folder_of(shop, name))
    places = [chain.split_product(day, swath.name) for swath in sorted(planned.swaths, key=lambda one: one.name)]

    def verify(paths: tuple[Path, ...]) -> tuple[Verified, ...]:
        return tuple(_split_verified(shop, planned, path) for path in paths)

    return Task(name, job, (), tuple((folder_of(shop, name) / path.name, path) for path in places), verify)


def _split_verified(shop: Workshop, planned: PlannedDate, path: Path) -> Verified:
    swath = next(one for one in planned.swaths if path.stem.endswith(f"_{one.name}"))
    return verify_split(path, day=planned.day, swath=swath, polarisation=shop.plan.polarisation, orbits=shop.orbits)


def coregister_task(shop: Workshop, slave: date, swath: str) -> Task:
    """Return the run that makes the products of a pair and sub-swath."""
    chain = shop.chain
    part = swath if len(chain.swaths) > 1 else None
    name = f"coregister/{chain.pair(slave, part)}"
    job = chain.coregister_job(slave, swath, work=folder_of(shop, name))
    in_names = swath if part or chain.topography == "in_interferogram" else None
    return Task(
        name,
        job,
        (job.master, job.slave),
        (
            (job.coregistered, chain.coregistered(slave, part)),
            (job.interferogram, chain.interferogram(slave, part)),
        ),
        lambda paths: _pair_verified(shop, slave, paths, part=part, swath=swath, ifg_swath=in_names),
    )


def merge_task(shop: Workshop, slave: date) -> Task:
    """Return the run that joins the sub-swaths of a pair."""
    chain = shop.chain
    name = f"merge/{chain.pair(slave)}"
    job = chain.merge_job(slave, work=folder_of(shop, name))
    return Task(
        name,
        job,
        (*job.coregistered_parts, *job.interferogram_parts),
        ((job.coregistered, chain.coregistered(slave)), (job.interferogram, chain.interferogram(slave))),
        lambda paths: _pair_verified(shop, slave, paths, part=None, swath=None, ifg_swath=None),
    )


def _pair_verified(
    shop: Workshop, slave: date, paths: tuple[Path, ...], *, part: str | None, swath: str | None, ifg_swath: str | None
) -> tuple[Verified, ...]:
    """Verify coregistered product and interferogram of a pair, and that they fit each other and the other pairs."""
    other = _other_pair(shop, slave, part)
    expected = PairExpectation(
        shop.plan.master, slave, shop.plan.polarisation, swath, with_ground=part is None, other=other
    )
    coregistered = verify_coregistered(paths[0], expected)
    grid = replace(expected, swath=ifg_swath, other=read_product(paths[0]))
    return coregistered, verify_interferogram(paths[1], grid)


def _other_pair(shop: Workshop, slave: date, part: str | None) -> DimapProduct | None:
    """Return the coregistered product of another pair, if there is one already."""
    for one in shop.plan.slaves:
        path = shop.chain.coregistered(one.day, part)
        if one.day != slave and path.is_file():
            return read_product(path)
    return None


def export_task(shop: Workshop, slave: date) -> Task:
    """Return the run that exports a pair; what it leaves is no product of SNAP's own."""
    name = f"stamps_export/{shop.chain.pair(slave)}"
    folder = folder_of(shop, name) / shop.chain.export_folder.name
    job = shop.chain.stamps_export_job(slave, folder=folder)

    def verify(_paths: tuple[Path, ...]) -> tuple[Verified, ...]:
        return (Verified((), verify_pair_export(folder, pair_export(shop, slave))),)

    return Task(name, job, (job.coregistered, job.interferogram), (), verify)


def pair_export(shop: Workshop, slave: date) -> PairExport:
    """Return what the export of a pair consists of."""
    product = read_product(shop.chain.interferogram(slave))
    return PairExport(shop.plan.master, slave, product.width, product.height)


def task_command(shop: Workshop, task: Task) -> tuple[Path, tuple[str, ...]]:
    """Return the folder in which, and the exact words with which, gpt runs for a task."""
    return folder_of(shop, task.name), gpt_words(shop.snap, graph_of(shop, task.name), shop.resources)


def run_task(shop: Workshop, task: Task) -> Finished:
    """
    Do a task: run gpt, verify, move to its place.

    Raises
    ------
    InputError
        If the graph cannot be made, or a product cannot be moved.
    ToolError
        If gpt fails.
    DataError
        If what it made, or what it is to read, is not what it should be.
    """
    _require_inputs(task)
    require_readable(task.inputs, shop.snap.version)
    folder, graph = fresh_folder(folder_of(shop, task.name)), graph_of(shop, task.name)
    graph.parent.mkdir(parents=True, exist_ok=True)
    write_text(graph, render_graph(task.job, shop.snap.version))
    made = tuple(path for path, _ in task.products)
    for path in made:
        path.parent.mkdir(parents=True, exist_ok=True)
    try:
        run = run_gpt(
            shop.snap,
            graph,
            cwd=folder,
            log=graph.with_suffix(".log"),
            resources=shop.resources,
            timeout=shop.timeout,
            silence=shop.silence,
            complete=lambda: _is_whole(task, made),
            name=f"gpt for {task.name}",
        )
        verified = task.verify(made)
    except SnapstampsError:
        shutil.rmtree(folder, ignore_errors=True)  # graph and log tell more than half a product, which may be large
        raise
    for one, place in task.products:
        publish_product(one, place)
    if task.products:
        clear(shop, task.name)
    notes = [note for one in verified for note in one.notes]
    notes += [f"{task.name}: {warning.cause}" for warning in run.warnings]
    if run.did_not_end:
        notes.append(f"{task.name}: gpt was done and did not end; it was stopped, its product is whole")
    return Finished(_in_place(task, verified), tuple(notes))


def run_export(shop: Workshop, slave: date) -> Finished:
    """
    Export a pair into ``INSAR_<master>``; one pair at a time does so.

    Raises
    ------
    InputError, ToolError, DataError
        As `run_task`.
    """
    task = export_task(shop, slave)
    with alone(shop.work):
        finished = run_task(shop, task)
        pair = pair_export(shop, slave)
        target = shop.chain.export_folder
        publish_pair_export(folder_of(shop, task.name) / target.name, target, pair)
    clear(shop, task.name)
    return Finished(tuple(target / name for name in pair.rasters), finished.notes)


def taken_over(task: Task) -> Finished | None:
    """
    Verify products that lie in their place already, made by another tool or an earlier run.

    Returns
    -------
    Finished or None
        None where any of them is missing.

    Raises
    ------
    DataError
        If one is there, but is not what it should be.
    """
    places = tuple(place for _, place in task.products)
    if not places or not all(place.is_file() for place in places):
        return None
    verified = task.verify(places)
    notes = [f"{task.name}: taken over after verification"]
    return Finished(_in_place(task, verified), (*notes, *(note for one in verified for note in one.notes)))


def clear(shop: Workshop, name: str) -> None:
    """Delete the folder in which a unit has worked."""
    shutil.rmtree(folder_of(shop, name), ignore_errors=True)


def _require_inputs(task: Task) -> None:
    missing = [path for path in task.inputs if not path.is_file()]
    if missing:
        raise DataError(
            f"{task.name} cannot start: {missing[0].name} is missing",
            where=missing[0].parent,
            remedy="`snapstamps prepare`, which makes what is missing",
        )


def _is_whole(task: Task, made: tuple[Path, ...]) -> bool:
    try:
        task.verify(made)
    except SnapstampsError:
        return False
    return True


def _in_place(task: Task, verified: tuple[Verified, ...]) -> tuple[Path, ...]:
    """Return the files of verified products by the names that they have in their place."""
    files = []
    for (made, place), one in zip(task.products, verified, strict=False):
        for path in one.files:
            base = made.parent if path.is_relative_to(made.parent) else place.parent
            files.append(place.parent / path.relative_to(base))
    return tuple(files)
