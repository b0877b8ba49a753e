"""The whole stage: what it finds, that nothing but the data decides it, and how it fails."""

import errno
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from small_export import DATES, LENGTH, MASTER, WIDTH, contents, speckle

from snapstamps.candidates import blocks
from snapstamps.candidates.run import CandidatesResult, prepare_candidates
from snapstamps.config.options import CandidatesOptions
from snapstamps.formats.stamps_export import open_stack
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.stack import Stack
from snapstamps.stamps.parms import read_parms

OPTIONS = CandidatesOptions(patches=(2, 2), overlap=(6, 4))
MakeStack = Callable[..., Stack]


def run(stack: Stack, folder: Path, options: CandidatesOptions = OPTIONS, **more: object) -> CandidatesResult:
    return prepare_candidates(stack, folder, options, {}, **{"workers": 1, **more})  # type: ignore[arg-type]


def positions(patch: Path) -> np.ndarray:
    return np.loadtxt(patch / "pscands.1.ij", dtype=int, ndmin=2)


@pytest.mark.parametrize("block_lines", [1, 7, LENGTH])
@pytest.mark.parametrize("workers", [1, 2])
def test_neither_blocks_nor_workers_change_a_byte(stack: Stack, tmp_path: Path, block_lines: int, workers: int) -> None:
    run(stack, tmp_path / "one")
    run(stack, tmp_path / "other", block_lines=block_lines, workers=workers)
    assert contents(tmp_path / "one") == contents(tmp_path / "other")


def test_processes_give_the_same_bytes_as_threads(stack: Stack, tmp_path: Path) -> None:
    run(stack, tmp_path / "threads")
    with ProcessPoolExecutor(2) as pool:
        run(stack, tmp_path / "processes", mapper=lambda f, items: list(pool.map(f, items)), workers=2, block_lines=9)
    assert contents(tmp_path / "threads") == contents(tmp_path / "processes")


def test_a_second_run_changes_nothing(stack: Stack, tmp_path: Path) -> None:
    first = run(stack, tmp_path / "stamps")
    before = contents(tmp_path / "stamps")
    second = run(stack, tmp_path / "stamps")
    assert contents(tmp_path / "stamps") == before
    assert second.patches == first.patches


def test_brighter_scenes_have_the_same_candidates(make_stack: MakeStack, tmp_path: Path) -> None:
    slcs = speckle(1)
    gain = np.array([1, 2, 0.5, 4, 1, 8], np.float32)
    run(make_stack(slcs, "INSAR_plain"), tmp_path / "plain")
    run(make_stack(slcs * gain[:, None, None], "INSAR_bright"), tmp_path / "bright")
    plain, bright = (np.loadtxt(tmp_path / name / "PATCH_1" / "pscands.1.ij") for name in ("plain", "bright"))
    # Six printed digits of the calibration move a pixel across the threshold once in ten thousand.
    assert np.array_equal(plain, bright)


def test_candidates_are_the_pixels_below_the_threshold(stack: Stack, tmp_path: Path) -> None:
    found = run(stack, tmp_path / "stamps", CandidatesOptions(patches=(1, 1)))
    amplitude = np.abs(speckle(1).astype(np.complex128))
    calibrated = amplitude / amplitude.mean(axis=(1, 2), keepdims=True)
    dispersion = calibrated.std(axis=0) / calibrated.mean(axis=0)
    patch = tmp_path / "stamps" / "PATCH_1"
    ij = positions(patch)
    assert np.array_equal(ij[:, 1:], np.argwhere(dispersion < 0.4))
    assert ij[:, 0].tolist() == list(range(1, found.n_cand + 1))
    np.testing.assert_allclose(np.loadtxt(patch / "pscands.1.da"), dispersion[dispersion < 0.4], rtol=1e-4)
    sums = np.fromfile(patch / "mean_amp.flt", "<f4").reshape(LENGTH, WIDTH)
    np.testing.assert_allclose(sums, calibrated.sum(axis=0), rtol=1e-4)


