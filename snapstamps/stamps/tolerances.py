"""The rules by which two results count as the same: ``stamps_templates/tolerances.toml``."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from snapstamps.config.resources import resource
from snapstamps.stamps.artefacts import ARTEFACTS

Kind = Literal["exact", "absolute", "relative", "phase", "phasor", "unwrapped", "pixels", "apart"]


@dataclass(frozen=True)
class Rule:
    """
    When a field counts as the same.

    Attributes
    ----------
    kind : str
        How values are compared; the manifest explains the words.
    within : float
        Largest difference.
    share : float
        Part of the values that may differ more.
    columns : tuple of int
        Only these columns count, from 1; all if empty.
    why : str
        Why the field is not compared.
    """

    kind: Kind
    within: float = 0.0
    share: float = 0.0
    columns: tuple[int, ...] = ()
    why: str = ""


@cache
def tolerances() -> Mapping[str, Mapping[str, Rule]]:
    """
    Return the rule of every field of every artefact.

    Raises
    ------
    ValueError
        If the manifest and the registry of artefacts do not agree (a defect of the installation).
    """
    with resource("stamps_templates/tolerances.toml").open("rb") as stream:
        tables = tomllib.load(stream)
    rules = {artefact: {name: _rule(entry) for name, entry in table.items()} for artefact, table in tables.items()}
    for artefact, fields in ARTEFACTS.items():
        if {field.name for field in fields} != rules.get(artefact, {}).keys():
            raise ValueError(f"tolerances.toml does not have the fields of {artefact}")
    return rules


def _rule(entry: Mapping[str, object]) -> Rule:
    kind = entry["as"]
    if kind not in get_args(Kind):
        raise ValueError(f"tolerances.toml knows no comparison {kind!r}")
    return Rule(
        kind,  # type: ignore[arg-type]
        within=float(entry.get("within", 0.0)),  # type: ignore[arg-type]
        share=float(entry.get("share", 0.0)),  # type: ignore[arg-type]
        columns=tuple(entry.get("columns", ())),  # type: ignore[arg-type]
        why=str(entry.get("why", "")),
    )
