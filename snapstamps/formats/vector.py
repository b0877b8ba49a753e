"""Vector files of strangers, by GDAL: one kind of error for all that may be wrong with them."""

from pathlib import Path
from typing import Any


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
