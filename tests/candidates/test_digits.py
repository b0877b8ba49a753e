"""Text is what C prints."""

import ctypes

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.candidates.digits import dispersion_lines, position_lines, six_digits

LIBC = ctypes.CDLL(None)


def printed_by_c(value: float) -> str:
    text = ctypes.create_string_buffer(64)
    LIBC.snprintf(text, 64, b"%g", ctypes.c_double(value))
    return text.value.decode()


dispersions = st.floats(width=32, min_value=2.0**-20, max_value=16)


@given(st.floats(width=32, allow_nan=False))
def test_six_digits_are_those_of_c(value: float) -> None:
    assert six_digits(value) == printed_by_c(value)


@given(st.lists(dispersions, max_size=20))
def test_lines_of_dispersions_are_those_of_c(values: list[float]) -> None:
    text = dispersion_lines(np.array(values, np.float32)).decode()
    assert text == "".join(f"{printed_by_c(value)}\n" for value in values)


@given(st.integers(-3, 0), st.integers(100_000, 999_999), st.integers(-2, 2))
def test_values_at_the_edge_of_the_last_digit_round_as_c_does(decade: int, digits: int, steps: int) -> None:
    # Halfway between two six-digit numbers, and the float32 around it: ties and carries.
    value = np.float32((digits + 0.5) * 10.0 ** (decade - 6))
    for _ in range(abs(steps)):
        value = np.nextafter(value, np.float32(np.copysign(np.inf, steps)))
    assert dispersion_lines(np.array([value])).decode() == f"{printed_by_c(float(value))}\n"


def test_exact_ties_go_to_the_even_digit() -> None:
    # 2**-6 multiples have few binary digits, so that their decimal expansion ends in an exact 5.
    values = (np.arange(1, 2**14, 2) * 2.0**-14).astype(np.float32)
    assert dispersion_lines(values).decode().split() == [printed_by_c(float(value)) for value in values]


def test_zero_and_the_root_of_a_negative_number_are_printed_as_c_does() -> None:
    assert dispersion_lines(np.array([0.25, np.nan, 0, 1], np.float32)) == b"0.25\n-nan\n0\n1\n"


@given(st.lists(st.tuples(*[st.integers(0, 2**62)] * 3), max_size=10))
def test_positions_are_plain_numbers(rows: list[tuple[int, int, int]]) -> None:
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    assert position_lines(*columns).decode() == "".join(f"{a} {b} {c}\n" for a, b, c in rows)
