"""The ``snapstamps.toml`` that a new project gets: every option explained, defaults commented out."""

import textwrap
from collections.abc import Mapping, Sequence

from snapstamps.config.describe import OptionInfo, option_infos, sections, value_in
from snapstamps.config.options import Options
from snapstamps.config.section import Section
from snapstamps.config.stamps_parms import ParmDefinition, parm_definitions, same_value
from snapstamps.config.toml_text import literal

WIDTH = 100
"""Columns of the comments."""

_HEADER = """\
# snapstamps.toml: the options of this project.
#
# A line that begins with "#" and a key shows a default: remove the "#" to change it. The command
# line and the environment (SNAPSTAMPS_SECTION__KEY=value) go before this file.
# `snapstamps params --all` shows every value and where it comes from.
"""

_PARMS_HEADER = """\
[stamps.parms]
# StaMPS's own parameters, by its own names; flags are "y" or "n". Its defaults stand under the step
# that listens first; `snapstamps params NAME` explains one of them. A change makes only those steps
# run again that listen to it, and what follows them."""


def commented_file(options: Options, *, parms_by_step: Mapping[str, Sequence[str]] | None = None) -> str:
    """
    Return a configuration file that gives exactly these options when it is loaded.

    Parameters
    ----------
    options : Options
        What the file is to say. Values that differ from their default are written, the others commented out.
    parms_by_step : mapping of str to sequence of str, optional
        Heading -> names of StaMPS parameters shown as examples below it. Default: none are shown.

    Returns
    -------
    str
        TOML text.
    """
    parts = [_HEADER]
    for section, model in sections().items():
        parts.append(_section(section, model, options))
        if section == "stamps":
            parts.append(_parms(options, parms_by_step or {}))
    return "\n".join(parts)


def _section(section: str, model: type[Section], options: Options) -> str:
    entries = [_entry(info, value_in(options, info)) for info in option_infos().values() if info.section == section]
    return "\n".join([f"[{section}]", *_comment(model.__doc__ or ""), "", *entries])


def _entry(info: OptionInfo, value: object) -> str:
    """Return one option: its explanation, what is allowed, and the value."""
    mark = "#" if same_value(value, info.default) else ""
    allowed = f"Allowed: {info.allowed}. Default: {info.text(info.default)}."
    return "\n".join([*_comment(info.description), *_comment(allowed), f"{mark}{info.key} = {info.text(value)}", ""])


def _parms(options: Options, parms_by_step: Mapping[str, Sequence[str]]) -> str:
    chosen = options.stamps.parms
    blocks = [_aligned(chosen, mark="")] if chosen else []
    for heading, names in parms_by_step.items():
        shown = {name: parm_definitions()[name].default for name in names if name not in chosen}
        blocks.append(f"# {heading}\n{_aligned(shown, mark='#')}")
    return "\n\n".join([_PARMS_HEADER, *blocks]) + "\n"


def _aligned(values: Mapping[str, object], *, mark: str) -> str:
    """Return one line per parameter, with its unit and first sentence as the comment."""
    entries = {name: f"{mark}{name} = {literal(value)}" for name, value in values.items()}
    width = max((len(entry) for entry in entries.values()), default=0)
    return "\n".join(f"{entry:{width}}  # {_meaning(parm_definitions()[name])}" for name, entry in entries.items())


def _meaning(parm: ParmDefinition) -> str:
    unit = "" if parm.unit == "-" else f"{parm.unit}: "
    return unit + parm.explanation.split(". ")[0].rstrip(".")


def _comment(text: str) -> list[str]:
    return textwrap.wrap(
        " ".join(text.split()),
        WIDTH,
        initial_indent="# ",
        subsequent_indent="# ",
        break_long_words=False,
        break_on_hyphens=False,
    )
