"""How large a project is: what is known of it, and what must be guessed until it is."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from snapstamps.candidates.patches import PIXELS_PER_PATCH, GroundExtent, ground_extent
from snapstamps.candidates.sample import sampled_share
from snapstamps.config.project import Project
from snapstamps.formats.stamps_export import open_stack
from snapstamps.journal import JOURNAL_NAME, Journal, Record
from snapstamps.model.errors import DataError, InputError
from snapstamps.pipeline.rates import SizeName, rates
from snapstamps.pipeline.snap_plan import current_plan, has_scenes, make_plan
from snapstamps.snap.prepare_plan import PreparePlan

_PIXEL_AREA = 52.0
"""Ground of one pixel of Sentinel-1 IW, m²: for scenes that are not exported yet."""
_AS_IN_TOWNS = "as in the simulated towns of the benchmarks (forest and fields have fewer)"


@dataclass(frozen=True)
class ProjectSize:
    """
    The sizes that decide what a project costs.

    Attributes
    ----------
    pixels, dates : int
        Of the export, the master's date included.
    candidates, ps, cells, patches : int
        Cells are those of the unwrapping grid.
    notes : tuple of str
        Where the numbers that are not known come from.
    """

    pixels: int
    dates: int
    candidates: int
    ps: int
    cells: int
    patches: int
    notes: tuple[str, ...]

    @property
    def sizes(self) -> Mapping[SizeName, float]:
        """Return what the rates ask for."""
        return {"pixels": self.pixels, "candidates": self.candidates, "ps": self.ps, "cells": self.cells}

    def per_patch(self) -> Mapping[SizeName, float]:
        """Return the same for one patch."""
        return {name: value / self.patches for name, value in self.sizes.items()}


def project_size(project: Project) -> ProjectSize:
    """
    Tell how large a project is: from its journal, its export, or its scenes, whichever is there.

    Parameters
    ----------
    project : Project
        The project.

    Raises
    ------
    SnapstampsError
        If there is neither an export nor scenes, or they are damaged.
    """
    done = Journal(project.logs_folder / JOURNAL_NAME).last_done()
    try:
        export = project.export_folder
    except InputError:
        if not has_scenes(project):
            raise
        return _of_scenes(project, done)
    try:
        return _of_export(project, export, done)
    except DataError:
        if not has_scenes(project):
            raise
        return _of_scenes(project, done)  # the export is only begun


def planned(project: Project) -> PreparePlan:
    """Return the plan of the preparation: the one that is kept, else a new one, which is not written."""
    return current_plan(project) or make_plan(project)


def _of_export(project: Project, export: Path, done: Mapping[str, Record]) -> ProjectSize:
    stack = open_stack(export)
    pixels, dates = stack.width * stack.length, len(stack.slcs)
    if has_scenes(project) and dates < len(planned(project).dates):
        return _of_scenes(project, done)
    note: tuple[str, ...] = ()
    if "candidates" in done:
        share = done["candidates"].counts["candidates"] / pixels
    else:
        share = sampled_share(stack, project.options.candidates.amplitude_dispersion)
        note = (f"candidates: {share:.1%} of the pixels, from a sample of the lines",)
    return _size(project, pixels, dates, share, ground_extent(stack), done, note)


def _of_scenes(project: Project, done: Mapping[str, Record]) -> ProjectSize:
    plan = planned(project)
    pixels = round(sum(swath.n_pixels for swath in plan.master_date.swaths) * plan.crop_share)
    side = math.sqrt(pixels * _PIXEL_AREA)
    share = rates().typical["candidates_per_pixel"]
    note = (f"candidates: {share:.1%} of the pixels, {_AS_IN_TOWNS}; the export will tell",)
    return _size(project, pixels, len(plan.dates), share, GroundExtent(side, side), done, note)


def _size(
    project: Project,
    pixels: int,
    dates: int,
    share: float,
    extent: GroundExtent,
    done: Mapping[str, Record],
    notes: tuple[str, ...],
) -> ProjectSize:
    candidates = max(1, round(pixels * share))
    if "5_merge" in done:
        ps = done["5_merge"].counts["ps_out"]
    else:
        usual = rates().typical["ps_per_candidate"]
        ps = max(1, round(candidates * usual))
        notes = (*notes, f"PS: {usual:.0%} of the candidates, {_AS_IN_TOWNS}")
    division = project.options.candidates.patches
    if "candidates" in done:
        patches = done["candidates"].counts["patches"]
    else:
        patches = math.ceil(pixels / PIXELS_PER_PATCH) if division == "auto" else division[0] * division[1]
    cells = math.ceil(extent.across * extent.along / float(project.parms["unwrap_grid_size"]) ** 2)
    return ProjectSize(pixels, dates, candidates, ps, cells, patches, notes)
