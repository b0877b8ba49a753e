"""
What steps 7 and 8 and the results ask of the unwrapped stack alike: dates in use, their weights, shape of ramps.

Dates are columns counted from 0 here; parameters count them from 1.
"""

from collections.abc import Iterable

import numpy as np

from snapstamps.formats.mat import read_mat
from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.kernels.deramp import DEGREES
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.units import date_of_datenum
from snapstamps.stamps.store import StampsStore

DERAMP_DEGREE_FILE = "deramp_degree.mat"
"""A file of the user that asks ps_deramp for another surface than a plane."""


def master_column(day: FloatArray, master_day: float) -> int:
    """Return the column of the master: the number of dates before it."""
    return int(np.count_nonzero(day < master_day))


def date_indexes(name: str, indexes: Iterable[int], n_scenes: int) -> IntArray:
    """
    Return the columns that an index parameter names.

    Parameters
    ----------
    name : str
        The parameter, for the error.
    indexes : iterable of int
        Positions from 1.
    n_scenes : int
        Number of dates.

    Returns
    -------
    ndarray of int64
        Columns from 0, ascending, each once.

    Raises
    ------
    InputError
        If there is no such date. (StaMPS would pass over it.)
    """
    columns = np.unique(np.asarray(list(indexes), dtype=np.int64)) - 1
    strangers = columns[(columns < 0) | (columns >= n_scenes)] + 1
    if strangers.size:
        raise InputError(
            f"{name} names date {strangers[0]}, but there are dates 1 to {n_scenes} only",
            where=f"stamps.parms.{name}",
        )
    return columns


def used_dates(drop_ifg_index: Iterable[int], day: FloatArray, master: int) -> IntArray:
    """
    Return the columns of all dates that are not dropped, the master included.

    Parameters
    ----------
    drop_ifg_index : iterable of int
        The parameter: positions from 1.
    day : ndarray, shape (n_scenes,)
        Day numbers.
    master : int
        Column of the master.

    Returns
    -------
    ndarray of int64
        Ascending, from 0.

    Raises
    ------
    InputError
        If the master is dropped, or a date that does not exist.
    DataError
        If fewer than four dates are left.
    """
    dropped = date_indexes("drop_ifg_index", drop_ifg_index, len(day))
    if master in dropped:
        raise InputError(
            f"drop_ifg_index names the master (date {master + 1}), which cannot be left out",
            where="stamps.parms.drop_ifg_index",
        )
    used = np.setdiff1d(np.arange(len(day)), dropped)
    if len(used) < 4:
        raise DataError(
            f"Only {len(used)} dates are left of {len(day)}; at least 4 are needed",
            remedy="a shorter stamps.parms.drop_ifg_index, or more scenes",
        )
    return used


def refuse_missing_dates(phase: FloatArray, columns: IntArray, day: FloatArray, master: int) -> None:
    """
    Stop where a date in use was never unwrapped.

    Step 6 leaves zeros for the dates that were dropped when it ran. If they are no longer dropped, the
    zeros would count as measurements.

    Parameters
    ----------
    phase : ndarray, shape (n_ps, n_scenes)
        Unwrapped phase.
    columns : ndarray of int
        Dates in use.
    day : ndarray, shape (n_scenes,)
        MATLAB datenum.
    master : int
        Column of the master, which is zero by nature.

    Raises
    ------
    DataError
        Naming the dates.
    """
    empty = [column for column in columns if column != master and not phase[:, column].any()]
    if empty:
        dates = ", ".join(date_of_datenum(day[column]).isoformat() for column in empty)
        raise DataError(
            f"The unwrapped phase of {dates} is zero everywhere",
            where="phuw2.mat",
            why="Step 6 leaves zeros for dates in drop_ifg_index; they were dropped when it ran and are used now.",
            remedy="run step 6 again, or put the dates back into stamps.parms.drop_ifg_index",
        )


def date_variances(store: StampsStore, n_scenes: int) -> FloatArray:
    """
    Return the variance of the noise of every date.

    Parameters
    ----------
    store : StampsStore
        The working folder; ``ifgstd2`` may be absent.
    n_scenes : int
        Number of dates.

    Returns
    -------
    ndarray of float64, shape (n_scenes,)
        rad²; all 1 without ``ifgstd2``, as in StaMPS. The entry of the master is not a weight.
    """
    if not store.has("ifgstd2"):
        return np.ones(n_scenes)
    return np.asarray(np.radians(np.asarray(store.read("ifgstd2").ifg_std, dtype=np.float64)) ** 2)


def date_weights(variances: FloatArray, slaves: IntArray, day: FloatArray) -> FloatArray:
    """
    Return the weights of dates in a straight line, the inverse of their variances.

    Parameters
    ----------
    variances : ndarray, shape (n_scenes,)
        See :func:`date_variances`.
    slaves : ndarray of int, shape (n_used,)
        Dates in the fit, without the master.
    day : ndarray, shape (n_scenes,)
        MATLAB datenum.

    Returns
    -------
    ndarray of float64, shape (n_used,)

    Raises
    ------
    DataError
        If the noise of a date is zero or not a number.
    """
    bad = [column for column in slaves if not 0 < variances[column] < np.inf]
    if bad:
        raise DataError(
            f"The noise of {date_of_datenum(day[bad[0]]).isoformat()} is {np.sqrt(variances[bad[0]]):g} rad",
            where="ifgstd2.mat",
            why="A date is weighted with the inverse of its noise, which must be a positive number.",
            remedy="look at that interferogram; drop it with stamps.parms.drop_ifg_index if it is empty",
        )
    return 1.0 / variances[slaves]


def deramp_degree(store: StampsStore) -> float:
    """
    Return the degree of the surfaces that deramping takes out: 1 unless ``deramp_degree.mat`` asks for another.

    Raises
    ------
    DataError
        If the file cannot be read or holds a degree that StaMPS does not know.
    """
    path = store.file(DERAMP_DEGREE_FILE)
    if not path.is_file():
        return 1.0
    degree = read_mat(path, ["degree"]).get("degree")
    if degree is None or degree.size != 1 or float(degree.flat[0]) not in DEGREES:
        raise DataError(
            f"{path.name} must hold a variable degree that is one of {', '.join(f'{d:g}' for d in DEGREES)}",
            where=path,
            remedy="delete the file, for planes",
        )
    return float(degree.flat[0])
