"""The section [snap]: defaults that hold, and nothing guessed."""

import pytest
from pydantic import ValidationError

from snapstamps.config.snap_options import SnapOptions


@pytest.mark.parametrize(
    "given",
    [
        {"hep": "8 GiB"},
        {"heap": "much"},
        {"heap": "1 KiB"},
        {"esd": True},
        {"workers": -1},
        {"on_error": "go on"},
        {"keep": 1},
        {"silence": 0.0},
    ],
)
def test_an_unknown_key_or_a_value_of_another_kind_is_refused(given):
    with pytest.raises(ValidationError):
        SnapOptions(**given)


def test_a_heap_is_a_size_or_left_to_us():
    assert SnapOptions(heap="16 GiB").heap == 16 * 2**30
    assert SnapOptions().heap == "auto"


def test_every_option_explains_itself():
    for name, field in SnapOptions.model_fields.items():
        assert field.description is not None, name
        assert field.description.endswith("."), name
