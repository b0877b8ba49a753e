"""Values as TOML writes them: in the file that ``snapstamps new`` makes, and in messages."""

import math
from collections.abc import Sequence
from pathlib import Path

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\b": "\\b", "\t": "\\t", "\n": "\\n", "\f": "\\f", "\r": "\\r"}
_EXACT = 2**53
"""Whole numbers up to here are the same as double and as integer."""


def literal(value: object) -> str:
    r"""
    Return a value as TOML text.

    Whole numbers are written without a decimal point; ``None`` as an empty string, which every optional
    path takes for "not given".

    Parameters
    ----------
    value : object
        Text, path, number, truth value, ``None``, or a sequence of these.

    Raises
    ------
    TypeError
        If TOML, or our use of it, has no such value.

    Examples
    --------
    >>> [literal(x) for x in ('a "b"', 0.4, 200.0, float("inf"), True, None, (1, 2))]
    ['"a \\"b\\""', '0.4', '200', 'inf', 'true', '""', '[1, 2]']
    """
    if value is None:
        return '""'
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str | Path):
        return _quoted(str(value))
    if isinstance(value, float):
        return _number(value)
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(literal(item) for item in value)}]"
    raise TypeError(f"TOML has no text for {value!r}")


def _quoted(text: str) -> str:
    return '"' + "".join(_escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if ord(character) < 0x20 or ord(character) == 0x7F:
        return f"\\u{ord(character):04x}"
    return character


def _number(value: float) -> str:
    negative_zero = value == 0 and math.copysign(1, value) < 0
    if value.is_integer() and abs(value) <= _EXACT and not negative_zero:
        return str(int(value))
    return repr(value)
