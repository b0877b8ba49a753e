"""
Time of every step of the native engine, one thread, on one patch; and how patches scale with processes.

    python -m benchmarks.steps [--preset demo] [--runs 3] [--json FILE]

The scene is simulated; compilation is excluded by a first run that does not count.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

from snapstamps.candidates.run import prepare_candidates
from snapstamps.config.load import resolve
from snapstamps.config.options import CandidatesOptions, StampsOptions
from snapstamps.engines.base import Engine, RunContext
from snapstamps.engines.choose import create_engine
from snapstamps.engines.native.engine import NativeEngine
from snapstamps.formats.stamps_export import open_stack
from snapstamps.pipeline.create import create_project
from snapstamps.pipeline.runner import Request, run_project
from snapstamps.simulate.presets import preset
from snapstamps.simulate.run import simulate_export
from snapstamps.stamps.empty import clear_from
from snapstamps.stamps.parms import ParmsView, defaults, read_parms
from snapstamps.stamps.steps import STEPS, Scope
from snapstamps.stamps.store import StampsStore


def prepare(scene: str, folder: Path) -> tuple[Path, dict]:
    """Simulate a scene and choose its candidates; return the working folder and the parameters."""
    spec = preset(scene)
    export = simulate_export(spec, folder)
    parms = {**defaults(), **spec.recommended_parms}
    prepare_candidates(open_stack(export), folder / "stamps", CandidatesOptions(patches=(1, 1)), parms, workers=1)
    return folder / "stamps", parms


def steps_once(stamps: Path, parms: dict, engine: Engine | None = None) -> dict[str, float]:
    """Do all steps, and return the seconds of each."""
    engine, store = engine or NativeEngine(), StampsStore(stamps)
    store.delete("scla2", "scla_smooth2", "scn2")
    seconds = {}
    for step in STEPS:
        place = store.patches()[0] if step.scope is Scope.PATCH else store
        values = {**parms, **{k: v for k, v in read_parms(stamps / "parms.mat").items() if k in {"lambda", "heading"}}}
        start = time.perf_counter()
        if step.scope is Scope.PATCH:
            clear_from(place, step.number)
        engine.run(step, place, ParmsView(values, step), RunContext())
        seconds[step.key] = time.perf_counter() - start
    return seconds


def best_of(stamps: Path, parms: dict, runs: int) -> dict[str, float]:
    """Return the shortest time of every step over some runs, after one that does not count."""
    steps_once(stamps, parms)
    all_runs = [steps_once(stamps, parms) for _ in range(runs)]
    return {key: min(run[key] for run in all_runs) for key in all_runs[0]}


def beside_stamps(scene: str = "tiny") -> dict[str, dict[str, float]] | None:
    """Return the seconds of both engines on a small scene, where a StaMPS checkout is at hand; StaMPS runs once."""
    if not os.environ.get("SNAPSTAMPS_STAMPS_HOME"):
        return None
    with tempfile.TemporaryDirectory() as name:
        stamps, parms = prepare(scene, Path(name))
        native = best_of(stamps, parms, 3)
        plain = steps_once(stamps, parms, create_engine("octave", StampsOptions(compat_fast=False)))
    return {"native": native, "StaMPS": plain}


def scaling(export: Path, parms: dict, folder: Path) -> dict[int, float]:
    """Return the seconds of steps 1-5 in four patches, with one and with two processes."""
    seconds = {}
    for workers in (1, 2):
        area = folder / f"workers{workers}"
        table = {
            "stamps_export": {"folder": str(export), "repair": False},
            "candidates": {"patches": [2, 2]},
            "stamps": {"parms": parms},
            "run": {"workers": workers},
        }
        project = create_project(area, resolve(table, environment={}, overrides={}).options)
        run_project(project, Request(last="candidates"))
        start = time.perf_counter()
        run_project(project, Request(first="stamps", last="stamps", steps=(1, 4)))
        seconds[workers] = time.perf_counter() - start
    return seconds


def measure(scene: str = "demo", runs: int = 3) -> dict[str, object]:
    """Measure one scene; return the figures."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        stamps, parms = prepare(scene, folder)
        seconds = best_of(stamps, parms, runs)
        ps = StampsStore(stamps).read("ps2", "n_ps").n_ps
        candidates = StampsStore(stamps / "PATCH_1").read("ps1", "n_ps").n_ps
        scaled = scaling(next(folder.glob("INSAR_*")), dict(preset(scene).recommended_parms), folder)
        shutil.rmtree(stamps)
    return {
        "scene": scene,
        "candidates": int(candidates),
        "ps": int(ps),
        "seconds": seconds,
        "total": sum(seconds.values()),
        "patches_seconds": scaled,
    }


def print_beside_stamps(both: dict[str, dict[str, float]] | None) -> None:
    """Print both engines side by side, or why not."""
    if both is None:
        print("StaMPS is not measured: SNAPSTAMPS_STAMPS_HOME names no checkout")
        return
    print("scene tiny                native   StaMPS under Octave   ratio")
    totals = {name: sum(seconds.values()) for name, seconds in both.items()}
    rows = [(key, both["native"][key], both["StaMPS"][key]) for key in both["native"]]
    for key, ours, theirs in [*rows, ("all", totals["native"], totals["StaMPS"])]:
        print(f"  {key:<18} {ours:9.3f} s {theirs:15.1f} s {theirs / ours:13.0f}")


def main(argv: list[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[1])
    parser.add_argument("--preset", default="demo")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args(argv)
    figures = measure(arguments.preset, arguments.runs)
    size = f"{figures['candidates']:,} candidates, {figures['ps']:,} PS"
    print(f"native engine, one thread: scene {figures['scene']}, {size}")
    for key, seconds in figures["seconds"].items():
        print(f"  {key:<12} {seconds:7.3f} s")
    print(f"  {'all':<12} {figures['total']:7.3f} s")
    one, two = figures["patches_seconds"][1], figures["patches_seconds"][2]
    print(f"steps 1-4 in four patches: {one:.2f} s with one process, {two:.2f} s with two (start-up included)")
    print_beside_stamps(beside_stamps())
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
