"""Units of work for tests of crews: workers import them by name."""

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from snapstamps.model.errors import DataError


@dataclass(frozen=True)
class Deadly:
    """A unit that kills its worker so many times, counted by files in a folder."""

    name: str
    folder: Path
    deaths: int


def double(number: int) -> int:
    return 2 * number


def survive(unit: Deadly) -> str:
    """Kill this process, or return the unit's name when it has done so often enough."""
    begun = unit.folder / f"{unit.name}.{time.monotonic_ns()}"
    begun.touch()
    if len(list(unit.folder.glob(f"{unit.name}.*"))) <= unit.deaths:
        os.kill(os.getpid(), signal.SIGKILL)
    return unit.name


def fail(number: int) -> int:
    raise DataError(f"number {number} is wrong", where="here", why="as told", remedy="another one")


def nap(seconds: float) -> float:
    time.sleep(seconds)
    return seconds
