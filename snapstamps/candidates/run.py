"""The stage ``candidates``: from an export to the working folder that step 1 of StaMPS reads."""

import contextlib
import errno
import logging
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.candidates.blocks import (
    Mapper,
    Meter,
    Plan,
    Progress,
    in_waves,
    make_plan,
    no_progress,
    thread_mapper,
    worker_count,
)
from snapstamps.candidates.calibrate import Calibration, calibrate
from snapstamps.candidates.extract import ExtractionTask, extract_block
from snapstamps.candidates.mask import MASK_FILE, make_mask
from snapstamps.candidates.patches import (
    Box,
    GroundExtent,
    Patch,
    automatic_division,
    divide,
    ground_extent,
    propose_unwrap_grid_size,
)
from snapstamps.candidates.select import Selection, select_block
from snapstamps.candidates.write import (
    PATCH_LIST,
    PatchWriter,
    remove_former_patches,
    write_lists,
    write_patch_list,
)
from snapstamps.config.options import CandidatesOptions
from snapstamps.formats.atomic import remove_leftovers
from snapstamps.kernels.arrays import IntArray
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.stack import Stack
from snapstamps.stamps.parms import defaults

LOG = logging.getLogger(__name__)
STAMPS_PATH_LIMIT = 255
"""Characters that StaMPS's own programs read of a path."""


@dataclass(frozen=True)
class PatchCandidates:
    """
    One patch and what was found in it.

    Attributes
    ----------
    name : str
        Its folder.
    box, own : Box
        With and without overlap.
    n_cand : int
        Candidates.
    n_gap : int
        Pixels that would be candidates, were there not an SLC without data.
    """

    name: str
    box: Box
    own: Box
    n_cand: int
    n_gap: int


@dataclass(frozen=True)
class CandidatesResult:
    """
    What the stage did.

    Attributes
    ----------
    patches : tuple of PatchCandidates
        In the order of ``patch.list``.
    calibration : Calibration
        Of the SLCs, in the order of their dates.
    threshold : float
        Amplitude dispersion below which a pixel is a candidate.
    warnings : tuple of str
        What the user should know before going on.
    notes : tuple of str
        Choices that were made, for the journal.
    """

    patches: tuple[PatchCandidates, ...]
    calibration: Calibration
    threshold: float
    warnings: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def n_cand(self) -> int:
        """Return the number of candidates of all patches; those in overlaps count in each."""
        return sum(patch.n_cand for patch in self.patches)


def prepare_candidates(
    stack: Stack,
    workdir: Path,
    options: CandidatesOptions,
    parms: Mapping[str, Any],
    *,
    mapper: Mapper | None = None,
    workers: int = 0,
    progress: Progress = no_progress,
    log: logging.Logger = LOG,
    block_lines: int | None = None,
) -> CandidatesResult:
    """
    Choose the candidates of an export and write StaMPS's whole working folder (in place of mt_prep_snap).

    Every SLC is read twice (calibration, selection), every interferogram once. The result does not depend on
    workers, memory or blocks. ``patch.list`` goes first and comes last: without it the folder is not complete.

    Parameters
    ----------
    stack : Stack
        The export.
    workdir : Path
        StaMPS's working folder; it is made where it is missing.
    options : CandidatesOptions
        Threshold, patches, overlap, mask, memory.
    parms : mapping
        StaMPS's parameters that differ from the defaults (or all of them).
    mapper : Mapper, optional
        How to spread the work; by default over threads.
    workers : int
        How many work at the same time; 0: as many as cores.
    progress : callable
        ``progress(done, total)`` in lines read.
    log : logging.Logger
        Gets one INFO line, and the warnings.
    block_lines : int, optional
        Lines read at a time, instead of what suits memory and processor.

    Raises
    ------
    InputError
        If options do not fit, or a place may not be written.
    DataError
        If the export is damaged, or has no candidate at all.
    """
    workers = worker_count(workers)
    plan = make_plan(stack.width, stack.length, memory=options.memory, workers=workers, block_lines=block_lines)
    values = {**defaults(), **parms, "insar_processor": "snap", "small_baseline_flag": "n"}
    with _clear_disk_errors(workdir), contextlib.ExitStack() as pool:
        workdir.mkdir(parents=True, exist_ok=True)
        remove_leftovers(workdir)
        (workdir / PATCH_LIST).unlink(missing_ok=True)
        spread = mapper or pool.enter_context(thread_mapper(workers))
        job = _Job(stack, workdir.absolute(), options, values, plan, spread, progress)
        result = job.run()
    for warning in result.warnings:
        log.warning(warning)
    log.info("%d dates -> %d candidates in %d patch(es)", len(stack.slcs), result.n_cand, len(result.patches))
    return result


