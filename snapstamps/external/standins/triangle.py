"""
``triangle -e NAME.1.node``: what StaMPS asks of the program Triangle, which is not free software.

Reads the points, and writes the edges, triangles and points of their Delaunay triangulation beside them, as
``NAME.2.edge``, ``NAME.2.ele`` and ``NAME.2.node``. Any correct triangulation has the same edges, except where
four points lie exactly on a circle.
"""

import re
import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from scipy.spatial import Delaunay, QhullError

from snapstamps.formats.atomic import write_text
from snapstamps.kernels.arrays import FloatArray, IntArray


def main(argv: Sequence[str] | None = None) -> int:
    """
    Triangulate the points of a file.

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
    files = [word for word in words if not word.startswith("-")]
    if "-e" not in words or len(files) != 1 or len(words) != 2:
        return _fail(f"this stand-in knows `triangle -e NAME.1.node` alone, not {' '.join(words)!r}")
    source = Path(files[0])
    try:
        numbers, points = read_nodes(source)
        corners = triangles(points)
    except (OSError, ValueError) as error:
        return _fail(f"{source}: {error}")
    edges = write_triangulation(source, numbers, points, corners)
    print(f"{len(points)} points, {len(corners)} triangles, {edges} edges (by scipy's Delaunay, for snapstamps)")  # noqa: T201
    return 0


def read_nodes(path: Path) -> tuple[IntArray, FloatArray]:
    """
    Read a ``.node`` file.

    Parameters
    ----------
    path : Path
        First line: number of points, 2, numbers of attributes and markers; then number, x, y of each.

    Returns
    -------
    numbers : ndarray of int64, shape (n_point,)
        How the file numbers its points.
    points : ndarray, shape (n_point, 2)

    Raises
    ------
    ValueError
        If the file is not of this form.
    """
    lines = path.read_text(encoding="ascii").splitlines()
    header = lines[0].split() if lines else []
    if len(header) < 2 or header[1] != "2":
        raise ValueError("the first line does not tell a number of points in the plane")
    if len(lines) - 1 != int(header[0]) or int(header[0]) < 1:
        raise ValueError(f"{header[0]} points are promised, {len(lines) - 1} are there")
    table = np.loadtxt(lines[1:], ndmin=2)
    if table.shape[1] < 3:
        raise ValueError("a line holds no number, x and y")
    return table[:, 0].astype(np.int64), table[:, 1:3]


def triangles(points: FloatArray) -> IntArray:
    """
    Return the corners of the Delaunay triangles, counterclockwise.

    Parameters
    ----------
    points : ndarray, shape (n_point, 2)
        Anywhere in the plane.

    Returns
    -------
    corners : ndarray of int64, shape (n_triangle, 3)
        Rows of the points. A point that coincides with another one belongs to no triangle, as with Triangle.

    Raises
    ------
    ValueError
        If there are fewer than three points, or all lie on one line.
    """
    if len(points) < 3:
        raise ValueError("at least three points are needed")
    try:
        # Qhull lifts the points to x² + y²: small coordinates keep the digits that decide who is a neighbour.
        corners: IntArray = Delaunay(points - points.mean(axis=0)).simplices.astype(np.int64)
    except QhullError:
        raise ValueError("all points lie on one line") from None
    a, b, c = (points[corners[:, k]] for k in range(3))
    clockwise = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) < (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    corners[clockwise] = corners[clockwise][:, [0, 2, 1]]
    return corners


def write_triangulation(source: Path, numbers: IntArray, points: FloatArray, corners: IntArray) -> int:
    """
    Write ``.2.node``, ``.2.ele`` and ``.2.edge`` beside ``.1.node``.

    Parameters
    ----------
    source : Path
        The ``.node`` file; the number in its name is raised by one.
    numbers : ndarray of int64, shape (n_point,)
        How it numbers its points.
    points : ndarray, shape (n_point, 2)
    corners : ndarray of int64, shape (n_triangle, 3)
        Rows of the points.

    Returns
    -------
    int
        The number of edges.
    """
    sides = np.sort(np.concatenate([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [2, 0]]]), axis=1)
    edges, uses = np.unique(sides, axis=0, return_counts=True)
    outer = (uses == 1).astype(np.int64)
    on_rim = np.zeros(len(points), dtype=np.int64)
    on_rim[edges[outer == 1].ravel()] = 1
    first = int(numbers[0])
    rows = (f"{n} {x:.17g} {y:.17g} {rim}" for n, (x, y), rim in zip(numbers, points.tolist(), on_rim, strict=True))
    _write(_next_name(source, "node"), f"{len(points)} 2 0 1", rows)
    _write(_next_name(source, "ele"), f"{len(corners)} 3 0", _numbered(numbers[corners], first))
    table = np.column_stack([numbers[edges], outer])
    _write(_next_name(source, "edge"), f"{len(edges)} 1", _numbered(table, first))
    return len(edges)


def _numbered(table: IntArray, first: int) -> Sequence[str]:
    return [" ".join(map(str, [number, *row])) for number, row in enumerate(table.tolist(), first)]


def _next_name(source: Path, suffix: str) -> Path:
    match = re.fullmatch(r"(.*)\.(\d+)\.node", source.name)
    stem = f"{match[1]}.{int(match[2]) + 1}" if match else f"{source.stem}.1"
    return source.with_name(f"{stem}.{suffix}")


def _write(path: Path, header: str, rows: Iterable[str]) -> None:
    write_text(path, "\n".join([header, *rows]) + "\n")


def _fail(message: str) -> int:
    print(f"triangle: {message}", file=sys.stderr)  # noqa: T201
    return 1


if __name__ == "__main__":
    sys.exit(main())
