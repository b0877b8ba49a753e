"""Parameters as the steps meet them, and parms.mat as StaMPS writes it."""

import math
import subprocess

import numpy as np
import pytest
import scipy.io
from config.strategies import parms as any_parms
from hypothesis import HealthCheck, given, settings

from snapstamps.config.stamps_parms import same_value
from snapstamps.model.errors import DataError
from snapstamps.stamps.parms import (
    ParmsView,
    check_value,
    defaults,
    definitions,
    names_by_step,
    read_parms,
    write_parms,
)
from snapstamps.stamps.steps import STEPS, step_named

SET_IN_REFERENCE = {"scla_deramp": "y", "scn_time_win": 50.0, "unwrap_grid_size": 70.0, "unwrap_time_win": 180.0}
"""What parms_set.m of the reference scene changed."""


def test_the_defaults_are_those_of_real_stamps(reference_s):
    stored = read_parms(reference_s / "stamps" / "parms.mat")
    del stored["Created"]
    assert stored.keys() == defaults().keys()
    settable = {name for name, parm in definitions().items() if not parm.from_data}
    assert {name: stored[name] for name in settable if stored[name] != defaults()[name]} == SET_IN_REFERENCE


def test_parms_mat_has_the_classes_and_shapes_of_real_stamps(reference_s, tmp_path):
    path = reference_s / "stamps" / "parms.mat"
    write_parms(tmp_path / "parms.mat", read_parms(path))
    assert scipy.io.whosmat(tmp_path / "parms.mat") == scipy.io.whosmat(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(any_parms)
def test_any_values_written_are_read_back(tmp_path, chosen):
    values = {**defaults(), **{name: check_value(name, value) for name, value in chosen.items()}}
    write_parms(tmp_path / "parms.mat", values)
    read = read_parms(tmp_path / "parms.mat")
    assert read.keys() == values.keys()
    assert [name for name in values if not same_value(read[name], values[name])] == []


def test_whole_numbers_come_back_as_whole_numbers(tmp_path):
    write_parms(tmp_path / "parms.mat", defaults())
    assert isinstance(read_parms(tmp_path / "parms.mat")["clap_win"], int)


def test_entries_that_are_no_parameters_are_kept_if_they_are_numbers_or_text(tmp_path):
    path = tmp_path / "parms.mat"
    scipy.io.savemat(path, {"Created": "01-Jan-2020", "weed_alpha": 0.5, "a": {"b": 1}, "x": [[1, 2]]})
    assert read_parms(path) == {"Created": "01-Jan-2020", "weed_alpha": 0.5, "x": [1.0, 2.0]}


def test_a_missing_parms_mat_is_a_clear_error(tmp_path):
    with pytest.raises(DataError, match=r"parms\.mat is missing"):
        read_parms(tmp_path / "parms.mat")


@pytest.mark.octave
def test_octave_reads_what_we_write(tmp_path):
    """Flags as text, lists as rows, no value as empty."""
    write_parms(tmp_path / "parms.mat", {**defaults(), "drop_ifg_index": [2, 3]})
    script = (
        "p=load('parms.mat'); printf('%s ', p.scla_deramp, class(p.clap_win), num2str(size(p.drop_ifg_index)), "
        "num2str(size(p.scla_drop_index)), num2str(isnan(p.lambda)), num2str(ischar(p.platform)), "
        "num2str(p.ref_lon(1)))"
    )
    try:
        done = subprocess.run(
            ["octave", "--quiet", "--no-gui", "--eval", script],
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        )
    except FileNotFoundError:
        pytest.skip("needs GNU Octave: apt install octave")
    assert done.stdout.split() == ["n", "double", "1", "2", "0", "0", "1", "1", "-Inf"]


def test_a_step_sees_the_parameters_it_declares_and_no_others():
    view = ParmsView(defaults(), step_named("weed"))
    assert set(view) == set(step_named("weed").parms)
    assert len(view) == len(step_named("weed").parms)
    assert view["weed_time_win"] == 730
    assert view.flag("weed_neighbours") is False
    with pytest.raises(KeyError, match="4_weed does not declare the parameter 'unwrap_grid_size'"):
        _ = view["unwrap_grid_size"]


def test_a_view_is_not_changed_by_what_happens_to_the_values_later():
    values = defaults()
    view = ParmsView(values, step_named("weed"))
    values["weed_time_win"] = 1.0
    assert view["weed_time_win"] == 730


def test_every_parameter_knows_the_steps_that_listen():
    for step in STEPS:
        for name in step.parms:
            assert step.key in definitions()[name].steps
    assert definitions()["unwrap_grid_size"].steps == ("6_unwrap",)


def test_every_parameter_that_acts_stands_under_one_step():
    listed = [name for names in names_by_step().values() for name in names]
    acting = {name for name, parm in definitions().items() if parm.steps and not parm.from_data}
    assert sorted(listed) == sorted(acting)
    assert list(names_by_step()) == [step.key for step in STEPS if step.key in names_by_step()]


def test_what_the_data_set_has_no_value_before():
    assert math.isnan(defaults()["lambda"])
    assert math.isnan(defaults()["heading"])
    assert defaults()["platform"] == ""


def test_numbers_are_stored_as_double_even_where_they_are_whole(tmp_path):
    write_parms(tmp_path / "parms.mat", {"clap_win": 32, "ref_lon": [1, 2], "drop_ifg_index": []})
    stored = scipy.io.loadmat(tmp_path / "parms.mat")
    assert stored["clap_win"].dtype == np.float64
    assert stored["ref_lon"].shape == (1, 2)
    assert stored["drop_ifg_index"].shape == (0, 0)
