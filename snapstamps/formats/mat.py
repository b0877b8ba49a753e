"""
MATLAB v5/v7 files, written reproducibly.

scipy puts the time of writing into the header; ours is always the same text, so that equal contents
are equal bytes and a resumed run can be compared with an uninterrupted one.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import scipy.io
import scipy.sparse

from snapstamps.formats.atomic import atomic_path
from snapstamps.formats.mat_structure import check_structure
from snapstamps.kernels.arrays import Array
from snapstamps.model.errors import DataError

HEADER_TEXT = b"MATLAB 5.0 MAT-file, written by snapstamps".ljust(116)
MAX_VARIABLE_BYTES = 2**31 - 1
"""MAT v5/v7 stores the length of a variable in a signed 32-bit number."""


def write_mat(path: Path, variables: Mapping[str, Any]) -> None:
    """
    Write variables to a MATLAB v5 file, atomically and reproducibly.

    Parameters
    ----------
    path : Path
        Target, with its suffix ``.mat``.
    variables : mapping of str to array, str or sparse matrix
        Stored in the order given, with the classes that they have (boolean as logical).

    Raises
    ------
    DataError
        If a variable is larger than the format holds (2 GiB).
    """
    for name, value in variables.items():
        size = _stored_bytes(value)
        if size > MAX_VARIABLE_BYTES:
            raise DataError(
                f"{name} needs {size / 2**30:.1f} GiB, but a MATLAB v5/v7 file holds less than 2 GiB per variable",
                where=path,
                remedy="more patches kept apart, or a larger stamps.parms.merge_resample_size",
            )
    with atomic_path(path) as part, part.open("wb+") as stream:
        scipy.io.savemat(stream, dict(variables), format="5", do_compression=False, oned_as="column")
        stream.seek(0)
        stream.write(HEADER_TEXT)


def read_mat(path: Path, names: list[str] | None = None) -> dict[str, Array]:
    """
    Read the variables of a MATLAB v5/v7 file.

    Parameters
    ----------
    path : Path
        The file.
    names : list of str, optional
        Only these variables (all of them by default).

    Returns
    -------
    dict of str to ndarray
        As stored, two-dimensional; strings as one-element arrays of text. Classes as scipy gives them:
        logicals come as uint8.

    Raises
    ------
    DataError
        If the file is missing, truncated, or not in this format.
    """
    try:
        check_structure(path)
        contents = scipy.io.loadmat(str(path), variable_names=names, appendmat=False)
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing", where=path.parent) from None
    except MemoryError:
        raise
    except Exception as error:  # OSError, ValueError, zlib.error, MatReadError …: they share no useful base class
        raise _unreadable(path, error) from error
    return {name: value for name, value in contents.items() if not name.startswith("__")}


def is_sparse(value: object) -> bool:
    """Tell whether a value read from a MATLAB file is a sparse matrix."""
    return bool(scipy.sparse.issparse(value))


def text_of(value: Array) -> str:
    """Return the text of a MATLAB char array (empty for an empty one)."""
    return "" if value.size == 0 else str(np.atleast_1d(value).flat[0])


def _stored_bytes(value: Any) -> int:
    """Bytes of a variable in the file: of a sparse matrix the values and the two index arrays."""
    if is_sparse(value):
        return int(value.nnz * (value.dtype.itemsize + 4) + 4 * (value.shape[1] + 1))
    return int(getattr(value, "nbytes", 0))


def _unreadable(path: Path, error: Exception) -> DataError:
    return DataError(
        f"{path.name} cannot be read as a MATLAB v5/v7 file",
        where=path,
        why=f"{type(error).__name__}: {error}",
        remedy="run the step that writes it again; `snapstamps status` names it",
    )
