"""The methods of a run in words, every number from what ran."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.journal import Record
from snapstamps.model.errors import SnapstampsError
from snapstamps.results.about import SIGN, removed_from
from snapstamps.results.overview import Overview
from snapstamps.results.preparation import Preparation
from snapstamps.results.report.citations import bibliography
from snapstamps.results.report.timeline import Stage


@dataclass(frozen=True)
class Scenes:
    """
    What the headers of an export tell of its scenes.

    Attributes
    ----------
    platforms : tuple of str
        Such as ``Sentinel-1A``; empty where not known.
    simulated : bool
        Whether the export comes from ``snapstamps simulate``.
    """

    platforms: tuple[str, ...]
    simulated: bool


@dataclass(frozen=True)
class MethodsText:
    """
    The methods.

    Attributes
    ----------
    paragraphs : dict of str to str
        Heading -> plain text with citation keys in square brackets, as ``[@hooper2007]``.
    bibliography : dict of str to str
        BibTeX entries by their keys.
    """

    paragraphs: dict[str, str]
    bibliography: dict[str, str]

    def markdown(self, name: str) -> str:
        """Return ``methods.md``."""
        parts = [f"# Methods: {name}", *(f"## {head}\n\n{text}" for head, text in self.paragraphs.items())]
        return "\n\n".join([*parts, "The keys in brackets stand in CITATION.bib."]) + "\n"

    def bibtex(self) -> str:
        """Return ``CITATION.bib``."""
        return "\n\n".join(self.bibliography.values()) + "\n"


def scenes_of(export_folder: Path | None) -> Scenes:
    """Read the headers of an export; know nothing where it is gone."""
    platforms: set[str] = set()
    simulated = False
    for path in sorted(export_folder.glob("rslc/*.par")) if export_folder else ():
        try:
            header = GammaHeader.read(path)
            platforms.add(header.text("sensor").replace("SENTINEL", "Sentinel"))
            simulated = simulated or "_simulated" in header.text("title")
        except SnapstampsError:
            continue
    return Scenes(tuple(sorted(platforms)), simulated)


def methods(
    view: Overview,
    stages: Sequence[Stage],
    records: Sequence[Record],
    parms: Mapping[str, Any],
    scenes: Scenes,
    preparation: Preparation | None = None,
) -> MethodsText:
    """
    Write the methods.

    Parameters
    ----------
    view : Overview
        The run.
    stages : sequence of Stage
        Its timeline.
    records : sequence of Record
        Of its units of work.
    parms : mapping
        StaMPS parameters in force; those that a unit recorded go before.
    scenes : Scenes
        What the headers tell.
    preparation : Preparation, optional
        How SNAP prepared the stack; None where an export was brought.

    Returns
    -------
    MethodsText
    """
    ran = dict(parms)
    for record in records:
        ran.update({key: value for key, value in record.parms.items() if value is not None})
    by_key = {stage.key: stage for stage in stages}
    solver = _solver(stages)
    versions = (record.versions["snapstamps"] for record in records if "snapstamps" in record.versions)
    software = f"snapstamps {next(versions, '')}".strip()
    paragraphs = {
        "Data": f"{_data(view, scenes)} {_preparing(scenes, preparation)}",
        "Persistent scatterers": _scatterers(view, by_key, ran),
        "Unwrapping and corrections": _unwrapping(view, ran, solver),
        "Velocities": _velocities(view),
        "Software": _software(software, stages),
    }
    entries = bibliography(
        view.days,
        software=software,
        snap="SNAP" if preparation is None else preparation.snap,
        solver=solver,
        simulated=scenes.simulated,
        platforms=scenes.platforms,
    )
    return MethodsText(paragraphs, entries)


def _data(view: Overview, scenes: Scenes) -> str:
    table = view.table
    direction = "ascending" if abs((table.heading + 180) % 360 - 180) < 90 else "descending"
    kind = "simulated" if scenes.simulated else " and ".join(scenes.platforms)
    days = [(day - table.master).days for day in table.dates]
    bperp = view.bperp[view.used]
    cite = "" if scenes.simulated else " [@scenes]"
    dropped = f" {len(table.dropped)} further dates were left out." if table.dropped else ""
    return (
        f"We used {len(table.dates)} {kind + ' ' if kind else ''}single-look complex scenes of an {direction} orbit"
        f"{cite}, from {min(table.dates).isoformat()} to {max(table.dates).isoformat()}.{dropped} "
        f"All interferograms were formed with the master of {table.master.isoformat()}; perpendicular baselines range "
        f"from {_signed(bperp.min())} to {_signed(bperp.max())} m, temporal baselines from {_signed(min(days))} to "
        f"{_signed(max(days))} days."
    ).replace("an descending", "a descending")


_PREPARED = "Coregistration, interferograms and the removal of the topographic phase were"


def _preparing(scenes: Scenes, preparation: Preparation | None) -> str:
    if preparation is None and scenes.simulated:
        return f"{_PREPARED} simulated in the form of SNAP and its StampsExport [@snap; @foumelis2018]."
    if preparation is None:
        return (
            f"{_PREPARED} done with SNAP and its StampsExport [@snap; @foumelis2018], elsewhere: its version, the "
            "orbits and the elevation model are not recorded here."
        )
    diversity = ", refined by enhanced spectral diversity," if preparation.spectral_diversity else ""
    return (
        f"{preparation.cut()} were used, with {preparation.orbit_files()}. Coregistration by orbits and elevation "
        f"model{diversity} interferograms and the removal of the topographic phase were done with {preparation.snap} "
        f"and its StampsExport [@snap; @foumelis2018]; the elevation model is {preparation.elevation_model}."
    )


def _scatterers(view: Overview, stages: Mapping[str, Stage], ran: Mapping[str, Any]) -> str:
    sentences = ["Persistent scatterers (PS) were found with the method of StaMPS [@hooper2004; @hooper2007]."]
    if "candidates" in stages and "amplitude_dispersion" in ran and stages["candidates"].ps_out is not None:
        sentences.append(
            f"An amplitude dispersion of at most {ran['amplitude_dispersion']:g} left {stages['candidates'].ps_out:,} "
            f"candidates."
        )
    if (selected := stages.get("3_select")) is not None and selected.ps_out is not None:
        percent = ran.get("select_method") == "PERCENT"
        random = f"{ran['percent_rand']:g} % pixels" if percent else f"{ran['density_rand']:g} pixels per km²"
        sentences.append(
            f"Their phase stability was estimated iteratively; the threshold on the temporal coherence that accepts "
            f"{random} of random phase left {selected.ps_out:,}."
        )
    if (weeded := stages.get("4_weed")) is not None and weeded.ps_out is not None:
        sentences.append(
            f"Of these, {weeded.ps_out:,} have a phase noise below {ran['weed_standard_dev']:g} rad against their "
            "neighbours."
        )
    density = len(view.table) / view.square_kilometres if view.square_kilometres > 0 else float("nan")
    sentences.append(
        f"The result has {len(view.table):,} PS on {view.square_kilometres:.1f} km², {density:,.0f} per km²."
    )
    return " ".join(sentences)


def _unwrapping(view: Overview, ran: Mapping[str, Any], solver: str) -> str:
    name, key = ("snaphu", "chen2001") if solver.startswith("snaphu") else ("minimum-cost flow", "costantini1998")
    by = f" with {solver if solver.startswith('snaphu') else name} [@{key}]" if solver else ""
    letters = view.table.velocity.quantity.partition("-")[2]
    text = (
        f"The phase was unwrapped in space and time [@hooper2010]{by}, on a grid of {ran['unwrap_grid_size']:g} m and "
        f"with a time window of {ran['unwrap_time_win']:g} days. The spatially correlated look-angle (DEM) error and "
        f"the atmosphere of the master were estimated together ({ran['scla_method']}"
        f"{', after removal of planes' if ran['scla_deramp'] == 'y' else ''})."
    )
    if "s" in letters:
        text += (
            f" The atmosphere of the slaves was estimated as what is correlated over {ran['scn_wavelength']:g} m in "
            f"space and not over {ran['scn_time_win']:g} days in time."
        )
    return text


def _velocities(view: Overview) -> str:
    table = view.table
    known = table["velocity"][np.isfinite(table["velocity"])]
    low, high = np.percentile(known, [1, 99]) if known.size else (np.nan, np.nan)
    deviations = table["velocity_std"][np.isfinite(table["velocity_std"])]
    median = float(np.median(deviations)) if deviations.size else float("nan")
    quantity = table.velocity.quantity
    return (
        f"Velocities along the line of sight ({SIGN}; mean incidence {np.mean(table['incidence']):.1f}°) are slopes of "
        f"straight lines through the displacements of {table.velocity.n_dates} slaves, weighted with the inverse of "
        f"their noise variance, without {removed_from(quantity)} (StaMPS's {quantity}). They are relative to the "
        f"reference: {table.series.reference.description}. 98 % of them lie between {_signed(low, 1)} and "
        f"{_signed(high, 1)} mm/yr. Their standard deviations, from {table.velocity.n_bootstrap} bootstrap draws of "
        f"the dates [@efron1986], have a median of {median:.1f} mm/yr. The wavelength is "
        f"{table.series.wavelength * 100:.3f} cm."
    )


def _software(software: str, stages: Sequence[Stage]) -> str:
    engines = list(dict.fromkeys(stage.engine for stage in stages if stage.key[:1].isdigit()))
    steps = f" Steps 1 to 8 were done by its engine {', '.join(engines)}." if engines else ""
    return f"All was run with {software} [@snapstamps].{steps} Maps use perceptually uniform colours [@crameri2018]."


def _solver(stages: Sequence[Stage]) -> str:
    """Return who unwrapped, from the note that step 6 leaves; without the path of the program."""
    mark = "unwrapping solver: "
    notes = [note for stage in stages if stage.key.startswith("6_unwrap") for note in stage.notes if mark in note]
    return notes[-1].partition(mark)[2].partition(" (")[0] if notes else ""


def _signed(value: float, decimals: int = 0) -> str:
    return f"{value:+.{decimals}f}".replace("-", "\N{MINUS SIGN}")
