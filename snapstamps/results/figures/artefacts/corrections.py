"""Files of step 7, and the velocities that StaMPS itself stores."""

import numpy as np

from snapstamps.model.units import DAYS_PER_YEAR
from snapstamps.results.figures.artefacts.panels import (
    DIVERGING,
    Panel,
    about_median,
    bars,
    compose,
    histogram,
    image,
    points,
    symmetric,
)
from snapstamps.results.figures.artefacts.source import Source
from snapstamps.results.figures.sheet import Sheet


def draw_scla(source: Source) -> Sheet:
    """Draw the spatially correlated look-angle error, and what the master adds."""
    values = source.values
    dem_error = about_median(values.K_ps_uw)
    master = about_median(values.C_ps_uw.astype(np.float64))
    panels = [
        Panel("K about its median", points(source, dem_error, "K (rad/m)", DIVERGING, limits=symmetric(dem_error))),
        Panel("C: air and orbit of the master", points(source, master, "C (rad)", DIVERGING, limits=symmetric(master))),
        Panel("rms of the phase of K", bars(source, np.std(values.ph_scla.astype(np.float64), axis=0), "rad")),
    ]
    if "ifg_vcm" in values:
        panels.append(Panel("covariance of the dates", image(values.ifg_vcm, "rad²", of_cells="date")))
    title = "look-angle error of step 7" + (", held within its neighbours'" if "smooth" in source.name else "")
    return compose(source, title, panels, columns=2 if len(panels) == 4 else 3)


def draw_line(source: Source) -> Sheet:
    """Draw intercept and slope of StaMPS's last velocity."""
    intercept, slope = source.values.m.astype(np.float64)
    slope = about_median(slope * DAYS_PER_YEAR)
    intercept = about_median(intercept)
    panels = [
        Panel("slope about its median", points(source, slope, "rad/yr", DIVERGING, limits=symmetric(slope))),
        Panel("intercept about its median", points(source, intercept, "rad", DIVERGING, limits=symmetric(intercept))),
    ]
    return compose(source, "the line behind StaMPS's velocity (+ away)", panels)


def draw_velocity(source: Source) -> Sheet:
    """Draw StaMPS's velocity, which is positive away from the satellite, and its deviation."""
    values = source.values
    velocity = values.mean_v.astype(np.float64)
    panels = [
        Panel("velocity, + AWAY", points(source, velocity, "mm/yr", DIVERGING, limits=symmetric(velocity))),
        Panel("its deviation", points(source, values.mean_v_std.astype(np.float64), "mm/yr")),
        Panel("distribution", histogram(velocity, "velocity (mm/yr)")),
    ]
    return compose(source, f"StaMPS's velocity, {int(values.n_boot)} draws", panels)
