"""What an engine is: it does one step in one folder, and leaves StaMPS's own artefacts there."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.steps import Step
from snapstamps.stamps.store import StampsStore

Mapper = Callable[[Callable[[Any], Any], Iterable[Any]], list[Any]]
"""Applies a function to items and returns the results in order: serially, in processes, on a cluster."""

Quirks = Literal["mend", "reproduce"]
UnwrapSolver = Literal["auto", "snaphu", "mcf"]


def serial_mapper(function: Callable[[Any], Any], items: Iterable[Any]) -> list[Any]:
    """Apply ``function`` to every item, one after the other."""
    return [function(item) for item in items]


def no_progress(_done: int, _total: int) -> None:
    """Show nothing."""


@dataclass
class RunContext:
    """
    What a step is given besides its data and parameters.

    Attributes
    ----------
    log : logging.Logger
        One INFO line per unit of work, with counts.
    progress : callable
        ``progress(done, total)``; called now and then on long work.
    mapper : Mapper
        For work inside a step that may run in parallel (step 6: one interferogram each).
    quirks : {"mend", "reproduce"}
        Whether the defects of StaMPS marked FIX are mended or reproduced.
    unwrap_solver : {"auto", "snaphu", "mcf"}
        Solver of step 6.
    memory : int
        Bytes a step may plan to use.
    logs : Path or None
        Folder for scripts and logs of external programs; by default ``logs`` in the working folder.
    notes : list of str
        Mendings that acted and choices that were made; the runner journals them.
    """

    log: logging.Logger = field(default_factory=lambda: logging.getLogger("snapstamps.engines"))
    progress: Callable[[int, int], None] = no_progress
    mapper: Mapper = serial_mapper
    quirks: Quirks = "mend"
    unwrap_solver: UnwrapSolver = "auto"
    memory: int = 2 * 2**30
    logs: Path | None = None
    notes: list[str] = field(default_factory=list)

    def note(self, text: str) -> None:
        """Record a mending that acted or a choice that was made, and log it."""
        self.notes.append(text)
        self.log.info(text)


class Engine(Protocol):
    """Does one unit of work."""

    name: str

    def version(self) -> str:
        """Return what the journal records as the engine's version."""

    def refuse(self, values: dict[str, Any]) -> None:
        """
        Refuse, before any work, parameter values that this engine does not support.

        Raises
        ------
        InputError
            Naming the parameter, its value, and where else it works.
        """

    def run(self, step: Step, store: StampsStore, parms: ParmsView, context: RunContext) -> None:
        """
        Do one unit of work in ``store.path`` and leave StaMPS's own artefacts there.

        Raises
        ------
        SnapstampsError
            With cause and remedy.
        """
