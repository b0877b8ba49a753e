"""Files of results whose truth is known, made without a run: positions, look vectors, motion, noise."""

from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import geopandas
import numpy as np
import pyogrio

from snapstamps.results.measured import Measured, read_measured

LON, LAT = 105.8, 21.6
M_PER_DEGREE = 110_700.0
ASCENDING, DESCENDING = 348.0, 192.0


def look_vector(heading: float, incidence: float) -> np.ndarray:
    """Return the unit vector from the ground to a right-looking satellite: east, north, up; angles in degrees."""
    flight, angle = np.radians(heading), np.radians(incidence)
    return np.array([-np.sin(angle) * np.cos(flight), np.sin(angle) * np.sin(flight), np.cos(angle)])


def positions(n_ps: int, half_m: float, seed: int) -> np.ndarray:
    """Return metres east and north of the middle, evenly spread."""
    return np.random.default_rng(seed).uniform(-half_m, half_m, (n_ps, 2))


def lonlat_of(xy: np.ndarray) -> np.ndarray:
    """Return metres as degrees, near enough."""
    return np.column_stack(
        [LON + xy[:, 0] / (M_PER_DEGREE * np.cos(np.radians(LAT)) * 1.0054), LAT + xy[:, 1] / M_PER_DEGREE]
    )


def dates_of(n_dates: int, *, cadence: int = 12) -> tuple[date, ...]:
    """Return dates one after the other."""
    return tuple(date(2019, 7, 8) + timedelta(days=cadence * step) for step in range(n_dates))


def write_measured(
    path: Path,
    xy: np.ndarray,
    velocity: np.ndarray,
    *,
    std: Any = 1.0,
    displacement: np.ndarray | None = None,
    dates: tuple[date, ...] = (),
    heading: float = ASCENDING,
    incidence: float = 38.0,
    about: Mapping[str, str] | None = None,
) -> Measured:
    """Write results as the export does, and read them back."""
    n_ps = len(xy)
    look = look_vector(heading, incidence)
    columns = {
        "id": np.arange(1, n_ps + 1),
        "velocity": velocity,
        "velocity_std": np.broadcast_to(np.asarray(std, dtype=float), n_ps),
        "coherence": np.full(n_ps, 0.9),
        "incidence": np.full(n_ps, incidence),
        **{f"look_{axis}": np.full(n_ps, share) for axis, share in zip("enu", look, strict=True)},
    }
    if dates:
        if displacement is None:
            years = np.array([(day - dates[0]).days for day in dates]) / 365.25
            displacement = velocity[:, None] * years
        columns |= {f"D{day:%Y%m%d}": displacement[:, place] for place, day in enumerate(dates)}
    points = geopandas.points_from_xy(*lonlat_of(xy).T)
    frame = geopandas.GeoDataFrame(columns, geometry=points, crs="EPSG:4326")
    facts = {"title": "Test area", "reference": f"mean of all {n_ps} PS", "last_date": "2020-12-29", **(about or {})}
    pyogrio.write_dataframe(frame, path, layer="ps", driver="GPKG", dataset_metadata=facts)
    rows = geopandas.pd.DataFrame({"key": list(facts), "value": list(facts.values())})
    pyogrio.write_dataframe(rows, path, layer="about", driver="GPKG")
    return read_measured(path)
