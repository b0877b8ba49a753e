"""
The solvers of step 6 behind one interface, and which of them is taken.

Each interferogram is one task: it can be sent to another process, and it works in a folder of its own,
since snaphu's files have fixed names.
"""

import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from snapstamps.engines.base import RunContext, UnwrapSolver
from snapstamps.external.mcf import COMFORTABLE_CELLS, unwrap_by_flow
from snapstamps.external.snaphu import FILES, LOG, find_snaphu, snaphu_version, unwrap_by_snaphu
from snapstamps.kernels.arrays import FloatArray
from snapstamps.kernels.unwrap_cost import GridProblem
from snapstamps.model.errors import ToolError
from snapstamps.stamps.store import StampsStore

SCRATCH = ".unwrap-"
"""How the folders of the tasks begin; a killed run may leave some."""


@dataclass(frozen=True)
class Solver:
    """
    A solver ready to be used.

    Attributes
    ----------
    name : {"snaphu", "mcf"}
        Which one.
    executable : Path or None
        The program, for snaphu.
    """

    name: Literal["snaphu", "mcf"]
    executable: Path | None = None


@dataclass(frozen=True)
class UnwrapTask:
    """
    One interferogram to unwrap.

    Attributes
    ----------
    problem : GridProblem
        Its cells and costs.
    solver : Solver
        Who solves it.
    store : Path
        The StaMPS folder; the task's own folder is made in it.
    number : int
        Number of the interferogram, for the name of that folder.
    date : str
        Its date, for messages.
    keep_files : bool
        Leave snaphu's files in the StaMPS folder, as StaMPS does with those of the last interferogram.
    """

    problem: GridProblem
    solver: Solver
    store: Path
    number: int
    date: str
    keep_files: bool = False


def choose_solver(wish: UnwrapSolver, store: StampsStore, context: RunContext, *, n_cells: int) -> Solver:
    """
    Choose the solver, and note the choice for the journal and the report.

    Parameters
    ----------
    wish : {"auto", "snaphu", "mcf"}
        The option; "auto" is snaphu where it is found, else mcf.
    store : StampsStore
        The StaMPS folder.
    context : RunContext
        Takes the note.
    n_cells : int
        Cells of the grid.

    Returns
    -------
    Solver

    Raises
    ------
    ToolError
        If snaphu is demanded but not found.
    """
    executable = find_snaphu() if wish != "mcf" else None
    if executable is not None:
        version = snaphu_version(executable, store.path) or "of unknown version"
        context.note(f"unwrapping solver: snaphu {version} ({executable})")
        return Solver("snaphu", executable)
    if wish == "snaphu":
        raise ToolError(
            "snaphu is not found",
            where="stamps.unwrap_solver",
            why="there is no snaphu on PATH, and the PyPI package `snaphu` is not installed",
            remedy='`pip install snaphu` (free for non-commercial use), or stamps.unwrap_solver = "mcf"',
        )
    why = "" if wish == "mcf" else "; snaphu is not installed"
    context.note(f"unwrapping solver: the open minimum-cost flow of OR-tools (mcf{why})")
    if n_cells > COMFORTABLE_CELLS:
        context.log.warning(
            "the grid has %d cells; mcf is slow beyond %d: a larger stamps.parms.unwrap_grid_size, or snaphu",
            n_cells, COMFORTABLE_CELLS,
        )  # fmt: skip
    return Solver("mcf")


def unwrap_grid(task: UnwrapTask) -> FloatArray:
    """
    Unwrap one interferogram; fit to be sent to another process.

    Parameters
    ----------
    task : UnwrapTask
        The interferogram.

    Returns
    -------
    unwrapped : ndarray of float32, shape (n_i, n_j)
        Rad; the first cell lies in [0, 2π).

    Raises
    ------
    ToolError
        If the solver fails; the message names the date of the interferogram.
    """
    try:
        if task.solver.executable is None:
            return unwrap_by_flow(task.problem)
        return _unwrap_in_scratch(task, task.solver.executable)
    except ToolError as error:
        raise ToolError(
            f"interferogram {task.date} was not unwrapped: {error.what}",
            where=error.where,
            why=error.why,
            remedy=error.remedy,
        ) from error


def _unwrap_in_scratch(task: UnwrapTask, executable: Path) -> FloatArray:
    scratch = task.store / f"{SCRATCH}{task.number}"
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir()
    try:
        unwrapped = unwrap_by_snaphu(task.problem, executable=executable, folder=scratch)
        if task.keep_files:
            for name in (*FILES, LOG):
                (scratch / name).replace(task.store / name)
    except ToolError as error:
        raise _with_kept_log(error, scratch / LOG, task.store / LOG) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return unwrapped


def _with_kept_log(error: ToolError, log: Path, kept: Path) -> ToolError:
    """Move the log out of the scratch folder, and return the error that points to it there."""
    if not log.is_file():
        return error
    log.replace(kept)
    return ToolError(error.what, where=kept, why=error.why, remedy=error.remedy)


def remove_leftovers(store: StampsStore) -> None:
    """Delete what earlier or killed runs left: the tasks' folders, and snaphu's files."""
    for folder in store.path.glob(f"{SCRATCH}*"):
        shutil.rmtree(folder, ignore_errors=True)
    store.delete(*FILES, LOG)
