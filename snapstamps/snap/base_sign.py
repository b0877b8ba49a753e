"""The third number of a ``.base`` file, and its sign: nothing else of the file changes, not a byte."""

import re
from dataclasses import replace

from snapstamps.formats.gamma_par import GammaHeader

_KEYS = ("initial_baseline(TCN)", "initial_baseline_rate")
_THIRD = re.compile(r"(?P<before>[^:]*:\s*\S+\s+\S+\s+)(?P<number>\S+)(?P<after>.*)", re.DOTALL)


def normal_component(header: GammaHeader) -> float:
    """
    Return the component normal to the track, as the file has it, m.

    Raises
    ------
    DataError
        If it is not there.
    """
    return header.numbers(_KEYS[0], 3)[2]


def flipped(header: GammaHeader) -> GammaHeader:
    r"""
    Return a ``.base`` file with the other sign of the normal component and of its rate; twice gives it back.

    Examples
    --------
    >>> flipped(GammaHeader(("initial_baseline(TCN):\t0.0\t38.5\t6.0\tm   m   m",))).lines
    ('initial_baseline(TCN):\t0.0\t38.5\t-6.0\tm   m   m',)
    """
    return replace(header, lines=tuple(_flipped_line(line) for line in header.lines))


def _flipped_line(line: str) -> str:
    if line.split(":", 1)[0].strip() not in _KEYS:
        return line
    match = _THIRD.fullmatch(line)
    if match is None:
        return line
    number = match["number"]
    other = number[1:] if number.startswith("-") else f"-{number.removeprefix('+')}"
    return f"{match['before']}{other}{match['after']}"
