"""The acquisitions behind the results: product, orbit, baselines, noise of each date."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.model.errors import DataError
from snapstamps.model.units import date_of_datenum, yyyymmdd
from snapstamps.results.table import PsTable
from snapstamps.stamps.store import StampsStore

Role = Literal["master", "slave", "dropped"]

PRODUCT_ID = re.compile(r"S1[A-Z]_[A-Z0-9]{2}_SLC__\w{4}_(\d{8})T\d{6}_\d{8}T\d{6}_\d{6}_[0-9A-F]{6}_[0-9A-F]{4}")
"""ESA's name of a Sentinel-1 SLC, inside whatever SNAP has made of it; the group is the date."""

SLICES = ", "
"""Between the product ids of one date."""


@dataclass(frozen=True)
class SceneFacts:
    """
    What a list of scenes knows of one acquisition.

    Attributes
    ----------
    product : str or None
        ESA's product id; of several slices, all, with ``SLICES`` between them.
    orbit_kind : str or None
        Such as ``POEORB``, ``RESORB``.
    """

    product: str | None = None
    orbit_kind: str | None = None


@dataclass(frozen=True)
class Acquisition:
    """
    One date.

    Attributes
    ----------
    day : date
        Of the acquisition.
    role : {"master", "slave", "dropped"}
        Dropped: in the stack, but left out (drop_ifg_index).
    temporal_baseline : int
        Days since the master.
    perpendicular_baseline : float
        m, as StaMPS computes it; 0 for the master.
    noise : float
        Standard deviation of its interferogram (degrees of phase); NaN for the master and where it is not known.
    facts : SceneFacts
        As far as they are known.
    """

    day: date
    role: Role
    temporal_baseline: int
    perpendicular_baseline: float
    noise: float
    facts: SceneFacts = field(default_factory=SceneFacts)


def acquisitions(
    store: StampsStore, table: PsTable, scenes: Mapping[date, SceneFacts] | None = None
) -> tuple[Acquisition, ...]:
    """
    Collect what is known of every date of the stack.

    The headers of SNAP's export name one product only, the master's: they are all made from its metadata. The
    others, and the kind of orbit, must come from a list of scenes.

    Parameters
    ----------
    store : StampsStore
        The working folder.
    table : PsTable
        Its results.
    scenes : mapping of date to SceneFacts, optional
        From a list of scenes; goes before the header.

    Returns
    -------
    tuple of Acquisition
        Ascending, dropped dates included.
    """
    ps = store.read("ps2", "day", "master_day", "bperp")
    noise = store.read("ifgstd2").ifg_std if store.has("ifgstd2") else np.full(len(ps.day), np.nan)
    facts = {**_facts_of_master(store, table.master), **(scenes or {})}
    found = []
    for number, (baseline, deviation) in zip(ps.day, zip(ps.bperp, noise, strict=True), strict=True):
        day = date_of_datenum(number)
        is_master = number == ps.master_day
        role: Role = "master" if is_master else "dropped" if day in table.dropped else "slave"
        found.append(
            Acquisition(
                day=day,
                role=role,
                temporal_baseline=round(number - ps.master_day),
                perpendicular_baseline=float(baseline),
                noise=np.nan if is_master else float(deviation),
                facts=facts.get(day, SceneFacts()),
            )
        )
    return tuple(found)


def acquisition_rows(found: tuple[Acquisition, ...]) -> pa.Table:
    """Return acquisitions as the layer of that name holds them."""
    return pa.table(
        {
            "date": [each.day.isoformat() for each in found],
            "role": [each.role for each in found],
            "product": pa.array([each.facts.product for each in found], pa.string()),
            "orbit_kind": pa.array([each.facts.orbit_kind for each in found], pa.string()),
            "temporal_baseline_days": pa.array([each.temporal_baseline for each in found], pa.int32()),
            "perpendicular_baseline_m": pa.array([each.perpendicular_baseline for each in found], pa.float64()),
            "ifg_noise_degrees": pa.array([each.noise for each in found], pa.float64(), from_pandas=True),
        }
    )


def _facts_of_master(store: StampsStore, master: date) -> dict[date, SceneFacts]:
    """Return the product that the title of the master's header names, if it is one of the master's date."""
    try:
        header = Path(store.file("rsc.txt").read_text(encoding="utf-8").strip())
        title = GammaHeader.read(header if header.is_absolute() else store.path / header).text("title")
    except (OSError, UnicodeDecodeError, DataError):
        return {}  # results need no headers any more
    named = PRODUCT_ID.search(title)
    return {master: SceneFacts(product=named[0])} if named and named[1] == yyyymmdd(master) else {}
