"""GeoParquet 1.1: the points by columns, compressed, for analysis."""

import json
from pathlib import Path

import pyproj
from pyarrow import parquet

from snapstamps.formats.atomic import atomic_path
from snapstamps.results.arrow_table import Progress, ps_batches, ps_schema
from snapstamps.results.formats.base import STEM, Format, Results

_GEOMETRY = "geometry"
_VERSION = "1.1.0"


class GeoParquet(Format):
    """The columns of the layer ``ps``."""

    name = "parquet"
    files = (f"{STEM}.parquet",)
    content = "The columns of the layer `ps`, each with unit and meaning; the facts under the key `snapstamps`"
    readers = "geopandas, DuckDB, GDAL, R (sfarrow), QGIS"
    bytes_per_value = 9

    def write(self, results: Results, folder: Path, *, progress: Progress) -> tuple[Path, ...]:
        """Write ``velocity.parquet``."""
        path = folder / f"{STEM}.parquet"
        facts = {b"geo": json.dumps(_geo(results)).encode(), b"snapstamps": json.dumps(dict(results.about)).encode()}
        schema = ps_schema(results.table, geometry=_GEOMETRY).with_metadata(facts)
        with atomic_path(path) as part, parquet.ParquetWriter(part, schema, compression="zstd") as writer:
            for batch in ps_batches(results.table, schema, progress=progress):
                writer.write_batch(batch)
        return (path,)


def _geo(results: Results) -> dict[str, object]:
    """Return the metadata that make GeoParquet of Parquet."""
    lonlat = results.table.lonlat
    column = {
        "encoding": "WKB",
        "geometry_types": ["Point"],
        "crs": pyproj.CRS("OGC:CRS84").to_json_dict(),
        "bbox": [*lonlat.min(axis=0).tolist(), *lonlat.max(axis=0).tolist()],
    }
    return {"version": _VERSION, "primary_column": _GEOMETRY, "columns": {_GEOMETRY: column}}
