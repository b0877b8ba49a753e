"""Files that hold a phase for each date: as thumbnails of all dates, or one date large."""

import numpy as np

from snapstamps.kernels.arrays import Array
from snapstamps.results.figures.artefacts.panels import (
    DIVERGING,
    Panel,
    about_median,
    bars,
    compose,
    histogram,
    points,
    symmetric,
)
from snapstamps.results.figures.artefacts.source import Source
from snapstamps.results.figures.interferograms import PHASE_COLOURS, draw_real_phase, draw_wrapped_phase
from snapstamps.results.figures.sheet import Sheet

_CYCLE = (-np.pi, np.pi)


def draw_interferograms(source: Source) -> Sheet:
    """Draw the interferograms as SNAP has written them."""
    phase = source.values.ph
    if not source.wanted:
        return draw_wrapped_phase(source, source.lonlat, phase, _title(source, "interferograms"))
    one = phase[:, source.date]
    modulus = np.log10(np.maximum(np.abs(one), 1e-12)).astype(np.float64)
    panels = [
        Panel("phase, about its mean", points(source, _turned(one), "phase (rad)", PHASE_COLOURS, limits=_CYCLE)),
        Panel("modulus", points(source, modulus, "log10 of the modulus")),
    ]
    return compose(source, f"interferogram of {source.date_text}", panels)


def draw_corrected(source: Source) -> Sheet:
    """Draw the phase that is unwrapped: without the points' own DEM error and the master's noise."""
    values = source.values
    if not source.wanted:
        return draw_wrapped_phase(source, source.lonlat, values.ph_rc, _title(source, "corrected phase"))
    corrected, around = values.ph_rc[:, source.date], values.ph_reref[:, source.date]
    rest = np.angle(corrected * np.conj(around))
    panels = [
        Panel("corrected, ph_rc", points(source, _turned(corrected), "phase (rad)", PHASE_COLOURS, limits=_CYCLE)),
        Panel("surroundings, ph_reref", points(source, _turned(around), "phase (rad)", PHASE_COLOURS, limits=_CYCLE)),
        Panel("their difference", points(source, rest, "phase (rad)", PHASE_COLOURS, limits=_CYCLE)),
    ]
    return compose(source, f"corrected phase of {source.date_text}", panels)


def draw_unwrapped(source: Source) -> Sheet:
    """Draw the unwrapped phase."""
    unwrapped = source.values.ph_uw
    if not source.wanted:
        return draw_real_phase(source, source.lonlat, unwrapped, _title(source, "unwrapped phase"))
    one = about_median(unwrapped[:, source.date].astype(np.float64))
    panels = [
        Panel("unwrapped, about its median", points(source, one, "phase (rad)", DIVERGING, limits=symmetric(one)))
    ]
    if source.store.has("rc2"):
        wrapped = source.store.read("rc2", "ph_rc").ph_rc[:, source.date]
        drawn = points(source, _turned(wrapped), "phase (rad)", PHASE_COLOURS, limits=_CYCLE)
        panels.insert(0, Panel("wrapped (rc2)", drawn))
    panels.append(Panel("distribution", histogram(one, "phase (rad)")))
    return compose(source, f"unwrapped phase of {source.date_text}", panels)


def draw_slave_noise(source: Source) -> Sheet:
    """Draw what step 8 takes for the noise of the slaves."""
    noise = source.values.ph_scn_slave
    if not source.wanted:
        return draw_real_phase(source, source.lonlat, noise, _title(source, "noise of the slaves"))
    one = about_median(noise[:, source.date])
    spread = np.std(noise, axis=0)
    panels = [
        Panel(source.date_text, points(source, one, "phase (rad)", DIVERGING, limits=symmetric(one))),
        Panel("deviation over the scene", bars(source, spread, "phase (rad)")),
    ]
    return compose(source, "noise of the slaves", panels)


def _turned(values: Array) -> Array:
    """Return the phase of complex values about their mean."""
    unit = values / np.maximum(np.abs(values), 1e-12)
    return np.asarray(np.angle(unit * np.conj(np.nanmean(unit))))


def _title(source: Source, text: str) -> str:
    return f"{source.name}: {text}"
