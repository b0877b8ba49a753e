r"""
Unusual movement in displacement series: departures from the straight line, at a stated rate of false alarms.

Series are made white with the covariance of their noise and freed of the ordinary motion (a line, and a yearly wave
where wanted). What is left points, for a scatterer that does nothing unusual, in a random direction of a space of
:math:`\nu` dimensions. Each departure (an acceleration, a step at a date, ...) has a direction of its own, and

.. math:: q = (z \cdot u)^2 / |z|^2

the share of the residual that it explains, follows Beta(1/2, (:math:`\nu` - 1)/2) whatever the noise level. The
largest share over many dates has no formula; its distribution is drawn once, from the same geometry.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from snapstamps.kernels.arrays import Array, BoolArray, FloatArray, IntArray

DAYS_PER_YEAR = 365.25
N_DRAWS = 100_000
_TAIL_DRAWS = 200
_LEAST_SEGMENT = 4
_LATEST = 3
_LEAST_NORM = 1e-6
_BLOCK = 16_384


@dataclass(frozen=True)
class Departure:
    """
    One kind of unusual movement, with the dates at which it might begin.

    Attributes
    ----------
    name, unit : str
        The kind, and the unit of its size.
    begins : ndarray of int, shape (n_candidates,)
        Index of the first date concerned.
    columns : ndarray, shape (n_dates, n_candidates)
        Displacement of each candidate of size one, mm.
    """

    name: str
    unit: str
    begins: IntArray
    columns: FloatArray


@dataclass(frozen=True)
class Found:
    """
    The best candidate of one kind, for every scatterer.

    Attributes
    ----------
    departure : Departure
        The kind.
    best : ndarray of int, shape (n_ps,)
        Its candidate.
    size, size_std : ndarray, shape (n_ps,)
        Its size and standard deviation, in the departure's unit.
    p : ndarray, shape (n_ps,)
        Probability of such a one, or a clearer one, at any of the candidates, where nothing is unusual.
    """

    departure: Departure
    best: IntArray
    size: FloatArray
    size_std: FloatArray
    p: FloatArray


@dataclass(frozen=True)
class Anomalies:
    """
    What was found in all series.

    Attributes
    ----------
    found : tuple of Found
        One per kind.
    p : ndarray, shape (n_ps,)
        Probability of the clearest of all kinds where nothing is unusual: alarms at p <= 0.01 are false for 1 in 100.
    kind : ndarray of int, shape (n_ps,)
        Which of ``found`` is the clearest.
    """

    found: tuple[Found, ...]
    p: FloatArray
    kind: IntArray


def motion_design(days: FloatArray, *, acceleration: bool = False, seasonal: bool = False) -> Array:
    """
    Return the columns of a motion model: offset and rate, then acceleration (mm/yr²), cosine and sine of the year.

    Parameters
    ----------
    days : ndarray, shape (n_dates,)
        When; any origin.
    acceleration, seasonal : bool
        Which terms to add.

    Returns
    -------
    ndarray, shape (n_dates, 2 to 5)
    """
    years = (days - np.mean(days)) / DAYS_PER_YEAR
    columns = [np.ones_like(years), years]
    if acceleration:
        columns.append(0.5 * years**2)
    if seasonal:
        columns += [np.cos(2 * np.pi * years), np.sin(2 * np.pi * years)]
    return np.column_stack(columns)


def departures(days: FloatArray) -> tuple[Departure, ...]:
    """
    Return the kinds of unusual movement that are looked for.

    ``acceleration``: over the whole time; ``rate change`` and ``step``: at any date with at least four dates before
    it and after it; ``latest``: the last one, two or three dates lie off what the earlier ones foretell.

    Parameters
    ----------
    days : ndarray, shape (n_dates,)
        Ascending; at least 8.
    """
    years = (days - np.mean(days)) / DAYS_PER_YEAR
    n_dates = len(days)
    inner = np.arange(_LEAST_SEGMENT, n_dates - _LEAST_SEGMENT + 1)
    latest = n_dates - np.arange(_LATEST, 0, -1)
    # a change of rate starts from the date before the first one that shows it
    since = np.maximum(years[:, None] - years[inner - 1], 0.0)
    after = (np.arange(n_dates)[:, None] >= inner).astype(np.float64)
    last = (np.arange(n_dates)[:, None] >= latest).astype(np.float64)
    whole = np.zeros(1, dtype=np.int64)
    return (
        Departure("acceleration", "mm/yr²", whole, 0.5 * years[:, None] ** 2),
        Departure("rate change", "mm/yr", inner, since),
        Departure("step", "mm", inner, after),
        Departure("latest", "mm", latest, last),
    )


def find_anomalies(
    series: FloatArray,
    white: FloatArray,
    usual: FloatArray,
    kinds: Sequence[Departure],
    *,
    seed: int,
    n_draws: int = N_DRAWS,
) -> Anomalies:
    """
    Look for departures from the usual motion in all series.

    Parameters
    ----------
    series : ndarray, shape (n_ps, n_dates)
        Displacements, mm, all finite.
    white : ndarray, shape (n_dates, n_dates)
        Makes the noise white; see :func:`snapstamps.kernels.temporal_noise.whitener`.
    usual : ndarray, shape (n_dates, n_terms)
        Columns of the ordinary motion.
    kinds : sequence of Departure
        What is looked for.
    seed : int
        Of the draws that calibrate the probabilities.
    n_draws : int
        How many.

    Returns
    -------
    Anomalies
    """
    rest = _complement(white @ usual)
    to_rest = white.T @ rest
    searches = [_Search(kind, _in_rest(kind.columns, to_rest)) for kind in kinds]
    freedom = rest.shape[1]
    drawn = np.random.default_rng(seed).standard_normal((n_draws, freedom))
    by_chance = [_best(drawn, search.unit)[1] for search in searches]
    tails = [_Tail.of(smallest) for smallest in by_chance]
    drawn_p = np.column_stack([tail(smallest) for tail, smallest in zip(tails, by_chance, strict=True)])
    of_all = _Tail.of(drawn_p.min(axis=1))

    left = np.concatenate([series[i : i + _BLOCK].astype(np.float64) @ to_rest for i in range(0, len(series), _BLOCK)])
    found = tuple(_found(left, search, tail) for search, tail in zip(searches, tails, strict=True))
    p = np.column_stack([each.p for each in found])
    return Anomalies(found=found, p=of_all(p.min(axis=1)), kind=p.argmin(axis=1))


def seasonal_p(series: FloatArray, white: FloatArray, days: FloatArray) -> FloatArray:
    """
    Probability that a series without a yearly wave shows one as clear as this (F test of two terms beside a line).

    Parameters
    ----------
    series : ndarray, shape (n_ps, n_dates)
        Displacements, mm.
    white : ndarray, shape (n_dates, n_dates)
        Makes the noise white.
    days : ndarray, shape (n_dates,)
        When.

    Returns
    -------
    ndarray, shape (n_ps,)
    """
    to_rest = white.T @ _complement(white @ motion_design(days))
    wave = np.linalg.qr(to_rest.T @ motion_design(days, seasonal=True)[:, 2:])[0]
    left = series.astype(np.float64) @ to_rest
    share = _share((left @ wave) ** 2, left).sum(axis=1)
    return np.asarray(beta.sf(share, 1.0, (to_rest.shape[1] - 2) / 2))


def generalised_fit(series: FloatArray, white: FloatArray, design: FloatArray) -> Array:
    """
    Fit a motion model with the covariance of the noise.

    Parameters
    ----------
    series : ndarray, shape (n_ps, n_dates)
        Displacements.
    white : ndarray, shape (n_dates, n_dates)
        Makes the noise white.
    design : ndarray, shape (n_dates, n_terms)
        Columns of the model.

    Returns
    -------
    ndarray, shape (n_ps, n_terms)
        Coefficients.
    """
    return np.asarray(series.astype(np.float64) @ (np.linalg.pinv(white @ design) @ white).T)


def false_discovery_q(p: FloatArray) -> Array:
    """
    Smallest share of false discoveries at which each one would be kept (Benjamini & Hochberg 1995).

    Parameters
    ----------
    p : ndarray, shape (n,)
        Probabilities.

    Returns
    -------
    ndarray, shape (n,)
        Keeping all with q <= 0.05 makes about 5 % of those kept false.

    Examples
    --------
    >>> false_discovery_q(np.array([0.01, 0.5, 0.02])).tolist()
    [0.03, 0.5, 0.03]
    """
    if len(p) == 0:
        return np.empty(0)
    order = np.argsort(p)
    scaled = p[order] * len(p) / np.arange(1, len(p) + 1)
    q = np.empty(len(p))
    q[order] = np.minimum.accumulate(scaled[::-1])[::-1].clip(max=1.0)
    return q


@dataclass(frozen=True)
class _Search:
    """A departure with its candidates in the space of the residuals, as they are and of length one."""

    departure: Departure
    raw: FloatArray

    @property
    def length(self) -> FloatArray:
        return np.asarray(np.linalg.norm(self.raw, axis=0))

    @property
    def unit(self) -> FloatArray:
        length = self.length
        # what the usual motion can do as well has no direction left: it explains nothing
        usable: BoolArray = length > _LEAST_NORM * max(float(length.max()), 1.0)
        return np.asarray(np.where(usable, self.raw / np.where(usable, length, 1.0), 0.0))


@dataclass(frozen=True)
class _Tail:
    """
    Distribution of the smallest of many probabilities, from draws.

    Far out, where draws are few, the probability grows in proportion to the smallest one.
    """

    drawn: FloatArray

    @classmethod
    def of(cls, smallest: FloatArray) -> "_Tail":
        return cls(np.sort(smallest))

    def __call__(self, smallest: FloatArray) -> FloatArray:
        rank = np.searchsorted(self.drawn, smallest, side="right") / len(self.drawn)
        edge = self.drawn[_TAIL_DRAWS - 1]
        beyond = smallest / edge * (_TAIL_DRAWS / len(self.drawn))
        return np.asarray(np.where(smallest < edge, beyond, rank))


def _complement(design: FloatArray) -> Array:
    """Return an orthonormal basis of what a design cannot describe."""
    return np.asarray(np.linalg.qr(design, mode="complete")[0][:, design.shape[1] :])


def _in_rest(columns: FloatArray, to_rest: FloatArray) -> Array:
    return np.asarray(to_rest.T @ columns)


def _share(squares: FloatArray, left: FloatArray) -> Array:
    total = (left**2).sum(axis=1)
    return np.asarray(squares / np.where(total > 0, total, 1.0)[:, None])


def _best(left: FloatArray, unit: FloatArray) -> tuple[IntArray, FloatArray]:
    """Return which candidate explains most, and the probability of its share by itself."""
    best = np.empty(len(left), dtype=np.int64)
    share = np.empty(len(left))
    for start in range(0, len(left), _BLOCK):
        rows = slice(start, start + _BLOCK)
        shares = _share((left[rows] @ unit) ** 2, left[rows])
        best[rows] = shares.argmax(axis=1)
        share[rows] = shares.max(axis=1)
    return best, np.asarray(beta.sf(share.clip(0.0, 1.0), 0.5, (unit.shape[0] - 1) / 2))


def _found(left: FloatArray, search: _Search, tail: _Tail) -> Found:
    best, alone = _best(left, search.unit)
    length, unit = search.length[best], search.unit[:, best].T
    along = np.einsum("ij,ij->i", left, unit)
    variance = ((left**2).sum(axis=1) - along**2).clip(min=0.0) / (unit.shape[1] - 1)
    return Found(
        departure=search.departure,
        best=best,
        size=along / length,
        size_std=np.sqrt(variance) / length,
        p=tail(alone),
    )
