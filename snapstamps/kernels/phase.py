"""Small operations on phase that several steps share."""

import numpy as np

from snapstamps.kernels.arrays import Array, ComplexArray, FloatArray


def wrap(phase: FloatArray) -> FloatArray:
    """
    Return a phase (rad) within -π and π, in its own precision.

    Examples
    --------
    >>> wrap(np.array([0.5, 7.0])).round(3).tolist()
    [0.5, 0.717]
    """
    turns = np.rint(phase * (1 / (2 * np.pi)))
    turns *= 2 * np.pi
    wrapped: FloatArray = phase - turns
    return wrapped


def unit_phasor(phase: FloatArray) -> ComplexArray:
    """
    Return exp(i phase); complex64 for single precision, where this is much faster than numpy's exp.

    Examples
    --------
    >>> unit_phasor(np.array([0.0, np.pi])).real.tolist()
    [1.0, -1.0]
    """
    single = phase.dtype == np.float32
    phasor: Array = np.empty(phase.shape, dtype=np.complex64 if single else np.complex128)
    np.cos(phase, out=phasor.real)
    np.sin(phase, out=phasor.imag)
    return phasor


def congruent(phase: FloatArray, reference: FloatArray) -> FloatArray:
    """
    Return the phase plus the whole cycles that bring it nearest to a reference (rad).

    Examples
    --------
    >>> congruent(np.array([0.5]), np.array([12.0])).round(3).tolist()
    [13.066]
    """
    shifted: FloatArray = phase + 2 * np.pi * np.rint((reference - phase) / (2 * np.pi))
    return shifted
