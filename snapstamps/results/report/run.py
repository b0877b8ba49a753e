"""The stage ``report``: figures, the page, the methods in words, and what to cite."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snapstamps.config.options import ExportOptions
from snapstamps.formats.atomic import atomic_path
from snapstamps.journal import Record
from snapstamps.results.figures.run import FIGURES, FOLDER, write_figures
from snapstamps.results.overview import Overview, overview
from snapstamps.results.paper import PaperComparison
from snapstamps.results.preparation import Preparation
from snapstamps.results.quality import quality
from snapstamps.results.report.baseline_signs import read_signs
from snapstamps.results.report.methods import methods, scenes_of
from snapstamps.results.report.render import Change, render
from snapstamps.results.report.timeline import counts_of, timeline
from snapstamps.results.table import ps_table
from snapstamps.stamps.parms import definitions, read_parms
from snapstamps.stamps.store import StampsStore

log = logging.getLogger(__name__)

REPORT, METHODS, CITATION = "report.html", "methods.md", "CITATION.bib"

_THUMBNAILS = {
    "interferograms_wrapped": "All interferograms, wrapped; relative to the mean phase of each",
    "interferograms_unwrapped": "All interferograms, unwrapped; one scale for all, positive away from the satellite",
}


@dataclass(frozen=True)
class ReportResult:
    """
    What the stage left.

    Attributes
    ----------
    files : tuple of Path
        The page first, then methods, citations and figures.
    n_ps : int
        Scatterers.
    notes : tuple of str
        What deserves a look.
    paper : PaperComparison or None
        The comparison that the page shows.
    """

    files: tuple[Path, ...]
    n_ps: int
    notes: tuple[str, ...]
    paper: PaperComparison | None = None


def write_report(
    stamps_folder: Path,
    products_folder: Path,
    *,
    export_folder: Path | None,
    options: ExportOptions,
    parms: Mapping[str, Any],
    name: str,
    records: Sequence[Record],
    provenance: Mapping[str, str],
    changed: Sequence[Change],
    progress: Callable[[int, int], None],
    baselines: Path | None = None,
    preparation: Preparation | None = None,
    compare: Callable[[Overview], PaperComparison] | None = None,
) -> ReportResult:
    """
    Write ``report.html``, ``methods.md``, ``CITATION.bib`` and the figures.

    Parameters
    ----------
    stamps_folder : Path
        StaMPS's working folder, as for the export.
    products_folder : Path
        Where the products lie.
    export_folder : Path or None
        ``INSAR_<master>``, for the relief and the names of the satellites; None where it is gone.
    options : ExportOptions
        As for the export; paths absolute.
    parms : mapping
        StaMPS parameters as configured.
    name : str
        Of the area.
    records : sequence of Record
        The last good record of every unit of work, in order.
    provenance : mapping of str to str
        How the results were made.
    changed : sequence of Change
        Options that differ from their defaults.
    progress : callable
        ``progress(done, total)`` in figures.
    baselines : Path, optional
        What the check found of the sign of SNAP's baselines, as JSON; need not be there.
    preparation : Preparation, optional
        How SNAP prepared the stack; None where an export was brought.
    compare : callable, optional
        Holds the run against a paper; the page then shows how.

    Returns
    -------
    ReportResult

    Raises
    ------
    DataError
        If results are missing or damaged.
    InputError
        If one of the user's vector files is missing or unfit.
    OSError
        If the folder may not be written or the disk is full.
    """
    store = StampsStore(stamps_folder)
    parms = _with_data_parms(store, parms)
    view = overview(store, ps_table(store, parms, options), options, name=name, export_folder=export_folder)
    stages = timeline(records)
    checks = quality(view, counts_of(stages))
    text = methods(view, stages, records, parms, scenes_of(export_folder), preparation)
    drawn = {name: FIGURES[name](view) for name in _THUMBNAILS}
    paper = None if compare is None else compare(view)
    page = render(
        view,
        stages=stages,
        checks=checks,
        text=text,
        provenance=provenance,
        changed=changed,
        thumbnails={_THUMBNAILS[name]: sheet for name, sheet in drawn.items()},
        signs=read_signs(baselines),
        paper=paper,
    )
    products_folder.mkdir(parents=True, exist_ok=True)
    contents = {REPORT: page, METHODS: text.markdown(name), CITATION: text.bibtex()}
    files = tuple(_write(products_folder / file, content) for file, content in contents.items())
    figures = write_figures(view, products_folder / FOLDER, options.figures, drawn=drawn, progress=progress)
    log.info("%d PS -> %s, %d figures", len(view.table), files[0], len(figures))
    notes = tuple(f"{check.measure}: {check.text}; {check.cause}" for check in checks if check.verdict == "poor")
    return ReportResult((*files, *figures), len(view.table), notes, paper)


def _write(path: Path, text: str) -> Path:
    with atomic_path(path) as part:
        part.write_text(text, encoding="utf-8")
    return path


def _with_data_parms(store: StampsStore, parms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters, with those that step 1 read from the data."""
    stored = read_parms(store.file("parms.mat"))
    from_data = {name for name, definition in definitions().items() if definition.from_data}
    return {**parms, **{name: value for name, value in stored.items() if name in from_data}}
