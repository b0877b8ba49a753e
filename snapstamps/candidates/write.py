"""The files of StaMPS's working folder, as mt_prep_snap and its programs leave them."""

from collections.abc import Iterable, Mapping
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.candidates.blocks import LineBlock
from snapstamps.candidates.calibrate import Calibration
from snapstamps.candidates.digits import dispersion_lines, position_lines
from snapstamps.candidates.extract import POSITION, Piece
from snapstamps.candidates.patches import Patch
from snapstamps.candidates.select import SelectedBlock
from snapstamps.formats.atomic import atomic_path, remove_leftovers, write_text
from snapstamps.kernels.arrays import Array, IntArray
from snapstamps.model.stack import Stack
from snapstamps.stamps.artefacts import ARTEFACTS
from snapstamps.stamps.parms import write_parms

PATCH_LIST = "patch.list"
POSITIONS, POSITIONS_BINARY, GAPS = "pscands.1.ij", "pscands.1.ij.int", "pscands.1.ij0"
DISPERSION, LONLAT, HEIGHT, PHASE = "pscands.1.da", "pscands.1.ll", "pscands.1.hgt", "pscands.1.ph"
AMPLITUDE_SUM = "mean_amp.flt"
CANDIDATE_FILES = (POSITIONS, POSITIONS_BINARY, GAPS, DISPERSION, LONLAT, HEIGHT, PHASE, AMPLITUDE_SUM)

_STAMPS_TRACES = ("psweed.1.node", "psweed.2.node", "psweed.2.ele", "psweed.2.edge", "triangle_weed.log", "STAMPS.log")
_PATCH_FILES = ("patch.in", "patch_noover.in", *CANDIDATE_FILES, *_STAMPS_TRACES)


def write_lists(folder: Path, stack: Stack, calibration: Calibration, threshold: str, parms: Mapping[str, Any]) -> None:
    """
    Write what lies in the working folder itself, except ``patch.list``.

    Parameters
    ----------
    folder : Path
        StaMPS's working folder.
    stack : Stack
        The export.
    calibration : Calibration
        Of its SLCs.
    threshold : str
        Amplitude dispersion, as printed.
    parms : mapping
        All parameters, for ``parms.mat``.
    """
    calibrated = [f"{slc} {text}" for slc, text in zip(stack.slcs, calibration.texts, strict=True)]
    contents: dict[str, list[Any]] = {
        "processor.txt": ["snap"],
        "width.txt": [stack.width],
        "len.txt": [stack.length],
        "rsc.txt": [stack.header],
        "calamp.in": list(stack.slcs),
        "calamp.out": calibrated,
        "selpsc.in": [threshold, stack.width, *calibrated],
        "pscphase.in": [stack.width, *(ifg.diff for ifg in stack.interferograms)],
        "psclonlat.in": [stack.width, stack.lon, stack.lat],
        "pscdem.in": [stack.width, stack.height],
    }
    for name, lines in contents.items():
        write_text(folder / name, "".join(f"{line}\n" for line in lines))
    write_parms(folder / "parms.mat", parms)


def write_patch_list(folder: Path, patches: Iterable[Patch]) -> None:
    """Write ``patch.list``: the last file of the stage, which says that all others are there."""
    write_text(folder / PATCH_LIST, "".join(f"{patch.name}\n" for patch in patches))


def remove_former_patches(folder: Path, patches: Iterable[Patch]) -> list[str]:
    """
    Remove the patches of a former division that no longer exist, but no file that is unknown.

    Parameters
    ----------
    folder : Path
        StaMPS's working folder.
    patches : iterable of Patch
        The present ones.

    Returns
    -------
    list of str
        Names of patch folders that had to stay, since they hold other files too.
    """
    present = {patch.name for patch in patches}
    known = {*_PATCH_FILES, *(f"{artefact}.mat" for artefact in ARTEFACTS)}
    stayed = []
    for former in sorted(folder.glob("PATCH_*")):
        if former.name in present or former.is_symlink() or not (former / "patch.in").is_file():
            continue
        remove_leftovers(former)
        for path in former.iterdir():
            if path.name in known and path.is_file():
                path.unlink()
        if any(former.iterdir()):
            stayed.append(former.name)
        else:
            former.rmdir()
    return stayed


