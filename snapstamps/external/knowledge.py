"""What programs print when something is wrong, and what it means: ``knowledge.toml`` and how it is asked."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

Kind = Literal["failure", "silent", "warning"]

_FILE = Path(__file__).with_name("knowledge.toml")


@dataclass(frozen=True)
class KnownFailure:
    """
    One thing that gpt is known to print.

    Attributes
    ----------
    name : str
        Short name.
    pattern : re.Pattern
        Found in the log.
    cause : str
        What it means.
    remedy : str
        What to do.
    kind : {"failure", "silent", "warning"}
        silent: a failure although gpt ends well. warning: no failure.
    """

    name: str
    pattern: re.Pattern[str]
    cause: str
    remedy: str
    kind: Kind


@cache
def known_failures() -> Mapping[str, KnownFailure]:
    """Return all that is known, by name, special things before general ones."""
    with _FILE.open("rb") as stream:
        table = tomllib.load(stream)
    return {
        name: KnownFailure(
            name, re.compile(row["pattern"]), row["cause"], row["remedy"], kind=row.get("kind", "failure")
        )
        for name, row in table.items()
    }


def recognise(log_text: str) -> tuple[KnownFailure, ...]:
    """
    Return what a log shows.

    Parameters
    ----------
    log_text : str
        What gpt printed, or the end of it.

    Returns
    -------
    tuple of KnownFailure
        In the order of the knowledge; empty if nothing is known.
    """
    return tuple(failure for failure in known_failures().values() if failure.pattern.search(log_text))
