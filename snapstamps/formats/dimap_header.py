"""The header (``.dim``) of a SNAP product as elements, without the parts that a reader has no use for."""

from collections.abc import Collection
from pathlib import Path

from snapstamps.formats.xml_elements import Element, read_elements
from snapstamps.model.errors import InputError


def read_dimap_header(path: Path, *, without: Collection[str]) -> Element:
    """
    Read the header of a SNAP product.

    Parameters
    ----------
    path : Path
        Of the ``.dim`` file.
    without : collection of str
        Names of elements that are passed over, with all that is in them.

    Returns
    -------
    Element
        The root.

    Raises
    ------
    InputError
        If the file is missing or cannot be read.
    DataError
        If it is not sound XML.
    """
    try:
        with path.open("rb") as stream:
            return read_elements(stream, str(path), without=without)
    except OSError as error:
        raise InputError(
            f"the SNAP product {path.name} cannot be read", where=path, why=error.strerror, remedy="name its .dim file"
        ) from error
