"""Whatever the bytes are: a value or our own error, never a traceback, and never a dead process."""

import random
from pathlib import Path

import pytest
from fuzz.mutations import damaged
from fuzz.targets import TARGETS, seeds_of, try_one
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ROUNDS = 300
"""Damaged files per reader; the coverage-guided fuzzer (`make fuzz`) tries millions."""


@pytest.fixture(scope="module")
def sound() -> dict[str, list[bytes]]:
    """The seeds of all readers."""
    return {name: seeds_of(name) for name in TARGETS}


@pytest.mark.parametrize("name", TARGETS)
def test_what_the_fuzzer_begins_with_is_sound(name, sound, tmp_path):
    assert sound[name]
    for content in sound[name]:
        assert try_one(name, content, tmp_path), f"{name}: a seed that is refused leads the fuzzer nowhere"


@pytest.mark.parametrize("name", TARGETS)
def test_a_damaged_file_is_read_or_refused_in_our_own_words(name, sound, tmp_path):
    chance = random.Random(f"snapstamps {name}")
    refused = 0
    for _ in range(ROUNDS):
        content = damaged(chance.choice(sound[name]), TARGETS[name].tokens, chance)
        refused += not try_one(name, content, tmp_path)
    assert refused > ROUNDS // 20, "hardly anything was damaged"


@pytest.mark.parametrize("name", TARGETS)
def test_any_bytes_at_all_are_read_or_refused_in_our_own_words(name, tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp(name)

    @settings(max_examples=30, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(st.one_of(st.binary(max_size=300), st.text(max_size=200).map(lambda text: text.encode("utf-8"))))
    def holds(content: bytes) -> None:
        try_one(name, content, folder)

    holds()
