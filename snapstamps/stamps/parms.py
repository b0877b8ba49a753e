"""
StaMPS's parameters as the steps meet them: who listens, what a step may see, and ``parms.mat``.

Their definitions and the check of what a user sets stand in ``snapstamps.config.stamps_parms``.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.config.stamps_parms import ParmDefinition, Value, check_value, parm_defaults, parm_definitions
from snapstamps.formats.mat import read_mat, text_of, write_mat
from snapstamps.stamps.steps import STEPS, Step

__all__ = [
    "Parm",
    "ParmsView",
    "Value",
    "check_value",
    "defaults",
    "definitions",
    "names_by_step",
    "read_parms",
    "write_parms",
]


@dataclass(frozen=True)
class Parm(ParmDefinition):
    """The definition of one parameter, which knows the steps that listen to it."""

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the keys of the steps that listen to it."""
        return tuple(step.key for step in STEPS if self.name in step.parms)


@cache
def definitions() -> Mapping[str, Parm]:
    """Return all parameters that StaMPS knows, in the order of ``parms.toml``."""
    return {name: Parm(**vars(parm)) for name, parm in parm_definitions().items()}


def defaults() -> dict[str, Value]:
    """Return StaMPS's default of every parameter."""
    return parm_defaults()


def names_by_step() -> dict[str, tuple[str, ...]]:
    """
    Return the parameters that a user may set, each with the first step that listens to it.

    Returns
    -------
    dict of str to tuple of str
        Step key -> names, in the order of ``parms.toml``; those that no step uses are left out.
    """
    settable = [parm for parm in definitions().values() if not parm.from_data]
    groups = {
        step.key: tuple(parm.name for parm in settable if parm.steps and parm.steps[0] == step.key) for step in STEPS
    }
    return {key: names for key, names in groups.items() if names}


class ParmsView(Mapping[str, Any]):
    """
    The values that one step may see: those that its row declares, no others.

    So a parameter that a step does not declare cannot influence it, and changing the parameter makes
    stale exactly the steps that declare it.

    Parameters
    ----------
    values : mapping
        Values of all parameters.
    step : Step
        The row.
    """

    def __init__(self, values: Mapping[str, Any], step: Step) -> None:
        self._values = {name: values[name] for name in step.parms}
        self._step = step

    def __getitem__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise KeyError(f"step {self._step.key} does not declare the parameter {name!r}") from None

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def flag(self, name: str) -> bool:
        """Return a "y"/"n" parameter as a truth value."""
        return bool(self[name] == "y")


def write_parms(path: Path, values: Mapping[str, Any]) -> None:
    """
    Write ``parms.mat`` as StaMPS's setparm leaves it.

    Parameters
    ----------
    path : Path
        The file.
    values : mapping
        Parameters and their values; numbers become 1 x 1 double, pairs and index lists rows, ``[]`` 0 x 0.
    """
    write_mat(path, {name: _to_matlab(values[name]) for name in sorted(values)})


def read_parms(path: Path) -> dict[str, Any]:
    """
    Read ``parms.mat``.

    Returns
    -------
    dict
        Values in Python's types: float or int, str, list. What is neither numbers nor text is no parameter
        and is left out.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    stored = read_mat(path)
    return {name: _to_python(name, value) for name, value in stored.items() if value.dtype.kind in "Ubiuf"}


def _to_matlab(value: Any) -> Any:
    if isinstance(value, str):
        return value
    array = np.asarray(value, dtype=np.float64)
    if array.size == 0:
        return np.zeros((0, 0))
    return array.reshape(1, -1)


def _to_python(name: str, value: Any) -> Any:
    parm = definitions().get(name)
    if value.dtype.kind == "U":
        return text_of(value)
    numbers = [float(number) for number in np.asarray(value, dtype=np.float64).flat]
    if parm is not None and parm.type in {"indexes", "pair"}:
        return [int(number) for number in numbers] if parm.type == "indexes" else numbers
    if len(numbers) == 1:
        number = numbers[0]
        return int(number) if parm is not None and parm.type == "integer" and number.is_integer() else number
    return numbers
