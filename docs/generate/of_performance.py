"""Tables of what the stages cost: the fitted rates, the large benchmark, and what a frame and a country would take."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from md_table import code, table

from snapstamps.formats.mat import MAX_VARIABLE_BYTES
from snapstamps.pipeline.rates import SizeName, rates
from snapstamps.stamps.steps import patch_steps, stack_steps

RESULTS = Path(__file__).resolve().parents[2] / "benchmarks" / "results"
GRID_SIZE = 200.0
PIXEL_AREA = 52.0
SHARE_OF_CANDIDATES = 0.02
"""Of a whole frame, with its forests and fields; the simulated scenes of the benchmarks are towns."""
PATCH_PIXELS = 5_000_000
BYTES_PER_PIXEL_AND_DATE = 16
WORKERS = (1, 16, 128)


@dataclass(frozen=True)
class Area:
    """
    What a paper estimate is made for.

    Attributes
    ----------
    name : str
        In words.
    pixels : float
        Of the export.
    dates : int
        Of each stack.
    passes : int
        How many such stacks.
    """

    name: str
    pixels: float
    dates: int
    passes: int


FRAME = Area("one IW frame (three sub-swaths of nine bursts)", 3 * 9 * 1500 * 24_000 * 0.9, 60, 1)
COUNTRY = Area("a country of 330 000 km², ascending and descending", 330_000e6 / PIXEL_AREA, 60, 2)


def rate_table() -> str:
    """Return what each stage grows with, and how."""
    rows = []
    for stage, rate in rates().stages.items():
        growth = ["fixed", *(f"{t.size}^{t.size_exponent:.2f} · dates^{t.dates_exponent:.2f}" for t in rate.terms)]
        typical = {"pixels": 5e6, "candidates": 2e5, "ps": 2e5, "cells": 2e4}
        seconds = rate.time(typical, 40)
        rows.append((code(stage), " + ".join(growth[1:]), f"{seconds:.1f}", f"{rate.memory:.0f}", f"{rate.disk:.0f}"))
    headings = ("stage", "seconds grow with", "seconds¹", "memory²", "disk²")
    return table(headings, rows) + "\n"


def large_table() -> str:
    """Return the figures of the benchmark of a million PS."""
    figures = json.loads((RESULTS / "large.json").read_text(encoding="utf-8"))
    groups: dict[str, list[dict[str, Any]]] = {}
    for unit in figures["units"]:
        groups.setdefault(unit["unit"].rpartition("/")[2], []).append(unit)
    rows = []
    for name, units in groups.items():
        out = sum(unit.get("ps_out", unit.get("candidates", 0)) for unit in units)
        seconds = sum(unit["seconds"] for unit in units)
        peak = max(unit["peak_memory"] for unit in units)
        rows.append((code(name), str(len(units)), f"{seconds:.0f}", f"{peak / 1e9:.1f}", f"{out:,}" if out else ""))
    headings = ("stage", "units", "seconds of all units", "memory of one (GB)", "scatterers out")
    return table(headings, rows) + "\n"


def large_summary() -> str:
    """Return the figures of the whole run in one sentence."""
    figures = json.loads((RESULTS / "large.json").read_text(encoding="utf-8"))
    return (
        f"{figures['pixels'] / 1e6:.1f} million pixels, {figures['dates']} dates, {figures['ps']:,} PS: "
        f"{figures['run_seconds'] / 60:.0f} minutes with {figures['workers']} workers on {figures['cores']} cores, "
        f"{figures['peak_memory'] / 1e9:.1f} GB of memory at the most (all processes together), "
        f"{figures['export_bytes'] / 1e9:.1f} GB of export read, {figures['stamps_bytes'] / 1e9:.1f} GB in `stamps`, "
        f"{figures['gpkg_bytes'] / 1e9:.2f} GB of GeoPackage."
    )


def paper_table() -> str:
    """Return what a frame and a country would take, from the rates."""
    rows = []
    for area in (FRAME, COUNTRY):
        work, single, peak, disk, projects = _cost(area)
        times = [_hours(single / min(workers, projects) + work / workers) for workers in WORKERS]
        rows.append(
            (
                area.name,
                f"{area.pixels * area.passes / 1e6:,.0f}",
                str(projects),
                _hours(work + single),
                *times,
                f"{peak / 1e9:.0f}",
                f"{disk / 1e12:.1f}",
            )
        )
    headings = (
        *("area", "million pixels", "projects", "hours of a processor"),
        *(f"{workers} {'worker' if workers == 1 else 'workers'}" for workers in WORKERS),
        *("memory of a stack step (GB)", "disk (TB)"),
    )
    return table(headings, rows) + "\n"


def _cost(area: Area) -> tuple[float, float, float, float, int]:
    """Return seconds that can be shared, seconds that cannot, memory, disk, and the number of projects."""
    most_ps = MAX_VARIABLE_BYTES / (8 * area.dates)
    ps = area.pixels * SHARE_OF_CANDIDATES * rates().typical["ps_per_candidate"]
    projects = math.ceil(ps / most_ps)
    whole = _sizes(area.pixels / projects)
    patches = math.ceil(whole["pixels"] / PATCH_PIXELS)
    each = {name: value / patches for name, value in whole.items()}
    known = rates().stages
    shared = known["candidates"].time(whole, area.dates)
    shared += patches * sum(known[step.key].time(each, area.dates) for step in patch_steps())
    alone = sum(known[step.key].time(whole, area.dates) for step in stack_steps())
    alone += sum(known[name].time(whole, area.dates) for name in ("check", "export", "report"))
    peak = max(known[step.key].peak(whole, area.dates) for step in stack_steps())
    left = sum(patches * known[step.key].left(each, area.dates) for step in patch_steps())
    left += sum(known[step.key].left(whole, area.dates) for step in stack_steps())
    left += whole["pixels"] * area.dates * BYTES_PER_PIXEL_AND_DATE
    count = projects * area.passes
    return shared * count, alone * count, peak, left * count, count


def _sizes(pixels: float) -> Mapping[SizeName, float]:
    candidates = pixels * SHARE_OF_CANDIDATES
    return {
        "pixels": pixels,
        "candidates": candidates,
        "ps": candidates * rates().typical["ps_per_candidate"],
        "cells": pixels * PIXEL_AREA / GRID_SIZE**2,
    }


def _hours(seconds: float) -> str:
    return f"{seconds / 3600:,.1f} h" if seconds < 360_000 else f"{seconds / 86_400:,.0f} days"
