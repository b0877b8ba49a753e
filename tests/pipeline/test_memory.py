"""As many processes as the memory holds."""

import dataclasses
import logging
from pathlib import Path

import pytest

from snapstamps.config.load import resolve
from snapstamps.config.project import Project
from snapstamps.journal import Journal, Record
from snapstamps.pipeline import memory
from snapstamps.pipeline.memory import fitting, free_memory, memory_budget, patches_at_once
from snapstamps.pipeline.rates import memory_of
from snapstamps.pipeline.unit import Unit
from snapstamps.stamps.steps import patch_steps
from snapstamps.stamps.store import StampsStore

GIB = 2**30


@pytest.fixture
def patches(tmp_path: Path) -> list[list[Unit]]:
    """Four patches of 100 000 candidates on 20 dates."""
    stamps = tmp_path / "stamps"
    stamps.mkdir()
    (stamps / "pscphase.in").write_text("640\n" + "x.diff\n" * 19)
    units = []
    for name in ("PATCH_1", "PATCH_2", "PATCH_3", "PATCH_4"):
        (stamps / name).mkdir()
        (stamps / name / "pscands.1.ij.int").write_bytes(bytes(8 * 100_000))
        store = StampsStore(stamps / name)
        steps = [Unit(f"{name}/{s.key}", "stamps", (), (), {}, (), step=s, store=store) for s in patch_steps()]
        units.append(steps)
    return units


def project_with(folder: Path, limit: str) -> Project:
    return Project(folder, resolve({"run": {"memory": limit}}, environment={}, overrides={}).options, {})


def test_so_many_fit_but_always_one():
    assert [fitting(8, GIB, total * GIB) for total in (0, 1, 3, 100)] == [1, 1, 3, 8]


def test_the_budget_is_the_option_or_most_of_what_is_free(tmp_path, monkeypatch):
    assert memory_budget(project_with(tmp_path, "3 GiB")) == 3 * GIB
    monkeypatch.setattr(memory, "free_memory", lambda: 10 * GIB)
    assert memory_budget(project_with(tmp_path, "auto")) == 9 * GIB
    assert free_memory() > 0


def test_what_was_measured_before_goes_before_the_rates(tmp_path, patches, caplog):
    expected = max(memory_of(step.key, 100_000 * 20) for step in patch_steps())
    project = project_with(tmp_path, f"{2 * expected + 2**20} B")
    assert patches_at_once(project, patches, 4) == 2
    journal = Journal(project.logs_folder / "journal.jsonl")
    for units in patches:
        for unit in units:
            record = Record(unit.name, "done", "2020-01-01", 1.0, peak_memory=expected // 2)
            journal.append(record)
    with caplog.at_level(logging.INFO):
        assert patches_at_once(project, patches, 4) == 4
    assert "4 of 4 processes: a patch needs about" in caplog.text
    heavy = dataclasses.replace(record, unit="PATCH_3/2_gamma", peak_memory=100 * GIB)
    journal.append(heavy)
    assert patches_at_once(project, patches, 4) == 1


def test_one_process_needs_no_thought(tmp_path, patches):
    assert patches_at_once(project_with(tmp_path, "64 MiB"), patches, 1) == 1


def test_an_unknown_stage_has_no_expected_memory():
    assert memory_of("9_unknown", 10**9) == 0
