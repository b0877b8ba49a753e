"""The table of all forms of results. A new one is a file beside this one, a row here, and its word in the options."""

from typing import get_args

from snapstamps.config.options import ExportOptions, FormatName
from snapstamps.results.formats.base import Format
from snapstamps.results.formats.egms import EgmsCsv
from snapstamps.results.formats.flatgeobuf import FlatGeobuf
from snapstamps.results.formats.geoparquet import GeoParquet
from snapstamps.results.formats.gpkg import GeoPackage
from snapstamps.results.formats.kmz import Kmz
from snapstamps.results.formats.raster import Raster
from snapstamps.results.formats.shapefile import Shapefile
from snapstamps.results.formats.visualizer import Visualizer

FORMATS: tuple[Format, ...] = (
    GeoPackage(),
    Shapefile(),
    EgmsCsv(),
    Visualizer(),
    GeoParquet(),
    FlatGeobuf(),
    Kmz(),
    Raster(),
)
"""In the order in which they are written."""


def wanted_formats(options: ExportOptions) -> tuple[Format, ...]:
    """
    Return the forms that options ask for; the GeoPackage is always the first of them.

    Examples
    --------
    >>> [each.name for each in wanted_formats(ExportOptions(formats=("tif", "csv")))]
    ['gpkg', 'csv', 'tif']
    """
    names = get_args(FormatName) if options.formats == "all" else ("gpkg", *options.formats)
    return tuple(each for each in FORMATS if each.name in names)
