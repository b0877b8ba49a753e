"""Planes through the phase of single dates: what orbit errors and wide atmospheric gradients look like (ps_deramp)."""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import BoolArray, FloatArray

DEGREES = (1.0, 1.5, 2.0, 3.0)
"""Degrees that StaMPS knows: plane, plane with xy, and two without linear terms."""

MIN_PS = 6
"""StaMPS asks for more than five scatterers before it fits a surface."""

BLOCK_COLUMNS = 8
"""Columns converted to double precision at a time."""


@dataclass(frozen=True)
class Ramps:
    """
    The fitted surfaces.

    Attributes
    ----------
    ramp : ndarray, shape (n_ps, n_columns)
        Values of the surfaces at every scatterer (rad); 0 in a column without enough of them.
    fitted : ndarray of bool, shape (n_columns,)
        Columns that had enough scatterers.
    """

    ramp: FloatArray
    fitted: BoolArray


def surface_terms(xy: FloatArray, *, degree: float = 1.0) -> FloatArray:
    """
    Terms of the surface that is fitted, one column each.

    Degrees 2 and 3 have no linear terms: StaMPS leaves them out, and whoever asks for such a degree
    compares with StaMPS.

    Parameters
    ----------
    xy : ndarray, shape (n_ps, 2)
        Local coordinates (m).
    degree : {1, 1.5, 2, 3}
        Which terms.

    Returns
    -------
    terms : ndarray, shape (n_ps, n_terms)
        In kilometres to the power of the term.

    Raises
    ------
    ValueError
        If the degree is not one of these.

    Examples
    --------
    >>> surface_terms(np.array([[1000.0, 2000.0]]))
    array([[1., 2., 1.]])
    """
    x, y = np.asarray(xy, dtype=np.float64).T / 1000.0
    one = np.ones_like(x)
    terms = {
        1.0: (x, y, one),
        1.5: (x, y, x * y, one),
        2.0: (x**2, y**2, x * y, one),
        3.0: (x**3, y**3, x**2 * y, y**2 * x, x**2, y**2, x * y, one),
    }
    if degree not in terms:
        raise ValueError(f"degree {degree} is none of {DEGREES}")
    return np.column_stack(terms[degree])


def fit_ramps(phase: FloatArray, xy: FloatArray, *, degree: float = 1.0) -> Ramps:
    """
    Fit a surface to every column by least squares (StaMPS: ps_deramp).

    An orthonormal basis of the terms is shared by all columns without gaps, so that a stack costs two
    matrix products; columns with NaN get their own.

    Parameters
    ----------
    phase : ndarray, shape (n_ps, n_columns)
        Unwrapped phase (rad); NaN is left out of the fit.
    xy : ndarray, shape (n_ps, 2)
        Local coordinates (m).
    degree : {1, 1.5, 2, 3}
        Terms of the surface; see :func:`surface_terms`.

    Returns
    -------
    Ramps
        In double precision.
    """
    terms = surface_terms(xy, degree=degree)
    ramp = np.zeros(phase.shape, dtype=np.float64)
    fitted = np.zeros(phase.shape[1], dtype=np.bool_)
    whole = _orthonormal(terms)
    for start in range(0, phase.shape[1], BLOCK_COLUMNS):
        block = slice(start, start + BLOCK_COLUMNS)
        values = phase[:, block].astype(np.float64)
        gaps = np.isnan(values)
        if len(values) >= MIN_PS and not gaps.any():
            ramp[:, block] = whole @ (whole.T @ values)
            fitted[block] = True
            continue
        for column in range(values.shape[1]):
            valid = ~gaps[:, column]
            if np.count_nonzero(valid) >= MIN_PS:
                coefficients = np.linalg.lstsq(terms[valid], values[valid, column], rcond=None)[0]
                ramp[:, start + column] = terms @ coefficients
                fitted[start + column] = True
    return Ramps(ramp, fitted)


def _orthonormal(terms: FloatArray) -> FloatArray:
    """Return an orthonormal basis of what the terms span; scatterers in one line leave fewer vectors."""
    basis, sizes, _ = np.linalg.svd(terms / np.linalg.norm(terms, axis=0).clip(min=1e-300), full_matrices=False)
    return basis[:, sizes > 1e-10 * sizes[0]]
