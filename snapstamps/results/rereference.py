"""
Another reference for finished results, without running anything again.

A velocity is relative. Subtracting from all scatterers the mean velocity, and at each date the mean displacement, of
some of them makes the mean of those zero: differences between scatterers stay what they were. It is what a run with
that reference would have given, since lines are fitted with the same weights everywhere.
"""

import math
import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as XmlTree

import numpy as np

from snapstamps.formats.atomic import atomic_path
from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.model.errors import DataError
from snapstamps.results.geopackage import ABOUT_LAYER, PS_LAYER
from snapstamps.results.hotspots import LAYER as HOTSPOTS
from snapstamps.results.hotspots import HotspotRule, find_hotspots, hotspot_row
from snapstamps.results.measured import Measured
from snapstamps.results.reference_area import ReferenceArea, outline_of, phrase_of, rows_inside
from snapstamps.results.reference_layer import replace_reference_area, replace_rows, teach_geometry

_VELOCITY, _VERTICAL, _INCIDENCE = "velocity", "velocity_vertical", "incidence"


@dataclass(frozen=True)
class Shift:
    """
    What is subtracted from every scatterer.

    Attributes
    ----------
    rows : ndarray of int, shape (n_reference,)
        Scatterers of the reference.
    shape : geometry
        Polygon of the reference, longitude and latitude.
    velocity : float
        mm/yr.
    displacement : ndarray, shape (n_dates,)
        mm.
    spread : float
        How far the reference's own velocities scatter about their mean, mm/yr; 0 for a single scatterer.
    description : str
        The reference, for metadata.
    """

    rows: IntArray
    shape: Any
    velocity: float
    displacement: FloatArray
    spread: float
    description: str


def shift_to(measured: Measured, area: ReferenceArea) -> Shift:
    """
    Find what makes the mean of an area zero.

    Parameters
    ----------
    measured : Measured
        The results.
    area : ReferenceArea
        Where.

    Returns
    -------
    Shift

    Raises
    ------
    DataError
        If no scatterer with a velocity lies there, or a date has none.
    """
    rows = rows_inside(area, measured.lonlat, np.flatnonzero(np.isfinite(measured[_VELOCITY])))
    velocity = measured[_VELOCITY][rows]
    series = measured.displacement(rows).astype(np.float64)
    known = np.isfinite(series)
    n_known = known.sum(axis=0)
    lacking = [day.isoformat() for day, count in zip(measured.dates, n_known.tolist(), strict=True) if not count]
    if lacking:
        raise DataError(
            "the reference has no displacement at some dates", where=area.description, why=", ".join(lacking[:5])
        )
    return Shift(
        rows=rows,
        shape=outline_of(area, measured.lonlat, rows),
        velocity=float(velocity.mean()),
        displacement=np.where(known, series, 0.0).sum(axis=0) / n_known,
        spread=float(velocity.std(ddof=1)) if len(rows) > 1 else 0.0,
        description=phrase_of(area, n_reference=len(rows), n_ps=len(measured)),
    )


def rereferenced(measured: Measured, shift: Shift) -> Measured:
    """
    Return results with velocities that refer to another area; the displacements of their file stay as they are.

    Parameters
    ----------
    measured : Measured
        The results.
    shift : Shift
        See :func:`shift_to`.

    Returns
    -------
    Measured
    """
    columns = dict(measured.columns)
    columns[_VELOCITY] = columns[_VELOCITY] - shift.velocity
    if _VERTICAL in columns and _INCIDENCE in columns:
        columns[_VERTICAL] = columns[_VERTICAL] - shift.velocity / np.cos(np.radians(columns[_INCIDENCE]))
    return Measured(
        measured.path, measured.lonlat, columns, measured.dates, {**measured.about, **_facts(measured, shift)}
    )


