"""The stages around StaMPS's steps, each done for a project: the gate, the candidates, the export, the report."""

import logging
import re
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from snapstamps import __version__
from snapstamps.config.describe import option_infos, value_in
from snapstamps.config.project import Project
from snapstamps.config.stamps_parms import parm_definitions
from snapstamps.config.toml_text import literal
from snapstamps.formats.atomic import write_text
from snapstamps.journal import JOURNAL_NAME, Journal
from snapstamps.model.errors import SnapstampsError
from snapstamps.pipeline.arrival import await_sizes
from snapstamps.pipeline.crew import Crew
from snapstamps.pipeline.execute import Outcome, values_from_headers
from snapstamps.pipeline.memory import exports_at_once
from snapstamps.pipeline.unit import Unit
from snapstamps.results.provenance import CONFIGURATION, configuration_text

if TYPE_CHECKING:
    from snapstamps.results.report.render import Change

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]

_STEP_UNIT = re.compile(r"(PATCH_\d+/)?\d_\w+(@\d+)?")
_TOLD = ("prepare/plan", "candidates")
"""Other units whose notes belong to the provenance of the results."""
_REWRITTEN_LATER = frozenset({"patch.list", "patch.list_old", "parms.mat", "STAMPS.log", "no_ps_info.mat", "psver.mat"})
"""Files of the working folder that later steps may rewrite; they are not marked as results of the candidates."""


def do_check(project: Project, _unit: Unit, progress: Progress) -> Outcome:
    """
    Hold the export against what StaMPS will need; repair SNAP's header faults where that is configured.

    Raises
    ------
    DataError
        If the export has errors, or the sign of its baselines is not known and must be.
    """
    from snapstamps.pipeline.baseline_sign import (  # noqa: PLC0415 - only this stage needs these
        comparison_file,
        settle_baseline_sign,
    )
    from snapstamps.snap.findings import group, require_clean  # noqa: PLC0415
    from snapstamps.snap.gate import check_export  # noqa: PLC0415
    from snapstamps.snap.repair import repair_export  # noqa: PLC0415

    options = project.options.stamps_export
    folder = project.export_folder
    product = project.path_of(options.product) if options.product else None
    repairs = repair_export(folder, product=product) if options.repair else ()
    report = check_export(folder, product=product, progress=progress)
    require_clean(report)
    sign = settle_baseline_sign(project)
    warnings = [finding for finding in report.findings if finding.severity == "warning"]
    notes = [_summary(found.finding.what, found.files) for found in group(warnings)]
    if repairs:
        notes.append(f"{len(repairs)} headers repaired, the originals are kept as .orig")
    table = comparison_file(project)
    return Outcome(
        outputs=(table,) if table.is_file() else (),
        counts={"dates": report.n_scenes, "findings": len(report.findings)},
        notes=(*notes, sign),
    )


def _summary(what: str, files: Sequence[str]) -> str:
    others = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f"{files[0]}{others}: {what}"


def do_candidates(project: Project, _unit: Unit, progress: Progress, *, crew: Crew) -> Outcome:
    """
    Choose the candidates and make StaMPS's working folder; a crew on other machines takes blocks of lines.

    Raises
    ------
    SnapstampsError
        If the export is damaged, nothing passes the threshold, or a place may not be written.
    """
    from snapstamps.candidates.run import prepare_candidates  # noqa: PLC0415 - geopandas and rasterio load slowly
    from snapstamps.formats.stamps_export import open_stack  # noqa: PLC0415

    folder = project.stamps_folder
    options = project.options.candidates
    mask = project.path_of(options.mask) if options.mask else None
    # If the same candidates come out, step 1 is not done again: what it took from the headers has to stay.
    parms = {**project.parms, **values_from_headers(folder / "parms.mat")}
    result = prepare_candidates(
        open_stack(project.export_folder),
        folder,
        options.model_copy(update={"mask": mask}),
        parms,
        # on one machine threads do: the kernels leave the interpreter to the others
        mapper=crew.in_order if crew.remote else None,
        workers=crew.workers,
        progress=progress,
    )
    # What a merge of an earlier partition kept is no longer true.
    (folder / "patch.list_old").unlink(missing_ok=True)
    files = [path for path in folder.iterdir() if path.is_file()]
    for patch in result.patches:
        files += [folder / patch.name / name for name in _PATCH_FILES]
    return Outcome(
        outputs=tuple(path for path in sorted(files) if path.is_file() and _is_result(path)),
        counts={"candidates": result.n_cand, "patches": len(result.patches)},
        notes=(*result.warnings, *result.notes),
    )


_PATCH_FILES = (
    "patch.in",
    "patch_noover.in",
    "mean_amp.flt",
    *(f"pscands.1.{suffix}" for suffix in ("ij", "ij.int", "ij0", "da", "ll", "hgt", "ph")),
)


