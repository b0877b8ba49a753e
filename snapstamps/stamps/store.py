"""One StaMPS folder (the working folder, or one PATCH_n of it): read and write its artefacts."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse

from snapstamps.formats.mat import is_sparse, read_mat, text_of, write_mat
from snapstamps.model.errors import DataError
from snapstamps.stamps.artefacts import ARTEFACTS, Field

_DTYPES: Mapping[str, Any] = {
    "double": np.float64,
    "single": np.float32,
    "complex": np.complex64,
    "logical": np.bool_,
}


class Artefact(Mapping[str, Any]):
    """
    The fields of one artefact, as attributes and as a mapping.

    Columns and rows come as one-dimensional arrays, scalars as Python numbers, logicals as booleans,
    text as ``str``. Fields that a file does not hold are absent.
    """

    def __init__(self, name: str, values: Mapping[str, Any]) -> None:
        self._name = name
        self._values = dict(values)

    def __getattr__(self, field: str) -> Any:
        if field.startswith("_"):
            raise AttributeError(field)
        try:
            return self._values[field]
        except KeyError:
            raise AttributeError(f"{self._name} has no field {field!r}") from None

    @property
    def units(self) -> dict[str, str]:
        """Return the unit of every field (``-`` for plain numbers)."""
        return {field.name: field.unit for field in ARTEFACTS[self._name] if field.name in self._values}

    def __getitem__(self, field: str) -> Any:
        return self._values[field]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __repr__(self) -> str:
        """Return name and fields."""
        return f"Artefact({self._name}: {', '.join(self._values)})"


class StampsStore:
    """
    One StaMPS folder on disk.

    Parameters
    ----------
    path : Path
        The working folder, or a ``PATCH_n`` inside it. It must exist to be read.
    """

    def __init__(self, path: Path) -> None:
        self.path = Path(path)

    def __repr__(self) -> str:
        """Return the class and the folder."""
        return f"StampsStore({str(self.path)!r})"

    def file(self, artefact: str) -> Path:
        """Return the path of an artefact (``ps1`` -> ``…/ps1.mat``) or of a plain file (it has a dot)."""
        return self.path / (artefact if "." in artefact else f"{artefact}.mat")

    def has(self, artefact: str) -> bool:
        """Tell whether the file is there."""
        return self.file(artefact).is_file()

    def delete(self, *artefacts: str) -> None:
        """Delete artefacts, where they exist."""
        for artefact in artefacts:
            self.file(artefact).unlink(missing_ok=True)

    def read(self, artefact: str, *fields: str) -> Artefact:
        """
        Read an artefact.

        Parameters
        ----------
        artefact : str
            Name in the registry, such as ``pm1``.
        *fields : str
            Only these fields (all by default).

        Returns
        -------
        Artefact

        Raises
        ------
        DataError
            If the file is missing or damaged, or lacks a field that the registry demands.
        """
        path = self.file(artefact)
        wanted = [field for field in ARTEFACTS[artefact] if not fields or field.name in fields]
        stored = read_mat(path, [field.name for field in wanted])
        values: dict[str, Any] = {}
        for field in wanted:
            if field.name in stored:
                values[field.name] = _to_python(stored[field.name], field)
            elif not (field.optional or field.may_be_empty):
                raise DataError(
                    f"{path.name} has no variable {field.name}",
                    where=path,
                    remedy="run the step that writes it again",
                )
        return Artefact(artefact, values)

    def write(self, artefact: str, **values: Any) -> None:
        """
        Write an artefact, in the classes and shapes of the registry.

        Parameters
        ----------
        artefact : str
            Name in the registry.
        **values
            All its fields that are not optional. ``None`` or a size of 0 stands for ``[]`` where that is allowed.

        Raises
        ------
        ValueError
            If a field is missing, unknown, or of the wrong shape or kind (a defect of the caller).
        DataError
            If a variable is too large for the format.
        """
        registered = {field.name: field for field in ARTEFACTS[artefact]}
        unknown = values.keys() - registered.keys()
        missing = {name for name, f in registered.items() if not (f.optional or f.may_be_empty)} - values.keys()
        if unknown or missing:
            raise ValueError(f"{artefact}: unknown fields {sorted(unknown)}, missing fields {sorted(missing)}")
        letters: dict[str, int] = {}
        stored = {
            name: _to_matlab(values.get(name), field, artefact, letters)
            for name, field in registered.items()
            if name in values or field.may_be_empty
        }
        write_mat(self.file(artefact), stored)

    def patches(self) -> list["StampsStore"]:
        """
        Return the patches listed in ``patch.list``, in its order.

        Raises
        ------
        DataError
            If the list or a folder is missing.
        """
        names = self.patch_names()
        stores = [StampsStore(self.path / name) for name in names]
        for store in stores:
            if not store.path.is_dir():
                raise DataError(
                    f"{store.path.name} stands in patch.list, but the folder is missing",
                    where=self.path,
                    remedy="snapstamps candidates",
                )
        return stores

    def patch_names(self) -> list[str]:
        """Return the names of all patches, those without PS included (``patch.list_old`` holds them after a merge)."""
        for name in ("patch.list_old", "patch.list"):
            path = self.path / name
            if path.is_file():
                return [line.strip() for line in path.read_text().splitlines() if line.strip()]
        raise DataError("patch.list is missing", where=self.path, remedy="snapstamps candidates")

    @property
    def parent(self) -> "StampsStore":
        """Return the folder above: the working folder of a patch."""
        return StampsStore(self.path.parent)


def _to_python(stored: Any, field: Field) -> Any:
    """Return a stored variable as Python sees it."""
    if field.kind == "char":
        return text_of(stored)
    if is_sparse(stored):
        return stored.tocsc()
    if field.shape == () and stored.size == 1:
        return stored.item()
    if field.kind == "logical":
        stored = stored.astype(bool)
    if len(field.shape) == 1 or field.shape[0] == "1":
        return stored.reshape(-1)
    return stored


def _to_matlab(value: Any, field: Field, artefact: str, letters: dict[str, int]) -> Any:
    """Return a value as StaMPS stores it; check its shape against the letters met so far."""
    label = f"{artefact}.{field.name}"
    if field.kind == "char":
        return str(value)
    if field.kind == "sparse":
        return scipy.sparse.csc_matrix(value)
    if value is None or (field.may_be_empty and np.size(value) == 0):
        if not field.may_be_empty:
            raise ValueError(f"{label} may not be empty")
        return np.zeros((0, 0))
    array = np.asarray(value)
    if field.kind != "any":
        if array.dtype.kind == "c" and field.kind != "complex":
            raise ValueError(f"{label} is complex, but {field.kind} is stored")
        array = array.astype(_DTYPES[field.kind], copy=False)
    array = _as_stored_shape(array, field, label)
    _check_letters(array.shape, field, label, letters)
    return array


def _as_stored_shape(array: Any, field: Field, label: str) -> Any:
    if field.shape == ():
        if array.size != 1:
            raise ValueError(f"{label} must be one number, not of shape {array.shape}")
        return array.reshape(1, 1)
    if len(field.shape) == 1:
        return array.reshape(-1, 1) if array.ndim == 1 else array
    if field.shape[0] == "1" and array.ndim == 1:
        return array.reshape(1, -1)
    if array.ndim != len(field.shape):
        raise ValueError(f"{label} must have {len(field.shape)} axes, not shape {array.shape}")
    return array


def _check_letters(shape: tuple[int, ...], field: Field, label: str, letters: dict[str, int]) -> None:
    expected = field.shape if len(field.shape) > 1 else (*field.shape, "1") if field.shape else ("1", "1")
    for length, letter in zip(shape, expected, strict=False):
        known = int(letter) if letter.isdigit() else letters.setdefault(letter, length)
        if length != known:
            raise ValueError(f"{label} has shape {shape}, but {letter} is {known}")