def write_rereferenced(measured: Measured, shift: Shift, target: Path) -> None:
    """
    Write a copy of a file of results with another reference, atomically.

    The reference area and the hotspots are those of the new velocities; other layers are copied as they are.

    Parameters
    ----------
    measured : Measured
        The results, as read.
    shift : Shift
        See :func:`shift_to`.
    target : Path
        The new file.

    Raises
    ------
    DataError
        If the file is no sound GeoPackage.
    OSError
        If the folder may not be written or the disk is full.
    """
    with atomic_path(target) as part:
        shutil.copyfile(measured.path, part)
        try:
            with closing(sqlite3.connect(part)) as database, database:
                teach_geometry(database)
                _shift_columns(database, measured, shift)
                n_ps = len(shift.rows)
                replace_reference_area(database, shift.shape, description=shift.description, n_ps=n_ps)
                hotspots = find_hotspots(rereferenced(measured, shift), HotspotRule()).hotspots
                replace_rows(database, HOTSPOTS, [*map(hotspot_row, hotspots)], [each.shape for each in hotspots])
                _tell(database, _facts(measured, shift))
        except sqlite3.Error as error:
            raise DataError("the results cannot be changed", where=measured.path, why=str(error)) from error


def _facts(measured: Measured, shift: Shift) -> dict[str, str]:
    before = measured.about.get("reference", "not told")
    history = measured.about.get("reference_before")
    return {
        "reference": shift.description,
        "reference_ps": str(len(shift.rows)),
        "reference_before": f"{history}; then {before}" if history else before,
        "reference_shift": f"{-shift.velocity:+.6g} mm/yr were added to all velocities",
        "reference_note": "velocities and displacements were changed; velocity_std is that of the former reference",
    }


def _shift_columns(database: sqlite3.Connection, measured: Measured, shift: Shift) -> None:
    changes: list[tuple[str, float]] = [(_VELOCITY, shift.velocity)]
    changes += [
        (f"D{day:%Y%m%d}", value) for day, value in zip(measured.dates, shift.displacement.tolist(), strict=True)
    ]
    words = [f'"{name}" = "{name}" - ?' for name, _ in changes]
    values = [value for _, value in changes]
    if _VERTICAL in measured.columns and _INCIDENCE in measured.columns:
        database.create_function("over_cosine", 2, _over_cosine, deterministic=True)
        words.append(f'"{_VERTICAL}" = "{_VERTICAL}" - over_cosine(?, "{_INCIDENCE}")')
        values.append(shift.velocity)
    database.execute(f'UPDATE "{PS_LAYER}" SET {", ".join(words)}', values)  # noqa: S608 - names of the schema


def _over_cosine(value: float, degrees: float | None) -> float | None:
    return None if degrees is None else value / math.cos(math.radians(degrees))


def _tell(database: sqlite3.Connection, facts: dict[str, str]) -> None:
    """Write the facts into the table ``about`` and into GDAL's metadata, in place of older ones."""
    tables = {row[0] for row in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    if ABOUT_LAYER in tables:
        for key, value in facts.items():
            changed = database.execute(f'UPDATE "{ABOUT_LAYER}" SET value = ? WHERE key = ?', (value, key))  # noqa: S608
            if changed.rowcount == 0:
                database.execute(f'INSERT INTO "{ABOUT_LAYER}" (key, value) VALUES (?, ?)', (key, value))  # noqa: S608
    if "gpkg_metadata" in tables:
        for number, text in database.execute("SELECT id, metadata FROM gpkg_metadata").fetchall():
            changed_text = _with_facts(text, facts)
            if changed_text is not None:
                database.execute("UPDATE gpkg_metadata SET metadata = ? WHERE id = ?", (changed_text, number))


def _with_facts(text: str, facts: dict[str, str]) -> str | None:
    """Return GDAL's metadata with the facts, or None where they do not speak of a reference."""
    try:
        root = XmlTree.fromstring(text)  # noqa: S314 - of the results themselves
    except XmlTree.ParseError:
        return None
    domain = next((each for each in root.iter("Metadata") if each.find("MDI[@key='reference']") is not None), None)
    if domain is None:
        return None
    for key, value in facts.items():
        item = domain.find(f"MDI[@key='{key}']")
        if item is None:
            item = XmlTree.SubElement(domain, "MDI", key=key)
        item.text = value
    return XmlTree.tostring(root, encoding="unicode")