def do_export(project: Project, _unit: Unit, progress: Progress, *, crew: Crew) -> Outcome:
    """
    Write the products; a crew shares the forms out, as far as its memory holds the results.

    Raises
    ------
    SnapstampsError
        If results are missing, or a place may not be written.
    """
    from snapstamps.pipeline.origins import origin_of  # noqa: PLC0415 - loads slowly
    from snapstamps.results.run import export_results  # noqa: PLC0415 - matplotlib and geopandas load slowly
    from snapstamps.results.sharing import Workers  # noqa: PLC0415 - loads slowly

    count = crew.workers if crew.remote else exports_at_once(project, crew.workers)
    result = export_results(
        origin_of(project, provenance_of(project)),
        project.products_folder,
        progress=progress,
        workers=Workers(count, partial(crew.completed, at_most=count), await_sizes if crew.remote else None),
    )
    return Outcome(outputs=result.files, counts={"ps_in": result.n_ps, "ps_out": result.n_ps}, notes=result.notes)


def do_report(project: Project, _unit: Unit, progress: Progress) -> Outcome:
    """
    Write the report, the methods and the figures.

    Raises
    ------
    SnapstampsError
        If results or one of the user's vector files are missing, or a place may not be written.
    """
    from snapstamps.pipeline.baseline_sign import comparison_file  # noqa: PLC0415 - loads much
    from snapstamps.pipeline.origins import located_options, preparation_of  # noqa: PLC0415 - load slowly
    from snapstamps.pipeline.paper import PAPER_CHECK, compare_project, paper_of  # noqa: PLC0415 - loads slowly
    from snapstamps.pipeline.units import units_of  # noqa: PLC0415 - its module needs that of the units
    from snapstamps.results.report.run import write_report  # noqa: PLC0415 - matplotlib loads slowly

    done = Journal(project.logs_folder / JOURNAL_NAME).last_done()
    paper = paper_of(project)
    result = write_report(
        project.stamps_folder,
        project.products_folder,
        export_folder=_export_folder(project),
        options=located_options(project),
        parms=project.parms,
        name=project.options.project.name or project.folder.name,
        preparation=preparation_of(project),
        records=[done[unit.name] for unit in units_of(project) if unit.name in done and unit.stage != "report"],
        provenance=provenance_of(project),
        changed=changed_options(project),
        progress=progress,
        baselines=comparison_file(project),
        compare=None if paper is None else lambda view: compare_project(project, paper, view),
    )
    files = result.files
    if result.paper is not None:
        write_text(project.products_folder / PAPER_CHECK, result.paper.json())
        files = (*files, project.products_folder / PAPER_CHECK)
    return Outcome(outputs=files, counts={"ps_in": result.n_ps, "ps_out": result.n_ps}, notes=result.notes)


def changed_options(project: Project) -> list["Change"]:
    """Return the options and StaMPS parameters that differ from their defaults, and where they come from."""
    from snapstamps.results.report.render import Change  # noqa: PLC0415 - matplotlib loads slowly

    options = project.options
    infos = option_infos().values()
    found = [(info.name, info.text(value_in(options, info)), info.text(info.default)) for info in infos]
    known = parm_definitions()
    found += [
        (f"stamps.parms.{name}", literal(value), literal(known[name].default))
        for name, value in options.stamps.parms.items()
    ]
    return [Change(key, value, default, str(project.origin(key))) for key, value, default in found if value != default]


def _export_folder(project: Project) -> Path | None:
    """Return the folder that SNAP exported, as far as it is there; results do not need it."""
    try:
        return project.export_folder
    except SnapstampsError:
        return None


def provenance_of(project: Project) -> dict[str, str]:
    """Return what the products tell of their making: versions, engine, choices, parameters."""
    records = Journal(project.logs_folder / JOURNAL_NAME).last_done()
    steps = {name: record for name, record in records.items() if _STEP_UNIT.fullmatch(name)}
    engines = sorted({f"{record.engine} {record.versions.get(record.engine, '')}".strip() for record in steps.values()})
    told = {**steps, **{name: records[name] for name in _TOLD if name in records}}
    notes = [note for record in told.values() for note in record.notes]
    changed = project.options.stamps.parms
    return {
        "software": f"snapstamps {__version__}",
        "engine": ", ".join(engines),
        "notes": "; ".join(dict.fromkeys(notes)),
        "stamps_parameters": ", ".join(f"{name} = {value}" for name, value in changed.items()) or "StaMPS's defaults",
        CONFIGURATION: configuration_text(project.options),
    }


def _is_result(path: Path) -> bool:
    """Tell whether a file of the working folder is one of the candidates stage, not one that a later step has left."""
    later = path.name in _REWRITTEN_LATER or path.suffix == ".mat" or path.name.startswith("snaphu.")
    return not later and not path.name.startswith(".")
