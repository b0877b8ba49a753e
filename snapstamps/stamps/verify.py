"""
Two StaMPS folders held against each other, field by field.

Whoever made them: PS are matched by their pixels, so the order of rows does not matter; phase counts modulo 2π,
unwrapped phase up to a constant per interferogram; everything else within the tolerances of the manifest.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from snapstamps.formats.mat import is_sparse
from snapstamps.kernels.arrays import Array, BoolArray, FloatArray, IntArray
from snapstamps.model.errors import DataError, InputError
from snapstamps.stamps.artefacts import ARTEFACTS, Field
from snapstamps.stamps.parms import definitions, read_parms
from snapstamps.stamps.store import Artefact, StampsStore
from snapstamps.stamps.tolerances import tolerances

_OPTIONAL = frozenset({"mean_v", "mv2", "inc2", "uw_grid", "uw_interp", "uw_space_time", "uw_phaseuw", "no_ps_info"})
"""Artefacts that a folder may lack and still hold the results."""

_TWO_PI = 2 * np.pi


@dataclass(frozen=True)
class Comparison:
    """
    One field of both folders.

    Attributes
    ----------
    place : str
        ``PATCH_n``, or ``.`` for the working folder.
    artefact, field : str
        What was compared.
    kind : str
        How; a word of the manifest, ``missing``, ``shape`` or ``parms``.
    n : int
        Number of values.
    difference : float or None
        The largest one, in the unit of the field; None where there is none to tell.
    beyond : int
        Values that differ more than the manifest allows.
    within : float
        What it allows.
    same : bool
        Whether the field counts as the same.
    note : str
        What else there is to tell.
    """

    place: str
    artefact: str
    field: str
    kind: str
    n: int
    difference: float | None
    beyond: int
    within: float
    same: bool
    note: str = ""


def compare_folders(one: StampsStore, other: StampsStore) -> list[Comparison]:
    """
    Compare two working folders with all their patches.

    Parameters
    ----------
    one, other : StampsStore
        Working folders.

    Returns
    -------
    list of Comparison
        One for each field that at least one of them holds.

    Raises
    ------
    InputError
        If a folder holds no results at all.
    """
    for store in (one, other):
        if not any(store.has(name) for name in ("ps2", "parms")):
            raise InputError(
                "the folder holds no results of StaMPS",
                where=store.path,
                remedy="a project's stamps folder, or the project itself",
            )
    compared = list(_compare_parms(one, other))
    names = sorted({name for store in (one, other) for name in _patch_names(store)})
    for name in names:
        places = [StampsStore(store.path / name) for store in (one, other)]
        compared += _compare_place(name, places[0], places[1])
    compared += _compare_place(".", one, other)
    return compared


def _patch_names(store: StampsStore) -> list[str]:
    return [path.name for path in store.path.glob("PATCH_*") if path.is_dir()]


def _compare_parms(one: StampsStore, other: StampsStore) -> Iterator[Comparison]:
    if not (one.has("parms") and other.has("parms")):
        return
    values = [read_parms(store.file("parms")) for store in (one, other)]
    listened = [name for name, parm in definitions().items() if parm.steps]
    differ = [name for name in listened if not _equal_parms(values[0].get(name), values[1].get(name))]
    yield Comparison(
        ".", "parms", "", "parms", len(listened), None, len(differ), 0.0, same=not differ, note=", ".join(differ)
    )


def _equal_parms(one: Any, other: Any) -> bool:
    if isinstance(one, float | int) and isinstance(other, float | int):
        return bool(np.isclose(one, other, rtol=1e-9, equal_nan=True))
    return bool(one == other)


def _compare_place(place: str, one: StampsStore, other: StampsStore) -> Iterator[Comparison]:
    rows = MatchedRows(one, other)
    for artefact, fields in ARTEFACTS.items():
        there = [store.has(artefact) for store in (one, other)]
        if not any(there):
            continue
        if not all(there):
            lacking = one if there[1] else other
            optional = artefact in _OPTIONAL
            note = f"not in {lacking.path}" + (" (it may be absent)" if optional else "")
            yield Comparison(place, artefact, "", "missing", 0, None, 0, 0.0, same=optional, note=note)
            continue
        stored = one.read(artefact), other.read(artefact)
        for field in fields:
            if field.name in stored[0] and field.name in stored[1]:
                yield _compare_field(place, artefact, field, stored, rows)


def _compare_field(
    place: str, artefact: str, field: Field, stored: tuple[Artefact, Artefact], rows: "MatchedRows"
) -> Comparison:
    rule = tolerances()[artefact][field.name]

    def result(n: int, difference: float | None, beyond: int, *, same: bool, note: str = "") -> Comparison:
        return Comparison(place, artefact, field.name, rule.kind, n, difference, beyond, rule.within, same, note)

    if rule.kind == "apart":
        return result(0, None, 0, same=True, note=rule.why)
    if rule.kind == "pixels":
        n, only = rows.count(field.shape[0])
        note = f"{only[0]} pixels in the first only, {only[1]} in the second only" if any(only) else ""
        return result(n, None, sum(only), same=max(only) <= rule.share * n, note=note)
    if field.kind == "char":
        same = stored[0][field.name] == stored[1][field.name]
        return result(1, None, int(not same), same=same)
    arrays = [_array(side[field.name]) for side in stored]
    arrays = [rows.of(field.shape[0] if field.shape else "", side, array) for side, array in enumerate(arrays)]
    if rule.columns:
        arrays = [array[:, [column - 1 for column in rule.columns]] for array in arrays]
    if arrays[0].shape != arrays[1].shape:
        return result(0, None, 1, same=False, note=f"shapes {arrays[0].shape} and {arrays[1].shape}")
    difference = _DIFFERENCES[rule.kind](arrays[0], arrays[1])
    limit = rule.within
    beyond = int(np.count_nonzero(~(difference <= limit)))
    largest = float(np.max(difference)) if difference.size else 0.0
    return result(difference.size, largest, beyond, same=beyond <= rule.share * difference.size)


def _array(value: Any) -> Array:
    return np.asarray(value.toarray() if is_sparse(value) else value)


def _both_nan(one: Array, other: Array) -> BoolArray:
    return np.asarray(np.isnan(one) & np.isnan(other))


def _absolute(one: Array, other: Array) -> FloatArray:
    if one.dtype.kind == "b":
        return np.asarray(one != other, dtype=np.float64)
    with np.errstate(invalid="ignore"):
        difference = np.abs(one.astype(_wide(one)) - other.astype(_wide(other)))
        same = (one == other) | _both_nan(one, other)
    return np.where(same, 0.0, np.where(np.isnan(difference), np.inf, difference))


def _relative(one: Array, other: Array) -> FloatArray:
    larger = np.maximum(np.abs(one), np.abs(other)).astype(np.float64)
    difference = _absolute(one, other)
    return np.divide(difference, larger, out=np.zeros_like(difference), where=difference > 0)


def _phasor(one: Array, other: Array) -> FloatArray:
    largest = float(np.max(np.abs(one), initial=0.0, where=np.isfinite(one)))
    return _absolute(one, other) / (largest or 1.0)


def _phase(one: Array, other: Array) -> FloatArray:
    if one.dtype.kind != "c":
        difference = _absolute(one, other)
        with np.errstate(invalid="ignore"):
            return np.where(np.isinf(difference), np.inf, np.abs(difference - _TWO_PI * np.rint(difference / _TWO_PI)))
    with np.errstate(invalid="ignore"):
        turn = np.abs(np.angle(one.astype(np.complex128) * np.conj(other.astype(np.complex128))))
        # A value that is zero on one side only has no angle to compare.
        lone_zero = (one == 0) != (other == 0)
    turn = np.where(_both_nan(one, other), 0.0, turn)
    return np.where(lone_zero | np.isnan(turn), np.inf, turn)


def _unwrapped(one: Array, other: Array) -> FloatArray:
    signed = one.astype(np.float64) - other.astype(np.float64)
    if signed.size == 0:
        return signed
    known = np.isfinite(signed)
    constant = np.array(
        [np.median(column[ok]) if ok.any() else 0.0 for column, ok in zip(signed.T, known.T, strict=True)]
    )
    difference = np.abs(signed - constant)
    return np.where(known, difference, np.where(_both_nan(one, other), 0.0, np.inf))


def _wide(array: Array) -> type:
    return np.complex128 if array.dtype.kind == "c" else np.float64


_DIFFERENCES: Mapping[str, Callable[[Array, Array], FloatArray]] = {
    "exact": _absolute,
    "absolute": _absolute,
    "relative": _relative,
    "phase": _phase,
    "phasor": _phasor,
    "unwrapped": _unwrapped,
}


class MatchedRows:
    """
    Which rows of both sides belong to the same pixel, for every kind of row that follows the scatterers.

    Parameters
    ----------
    one, other : StampsStore
        Two patches, or two working folders.
    """

    def __init__(self, one: StampsStore, other: StampsStore) -> None:
        sides = [_pixels_of(store) for store in (one, other)]
        self._rows: dict[str, tuple[IntArray, IntArray]] = {}
        self._counts: dict[str, tuple[int, tuple[int, int]]] = {}
        for letter in sides[0].keys() & sides[1].keys():
            a, b = sides[0][letter], sides[1][letter]
            if len(np.unique(a)) < len(a) or len(np.unique(b)) < len(b):
                continue  # cells of a resampled merge: they are compared as they stand
            _, of_a, of_b = np.intersect1d(a, b, assume_unique=True, return_indices=True)
            self._rows[letter] = (of_a, of_b)
            self._counts[letter] = (max(len(a), len(b)), (len(a) - len(of_a), len(b) - len(of_b)))

    def of(self, letter: str, side: int, array: Array) -> Array:
        """
        Return an array with the common rows in a common order.

        Parameters
        ----------
        letter : str
            What its rows are; see the registry of artefacts. Rows that follow no scatterer stay as they are.
        side : {0, 1}
            Whose it is.
        array : ndarray
            Rows first.
        """
        if letter not in self._rows:
            return array
        rows = self._rows[letter][side]
        return array[rows] if len(array) > rows.max(initial=-1) else array

    def count(self, letter: str) -> tuple[int, tuple[int, int]]:
        """Return the number of rows, and of those that only one side has."""
        return self._counts.get(letter, (0, (0, 0)))


def _pixels_of(store: StampsStore) -> dict[str, IntArray]:
    """Return letter -> one number per row that names its pixel."""
    found: dict[str, IntArray] = {}
    for letter, artefact in (("n_cand", "ps1"), ("n_ps", "ps2")):
        if store.has(artefact):
            ij = store.read(artefact, "ij").ij.astype(np.int64)
            found[letter] = (ij[:, 1] << 32) + ij[:, 2]
    if "n_cand" in found and store.has("select1"):
        select = store.read("select1", "ix", "keep_ix")
        try:
            chosen = found["n_cand"][select.ix.astype(np.int64) - 1]
            found |= {"n_init": chosen, "n_thr": chosen, "n_kept": chosen[select.keep_ix]}
        except IndexError as error:
            raise DataError("select1 points to candidates that ps1 does not have", where=store.path) from error
    return found
