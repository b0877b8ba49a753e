"""Mean velocity in the line of sight, and its standard deviation (ps_plot 'v…', ps_mean_v)."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from snapstamps.formats.mat import write_mat
from snapstamps.kernels.arrays import FloatArray
from snapstamps.kernels.reference_set import reference_mean
from snapstamps.kernels.velocity import apply_functionals, bootstrap_slope_std, formal_slope_std, line_functionals
from snapstamps.model.units import DAYS_PER_YEAR
from snapstamps.results.phase import QuantityPhase, quantity_phase
from snapstamps.results.reference import Reference
from snapstamps.stamps.store import StampsStore

BOOTSTRAP_SEED = 2005
"""Fixed, so that the same data give the same deviations; any number would do."""


@dataclass(frozen=True)
class Velocity:
    """
    Mean velocity of every scatterer.

    Attributes
    ----------
    quantity : str
        What was taken out of the phase; see :mod:`snapstamps.results.phase`.
    velocity : ndarray of float64, shape (n_ps,)
        mm/yr, positive towards the satellite, relative to the reference.
    std_formal : ndarray of float64, shape (n_ps,)
        Standard deviation from the residuals of the line (mm/yr).
    std_bootstrap : ndarray of float64, shape (n_ps,)
        Standard deviation over bootstrap draws of the dates (mm/yr).
    intercept : ndarray of float64, shape (n_ps,)
        Phase of the line at the master (rad, positive away).
    slope : ndarray of float64, shape (n_ps,)
        Slope of the line (rad/day, positive away), before the velocity was referenced once more.
    n_bootstrap : int
        Draws of the bootstrap.
    n_dates : int
        Slaves that took part.
    reference : Reference
        Whose mean velocity is zero.
    """

    quantity: str
    velocity: FloatArray
    std_formal: FloatArray
    std_bootstrap: FloatArray
    intercept: FloatArray
    slope: FloatArray
    n_bootstrap: int
    n_dates: int
    reference: Reference


def velocity(
    store: StampsStore,
    parms: Mapping[str, Any],
    *,
    quantity: str = "v-do",
    n_bootstrap: int = 100,
    seed: int = BOOTSTRAP_SEED,
) -> Velocity:
    """
    Fit a straight line to the time series of every scatterer, dates weighted with the inverse of their variance.

    Parameters
    ----------
    store : StampsStore
        The working folder, after steps 6 to 8.
    parms : mapping
        StaMPS parameters; see :func:`snapstamps.stamps.parms.read_parms`.
    quantity : str
        One of :data:`snapstamps.results.phase.QUANTITIES`.
    n_bootstrap : int
        Draws of the bootstrap, at least 2.
    seed : int
        Of the bootstrap.

    Returns
    -------
    Velocity
        A scatterer that lacks a date is NaN throughout.

    Raises
    ------
    InputError
        If there is no such quantity.
    DataError
        If a file is missing, a date was never unwrapped, or the reference area is empty.
    """
    return velocity_of(quantity_phase(store, parms, quantity=quantity), n_bootstrap=n_bootstrap, seed=seed)


def velocity_of(series: QuantityPhase, *, n_bootstrap: int = 100, seed: int = BOOTSTRAP_SEED) -> Velocity:
    """
    Fit a straight line to phase that is at hand already.

    Parameters
    ----------
    series : QuantityPhase
        See :func:`snapstamps.results.phase.quantity_phase`.
    n_bootstrap, seed : int
        As in :func:`velocity`.

    Returns
    -------
    Velocity
    """
    line = line_functionals(series.days, series.weights)
    fit = apply_functionals(series.phase, np.column_stack([line.intercept, line.slope]))
    per_year = series.mm_per_rad * DAYS_PER_YEAR
    towards = fit[:, 1:] * per_year
    std_bootstrap = bootstrap_slope_std(series.phase, series.days, series.weights, n_draws=n_bootstrap, seed=seed)
    return Velocity(
        quantity=series.quantity,
        # already zero at the reference, unless some of its scatterers lack a date
        velocity=towards[:, 0] - reference_mean(towards, series.reference.rows)[0],
        std_formal=formal_slope_std(series.phase, series.days, series.weights) * abs(per_year),
        std_bootstrap=std_bootstrap * abs(per_year),
        intercept=fit[:, 0],
        slope=fit[:, 1],
        n_bootstrap=n_bootstrap,
        n_dates=len(series.columns),
        reference=series.reference,
    )


def write_stamps_products(store: StampsStore, result: Velocity, *, wavelength: float) -> None:
    """
    Write the files that StaMPS's own ps_plot and ps_mean_v leave.

    ``ps_plot_<quantity>.mat`` holds the velocity; ``mean_v.mat`` the line; ``mv2.mat`` velocity (positive
    away, as there) and bootstrap deviation. StaMPS has no ``mv2`` without the noise of the slaves (letter
    s): for such a quantity none is written, and an older one is deleted.

    Parameters
    ----------
    store : StampsStore
        The working folder.
    result : Velocity
        See :func:`velocity`.
    wavelength : float
        Of the radar (m).
    """
    path = store.file(f"ps_plot_{result.quantity}")
    letters = result.quantity.partition("-")[2]
    per_year = wavelength * 1000.0 / (4.0 * np.pi) * DAYS_PER_YEAR
    write_mat(path, {"ph_disp": result.velocity.astype(np.float32)[:, None], "ifg_list": np.ones((1, 1))})
    store.write("mean_v", m=np.stack([result.intercept, result.slope]))
    if "s" in letters:
        store.delete("mv2")
        return
    store.write(
        "mv2",
        n_boot=result.n_bootstrap,
        subtract_switches=letters,
        mean_v=result.slope * per_year,
        mean_v_std=result.std_bootstrap,
    )
