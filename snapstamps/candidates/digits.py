"""
Numbers as text, exactly as StaMPS's C++ programs print them, but whole arrays at a time.

A C++ stream prints six significant digits, as C's ``%g`` does. Python's ``%`` agrees with that, and
prints what is rare; the kernels print what there is much of.
"""

import numba
import numpy as np

from snapstamps.kernels.arrays import FloatArray, IntArray

_NEWLINE, _SPACE, _POINT, _ZERO = b"\n .0"
_NAN = tuple(b"-nan")
_POSITION_BYTES = 3 * 20
_DISPERSION_BYTES = 16


def six_digits(value: float | np.floating) -> str:
    """
    Return a number as a C++ stream prints it by default.

    Examples
    --------
    >>> [six_digits(x) for x in (42.749351, 0.4, 1e6, float("nan"))]
    ['42.7494', '0.4', '1e+06', '-nan']
    """
    # The only NaN that arises here is the root of a negative number, whose sign bit x86 sets and C prints.
    return "-nan" if np.isnan(value) else f"{float(value):g}"


def position_lines(numbers: IntArray, lines: IntArray, samples: IntArray) -> bytes:
    r"""
    Return the text of a ``pscands.1.ij``: number, azimuth line, range sample.

    Parameters
    ----------
    numbers, lines, samples : ndarray of int64, shape (n_cand,)
        None negative.

    Examples
    --------
    >>> position_lines(np.array([1, 2]), np.array([0, 13]), np.array([49, 5]))
    b'1 0 49\n2 13 5\n'
    """
    text = np.empty(numbers.size * _POSITION_BYTES, np.uint8)
    columns = np.stack([numbers, lines, samples], axis=1).astype(np.int64)
    return text[: _print_rows(columns, text)].tobytes()


def dispersion_lines(values: FloatArray) -> bytes:
    r"""
    Return the text of a ``pscands.1.da``: one value per line.

    Parameters
    ----------
    values : ndarray of float32, shape (n_cand,)
        Amplitude dispersions.

    Examples
    --------
    >>> dispersion_lines(np.array([0.3812249, 0.25], dtype=np.float32))
    b'0.381225\n0.25\n'
    """
    # Between 0 and 1e-4 there is none: D_A**2 is 1 less than a float32 near 1.
    common = (values >= _SMALLEST) & (values < _LARGEST) | (values == 0) | np.isnan(values)
    if not np.all(common):
        return "".join(f"{six_digits(value)}\n" for value in values).encode()
    text = np.empty(values.size * _DISPERSION_BYTES, np.uint8)
    return text[: _print_fractions(np.ascontiguousarray(values, np.float32), text)].tobytes()


_SMALLEST, _LARGEST = np.float32(1.001e-4), np.float32(9.99)
"""Between them ``%g`` needs no exponent, and at most one digit stands before the point."""


@numba.njit(cache=True, nogil=True)
def _print_integer(number: int, text: IntArray, at: int) -> int:
    """Print a number from ``at`` on; return where the next character goes."""
    width = 1
    rest = number // 10
    while rest > 0:
        width += 1
        rest //= 10
    for position in range(at + width - 1, at - 1, -1):
        text[position] = _ZERO + number % 10
        number //= 10
    return at + width


@numba.njit(cache=True, nogil=True)
def _print_rows(columns: IntArray, text: IntArray) -> int:
    """Print rows of whole numbers, separated by blanks; return the length of the text."""
    at = 0
    for row in range(columns.shape[0]):
        for column in range(columns.shape[1]):
            at = _print_integer(columns[row, column], text, at)
            text[at] = _SPACE
            at += 1
        text[at - 1] = _NEWLINE
    return at


@numba.njit(cache=True, nogil=True)
def _print_fractions(values: FloatArray, text: IntArray) -> int:
    """Print numbers from 1e-4 up to 10, 0, and NaN with six significant digits; return the length of the text."""
    at = 0
    for value in values:
        if np.isnan(value):
            for letter in _NAN:
                text[at] = letter
                at += 1
        elif value == 0:
            text[at] = _ZERO
            at += 1
        else:
            at = _print_fraction(np.float64(value), text, at)
        text[at] = _NEWLINE
        at += 1
    return at


@numba.njit(cache=True, nogil=True)
def _print_fraction(value: float, text: IntArray, at: int) -> int:
    """
    Print one number from ``at`` on; return where the next character goes.

    A float32 times a power of ten up to 10**9 is exact in float64, so that rounding the product half to
    even rounds the exact decimal value, as C does.
    """
    scale, limit = 10**5, 1.0
    while value < limit:
        scale *= 10
        limit /= 10
    scaled = int(np.rint(value * scale))
    at = _print_integer(scaled // scale, text, at)
    rest = scaled % scale
    if rest > 0:
        text[at] = _POINT
        at += 1
    while rest > 0:
        rest *= 10
        text[at] = _ZERO + rest // scale
        at += 1
        rest %= scale
    return at
