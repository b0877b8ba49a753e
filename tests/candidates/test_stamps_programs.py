"""Our files against those of StaMPS's own programs, on a scene with everything that goes wrong in real ones."""

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_export import LENGTH, WIDTH, speckle

from snapstamps.candidates.mask import MASK_FILE
from snapstamps.candidates.run import prepare_candidates
from snapstamps.candidates.write import CANDIDATE_FILES
from snapstamps.config.options import CandidatesOptions
from snapstamps.model.stack import Stack

pytestmark = pytest.mark.stamps
PROGRAMS = ("calamp", "selpsc_patch", "psclonlat", "pscdem", "pscphase")


@pytest.fixture(scope="module")
def programs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The programs, compiled without optimisation (which breaks their byte-swapping)."""
    home = os.environ.get("SNAPSTAMPS_STAMPS_HOME")
    if not home or not (Path(home) / "src" / "calamp.c").is_file():
        pytest.skip("needs a StaMPS checkout (SNAPSTAMPS_STAMPS_HOME)")
    if shutil.which("g++") is None:
        pytest.skip("needs g++")
    folder = tmp_path_factory.mktemp("bin")
    for name in PROGRAMS:
        source = Path(home) / "src" / f"{name}.c"
        subprocess.run(["g++", "-O0", "-w", "-std=c++14", "-o", folder / name, source], check=True)
    return folder


def troubled() -> np.ndarray:
    """Return SLCs with gaps, NaN and faint pixels."""
    slcs = speckle(5)
    slcs[0, 3:9, 4:20] = 0
    slcs[3, 8:12, 10:40] = 0
    slcs[2, 15:18] = np.nan
    slcs[5, 22:24] *= np.float32(1e-6)
    return slcs


def run_program(folder: Path, *command: object) -> None:
    subprocess.run([str(word) for word in command], cwd=folder, check=True, stdout=subprocess.DEVNULL)


@pytest.mark.parametrize("threshold", [0.25, 0.4, 0.6, 1.3])
@pytest.mark.parametrize("masked", [False, True])
def test_every_file_is_the_same_on_a_troubled_scene(
    make_stack: Callable[..., Stack], programs: Path, tmp_path: Path, threshold: float, masked: bool
) -> None:
    mask = np.zeros((LENGTH, WIDTH), np.uint8)
    mask[np.random.default_rng(1).random(mask.shape) < 0.2] = 1
    compare(make_stack(troubled()), programs, tmp_path, threshold, mask if masked else None)


def test_every_file_is_the_same_where_amplitudes_are_constant(
    make_stack: Callable[..., Stack], programs: Path, tmp_path: Path
) -> None:
    compare(make_stack(np.repeat(speckle(5)[:1], 6, axis=0)), programs, tmp_path, 0.4, None)
    # Rounding decides whether the square of D_A is 0, a little more, or negative: its root is then printed as -nan.
    dispersions = (tmp_path / "ours" / "PATCH_1" / "pscands.1.da").read_text().split()
    assert {"0", "-nan"} < set(dispersions)


def compare(stack: Stack, programs: Path, tmp_path: Path, threshold: float, mask: np.ndarray | None) -> None:
    """Prepare the candidates, let StaMPS's programs do it again in a copy, and compare all files."""
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    options = CandidatesOptions(
        amplitude_dispersion=threshold, patches=(2, 3), overlap=(7, 3), mask=None if mask is None else Path("mask")
    )

    def given_mask(_stack: Stack, _plan: object, _source: Path, target: Path, *, mapper: object) -> float:
        mask.tofile(target)
        return float(mask.mean())

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("snapstamps.candidates.run.make_mask", given_mask)
        found = prepare_candidates(stack, ours, options, {}, workers=1, block_lines=6)
    shutil.copytree(ours, theirs)
    mask_word = [] if mask is None else [theirs / MASK_FILE]
    run_program(theirs, programs / "calamp", "calamp.in", WIDTH, "calamp.out", "f", 1, *mask_word)
    assert (theirs / "calamp.out").read_text() == (ours / "calamp.out").read_text()
    for name in (patch.name for patch in found.patches):
        select_again(theirs / name, programs, mask_word)
        for file in CANDIDATE_FILES:
            assert (theirs / name / file).read_bytes() == (ours / name / file).read_bytes(), f"{name}/{file}"


def select_again(patch: Path, programs: Path, mask: list[Path]) -> None:
    """Replace the candidates of a patch by those of StaMPS's programs."""
    for file in CANDIDATE_FILES:
        (patch / file).unlink()
    ij = "pscands.1.ij"
    selection = ["../selpsc.in", "patch.in", ij, "pscands.1.da", "mean_amp.flt", "f", 1, *mask]
    run_program(patch, programs / "selpsc_patch", *selection)
    run_program(patch, programs / "psclonlat", "../psclonlat.in", ij, "pscands.1.ll")
    run_program(patch, programs / "pscdem", "../pscdem.in", ij, "pscands.1.hgt")
    run_program(patch, programs / "pscphase", "../pscphase.in", ij, "pscands.1.ph")
