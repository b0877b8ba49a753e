"""
Gamma text headers as SNAP writes them: ``.par`` (key, value, unit) and ``.base`` (TCN baselines).

A header is kept as its lines, so that changing one value leaves every other byte as it was: carriage
returns (SNAP on Windows), a missing last line end, letters of any encoding.
"""

import math
import re
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path

from snapstamps.formats.atomic import write_bytes
from snapstamps.model.errors import DataError


def java_double(value: float) -> str:
    """
    Return a number as Java's ``Double.toString`` prints it, which is what SNAP's headers hold.

    Examples
    --------
    >>> [java_double(x) for x in (12.0, 5405000454.33435, 0.0001, 0.001, 1e7, -0.0, math.nan)]
    ['12.0', '5.40500045433435E9', '1.0E-4', '0.001', '1.0E7', '-0.0', 'NaN']
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "Infinity" if value > 0 else "-Infinity"
    if value == 0 or 1e-3 <= abs(value) < 1e7:
        return repr(float(value))
    sign, digits, exponent = Decimal(repr(float(value))).as_tuple()
    figures = "".join(str(digit) for digit in digits).rstrip("0") or "0"
    power = len(digits) + int(exponent) - 1
    mantissa = f"{figures[0]}.{figures[1:] or '0'}"
    return f"{'-' if sign else ''}{mantissa}E{power}"


@dataclass(frozen=True)
class GammaHeader:
    """
    A Gamma text header.

    Attributes
    ----------
    lines : tuple of str
        The lines without their line feeds (a carriage return stays).
    path : Path or None
        Where it was read; named in errors.
    ends_with_line_feed : bool
        Whether the last line has its line feed.
    """

    lines: tuple[str, ...]
    path: Path | None = None
    ends_with_line_feed: bool = True

    @classmethod
    def read(cls, path: Path) -> "GammaHeader":
        """
        Read a header.

        Raises
        ------
        DataError
            If the file is missing or is not text.
        """
        try:
            content = path.read_bytes()
        except FileNotFoundError:
            raise DataError(f"{path.name} is missing", where=path.parent) from None
        except OSError as error:
            raise DataError(f"{path.name} cannot be read", where=path, why=str(error)) from error
        if b"\0" in content:
            raise DataError(f"{path.name} is not a text header", where=path)
        # surrogates carry what is not UTF-8, so that a title in any encoding comes back as it was
        lines = content.decode("utf-8", errors="surrogateescape").split("\n")
        complete = lines[-1] == ""
        return cls(tuple(lines[:-1] if complete else lines), path, complete)

    def to_bytes(self) -> bytes:
        """Return the content of the file."""
        end = "\n" if self.ends_with_line_feed and self.lines else ""
        return ("\n".join(self.lines) + end).encode("utf-8", errors="surrogateescape")

    def write(self, path: Path) -> None:
        """Write the header atomically."""
        write_bytes(path, self.to_bytes())

    def values(self, key: str) -> list[str] | None:
        """Return the words after ``key:``, or None where the key is absent."""
        index = self._index(key)
        return None if index is None else self.lines[index].split(":", 1)[1].split()

    def number(self, key: str) -> float:
        """
        Return the first number after a key.

        Raises
        ------
        DataError
            If the key is absent or its value is not a number.
        """
        return self.numbers(key, 1)[0]

    def numbers(self, key: str, count: int) -> list[float]:
        """
        Return the first ``count`` numbers after a key.

        Raises
        ------
        DataError
            If the key is absent or a value is not a number.
        """
        words = self.values(key)
        if words is None:
            raise DataError(f"the header has no {key}", where=self.path)
        try:
            numbers = [float(word) for word in words[:count]]
        except ValueError:
            numbers = []
        if len(numbers) != count:
            raise DataError(f"{key} of the header is {' '.join(words)!r}, not {count} number(s)", where=self.path)
        return numbers

    def text(self, key: str) -> str:
        """Return what stands after a key, unsplit and stripped; empty where it is absent."""
        index = self._index(key)
        return "" if index is None else self.lines[index].split(":", 1)[1].strip()

    def with_value(self, key: str, value: str) -> "GammaHeader":
        """
        Return a copy in which the first word after ``key`` is replaced; unit and spacing stay.

        Raises
        ------
        KeyError
            If the key is absent.
        """
        index = self._index(key)
        if index is None:
            raise KeyError(key)
        head, rest = self.lines[index].split(":", 1)
        # a carriage return is the line's end, not the space before a value that is not there
        replaced = re.sub(r"\A([^\S\r]*)\S*", lambda match: f"{match[1]}{value}", rest)
        lines = (*self.lines[:index], f"{head}:{replaced}", *self.lines[index + 1 :])
        return replace(self, lines=lines)

    def _index(self, key: str) -> int | None:
        for index, line in enumerate(self.lines):
            if line.split(":", 1)[0].strip() == key and ":" in line:
                return index
        return None


@dataclass(frozen=True)
class TcnBaseline:
    """
    A baseline in track, cross-track, normal components, and its rate along the image.

    Attributes
    ----------
    initial : tuple of float
        T, C, N in metres at the middle line.
    rate : tuple of float
        T, C, N in m/s.
    """

    initial: tuple[float, float, float]
    rate: tuple[float, float, float]


def read_baseline(path: Path) -> TcnBaseline:
    """
    Read the initial baseline of a ``.base`` file.

    Raises
    ------
    DataError
        If the file is missing or lacks three numbers.
    """
    header = GammaHeader.read(path)
    t, c, n = header.numbers("initial_baseline(TCN)", 3)
    t_rate, c_rate, n_rate = header.numbers("initial_baseline_rate", 3)
    return TcnBaseline((t, c, n), (t_rate, c_rate, n_rate))
