"""The plan is kept as it was made; its master stays; and the disk that it needs is estimated."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scene_projects import make_scene_project
from snap_worlds import make_world, small_spec

from snapstamps.model.errors import DataError
from snapstamps.pipeline.snap_plan import make_plan
from snapstamps.pipeline.snap_work import open_workshop, require_disk
from snapstamps.snap.baselines import StackScene
from snapstamps.snap.disk import estimate_disk
from snapstamps.snap.prepare_plan import (
    PlannedDate,
    PlannedSwath,
    PreparePlan,
    chosen_master,
    read_plan,
    write_plan,
)


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    world = make_world(tmp_path_factory.mktemp("world"), small_spec())
    return make_scene_project(world, tmp_path_factory.mktemp("area"))


@pytest.fixture(scope="module")
def plan(project) -> PreparePlan:
    return make_plan(project)


def test_a_plan_is_read_as_it_was_written_and_the_same_plan_gives_the_same_bytes(plan, tmp_path):
    path = tmp_path / "prepare.json"
    assert read_plan(path) is None
    write_plan(plan, path)
    assert read_plan(path) == plan
    before = path.read_bytes()
    write_plan(read_plan(path), path)
    assert path.read_bytes() == before


def test_a_damaged_plan_is_one_clear_error(tmp_path):
    (tmp_path / "prepare.json").write_text('{"master": "yesterday"}')
    with pytest.raises(DataError, match="delete it; it is made anew"):
        read_plan(tmp_path / "prepare.json")


def test_the_plan_holds_what_the_scenes_hold(plan):
    assert [str(one.day) for one in plan.dates] == ["2019-01-05", "2019-01-17", "2019-01-29"]
    assert plan.bursts == {"IW2": 3}
    assert {one.orbit for one in plan.dates} == {"precise"}
    assert {one.scene.source for one in plan.dates} == {"POEORB"}
    assert 0 < plan.crop_share < 1


DAYS = [date(2020, 1, 1), date(2020, 1, 13), date(2020, 1, 25)]


def test_the_master_is_the_users_else_the_one_before_else_the_best(plan):
    assert chosen_master(DAYS, DAYS[2], None, DAYS[0])[0] == DAYS[2]
    assert chosen_master(DAYS, None, None, DAYS[0])[0] == DAYS[0]
    before = replace(plan, master=DAYS[1])
    kept, reason = chosen_master(DAYS, None, before, DAYS[0])
    assert kept == DAYS[1]
    assert "2020-01-01" in reason
    assert chosen_master(DAYS, None, replace(plan, master=date(2019, 1, 1)), DAYS[0])[0] == DAYS[0]


@given(st.integers(0, 200), st.booleans(), st.integers(1, 4))
def test_keeping_less_never_needs_more_disk_and_more_pairs_never_less(n, coherence, processes):
    days = [date.fromordinal(737_000 + 6 * k) for k in range(n)]

    def peak(keep, some):
        return estimate_disk(PLAN, some, keep=keep, coherence=coherence, processes=processes).peak

    assert peak("pairs", days) <= peak("all", days) + 1 or n <= processes
    assert peak("export", days) <= peak("pairs", days) + 1 or n <= processes
    for keep in ("all", "pairs", "export"):
        assert peak(keep, days[:-1]) <= peak(keep, days)
    assert peak("all", []) == 0


def test_a_full_swath_of_three_bursts_needs_what_the_facts_say():
    need = estimate_disk(PLAN, [DAYS[0]], keep="all", coherence=True)
    pixels = 3 * 1500 * 25_000
    assert need.pairs == pytest.approx(1.1 * 36 * pixels, rel=1e-6)
    assert need.splits == pytest.approx(1.1 * 2 * 4 * pixels, rel=1e-6)


def test_too_small_a_disk_is_told_before_anything_runs(project, plan, monkeypatch):
    shop = open_workshop(project, plan)
    pairs = [one.day for one in plan.slaves]
    require_disk(project, shop, pairs, side_by_side=1)
    monkeypatch.setattr("snapstamps.pipeline.snap_work.free_bytes", lambda _folder: 1000)
    with pytest.raises(DataError, match=r"the disk is too small(.|\n)*snap\.keep"):
        require_disk(project, shop, pairs, side_by_side=1)


def _full_plan() -> PreparePlan:
    scene = StackScene.__new__(StackScene)
    swath = PlannedSwath("IW2", 1, 3, 1500, 25_000)
    one = PlannedDate(DAYS[1], (Path("/s"),), (swath,), "precise", scene)
    return PreparePlan(DAYS[1], "", "VV", (one,), "", 1.0, "SRTM 3Sec", None, None, ())


PLAN = _full_plan()
