"""What a project knows of its results' origins: the scenes behind each date, the area, how SNAP prepared them."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path

from snapstamps.config.options import ExportOptions
from snapstamps.config.project import Project
from snapstamps.journal import JOURNAL_NAME, Journal, Record
from snapstamps.model.units import yyyymmdd
from snapstamps.pipeline.snap_plan import current_plan, has_scenes
from snapstamps.results.acquisitions import PRODUCT_ID, SLICES, SceneFacts
from snapstamps.results.areas import Outline
from snapstamps.results.collect import Origin
from snapstamps.results.preparation import Preparation
from snapstamps.snap.aoi import read_aoi
from snapstamps.snap.prepare_plan import PlannedDate, PreparePlan

_SPLIT = "split/"
_RESTITUTED = "restituted orbit"
"""What the note of a split says where SNAP applied one."""


def scene_facts(project: Project) -> dict[date, SceneFacts]:
    """
    Return the products and kinds of orbit behind each date.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    dict of date to SceneFacts
        Empty where the project began with an export: its headers name the master's product only.

    Raises
    ------
    DataError
        If the plan of the preparation is damaged.
    """
    plan = _plan(project)
    records = _records(project)
    return {one.day: _facts_of(one, records) for one in plan.dates} if plan is not None else {}


def interest_of(project: Project) -> Outline | None:
    """
    Return the project's area of interest.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    Outline or None
        None where the project names none.

    Raises
    ------
    InputError
        If the area cannot be read.
    """
    text = project.options.project.aoi
    if not text:
        return None
    return Outline(read_aoi(text, folder=project.folder).geometry, "area of interest of the project")


def preparation_of(project: Project) -> Preparation | None:
    """
    Return how SNAP prepared the stack, as the plan and the journal know it.

    Parameters
    ----------
    project : Project
        The project.

    Returns
    -------
    Preparation or None
        None where the project began with an export.

    Raises
    ------
    DataError
        If the plan of the preparation is damaged.
    """
    plan = _plan(project)
    if plan is None:
        return None
    records = _records(project)
    versions = {record.versions["snap"]: None for record in records.values() if "snap" in record.versions}
    kinds = [_facts_of(one, records).orbit_kind for one in plan.dates]
    return Preparation(
        snap_versions=tuple(versions),
        polarisation=plan.polarisation,
        bursts=plan.bursts,
        elevation_model=plan.dem if plan.dem_file is None else plan.dem_file.name,
        orbits={kind: kinds.count(kind) for kind in ("POEORB", "RESORB") if kind in kinds},
        spectral_diversity=project.options.snap.esd == "auto" and max(plan.bursts.values()) > 1,
    )


def origin_of(project: Project, provenance: Mapping[str, str]) -> Origin:
    """
    Return what the project's results are made from.

    Parameters
    ----------
    project : Project
        The project.
    provenance : mapping of str to str
        How they were made.

    Raises
    ------
    InputError
        If the area of interest cannot be read.
    DataError
        If the plan of the preparation is damaged.
    """
    return Origin(
        stamps_folder=project.stamps_folder,
        options=located_options(project),
        parms=dict(project.parms),
        name=project.options.project.name or project.folder.name,
        provenance=dict(provenance),
        scenes=scene_facts(project),
        interest=interest_of(project),
    )


def located_options(project: Project) -> ExportOptions:
    """Return the options of the results, with absolute paths."""
    options = project.options.export
    reference = options.reference
    return options.model_copy(
        update={
            "reference": project.path_of(reference) if isinstance(reference, Path) else reference,
            "lines": tuple(project.path_of(path) for path in options.lines),
            "areas": project.path_of(options.areas) if options.areas else None,
            "points": project.path_of(options.points) if options.points else None,
        }
    )


def _plan(project: Project) -> PreparePlan | None:
    return current_plan(project) if has_scenes(project) else None


def _records(project: Project) -> Mapping[str, Record]:
    return Journal(project.logs_folder / JOURNAL_NAME).last_done()


def _facts_of(one: PlannedDate, records: Mapping[str, Record]) -> SceneFacts:
    products = (PRODUCT_ID.search(path.name) for path in one.slices)
    split = records.get(f"{_SPLIT}{yyyymmdd(one.day)}")
    # SNAP takes the other kind where it does not find the one that was asked for; the journal tells of it
    taken = split is not None and any(_RESTITUTED in note for note in split.notes)
    kind = "RESORB" if taken or one.orbit == "restituted" else "POEORB"
    return SceneFacts(SLICES.join(found[0] for found in products if found) or None, kind)
