"""
On scenes of known truth the native engine is no worse than StaMPS itself.

StaMPS's own figures stand beside the scenes (``NAME.stamps.json``): they are of a run of the unedited StaMPS under
Octave on candidates of ours, measured against the truth in the same way.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from snapstamps.config.load import resolve
from snapstamps.pipeline.create import create_project
from snapstamps.pipeline.runner import Request, run_project
from snapstamps.pipeline.truth_check import TruthCheck, check_against_truth
from snapstamps.simulate.run import simulate_export
from snapstamps.simulate.spec import read_spec
from snapstamps.simulate.truth import TRUTH_NAME

SCENES = Path(__file__).resolve().parent.parent / "data" / "scenes"
NAMES = sorted(path.name.removesuffix(".stamps.json") for path in SCENES.glob("*.stamps.json"))


def native_figures(folder: Path, name: str) -> TruthCheck:
    """Simulate a scene, process it with the native engine, and measure it against the truth."""
    spec = read_spec(SCENES / f"{name}.json")
    simulate_export(spec, folder)
    table = {
        "candidates": {"patches": [1, 1]},
        "stamps": {"engine": "native", "parms": dict(spec.recommended_parms)},
        "stamps_export": {"repair": False},
        "run": {"workers": 1},
    }
    project = create_project(folder, resolve(table, environment={}, overrides={}).options)
    run_project(project, Request(last="stamps"))
    return check_against_truth(project.stamps_folder, folder / TRUTH_NAME)


def test_the_scenes_differ_in_direction_and_deformation() -> None:
    specs = [read_spec(SCENES / f"{name}.json") for name in NAMES]
    assert len(specs) >= 3
    assert {spec.direction for spec in specs} == {"ascending", "descending"}
    assert max(abs(motion.rate_mm_yr) for spec in specs for motion in spec.motions) >= 60


@pytest.mark.parametrize("name", NAMES)
def test_the_native_engine_is_no_worse_than_stamps(name: str, tmp_path: Path) -> None:
    stamps: dict[str, Any] = json.loads((SCENES / f"{name}.stamps.json").read_text())
    native = native_figures(tmp_path, name)
    assert native.n_peaks == stamps["n_peaks"], "the figures are of another scene"
    assert native.velocity_rmse <= stamps["velocity_rmse"] * 1.02 + 0.01
    assert native.velocity_correlation >= stamps["velocity_correlation"] - 0.005
    assert native.n_peaks_found >= 0.99 * stamps["n_peaks_found"]
    assert native.false_share <= stamps["false_share"] + 0.005