class PatchWriter:
    """
    Writes one patch, block by block, under temporary names that become the real ones at the end.

    Parameters
    ----------
    folder : Path
        StaMPS's working folder.
    patch : Patch
        The patch; its folder is made.
    stack : ExitStack
        Holds the temporary names: leaving it well renames the files, leaving it by an error deletes them.
    """

    def __init__(self, folder: Path, patch: Patch, stack: ExitStack) -> None:
        self.patch = patch
        self.n_cand = 0
        self.n_gap = 0
        place = folder / patch.name
        place.mkdir(exist_ok=True)
        remove_leftovers(place)
        write_text(place / "patch.in", patch.box.text())
        write_text(place / "patch_noover.in", patch.own.text())
        self._parts = {name: stack.enter_context(atomic_path(place / name)) for name in CANDIDATE_FILES}
        # Candidates before every line of the patch; one more for the end.
        self._before = np.zeros(patch.box.n_lines + 1, np.int64)

    def append(self, selected: SelectedBlock) -> None:
        """Add what a block holds for this patch; blocks come in order."""
        box = self.patch.box
        first = max(box.first_line, selected.block.first)
        last = min(box.last_line, selected.block.first + selected.block.count - 1)
        if first > last:
            return
        sums = selected.sums[first - selected.block.first : last + 1 - selected.block.first]
        self._add(AMPLITUDE_SUM, np.ascontiguousarray(sums[:, box.first_sample : box.last_sample + 1]).tobytes())
        inside = self._inside(selected.lines, selected.samples)
        lines, samples = selected.lines[inside], selected.samples[inside]
        self._append_gaps(selected, lines, samples)
        self._before[first - box.first_line + 1 : last - box.first_line + 2] = self.n_cand + np.searchsorted(
            lines, np.arange(first, last + 1), side="right"
        )
        numbers = np.arange(self.n_cand + 1, self.n_cand + 1 + lines.size)
        self._add(POSITIONS, position_lines(numbers, lines, samples))
        self._add(POSITIONS_BINARY, np.stack([samples, lines], axis=1).astype(POSITION).tobytes())
        self._add(DISPERSION, dispersion_lines(selected.dispersion[inside]))
        self._add(LONLAT, np.stack([selected.lon[inside], selected.lat[inside]], axis=1).tobytes())
        self._add(HEIGHT, selected.height[inside].tobytes())
        self.n_cand += lines.size

    def reserve_phases(self, n_ifg: int) -> None:
        """Give the file of phases its full size, once all candidates are known."""
        with self._parts[PHASE].open("rb+") as stream:
            stream.truncate(self.n_cand * n_ifg * 8)

    def piece(self, block: LineBlock) -> Piece | None:
        """Return this patch's candidates in a block of lines, for the extraction; None where it has none there."""
        box = self.patch.box
        start, stop = np.clip(
            [block.first - box.first_line, block.first + block.count - box.first_line], 0, box.n_lines
        )
        first, end = int(self._before[start]), int(self._before[stop])
        if first == end:
            return None
        return Piece(self._parts[POSITIONS_BINARY], self._parts[PHASE], first, end - first, self.n_cand)

    def _append_gaps(self, selected: SelectedBlock, lines: IntArray, samples: IntArray) -> None:
        """Add pixels with gaps: StaMPS gives each the number of the last candidate before it."""
        inside = self._inside(selected.gap_lines, selected.gap_samples)
        gap_lines, gap_samples = selected.gap_lines[inside], selected.gap_samples[inside]
        width = selected.sums.shape[1]
        before = np.searchsorted(lines * width + samples, gap_lines * width + gap_samples)
        self._add(GAPS, position_lines(self.n_cand + before, gap_lines, gap_samples))
        self.n_gap += gap_lines.size

    def _inside(self, lines: IntArray, samples: IntArray) -> Array:
        box = self.patch.box
        within_lines = (lines >= box.first_line) & (lines <= box.last_line)
        return within_lines & (samples >= box.first_sample) & (samples <= box.last_sample)

    def _add(self, name: str, content: bytes) -> None:
        if content:
            with self._parts[name].open("ab") as stream:
                stream.write(content)
