"""The native engine: what it refuses, and that every step has its module."""

from importlib.util import find_spec

import pytest

import snapstamps
from snapstamps.engines.native import engine as engine_module
from snapstamps.engines.native.engine import NativeEngine
from snapstamps.engines.native.limits import LIMITS
from snapstamps.model.errors import InputError
from snapstamps.stamps.parms import defaults, definitions
from snapstamps.stamps.steps import STEPS, step_named
from snapstamps.stamps.store import StampsStore

REFUSED = [
    ("small_baseline_flag", "y"),
    ("subtr_tropo", "y"),
    ("scn_kriging_flag", "y"),
    ("unwrap_spatial_cost_func_flag", "y"),
    ("unwrap_hold_good_values", "y"),
    ("quick_est_gamma_flag", "n"),
    ("unwrap_method", "2D"),
    ("unwrap_method", "3D_QUICK"),
    ("unwrap_method", "3D_SMALL_DEF"),
    ("slc_osf", 2),
    ("gamma_stdev_reject", 0.3),
    ("clap_win", 30),
    ("clap_win", 0),
]

SUPPORTED = [
    ("unwrap_method", "3D_FULL"),
    ("unwrap_method", "3D_NEW"),
    ("clap_win", 24),
    ("clap_win", 64.0),
    ("slc_osf", 1.0),
]


def test_the_defaults_of_stamps_are_supported():
    NativeEngine().refuse(defaults())


@pytest.mark.parametrize(("name", "value"), SUPPORTED)
def test_other_values_that_work_are_supported(name, value):
    NativeEngine().refuse({**defaults(), name: value})


@pytest.mark.parametrize(("name", "value"), REFUSED)
def test_what_does_not_work_is_refused_by_name_with_the_way_out(name, value):
    with pytest.raises(InputError) as refusal:
        NativeEngine().refuse({**defaults(), name: value})
    error = refusal.value
    assert f"{name} = {value!r}" in error.what
    assert error.where == f"stamps.parms.{name}"
    assert error.why
    assert "supported: " in error.why
    assert error.remedy
    assert error.exit_code == 2


@pytest.mark.parametrize(
    "name", ["small_baseline_flag", "subtr_tropo", "scn_kriging_flag", "unwrap_spatial_cost_func_flag"]
)
def test_what_stamps_itself_can_do_points_to_the_octave_engine(name):
    with pytest.raises(InputError, match="--engine octave"):
        NativeEngine().refuse({name: "y"})


def test_parameters_that_are_absent_have_their_defaults():
    NativeEngine().refuse({})


def test_every_limit_is_about_a_parameter_of_stamps():
    assert {limit.parameter for limit in LIMITS} <= set(definitions())


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_every_step_has_its_module(step):
    assert find_spec(f"snapstamps.engines.native.step{step.key}") is not None


def test_a_step_is_done_by_its_own_module(monkeypatch, tmp_path, parms_of, context):
    asked = []

    class Recorder:
        @staticmethod
        def run(*arguments):
            asked.append(arguments)

    monkeypatch.setattr(engine_module, "import_module", lambda name: asked.append(name) or Recorder)
    store, parms = StampsStore(tmp_path), parms_of("merge")
    NativeEngine().run(step_named("merge"), store, parms, context)
    assert asked == ["snapstamps.engines.native.step5_merge", (store, parms, context)]


def test_name_and_version_are_what_the_journal_records():
    assert NativeEngine().name == "native"
    assert NativeEngine().version() == snapstamps.__version__
