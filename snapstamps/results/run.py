"""The stage ``export``: everything that goes into the products folder."""

import logging
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.config.options import ExportOptions
from snapstamps.model.errors import DataError, InputError
from snapstamps.results.about import about
from snapstamps.results.geopackage import write_geopackage
from snapstamps.results.quicklook import draw_quicklook, write_quicklook
from snapstamps.results.table import PsTable, ps_table
from snapstamps.stamps.limits import require_disk
from snapstamps.stamps.parms import definitions, read_parms
from snapstamps.stamps.steps import stack_steps
from snapstamps.stamps.store import StampsStore

log = logging.getLogger(__name__)

GEOPACKAGE = "velocity.gpkg"
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
    stamps_folder: Path,
    products_folder: Path,
    *,
    options: ExportOptions,
    parms: Mapping[str, Any],
    name: str,
    provenance: Mapping[str, str],
    progress: Callable[[int, int], None],
) -> ExportResult:
    """
    Write ``velocity.gpkg`` and ``quicklook.png``.

    Parameters
    ----------
    stamps_folder : Path
        StaMPS's working folder, after step 7 (8 for quantities with s).
    products_folder : Path
        Where the products go; made if need be.
    options : ExportOptions
        Which quantity, columns, and positions.
    parms : mapping
        StaMPS parameters as configured; what comes from the data (heading, lambda) is read from the folder.
    name : str
        Of the area.
    provenance : mapping of str to str
        How the results were made; written into the file.
    progress : callable
        ``progress(done, total)`` in scatterers.

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
    store = StampsStore(stamps_folder)
    _require_results(store, options.quantity)
    _make_writable(products_folder)
    parms = _with_data_parms(store, parms)
    table = ps_table(store, parms, options)
    require_disk(products_folder, _bytes_needed(table))

    geopackage, quicklook = products_folder / GEOPACKAGE, products_folder / QUICKLOOK
    facts = about(table, options, parms, name=name, provenance=provenance)
    write_geopackage(geopackage, table, facts, progress=progress)
    picture = draw_quicklook(store, table, name=name, software=provenance.get("software", ""))
    write_quicklook(quicklook, picture)
    notes = table.notes if picture.has_amplitude else (*table.notes, _NO_AMPLITUDE)
    log.info("%d PS x %d dates -> %s, %s", len(table), len(table.dates), geopackage, quicklook)
    return ExportResult((geopackage, quicklook), len(table), _velocity_range(table), notes)


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


def _with_data_parms(store: StampsStore, parms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters, with those that step 1 read from the data."""
    stored = read_parms(store.file("parms.mat"))
    from_data = {name for name, definition in definitions().items() if definition.from_data}
    return {**parms, **{name: value for name, value in stored.items() if name in from_data}}


def _bytes_needed(table: PsTable) -> int:
    """Return a generous size of the GeoPackage: 9 bytes per number, geometry, index."""
    return len(table) * (9 * (len(table.columns) + len(table.dates)) + 150) + 2**20


def _velocity_range(table: PsTable) -> tuple[float, float]:
    known = table["velocity"][np.isfinite(table["velocity"])]
    low, high = np.percentile(known, [1, 99]) if known.size else (np.nan, np.nan)
    return float(low), float(high)
