"""
StaMPS's parameters: their definitions, their values, and what of them a step may see.

``stamps_templates/parms.toml`` is the single source of names, types, defaults and explanations.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import numpy as np

from snapstamps.config.resources import resource
from snapstamps.formats.mat import read_mat, text_of, write_mat
from snapstamps.stamps.steps import STEPS, Step

ParmType = Literal["number", "integer", "flag", "choice", "text", "indexes", "pair"]
Value = float | int | str | list[float] | list[int]


@dataclass(frozen=True)
class Parm:
    """
    The definition of one parameter.

    Attributes
    ----------
    name : str
        StaMPS's own name.
    type : str
        ``flag`` is "y" or "n"; ``indexes`` a list of positions from 1; ``pair`` two numbers.
    default : value
        StaMPS's default in PS mode.
    unit : str
        Physical unit, or ``-``.
    explanation : str
        One or two sentences.
    choices : tuple of str
        For ``choice``.
    minimum, maximum : float or None
        Inclusive bounds.
    from_data : bool
        Set by step 1 from the export's headers, not by the user.
    """

    name: str
    type: ParmType
    default: Value
    unit: str
    explanation: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    from_data: bool = False

    @property
    def steps(self) -> tuple[str, ...]:
        """Return the keys of the steps that listen to it."""
        return tuple(step.key for step in STEPS if self.name in step.parms)


@cache
def definitions() -> Mapping[str, Parm]:
    """Return all parameters that StaMPS knows, in the order of ``parms.toml``."""
    with resource("stamps_templates/parms.toml").open("rb") as stream:
        table = tomllib.load(stream)
    return {name: _definition(name, row) for name, row in table.items()}


def _definition(name: str, row: dict[str, Any]) -> Parm:
    return Parm(name=name, **{**row, "choices": tuple(row.get("choices", ()))})


def defaults() -> dict[str, Value]:
    """Return StaMPS's default of every parameter."""
    return {name: parm.default for name, parm in definitions().items()}


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

    def __iter__(self) -> Any:
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
        Values in Python's types: float or int, str, list.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    return {name: _to_python(name, value) for name, value in read_mat(path).items()}


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
