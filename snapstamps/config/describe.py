"""The options as a list: section, key, default, what is allowed; for the written file, the errors and the tables."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args, get_origin

import annotated_types
from pydantic.fields import FieldInfo

from snapstamps.config.options import Options
from snapstamps.config.phrases import alternatives, bounded
from snapstamps.config.section import Section, size_text
from snapstamps.config.toml_text import literal

PARMS_KEY = "parms"
"""The table inside [stamps] that holds StaMPS's parameters."""


@dataclass(frozen=True)
class OptionInfo:
    """
    What is known of one option.

    Attributes
    ----------
    section, key : str
        Where it stands in ``snapstamps.toml``.
    default : object
        Its default.
    unit : str
        Unit, or ``-``.
    allowed : str
        What it takes, as a phrase with the unit.
    description : str
        One or two sentences.
    """

    section: str
    key: str
    default: object
    unit: str
    allowed: str
    description: str

    @property
    def name(self) -> str:
        """Return the dotted key."""
        return f"{self.section}.{self.key}"

    def plain(self, value: object) -> object:
        """Return a value of this option in TOML's types, sizes with their unit."""
        if self.unit == "bytes" and isinstance(value, int):
            return size_text(value)
        if value is None or isinstance(value, Path):
            return str(value or "")
        return [str(item) if isinstance(item, Path) else item for item in value] if isinstance(value, tuple) else value

    def text(self, value: object) -> str:
        """Return a value of this option as TOML text."""
        return literal(self.plain(value))


def sections() -> dict[str, type[Section]]:
    """Return the models of all sections, in the order of the file."""
    return {name: type(field.default) for name, field in Options.model_fields.items()}


@cache
def option_infos() -> dict[str, OptionInfo]:
    """Return all options by their dotted keys, without StaMPS's own parameters."""
    infos = [
        _info(section, key, field)
        for section, model in sections().items()
        for key, field in model.model_fields.items()
        if key != PARMS_KEY
    ]
    return {info.name: info for info in infos}


def value_in(options: Options, info: OptionInfo) -> object:
    """Return the value that an option has."""
    return getattr(getattr(options, info.section), info.key)


def _info(section: str, key: str, field: FieldInfo) -> OptionInfo:
    extra: Any = field.json_schema_extra
    unit = "" if extra["unit"] in {"-", "bytes"} else f" ({extra['unit']})"
    allowed = (extra["allowed"] or _allowed(field)) + unit
    return OptionInfo(section, key, field.default, extra["unit"], allowed, field.description or "")


def _allowed(field: FieldInfo) -> str:
    """Return what a field takes, where its type and bounds say it."""
    if get_origin(field.annotation) is Literal:
        return alternatives([literal(word) for word in get_args(field.annotation)])
    if field.annotation is bool:
        return "true or false"
    nouns: dict[Any, str] = {int: "a whole number", float: "a number"}
    if field.annotation in nouns:
        return _bounded(nouns[field.annotation], field)
    return "text" if field.annotation is str else "a path"


def _bounded(noun: str, field: FieldInfo) -> str:
    bounds: dict[str, str] = {}
    for constraint in field.metadata:
        match constraint:
            case annotated_types.Gt():
                bounds["above"] = str(constraint.gt)
            case annotated_types.Ge():
                bounds["least"] = str(constraint.ge)
            case annotated_types.Le():
                bounds["most"] = str(constraint.le)
    return bounded(noun, **bounds)