def test_what_is_known_of_a_candidate_is_what_stands_at_its_pixel(stack: Stack, tmp_path: Path) -> None:
    result = run(stack, tmp_path / "stamps", block_lines=5)
    for found in result.patches:
        patch = tmp_path / "stamps" / found.name
        _, lines, samples = positions(patch).T
        assert found.n_cand == lines.size > 0
        assert lines.min() >= found.box.first_line
        assert samples.max() <= found.box.last_sample
        pairs = np.fromfile(patch / "pscands.1.ij.int", ">i4").reshape(-1, 2)
        assert np.array_equal(pairs, np.stack([samples, lines], axis=1))
        lonlat = np.fromfile(patch / "pscands.1.ll", ">f4").reshape(-1, 2)
        for column, path in enumerate((stack.lon, stack.lat)):
            raster = np.fromfile(path, ">f4").reshape(LENGTH, WIDTH)
            assert np.array_equal(lonlat[:, column], raster[lines, samples])
        heights = np.fromfile(stack.height, ">f4").reshape(LENGTH, WIDTH)
        assert np.array_equal(np.fromfile(patch / "pscands.1.hgt", ">f4"), heights[lines, samples])
        phases = np.fromfile(patch / "pscands.1.ph", ">c8").reshape(stack.n_ifg, -1)
        for row, ifg in zip(phases, stack.interferograms, strict=True):
            raster = np.fromfile(ifg.diff, ">c8").reshape(LENGTH, WIDTH)
            assert np.array_equal(row, raster[lines, samples])


def test_a_pixel_in_two_patches_is_a_candidate_of_both(stack: Stack, tmp_path: Path) -> None:
    run(stack, tmp_path / "whole", CandidatesOptions(patches=(1, 1)))
    result = run(stack, tmp_path / "parts")
    whole = {tuple(row) for row in positions(tmp_path / "whole" / "PATCH_1")[:, 1:].tolist()}
    for patch in result.patches:
        box = patch.box
        expected = {
            (line, sample)
            for line, sample in whole
            if box.first_line <= line <= box.last_line and box.first_sample <= sample <= box.last_sample
        }
        assert {tuple(row) for row in positions(tmp_path / "parts" / patch.name)[:, 1:].tolist()} == expected


def test_pixels_without_data_on_a_date_go_to_ij0_with_the_number_of_the_candidate_before(
    make_stack: MakeStack, tmp_path: Path
) -> None:
    slcs = speckle(1)
    steady = [(5, 8), (20, 30), (40, 3)]
    for line, sample in steady:
        slcs[:, line, sample] = np.abs(slcs).mean(axis=(1, 2))
        slcs[0, line, sample] = 0
    # The sum lacks the gap, so five steady amplitudes of six have sqrt(6 * 5 / 5**2 - 1) = 0.447.
    options = CandidatesOptions(patches=(1, 1), amplitude_dispersion=0.448)
    result = run(make_stack(slcs), tmp_path / "stamps", options)
    rows = np.loadtxt(tmp_path / "stamps" / "PATCH_1" / "pscands.1.ij0", dtype=int)
    ij = positions(tmp_path / "stamps" / "PATCH_1")
    assert [tuple(row) for row in rows[:, 1:].tolist()] == steady
    before = [int(((ij[:, 1] < line) | ((ij[:, 1] == line) & (ij[:, 2] < sample))).sum()) for line, sample in steady]
    assert rows[:, 0].tolist() == before
    assert result.patches[0].n_gap == 3


def test_pixels_that_are_nan_on_a_date_are_no_candidates(make_stack: MakeStack, tmp_path: Path) -> None:
    slcs = speckle(1)
    slcs[2, 10:20] = np.nan
    result = run(make_stack(slcs), tmp_path / "stamps", CandidatesOptions(patches=(1, 1)))
    lines = positions(tmp_path / "stamps" / "PATCH_1")[:, 1]
    assert not ((lines >= 10) & (lines < 20)).any()
    assert result.n_cand > 0
    assert result.calibration.n_valid[2] == (LENGTH - 10) * WIDTH


