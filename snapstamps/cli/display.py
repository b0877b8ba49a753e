"""Showing a run: a live line with counts and time left on a terminal, one plain line per unit in a pipe."""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from snapstamps.cli.common import SESSION

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

    from snapstamps.journal import Record
    from snapstamps.pipeline.report import Reporter
    from snapstamps.pipeline.state import UnitState


@contextmanager
def run_display() -> Iterator["Reporter"]:
    """Give the reporter that suits where our messages go."""
    if SESSION.quiet:
        from snapstamps.pipeline.report import SilentReporter

        yield SilentReporter()
    elif sys.stderr.isatty():
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeRemainingColumn(elapsed_when_finished=True),
        )
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            yield TerminalReporter(progress)
    else:
        yield LineReporter()


class LineReporter:
    """One line per finished unit."""

    def planned(self, states: Sequence["UnitState"]) -> None:
        """Show nothing."""

    def started(self, unit: str, number: int, total: int) -> None:
        """Show nothing."""

    def progress(self, done: int, total: int) -> None:
        """Show nothing."""

    def finished(self, record: "Record") -> None:
        """Print what was done."""
        print(line_of(record), file=sys.stderr, flush=True)


class TerminalReporter:
    """A bar over all units, a bar for the present one, and a line above them for each that is done."""

    def __init__(self, progress: "Progress") -> None:
        self._progress = progress
        self._all: TaskID = progress.add_task("all", total=None)
        self._unit: TaskID | None = None
        self._last = 0.0

    def planned(self, states: Sequence["UnitState"]) -> None:
        """Show nothing."""

    def started(self, unit: str, number: int, total: int) -> None:
        """Show the unit at work."""
        self._progress.update(self._all, description=f"unit {number}")
        if self._unit is not None:
            self._progress.remove_task(self._unit)
        self._progress.update(self._all, total=total)
        self._unit = self._progress.add_task(unit, total=None)

    def progress(self, done: int, total: int) -> None:
        """Move the bar of the unit, ten times a second at the most."""
        now = time.monotonic()
        if self._unit is not None and (done >= total or now - self._last > 0.1):
            self._progress.update(self._unit, completed=done, total=total)
            self._last = now

    def finished(self, record: "Record") -> None:
        """Move the bar of all, and leave a line."""
        if self._unit is not None:
            self._progress.remove_task(self._unit)
            self._unit = None
        self._progress.update(self._all, advance=1)
        self._progress.console.print(line_of(record), highlight=False, markup=False)


def line_of(record: "Record") -> str:
    """
    Return a finished unit in one line.

    Parameters
    ----------
    record : Record
        As journalled.
    """
    counts = record.counts
    if "ps_in" in counts and counts["ps_in"] != counts["ps_out"]:
        text = f"{counts['ps_in']:,} -> {counts['ps_out']:,}"
    else:
        text = ", ".join(_counted(value, name) for name, value in counts.items() if name != "ps_in")
    notes = "".join(f"\n    {note}" for note in record.notes)
    return f"{record.unit:<36} {record.seconds:8.2f} s  {text}{notes}"


def _counted(value: int, name: str) -> str:
    """Return a count with its noun, which the journal keeps in the plural."""
    noun = {"ps_out": "PS", "patches": "patch" if value == 1 else "patches"}.get(name, name.replace("_", " "))
    return f"{value:,} {noun}"
