"""
Coherence of a pair as SNAP expects it from its geometry alone, and the master that it makes best.

SNAP's stack overview takes (1 - |Bperp| / 1200 m) (1 - |dT| / 1095 days) (1 - |dfDC| / 1380 Hz), each factor
0.01 beyond its critical value. It knows nothing of the ground: forest loses its coherence much sooner.
"""

import numpy as np

from snapstamps.kernels.arrays import FloatArray

CRITICAL_PERPENDICULAR = 1200.0
"""m, C-band."""
CRITICAL_TEMPORAL = 3 * 365.0
"""days."""
CRITICAL_DOPPLER = 1380.0
"""Hz."""
BEYOND_CRITICAL = 0.01


def modelled_coherence(
    perpendicular: FloatArray, temporal: FloatArray, doppler: FloatArray | float = 0.0
) -> FloatArray:
    """
    Coherence that SNAP's model expects.

    Parameters
    ----------
    perpendicular : ndarray
        Perpendicular baselines, m.
    temporal : ndarray
        Temporal baselines, days.
    doppler : ndarray or float, optional
        Differences of the Doppler centroids, Hz.

    Returns
    -------
    ndarray
        0.000001 to 1, of the common shape; signs do not matter.
    """
    return np.asarray(
        _factor(perpendicular, CRITICAL_PERPENDICULAR)
        * _factor(temporal, CRITICAL_TEMPORAL)
        * _factor(doppler, CRITICAL_DOPPLER)
    )


def _factor(value: FloatArray | float, critical: float) -> FloatArray:
    size = np.abs(np.asarray(value, np.float64))
    return np.where(size > critical, BEYOND_CRITICAL, 1 - size / critical)


def mean_coherence(coherence: FloatArray) -> FloatArray:
    """
    Mean over all pairs of each scene as the master.

    Parameters
    ----------
    coherence : ndarray, shape (n, n)
        First index: master. The pair of a scene with itself counts, as in SNAP.

    Returns
    -------
    ndarray, shape (n,)
    """
    return np.asarray(coherence.mean(axis=1))


def best_master(coherence: FloatArray) -> int:
    """
    Return the index of the scene whose mean coherence is highest; the first of equal ones.

    Parameters
    ----------
    coherence : ndarray, shape (n, n)
        From `modelled_coherence`.
    """
    return int(np.argmax(mean_coherence(coherence)))


def pairwise_differences(values: FloatArray) -> FloatArray:
    """
    Return master less slave of a quantity for all pairs: ``values[i] - values[j]``, shape (n, n).

    Parameters
    ----------
    values : ndarray, shape (n,)
        One value per scene, such as the time in days.

    Examples
    --------
    >>> pairwise_differences(np.array([0.0, 12.0])).tolist()
    [[0.0, -12.0], [12.0, 0.0]]
    """
    return np.asarray(values[:, None] - values[None, :])


def perpendicular_from_one_master(to_master: FloatArray) -> FloatArray:
    """
    Perpendicular baselines of all pairs, as far as those to one master tell them.

    Along-track parts and the change of the look angle are left out, which is a matter of decimetres.

    Parameters
    ----------
    to_master : ndarray, shape (n,)
        Of every scene as the slave of the same master, m; 0 for that master.

    Returns
    -------
    ndarray, shape (n, n)
        First index: master, m.
    """
    return np.asarray(to_master[None, :] - to_master[:, None])
