"""
THE TABLE of the fault matrix: what may happen, where it may happen, what is expected, and what cannot be.

The tests and the page docs/robustness.md are made from it. It imports nothing of snapstamps.
"""

from collections.abc import Iterator
from dataclasses import dataclass

INPUT, TOOL, DATA = 2, 3, 4


@dataclass(frozen=True)
class Fault:
    """
    Something that happens to a stage.

    Attributes
    ----------
    name : str
        In the documentation.
    how : str
        How the tests bring it about.
    codes : tuple of int
        Exit codes of which the command must give one; negative ones are signals.
    foreign : tuple of int
        The same, where a program of others does the work; empty: no difference.
    then : str
        What makes it good again.
    """

    name: str
    how: str
    codes: tuple[int, ...]
    then: str
    foreign: tuple[int, ...] = ()


@dataclass(frozen=True)
class Stage:
    """
    Where a fault may happen.

    Attributes
    ----------
    name : str
        In the documentation.
    words : tuple of str
        The command, without its folder.
    engine : str
        Who does the work: ``snapstamps``, ``native``, ``octave`` or ``gpt``.
    step : int
        Of StaMPS; 0 for other stages.
    """

    name: str
    words: tuple[str, ...]
    engine: str
    step: int = 0

    @property
    def is_foreign(self) -> bool:
        """Tell whether a program of others writes the files, in its own way."""
        return self.engine in {"octave", "gpt"}


FAULTS: dict[str, Fault] = {
    "kill": Fault("kill -9", "the process is killed at a chosen write, or while the program at work", (-9,), "again"),
    "term": Fault("SIGTERM", "as above", (143,), "again"),
    "interrupt": Fault("Ctrl-C (SIGINT)", "as above", (130,), "again"),
    "disk": Fault(
        "disk full",
        "a tmpfs fills up while the stage writes (root); else a writer that finds no room",
        (DATA,),
        "room",
        foreign=(TOOL, DATA),
    ),
    "readonly": Fault("read-only folder", "mounted read-only (root); else without permission", (INPUT,), "writable"),
    "quota": Fault("quota", "a writer that is refused from a chosen write on", (DATA,), "room"),
    "corrupted": Fault("corrupted artefact", "bytes of a result are overwritten", (0,), "again"),
    "truncated": Fault("truncated input", "an input loses its second half", (INPUT,), "whole input"),
    "clock": Fault(
        "clock jump", "the clock and the times of new files jump, back or ahead, at a chosen write", (0,), ""
    ),
    "two": Fault("two runs at once", "a second run while the first stands still at a chosen write", (INPUT,), "again"),
    "memory": Fault(
        "out of memory",
        "no more memory from a chosen write on; for programs, their own word for it",
        (DATA,),
        "again",
        foreign=(TOOL,),
    ),
}

STAGES: dict[str, Stage] = {
    "simulate": Stage("simulate", ("simulate",), "snapstamps"),
    "prepare": Stage("prepare (stand-in for gpt)", ("prepare",), "gpt"),
    "candidates": Stage("candidates", ("candidates",), "snapstamps"),
    **{
        f"{step}_native": Stage(f"step {step}, native", ("stamps", "--steps", str(step)), "native", step)
        for step in range(1, 9)
    },
    **{
        f"{step}_octave": Stage(
            f"step {step}, octave (stand-in for StaMPS)",
            ("stamps", "--engine", "octave", "--steps", str(step)),
            "octave",
            step,
        )
        for step in range(1, 9)
    },
    "export": Stage("export", ("export",), "snapstamps"),
    "report": Stage("report", ("report",), "snapstamps"),
}

_OTHER_CODES: dict[tuple[str, str], tuple[int, ...]] = {("truncated", "prepare"): (0,)}
"""Cells with an outcome of their own."""

_NO_ARTEFACT = "a simulation keeps no journal: what lies there is only ever replaced, by --force"
IMPOSSIBLE: dict[tuple[str, str], str] = {
    ("corrupted", "simulate"): _NO_ARTEFACT,
}
"""(fault, stage) -> why there is no such cell."""

SAMPLE: frozenset[tuple[str, str]] = frozenset(
    {
        ("truncated", "simulate"),
        ("kill", "simulate"),
        ("readonly", "prepare"),
        ("disk", "candidates"),
        ("two", "1_native"),
        ("memory", "2_native"),
        ("term", "3_native"),
        ("clock", "4_native"),
        ("quota", "5_native"),
        ("interrupt", "6_native"),
        ("corrupted", "7_native"),
        ("kill", "8_native"),
        ("readonly", "1_octave"),
        ("quota", "2_octave"),
        ("two", "3_octave"),
        ("truncated", "4_octave"),
        ("readonly", "5_octave"),
        ("term", "6_octave"),
        ("corrupted", "7_octave"),
        ("memory", "8_octave"),
        ("disk", "export"),
        ("interrupt", "report"),
    }
)
"""The cells that ``make test`` tries: every row and every column; ``make test-long`` tries all."""


def codes_of(fault: str, stage: str) -> tuple[int, ...]:
    """Return the exit codes of which the command of a cell must give one."""
    known = FAULTS[fault]
    usual = known.foreign if known.foreign and STAGES[stage].is_foreign else known.codes
    return _OTHER_CODES.get((fault, stage), usual)


def cells() -> Iterator[tuple[str, str]]:
    """Give all cells that can be, as (fault, stage)."""
    for stage in STAGES:
        for fault in FAULTS:
            if (fault, stage) not in IMPOSSIBLE:
                yield fault, stage
