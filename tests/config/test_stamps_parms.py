"""parms.toml and the check of StaMPS's parameters."""

import math

import pytest
from config.strategies import parm_values, settable
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.config.stamps_parms import check_value, check_values, parm_defaults, parm_definitions, same_value
from snapstamps.model.errors import InputError


@pytest.mark.parametrize("name", parm_definitions())
def test_every_default_is_allowed_and_in_stamps_own_form(name):
    parm = parm_definitions()[name]
    assert same_value(check_value(name, parm.default), parm.default)


@pytest.mark.parametrize("name", parm_definitions())
def test_every_parameter_is_explained_in_sentences_with_a_unit(name):
    parm = parm_definitions()[name]
    assert parm.explanation[0].isupper()
    assert parm.explanation.endswith(".")
    assert len(parm.explanation.split(". ")[0]) <= 80, "the first sentence stands beside the value"
    assert parm.unit
    assert parm.allowed


def test_every_bound_lies_on_the_right_side_of_the_other():
    for parm in parm_definitions().values():
        if parm.minimum is not None and parm.maximum is not None:
            assert parm.minimum < parm.maximum


@given(st.data())
def test_what_is_allowed_stays_the_same_when_checked_again(data):
    parm = data.draw(st.sampled_from(settable))
    value = check_value(parm.name, data.draw(parm_values(parm)))
    assert check_value(parm.name, value) == value


def test_defaults_given_out_may_be_changed_without_harm():
    parm_defaults()["drop_ifg_index"].append(3)
    assert parm_defaults()["drop_ifg_index"] == []


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("unwrap_grid_size", 100, 100.0),
        ("clap_win", 64.0, 64),
        ("ref_radius", -math.inf, -math.inf),
        ("weed_max_noise", math.inf, math.inf),
        ("scla_deramp", "Y", "y"),
        ("scla_deramp", False, "n"),
        ("scla_method", "l1", "L1"),
        ("drop_ifg_index", (5, 2, 5), [2, 5]),
        ("scn_deramp_ifg", "ALL", "all"),
        ("ref_lon", [105, 106.5], [105.0, 106.5]),
        ("lambda", math.nan, math.nan),
    ],
)
def test_values_come_out_in_stamps_own_form(name, value, expected):
    checked = check_value(name, value)
    assert same_value(checked, expected)
    assert type(checked) is type(expected)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("unwrap_grid_size", "100"),
        ("unwrap_grid_size", True),
        ("unwrap_grid_size", math.nan),
        ("unwrap_grid_size", math.inf),
        ("unwrap_grid_size", 10**400),
        ("clap_win", 33),
        ("clap_win", 32.5),
        ("gamma_max_iterations", math.inf),
        ("scla_deramp", 1),
        ("scla_method", "L3"),
        ("select_method", 1),
        ("drop_ifg_index", [0]),
        ("drop_ifg_index", [1.5]),
        ("drop_ifg_index", 3),
        ("drop_ifg_index", "all"),
        ("drop_ifg_index", [[1]]),
        ("ref_lon", [1]),
        ("ref_lon", [1, math.nan]),
        ("ref_lon", 3),
        ("percent_rand", 101),
        ("tropo_method", 3),
        ("tropo_method", "a\nb"),
        ("quick_est_gamma_flag", "n"),
    ],
)
def test_values_that_stamps_would_misread_are_refused_with_what_is_allowed(name, value):
    with pytest.raises(InputError) as caught:
        check_value(name, value)
    assert f"stamps.parms.{name} = " in str(caught.value)
    assert parm_definitions()[name].allowed in str(caught.value)


def test_a_misspelt_word_gets_the_nearest():
    with pytest.raises(InputError, match='the nearest is "PERCENT"'):
        check_value("select_method", "PERCNT")


def test_a_user_may_not_set_what_the_data_set_and_hears_of_all_faults():
    with pytest.raises(InputError) as caught:
        check_values({"lambda": 0.05, "unwrap_gridsize": 3, "clap_win": 32})
    assert "2 options are wrong" in str(caught.value)
    assert "lambda = 0.05: this comes from the data" in str(caught.value)
    assert "the nearest is unwrap_grid_size" in str(caught.value)
