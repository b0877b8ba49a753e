"""
StaMPS's parameters: their definitions, and the check of what a user sets.

``stamps_templates/parms.toml`` is the single source of names, types, defaults, bounds and explanations.
"""

import math
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from snapstamps.config.faults import Fault, error_of, nearest
from snapstamps.config.phrases import alternatives, bounded
from snapstamps.config.resources import resource
from snapstamps.config.toml_text import literal

ParmType = Literal["number", "integer", "flag", "choice", "text", "indexes", "pair"]
Value = float | int | str | list[float] | list[int]

PREFIX = "stamps.parms."
"""Where the parameters stand in ``snapstamps.toml``."""

_REMEDY = "`snapstamps params` explains all parameters"


class NotAllowedError(ValueError):
    """A parameter does not take this value."""


@dataclass(frozen=True)
class ParmDefinition:
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
        The words allowed; for ``indexes`` a word that may stand instead of the list.
    minimum, maximum : float or None
        Inclusive bounds, of every element of a list.
    multiple_of : int or None
        What a whole number must be a multiple of.
    from_data : bool
        Set by the candidates stage or by step 1 from the export, not by the user.
    """

    name: str
    type: ParmType
    default: Value
    unit: str
    explanation: str
    choices: tuple[str, ...] = ()
    minimum: float | None = None
    maximum: float | None = None
    multiple_of: int | None = None
    from_data: bool = False

    @property
    def allowed(self) -> str:
        """Return what values it takes, as a phrase with the unit."""
        words = alternatives([literal(word) for word in self.choices])
        match self.type:
            case "flag":
                return words or '"y" or "n"'
            case "choice":
                return words
            case "text":
                return "text"
            case "pair":
                phrase = self._bounded("two numbers")
            case "indexes":
                phrase = self._bounded("a list of whole numbers") + (f", or {words}" if words else "")
            case "integer":
                phrase = self._bounded("a whole number")
            case "number":
                phrase = self._bounded("a number")
        return phrase if self.unit == "-" else f"{phrase} ({self.unit})"

    def _bounded(self, noun: str) -> str:
        least, most = ("" if bound is None else literal(bound) for bound in (self.minimum, self.maximum))
        phrase = bounded(noun, least=least, most=most)
        return phrase if self.multiple_of is None else f"{phrase}, a multiple of {self.multiple_of}"


@cache
def parm_definitions() -> Mapping[str, ParmDefinition]:
    """Return all parameters that StaMPS knows, in the order of ``parms.toml``."""
    with resource("stamps_templates/parms.toml").open("rb") as stream:
        table = tomllib.load(stream)
    return {name: _definition(name, row) for name, row in table.items()}


def _definition(name: str, row: dict[str, Any]) -> ParmDefinition:
    raw = ParmDefinition(name=name, **{**row, "choices": tuple(row.get("choices", ()))})
    return ParmDefinition(**{**vars(raw), "default": convert(raw, raw.default)})


def parm_defaults() -> dict[str, Value]:
    """Return StaMPS's default of every parameter."""
    return {
        name: list(parm.default) if isinstance(parm.default, list) else parm.default
        for name, parm in parm_definitions().items()
    }


def same_value(one: object, other: object) -> bool:
    """Tell whether two values are equal; a value that is not a number equals itself."""
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return one == other


def check_value(name: str, value: object) -> Value:
    """
    Return a value of a parameter in StaMPS's own form.

    Words may be written in any case, and a flag as true or false; lists of positions are sorted.

    Parameters
    ----------
    name : str
        StaMPS's name.
    value : object
        As read from TOML.

    Raises
    ------
    InputError
        Naming the key, the value, what is allowed, and the nearest known key.

    Examples
    --------
    >>> check_value("select_method", "percent")
    'PERCENT'
    >>> check_value("unwrap_grid_size", 100)
    100.0
    """
    values, faults = sift({name: value}, from_data=True)
    if faults:
        raise error_of(faults, where=None, remedy=_REMEDY)
    return values[name]


