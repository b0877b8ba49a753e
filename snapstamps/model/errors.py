"""
Errors that a user can cause or meet: what, where, why, what to try.

Every one of them is printed as one clear message and ends with its own exit code; a traceback is
shown only with ``--debug``.
"""

from pathlib import Path
from typing import Any


class SnapstampsError(Exception):
    """
    Root of all expected errors.

    Parameters
    ----------
    what : str
        What went wrong, in one line.
    where : str or Path, optional
        The file, folder, step or option concerned.
    why : str, optional
        The cause, as far as it is known; may have several lines.
    remedy : str, optional
        What to try next.

    Attributes
    ----------
    exit_code : int
        The exit code of the command that meets this error.
    """

    exit_code = 1

    def __init__(
        self,
        what: str,
        *,
        where: str | Path | None = None,
        why: str | None = None,
        remedy: str | None = None,
    ) -> None:
        self.what = what
        self.where = None if where is None else str(where)
        self.why = why
        self.remedy = remedy
        super().__init__(self.message())

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive the way from a worker process with all fields."""
        return _rebuild, (type(self), self.what, self.where, self.why, self.remedy)

    def message(self) -> str:
        """Return the whole message: first line what, then where, why and the remedy."""
        lines = [self.what]
        if self.where:
            lines.append(f"  where: {self.where}")
        if self.why:
            lines.extend(f"  {line}" for line in self.why.splitlines())
        if self.remedy:
            lines.append(f"  Try: {self.remedy}")
        return "\n".join(lines)


class InputError(SnapstampsError):
    """The user's input: options, configuration, paths (exit code 2)."""

    exit_code = 2


class ToolError(SnapstampsError):
    """An external program failed, hung or is missing (exit code 3)."""

    exit_code = 3


class DataError(SnapstampsError):
    """The data do not allow it: damaged, incomplete, inconsistent or too few (exit code 4)."""

    exit_code = 4


def _rebuild(
    kind: type[SnapstampsError], what: str, where: str | None, why: str | None, remedy: str | None
) -> SnapstampsError:
    return kind(what, where=where, why=why, remedy=remedy)
