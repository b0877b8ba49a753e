"""
What SNAP's operators accept, version by version; read from ``graphs/operators.toml``.

The templates ask it what they may write, the linter what a graph may hold. Where a version is newer than all that
the table knows, the newest one counts.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache
from typing import Any, Literal

from snapstamps.config.resources import resource
from snapstamps.model.errors import InputError
from snapstamps.model.snap_version import SnapVersion

Kind = Literal["text", "texts", "file", "integer", "number", "flag", "rectangle", "geometry", "nested"]

OLDEST = SnapVersion(7)
NEWEST = SnapVersion(14)
"""Versions that the table knows."""

EXTERNAL_DEM = "External DEM"
"""The name under which an own height model is used."""

_INTERVAL = re.compile(r"([\[(])\s*([^,]+?)\s*,\s*([^,]+?)\s*([\])])")


class Sources(Enum):
    """What an operator takes in."""

    NONE = "none"
    ONE = "one"
    MANY = "many"


@dataclass(frozen=True)
class Interval:
    """
    What a number may be.

    Attributes
    ----------
    low, high : float or None
        Bounds; None is no bound.
    open_low, open_high : bool
        Whether the bound itself is excluded.
    text : str
        As SNAP writes it.
    """

    low: float | None
    high: float | None
    open_low: bool
    open_high: bool
    text: str

    @classmethod
    def parse(cls, text: str) -> "Interval":
        """
        Read an interval such as ``(0, 1]`` or ``[1, *)``.

        Examples
        --------
        >>> interval = Interval.parse("(0, 1]")
        >>> [interval.holds(x) for x in (0.0, 0.5, 1.0, 1.1)]
        [False, True, True, False]
        """
        match = _INTERVAL.fullmatch(text)
        assert match is not None, text
        low, high = (None if bound == "*" else float(bound) for bound in match.group(2, 3))
        return cls(low, high, match[1] == "(", match[4] == ")", text)

    def holds(self, value: float) -> bool:
        """Tell whether a number lies inside."""
        above = self.low is None or value > self.low or (value == self.low and not self.open_low)
        below = self.high is None or value < self.high or (value == self.high and not self.open_high)
        return above and below


@dataclass(frozen=True)
class Parameter:
    """
    One parameter of an operator.

    Attributes
    ----------
    name : str
        Its XML element.
    field : str
        The Java field, which SNAP takes as a name, too.
    kind : str
        What its text must be.
    since : SnapVersion
        First version that has it.
    named_since : SnapVersion
        First version that knows `name`; before, only `field`.
    not_in : frozenset of int
        Later major versions that lack it.
    required : bool
        Whether the node is refused without it.
    defaults : tuple of (SnapVersion, str)
        Default from each version on; empty if it has none.
    values : tuple of (SnapVersion, str)
        Texts allowed, each with its first version; empty if any text is.
    interval : Interval or None
        Numbers allowed.
    meaning : str
        What it does; empty for operators that our graphs do not use.
    """

    name: str
    field: str
    kind: Kind
    since: SnapVersion
    named_since: SnapVersion
    not_in: frozenset[int]
    required: bool
    defaults: tuple[tuple[SnapVersion, str], ...]
    values: tuple[tuple[SnapVersion, str], ...]
    interval: Interval | None
    meaning: str

    def exists_in(self, version: SnapVersion) -> bool:
        """Tell whether a version has it."""
        return version >= self.since and version.major not in self.not_in

    def names_in(self, version: SnapVersion) -> tuple[str, ...]:
        """Return the element names that a version takes for it, the usual one first."""
        if not self.exists_in(version):
            return ()
        return tuple(dict.fromkeys((self.name, self.field) if version >= self.named_since else (self.field,)))

    def default_in(self, version: SnapVersion) -> str | None:
        """Return the default of a version, or None."""
        texts = [text for since, text in self.defaults if version >= since]
        return texts[-1] if texts else None

    def values_in(self, version: SnapVersion) -> tuple[str, ...]:
        """Return the texts that a version allows; empty if any."""
        return tuple(text for since, text in self.values if version >= since)


@dataclass(frozen=True)
class Operator:
    """
    One operator.

    Attributes
    ----------
    name : str
        As graphs name it.
    java_class : str
        As gpt's messages name it.
    since : SnapVersion
        First version that has it.
    sources : Sources
        How many products it takes.
    source_names : tuple of str
        Element names of its one source; empty if any name will do, or it has none.
    writes_itself : bool
        Whether gpt adds no Write behind it.
    parameters : mapping of str to Parameter
        By name.
    """

    name: str
    java_class: str
    since: SnapVersion
    sources: Sources
    source_names: tuple[str, ...]
    writes_itself: bool
    parameters: Mapping[str, Parameter]

    def parameter(self, element: str, version: SnapVersion) -> Parameter | None:
        """Return the parameter that a version finds under an element name, or None."""
        for parameter in self.parameters.values():
            if element in parameter.names_in(version):
                return parameter
        return None


@cache
def operators() -> Mapping[str, Operator]:
    """Return all operators of the table by name."""
    return {name: _operator(name, row) for name, row in _table()["operator"].items()}


@cache
def height_models() -> Mapping[str, SnapVersion]:
    """Return the height models, each with its first version; `EXTERNAL_DEM` is among them."""
    return {name: SnapVersion.parse(since) for name, since in _table()["dem"].items()}


def built_in_models(version: SnapVersion) -> tuple[str, ...]:
    """Return the height models that a version brings along."""
    return tuple(name for name, since in height_models().items() if version >= since and name != EXTERNAL_DEM)


def has_parameter(operator: str, parameter: str, version: SnapVersion) -> bool:
    """
    Tell whether an operator has a parameter in a version.

    Examples
    --------
    >>> esd = "Enhanced-Spectral-Diversity"
    >>> [has_parameter(esd, "esdEstimator", SnapVersion(major)) for major in (7, 8)]
    [False, True]
    """
    return operators()[operator].parameter(parameter, version) is not None


def require_supported(version: SnapVersion) -> None:
    """
    Stop where a version is older than all that is known.

    Raises
    ------
    InputError
        If it is.
    """
    if version < OLDEST:
        raise InputError(
            f"SNAP {version} is too old",
            why=f"what its operators accept is known from SNAP {OLDEST.major} on",
            remedy=f"install SNAP {NEWEST.major}, or any from {OLDEST.major} to {NEWEST.major}",
        )


@cache
def _table() -> dict[str, Any]:
    with resource("graphs/operators.toml").open("rb") as stream:
        return tomllib.load(stream)


def _operator(name: str, row: dict[str, Any]) -> Operator:
    names = [row[key] for key in ("source", "field") if key in row]
    return Operator(
        name=name,
        java_class=row["class"],
        since=_since(row, "since"),
        sources=Sources(row["sources"]),
        source_names=tuple(names),
        writes_itself=row.get("writes_itself", False),
        parameters={key: _parameter(key, value) for key, value in row.get("parameters", {}).items()},
    )


def _parameter(name: str, row: dict[str, Any]) -> Parameter:
    since = _since(row, "since")
    default = row.get("default", {})
    defaults = {str(since): default} if isinstance(default, str) else default
    values = [(OLDEST, text) for text in row.get("values", ())]
    values += [(SnapVersion.parse(first), text) for text, first in row.get("values_since", {}).items()]
    return Parameter(
        name=name,
        field=row.get("field", name),
        kind=row["type"],
        since=since,
        named_since=max(since, _since(row, "named_since")),
        not_in=frozenset(row.get("not_in", ())),
        required=row.get("required", False),
        defaults=tuple((SnapVersion.parse(first), text) for first, text in defaults.items()),
        values=tuple(values),
        interval=Interval.parse(row["interval"]) if "interval" in row else None,
        meaning=row.get("meaning", ""),
    )


def _since(row: dict[str, Any], key: str) -> SnapVersion:
    return SnapVersion.parse(row.get(key, str(OLDEST)))
