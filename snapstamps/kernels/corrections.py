"""
Phase of scatterers without look-angle error and master noise, and the noise of every date.

Follows StaMPS's ps_correct_phase and ps_calc_ifg_std.
"""

import numpy as np

from snapstamps.kernels.arrays import Array, ComplexArray, FloatArray


def with_master(values: Array, master: int, value: float) -> Array:
    """
    Insert the master's column.

    Parameters
    ----------
    values : ndarray, shape (n_ps, n_ifg)
        Anything per interferogram.
    master : int
        Position of the master among the dates, from 0.
    value : float
        What the master has.

    Returns
    -------
    ndarray, shape (n_ps, n_scenes)
        Of the same type.
    """
    return np.insert(values, master, value, axis=1)


def corrected_phase(phase: ComplexArray, baselines: FloatArray, *, K: FloatArray, C: FloatArray) -> ComplexArray:
    """
    Take the look-angle error and the master's noise out of the phase.

    Parameters
    ----------
    phase : ndarray of complex, shape (n_ps, n)
        Interferogram values.
    baselines : ndarray, shape (n_ps, n)
        Perpendicular baselines, 0 at the master, m.
    K : ndarray, shape (n_ps,)
        Look-angle error, rad/m.
    C : ndarray, shape (n_ps,)
        Noise of the master, rad.

    Returns
    -------
    ndarray of complex64, shape (n_ps, n)
        Moduli as they were.
    """
    single = np.float32
    angle = K.astype(single)[:, None] * baselines.astype(single, copy=False) + C.astype(single)[:, None]
    turned = np.empty(phase.shape, dtype=np.complex64)
    turned.real, turned.imag = np.cos(angle), -np.sin(angle)
    turned *= phase
    return turned


def noise_of_dates(
    phase: ComplexArray,
    surroundings: ComplexArray,
    baselines: FloatArray,
    master: int,
    *,
    K: FloatArray,
    C: FloatArray,
) -> FloatArray:
    """
    Noise of every date: root mean square over the scatterers of what differs from their surroundings.

    Parameters
    ----------
    phase : ndarray of complex, shape (n_ps, n_scenes)
        Interferogram values; 1 at the master.
    surroundings : ndarray of complex, shape (n_ps, n_ifg)
        Filtered phase, without the master.
    baselines : ndarray, shape (n_ps, n_ifg)
        Perpendicular baselines, without the master, m.
    master : int
        Position of the master among the dates, from 0.
    K : ndarray, shape (n_ps,)
        Look-angle error, rad/m.
    C : ndarray, shape (n_ps,)
        Noise of the master, rad; it alone is what the master's date shows.

    Returns
    -------
    ndarray of float64, shape (n_scenes,)
        About zero, not about the mean; degrees.
    """
    n_ps, n_scenes = phase.shape
    noise = np.empty(n_scenes)
    nothing = np.zeros((n_ps, 1), dtype=np.float32)
    for date in range(n_scenes):  # one date at a time: the arrays are the largest of a project
        column = date - (date > master)
        is_master = date == master
        baseline = nothing if is_master else baselines[:, [column]]
        difference = corrected_phase(phase[:, [date]], baseline, K=K, C=C)[:, 0]
        if not is_master:
            difference *= np.conj(surroundings[:, column])
        noise[date] = np.sqrt(np.mean(np.angle(difference).astype(np.float64) ** 2))
    return np.degrees(noise)
