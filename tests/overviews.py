"""Overviews of small scenes, and vector files to lay over them."""

from pathlib import Path
from typing import Any

import geopandas
import shapely
from results_folder import table_of

from snapstamps.config.options import ExportOptions
from snapstamps.results.overview import Overview, overview
from snapstamps.stamps.store import StampsStore


def overview_of(store: StampsStore, *, name: str = "Test area", export_folder: Path | None = None, **options: Any):
    """Return the overview of a folder with results."""
    given: Overview = overview(store, table_of(store), ExportOptions(**options), name=name, export_folder=export_folder)
    return given


def write_layers(folder: Path, *, names: tuple[str, str, str] = ("North", "South", "Far")) -> dict[str, Any]:
    """Write roads, rivers, areas and points about the small scene (12.5 E, 41.9 N), and return the options."""
    folder.mkdir(exist_ok=True)
    road = shapely.LineString([(12.49, 41.905), (12.53, 41.91)])
    river = shapely.LineString([(12.51, 41.89), (12.51, 41.93)])
    areas = [shapely.Point(12.512, 41.912).buffer(0.004), shapely.Point(12.512, 41.904).buffer(0.003)]
    areas.append(shapely.Point(14, 44).buffer(0.01))
    _write(folder / "roads.gpkg", [road], ["PR151"], crs=32633)
    _write(folder / "rivers.geojson", [river], ["Tevere"])
    _write(folder / "areas.geojson", areas, list(names))
    _write(folder / "points.geojson", [shapely.Point(12.512, 41.91), shapely.Point(12.4999, 41.8999)], ["P1", names[0]])
    return {
        "lines": (folder / "roads.gpkg", folder / "rivers.geojson"),
        "areas": folder / "areas.geojson",
        "points": folder / "points.geojson",
    }


def _write(path: Path, shapes: list[Any], names: list[str], *, crs: int = 4326) -> None:
    geopandas.GeoDataFrame({"name": names}, geometry=shapes, crs=4326).to_crs(crs).to_file(path)