def check_values(values: Mapping[str, object]) -> dict[str, Value]:
    """
    Return what a user set, in StaMPS's own form.

    Raises
    ------
    InputError
        With all faults: unknown names, values that are not allowed, and parameters that only the data set.
    """
    good, faults = sift(values)
    if faults:
        raise error_of(faults, where=None, remedy=_REMEDY)
    return good


def sift(values: Mapping[str, object], *, from_data: bool = False) -> tuple[dict[str, Value], list[Fault]]:
    """
    Separate the values that are allowed from those that are not.

    Parameters
    ----------
    values : mapping of str to object
        By StaMPS's names.
    from_data : bool
        Whether parameters that the data set are allowed too.

    Returns
    -------
    good : dict of str to value
        In StaMPS's own form.
    faults : list of Fault
        One for each of the others.
    """
    known = parm_definitions()
    good: dict[str, Value] = {}
    faults: list[Fault] = []
    for name, value in values.items():
        key = PREFIX + name
        if name not in known:
            settable = [parm.name for parm in known.values() if not parm.from_data]
            faults.append(Fault(key, "StaMPS has no such parameter", value, _nearest_key(name, settable)))
        elif known[name].from_data and not from_data:
            faults.append(Fault(key, "this comes from the data and cannot be set", value))
        else:
            try:
                good[name] = convert(known[name], value)
            except NotAllowedError:
                word = nearest(value, known[name].choices) if isinstance(value, str) else None
                hint = f"the nearest is {literal(word)}" if word else ""
                faults.append(Fault(key, f"must be {known[name].allowed}", value, hint))
    return good, faults


def _nearest_key(name: str, known: list[str]) -> str:
    match = nearest(name, known)
    return f"the nearest is {match}" if match else ""


def convert(parm: ParmDefinition, value: object) -> Value:
    """
    Return a value in the form in which StaMPS holds it.

    Raises
    ------
    NotAllowedError
        If the parameter does not take it.
    """
    return _CONVERTERS[parm.type](parm, value)


def _flag(parm: ParmDefinition, value: object) -> str:
    if isinstance(value, bool):
        value = "y" if value else "n"
    return _one_of(value, parm.choices or ("y", "n"))


def _choice(parm: ParmDefinition, value: object) -> str:
    return _one_of(value, parm.choices)


def _one_of(value: object, words: tuple[str, ...]) -> str:
    if isinstance(value, str):
        for word in words:
            if value.lower() == word.lower():
                return word
    raise NotAllowedError(value)


def _text(_parm: ParmDefinition, value: object) -> str:
    if isinstance(value, str) and value.isprintable():
        return value
    raise NotAllowedError(value)


def _number(parm: ParmDefinition, value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise NotAllowedError(value)
    try:
        number = float(value)
    except OverflowError:
        raise NotAllowedError(value) from None
    too_small = parm.minimum is not None and number < parm.minimum
    too_large = parm.maximum is not None and number > parm.maximum
    if too_small or too_large or (math.isnan(number) and not parm.from_data):
        raise NotAllowedError(value)
    return number


def _whole(parm: ParmDefinition, value: object) -> int:
    number = _number(parm, value)
    if not number.is_integer() or (parm.multiple_of is not None and number % parm.multiple_of):
        raise NotAllowedError(value)
    return int(number)


def _pair(parm: ParmDefinition, value: object) -> list[float]:
    if not isinstance(value, list | tuple) or len(value) != 2:
        raise NotAllowedError(value)
    return [_number(parm, item) for item in value]


def _indexes(parm: ParmDefinition, value: object) -> str | list[int]:
    if isinstance(value, str):
        return _one_of(value, parm.choices)
    if not isinstance(value, list | tuple):
        raise NotAllowedError(value)
    return sorted({_whole(parm, item) for item in value})


_CONVERTERS: Mapping[ParmType, Callable[[ParmDefinition, object], Value]] = {
    "flag": _flag,
    "choice": _choice,
    "text": _text,
    "integer": _whole,
    "number": _number,
    "pair": _pair,
    "indexes": _indexes,
}
