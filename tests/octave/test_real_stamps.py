"""The real, unedited StaMPS under Octave: its results are the stored ones, and those of the native engine."""

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from snapstamps.candidates.run import prepare_candidates
from snapstamps.config.options import CandidatesOptions, StampsOptions
from snapstamps.config.project import Project
from snapstamps.engines.base import RunContext
from snapstamps.engines.octave import session
from snapstamps.engines.octave.engine import OctaveEngine
from snapstamps.external.octave import find_stamps
from snapstamps.formats.stamps_export import open_stack
from snapstamps.model.errors import SnapstampsError
from snapstamps.pipeline.comparison import compare_runs
from snapstamps.pipeline.runner import Request, run_project
from snapstamps.results.velocity import velocity
from snapstamps.stamps.checks import check_step
from snapstamps.stamps.parms import ParmsView, defaults, read_parms
from snapstamps.stamps.steps import STEPS, Scope, step_named
from snapstamps.stamps.store import StampsStore
from snapstamps.stamps.verify import Comparison, compare_folders

pytestmark = [
    pytest.mark.stamps,
    pytest.mark.slow,
    pytest.mark.timeout(1800),
    pytest.mark.usefixtures("octave_program", "oct2py_package"),
]

HOME = os.environ.get("SNAPSTAMPS_STAMPS_HOME", "")
PARMS_OF_S = {"unwrap_grid_size": 70, "unwrap_time_win": 180, "scla_deramp": "y", "scn_time_win": 50}


@pytest.fixture(scope="module")
def home() -> Path:
    """The StaMPS checkout; the test is skipped without one."""
    try:
        return find_stamps(environment={"SNAPSTAMPS_STAMPS_HOME": HOME}).home
    except SnapstampsError:
        pytest.skip("needs a StaMPS checkout (SNAPSTAMPS_STAMPS_HOME)")


def differences(compared: list[Comparison]) -> list[str]:
    return [f"{row.place} {row.artefact}.{row.field} {row.difference} {row.note}" for row in compared if not row.same]


@pytest.fixture
def unwrapped(tiny_project: Path, tmp_path: Path) -> StampsStore:
    """Results of the native engine on the tiny scene, for StaMPS to go on with."""
    shutil.copytree(tiny_project / "stamps", tmp_path / "stamps")
    return StampsStore(tmp_path / "stamps")


def do(store: StampsStore, name: str, home: Path, *, solver: str = "auto", **parms: object) -> None:
    """Let StaMPS do one step."""
    step = step_named(name)
    working = store.parent if step.scope is Scope.PATCH else store
    values = {**read_parms(working.file("parms")), **parms}
    engine = OctaveEngine(StampsOptions(home=home))
    engine.run(step, store, ParmsView(values, step), RunContext(unwrap_solver=solver))
    check_step(step, store)


def test_steps_1_to_8_on_the_tiny_scene_give_the_results_of_the_native_engine(home, tiny_project, tmp_path):
    folder = tmp_path / "it's Größe"
    shutil.copytree(tiny_project, folder)
    options = {"stamps.engine": "octave", "stamps.home": str(home), "run.workers": "1"}
    project = Project.open(folder, overrides=options, environment={})
    done = run_project(project, Request(first="stamps", last="stamps", redo=True))
    assert len(done) == len(STEPS)
    assert all(record.engine == "octave" for record in done)
    assert differences(compare_runs(folder, tiny_project)) == []


def test_steps_1_to_8_on_reference_s_give_the_stored_results(home, whole_reference, tmp_path):
    stamps = tmp_path / "stamps"
    parms = {**defaults(), **PARMS_OF_S}
    prepare_candidates(open_stack(whole_reference / "S" / "INSAR_20190505"), stamps, CandidatesOptions(), parms)
    store = StampsStore(stamps)
    engine = OctaveEngine(StampsOptions(home=home))
    for step in STEPS:
        place = StampsStore(stamps / "PATCH_1") if step.scope is Scope.PATCH else store
        values = {**parms, **{k: v for k, v in read_parms(store.file("parms")).items() if k in {"lambda", "heading"}}}
        engine.run(step, place, ParmsView(values, step), RunContext())
        check_step(step, place)
    compared = compare_folders(store, StampsStore(whole_reference / "S" / "stamps"))
    # The stored mv2 is a product, which nobody has asked for here.
    assert [line for line in differences(compared) if "mv2" not in line] == []


def test_the_open_solver_unwraps_as_snaphu_does(home, unwrapped, tiny_project):
    unwrapped.delete("scla2", "scla_smooth2", "scn2")
    do(unwrapped, "unwrap", home, solver="mcf")
    log = (unwrapped.path / "snaphu.log").read_text()
    assert "minimum-cost flow" in log
    compared = compare_folders(unwrapped, StampsStore(tiny_project / "stamps"))
    assert [line for line in differences(compared) if "scla" not in line and "scn2" not in line] == []


@pytest.mark.parametrize(
    ("step", "parms"),
    [
        ("unwrap", {"unwrap_method": "2D"}),
        ("unwrap", {"unwrap_method": "3D_QUICK"}),
        ("unwrap", {"unwrap_spatial_cost_func_flag": "y"}),
        ("scla", {"scla_method": "L1"}),
        ("weed", {"weed_neighbours": "y"}),
    ],
    ids=str,
)
def test_what_the_native_engine_refuses_or_does_otherwise_runs(home, unwrapped, step, parms):
    store = StampsStore(unwrapped.path / "PATCH_1") if step == "weed" else unwrapped
    if step == "unwrap":
        unwrapped.delete("scla2", "scla_smooth2", "scn2")
    do(store, step, home, **parms)


def test_the_products_of_stamps_are_ours(home, unwrapped):
    with session(unwrapped.path, home=home) as stamps:
        theirs = {quantity: stamps.ps_plot(quantity) for quantity in ("v", "v-d", "v-do", "v-dso")}
        assert "Number of stable-phase pixels" in stamps.ps_info()
        stamps.eval("ps_mean_v([], 20, 'do');")
        stamps.eval("ps_output;")
        assert stamps.getparm("unwrap_grid_size") == 50
    parms = read_parms(unwrapped.file("parms"))
    for quantity, values in theirs.items():
        ours = velocity(unwrapped, parms, quantity=quantity).velocity
        assert np.abs(values - ours).max() < 1e-3, quantity
    assert np.loadtxt(unwrapped.path / "ps_ll.txt").shape == (len(ours), 2)
    assert np.loadtxt(unwrapped.path / "date.txt")[0] == 20190105
    assert unwrapped.has("mv2")