def test_the_lists_name_the_files_in_order(stack: Stack, tmp_path: Path) -> None:
    run(stack, tmp_path / "stamps")
    read = {path.name: path.read_text() for path in (tmp_path / "stamps").glob("*.*") if path.suffix != ".mat"}
    calibrated = read["calamp.out"].splitlines()
    assert [Path(line.split()[0]).stem for line in calibrated] == list(DATES)
    assert read["selpsc.in"].splitlines() == ["0.4", str(WIDTH), *calibrated]
    assert read["pscphase.in"].splitlines() == [str(WIDTH), *(str(ifg.diff) for ifg in stack.interferograms)]
    assert read["psclonlat.in"].splitlines() == [str(WIDTH), str(stack.lon), str(stack.lat)]
    assert read["pscdem.in"].splitlines() == [str(WIDTH), str(stack.height)]
    assert read["rsc.txt"] == f"{stack.folder}/rslc/{MASTER}.rslc.par\n"
    assert (read["processor.txt"], read["width.txt"], read["len.txt"]) == ("snap\n", f"{WIDTH}\n", f"{LENGTH}\n")
    assert read["patch.list"].split() == ["PATCH_1", "PATCH_2", "PATCH_3", "PATCH_4"]


def test_the_parameters_are_written_with_what_the_user_set(stack: Stack, tmp_path: Path) -> None:
    prepare_candidates(stack, tmp_path / "stamps", OPTIONS, {"unwrap_grid_size": 70, "scla_deramp": "y"}, workers=1)
    parms = read_parms(tmp_path / "stamps" / "parms.mat")
    assert (parms["unwrap_grid_size"], parms["scla_deramp"], parms["clap_win"]) == (70, "y", 32)
    assert (parms["insar_processor"], parms["small_baseline_flag"]) == ("snap", "n")


def test_progress_ends_at_the_total(stack: Stack, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    run(stack, tmp_path / "stamps", progress=lambda done, total: seen.append((done, total)), block_lines=10)
    assert seen[-1] == (LENGTH * 17, LENGTH * 17)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)


def test_progress_reaches_the_total_though_some_lines_have_no_candidate(make_stack: MakeStack, tmp_path: Path) -> None:
    slcs = speckle(1)
    slcs[2:4, :30] = 0
    seen: list[tuple[int, int]] = []
    run(make_stack(slcs), tmp_path / "s", progress=lambda done, total: seen.append((done, total)), block_lines=5)
    assert seen[-1] == (LENGTH * 17, LENGTH * 17)


