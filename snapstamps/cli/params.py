"""``snapstamps params``: StaMPS's parameters, what they are set to, and who listens."""

import json
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import AsJson

if TYPE_CHECKING:
    from rich.console import Console

    from snapstamps.config.project import Project


HEADINGS = ("name", "value", "default", "unit", "steps", "origin", "explanation")
WIDE = 140
"""Columns of a terminal from which on the explanation has room beside the values."""
DATA = "data"
"""Origin of what the candidates stage and step 1 set."""


@dataclass(frozen=True)
class Row:
    """
    One line of the table.

    Attributes
    ----------
    name : str
        StaMPS's name, or the dotted key of an option.
    value, default : object
        Number, text, truth value or list.
    unit : str
        Unit, or ``-``.
    steps : tuple of str
        Keys of the steps that listen; empty for options.
    origin : str
        ``default``, ``file``, an environment variable, or ``data``.
    explanation : str
        All that is said of it.
    """

    name: str
    value: object
    default: object
    unit: str
    steps: tuple[str, ...]
    origin: str
    explanation: str

    @property
    def is_changed(self) -> bool:
        """Tell whether a user set it to something else than the default."""
        return self.value != self.default and self.origin != DATA

    def fields(self) -> tuple[str, ...]:
        """Return all as text, in the order of the headings."""
        from snapstamps.config.toml_text import literal

        steps = ",".join(self.steps) or "-"
        return (self.name, literal(self.value), literal(self.default), self.unit, steps, self.origin, self.explanation)

    def line(self) -> str:
        """Return name, value and unit, and in brackets where the value comes from and who listens."""
        name, value, default, unit, _, origin, _ = self.fields()
        measure = "" if unit == "-" else f" {unit}"
        source = f"{origin}; default {default}" if self.is_changed else origin
        numbers = [key.split("_")[0] for key in self.steps]
        steps = f"; step{'s' if len(numbers) > 1 else ''} {', '.join(numbers)}" if numbers else ""
        return f"{name} = {value}{measure} ({source}{steps})"

    def plain(self) -> dict[str, object]:
        """Return all for JSON, which has no infinite numbers: these become text."""
        return {key: json_value(value) for key, value in vars(self).items()}


def params(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="NAME", help="Only these parameters or options, or all that begin so.")
    ] = None,
    show_all: Annotated[
        bool, typer.Option("--all", help="Also every option of snapstamps.toml, and where its value comes from.")
    ] = False,
    changed: Annotated[bool, typer.Option("--changed", help="Only what differs from the default.")] = False,
    as_json: AsJson = False,
    project_folder: Annotated[
        Path | None, typer.Option("-C", "--project", metavar="DIR", help="The project folder.", show_default="here")
    ] = None,
) -> None:
    """
    Show StaMPS's parameters: value, default, unit, the steps that listen, what they do.

    Example: snapstamps params unwrap_grid_size
    """
    from snapstamps.config.stamps_parms import PREFIX

    project = _project(project_folder)
    rows = [*(option_rows(project) if show_all or names else []), *parm_rows(project)]
    if names:
        rows = _named(rows, [name.removeprefix(PREFIX) for name in names])
    rows = [row for row in rows if row.is_changed] if changed else sorted(rows, key=lambda row: not row.is_changed)
    if as_json:
        typer.echo(json.dumps([row.plain() for row in rows], indent=2, ensure_ascii=False))
    elif sys.stdout.isatty():
        from rich.console import Console

        print_table(rows, Console(highlight=False), whole=bool(names))
    else:
        print_plain(rows)


def parm_rows(project: "Project | None") -> list[Row]:
    """Return a row for every StaMPS parameter; outside a project their values are the defaults."""
    from snapstamps.config.stamps_parms import PREFIX
    from snapstamps.stamps.parms import defaults, definitions

    values: Mapping[str, object] = defaults() if project is None else project.parms
    measured = {} if project is None else _values_from_data(project)
    rows = []
    for name, parm in definitions().items():
        origin = DATA if parm.from_data else "default" if project is None else project.origin(PREFIX + name)
        value = measured.get(name, values[name])
        rows.append(Row(name, value, parm.default, parm.unit, parm.steps, origin, parm.explanation))
    return rows


