"""What is wrong in a configuration: every fault names key, value, what is allowed, and the nearest known key."""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from snapstamps.config.toml_text import literal
from snapstamps.model.errors import InputError


@dataclass(frozen=True)
class Fault:
    """
    One fault.

    Attributes
    ----------
    key : str
        The dotted key, such as ``stamps.engine``.
    problem : str
        What is allowed, or why the key is not known.
    value : object
        What was given.
    hint : str
        The nearest known key or word, or where the key belongs; may be empty.
    origin : str
        Where the value was given, such as ``line 12`` or the name of a variable; may be empty.
    """

    key: str
    problem: str
    value: object
    hint: str = ""
    origin: str = ""

    def __str__(self) -> str:
        """Return the fault as one line."""
        origin = f" ({self.origin})" if self.origin else ""
        hint = f"; {self.hint}" if self.hint else ""
        return f"{self.key} = {_shown(self.value)}{origin}: {self.problem}{hint}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """
    Return the known word that looks most like ``word``, or None if none does.

    Examples
    --------
    >>> nearest("unwrap_gridsize", ["unwrap_grid_size", "unwrap_time_win"])
    'unwrap_grid_size'
    """
    folded = {item.lower(): item for item in known}
    matches = difflib.get_close_matches(word.lower(), folded, n=1, cutoff=0.6)
    return folded[matches[0]] if matches else None


def error_of(faults: Sequence[Fault], *, where: Path | str | None, remedy: str) -> InputError:
    """
    Return the error that lists all faults.

    Parameters
    ----------
    faults : sequence of Fault
        At least one.
    where : Path, str or None
        The file concerned.
    remedy : str
        What to try.
    """
    if len(faults) == 1:
        return InputError(str(faults[0]), where=where, remedy=remedy)
    return InputError(
        f"{len(faults)} options are wrong",
        where=where,
        why="\n".join(str(fault) for fault in faults),
        remedy=remedy,
    )


def _shown(value: object) -> str:
    try:
        return literal(value)
    except TypeError:
        return repr(value)
