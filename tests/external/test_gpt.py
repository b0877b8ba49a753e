"""gpt is found, gets its share of the machine, and its end is judged by more than its exit status."""

import math
import os
from pathlib import Path

import numpy as np
import pytest
from fakes.safe import write_orbit_file
from fakes.snap_home import make_snap_home
from hypothesis import given
from hypothesis import strategies as st
from snap_worlds import SnapWorld, make_world

from snapstamps.external.gpt import GIB, GptResources, find_snap, gpt_words, machine, plan_resources
from snapstamps.external.run import run_tool
from snapstamps.external.snap_home import find_auxdata
from snapstamps.model.errors import InputError, ToolError
from snapstamps.model.snap_version import SnapVersion


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> SnapWorld:
    return make_world(tmp_path_factory.mktemp("world"))


@pytest.fixture
def split_one(world, tmp_path):
    """Run the split of the master, the cheapest of all jobs, and fail in a chosen way."""

    def run(**options):
        chain = world.chain(tmp_path)
        job = chain.split_job(chain.master, (world.scenes[chain.master],), world.cuts())
        return world.run(job, tmp_path, **options)

    return run


@pytest.fixture
def fail(monkeypatch):
    return lambda way: monkeypatch.setenv("FAKE_GPT_FAIL", way)


def test_a_run_tells_its_words_its_log_and_its_time(split_one, world):
    run = split_one()
    assert run.argv[0] == str(world.snap.gpt)
    assert run.argv[1].endswith("job.xml")
    assert "Executing processing graph" in run.log.read_text()
    assert run.seconds > 0
    assert not run.did_not_end


@pytest.mark.parametrize(
    ("way", "words", "remedy"),
    [
        ("killed", "was killed (signal 9), most often for lack of memory", ""),
        ("crash", "signal 11", ""),
        ("no_jvm", "Java could not start with this much memory", "snap.heap"),
        ("heap", "the Java memory of gpt was too small", "raise snap.heap"),
        ("disk_full", "the disk is full", "free some"),
        ("jblas", "could not be loaded", "libgfortran"),
        ("null", "gpt says: [NodeId: write_IW2] null", "look into the log"),
        ("no_orbit", "SNAP found no orbit file", "fetch the orbits ahead"),
        ("error_but_exit_0", "ended with status 0, but its log shows a failure", "look into the log"),
        ("killed_while_writing", "was killed (signal 9)", ""),
    ],
)
def test_a_failure_carries_its_cause_the_words_of_gpt_and_what_to_do(split_one, fail, way, words, remedy):
    fail(way)
    with pytest.raises(ToolError) as caught:
        split_one()
    message = str(caught.value)
    assert words in message
    assert remedy in (caught.value.remedy or "")
    assert "job.log" in message


def test_a_failed_write_leaves_nothing_and_a_killed_one_what_looks_whole(split_one, fail, tmp_path):
    fail("disk_full")
    with pytest.raises(ToolError):
        split_one()
    assert not list((tmp_path / "master").iterdir())
    fail("killed_while_writing")
    with pytest.raises(ToolError):
        split_one()
    (raster,) = (tmp_path / "master").glob("*.data/i_*.img")
    assert raster.stat().st_size > 0
    assert not any(raster.read_bytes())


@pytest.mark.parametrize("way", ["no_product", "empty_product", "truncated_raster", "all_polarisations"])
def test_a_bad_product_behind_a_good_end_is_for_the_caller_to_find(split_one, fail, way):
    fail(way)
    assert split_one().warnings == ()


def test_another_kind_of_orbit_is_a_warning(world, tmp_path, split_one, fail):
    path = write_orbit_file(world.snap.auxdata, world.spec, world.spec.master_day, kind="RESORB")
    fail("other_orbit")
    (warning,) = split_one().warnings
    assert warning.name == "orbit-other-kind"
    path.unlink()


def test_a_megabyte_of_stderr_neither_blocks_nor_fails(split_one, fail):
    fail("much_stderr")
    run = split_one(timeout=60)
    assert run.log.stat().st_size > 1_000_000


def test_silence_ends_a_run_that_hangs(split_one, fail):
    fail("hang")
    with pytest.raises(ToolError, match="printed nothing for 1 s and was stopped"):
        split_one(silence=1)


