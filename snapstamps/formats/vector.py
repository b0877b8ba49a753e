"""Vector files of strangers, by GDAL: one kind of error for all that may be wrong with them."""

from pathlib import Path
from typing import Any

from snapstamps.model.errors import InputError


def read_vector(path: Path, **options: Any) -> Any:
    """
    Read a vector file.

    Parameters
    ----------
    path : Path
        The file.
    **options
        As for ``geopandas.read_file``.

    Returns
    -------
    geopandas.GeoDataFrame or pandas.DataFrame
        The second where nothing in it has a geometry.

    Raises
    ------
    ValueError
        If it is damaged or of an unknown form; the libraries themselves raise half a dozen kinds, defects of their
        own among them.
    OSError
        If the system refuses it.
    """
    import geopandas  # noqa: PLC0415 - loads slowly, and not every command reads vectors

    try:
        return geopandas.read_file(path, **options)
    except (OSError, MemoryError):
        raise
    except Exception as error:
        raise ValueError(str(error) or type(error).__name__) from error


def in_degrees(frame: Any, path: Path) -> Any:
    """
    Return a frame in longitude and latitude (WGS84).

    Parameters
    ----------
    frame : geopandas.GeoDataFrame
        With a CRS.
    path : Path
        Where it was read, for the message.

    Raises
    ------
    InputError
        If its CRS is not of this earth, or makes no sense.
    """
    from pyproj.exceptions import ProjError  # noqa: PLC0415 - as above

    try:
        return frame.to_crs("EPSG:4326")
    except ProjError as error:
        raise InputError(
            "the CRS of the file cannot be brought to longitude and latitude", where=path, why=str(error)
        ) from error