def test_every_slc_is_read_twice_and_every_interferogram_once(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read: dict[str, int] = {}

    def counting(path: Path, width: int, block: object, buffer: np.ndarray) -> np.ndarray:
        read[path.suffix] = read.get(path.suffix, 0) + block.count * width  # type: ignore[attr-defined]
        return original(path, width, block, buffer)

    original = blocks.read_block
    for module in ("calibrate", "select", "extract"):
        monkeypatch.setattr(f"snapstamps.candidates.{module}.read_block", counting)
    run(stack, tmp_path / "stamps", block_lines=4)
    pixels = WIDTH * LENGTH
    assert read[".rslc"] == 2 * len(DATES) * pixels
    assert read[".diff"] <= stack.n_ifg * pixels
    assert read[".lon"] <= pixels


def test_a_scene_too_small_for_the_windows_brings_warnings_with_numbers(stack: Stack, tmp_path: Path) -> None:
    warnings = run(stack, tmp_path / "stamps").warnings
    assert "clap_win x filter_grid_size = 1600 m" in warnings[0]
    assert "unwrap_gold_n_win x unwrap_grid_size = 6400 m" in warnings[1]
    assert warnings[1].endswith("Try: stamps.parms.unwrap_grid_size = 9")
    small = {"filter_grid_size": 5, "unwrap_grid_size": 9}
    result = prepare_candidates(stack, tmp_path / "s", CandidatesOptions(patches=(1, 1)), small, workers=1)
    assert result.warnings == ()


def test_paths_that_stamps_cannot_read_bring_a_warning(make_stack: MakeStack, tmp_path: Path) -> None:
    warnings = run(make_stack(name="with blanks"), tmp_path / "stamps").warnings
    assert any("blanks" in warning for warning in warnings)


def test_automatic_patches_are_noted(stack: Stack, tmp_path: Path) -> None:
    result = run(stack, tmp_path / "stamps", CandidatesOptions())
    assert len(result.patches) == 1
    assert "1 x 1 patch (range x azimuth) chosen" in result.notes


def test_a_patch_without_candidates_is_a_note(make_stack: MakeStack, tmp_path: Path) -> None:
    slcs = speckle(1)
    slcs[2:4, :30, :40] = 0
    result = run(make_stack(slcs), tmp_path / "stamps")
    assert [patch.n_cand > 0 for patch in result.patches] == [False, True, True, True]
    assert "PATCH_1 has no candidate" in result.notes
    for name in ("pscands.1.ij", "pscands.1.da", "pscands.1.ph", "pscands.1.ll"):
        assert (tmp_path / "stamps" / "PATCH_1" / name).stat().st_size == 0


def test_an_slc_of_zeros_or_nan_is_named(make_stack: MakeStack, tmp_path: Path) -> None:
    for value, name in ((0, "zeros"), (np.nan, "nan")):
        slcs = speckle(1)
        slcs[3] = value
        with pytest.raises(DataError, match=r"20200206\.rslc holds no amplitude at all"):
            run(make_stack(slcs, name), tmp_path / "stamps")


def test_an_slc_with_an_infinite_pixel_is_named(make_stack: MakeStack, tmp_path: Path) -> None:
    slcs = speckle(1)
    slcs[3, 4, 5] = np.inf
    with pytest.raises(DataError, match=r"20200206\.rslc holds infinite amplitudes"):
        run(make_stack(slcs), tmp_path / "stamps")


def test_an_interferogram_without_phase_is_named(stack: Stack, tmp_path: Path) -> None:
    np.full(WIDTH * LENGTH, np.nan + 0j).astype(">c8").tofile(stack.interferograms[1].diff)
    with pytest.raises(DataError, match=f"{MASTER}_20200113.diff has no phase at any candidate"):
        run(stack, tmp_path / "stamps")
    assert not (tmp_path / "stamps" / "patch.list").exists()


def test_a_file_cut_after_it_was_opened_is_named(stack: Stack, tmp_path: Path) -> None:
    os.truncate(stack.slcs[4], 1000)
    with pytest.raises(DataError, match=r"20200218\.rslc ends before line"):
        run(stack, tmp_path / "stamps")


def test_no_candidate_at_all_says_what_to_try(make_stack: MakeStack, tmp_path: Path) -> None:
    options = CandidatesOptions(amplitude_dispersion=1e-4)
    with pytest.raises(DataError, match="no pixel is a candidate") as caught:
        run(make_stack(), tmp_path / "stamps", options)
    assert "candidates.amplitude_dispersion" in str(caught.value)
    assert caught.value.exit_code == 4


def test_dates_that_do_not_overlap_are_recognised(make_stack: MakeStack, tmp_path: Path) -> None:
    slcs = speckle(1)
    slcs[0, : LENGTH // 2], slcs[1, LENGTH // 2 :] = 0, 0
    with pytest.raises(DataError, match=r"20200113\.rslc has the least, in 49% of the pixels"):
        run(make_stack(slcs), tmp_path / "stamps")


def test_a_line_that_does_not_fit_into_the_memory_is_refused(stack: Stack, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"a larger candidates\.memory"):
        run(stack, tmp_path / "stamps", OPTIONS.model_copy(update={"memory": 10_000}))


def test_a_folder_that_cannot_be_made_is_one_clear_error(stack: Stack, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="the file system refused the work") as caught:
        run(stack, tmp_path / "file" / "stamps")
    assert "Not a directory" in str(caught.value)


def test_too_little_space_is_noticed_before_the_phases_are_written(
    stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda _: SimpleNamespace(free=2**10))
    with pytest.raises(DataError, match="0 MiB are free"):
        run(stack, tmp_path / "stamps")


def test_a_full_disk_is_one_clear_error(stack: Stack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "pwrite", full)
    with pytest.raises(DataError, match="No space left on device"):
        run(stack, tmp_path / "stamps")
    assert not (tmp_path / "stamps" / "patch.list").exists()


def test_an_error_on_the_way_leaves_nothing_that_looks_complete(stack: Stack, tmp_path: Path) -> None:
    folder = tmp_path / "stamps"
    run(stack, folder)
    os.truncate(stack.interferograms[2].diff, 3 * WIDTH * 8)
    with pytest.raises(DataError):
        run(stack, folder, CandidatesOptions(patches=(1, 2)))
    assert not (folder / "patch.list").exists()
    assert not [name for name in contents(folder) if "snapstamps-tmp" in name]


KILLED = """
import os, sys
from pathlib import Path
from snapstamps.candidates import blocks
from snapstamps.candidates.run import prepare_candidates
from snapstamps.config.options import CandidatesOptions
from snapstamps.formats.stamps_export import open_stack

calls = 0
def dying(function, items):
    global calls
    calls += 1
    if calls == int(sys.argv[3]):
        os.kill(os.getpid(), 9)
    return [function(item) for item in items]

options = CandidatesOptions(patches=(2, 2), overlap=(6, 4))
stack = open_stack(Path(sys.argv[1]))
prepare_candidates(stack, Path(sys.argv[2]), options, {}, mapper=dying, workers=1, block_lines=5)
"""


@pytest.mark.parametrize("call", ["4", "6"])
def test_a_killed_run_looks_incomplete_and_the_next_one_gives_the_same_bytes(
    stack: Stack, tmp_path: Path, call: str
) -> None:
    folder = tmp_path / "stamps"
    killed = subprocess.run([sys.executable, "-c", KILLED, str(stack.folder), str(folder), call], check=False)
    assert killed.returncode == -9
    assert not (folder / "patch.list").exists()
    assert [name for name in contents(folder) if "snapstamps-tmp" in name]
    run(stack, folder)
    run(stack, tmp_path / "uninterrupted")
    assert contents(folder) == contents(tmp_path / "uninterrupted")


def test_patches_of_a_former_division_go_but_unknown_files_stay(stack: Stack, tmp_path: Path) -> None:
    folder = tmp_path / "stamps"
    run(stack, folder)
    (folder / "PATCH_2" / "ps1.mat").write_text("made by step 1")
    (folder / "PATCH_3" / "my_notes.txt").write_text("keep me")
    (folder / "PATCH_old").mkdir()
    (folder / "PATCH_old" / "pscands.1.ij").write_text("no patch.in: not ours")
    result = run(stack, folder, CandidatesOptions(patches=(1, 1)))
    assert (folder / "patch.list").read_text() == "PATCH_1\n"
    assert not (folder / "PATCH_2").exists()
    assert contents(folder / "PATCH_3") == {"my_notes.txt": b"keep me"}
    assert (folder / "PATCH_old" / "pscands.1.ij").exists()
    assert not (folder / "PATCH_4").exists()
    assert any("PATCH_3" in note for note in result.notes)


STAGE_FILES = (
    *("processor.txt", "width.txt", "len.txt", "rsc.txt", "calamp.*", "selpsc.in", "psc*.in", "patch.list"),
    *("PATCH_*/*.in", "PATCH_*/pscands.1.*", "PATCH_*/mean_amp.flt"),
)


@pytest.mark.parametrize(("scene", "patches", "n_files"), [("S", (1, 1), 21), ("S2", (1, 2), 27)])
def test_every_file_is_the_one_that_stamps_own_programs_made(
    whole_reference: Path, tmp_path: Path, scene: str, patches: tuple[int, int], n_files: int
) -> None:
    stack = open_stack(whole_reference / "S" / "INSAR_20190505")
    run(stack, tmp_path, CandidatesOptions(patches=patches))
    theirs = whole_reference / scene / "stamps"
    files = [path for name in STAGE_FILES for path in theirs.glob(name)]
    assert len(files) == n_files
    for path in files:
        ours = (tmp_path / path.relative_to(theirs)).read_bytes().replace(str(stack.folder).encode(), b"@EXPORT@")
        assert ours == path.read_bytes(), path.relative_to(theirs)