@pytest.mark.parametrize("whole", [True, False])
def test_a_run_that_is_done_and_does_not_end_counts_if_its_product_is_whole(split_one, fail, whole):
    fail("hang_when_done")
    if whole:
        run = split_one(linger=1.0, complete=lambda: True)
        assert run.did_not_end
        assert math.isnan(run.seconds)
    else:
        with pytest.raises(ToolError, match="was stopped"):
            split_one(linger=1.0, complete=lambda: False)


@pytest.fixture(scope="module")
def pair_ready(world, tmp_path_factory):
    """A project whose pair is split, and how to go on with it."""
    folder = tmp_path_factory.mktemp("pair")
    chain = world.chain(folder)
    for day in (chain.master, world.slaves[0]):
        world.run(chain.split_job(day, (world.scenes[day],), world.cuts()), folder, "split")
    return folder


@pytest.mark.parametrize(
    ("way", "cause"),
    [("empty_slave", "SNAP had no heights"), ("outside", "the area lies outside the scene")],
)
def test_what_gpt_only_whispers_is_a_failure(world, pair_ready, fail, way, cause):
    fail(way)
    chain = world.chain(pair_ready)
    with pytest.raises(ToolError) as caught:
        world.run(chain.coregister_job(world.slaves[0], "IW2"), pair_ready)
    assert cause in str(caught.value)
    assert "ended with status 0" in str(caught.value)


@pytest.fixture(scope="module")
def pair_done(world, pair_ready):
    """A project whose pair is ready for the export."""
    world.run(world.chain(pair_ready).coregister_job(world.slaves[0], "IW2"), pair_ready)
    return pair_ready


@pytest.mark.parametrize("way", ["nan_base", "no_diff", "short_slc"])
def test_the_stand_in_can_spoil_an_export_without_a_word(world, pair_done, tmp_path, fail, way):
    fail(way)
    world.run(world.chain(pair_done).stamps_export_job(world.slaves[0], folder=tmp_path), pair_done)
    diffs, bases = list(tmp_path.glob("diff0/*.diff")), list(tmp_path.glob("diff0/*.base"))
    assert len(diffs) == len(bases) == (way != "no_diff")
    assert any("NaN" in path.read_text() for path in bases) == (way == "nan_base")
    sizes = {path.stat().st_size for path in tmp_path.glob("rslc/*.rslc")}
    assert (sizes == {8 * 40 * 80}) == (way != "short_slc")


@pytest.mark.parametrize("way", ["no_heights", "lost_slave_metadata", "other_size", "silent_empty_slave"])
def test_the_stand_in_can_spoil_a_pair_without_a_word(world, pair_ready, tmp_path, fail, way):
    fail(way)
    chain, slave = world.chain(pair_ready), world.slaves[0]
    job = chain.coregister_job(slave, "IW2", work=tmp_path)
    world.run(job, pair_ready)
    rasters = {path.stem: path.read_bytes() for path in tmp_path.glob("*/*.data/*.img")}
    assert (len(rasters["elevation"]) == 4 * 40 * 80) == (way != "other_size")
    assert any(rasters["i_IW2_VV_slv1_05Jan2019"]) == (way != "silent_empty_slave")
    assert (np.frombuffer(rasters["elevation"], ">f4").max() < -1000) == (way == "no_heights")
    assert ("Slave_Metadata" in job.coregistered.read_text("latin-1")) == (way != "lost_slave_metadata")


def test_a_failure_can_be_kept_to_one_graph_and_to_the_first_runs(split_one, fail, monkeypatch, world):
    fail("null")
    monkeypatch.setenv("FAKE_GPT_FAIL_WHERE", "20990101")
    split_one()
    monkeypatch.setenv("FAKE_GPT_FAIL_WHERE", "IW2")
    monkeypatch.setenv("FAKE_GPT_FAIL_TIMES", "1")
    with pytest.raises(ToolError):
        split_one()
    split_one()
    (world.folder / "snap" / "failures").unlink()


def test_snap_is_found_where_the_user_says_else_by_variable_else_on_path(world, tmp_path):
    home = world.snap.home
    assert find_snap(home, environment={}).version == SnapVersion(13, 0, 1)
    assert find_snap(environment={"SNAP_HOME": str(home)}).home == home
    assert find_snap(environment={"PATH": f"{tmp_path}:{home / 'bin'}"}).home == home
    link = tmp_path / "links"
    link.mkdir()
    (link / "gpt").symlink_to(home / "bin" / "gpt")
    assert find_snap(environment={"PATH": str(link)}).home == home
    assert find_snap(home).auxdata == home / "user" / "auxdata"


