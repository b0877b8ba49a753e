"""What StaMPS's file format and the disk can hold, checked before the work and not after it."""

import shutil
from pathlib import Path

from snapstamps.formats.mat import MAX_VARIABLE_BYTES
from snapstamps.model.errors import DataError
from snapstamps.stamps.store import StampsStore

_BYTES_PER_VALUE = 8
"""The widest per-date variable of every step: single complex, or double."""

_BYTES_PER_CANDIDATE_AND_DATE = 44
"""What steps 1-5 leave per candidate and date: ph1, bp1, and four variables of pm1."""


def n_candidates(patch: StampsStore) -> int:
    """Return the number of candidates of a patch (0 where the stage has not left its files)."""
    path = patch.path / "pscands.1.ij.int"
    return path.stat().st_size // 8 if path.is_file() else 0


def require_room(stamps: StampsStore, n_scenes: int) -> None:
    """
    Check, before step 1, that the candidates fit the file format and their results the disk.

    Parameters
    ----------
    stamps : StampsStore
        The working folder with its patches.
    n_scenes : int
        Dates, master included.

    Raises
    ------
    DataError
        With the numbers and the remedy.
    """
    total = 0
    for patch in stamps.patches():
        n = n_candidates(patch)
        total += n
        require_fits(n, n_scenes, patch.path, "smaller patches (candidates.patches), or a smaller amplitude dispersion")
    require_disk(stamps.path, total * n_scenes * _BYTES_PER_CANDIDATE_AND_DATE)


def require_fits(n_rows: int, n_scenes: int, where: Path, remedy: str) -> None:
    """
    Check that rows x dates fit one variable of a MATLAB v5/v7 file.

    Raises
    ------
    DataError
        If they do not.
    """
    needed = n_rows * n_scenes * _BYTES_PER_VALUE
    if needed > MAX_VARIABLE_BYTES:
        raise DataError(
            f"{n_rows:,} scatterers x {n_scenes} dates need {needed / 2**30:.1f} GiB in one variable; "
            "StaMPS's files (MATLAB v5/v7) hold less than 2 GiB",
            where=where,
            remedy=remedy,
        )


def require_disk(folder: Path, needed: int) -> None:
    """
    Check that the disk can hold what is about to be written.

    Raises
    ------
    DataError
        With the numbers.
    """
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise DataError(
            f"the disk has {free / 2**30:.1f} GiB free, but about {needed / 2**30:.1f} GiB are needed",
            where=folder,
            remedy="free some room, or put the project on another disk",
        )
