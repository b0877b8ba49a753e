"""Large scenes: memory stays bounded, and pixels beyond 2**31 bytes are found."""

import os
import tracemalloc
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from small_export import MASTER, speckle, write_export

from snapstamps.candidates.blocks import LineBlock, make_plan
from snapstamps.candidates.calibrate import mean_amplitude
from snapstamps.candidates.extract import ExtractionTask, Piece, extract_block, write_at
from snapstamps.candidates.run import prepare_candidates
from snapstamps.candidates.select import Selection, select_block
from snapstamps.config.options import CandidatesOptions
from snapstamps.formats.stamps_export import open_stack

MEMORY = 64 * 2**20


def repeated(slcs: np.ndarray, copies: int) -> np.ndarray:
    return np.tile(slcs, (1, copies, 1))


def peak_of(folder: Path, length: int) -> int:
    """Return the largest memory (bytes) of arrays while all pixels of a scene become candidates."""
    width = 2000
    tile = speckle(0, n_scenes=3, width=width, length=50) + 20
    stack = write_export(folder / "export", repeated(tile, length // 50))
    options = CandidatesOptions(patches=(1, 1), amplitude_dispersion=2, memory=MEMORY)
    tracemalloc.start()
    try:
        result = prepare_candidates(stack, folder / "stamps", options, {}, workers=2)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        assert result.n_cand == width * length


def test_the_memory_stays_below_the_option_and_does_not_grow_with_the_scene(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    small, large = peak_of(tmp_path / "a", 200), peak_of(tmp_path / "b", 600)
    assert large < MEMORY
    assert large < 1.1 * small


@given(st.integers(1, 70_000), st.integers(1, 3_000), st.integers(64 * 2**20, 2**34), st.integers(1, 64))
def test_the_blocks_cover_the_scene_and_fit_into_the_memory(width: int, length: int, memory: int, workers: int) -> None:
    plan = make_plan(width, length, memory=memory, workers=workers)
    starts = [block.first for block in plan.blocks]
    ends = [block.first + block.count for block in plan.blocks]
    assert (starts, ends[-1]) == ([0, *ends[:-1]], length)
    assert plan.wave * max(block.count for block in plan.blocks) * width * 256 <= memory


@pytest.fixture
def sparse(tmp_path: Path) -> tuple[Path, int, int]:
    """An export whose rasters exceed 2**31 bytes (lon, lat and heights too), of which only a few lines hold data."""
    width, length, n_lines = 25_000, 24_000, 6
    folder = tmp_path / "INSAR"
    small = write_export(folder, speckle(0, n_scenes=3, width=width, length=n_lines))
    for path in (*small.slcs, *(ifg.diff for ifg in small.interferograms), small.lon, small.lat, small.height):
        pixel = path.stat().st_size // (width * n_lines)
        content = path.read_bytes()
        os.truncate(path, 0)
        os.truncate(path, width * length * pixel)
        with path.open("rb+") as stream:
            stream.seek(width * (length - n_lines) * pixel)
            stream.write(content)
        assert path.stat().st_size > 2**31
        assert path.stat().st_blocks * 512 < 2**24
    header = f"range_samples:\t{width}\nazimuth_lines:\t{length}\n"
    (folder / "rslc" / f"{MASTER}.rslc.par").write_text(header)
    return folder, length - n_lines, n_lines


def test_pixels_beyond_two_gigabytes_are_those_of_the_same_lines_in_a_small_scene(
    sparse: tuple[Path, int, int], tmp_path: Path
) -> None:
    folder, first, n_lines = sparse
    stack = open_stack(folder)
    slcs = speckle(0, n_scenes=3, width=stack.width, length=n_lines)
    small = write_export(tmp_path / "small", slcs)
    found = {}
    for name, where, block in (("far", stack, LineBlock(first, n_lines)), ("near", small, LineBlock(0, n_lines))):
        means = [mean_amplitude(slc, width=stack.width, blocks=(block,), mask=None) for slc in where.slcs]
        factors = np.array([mean.mean for mean in means], np.float32)
        selection = Selection(where.slcs, factors, (where.lon, where.lat, where.height), stack.width, 0.3, None)
        found[name] = (means, select_block(selection, block))
    (far_means, far), (near_means, near) = found["far"], found["near"]
    assert far_means == near_means
    assert far.lines.size > 1000
    assert np.array_equal(far.lines - first, near.lines)
    for field in ("samples", "dispersion", "lon", "lat", "height", "sums"):
        assert np.array_equal(getattr(far, field), getattr(near, field)), field
    assert extracted(stack, far, tmp_path / "far") == extracted(small, near, tmp_path / "near") != b""


def extracted(stack, selected, place: Path) -> bytes:
    """Return the phases of selected candidates as the extraction writes them."""
    place.mkdir()
    pairs = np.stack([selected.samples, selected.lines], axis=1).astype(">i4")
    pairs.tofile(place / "ij")
    (place / "ph").touch()
    n_cand = len(pairs)
    task = ExtractionTask(selected.block, (Piece(place / "ij", place / "ph", 0, n_cand, n_cand),))
    usable = extract_block(tuple(ifg.diff for ifg in stack.interferograms), stack.width, task)
    assert usable.tolist() == [n_cand] * stack.n_ifg
    return (place / "ph").read_bytes()


def test_phases_are_written_beyond_two_gigabytes(tmp_path: Path) -> None:
    place = tmp_path / "pscands.1.ph"
    place.touch()
    values = np.arange(5, dtype=np.uint64)
    target = os.open(place, os.O_WRONLY)
    write_at(target, values, 2**33 + 8)
    os.close(target)
    assert place.stat().st_size == 2**33 + 8 + values.nbytes
    with place.open("rb") as stream:
        stream.seek(2**33 + 8)
        assert stream.read() == values.tobytes()