def test_another_gpt_on_path_is_not_snap(tmp_path, monkeypatch):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "gpt").touch(mode=0o755)
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(ToolError, match="SNAP is not found"):
        find_snap(environment={"PATH": str(tmp_path / "bin")})


def test_a_folder_without_snap_is_the_users_input(tmp_path):
    with pytest.raises(InputError, match="no SNAP in this folder"):
        find_snap(tmp_path)


def fake_home(folder: Path, script: str) -> Path:
    (folder / "bin").mkdir(parents=True)
    (folder / "bin" / "gpt").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "bin" / "gpt").chmod(0o755)
    return folder


def test_without_a_version_file_gpt_is_asked(tmp_path):
    home = fake_home(tmp_path / "a", "echo 'SNAP Release version 9.0.0'")
    assert find_snap(home).version == SnapVersion(9)
    with pytest.raises(ToolError, match="cannot be told"):
        find_snap(fake_home(tmp_path / "b", "exit 3"))


def test_the_users_settings_name_the_folder_of_downloads(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    home = fake_home(tmp_path / "snap", "true")
    (home / "VERSION.txt").write_text("12.0.0")
    assert find_snap(home).user_folder == tmp_path / ".snap"
    (tmp_path / ".snap" / "etc").mkdir(parents=True)
    (tmp_path / ".snap" / "etc" / "snap.properties").write_text("snap.userdir=${user.home}/data\n")
    assert find_snap(home).auxdata == tmp_path / "data" / "auxdata"
    assert find_auxdata(home) == tmp_path / "data" / "auxdata"
    (tmp_path / ".snap" / "etc" / "snap.properties").write_text("snap.userdir=/d\\u00e9p\\\\t \\: x\n")
    assert find_auxdata(home) == Path("/dép\\t : x/auxdata"), "Java writes letters and signs with a backslash"


def test_orbits_go_where_the_settings_of_the_installed_snap_say_and_to_the_usual_place_without_one(
    tmp_path, monkeypatch
):
    monkeypatch.setenv("HOME", str(tmp_path))
    home = make_snap_home(tmp_path / "programs" / "snap", tmp_path)
    assert find_auxdata(environment={"SNAP_HOME": str(home), "PATH": ""}) == home / "user" / "auxdata"
    assert find_auxdata(environment={"SNAP_HOME": str(tmp_path), "PATH": ""}) == tmp_path / ".snap" / "auxdata"


@given(cores=st.integers(1, 256), gib=st.integers(2, 2048), processes=st.integers(0, 16))
def test_all_gpt_together_stay_below_the_memory_of_the_machine(cores, gib, processes):
    plan = plan_resources(cores, gib * GIB, processes=processes)
    assert plan.cache <= 0.7 * plan.heap
    assert 1 <= plan.threads <= 4
    assert processes in {0, plan.processes}
    if gib >= 2 * plan.processes:
        assert plan.heap * plan.processes <= gib * GIB
    if processes == 0:
        assert plan.processes == 1 or plan.processes * 4 <= cores


def test_the_share_of_known_machines():
    shown = {
        (cores, gib): plan_resources(cores, gib * GIB) for cores, gib in ((4, 8), (8, 16), (8, 32), (16, 64), (64, 256))
    }
    assert {key: (p.processes, p.heap // GIB, p.threads) for key, p in shown.items()} == {
        (4, 8): (1, 6, 2),
        (8, 16): (1, 12, 4),
        (8, 32): (2, 12, 4),
        (16, 64): (4, 12, 4),
        (64, 256): (16, 12, 4),
    }
    assert plan_resources(16, 64 * GIB, heap=24 * GIB).processes == 2


def test_the_machine_has_cores_and_memory():
    cores, memory = machine()
    assert 1 <= cores <= (os.cpu_count() or 1)
    assert memory > 2**28


def test_the_words_for_gpt_are_exact(world, tmp_path):
    words = gpt_words(world.snap, tmp_path / "g.xml", GptResources(6 * GIB, 3 * GIB, 2, 1))
    assert words[1:] == (str(tmp_path / "g.xml"), "-e", "-q", "2", "-c", "3072M", "-J-Xmx6144M")


def test_gpt_that_cannot_start_is_one_clear_error(world, tmp_path):
    with pytest.raises(ToolError, match="cannot be started"):
        run_tool("gpt", [tmp_path / "none"], cwd=tmp_path, log=tmp_path / "log")