def option_rows(project: "Project | None") -> list[Row]:
    """Return a row for every option of ``snapstamps.toml``, StaMPS's parameters aside."""
    from snapstamps.config.describe import option_infos, value_in
    from snapstamps.config.options import Options

    options = Options() if project is None else project.options
    rows = []
    for info in option_infos().values():
        origin = "default" if project is None else project.origin(info.name)
        explanation = f"{info.description} Allowed: {info.allowed}."
        value, default = info.plain(value_in(options, info)), info.plain(info.default)
        unit = "-" if info.unit == "bytes" else info.unit
        rows.append(Row(info.name, value, default, unit, (), origin, explanation))
    return rows


def json_value(value: object) -> object:
    """
    Return a value as JSON can hold it.

    Examples
    --------
    >>> json_value([1.5, float("-inf")])
    [1.5, '-inf']
    """
    if isinstance(value, list | tuple):
        return [json_value(item) for item in value]
    return str(value) if isinstance(value, float) and not math.isfinite(value) else value


def print_plain(rows: Sequence[Row]) -> None:
    """Print one line per row, its fields apart by tabs, below a line of headings: made for other programs."""
    typer.echo("\t".join(HEADINGS))
    for row in rows:
        typer.echo("\t".join(row.fields()))


def print_table(rows: Sequence[Row], console: "Console", *, whole: bool = False) -> None:
    """
    Print the rows for people: as a table, or one below the other where the terminal is narrow.

    Parameters
    ----------
    rows : sequence of Row
        What to show; what differs from its default is bold.
    console : Console
        The terminal.
    whole : bool
        Whether the whole explanation is shown, or its first sentence.
    """
    from rich.padding import Padding
    from rich.table import Table
    from rich.text import Text

    table = Table(*HEADINGS, box=None, pad_edge=False)
    is_wide = console.width >= WIDE
    for row in rows:
        style = "bold" if row.is_changed else ""
        explanation = row.explanation if whole else row.explanation.split(". ")[0].rstrip(".")
        name, value, default, unit, _, origin, _ = row.fields()
        if is_wide:
            steps = " ".join(key.split("_")[0] for key in row.steps) or "-"
            table.add_row(*map(Text, (name, value, default, unit, steps, origin, explanation)), style=style)
        else:
            console.print(Text(row.line()), style=style)
            console.print(Padding(Text(explanation), (0, 0, 0, 4)))
    if is_wide:
        console.print(table)


def _project(folder: Path | None) -> "Project | None":
    """Return the project that is named, or the one of the current folder if it is one."""
    from snapstamps.config.load import CONFIG_NAME
    from snapstamps.config.project import Project

    if folder is None and not Path(CONFIG_NAME).is_file():
        return None
    return Project.open(folder or Path())


def _values_from_data(project: "Project") -> dict[str, object]:
    """Return the parameters that step 1 and the candidates stage have set so far."""
    from snapstamps.stamps.parms import definitions, read_parms

    path = project.stamps_folder / "parms.mat"
    stored = read_parms(path) if path.is_file() else {}
    return {name: value for name, value in stored.items() if name in definitions() and definitions()[name].from_data}


def _named(rows: Sequence[Row], names: Sequence[str]) -> list[Row]:
    """Return the rows of these names; one that is no name stands for all that begin with it."""
    from snapstamps.config.faults import nearest
    from snapstamps.model.errors import InputError

    chosen: dict[str, Row] = {}
    known = {row.name: row for row in rows}
    for name in names:
        found = {name: known[name]} if name in known else {k: row for k, row in known.items() if k.startswith(name)}
        if not found:
            match = nearest(name, known)
            raise InputError(
                f"there is no parameter {name}",
                why=f"the nearest is {match}" if match else None,
                remedy="`snapstamps params --all` lists every option and parameter",
            )
        chosen |= found
    return list(chosen.values())
