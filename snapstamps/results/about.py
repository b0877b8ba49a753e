"""What a file of results tells of itself: sign, units, reference, dates, how it was made."""

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from snapstamps.config.options import ExportOptions
from snapstamps.results.table import PsTable
from snapstamps.results.velocity import BOOTSTRAP_SEED

_LETTERS = {
    "d": "DEM error",
    "s": "spatially correlated noise of the slaves (atmosphere, orbits)",
    "o": "a plane per date (orbit ramps)",
}

SIGN = "positive towards the satellite"


def removed_from(quantity: str) -> str:
    """
    Say what was taken out of the phase behind a quantity.

    Examples
    --------
    >>> removed_from("v-do")
    'DEM error, a plane per date (orbit ramps)'
    """
    return ", ".join(_LETTERS[letter] for letter in quantity.partition("-")[2]) or "nothing"


def about(
    table: PsTable,
    options: ExportOptions,
    parms: Mapping[str, Any],
    *,
    name: str,
    provenance: Mapping[str, str],
) -> dict[str, str]:
    """
    Collect what a reader must know to use the results.

    Parameters
    ----------
    table : PsTable
        The results.
    options : ExportOptions
        As used for the table.
    parms : mapping
        StaMPS parameters in force.
    name : str
        Of the area.
    provenance : mapping of str to str
        Software, engine, notes, parameters; added as they are.

    Returns
    -------
    dict of str to str
        In reading order.
    """
    rows = table.series.reference.rows
    facts = {
        "title": name,
        "content": f"Velocity and displacement of {len(table)} persistent scatterers (PS) along the line of sight",
        "sign": SIGN,
        "units": "velocities mm/yr, displacements (DYYYYMMDD) mm, heights m, angles degrees",
        "quantity": options.quantity,
        "removed": removed_from(options.quantity),
        "removed_from_displacements": f"{removed_from(options.quantity)}, and the atmosphere of the master",
        "reference": table.series.reference.description,
        "reference_ps": "0" if rows is None else str(len(rows)),
        "displacement_zero": "0 at the master's date; the mean of the reference is 0 at every date",
        "crs": "EPSG:4326 (WGS 84, longitude and latitude)",
        "positions": _POSITIONS[options.positions],
        "ps": str(len(table)),
        "master": table.master.isoformat(),
        "first_date": min(table.dates).isoformat(),
        "last_date": max(table.dates).isoformat(),
        "dates": " ".join(day.isoformat() for day in table.dates),
        "dropped_dates": " ".join(day.isoformat() for day in table.dropped) or "none",
        "wavelength_m": f"{table.series.wavelength:.8g}",
        "heading_degrees": f"{table.heading:.6g}",
        "look_direction": "right",
        "mean_incidence_degrees": f"{np.mean(table['incidence']):.4f}",
        "bootstrap": f"{table.velocity.n_bootstrap} draws of the dates, seed {BOOTSTRAP_SEED}",
        **provenance,
        "export_notes": "; ".join(table.notes),
        "all_stamps_parameters": json.dumps({key: parms[key] for key in sorted(parms)}),
    }
    return {key: value for key, value in facts.items() if value}


_POSITIONS = {
    "snap": "as SNAP gives them; columns lon_corrected, lat_corrected: shifted along the ground range for dem_error",
    "corrected": "shifted along the ground range for dem_error; columns lon, lat: as SNAP gives them",
}
