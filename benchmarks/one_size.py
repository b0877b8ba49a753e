"""One run of a simulated scene, measured unit by unit: ``python -m benchmarks.one_size FOLDER SETTINGS``."""

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.config.load import resolve
from snapstamps.config.project import Project
from snapstamps.journal import Record
from snapstamps.pipeline.create import create_project
from snapstamps.pipeline.report import SilentReporter
from snapstamps.pipeline.runner import Request, run_project
from snapstamps.simulate.presets import preset
from snapstamps.simulate.run import simulate_export
from snapstamps.stamps.store import StampsStore


class ProcessorTime(SilentReporter):
    """Notes the seconds of the processor of every unit, those of external programs included."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = {}
        self._begun = 0.0

    def started(self, unit: str, number: int, total: int) -> None:  # noqa: ARG002 - as the interface has it
        self._begun = self.now()

    def finished(self, record: Record) -> None:
        self.seconds[record.unit] = self.now() - self._begun

    @staticmethod
    def now() -> float:
        """Return the seconds of this process, and of those that it has started and that have ended."""
        times = os.times()
        return times.user + times.system + times.children_user + times.children_system


def make(folder: Path, settings: dict[str, Any]) -> Project:
    """Simulate the scene and make a project of it."""
    spec = preset("large").model_copy(update={"n_lines": settings["lines"], "n_dates": settings["dates"]})
    scatterers = spec.scatterers.model_copy(update={"ps_per_km2": settings["density"]})
    export = simulate_export(spec.model_copy(update={"scatterers": scatterers}), folder)
    parms = {"unwrap_grid_size": settings["grid"]}
    table = {
        "stamps_export": {"folder": str(export)},
        "candidates": {"patches": [settings.get("patches", 1), 1]},
        "stamps": {"parms": parms},
        "export": {"figures": settings.get("figures", [])},
        "run": {"workers": settings.get("workers", 1)},
    }
    return create_project(folder / "project", resolve(table, environment={}, overrides={}).options)


def measure(folder: Path, settings: dict[str, Any]) -> dict[str, Any]:
    """Run it all, or only the steps of the patches where these are what is varied; return the figures."""
    project = make(folder, settings)
    of_patches = "patches" in settings
    clock = ProcessorTime()
    last = Request(last="candidates")
    records = run_project(project, last, clock)
    start, work = time.perf_counter(), clock.now()
    records += run_project(project, Request(last="stamps", steps=(1, 5)), clock)
    steps_seconds, steps_cpu_seconds = time.perf_counter() - start, clock.now() - work
    if not of_patches:
        records += run_project(project, Request(), clock)
    pixels = settings["lines"] * preset("large").n_samples
    return {
        **settings,
        "patches": settings.get("patches", 1),
        "workers": settings.get("workers", 1),
        "pixels": pixels,
        "candidates": sum(one.counts["candidates"] for one in records if one.unit == "candidates"),
        "ps": int(StampsStore(project.stamps_folder).read("ps2", "n_ps").n_ps),
        "cells": 0 if of_patches else _cells(project),
        "steps_seconds": steps_seconds,
        "steps_cpu_seconds": steps_cpu_seconds,
        "stages": {one.unit.rpartition("/")[2]: _stage(one, clock) for one in records},
    }


def _stage(record: Record, clock: ProcessorTime) -> dict[str, float]:
    return {
        "seconds": record.seconds,
        "cpu_seconds": clock.seconds[record.unit],
        "peak_memory": record.peak_memory,
        "disk": sum(mark.size for mark in record.outputs.values()),
    }


def _cells(project: Project) -> int:
    return int(np.prod(StampsStore(project.stamps_folder).read("uw_grid", "nzix").nzix.shape))


if __name__ == "__main__":
    print(json.dumps(measure(Path(sys.argv[1]), json.loads(sys.argv[2]))))
