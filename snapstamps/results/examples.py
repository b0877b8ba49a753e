"""Three scatterers that stand for the many, chosen by a stated rule."""

from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray, IntArray
from snapstamps.results.table import PsTable

RULE = "among the more coherent half of the PS"
"""Said wherever the three are shown."""


@dataclass(frozen=True)
class Example:
    """
    One scatterer.

    Attributes
    ----------
    letter : str
        A, B or C.
    reason : str
        Why this one.
    row : int
        Of the table.
    displacement : ndarray of float32, shape (n_dates,)
        mm towards the satellite.
    line : ndarray of float64, shape (n_dates,)
        The straight line behind its velocity, mm.
    """

    letter: str
    reason: str
    row: int
    displacement: FloatArray
    line: FloatArray


def examples(table: PsTable) -> tuple[Example, ...]:
    """
    Choose the scatterers that move fastest towards and away from the satellite, and the one that moves least.

    "Least" is the smallest root mean square of the displacements. Only the more coherent half of those with
    a velocity is asked.

    Parameters
    ----------
    table : PsTable
        The results.

    Returns
    -------
    tuple of Example
        At most three, each scatterer once; none if no scatterer has a velocity.
    """
    velocity, coherence = table["velocity"], table["coherence"]
    known = np.isfinite(velocity)
    if not known.any():
        return ()
    rows = np.flatnonzero(known & (coherence >= np.median(coherence[known])))
    fastest_towards, fastest_away = rows[np.argmax(velocity[rows])], rows[np.argmin(velocity[rows])]
    least = rows[np.argmin(_rms(table, rows))]
    chosen = {
        int(fastest_towards): "fastest towards the satellite",
        int(fastest_away): "fastest away from it",
        int(least): "least motion",
    }
    return tuple(
        _example(table, letter, reason, row) for letter, (row, reason) in zip("ABC", chosen.items(), strict=False)
    )


def _rms(table: PsTable, rows: IntArray, block: int = 65_536) -> Array:
    """Return the root mean square displacement of some scatterers, in bounded memory."""
    squares = [
        np.mean(table.displacement(rows[start : start + block]).astype(np.float64) ** 2, axis=1)
        for start in range(0, len(rows), block)
    ]
    return np.asarray(np.sqrt(np.concatenate(squares)))


def _example(table: PsTable, letter: str, reason: str, row: int) -> Example:
    fit = table.velocity
    days = np.array([(day - table.master).days for day in table.dates], dtype=np.float64)
    return Example(
        letter=letter,
        reason=reason,
        row=row,
        displacement=table.displacement(np.array([row]))[0],
        line=(fit.intercept[row] + fit.slope[row] * days) * table.series.mm_per_rad,
    )
