"""Values as TOML writes them are read back as they were."""

import math
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.config.toml_text import literal

scalars = st.text() | st.integers(-(2**63), 2**63 - 1) | st.floats(allow_nan=False) | st.booleans()


@given(scalars | st.lists(scalars, max_size=3))
def test_a_value_is_read_back_from_its_text(value):
    assert tomllib.loads(f"value = {literal(value)}")["value"] == value


@given(st.floats(allow_nan=False))
def test_the_sign_of_zero_is_kept(value):
    back = float(tomllib.loads(f"value = {literal(value)}")["value"])
    assert math.copysign(1, back) == math.copysign(1, value)


def test_paths_are_text_and_nothing_is_empty_text():
    assert literal(Path("a b")) == '"a b"'
    assert literal(None) == '""'
    assert literal(math.nan) == "nan"


def test_what_toml_has_no_text_for_is_refused():
    with pytest.raises(TypeError, match="object"):
        literal(object())