class _Job:
    """The work of one call, in its order."""

    def __init__(
        self,
        stack: Stack,
        folder: Path,
        options: CandidatesOptions,
        parms: Mapping[str, Any],
        plan: Plan,
        mapper: Mapper,
        progress: Progress,
    ) -> None:
        self.stack, self.folder, self.options, self.parms = stack, folder, options, parms
        self.plan, self.mapper = plan, mapper
        self.meter = Meter(progress, stack.length * (2 * len(stack.slcs) + stack.n_ifg))
        self.threshold = f"{options.amplitude_dispersion:.15g}"
        self.notes: list[str] = []

    def run(self) -> CandidatesResult:
        """Do it all; what is in the folder is complete when this returns, and not before."""
        extent = ground_extent(self.stack)
        patches = self._patches(extent)
        mask = self._mask()
        calibration = calibrate(self.stack.slcs, self.plan, mask, mapper=self.mapper, meter=self.meter)
        with contextlib.ExitStack() as files:
            writers = [PatchWriter(self.folder, patch, files) for patch in patches]
            self._select(writers, calibration, mask)
            self._require_candidates(writers, calibration)
            self._extract(writers)
        write_lists(self.folder, self.stack, calibration, self.threshold, self.parms)
        self.notes += [
            f"{name}, of a former division, stays: it holds files that are not StaMPS's"
            for name in remove_former_patches(self.folder, patches)
        ]
        write_patch_list(self.folder, patches)
        found = tuple(PatchCandidates(w.patch.name, w.patch.box, w.patch.own, w.n_cand, w.n_gap) for w in writers)
        self.notes += [f"{patch.name} has no candidate" for patch in found if patch.n_cand == 0]
        warnings = (*self._size_warnings(patches, extent), *self._path_warnings())
        return CandidatesResult(found, calibration, float(self.threshold), warnings, tuple(self.notes))

    def _patches(self, extent: GroundExtent) -> tuple[Patch, ...]:
        """Divide the scene as asked, or by its size."""
        width, length, overlap = self.stack.width, self.stack.length, self.options.overlap
        division = self.options.patches
        if division == "auto":
            division = automatic_division(width, length, extent, overlap=overlap, smallest=self._window())
            noun = "patch" if division == (1, 1) else "patches"
            self.notes.append(f"{division[0]} x {division[1]} {noun} (range x azimuth) chosen")
        return divide(width, length, division, overlap)

    def _mask(self) -> Path | None:
        target = self.folder / MASK_FILE
        if self.options.mask is None:
            target.unlink(missing_ok=True)
            return None
        share = make_mask(self.stack, self.plan, self.options.mask, target, mapper=self.mapper)
        self.notes.append(f"{self.options.mask.name} leaves out {share:.1%} of the pixels")
        return target

    def _select(self, writers: list[PatchWriter], calibration: Calibration, mask: Path | None) -> None:
        stack = self.stack
        selection = Selection(
            slcs=stack.slcs,
            factors=calibration.factors,
            positions=(stack.lon, stack.lat, stack.height),
            width=stack.width,
            threshold=float(self.threshold),
            mask=mask,
        )
        for selected in in_waves(self.mapper, partial(select_block, selection), self.plan.blocks, self.plan.wave):
            for writer in writers:
                writer.append(selected)
            self.meter.add(selected.block.count * len(stack.slcs))

    def _require_candidates(self, writers: list[PatchWriter], calibration: Calibration) -> None:
        """Stop where there is nothing to go on with, or no room for it."""
        n_cand = sum(writer.n_cand for writer in writers)
        if n_cand == 0:
            scarcest = int(np.argmin(calibration.n_valid))
            share = calibration.n_valid[scarcest] / (self.stack.width * self.stack.length)
            raise DataError(
                f"no pixel is a candidate: no amplitude dispersion is below {self.threshold}",
                where=self.stack.folder,
                why=f"a candidate needs data on every date; {self.stack.slcs[scarcest].name} has the least, "
                f"in {share:.0%} of the pixels\nwater, forest and misregistered dates have no steady amplitude either",
                remedy="`snapstamps check` on the export; a larger candidates.amplitude_dispersion; another mask",
            )
        needed = n_cand * self.stack.n_ifg * 8
        free = shutil.disk_usage(self.folder).free
        if needed > free:
            raise DataError(
                f"the phases of {n_cand} candidates need {needed / 2**20:.0f} MiB, but {free / 2**20:.0f} MiB are free",
                where=self.folder,
                remedy="free some space, or a smaller candidates.amplitude_dispersion",
            )

    def _extract(self, writers: list[PatchWriter]) -> None:
        stack, tasks = self.stack, []
        for writer in writers:
            writer.reserve_phases(stack.n_ifg)
        for block in self.plan.blocks:
            pieces = tuple(piece for writer in writers if (piece := writer.piece(block)) is not None)
            if pieces:
                tasks.append(ExtractionTask(block, pieces))
            else:
                self.meter.add(block.count * stack.n_ifg)
        extract = partial(extract_block, tuple(ifg.diff for ifg in stack.interferograms), stack.width)
        usable: IntArray = np.zeros(stack.n_ifg, np.int64)
        for task, counts in zip(tasks, in_waves(self.mapper, extract, tasks, self.plan.wave), strict=True):
            usable += counts
            self.meter.add(task.block.count * stack.n_ifg)
        for ifg, count in zip(stack.interferograms, usable, strict=True):
            if count == 0:
                raise DataError(
                    f"{ifg.diff.name} has no phase at any candidate: every value is zero or not a number",
                    where=ifg.diff,
                    remedy="export this pair again, or leave it out (its .rslc, .diff and .base)",
                )

    def _window(self) -> float:
        """Return the side of the CLAP filter's window, m."""
        return float(self.parms["clap_win"] * self.parms["filter_grid_size"])

    def _size_warnings(self, patches: tuple[Patch, ...], extent: GroundExtent) -> Iterator[str]:
        sides = [
            (p.box.n_samples / self.stack.width * extent.across, p.box.n_lines / self.stack.length * extent.along)
            for p in patches
        ]
        if (smallest := min(min(side) for side in sides)) < self._window():
            yield (
                f"a patch is only {smallest:.0f} m long or wide, less than clap_win x filter_grid_size = "
                f"{self._window():.0f} m: StaMPS then keeps no PS in it (the native engine pads). "
                "Try: fewer patches, or a smaller stamps.parms.filter_grid_size"
            )
        window = self.parms["unwrap_gold_n_win"] * self.parms["unwrap_grid_size"]
        if (shortest := min(extent.across, extent.along)) < window:
            proposal = propose_unwrap_grid_size(extent, int(self.parms["unwrap_gold_n_win"]))
            yield (
                f"the scene is only {shortest:.0f} m long or wide, less than unwrap_gold_n_win x unwrap_grid_size = "
                f"{window:.0f} m: step 6 would stop. Try: stamps.parms.unwrap_grid_size = {proposal:g}"
            )

    def _path_warnings(self) -> Iterator[str]:
        paths = [str(path) for path in (*self.stack.slcs, *(ifg.diff for ifg in self.stack.interferograms))]
        if any(" " in path or len(path) > STAMPS_PATH_LIMIT for path in paths):
            yield (
                "paths of the export have blanks or more than 255 characters: StaMPS's own programs cannot read "
                "them (the native engine can)"
            )


_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO})
"""What is the disk's doing, and not the choice of a folder."""


@contextlib.contextmanager
def _clear_disk_errors(folder: Path) -> Iterator[None]:
    """Say in one message what the file system refused."""
    try:
        yield
    except OSError as error:
        kind = DataError if error.errno in _NO_ROOM else InputError
        raise kind(
            "the file system refused the work",
            where=error.filename or folder,
            why=error.strerror or str(error),
            remedy="free space and permission to write there, then the same command again",
        ) from error
