"""The inventory of scenes as people and as programs read it."""

import textwrap
from typing import Any

from snapstamps.model.scene import Scene
from snapstamps.snap.findings import group
from snapstamps.snap.scene_coverage import Acquisition
from snapstamps.snap.scene_inventory import Inventory

WIDTH = 110
"""Longest line; a pipe has no width of its own."""


def render_inventory(inventory: Inventory) -> str:
    """
    Write an inventory as a table of dates, and what is wrong below it.

    Parameters
    ----------
    inventory : Inventory
        From `take_inventory`.

    Returns
    -------
    str
        Lines without a final line end.
    """
    lines = [_headline(inventory)]
    if inventory.acquisitions:
        rows: list[tuple[str, ...]] = [
            ("date", "mission", "orbit", "slices", "bursts to use (from 1, in the assembled product)", "area")
        ]
        rows.extend(_row(one) for one in inventory.acquisitions)
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines.append("")
        lines.extend(
            "  ".join(text.ljust(width) for text, width in zip(row, widths, strict=True)).rstrip() for row in rows
        )
    for item in group(inventory.findings):
        others = len(item.files) - 1
        named = item.files[0] if not others else f"{item.files[0]} and {others} {'other' if others == 1 else 'others'}"
        subject = "" if named == "." else f"{named}: "
        lines.append("")
        lines.extend(_wrapped(f"{subject}{item.finding.what}", f"{item.finding.severity.upper():8}"))
        lines.extend(_wrapped(f"why: {item.finding.why}", " " * 8))
        lines.extend(_wrapped(f"do:  {item.finding.remedy}", " " * 8))
    return "\n".join(lines)


def _headline(inventory: Inventory) -> str:
    n_scenes, n_dates = len(inventory.scenes), len(inventory.acquisitions)
    text = f"{n_scenes} {'scene' if n_scenes == 1 else 'scenes'}, {n_dates} {'date' if n_dates == 1 else 'dates'}"
    if inventory.track is None or inventory.direction is None:
        return text
    swaths = " + ".join(inventory.swaths) or "no sub-swath"
    return f"{text}: track {inventory.track} {inventory.direction.lower()}, {inventory.polarisation}, {swaths}"


def _row(one: Acquisition) -> tuple[str, ...]:
    bursts = ", ".join(f"{part.swath} {part.first}-{part.last}" for part in one.bursts)
    numbers = "+".join("-" if scene.slice_number is None else str(scene.slice_number) for scene in one.slices)
    return (
        str(one.day),
        one.mission,
        str(one.slices[0].absolute_orbit),
        numbers,
        bursts,
        f"{100 * one.coverage:.0f} %",
    )


def _wrapped(text: str, label: str) -> list[str]:
    lines = textwrap.wrap(text, WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return [f"{label}{lines[0]}", *(f"{' ' * 8}{line}" for line in lines[1:])]


def inventory_dict(inventory: Inventory) -> dict[str, Any]:
    """Return an inventory as plain values, for JSON."""
    return {
        "track": inventory.track,
        "direction": inventory.direction,
        "polarisation": inventory.polarisation,
        "swaths": list(inventory.swaths),
        "dates": [_date_dict(one) for one in inventory.acquisitions],
        "scenes": [_scene_dict(scene) for scene in inventory.scenes],
        "findings": [
            {
                "code": finding.code,
                "severity": finding.severity,
                "scene": finding.file,
                "what": finding.what,
                "why": finding.why,
                "remedy": finding.remedy,
            }
            for finding in inventory.findings
        ],
    }


def _date_dict(one: Acquisition) -> dict[str, Any]:
    return {
        "date": str(one.day),
        "mission": one.mission,
        "track": one.track,
        "direction": one.direction,
        "complete": one.complete,
        "coverage": round(one.coverage, 6),
        "slices": [{"name": scene.name, "path": str(scene.path), "slice": scene.slice_number} for scene in one.slices],
        "bursts": [
            {"swath": part.swath, "first": part.first, "last": part.last, "esa_ids": list(part.esa_ids)}
            for part in one.bursts
        ],
        "missing_bursts": [{"swath": swath, "esa_id": number} for swath, number in one.missing_bursts],
        "missing_slices": list(one.missing_slices),
    }


def _scene_dict(scene: Scene) -> dict[str, Any]:
    return {
        "name": scene.name,
        "path": str(scene.path),
        "mission": scene.mission,
        "start": scene.start.isoformat(),
        "stop": scene.stop.isoformat(),
        "absolute_orbit": scene.absolute_orbit,
        "track": scene.track,
        "direction": scene.direction,
        "polarisations": list(scene.polarisations),
        "slice": scene.slice_number,
        "n_slices": scene.n_slices,
        "processor": scene.processor,
        "processed": scene.processed.isoformat(),
        "footprint": [list(corner) for corner in scene.footprint],
        "swaths": [
            {"name": swath.name, "polarisation": swath.polarisation, "n_bursts": len(swath.bursts)}
            for swath in scene.swaths
        ],
    }
