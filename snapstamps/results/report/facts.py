"""What the page's script is told: dates, scales, pictures, lines, names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from matplotlib.colors import Colormap, LinearSegmentedColormap, to_hex
from scipy.stats import t as student

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.results.figures.panels import VELOCITY_COLOURS, nice_ceiling
from snapstamps.results.overlays import Area
from snapstamps.results.overview import Overview
from snapstamps.results.quality import NoisyDate
from snapstamps.results.report.payload import Packed
from snapstamps.results.report.pictures import ground_address

_BATLOW = ("#011959", "#103f60", "#1c5a62", "#3c6d56", "#687b3e", "#9d892b", "#d29343", "#f8a17b", "#fdb7bc", "#faccfa")
STEADY_COLOURS = LinearSegmentedColormap.from_list("steady", _BATLOW)
"""From dark to light (Crameri's "batlow"), for what has no middle."""

_CONFIDENCE = 0.95


@dataclass(frozen=True)
class HeadFact:
    """
    One of the facts at the head of the page.

    Attributes
    ----------
    title, text : str
        Name and value.
    words : bool
        Whether the value is a phrase, to be written smaller.
    """

    title: str
    text: str
    words: bool = False


def head_facts(view: Overview) -> tuple[HeadFact, ...]:
    """Return what a reader wants to know first."""
    table = view.table
    known = table["velocity"][np.isfinite(table["velocity"])]
    low, high = np.percentile(known, [1, 99]) if known.size else (np.nan, np.nan)
    deviation = table["velocity_std"][np.isfinite(table["velocity_std"])]
    density = len(table) / view.square_kilometres if view.square_kilometres > 0 else float("nan")
    typical = f"{np.median(deviation):.1f}" if deviation.size else "–"
    return (
        HeadFact("PS", f"{len(table):,}"),
        HeadFact("PS per km²", f"{density:,.0f}"),
        HeadFact("velocities, 1 % to 99 % (mm/yr)", f"{low:+.1f} … {high:+.1f}".replace("-", "\N{MINUS SIGN}")),
        HeadFact("typical deviation (mm/yr)", typical),
        HeadFact("dates", str(len(table.dates))),
        HeadFact("reference", table.series.reference.description, words=True),
    )


def facts_of(view: Overview, arrays: Mapping[str, Packed], worst: Sequence[NoisyDate]) -> dict[str, Any]:
    """
    Collect what the script is told, as JSON can hold it.

    Parameters
    ----------
    view : Overview
        The run.
    arrays : mapping of str to Packed
        The numbers, whose scales are told here.
    worst : sequence of NoisyDate
        The noisiest dates.

    Returns
    -------
    dict
    """
    table = view.table
    days = [(day - table.master).days for day in table.dates]
    slaves = iter(table.series.weights / np.max(table.series.weights))
    conspicuous = {date.day for date in worst if date.conspicuous}
    return {
        "dates": [day.isoformat() for day in table.dates],
        "days": days,
        "weights": [0.0 if day == 0 else float(next(slaves)) for day in days],  # the master is no observation
        "student": float(student.ppf((1 + _CONFIDENCE) / 2, max(len(days) - 3, 1))),
        "extent": vars(view.extent),
        "arrays": {key: {"kind": a.kind, "step": a.step, "offset": a.offset} for key, a in arrays.items()},
        "layers": _layers(view),
        "grounds": {
            kind: {"address": ground_address(picture), **vars(picture.extent)}
            for kind, picture in view.backgrounds.items()
        },
        "lines": _lines(view),
        "places": _places(view),
        "scenes": [
            {
                "day": day.isoformat(),
                "bperp": float(bperp),
                "noise": float(noise) if np.isfinite(noise) else None,
                "master": day == table.master,
                "used": bool(used),
                "conspicuous": day in conspicuous,
            }
            for day, bperp, noise, used in zip(view.days, view.bperp, view.noise, view.used, strict=True)
        ],
        "distributions": [
            {
                "title": each.title,
                "unit": each.unit,
                "edges": each.edges.tolist(),
                "ps": each.ps.tolist(),
                "candidates": None if each.candidates is None else each.candidates.tolist(),
                "median": each.median if np.isfinite(each.median) else None,
            }
            for each in view.distributions
        ],
    }


def _layers(view: Overview) -> dict[str, Any]:
    table = view.table
    steady = _colours(STEADY_COLOURS)
    deviation, (low, high) = _percentile(table["velocity_std"], 98), _range(table["height"])
    return {
        "velocity": _layer("velocity", "mm/yr", _colours(VELOCITY_COLOURS), -view.limit, view.limit),
        "coherence": _layer("coherence", "coherence", steady, *_range(table["coherence"])),
        "height": _layer("height", "m", steady, low, high),
        "velocity_std": _layer("deviation", "mm/yr", steady, 0.0, nice_ceiling(deviation)),
    }


def _layer(name: str, title: str, colours: list[Any], low: float, high: float) -> dict[str, Any]:
    return {"name": name, "title": title, "colours": colours, "low": low, "high": high if high > low else low + 1.0}


def _colours(colours: Colormap) -> list[Any]:
    return [[share, to_hex(colours(share))] for share in np.linspace(0, 1, 13).round(4).tolist()]


def _percentile(values: FloatArray, share: float) -> float:
    known = values[np.isfinite(values)]
    return float(np.percentile(known, share)) if known.size else 1.0


def _range(values: FloatArray) -> tuple[float, float]:
    return _percentile(values, 1), _percentile(values, 99)


def _lines(view: Overview) -> list[dict[str, Any]]:
    """Return all lines of a kind as one, with gaps; outlines of the areas, too."""
    kinds: dict[str, list[Array]] = {}
    for layer in view.overlays.lines:
        kinds.setdefault(layer.kind, []).extend(layer.parts)
    for area in view.overlays.areas:
        kinds.setdefault("area", []).extend(area.rings)
    return [{"kind": kind, "name": kind, **_joined(parts)} for kind, parts in kinds.items() if parts]


def _joined(parts: Sequence[Array]) -> dict[str, list[float | None]]:
    x: list[float | None] = []
    y: list[float | None] = []
    for part in parts:
        x += [*part[:, 0].round(6).tolist(), None]
        y += [*part[:, 1].round(6).tolist(), None]
    return {"x": x, "y": y}


def _places(view: Overview) -> list[dict[str, Any]]:
    """Return what can be searched by name."""
    return [
        *({"name": place.name, "lon": place.lon, "lat": place.lat, "area": False} for place in view.overlays.places),
        *({"name": area.name, **_top(area), "area": True} for area in view.overlays.areas),
    ]


def _top(area: Area) -> dict[str, float]:
    """Return where an area is found and where its name is written: its middle, and its upper edge."""
    west, _, east, north = area.shape.bounds
    point = area.shape.representative_point()
    return {"lon": point.x, "lat": point.y, "top": north, "middle": (west + east) / 2}
