"""The stage ``export``: everything that goes into the products folder."""

import logging
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.config.options import ExportOptions
from snapstamps.model.errors import DataError, InputError
from snapstamps.results.about import about
from snapstamps.results.acquisitions import SceneFacts, acquisitions
from snapstamps.results.areas import Outline, footprint, reference_area, reference_centre
from snapstamps.results.arrow_table import Progress
from snapstamps.results.formats.base import Results
from snapstamps.results.formats.registry import FORMATS, wanted_formats
from snapstamps.results.quicklook import draw_quicklook, write_quicklook
from snapstamps.results.table import PsTable, ps_table
from snapstamps.stamps.limits import require_disk
from snapstamps.stamps.parms import definitions, read_parms
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
    stamps_folder: Path,
    products_folder: Path,
    *,
    options: ExportOptions,
    parms: Mapping[str, Any],
    name: str,
    provenance: Mapping[str, str],
    progress: Callable[[int, int], None],
    scenes: Mapping[date, SceneFacts] | None = None,
    interest: Outline | None = None,
) -> ExportResult:
    """
    Write ``velocity.gpkg``, the other forms that are asked for, and ``quicklook.png``.

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
        ``progress(done, total)`` in scatterers, of all forms together.
    scenes : mapping of date to SceneFacts, optional
        What a list of scenes knows of the acquisitions.
    interest : Outline, optional
        The area of interest; default: the hull of the scatterers.

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
    results = collect_results(
        store, options=options, parms=parms, name=name, provenance=provenance, scenes=scenes, interest=interest
    )
    table = results.table
    formats = wanted_formats(options)
    require_disk(products_folder, sum(each.bytes_needed(table) for each in formats))
    files: list[Path] = []
    for number, each in enumerate(formats):
        files += each.write(results, products_folder, progress=_share(progress, number, len(formats)))
    quicklook = products_folder / QUICKLOOK
    picture = draw_quicklook(store, table, name=name, software=provenance.get("software", ""))
    write_quicklook(quicklook, picture)
    notes = [*table.notes, *([] if picture.has_amplitude else [_NO_AMPLITUDE])]
    if older := _older_products(products_folder, files):
        notes.append(f"of an earlier export, and left as they are: {', '.join(older)}")
    log.info("%d PS x %d dates -> %s", len(table), len(table.dates), ", ".join(path.name for path in files))
    return ExportResult((*files, quicklook), len(table), _velocity_range(table), tuple(notes))


def collect_results(
    store: StampsStore,
    *,
    options: ExportOptions,
    parms: Mapping[str, Any],
    name: str,
    provenance: Mapping[str, str],
    scenes: Mapping[date, SceneFacts] | None = None,
    interest: Outline | None = None,
) -> Results:
    """
    Compute all that the forms of the results draw from.

    Parameters
    ----------
    store : StampsStore
        StaMPS's working folder.
    options, parms, name, provenance, scenes, interest
        As for :func:`export_results`.

    Returns
    -------
    Results

    Raises
    ------
    DataError
        If results are missing or damaged, or the reference area is empty.
    """
    parms = _with_data_parms(store, parms)
    table = ps_table(store, parms, options)
    ps = store.read("ps2", "ij", "mean_range", "mean_incidence")
    return Results(
        name=name,
        table=table,
        about=about(table, options, parms, name=name, provenance=provenance),
        pixels=ps.ij[:, 1:].astype(np.int64),
        acquisitions=acquisitions(store, table, scenes),
        interest=interest or footprint(table.lonlat),
        reference=reference_area(table, parms),
        reference_centre=reference_centre(table, parms),
        slant_range=float(ps.mean_range),
        incidence=float(ps.mean_incidence),
        options=options,
    )


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


def _share(progress: Progress, number: int, count: int) -> Progress:
    """Return the progress of one of several forms, which all go through the same scatterers."""
    return lambda done, total: progress(number * total + done, count * total)


def _older_products(folder: Path, written: Sequence[Path]) -> list[str]:
    """Return the products that this export has not written: a table of old velocities must not pass for a new one."""
    found = {path for each in FORMATS for pattern in each.files for path in folder.glob(pattern)}
    return sorted(str(path.relative_to(folder)) for path in found - set(written))


def _velocity_range(table: PsTable) -> tuple[float, float]:
    known = table["velocity"][np.isfinite(table["velocity"])]
    low, high = np.percentile(known, [1, 99]) if known.size else (np.nan, np.nan)
    return float(low), float(high)
