"""What all sections of ``snapstamps.toml`` share: their model, how an option is declared, sizes, and paths."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, Strict

LEAST_MEMORY = 64 * 2**20
"""Smallest size that an option of memory takes, bytes."""
_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


class Section(BaseModel):
    """No unknown keys, no other types, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)


def option(default: Any, description: str, *, unit: str = "-", allowed: str = "", **bounds: Any) -> Any:
    """Return a field with its explanation; ``allowed`` where the type does not say what it takes."""
    return Field(default, description=description, json_schema_extra={"unit": unit, "allowed": allowed}, **bounds)


def bytes_of(text: object) -> object:
    """
    Return the number of bytes of a size such as ``"2 GiB"``.

    Examples
    --------
    >>> bytes_of("2 GiB")
    2147483648
    """
    if not isinstance(text, str):
        return text
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    if match is None or match[2].upper() not in _UNITS:
        raise ValueError('a size is a number with a unit, such as "2 GiB" or "500 MB"')
    return int(Decimal(match[1]) * _UNITS[match[2].upper()])


def size_text(size: int) -> str:
    """
    Return a number of bytes as people write it, without loss.

    Examples
    --------
    >>> [size_text(n) for n in (2**31, 500 * 2**20, 1000)]
    ['2 GiB', '500 MiB', '1000 B']
    """
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size and size % factor == 0:
            return f"{size // factor} {unit}"
    return f"{size} B"


def path_or_none(text: object) -> object:
    """Return None for empty text, which stands for no path."""
    return None if text == "" else text


Size = Annotated[int, BeforeValidator(bytes_of), Field(ge=LEAST_MEMORY)]
OptionalPath = Annotated[Path | None, Strict(False), BeforeValidator(path_or_none)]
