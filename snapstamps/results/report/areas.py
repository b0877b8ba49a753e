"""How each of the user's areas moves."""

from dataclasses import dataclass

import numpy as np

from snapstamps.results.overlays import Area
from snapstamps.results.overview import Overview

FAST = 5.0
"""mm/yr: beyond it a scatterer counts as moving, as in studies of landslides and subsidence."""


@dataclass(frozen=True)
class AreaRow:
    """
    One area.

    Attributes
    ----------
    name : str
        Of the area.
    n_ps : int
        Scatterers with a velocity inside.
    mean, spread, slowest, fastest : float
        Mean, standard deviation, 5th and 95th percentile of their velocities, mm/yr; NaN without any.
    share_fast : float
        Share of those faster than ``FAST`` in either direction, 0 to 1; NaN without any.
    """

    name: str
    n_ps: int
    mean: float
    spread: float
    slowest: float
    fastest: float
    share_fast: float


def area_rows(view: Overview) -> tuple[AreaRow, ...]:
    """
    Return the statistics of all areas, the fastest mean motion first.

    Parameters
    ----------
    view : Overview
        The run.

    Returns
    -------
    tuple of AreaRow
    """
    rows = [_row(view, area) for area in view.overlays.areas]
    return tuple(sorted(rows, key=lambda row: (-np.nan_to_num(abs(row.mean), nan=-1.0), row.name)))


def _row(view: Overview, area: Area) -> AreaRow:
    velocity = view.table["velocity"][area.contains(view.table.lonlat)]
    velocity = velocity[np.isfinite(velocity)]
    if not velocity.size:
        return AreaRow(area.name, 0, *[float("nan")] * 5)
    low, high = np.percentile(velocity, [5, 95])
    fast = float(np.mean(np.abs(velocity) > FAST))
    return AreaRow(
        area.name, len(velocity), float(velocity.mean()), float(velocity.std()), float(low), float(high), fast
    )
