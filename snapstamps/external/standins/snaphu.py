"""
``snaphu -d -f snaphu.conf COLUMNS``: what StaMPS asks of snaphu, by the open minimum-cost-flow solver.

Reads StaMPS's own ``snaphu.conf``, phase and cost file, and writes the unwrapped phase where that says. Solutions
are those of snaphu, except where regions without statistics leave several of the same cost.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from snapstamps.external.mcf import unwrap_by_flow
from snapstamps.formats.atomic import write_bytes
from snapstamps.kernels.arrays import ComplexArray, IntArray
from snapstamps.kernels.unwrap_cost import ArcCosts, GridProblem
from snapstamps.model.errors import SnapstampsError

_RECORD = 4
"""Numbers of an arc in the cost file: offset, variance, largest step, height of the shelf."""
_NO_SHELF = -32000


def main(argv: Sequence[str] | None = None) -> int:
    """
    Unwrap the interferogram that a configuration file names.

    Parameters
    ----------
    argv : sequence of str, optional
        Words after the program's name; those of the process by default.

    Returns
    -------
    int
        Exit status: 0 done, 1 not done (the message says why).
    """
    words = list(sys.argv[1:] if argv is None else argv)
    if len(words) != 4 or words[:2] != ["-d", "-f"] or not words[3].isdecimal():
        return _fail(f"this stand-in knows `snaphu -d -f FILE COLUMNS` alone, not {' '.join(words)!r}")
    try:
        files = read_configuration(Path(words[2]))
        unwrapped = unwrap_by_flow(read_problem(files, n_columns=int(words[3])))
        write_bytes(files["OUTFILE"], unwrapped.astype("<f4").tobytes())
    except (OSError, ValueError, SnapstampsError) as error:
        return _fail(str(error))
    rows, columns = unwrapped.shape
    print(f"{rows} x {columns} cells unwrapped (by OR-tools' minimum-cost flow, for snapstamps)")  # noqa: T201
    return 0


def read_configuration(path: Path) -> dict[str, Path]:
    """
    Return the files that ``snaphu.conf`` names.

    Parameters
    ----------
    path : Path
        The configuration file.

    Returns
    -------
    dict of str to Path
        INFILE, OUTFILE and COSTINFILE.

    Raises
    ------
    ValueError
        If one of them is not named, or a data format is not StaMPS's.
    """
    words = [line.split() for line in path.read_text(encoding="utf-8").splitlines()]
    settings = {word[0]: word[1] for word in words if len(word) == 2 and not word[0].startswith("#")}
    formats = {"INFILEFORMAT": "COMPLEX_DATA", "OUTFILEFORMAT": "FLOAT_DATA"}
    for key, value in formats.items():
        if settings.get(key) != value:
            raise ValueError(f"{path}: {key} must be {value}")
    missing = [key for key in ("INFILE", "OUTFILE", "COSTINFILE") if key not in settings]
    if missing:
        raise ValueError(f"{path}: {', '.join(missing)} missing")
    return {key: path.parent / settings[key] for key in ("INFILE", "OUTFILE", "COSTINFILE")}


def read_problem(files: Mapping[str, Path], *, n_columns: int) -> GridProblem:
    """
    Read phase and costs.

    Parameters
    ----------
    files : mapping of str to Path
        INFILE and COSTINFILE.
    n_columns : int
        Width of the grid.

    Returns
    -------
    GridProblem

    Raises
    ------
    ValueError
        If the sizes of the files do not fit the width.
    """
    phase = np.fromfile(files["INFILE"], dtype="<c8")
    if n_columns < 1 or phase.size == 0 or phase.size % n_columns:
        raise ValueError(f"{files['INFILE']}: {phase.size} cells do not make rows of {n_columns}")
    wrapped = phase.reshape(-1, n_columns)
    n_rows = len(wrapped)
    records = np.fromfile(files["COSTINFILE"], dtype="<i2")
    n_vertical, n_horizontal = (n_rows - 1) * n_columns, n_rows * (n_columns - 1)
    if records.size != _RECORD * (n_vertical + n_horizontal):
        raise ValueError(f"{files['COSTINFILE']}: its size does not fit {n_rows} x {n_columns} cells")
    vertical, horizontal = np.split(records.reshape(-1, _RECORD), [n_vertical])
    return GridProblem(
        wrapped=wrapped,
        # snaphu counts the offset of vertical arcs upwards.
        vertical=_arcs(vertical.reshape(n_rows - 1, n_columns, _RECORD), wrapped[:-1], wrapped[1:], sign=-1),
        horizontal=_arcs(horizontal.reshape(n_rows, n_columns - 1, _RECORD), wrapped[:, :-1], wrapped[:, 1:], sign=1),
    )


def _arcs(records: IntArray, one: ComplexArray, other: ComplexArray, *, sign: int) -> ArcCosts:
    offset, variance = sign * records[..., 0], records[..., 1]
    # StaMPS gives cells of one node the same value, and arcs between them this cost.
    same_node = (one == other) & (offset == 0) & (variance == 1) & (records[..., 3] == _NO_SHELF)
    return ArcCosts(
        offset=offset,
        variance=variance,
        has_statistics=records[..., 3] == _NO_SHELF,
        joins_nodes=~same_node,
    )


def _fail(message: str) -> int:
    print(f"snaphu: {message}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
