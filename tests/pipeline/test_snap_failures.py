"""Every way in which gpt is known to fail ends in one clear error, and leaves nothing that could pass for a product."""

from dataclasses import replace

import pytest
from fakes.safe import write_orbit_file, write_safe
from scene_projects import make_scene_project
from snap_worlds import make_world

from snapstamps.external import gpt
from snapstamps.model.errors import DataError, ToolError
from snapstamps.pipeline.snap_plan import make_plan
from snapstamps.pipeline.snap_work import open_workshop
from snapstamps.snap.run import Task, Workshop, coregister_task, export_task, run_export, run_task, split_task


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return make_world(tmp_path_factory.mktemp("world"), with_pixels=True)


@pytest.fixture(scope="module")
def shop(world, tmp_path_factory) -> Workshop:
    """A workshop in which both dates of the first pair are split, and the pair of the second is coregistered."""
    project = make_scene_project(world, tmp_path_factory.mktemp("area"))
    made = open_workshop(project, make_plan(project))
    for day in (world.spec.master_day, *world.slaves):
        run_task(made, split_task(made, day))
    run_task(made, coregister_task(made, world.slaves[1], "IW2"))
    return made


@pytest.fixture
def fail(monkeypatch):
    """Give a function that makes the stand-in fail in a way."""

    def choose(way: str, where: str = "") -> None:
        monkeypatch.setenv("FAKE_GPT_FAIL", way)
        monkeypatch.setenv("FAKE_GPT_FAIL_WHERE", where)

    return choose


def elsewhere(shop: Workshop, tmp_path) -> Workshop:
    """The same workshop in an empty project."""
    return replace(shop, chain=replace(shop.chain, folder=tmp_path))


def assert_nothing_left(shop: Workshop, task: Task) -> None:
    assert not [place for _, place in task.products if place.exists()]
    assert not [place for _, place in task.products if place.with_suffix(".data").exists()]
    assert not list(shop.work.glob("*/*.dim")) if shop.work.is_dir() else True


@pytest.mark.parametrize(
    ("way", "kind", "words"),
    [
        ("killed", ToolError, r"was killed \(signal 9\), most often for lack of memory"),
        ("killed_while_writing", ToolError, r"was killed \(signal 9\)"),
        ("crash", ToolError, "a crash inside the program"),
        ("no_jvm", ToolError, "Java"),
        ("heap", ToolError, "memory"),
        ("disk_full", ToolError, "disk"),
        ("no_orbit", ToolError, "orbit"),
        ("null", ToolError, "gpt says"),
        ("jblas", ToolError, "jblas"),
        ("error_but_exit_0", ToolError, "ended with status 0, but its log shows a failure"),
        ("no_product", DataError, "left no product"),
        ("empty_product", DataError, "burst 1 is 100 % zero"),
        ("truncated_raster", DataError, "bytes instead of"),
    ],
)
def test_a_split_that_fails_says_why_and_leaves_no_product(shop, tmp_path, fail, way, kind, words):
    fail(way)
    here = elsewhere(shop, tmp_path)
    task = split_task(here, shop.plan.master)
    with pytest.raises(kind, match=words):
        run_task(here, task)
    assert_nothing_left(here, task)
    assert (here.logs / "split_20190117.xml").is_file(), "graph and log stay, to be looked at"
    assert (here.logs / "split_20190117.log").is_file()


def test_all_polarisations_instead_of_the_wanted_one_are_refused(shop, world, tmp_path, fail):
    day = shop.plan.master
    safe = write_safe(tmp_path / "s", world.spec, day, layout=world.layout, polarisations=("VV", "VH"))
    dates = tuple(replace(one, slices=(safe,)) if one.day == day else one for one in shop.plan.dates)
    here = replace(elsewhere(shop, tmp_path), plan=replace(shop.plan, dates=dates))
    fail("all_polarisations")
    with pytest.raises(DataError, match=r"i_IW2_VH, .* instead of i_IW2_VV, q_IW2_VV"):
        run_task(here, split_task(here, day))


