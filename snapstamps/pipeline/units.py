"""
The units of work of a project, in order: what each reads, writes, and listens to.

A unit is the grain of resume: one date or pair of SNAP, the gate, the candidates, one step in one patch, one step
of the stack in one round, the export, the report.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from snapstamps.config.profile import profile_path
from snapstamps.config.project import Project
from snapstamps.model.errors import SnapstampsError
from snapstamps.pipeline.baseline_sign import comparison_file
from snapstamps.pipeline.snap_plan import has_scenes, plan_path
from snapstamps.pipeline.snap_units import area_file, export_unit_names, snap_units
from snapstamps.pipeline.unit import Unit
from snapstamps.stamps.steps import Step, patch_steps, stack_steps, step_named
from snapstamps.stamps.store import StampsStore

STAGES = ("prepare", "check", "candidates", "stamps", "export", "report")
"""The stages that ``run`` goes through, in order."""

REPORT_OPTIONS = frozenset({"lines", "areas", "points", "background", "figures"})
"""Options of [export] that only the report listens to."""

_STATE_FILES = frozenset({"psver"})
"""Small state files that several steps rewrite: they are no results, and make nothing stale."""


def units_of(project: Project) -> list[Unit]:
    """
    Return all units of a project, in the order in which they are done.

    The pairs of SNAP are known only once there is a plan, and the steps in the patches only once the candidates
    have made the patches; before that, the list ends there (a merged folder that was taken over needs no patches).

    Raises
    ------
    InputError
        If the configuration does not tell where the export is.
    """
    units = snap_units(project)
    if has_scenes(project) and not plan_path(project).is_file():
        return units
    units += [_check(project), _candidates(project)]
    stamps = StampsStore(project.stamps_folder)
    try:
        patches = stamps.patches()
    except SnapstampsError:
        if not stamps.has("ps2"):
            return units
        patches = []  # a folder taken over, whose patches were cleared after the merge
    units += _patch_units(project, patches)
    units += _stack_units(project, stamps, patches)
    units += [_export(project, stamps), _report(project, stamps)]
    return units


def export_files(folder: Path) -> tuple[Path, ...]:
    """Return the files of an ``INSAR_<master>`` folder that matter, in a stable order (none where it is gone)."""
    patterns = ("rslc/*.rslc", "rslc/*.par", "diff0/*.diff", "diff0/*.base", "geo/*.lon", "geo/*.lat", "geo/*dem.rdc")
    return tuple(path for pattern in patterns for path in sorted(folder.glob(pattern)))


def _check(project: Project) -> Unit:
    options = project.options.stamps_export
    product = (project.path_of(options.product),) if options.product else ()
    plan = (plan_path(project),) if has_scenes(project) else ()
    return Unit(
        name="check",
        stage="check",
        reads=(*_export_files_of(project), *product, *plan),
        writes=(),
        parms=options.model_dump(mode="json", include={"repair", "baselines", "product", "orbits"}),
        after=export_unit_names(project),
        notices_new=True,
    )


def _candidates(project: Project) -> Unit:
    options = project.options.candidates
    mask = (project.path_of(options.mask),) if options.mask else ()
    sizing = {name: project.parms[name] for name in ("clap_win", "filter_grid_size")}
    return Unit(
        name="candidates",
        stage="candidates",
        reads=(*_export_files_of(project), *mask),
        writes=(),
        parms={
            **options.model_dump(mode="json", include={"amplitude_dispersion", "patches", "overlap", "mask"}),
            **(sizing if options.patches == "auto" else {}),
        },
        after=("check",),
        leaves=(project.stamps_folder / "patch.list",),
        notices_new=True,
    )


def _export_files_of(project: Project) -> tuple[Path, ...]:
    try:
        return export_files(project.export_folder)
    except SnapstampsError:
        return ()


def _patch_units(project: Project, patches: list[StampsStore]) -> Iterator[Unit]:
    for patch in patches:
        before = "candidates"
        for step in patch_steps():
            name = f"{patch.path.name}/{step.key}"
            extra = _headers_of(patch.parent) if step.name == "load" else ()
            yield Unit(
                name=name,
                stage="stamps",
                reads=(*_files(patch, step.reads), *extra),
                writes=_files(patch, step.writes),
                parms=_step_parms(project, step),
                after=(before,),
                step=step,
                store=patch,
            )
            before = name


def _stack_units(project: Project, stamps: StampsStore, patches: list[StampsStore]) -> Iterator[Unit]:
    merge, unwrap, scla, scn = stack_steps()
    last_of_patches = patch_steps()[-1].key
    yield Unit(
        name=merge.key,
        stage="stamps",
        reads=tuple(path for patch in patches for path in _files(patch, merge.reads)),
        writes=_files(stamps, merge.writes),
        parms=_step_parms(project, merge),
        after=tuple(f"{patch.path.name}/{last_of_patches}" for patch in patches),
        step=merge,
        store=stamps,
    )
    before = merge.key
    rounds = project.options.stamps.rounds
    for number in range(1, rounds + 1):
        suffix = "" if number == 1 else f"@{number}"
        # From the second round on, step 6 reads what step 7 has left; step 8 feeds nothing back.
        for step in (unwrap, scla, scn) if number == rounds else (unwrap, scla):
            more = () if step is unwrap and number == 1 else step.may_read
            name = f"{step.key}{suffix}" if step is not scn else step.key
            yield Unit(
                name=name,
                stage="stamps",
                reads=_files(stamps, (*step.reads, *more)),
                writes=_files(stamps, step.writes),
                parms=_step_parms(project, step),
                after=(before,),
                step=step,
                store=stamps,
                round=number,
            )
            before = name


def _export(project: Project, stamps: StampsStore) -> Unit:
    rows = [step_named(name) for name in ("merge", "unwrap", "scla", "scn")]
    artefacts = dict.fromkeys(name for step in rows for name in step.writes if not name.startswith("uw_"))
    reference = ("ref_lon", "ref_lat", "ref_centre_lonlat", "ref_radius", "ref_velocity", "drop_ifg_index")
    return Unit(
        name="export",
        stage="export",
        reads=(*_files(stamps, tuple(artefacts)), *_places_of(project)),
        writes=(),
        parms={
            **project.options.export.model_dump(mode="json", exclude=set(REPORT_OPTIONS)),
            **{name: project.parms[name] for name in reference},
            **project.options.project.model_dump(mode="json", include={"name", "aoi"}),
        },
        after=(rows[-1].key,),
    )


def _places_of(project: Project) -> tuple[Path, ...]:
    """Return the files of the area of interest and of the reference, where they are files."""
    reference = project.options.export.reference
    return (*area_file(project), *((project.path_of(reference),) if isinstance(reference, Path) else ()))


def _report(project: Project, stamps: StampsStore) -> Unit:
    export = _export(project, stamps)
    options = project.options.export
    named = (*options.lines, *(path for path in (options.areas, options.points) if path is not None))
    profile = project.options.project.profile
    return Unit(
        name="report",
        stage="report",
        reads=(
            *export.reads,
            *(project.path_of(path) for path in named),
            *((profile_path(profile),) if profile else ()),
            comparison_file(project),
        ),
        writes=(),
        parms={
            **export.parms,
            **options.model_dump(mode="json", include=set(REPORT_OPTIONS)),
            **({"profile": profile} if profile else {}),
        },
        after=("export",),
        notices_new=True,
    )


def _step_parms(project: Project, step: Step) -> dict[str, Any]:
    """Return what decides a step: its declared parameters (the user's, not the data's) and our own switches."""
    options = project.options.stamps
    values = {name: project.parms[name] for name in step.parms if name not in {"lambda", "heading", "platform"}}
    values["stamps.quirks"] = options.quirks
    if step.name == "unwrap":
        values["stamps.unwrap_solver"] = options.unwrap_solver
    return values


def _files(store: StampsStore, artefacts: tuple[str, ...]) -> tuple[Path, ...]:
    return tuple(store.file(name) for name in artefacts if name not in _STATE_FILES)


def _headers_of(stamps: StampsStore) -> tuple[Path, ...]:
    """Return the lists that step 1 reads in the parent, and the headers that these name."""
    lists = (stamps.path / "rsc.txt", stamps.path / "pscphase.in")
    named: list[Path] = []
    for path in lists:
        if path.is_file():
            lines = [Path(line.strip()) for line in path.read_text(encoding="utf-8").splitlines()]
            named += [line.with_suffix(".base") if line.suffix == ".diff" else line for line in lines if line.suffix]
    return (*lists, *(path for path in named if path.is_file()))
