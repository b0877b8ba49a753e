"""The stage ``export``: everything that goes into the products folder."""

import logging
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snapstamps.model.errors import DataError, InputError
from snapstamps.results.arrow_table import Progress
from snapstamps.results.collect import Origin, collect_results
from snapstamps.results.formats.registry import FORMATS, wanted_formats
from snapstamps.results.quicklook import draw_quicklook, write_quicklook
from snapstamps.results.sharing import Workers, write_forms
from snapstamps.results.table import PsTable
from snapstamps.stamps.limits import require_disk
from snapstamps.stamps.steps import stack_steps
from snapstamps.stamps.store import StampsStore

log = logging.getLogger(__name__)

QUICKLOOK = "quicklook.png"

_NEEDED = ("ps2", "pm2", "la2", "hgt2", "phuw2", "scla2")


@dataclass(frozen=True)
class ExportResult:
    """
    What an export left.

    Attributes
    ----------
    files : tuple of Path
        The products.
    n_ps : int
        Scatterers.
    velocity_range : tuple of float
        1st and 99th percentile, mm/yr; NaN if no scatterer has a velocity.
    notes : tuple of str
        What is missing or was replaced.
    """

    files: tuple[Path, ...]
    n_ps: int
    velocity_range: tuple[float, float]
    notes: tuple[str, ...]


def export_results(
    origin: Origin, products_folder: Path, *, progress: Progress, workers: Workers | None = None
) -> ExportResult:
    """
    Write ``velocity.gpkg``, the other forms that are asked for, and ``quicklook.png``.

    Parameters
    ----------
    origin : Origin
        What the results are made from.
    products_folder : Path
        Where the products go; made if need be.
    progress : callable
        ``progress(done, total)`` in scatterers, of all forms together.
    workers : Workers, optional
        Who else can write forms.

    Returns
    -------
    ExportResult

    Raises
    ------
    DataError
        If results are missing or damaged, the reference area is empty, or the disk is full.
    InputError
        If the products folder may not be written.
    """
    store = origin.store
    _require_results(store, origin.options.quantity)
    _make_writable(products_folder)
    results = collect_results(origin)
    table = results.table
    formats = wanted_formats(origin.options)
    require_disk(products_folder, sum(each.bytes_needed(table) for each in formats))
    files = write_forms(results, formats, products_folder, origin=origin, workers=workers, progress=progress)
    quicklook = products_folder / QUICKLOOK
    picture = draw_quicklook(store, table, name=origin.name, software=origin.provenance.get("software", ""))
    write_quicklook(quicklook, picture)
    notes = [*table.notes, *([] if picture.has_amplitude else [_NO_AMPLITUDE])]
    if older := _older_products(products_folder, files):
        notes.append(f"of an earlier export, and left as they are: {', '.join(older)}")
    log.info("%d PS x %d dates -> %s", len(table), len(table.dates), ", ".join(path.name for path in files))
    return ExportResult((*files, quicklook), len(table), _velocity_range(table), tuple(notes))


_NO_AMPLITUDE = f"{QUICKLOOK} has no amplitude behind the velocities: the patches' mean_amp.flt is not at hand"


def _require_results(store: StampsStore, quantity: str) -> None:
    """
    Check that the steps were done whose results are wanted.

    Raises
    ------
    DataError
        Naming the first step that is missing.
    """
    needed = (*_NEEDED, "scn2") if "s" in quantity.partition("-")[2] else _NEEDED
    for step in stack_steps():
        missing = [artefact for artefact in step.writes if artefact in needed and not store.has(artefact)]
        if missing:
            raise DataError(
                f"{missing[0]}.mat is missing",
                where=store.path,
                why=f"Step {step.number} ({step.name}) writes it; the export of {quantity} needs it.",
                remedy=f"snapstamps stamps --steps {step.number}-8",
            )


def _make_writable(folder: Path) -> None:
    """
    Make the products folder.

    Raises
    ------
    InputError
        If it cannot be made or written.
    """
    why = "no permission to write there"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK | os.X_OK):
            return
    except OSError as error:
        why = error.strerror or str(error)
    raise InputError("The products folder cannot be written", where=folder, why=why, remedy="change its permissions")


def _older_products(folder: Path, written: Sequence[Path]) -> list[str]:
    """Return the products that this export has not written: a table of old velocities must not pass for a new one."""
    found = {path for each in FORMATS for pattern in each.files for path in folder.glob(pattern)}
    return sorted(str(path.relative_to(folder)) for path in found - set(written))


def _velocity_range(table: PsTable) -> tuple[float, float]:
    known = table["velocity"][np.isfinite(table["velocity"])]
    low, high = np.percentile(known, [1, 99]) if known.size else (np.nan, np.nan)
    return float(low), float(high)
