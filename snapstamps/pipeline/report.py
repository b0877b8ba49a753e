"""What the runner tells while it works; the command line shows it, Python users may listen, too."""

from collections.abc import Sequence
from typing import Protocol

from snapstamps.journal import Record
from snapstamps.pipeline.state import UnitState


class Reporter(Protocol):
    """Listens to a run."""

    def planned(self, states: Sequence[UnitState]) -> None:
        """Hear which units there are and where each stands."""

    def started(self, unit: str, number: int, total: int) -> None:
        """Hear that a unit begins, as ``number`` of ``total`` to be done."""

    def progress(self, done: int, total: int) -> None:
        """Hear how far the present unit is."""

    def finished(self, record: Record) -> None:
        """Hear that a unit has ended well."""


class SilentReporter:
    """Shows nothing."""

    def planned(self, states: Sequence[UnitState]) -> None:
        """Show nothing."""

    def started(self, unit: str, number: int, total: int) -> None:
        """Show nothing."""

    def progress(self, done: int, total: int) -> None:
        """Show nothing."""

    def finished(self, record: Record) -> None:
        """Show nothing."""
