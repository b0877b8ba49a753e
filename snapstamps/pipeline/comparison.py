"""Two runs held against each other: their StaMPS folders field by field, and the velocities that follow."""

from pathlib import Path

import numpy as np

from snapstamps.config.load import CONFIG_NAME
from snapstamps.config.project import Project
from snapstamps.kernels.arrays import FloatArray
from snapstamps.model.errors import InputError
from snapstamps.model.paths import expanded
from snapstamps.results.velocity import velocity
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.store import StampsStore
from snapstamps.stamps.verify import Comparison, MatchedRows, compare_folders

VELOCITY_WITHIN = 1e-3
"""Velocities that differ by no more than this are the same, mm/yr."""

_QUANTITY = "v-do"


def compare_runs(one: Path, other: Path) -> list[Comparison]:
    """
    Compare two runs.

    Parameters
    ----------
    one, other : Path
        Project folders, or StaMPS's working folders.

    Returns
    -------
    list of Comparison
        One for each field that at least one of them holds; last the velocity, where both have come that far.

    Raises
    ------
    InputError
        If a folder holds no results, or both are the same.
    """
    stores = [StampsStore(stamps_folder_of(path)) for path in (one, other)]
    if stores[0].path.resolve() == stores[1].path.resolve():
        raise InputError("both are the same folder", where=stores[0].path, remedy="two different runs")
    compared = compare_folders(stores[0], stores[1])
    velocities = [_velocity_of(store) for store in stores]
    if velocities[0] is not None and velocities[1] is not None:
        compared.append(_compare_velocities(MatchedRows(*stores), velocities[0], velocities[1]))
    return compared


def stamps_folder_of(path: Path) -> Path:
    """
    Return the StaMPS working folder that a user means.

    Parameters
    ----------
    path : Path
        A project folder, or the working folder itself.

    Raises
    ------
    InputError
        If there is no such folder.
    """
    path = expanded(path).absolute()
    if not path.is_dir():
        raise InputError("there is no such folder", where=path, remedy="a project, or its stamps folder")
    return Project.open(path).stamps_folder if (path / CONFIG_NAME).is_file() else path


def _velocity_of(store: StampsStore) -> FloatArray | None:
    """Return the velocity of every PS, or None where the steps have not come that far."""
    if not all(store.has(name) for name in ("ps2", "phuw2", "scla2", "ifgstd2", "parms")):
        return None
    if not store.read("phuw2", "ph_uw").ph_uw.any():
        return None
    return velocity(store, read_parms(store.file("parms")), quantity=_QUANTITY).velocity


def _compare_velocities(rows: MatchedRows, one: FloatArray, other: FloatArray) -> Comparison:
    of_one, of_other = rows.of("n_ps", 0, one), rows.of("n_ps", 1, other)
    if len(of_one) != len(of_other):
        note = f"{len(of_one)} and {len(of_other)} PS"
        return Comparison(".", "velocity", _QUANTITY, "shape", 0, None, 1, VELOCITY_WITHIN, same=False, note=note)
    difference = np.abs(of_one - of_other)
    beyond = int(np.count_nonzero(~(difference <= VELOCITY_WITHIN)))
    largest = float(difference.max(initial=0.0))
    return Comparison(
        ".", "velocity", _QUANTITY, "absolute", len(of_one), largest, beyond, VELOCITY_WITHIN, same=beyond == 0
    )
