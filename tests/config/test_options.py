"""The models of the sections: explained, bounded, closed, and the same in Python as in the file."""

import pytest
from config.strategies import sizes
from hypothesis import given
from pydantic import ValidationError

from snapstamps.config.describe import option_infos, sections, value_in
from snapstamps.config.options import CandidatesOptions, Options, StampsOptions
from snapstamps.config.section import bytes_of, size_text
from snapstamps.model.errors import InputError


def test_every_option_has_an_explanation_and_says_what_it_takes():
    for info in option_infos().values():
        assert info.description.endswith("."), info.name
        assert info.allowed, info.name
        assert info.unit, info.name


def test_every_section_has_one_sentence():
    for name, model in sections().items():
        assert (model.__doc__ or "").strip().endswith("."), name


def test_every_number_has_bounds_on_both_sides_or_a_smallest_value():
    for info in option_infos().values():
        if isinstance(info.default, int | float) and not isinstance(info.default, bool):
            assert any(word in info.allowed for word in ("from", "above", "at least")), info.name


@given(sizes)
def test_a_size_is_read_back_from_its_text(size):
    assert bytes_of(size_text(size)) == size


def test_defaults_are_found_by_their_names():
    infos = option_infos()
    assert value_in(Options(), infos["candidates.amplitude_dispersion"]) == 0.4
    assert all(value_in(Options(), info) == info.default for info in infos.values())


def test_options_do_not_change_after_loading():
    with pytest.raises(ValidationError):
        Options().stamps.rounds = 2  # type: ignore[misc]


def test_unknown_keys_are_refused_in_python_too():
    with pytest.raises(ValidationError, match="extra"):
        CandidatesOptions(threshold=0.4)  # type: ignore[call-arg]


def test_stamps_parameters_are_checked_in_python_too():
    assert StampsOptions(parms={"select_method": "percent"}).parms == {"select_method": "PERCENT"}
    with pytest.raises(InputError, match="unwrap_grid_size"):
        StampsOptions(parms={"unwrap_gridsize": 100})
