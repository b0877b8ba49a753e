"""Same seed, same bytes: whatever the blocks; and never a whole raster in memory."""

import hashlib
import shutil
import tracemalloc
from types import SimpleNamespace

import numpy as np
import pytest

from snapstamps.model.errors import InputError
from snapstamps.simulate.presets import preset
from snapstamps.simulate.run import expected_ps, scene_size, simulate_export
from snapstamps.simulate.scene import Scene
from snapstamps.simulate.spec import SceneSpec, read_spec


def digests(folder):
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


@pytest.fixture(scope="module")
def small_large():
    """The large preset, cut down."""
    return preset("large").model_copy(update={"n_lines": 45, "n_samples": 130, "n_dates": 4})


def test_blocks_give_the_same_bytes_as_one_piece(small_large, tmp_path):
    found = []
    for block_lines in (1, 7, 45):
        folder = tmp_path / str(block_lines)
        simulate_export(small_large, folder, block_lines=block_lines)
        found.append(digests(folder))
    assert found[0] == found[1] == found[2]
    assert len(found[0]) > 20


def test_another_seed_gives_another_scene(small_large, tmp_path):
    simulate_export(small_large, tmp_path / "a")
    simulate_export(small_large.model_copy(update={"seed": 6}), tmp_path / "b")
    a, b = digests(tmp_path / "a"), digests(tmp_path / "b")
    rasters = [name for name in a if name.endswith((".rslc", ".diff"))]
    assert all(a[name] != b[name] for name in rasters)


def test_lines_made_out_of_order_are_the_same(small_large):
    forward, backward = Scene(small_large), Scene(small_large)
    there = {line: forward.line(line) for line in range(45)}
    for line in (44, 3, 20, 0):
        again = backward.line(line)
        assert np.array_equal(again.slc, there[line].slc)
        assert np.array_equal(again.dem_error, there[line].dem_error)


def test_a_later_date_leaves_the_earlier_ones_as_they_were(small_large):
    master = small_large.days[1]
    short = Scene(small_large.model_copy(update={"master": master})).line(10).slc
    long = Scene(small_large.model_copy(update={"master": master, "n_dates": 6})).line(10).slc
    assert np.array_equal(long[:4], short)


def test_the_written_spec_makes_the_same_scene_again(small_large, tmp_path):
    simulate_export(small_large, tmp_path / "a")
    simulate_export(read_spec(tmp_path / "a" / "scene.json"), tmp_path / "b")
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_memory_does_not_hold_a_whole_stack(tmp_path):
    spec = SceneSpec(n_lines=100, n_samples=1500, n_dates=10)
    size = scene_size(spec)
    tracemalloc.start()
    try:
        simulate_export(spec, tmp_path, block_lines=4)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert size.export_bytes > 20e6
    assert peak < 12e6


def test_the_predicted_sizes_are_those_on_disk(busy):
    size = scene_size(busy.spec)
    export = sum(path.stat().st_size for path in busy.insar.rglob("*") if path.suffix not in {".par", ".base"})
    truth = (busy.insar.parent / "truth.npz").stat().st_size
    assert export == pytest.approx(size.export_bytes, rel=0.01)
    assert truth == pytest.approx(size.truth_bytes, rel=0.2)


def test_the_large_preset_has_a_million_ps_and_some_gigabytes():
    spec = preset("large")
    assert expected_ps(spec) > 1_000_000
    size = scene_size(spec)
    assert 3e9 < size.export_bytes < 10e9
    assert size.memory_bytes < 1e9


def test_progress_counts_the_lines(small_large, tmp_path):
    seen = []
    simulate_export(small_large, tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert seen[0] == (1, 45)
    assert seen[-1] == (45, 45)


def test_a_simulation_is_replaced_only_on_demand(small_large, tmp_path):
    simulate_export(small_large, tmp_path)
    before = digests(tmp_path)
    with pytest.raises(InputError, match="stands there already"):
        simulate_export(small_large, tmp_path)
    # other dates of the same master: nothing of the earlier scene may stay
    simulate_export(small_large.model_copy(update={"n_dates": 5}), tmp_path, overwrite=True)
    assert len(digests(tmp_path)) == len(before) + 5
    simulate_export(small_large, tmp_path, overwrite=True)
    assert digests(tmp_path) == before


def test_a_folder_that_no_simulation_made_is_never_replaced(small_large, tmp_path):
    real = tmp_path / "INSAR_20200304" / "rslc"
    real.mkdir(parents=True)
    (real / "20200304.rslc").write_bytes(b"precious")
    with pytest.raises(InputError, match="INSAR_20200304"):
        simulate_export(small_large, tmp_path, overwrite=True)
    assert (real / "20200304.rslc").read_bytes() == b"precious"


def test_too_small_a_disk_is_said_before_anything_is_written(small_large, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=1000))
    with pytest.raises(InputError, match="GB of disk"):
        simulate_export(small_large, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_scene_that_breaks_off_leaves_no_half_raster(small_large, tmp_path):
    def stop(done, _total):
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate_export(small_large, tmp_path, progress=stop, block_lines=4)
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["scene.json"]
    simulate_export(small_large, tmp_path)
