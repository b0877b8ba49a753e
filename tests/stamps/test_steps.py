"""THE TABLE: complete, in order, and free of contradictions."""

from pathlib import Path

import pytest

import snapstamps
from snapstamps.stamps.parms import definitions
from snapstamps.stamps.steps import CANDIDATE_FILES, STEPS, Scope, patch_steps, stack_steps, step_named

NATIVE = Path(snapstamps.__file__).parent / "engines" / "native"


def test_there_are_nine_rows_with_stamps_numbers_in_order():
    assert [step.number for step in STEPS] == [1, 2, 3, 4, 5, 5, 6, 7, 8]


def test_every_row_is_found_by_its_name_and_has_its_own_key():
    assert [step_named(step.name) for step in STEPS] == list(STEPS)
    assert len({step.key for step in STEPS}) == len(STEPS)
    with pytest.raises(KeyError):
        step_named("unknown")


def test_the_patches_are_done_before_the_stack():
    assert (*patch_steps(), *stack_steps()) == STEPS
    assert all(step.scope is Scope.PATCH for step in patch_steps())


def test_what_a_step_reads_was_written_by_an_earlier_one_or_by_the_candidates():
    known = set(CANDIDATE_FILES)
    in_parent: set[str] = set()
    for step in STEPS:
        available = known if step.scope is Scope.PATCH or step.name == "merge" else in_parent
        assert set(step.reads) <= available, step.key
        known |= set(step.writes)
        if step.scope is Scope.STACK:
            in_parent |= set(step.writes)


def test_what_a_step_may_read_is_written_by_some_step():
    written = {name for step in STEPS for name in step.writes}
    for step in STEPS:
        # names with a dot are files that a user may put there
        artefacts = {name for name in step.may_read if "." not in name}
        assert artefacts <= written, step.key
        assert not set(step.may_read) & set(step.reads), step.key


def test_nothing_is_named_twice_in_a_row():
    for step in STEPS:
        for names in (step.reads, step.writes, step.may_read, step.parms):
            assert len(set(names)) == len(names), step.key


def test_every_declared_parameter_exists():
    for step in STEPS:
        assert set(step.parms) <= set(definitions()), step.key


def test_every_row_says_what_it_does_and_where_stamps_does_it():
    for step in STEPS:
        assert step.sentence.endswith("."), step.key
        assert step.stamps_functions, step.key


def test_the_code_of_every_row_is_found_by_its_key():
    for step in STEPS:
        assert (NATIVE / f"step{step.key}.py").is_file(), step.key


def test_parameters_that_no_step_hears_are_the_known_ones():
    """A parameter that falls silent would be ignored without a word; so the list is closed."""
    silent = {name for name, parm in definitions().items() if not parm.steps}
    plots = {name for name in silent if name.startswith("plot_")} | {"shade_rel_angle", "lonlat_offset"}
    assert silent - plots == {
        "insar_processor",
        "small_baseline_flag",
        "platform",
        "n_cores",
        "quick_est_gamma_flag",
        "unwrap_alpha",
        "unwrap_hold_good_values",
        "ref_velocity",
        "tropo_method",
    }
