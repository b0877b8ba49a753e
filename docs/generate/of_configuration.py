"""The pages of the options and of StaMPS's parameters, from their definitions."""

from collections.abc import Mapping

from md_table import code, plain, table

from snapstamps.config.describe import option_infos, sections
from snapstamps.config.toml_text import literal
from snapstamps.stamps.parms import Parm, definitions
from snapstamps.stamps.steps import STEPS


def options() -> str:
    """Return one table per section of ``snapstamps.toml``."""
    parts = []
    for section, model in sections().items():
        rows = [
            (code(info.key), code(info.text(info.default)), info.allowed, info.description)
            for info in option_infos().values()
            if info.section == section
        ]
        parts += [f"## [{section}]\n", plain(model.__doc__ or "") + "\n", table(_OPTION_HEADINGS, rows) + "\n"]
    return "\n".join(parts)


def parameters() -> str:
    """Return the parameters under the first step that listens, then those of no step, then those of the data."""
    known = definitions()
    settable = {name: parm for name, parm in known.items() if not parm.from_data}
    parts = []
    for step in STEPS:
        mine = {name: parm for name, parm in settable.items() if parm.steps and parm.steps[0] == step.key}
        if mine:
            parts += [f"## First heard by step {step.key.replace('_', ' ')}\n", parameter_table(mine) + "\n"]
    unused = {name: parm for name, parm in settable.items() if not parm.steps}
    given = {name: parm for name, parm in known.items() if parm.from_data}
    parts += ["## Heard by no step of the native engine\n", _WHY_UNUSED, parameter_table(unused) + "\n"]
    parts += ["## Set by the data\n", _WHY_GIVEN, parameter_table(given) + "\n"]
    return "\n".join(parts)


def parameter_table(parms: Mapping[str, Parm]) -> str:
    """Return a table of parameters."""
    rows = [
        (code(name), code(literal(parm.default)), parm.allowed, _steps(parm), parm.explanation)
        for name, parm in parms.items()
    ]
    return table(_PARAMETER_HEADINGS, rows)


_OPTION_HEADINGS = ("option", "default", "allowed", "meaning")
_PARAMETER_HEADINGS = ("parameter", "default", "allowed", "steps", "meaning")
_WHY_UNUSED = (
    "They are known, so that a `parms.mat` with them is taken over, and so that real StaMPS finds them. "
    "They change nothing here, or only the results: the reference belongs to the export as well.\n"
)
_WHY_GIVEN = "They come from the export and cannot be set.\n"


def _steps(parm: Parm) -> str:
    return ", ".join(dict.fromkeys(key.split("_")[0] for key in parm.steps)) or "-"
