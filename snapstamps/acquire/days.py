"""Only the scenes of named days: a paper's list instead of all that a search finds."""

import re
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from snapstamps.acquire.search import RemoteScene
from snapstamps.model.errors import DataError, InputError

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})\b")


def read_days(path: Path) -> tuple[date, ...]:
    """
    Read days, one at the beginning of each line; what follows on the line does not count, nor do other lines.

    Parameters
    ----------
    path : Path
        Text or CSV.

    Returns
    -------
    tuple of date
        In the order of the file, each once.

    Raises
    ------
    InputError
        If the file cannot be read.
    DataError
        If it holds no day, or one that does not exist.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise InputError("the list of days cannot be read", where=path, why=str(error)) from error
    found = [match for line in lines if (match := _DAY.match(line.strip())) is not None]
    try:
        days = tuple(dict.fromkeys(date(int(m[1]), int(m[2]), int(m[3])) for m in found))
    except ValueError as error:
        raise DataError("the list names a day that does not exist", where=path, why=str(error)) from error
    if not days:
        raise DataError(
            "the list names no day", where=path, remedy="one day per line, such as 2020-03-04, at its beginning"
        )
    return days


def only_days(scenes: Sequence[RemoteScene], days: Sequence[date]) -> tuple[RemoteScene, ...]:
    """Return the scenes of these days, in their order."""
    wanted = set(days)
    return tuple(scene for scene in scenes if scene.day in wanted)


def missing_days(scenes: Sequence[RemoteScene], days: Sequence[date]) -> tuple[date, ...]:
    """Return the days that have no scene, ascending."""
    return tuple(sorted(set(days) - {scene.day for scene in scenes}))
