"""GeoPackage: all results in one file, with their areas, acquisitions, style and provenance."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import shapely

from snapstamps.results.acquisitions import acquisition_rows
from snapstamps.results.areas import Outline, square_kilometres
from snapstamps.results.arrow_table import GEOMETRY, Progress
from snapstamps.results.formats.base import STEM, Format, Results
from snapstamps.results.geopackage import ExtraLayer, write_geopackage
from snapstamps.results.hotspots import LAYER as HOTSPOTS
from snapstamps.results.hotspots import HotspotRule, find_hotspots, hotspot_table
from snapstamps.results.measured import Measured
from snapstamps.results.qml import outline_qml

_INK = "#1a1a1a"
_ACCENT = "#c37243"
_MOVING = "#8b1a62"
_EDGE = 1e-7
"""Degrees, a centimetre: the corners of a hull are scatterers themselves."""


class GeoPackage(Format):
    """What snapstamps itself reads; the other forms are made for other readers."""

    name = "gpkg"
    files = (f"{STEM}.gpkg",)
    content = "Everything: layers `ps`, `aoi`, `reference_area`, `acquisitions`, `hotspots`, `about`; the style"
    readers = "QGIS (and its plug-in InSAR Explorer), ArcGIS, geopandas, R; `snapstamps new --from`"
    bytes_per_value = 10
    effort = 1.0

    def write(self, results: Results, folder: Path, *, progress: Progress) -> tuple[Path, ...]:
        """Write ``velocity.gpkg``."""
        path = folder / f"{STEM}.gpkg"
        write_geopackage(path, results.table, results.about, extras=extra_layers(results), progress=progress)
        return (path,)


def extra_layers(results: Results) -> tuple[ExtraLayer, ...]:
    """Return the layers beside the points."""
    rows = results.table.series.reference.rows
    n_reference = 0 if rows is None else len(rows)
    references = [] if results.reference is None else [(results.reference, n_reference)]
    return (
        _area_layer("aoi", [(results.interest, _inside(results))], outline_qml(_INK, dashed=True)),
        _area_layer("reference_area", references, outline_qml(_ACCENT)),
        ExtraLayer("acquisitions", acquisition_rows(results.acquisitions)),
        _hotspots(results),
    )


def _hotspots(results: Results) -> ExtraLayer:
    """Return the clusters of significant movement by the rule that `snapstamps hotspots` has by default."""
    table = results.table
    columns = {name: table[name] for name in ("velocity", "velocity_std")}
    measured = Measured(Path(f"{STEM}.gpkg"), table.lonlat, columns, table.dates, results.about)
    return ExtraLayer(HOTSPOTS, hotspot_table(find_hotspots(measured, HotspotRule())), "Unknown", outline_qml(_MOVING))


def _area_layer(name: str, areas: list[tuple[Outline, int]], style: str) -> ExtraLayer:
    """Return a layer of areas, each with the number of scatterers that belong to it."""
    rows = pa.table(
        {
            GEOMETRY: pa.array([shapely.to_wkb(area.geometry) for area, _ in areas], pa.binary()),
            "description": pa.array([area.description for area, _ in areas], pa.string()),
            "ps": pa.array([n_ps for _, n_ps in areas], pa.int64()),
            "area_km2": pa.array([square_kilometres(area.geometry) for area, _ in areas], pa.float64()),
        }
    )
    return ExtraLayer(name, rows, "Unknown" if any(_is_multiple(area) for area, _ in areas) else "Polygon", style)


def _inside(results: Results) -> int:
    """Return how many scatterers lie in the area of interest, those on its edge among them."""
    wide = shapely.buffer(results.interest.geometry, _EDGE)
    shapely.prepare(wide)
    return int(np.count_nonzero(shapely.contains_xy(wide, results.table.lonlat)))


def _is_multiple(area: Outline) -> bool:
    return bool(area.geometry.geom_type != "Polygon")
