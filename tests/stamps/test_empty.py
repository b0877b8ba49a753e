"""Patches without scatterers are remembered as StaMPS remembers them."""

import pytest
import scipy.io
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snapstamps.stamps.empty import clear_from, empty_since, mark_empty
from snapstamps.stamps.store import StampsStore


@pytest.fixture
def store(tmp_path):
    return StampsStore(tmp_path)


def test_a_patch_without_a_record_is_not_empty(store):
    assert empty_since(store) is None


@pytest.mark.parametrize("number", [1, 2, 3, 4, 5])
def test_a_mark_names_its_step_and_is_forgotten_when_that_step_is_done_again(store, number):
    mark_empty(store, number)
    assert empty_since(store) == number
    clear_from(store, number)
    assert empty_since(store) is None


def test_the_first_step_that_left_none_counts(store):
    mark_empty(store, 4)
    mark_empty(store, 3)
    assert empty_since(store) == 3
    clear_from(store, 4)
    assert empty_since(store) == 3


def test_the_file_is_the_one_of_stamps(store):
    mark_empty(store, 3)
    assert scipy.io.whosmat(store.file("no_ps_info")) == [("stamps_step_no_ps", (5, 1), "double")]


def test_the_record_of_real_stamps_is_understood(reference_s):
    assert empty_since(StampsStore(reference_s / "stamps" / "PATCH_1")) is None


@settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from([mark_empty, clear_from]), st.integers(1, 5)), max_size=6))
def test_any_sequence_behaves_like_a_set_of_step_numbers(store, actions):
    clear_from(store, 1)
    marked: set[int] = set()
    for action, number in actions:
        action(store, number)
        marked = marked | {number} if action is mark_empty else {step for step in marked if step < number}
    assert empty_since(store) == min(marked, default=None)
