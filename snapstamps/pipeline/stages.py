"""The stages around StaMPS's steps, each done for a project: the gate, the candidates, the export."""

import logging
from collections.abc import Callable, Sequence
from pathlib import Path

from snapstamps import __version__
from snapstamps.config.project import Project
from snapstamps.journal import JOURNAL_NAME, Journal
from snapstamps.model.errors import DataError
from snapstamps.pipeline.execute import Outcome
from snapstamps.pipeline.pool import worker_count
from snapstamps.pipeline.units import Unit

log = logging.getLogger(__name__)

Progress = Callable[[int, int], None]

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
    from snapstamps.snap.findings import group, require_clean  # noqa: PLC0415 - only this stage needs the gate
    from snapstamps.snap.gate import check_export  # noqa: PLC0415
    from snapstamps.snap.repair import repair_export  # noqa: PLC0415

    options = project.options.stamps_export
    folder = project.export_folder
    product = project.path_of(options.product) if options.product else None
    repairs = repair_export(folder, product=product) if options.repair else ()
    report = check_export(folder, product=product, progress=progress)
    require_clean(report)
    if options.baselines != "keep":
        raise DataError(
            "the sign of the third number of the .base files is not known",
            where=folder,
            why=report.notes[0],
            remedy='stamps_export.baselines = "keep" uses the files as they are',
        )
    warnings = [finding for finding in report.findings if finding.severity == "warning"]
    notes = [_summary(found.finding.what, found.files) for found in group(warnings)]
    if repairs:
        notes.append(f"{len(repairs)} headers repaired, the originals are kept as .orig")
    return Outcome(counts={"dates": report.n_scenes, "findings": len(report.findings)}, notes=tuple(notes))


def _summary(what: str, files: Sequence[str]) -> str:
    others = f" and {len(files) - 1} more" if len(files) > 1 else ""
    return f"{files[0]}{others}: {what}"


def do_candidates(project: Project, _unit: Unit, progress: Progress) -> Outcome:
    """
    Choose the candidates and make StaMPS's working folder.

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
    result = prepare_candidates(
        open_stack(project.export_folder),
        folder,
        options.model_copy(update={"mask": mask}),
        project.parms,
        workers=worker_count(project.options.run.workers),
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


def do_export(project: Project, _unit: Unit, progress: Progress) -> Outcome:
    """
    Write the products.

    Raises
    ------
    SnapstampsError
        If results are missing, or a place may not be written.
    """
    from snapstamps.results.run import export_results  # noqa: PLC0415 - matplotlib and geopandas load slowly

    result = export_results(
        project.stamps_folder,
        project.products_folder,
        options=project.options.export,
        parms=project.parms,
        name=project.options.project.name or project.folder.name,
        provenance=provenance_of(project),
        progress=progress,
    )
    return Outcome(outputs=result.files, counts={"ps_in": result.n_ps, "ps_out": result.n_ps}, notes=result.notes)


def provenance_of(project: Project) -> dict[str, str]:
    """Return what the products tell of their making: versions, engine, choices, parameters."""
    records = Journal(project.logs_folder / JOURNAL_NAME).last_done()
    engines = sorted({f"{r.engine} {r.versions.get(r.engine, '')}".strip() for n, r in records.items() if "_" in n})
    notes = [note for name, record in records.items() if name not in {"check", "export"} for note in record.notes]
    changed = project.options.stamps.parms
    return {
        "software": f"snapstamps {__version__}",
        "engine": ", ".join(engines),
        "notes": "; ".join(dict.fromkeys(notes)),
        "stamps_parameters": ", ".join(f"{name} = {value}" for name, value in changed.items()) or "StaMPS's defaults",
    }


def _is_result(path: Path) -> bool:
    return path.name not in _REWRITTEN_LATER and not path.name.startswith(".")
