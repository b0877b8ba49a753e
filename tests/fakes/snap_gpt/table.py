"""What the stand-in accepts: its own reading of graphs/operators.toml, and of values as SNAP's converters read them."""

import re
import tomllib
from pathlib import Path

TABLE = Path(__file__).resolve().parents[3] / "graphs" / "operators.toml"
INTEGER_LIMITS = (-(2**31), 2**31 - 1)


class GptError(Exception):
    """What gpt prints behind `Error: `."""


def numbers(version: str) -> tuple[int, ...]:
    """13.0.1-RC1 as (13, 0, 1)."""
    found = [int(part) for part in re.split(r"[^0-9.]", version)[0].split(".") if part]
    return tuple([*found, 0, 0, 0][:3])


class Table:
    """The operators of one version."""

    def __init__(self, version: str) -> None:
        self.version = numbers(version)
        content = tomllib.loads(TABLE.read_text(encoding="utf-8"))
        self.models = {name for name, since in content["dem"].items() if self.version >= numbers(since)}
        self.operators = {
            name: row for name, row in content["operator"].items() if self.version >= numbers(row.get("since", "7"))
        }

    def parameters(self, operator: str) -> dict[str, tuple[str, dict]]:
        """Every element name that the version takes, with the name that it stands for and its row."""
        names: dict[str, tuple[str, dict]] = {}
        for name, row in self.operators[operator].get("parameters", {}).items():
            if self.version < numbers(row.get("since", "7")) or self.version[0] in row.get("not_in", ()):
                continue
            names[row.get("field", name)] = (name, row)
            if self.version >= numbers(row.get("named_since", "7")):
                names[name] = (name, row)
        return names

    def default(self, row: dict) -> str | None:
        given = row.get("default")
        if not isinstance(given, dict):
            return given
        value = None
        for since, text in given.items():
            if self.version >= numbers(since):
                value = text
        return value

    def convert(self, name: str, row: dict, text: str | None) -> object:
        """Turn an element's text into a value, as SNAP does: strictly for numbers, carelessly for booleans."""
        if text is None or text.strip() == "":
            if row.get("required"):
                raise GptError(f"Value for '{label(name)}' must be given.")
            return None
        text = text.strip()
        value: object = text
        kind = row["type"]
        if kind == "flag":
            return boolean(text)
        if kind == "integer":
            value = integer(text)
        elif kind == "number":
            value = double(text)
        elif kind == "rectangle":
            parts = [integer(part) for part in text.split(",")]
            if len(parts) != 4:
                raise GptError(f"'{text}' cannot be converted to a rectangle.")
            value = tuple(parts)
        elif kind == "geometry" and not re.match(r"\s*(MULTI)?(POLYGON|POINT|LINESTRING)|GEOMETRYCOLLECTION", text):
            raise GptError(f"'{text}' cannot be converted to a geometry.")
        self._check_allowed(name, row, text, value)
        return value

    def _check_allowed(self, name: str, row: dict, text: str, value: object) -> None:
        if "interval" in row and not inside(row["interval"], float(text)):
            raise GptError(f"Value for '{label(name)}' is out of range {row['interval'].replace(' ', '')}.")
        allowed = list(row.get("values", ()))
        allowed += [word for word, since in row.get("values_since", {}).items() if self.version >= numbers(since)]
        if not allowed:
            return
        same = {float(word) for word in allowed} if row["type"] in {"integer", "number"} else set(allowed)
        if (float(text) if row["type"] in {"integer", "number"} else value) not in same:
            raise GptError(f"Value for '{label(name)}' is invalid: '{text}'")


def label(name: str) -> str:
    """gpt's messages use a label: firstBurstIndex becomes First burst index."""
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return words[0].upper() + words[1:].lower()


def boolean(text: str) -> bool:
    if text.lower() == "true":
        return True
    try:
        return float(text) != 0
    except ValueError:
        return False


def integer(text: str) -> int:
    if not re.fullmatch(r"[+-]?\d+", text.strip()) or not INTEGER_LIMITS[0] <= int(text) <= INTEGER_LIMITS[1]:
        raise GptError(f"'{text}' cannot be converted to a integer.")
    return int(text)


def double(text: str) -> float:
    if not re.fullmatch(r"[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?)", text):
        raise GptError(f"'{text}' cannot be converted to a double.")
    return float(text.replace("Infinity", "inf").rstrip("fFdD") if text[-1] in "fFdD" else text)


def inside(interval: str, value: float) -> bool:
    low, high = interval[1:-1].split(",")
    if low.strip() != "*" and (value < float(low) or (value == float(low) and interval[0] == "(")):
        return False
    return high.strip() == "*" or value < float(high) or (value == float(high) and interval[-1] == "]")
