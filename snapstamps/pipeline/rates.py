"""
What each stage costs, by the size of its data: measured rates, kept in ``rates.toml``.

``python -m benchmarks.sizes`` measures them on simulated scenes of several sizes and writes the file.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

RATES_FILE = Path(__file__).with_name("rates.toml")

SizeName = Literal["pixels", "candidates", "ps", "cells"]


@dataclass(frozen=True)
class Rate:
    """
    What one stage or step costs.

    Attributes
    ----------
    size : {"pixels", "candidates", "ps", "cells"}
        What it grows with, besides the dates.
    fixed_seconds, seconds : float
        One thread: the start, and the factor of ``size ** size_exponent * dates ** dates_exponent``.
    size_exponent, dates_exponent : float
        Fitted.
    fixed_memory, memory : float
        Bytes: of the program itself, and per size and date.
    disk : float
        Bytes that stay, per size and date.
    """

    size: SizeName
    fixed_seconds: float
    seconds: float
    size_exponent: float
    dates_exponent: float
    fixed_memory: float
    memory: float
    disk: float

    def time(self, size: float, dates: int) -> float:
        """Return the seconds that it takes, where the rates were measured."""
        growth: float = size**self.size_exponent * dates**self.dates_exponent
        return self.fixed_seconds + self.seconds * growth

    def peak(self, size: float, dates: int) -> int:
        """Return the bytes of memory that it needs."""
        return int(self.fixed_memory + self.memory * size * dates)


@dataclass(frozen=True)
class Rates:
    """
    The whole file.

    Attributes
    ----------
    machine : mapping
        Where they were measured: ``cores``, ``memory`` (bytes), ``calibration_seconds``.
    typical : mapping
        Shares that stand in until they are known: ``candidates_per_pixel``, ``ps_per_candidate``.
    stages : mapping of str to Rate
        By stage or step.
    """

    machine: Mapping[str, float]
    typical: Mapping[str, float]
    stages: Mapping[str, Rate]


@cache
def rates() -> Rates:
    """Return the measured rates."""
    content: dict[str, Any] = tomllib.loads(RATES_FILE.read_text(encoding="utf-8"))
    stages = {name: Rate(**values) for name, values in content["stages"].items()}
    return Rates(content["machine"], content["typical"], stages)


def memory_of(stage: str, values: int) -> int:
    """
    Return the memory that a stage is expected to need, bytes; 0 where its rate is not known.

    Parameters
    ----------
    stage : str
        Stage or step.
    values : int
        Size times dates.
    """
    rate = rates().stages.get(stage)
    return 0 if rate is None else int(rate.fixed_memory + rate.memory * values)
