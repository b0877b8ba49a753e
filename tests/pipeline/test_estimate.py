"""The estimate: what it rests on, and whether what then happens is like it."""

import dataclasses
import json
import os
import shutil
import time
import tomllib
from pathlib import Path

import pytest
from projects import make_project
from scene_projects import make_scene_project
from snap_worlds import make_world, small_spec

from snapstamps.cli.main import main
from snapstamps.config.project import Project
from snapstamps.journal import Journal, Record
from snapstamps.model.errors import InputError
from snapstamps.pipeline.calibration import calibration_seconds
from snapstamps.pipeline.estimate import MEASURED, OCTAVE, Estimate, estimate_project
from snapstamps.pipeline.rates import PUBLISHED_FILE, RATES_FILE, rates
from snapstamps.pipeline.report import SilentReporter
from snapstamps.pipeline.runner import run_project
from snapstamps.pipeline.snap_estimate import OWN, PUBLISHED
from snapstamps.simulate.presets import preset
from snapstamps.simulate.run import simulate_export
from snapstamps.stamps.steps import STEPS


class ProcessorTime(SilentReporter):
    """Sums the seconds of the processor of every step, those of external programs included."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._begun = 0.0

    def started(self, unit: str, number: int, total: int) -> None:  # noqa: ARG002 - as the interface has it
        self._begun = self._now()

    def finished(self, record: Record) -> None:
        self.seconds[record.unit.rpartition("/")[2]] = self._now() - self._begun

    @staticmethod
    def _now() -> float:
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system


def with_options(project: Project, section: str, **values: object) -> Project:
    changed = getattr(project.options, section).model_copy(update=values)
    return dataclasses.replace(project, options=project.options.model_copy(update={section: changed}))


def stage(estimate: Estimate, name: str):
    return next(each for each in estimate.stages if each.name == name)


def test_every_stage_and_step_has_a_measured_rate_and_none_grows_with_the_square():
    known = rates().stages
    assert {step.key for step in STEPS} | {"check", "candidates", "export", "report"} == set(known)
    for name, rate in known.items():
        sizes = {"pixels": 1e6, "candidates": 5e4, "ps": 4e4, "cells": 5e3}
        double = {size: 2 * value for size, value in sizes.items()}
        assert 0 < rate.time(sizes, 30) < rate.time(double, 30) < 4 * rate.time(sizes, 30), name
        assert rate.peak(double, 30) >= rate.peak(sizes, 30) > 0, name
    assert tomllib.loads(RATES_FILE.read_text())["machine"]["cores"] > 0
    assert "snapista" in PUBLISHED_FILE.read_text()


@pytest.mark.usefixtures("tiny_project")  # which has compiled the kernels
@pytest.mark.parametrize("scene", ["tiny", pytest.param("demo", marks=pytest.mark.slow)])
def test_what_happens_is_within_a_factor_of_two_of_the_estimate(tiny_scene, scene, tmp_path):
    # by seconds of the processor, so that other work on the machine does not count on either side
    if scene == "tiny":
        project = make_project(tiny_scene, tmp_path / "area")
    else:
        simulate_export(preset(scene), tmp_path / scene)
        project = make_project(tmp_path / scene, tmp_path / "area")
    speed = calibration_seconds(of_processor=True) / rates().machine["calibration_seconds"]
    expected = estimate_project(project, speed=speed)
    clock = ProcessorTime()
    run_project(project, reporter=clock)
    total = sum(clock.seconds.values())
    assert total / 2 < sum(each.work for each in expected.stages) < total * 2
    for each in expected.stages:  # what takes less than a second is mostly loading and luck
        assert each.work < 4 * clock.seconds[each.name] + 1, each.name
        assert each.work > clock.seconds[each.name] / 4 - 1, each.name


def test_the_sample_of_the_export_foretells_the_candidates(tiny_scene, tiny_project, tmp_path):
    before = estimate_project(make_project(tiny_scene, tmp_path / "area"), speed=1.0)
    after = estimate_project(Project.open(tiny_project), speed=1.0)
    assert before.size.candidates == pytest.approx(after.size.candidates, rel=0.25)
    assert "from a sample of the lines" in before.size.notes[0]
    assert after.size.notes == ()
    assert (after.size.pixels, after.size.dates, after.size.patches) == (180 * 640, 18, 1)
    assert all(each.happened is None for each in before.stages)
    assert all(each.happened > 0 for each in after.stages)


def test_workers_shorten_the_steps_of_the_patches_and_take_memory(tiny_scene, tmp_path):
    project = with_options(make_project(tiny_scene, tmp_path / "area"), "candidates", patches=(2, 2))
    alone, both = (
        estimate_project(with_options(project, "run", workers=workers, memory=2**34), speed=1.0) for workers in (1, 2)
    )
    for name in ("1_load", "2_gamma", "4_weed"):
        assert stage(both, name).seconds == pytest.approx(stage(alone, name).seconds / 2)
        assert stage(both, name).work == stage(alone, name).work
        assert stage(both, name).memory == 2 * stage(alone, name).memory
        assert stage(both, name).units == 4
    assert stage(both, "6_unwrap").seconds == stage(alone, "6_unwrap").seconds
    tight = with_options(with_options(project, "run", workers=2), "run", memory=2**26, workers=2)
    assert stage(estimate_project(tight, speed=1.0), "2_gamma").seconds == stage(alone, "2_gamma").seconds


def test_stamps_itself_is_slower_and_the_estimate_says_so(tiny_scene, tmp_path):
    project = make_project(tiny_scene, tmp_path / "area")
    native = estimate_project(project, speed=1.0)
    octave = estimate_project(with_options(project, "stamps", engine="octave"), speed=1.0)
    assert (stage(native, "2_gamma").basis, stage(octave, "2_gamma").basis) == (MEASURED, OCTAVE)
    assert stage(octave, "2_gamma").work > 20 * stage(native, "2_gamma").work
    assert stage(octave, "export").work == stage(native, "export").work


def test_snap_is_estimated_from_published_times_until_its_own_units_tell_better(tmp_path):
    world = make_world(tmp_path / "world", small_spec(n_dates=4), with_pixels=False)
    project = make_scene_project(world, tmp_path / "area")
    before = estimate_project(project, speed=1.0)
    assert stage(before, "split").basis == PUBLISHED
    assert [stage(before, name).units for name in ("split", "coregister", "stamps_export")] == [4, 3, 3]
    assert "as in the simulated towns" in " ".join(before.size.notes)
    assert before.size.dates == 4
    journal = Journal(project.logs_folder / "journal.jsonl")
    for unit, seconds in (("split/20200101", 100.0), ("split/20200113", 200.0)):
        journal.append(Record(unit, "done", "2020-01-01", seconds, engine="snap"))
    after = estimate_project(project, speed=1.0)
    assert stage(after, "split").basis == OWN
    assert stage(after, "split").work == 4 * 150.0
    assert stage(after, "split").happened == 300.0
    assert stage(after, "coregister").basis == PUBLISHED


def test_a_project_with_nothing_has_no_estimate(tmp_path, tiny_scene):
    project = make_project(tiny_scene, tmp_path / "area")
    shutil.rmtree(project.export_folder)
    with pytest.raises(InputError, match="INSAR_"):
        estimate_project(project)


def test_the_calibration_is_quick():
    start = time.process_time()
    assert calibration_seconds() > 0
    assert time.process_time() - start < 2


def test_the_command_prints_a_table_or_json(tiny_project, capsys):
    with pytest.raises(SystemExit) as end:
        main(["estimate", "-C", str(tiny_project), "--workers", "2"])
    assert end.value.code == 0
    lines = capsys.readouterr().out.splitlines()
    assert "115,200 pixels, 18 dates" in lines[0]
    assert lines[1].split() == ["stage", "units", "work", "time", "memory", "disk", "took"]
    assert [line.split()[0] for line in lines[2:]][:3] == ["check", "candidates", "1_load"]
    assert lines[-1].startswith("from measured rates: check, candidates")
    with pytest.raises(SystemExit):
        main(["estimate", "-C", str(tiny_project), "--json"])
    content = json.loads(capsys.readouterr().out)
    assert content["seconds"] == pytest.approx(sum(each["seconds"] for each in content["stages"]))
    assert content["size"]["dates"] == 18
    assert Path(tiny_project).is_dir()