def test_the_other_kind_of_orbit_is_a_note_or_an_error_by_policy(shop, world, tmp_path, fail):
    write_orbit_file(world.snap.auxdata, world.spec, shop.plan.master, kind="RESORB")
    fail("other_orbit")
    here = elsewhere(shop, tmp_path)
    strict = replace(here, orbits="precise")
    with pytest.raises(DataError, match="a restituted orbit was applied"):
        run_task(strict, split_task(strict, shop.plan.master))
    notes = run_task(here, split_task(here, shop.plan.master)).notes
    assert any("restituted orbit" in note for note in notes)


def test_a_silent_gpt_is_stopped(shop, tmp_path, fail):
    fail("hang")
    here = replace(elsewhere(shop, tmp_path), silence=1.0)
    with pytest.raises(ToolError, match="printed nothing for 1 s and was stopped"):
        run_task(here, split_task(here, shop.plan.master))


def test_a_gpt_that_is_done_and_does_not_end_is_stopped_and_its_whole_product_counts(shop, tmp_path, fail, monkeypatch):
    fail("hang_when_done")
    monkeypatch.setattr(gpt, "LINGER_SECONDS", 1.0)
    here = elsewhere(shop, tmp_path)
    finished = run_task(here, split_task(here, shop.plan.master))
    assert any("was done and did not end" in note for note in finished.notes)
    assert here.chain.split_product(shop.plan.master, "IW2").is_file()


def test_a_megabyte_of_messages_blocks_nothing(shop, tmp_path, fail):
    fail("much_stderr")
    here = elsewhere(shop, tmp_path)
    assert run_task(here, split_task(here, shop.plan.master)).files
    assert (here.logs / "split_20190117.log").stat().st_size > 1_000_000


@pytest.mark.parametrize(
    ("way", "kind", "words"),
    [
        ("empty_slave", ToolError, "height"),
        ("silent_empty_slave", DataError, "the slave's image is 100 % zero"),
        ("outside", ToolError, "outside"),
        ("lost_slave_metadata", DataError, "metadata of the slave are lost"),
        ("other_size", DataError, "another size than the other pairs"),
        ("no_heights", DataError, "of the heights are void"),
        ("empty_product", DataError, "100 % zero"),
    ],
)
def test_a_pair_that_fails_says_why_and_leaves_no_product(shop, fail, way, kind, words):
    fail(way)
    task = coregister_task(shop, shop.plan.slaves[0].day, "IW2")
    with pytest.raises(kind, match=words):
        run_task(shop, task)
    assert_nothing_left(shop, task)


@pytest.mark.parametrize(
    ("way", "words"),
    [("nan_base", "not a number"), ("no_diff", "missing"), ("short_slc", "bytes instead of")],
)
def test_an_export_that_fails_does_not_touch_the_export_of_the_stack(shop, fail, way, words):
    fail(way)
    with pytest.raises(DataError, match=words):
        run_export(shop, shop.plan.slaves[1].day)
    assert not list(shop.chain.export_folder.rglob("*.rslc"))


def test_a_stack_of_snap_14_is_refused_for_an_export_with_13(shop):
    task = export_task(shop, shop.plan.slaves[1].day)
    header = task.inputs[0]
    text = header.read_bytes()
    try:
        header.write_bytes(text.replace(b"13.0.1", b"14.0.0"))
        with pytest.raises(DataError, match=r"was made by SNAP 14\.0\.0(.|\n)*looks for _mst_"):
            run_export(shop, shop.plan.slaves[1].day)
    finally:
        header.write_bytes(text)


def test_a_missing_input_is_named_before_gpt_is_started(shop, tmp_path):
    here = elsewhere(shop, tmp_path)
    with pytest.raises(DataError, match=r"cannot start: 20190117_IW2\.dim is missing"):
        run_task(here, coregister_task(here, shop.plan.slaves[0].day, "IW2"))
