"""
The contract on disk between StaMPS and us: steps, artefacts, parameters, folders.

``read("my-area/stamps", "pm1")`` gives any artefact as named arrays, with their units.
"""

from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from snapstamps.stamps.store import Artefact

__all__ = ["read"]


def read(folder: str | Path, artefact: str) -> "Artefact":
    """
    Read an artefact of a StaMPS folder.

    Parameters
    ----------
    folder : str or Path
        The working folder, or a ``PATCH_n`` in it.
    artefact : str
        Its name without ``.mat``, such as ``pm1``.

    Returns
    -------
    Artefact
        Fields as attributes; ``.units`` tells their units.

    Raises
    ------
    InputError
        If there is no artefact of that name.
    DataError
        If the file is missing or damaged.
    """
    from snapstamps.model.errors import InputError  # noqa: PLC0415 - scipy loads slowly, and the parent is always loaded
    from snapstamps.stamps.artefacts import ARTEFACTS  # noqa: PLC0415
    from snapstamps.stamps.store import StampsStore  # noqa: PLC0415

    if artefact not in ARTEFACTS:
        raise InputError(f"StaMPS has no artefact {artefact!r}", remedy=f"one of {', '.join(ARTEFACTS)}")
    return StampsStore(Path(folder)).read(artefact)
