"""Gamma headers: Java's numbers, values found and replaced, every other byte kept."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.formats.gamma_par import GammaHeader, TcnBaseline, java_double, read_baseline
from snapstamps.model.errors import DataError

FINITE = st.floats(allow_nan=False, allow_infinity=False)
# a key of SNAP's, a tab, words; then whatever a line may hold but its end
LINES = st.lists(
    st.one_of(
        st.from_regex(r"\A[a-z_]{1,12}(\(TCN\))?:[\t ]{0,3}[-0-9.E]{0,12}[\t ]{0,2}[a-z/]{0,4}\r?\Z"),
        st.binary(max_size=20).filter(lambda line: b"\n" not in line and b"\0" not in line),
    ),
    max_size=8,
)


def as_bytes(line: str | bytes) -> bytes:
    return line if isinstance(line, bytes) else line.encode()


@given(FINITE)
def test_a_number_printed_as_java_prints_it_reads_back_exactly(value):
    text = java_double(value)
    assert float(text) == value
    assert math.copysign(1, float(text)) == math.copysign(1, value)


@given(FINITE)
def test_a_printed_number_has_the_form_of_java(value):
    text = java_double(value)
    plain = value == 0 or 1e-3 <= abs(value) < 1e7
    assert re.fullmatch(r"-?\d+\.\d+" if plain else r"-?[1-9]\.\d+E-?\d+", text)
    # no digit too many: the fraction ends in 0 only where it is nothing but a 0
    fraction = text.split("E")[0].split(".")[1]
    assert fraction == "0" or not fraction.endswith("0")


# printed by OpenJDK 17
@pytest.mark.parametrize(
    ("value", "text"),
    [
        (9_999_999.0, "9999999.0"),
        (10_000_000.0, "1.0E7"),
        (0.001, "0.001"),
        (9.999e-4, "9.999E-4"),
        (5405000454.334349, "5.405000454334349E9"),
        (1e21, "1.0E21"),
        (-1.5e-10, "-1.5E-10"),
        (123456789.0, "1.23456789E8"),
        (math.inf, "Infinity"),
        (-math.inf, "-Infinity"),
    ],
)
def test_the_border_cases_print_as_in_java(value, text):
    assert java_double(value) == text


@given(LINES, st.booleans())
def test_a_header_is_written_back_byte_for_byte(tmp_path_factory, lines, ended):
    content = b"\n".join(map(as_bytes, lines)) + (b"\n" if ended and lines else b"")
    path = tmp_path_factory.mktemp("header") / "20200106.rslc.par"
    path.write_bytes(content)
    header = GammaHeader.read(path)
    assert header.to_bytes() == content
    header.write(path)
    assert path.read_bytes() == content


@given(LINES, FINITE, st.sampled_from(["\t", "  ", " \t"]), st.sampled_from(["", "\tm", "\tm   m   m"]), st.booleans())
def test_replacing_a_value_keeps_every_other_byte(tmp_path_factory, lines, value, space, unit, windows):
    end = b"\r\n" if windows else b"\n"
    head = b"".join(as_bytes(line) + b"\n" for line in lines if not as_bytes(line).strip().startswith(b"KEY"))
    path = tmp_path_factory.mktemp("header") / "x.par"
    path.write_bytes(head + f"KEY:{space}12.5{unit}".encode() + end + b"tail\xff")
    changed = GammaHeader.read(path).with_value("KEY", java_double(value))
    assert changed.to_bytes() == head + f"KEY:{space}{java_double(value)}{unit}".encode() + end + b"tail\xff"
    assert changed.number("KEY") == value


def test_a_value_that_is_not_there_yet_is_put_before_the_line_end():
    header = GammaHeader(("prf:\t\r", "heading:"))
    assert header.with_value("prf", "1717.0").lines == ("prf:\t1717.0\r", "heading:")
    assert header.with_value("heading", "348.0").lines == ("prf:\t\r", "heading:348.0")


def test_a_backslash_in_a_value_is_a_backslash():
    assert GammaHeader(("title: x",)).with_value("title", r"C:\1\g<0>").lines == (r"title: C:\1\g<0>",)


def test_a_key_is_found_whole_and_the_first_one_counts():
    header = GammaHeader(("prf_old:\t1", "prf\t2", "  prf :\t3\tHz", "prf:\t4"))
    assert header.number("prf") == 3
    assert header.values("prf") == ["3", "Hz"]
    assert header.text("prf") == "3\tHz"
    assert header.values("old") is None
    assert header.text("old") == ""


def test_the_header_itself_does_not_change():
    header = GammaHeader(("prf:\t1",))
    header.with_value("prf", "2")
    assert header.number("prf") == 1


@pytest.mark.parametrize(
    ("line", "words"), [("heading:\tnorth", "'north'"), ("heading:", "''"), ("roll:\t1", "no heading")]
)
def test_a_number_that_is_missing_or_none_is_told_with_its_file(tmp_path, line, words):
    path = tmp_path / "a.par"
    path.write_text(line + "\n")
    with pytest.raises(DataError, match=words) as caught:
        GammaHeader.read(path).number("heading")
    assert caught.value.where == str(path)


def test_too_few_numbers_are_told():
    with pytest.raises(DataError, match=r"not 3 number\(s\)"):
        GammaHeader(("position:\t1.0\t2.0",)).numbers("position", 3)


def test_a_value_can_only_replace_one():
    with pytest.raises(KeyError, match="prf"):
        GammaHeader(("heading:\t1",)).with_value("prf", "2")


def test_files_that_are_missing_binary_or_folders_are_data_errors(tmp_path):
    (tmp_path / "binary.par").write_bytes(b"range\0samples")
    (tmp_path / "folder.par").mkdir()
    for name, words in (("no.par", "is missing"), ("binary.par", "not a text"), ("folder.par", "cannot be read")):
        with pytest.raises(DataError, match=words):
            GammaHeader.read(tmp_path / name)


@given(st.lists(FINITE, min_size=4, max_size=4))
def test_a_baseline_reads_as_it_was_written(tmp_path_factory, numbers):
    cross, normal, cross_rate, normal_rate = numbers
    path = tmp_path_factory.mktemp("base") / "20200106_20200118.base"
    path.write_text(
        f"initial_baseline(TCN):\t0.0000000\t{java_double(cross)}\t{java_double(normal)}\tm   m   m\n"
        f"initial_baseline_rate:\t0.0000000\t{java_double(cross_rate)}\t{java_double(normal_rate)}\tm/s   m/s   m/s\n"
    )
    assert read_baseline(path) == TcnBaseline((0.0, cross, normal), (0.0, cross_rate, normal_rate))


def test_a_baseline_of_an_unmatched_pair_reads_as_nan(tmp_path):
    path = tmp_path / "a.base"
    path.write_text("initial_baseline(TCN):\t0.0\tNaN\tNaN\tm\ninitial_baseline_rate:\t0.0\tNaN\tNaN\tm/s\n")
    assert all(map(math.isnan, read_baseline(path).initial[1:]))


def test_a_baseline_file_without_baseline_is_a_data_error(tmp_path):
    path = tmp_path / "a.base"
    path.write_text("unwrap_phase_constant:\t0.0\tradians\n")
    with pytest.raises(DataError, match=r"no initial_baseline\(TCN\)"):
        read_baseline(path)
