"""The unit of work: what it reads, writes, and listens to."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snapstamps.stamps.steps import Step
from snapstamps.stamps.store import StampsStore


@dataclass(frozen=True)
class Unit:
    """
    One unit of work.

    Attributes
    ----------
    name : str
        Its name in the journal.
    stage : str
        One of the stages of ``snapstamps run``.
    reads, writes : tuple of Path
        Files; those it may read or write only sometimes are included.
    parms : mapping
        All values that decide its result.
    after : tuple of str
        Names of the units whose results it needs.
    step : Step or None
        The row of the step table.
    store : StampsStore or None
        Where the step works.
    round : int
        Pass through steps 6 and 7, from 1.
    leaves : tuple of Path
        Files that must be there once it is done, though later units may rewrite them.
    needs : tuple of Path
        Files that it works on, but whose making anew does not by itself make it stale.
    passing : bool
        Whether what it writes may be deleted once it has served.
    notices_new : bool
        Whether a new file among what it reads makes it stale.
    """

    name: str
    stage: str
    reads: tuple[Path, ...]
    writes: tuple[Path, ...]
    parms: Mapping[str, Any]
    after: tuple[str, ...]
    step: Step | None = None
    store: StampsStore | None = None
    round: int = 1
    leaves: tuple[Path, ...] = ()
    needs: tuple[Path, ...] = ()
    passing: bool = False
    notices_new: bool = False
