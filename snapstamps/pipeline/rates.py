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
PUBLISHED_FILE = Path(__file__).with_name("published.toml")

SizeName = Literal["pixels", "candidates", "ps", "cells"]


@dataclass(frozen=True)
class Term:
    """
    A part of the time: ``seconds * size ** size_exponent * dates ** dates_exponent``.

    Attributes
    ----------
    size : {"pixels", "candidates", "ps", "cells"}
        What it grows with, besides the dates.
    seconds : float
        The factor, of one processor.
    size_exponent, dates_exponent : float
        Fitted.
    """

    size: SizeName
    seconds: float
    size_exponent: float
    dates_exponent: float


@dataclass(frozen=True)
class Rate:
    """
    What one stage or step costs.

    Attributes
    ----------
    fixed_seconds : float
        However small the data.
    terms : tuple of Term
        What grows; the size of the first one also counts for memory and disk.
    fixed_memory, memory : float
        Bytes: of the program itself, and per size and date.
    disk : float
        Bytes that stay, per size and date.
    """

    fixed_seconds: float
    terms: tuple[Term, ...]
    fixed_memory: float
    memory: float
    disk: float

    @property
    def size(self) -> SizeName:
        """Return what memory and disk grow with."""
        return self.terms[0].size

    def time(self, sizes: Mapping[SizeName, float], dates: int) -> float:
        """Return the seconds of a processor that it takes, where the rates were measured."""
        parts = [t.seconds * sizes[t.size] ** t.size_exponent * dates**t.dates_exponent for t in self.terms]
        return self.fixed_seconds + float(sum(parts))

    def peak(self, sizes: Mapping[SizeName, float], dates: int) -> int:
        """Return the bytes of memory that it needs."""
        return int(self.fixed_memory + self.memory * sizes[self.size] * dates)

    def left(self, sizes: Mapping[SizeName, float], dates: int) -> int:
        """Return the bytes that it leaves on disk."""
        return int(self.disk * sizes[self.size] * dates)


@dataclass(frozen=True)
class Rates:
    """
    The whole file.

    Attributes
    ----------
    machine : mapping
        Where they were measured: ``cores``, ``memory`` (bytes), ``calibration_seconds``.
    typical : mapping
        Shares that stand in until they are known: ``candidates_per_pixel``, ``ps_per_candidate``; and
        ``figures_seconds``, of the report's figures in one form.
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
    stages = {
        name: Rate(**{**values, "terms": tuple(Term(**term) for term in values["terms"])})
        for name, values in content["stages"].items()
    }
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


@cache
def published() -> Mapping[str, Mapping[str, float]]:
    """Return what others take: ``snap`` (``seconds`` for ``pixels`` on ``cores``) and ``octave`` (``factor``)."""
    return tomllib.loads(PUBLISHED_FILE.read_text(encoding="utf-8"))
