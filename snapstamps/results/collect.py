"""All that the forms of the results draw from, of one folder."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.config.options import ExportOptions
from snapstamps.results.about import about
from snapstamps.results.acquisitions import SceneFacts, acquisitions
from snapstamps.results.areas import Outline, footprint, reference_area, reference_centre
from snapstamps.results.formats.base import Results
from snapstamps.results.table import ps_table
from snapstamps.stamps.parms import definitions, read_parms
from snapstamps.stamps.store import StampsStore


@dataclass(frozen=True)
class Origin:
    """
    What results are made from; small, so that it can be sent to a worker, who reads the rest from the folder.

    Attributes
    ----------
    stamps_folder : Path
        StaMPS's working folder, after step 7 (8 for quantities with s).
    options : ExportOptions
        Which quantity, columns, and positions.
    parms : mapping
        StaMPS parameters as configured; what comes from the data (heading, lambda) is read from the folder.
    name : str
        Of the area.
    provenance : mapping of str to str
        How the results were made.
    scenes : mapping of date to SceneFacts, optional
        What a list of scenes knows of the acquisitions.
    interest : Outline, optional
        The area of interest; default: the hull of the scatterers.
    """

    stamps_folder: Path
    options: ExportOptions
    parms: Mapping[str, Any]
    name: str
    provenance: Mapping[str, str]
    scenes: Mapping[date, SceneFacts] | None = None
    interest: Outline | None = None

    @property
    def store(self) -> StampsStore:
        """Return the folder, opened."""
        return StampsStore(self.stamps_folder)


def collect_results(origin: Origin) -> Results:
    """
    Compute all that the forms of the results draw from.

    Parameters
    ----------
    origin : Origin
        What they are made from.

    Returns
    -------
    Results

    Raises
    ------
    DataError
        If results are missing or damaged, or the reference area is empty.
    """
    store, options = origin.store, origin.options
    parms = _with_data_parms(store, origin.parms)
    table = ps_table(store, parms, options)
    ps = store.read("ps2", "ij", "mean_range", "mean_incidence")
    return Results(
        name=origin.name,
        table=table,
        about=about(table, options, parms, name=origin.name, provenance=origin.provenance),
        pixels=ps.ij[:, 1:].astype(np.int64),
        acquisitions=acquisitions(store, table, origin.scenes),
        interest=origin.interest or footprint(table.lonlat),
        reference=reference_area(table, parms),
        reference_centre=reference_centre(table, parms),
        slant_range=float(ps.mean_range),
        incidence=float(ps.mean_incidence),
        options=options,
    )


def _with_data_parms(store: StampsStore, parms: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters, with those that step 1 read from the data."""
    stored = read_parms(store.file("parms.mat"))
    from_data = {name for name, definition in definitions().items() if definition.from_data}
    return {**parms, **{name: value for name, value in stored.items() if name in from_data}}
