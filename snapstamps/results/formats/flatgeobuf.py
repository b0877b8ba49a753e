"""FlatGeobuf: the points in one file with an index, which maps in the browser read piece by piece."""

from pathlib import Path

import pyogrio

from snapstamps.formats.atomic import atomic_path
from snapstamps.results.arrow_table import GEOMETRY, Progress, ps_batches, ps_schema
from snapstamps.results.formats.base import STEM, Format, Results
from snapstamps.results.gdal_writing import Stream, gdal_errors
from snapstamps.results.geopackage import PS_LAYER, column_meanings


class FlatGeobuf(Format):
    """The layer ``ps`` alone."""

    name = "fgb"
    files = (f"{STEM}.fgb",)
    content = "The columns of the layer `ps`, with a spatial index"
    readers = "QGIS, GDAL, web maps (OpenLayers, MapLibre, Leaflet)"
    bytes_per_value = 11

    def write(self, results: Results, folder: Path, *, progress: Progress) -> tuple[Path, ...]:
        """Write ``velocity.fgb``."""
        path = folder / f"{STEM}.fgb"
        schema = ps_schema(results.table)
        stream = Stream(schema, ps_batches(results.table, schema, progress=progress))
        meanings = {f"column {name}": text for name, text in column_meanings(results.table).items()}
        with atomic_path(path) as part, gdal_errors(path, stream):
            part.unlink()  # GDAL wants to make the file itself
            pyogrio.write_arrow(
                stream.reader(),
                part,
                layer=PS_LAYER,
                driver="FlatGeobuf",
                geometry_name=GEOMETRY,
                geometry_type="Point",
                crs="EPSG:4326",
                layer_metadata={**results.about, **meanings},
            )
        return (path,)
