"""What a run does with the sign of the baselines: corrects it where orbits prove it, and never without."""

import json

import pytest
from fakes.safe import write_safe
from snap_worlds import small_spec
from typer.testing import CliRunner

from snapstamps.cli.main import app
from snapstamps.config.load import resolve
from snapstamps.model.errors import DataError
from snapstamps.pipeline.baseline_sign import settle_baseline_sign
from snapstamps.pipeline.create import create_project
from snapstamps.pipeline.project import Project
from snapstamps.pipeline.runner import Request, project_states, run_project
from snapstamps.pipeline.state import Condition
from snapstamps.simulate.run import simulate_export

SPEC = small_spec(n_dates=4)
CHECK = Request(first="check", last="check")


@pytest.fixture
def area(tmp_path):
    """A project with an export, and the scenes of its dates beside it."""
    folder = tmp_path / "area"
    simulate_export(SPEC, folder)
    for day in SPEC.days:
        write_safe(tmp_path / "scenes", SPEC, day)
    create_project(folder, resolve({}, environment={}, overrides={}).options)
    return folder


def project(area, **options) -> Project:
    overrides = {f"stamps_export.{name}": value for name, value in options.items()}
    return Project.open(area, environment={}, overrides=overrides)


def originals(area) -> int:
    return len(list(area.glob("INSAR_*/diff0/*.base.orig")))


def test_with_orbits_the_default_corrects_and_says_so(area):
    record = run_project(project(area, orbits="../scenes"), CHECK)[0]
    assert "the orbits prove it wrong as SNAP wrote it" in record.notes[-1]
    assert originals(area) == 3
    table = json.loads((area / "logs" / "baselines.json").read_text())
    assert all(pair["corrected"] for pair in table["pairs"]), "it tells how the files are now"
    state = next(s for s in project_states(project(area, orbits="../scenes")) if s.unit.name == "check")
    assert state.condition is Condition.DONE
    assert "corrected before" in settle_baseline_sign(project(area, orbits="../scenes"))


def test_without_orbits_the_default_warns_and_goes_on(area, caplog):
    record = run_project(project(area), CHECK)[0]
    assert "unknown, used as it is (no orbits are at hand)" in record.notes[-1]
    assert "unknown" in caplog.text
    assert originals(area) == 0


def test_a_table_that_holds_no_longer_is_deleted(area):
    run_project(project(area, orbits="../scenes"), CHECK)
    record = run_project(project(area), CHECK)[0]
    assert "unknown" in record.notes[-1]
    assert not (area / "logs" / "baselines.json").exists()


def test_orbits_that_turn_up_later_make_the_check_stale(area):
    run_project(project(area), CHECK)
    state = next(s for s in project_states(project(area, orbits="../scenes")) if s.unit.name == "check")
    assert "orbits" in state.reason


def test_keep_changes_nothing_and_tells_the_size_of_the_effect(area):
    note = run_project(project(area, orbits="../scenes", baselines="keep"), CHECK)[0].notes[-1]
    assert "kept as it is, though the orbits prove it wrong: up to" in note
    assert "correlation" in note
    assert originals(area) == 0


def test_stop_stops_where_the_sign_is_wrong_or_unknown_and_not_where_it_is_right(area):
    with pytest.raises(DataError, match="is not known"):
        settle_baseline_sign(project(area, baselines="stop"))
    with pytest.raises(DataError, match="has the wrong sign"):
        settle_baseline_sign(project(area, orbits="../scenes", baselines="stop"))
    settle_baseline_sign(project(area, orbits="../scenes"))
    assert "right" in settle_baseline_sign(project(area, orbits="../scenes", baselines="stop"))


def test_pairs_that_contradict_one_another_stop_the_run(area):
    path = next(area.glob("INSAR_*/diff0/*.base"))
    text = "initial_baseline(TCN):\t0.0\t500.0\t90.0\tm   m   m\ninitial_baseline_rate:\t0.0\t0.0\t0.0\tm/s\n"
    path.write_text(text)
    with pytest.raises(DataError, match=r"agree with the orbits with neither sign(.|\n)*export these pairs again"):
        settle_baseline_sign(project(area, orbits="../scenes"))


def check(*words: object) -> tuple[int, str]:
    """Run the command; return its exit code, and what it says on one line."""
    result = CliRunner().invoke(app, ["check", *map(str, words)])
    return result.exit_code, " ".join(f"{result.output} {result.exception or ''}".split())


def test_the_check_alone_says_what_the_orbits_prove(area):
    export, scenes = next(area.glob("INSAR_*")), area.parent / "scenes"
    assert "is unknown" in check(export)[1]
    code, told = check(export, "--orbits", scenes)
    assert code == 0
    assert "WARNING diff0/20190129_20190105.base and 2 others: has the wrong sign in its third number" in told
    assert "is unknown" not in told
    assert originals(area) == 0, "nothing is changed unless that is asked for"
    content = CliRunner().invoke(app, ["check", str(export), "--orbits", str(scenes), "--json"])
    assert json.loads(content.stdout)["baseline_sign"] == "wrong"
    assert "there is nothing to read orbits from" in check(export, "--orbits", area / "gone")[1]


def test_the_repair_corrects_a_sign_that_is_proven_wrong_and_keep_forbids_it(area):
    (area / "snapstamps.toml").write_text('[stamps_export]\norbits = "../scenes"\nbaselines = "keep"\n')
    assert "has the wrong sign" in check("-C", area, "--repair")[1]
    assert originals(area) == 0
    (area / "snapstamps.toml").write_text('[stamps_export]\norbits = "../scenes"\n')
    assert "has the wrong sign" in check("-C", area, "--repair", "--dry-run")[1]
    assert originals(area) == 0
    assert "it is corrected in all 3 pairs" in check("-C", area, "--repair")[1]
    assert originals(area) == 3


def test_the_check_names_pairs_that_contradict_and_dates_without_orbit(area):
    export, scenes = next(area.glob("INSAR_*")), area.parent / "scenes"
    first = min(scenes.iterdir(), key=lambda path: path.name[17:25])
    first.rename(area / first.name)
    assert "Orbits are at hand, but none of 2019-01-05." in check(export, "--orbits", scenes)[1]
    (area / first.name).rename(first)
    strange = next(export.glob("diff0/*_20190210.base"))
    strange.write_text(
        "initial_baseline(TCN):\t0.0\t500.0\t90.0\tm   m   m\ninitial_baseline_rate:\t0.0\t0.0\t0.0\tm/s\n"
    )
    code, told = check(export, "--orbits", scenes)
    assert code == 4
    assert f"ERROR diff0/{strange.name}: agrees with the orbits with neither sign" in told
