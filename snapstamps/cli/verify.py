"""``snapstamps verify``: two runs held against each other."""

import json
from dataclasses import asdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import AsJson

if TYPE_CHECKING:
    from snapstamps.stamps.verify import Comparison

DIFFERENT = 4
"""Exit code where the runs differ."""


def verify(
    one: Annotated[Path, typer.Argument(metavar="RUN_A", help="A project folder, or a StaMPS working folder.")],
    other: Annotated[Path, typer.Argument(metavar="RUN_B", help="Another one.")],
    *,
    fields: Annotated[bool, typer.Option("--all", help="Show every field, not only what differs.")] = False,
    as_json: AsJson = False,
) -> None:
    """
    Compare the results of two runs field by field; exit code 4 where they differ.

    PS are matched by their pixels, phase counts modulo 2 pi, unwrapped phase up to a constant per interferogram.

    Example: snapstamps verify my-area old-work
    """
    from snapstamps.pipeline.comparison import compare_runs

    compared = compare_runs(one, other)
    same = all(comparison.same for comparison in compared)
    if as_json:
        typer.echo(json.dumps({"same": same, "fields": [asdict(row) for row in compared]}, indent=2))
    else:
        typer.echo(_table(compared, fields=fields))
        count = sum(not comparison.same for comparison in compared)
        typer.echo("the results are the same" if same else f"{count} of {len(compared)} fields differ")
    if not same:
        raise typer.Exit(DIFFERENT)


def _table(compared: "list[Comparison]", *, fields: bool) -> str:
    """Return one line for each artefact, and below it one for each field that is asked for or differs."""
    lines = [f"{'place':<9} {'artefact':<14} {'fields':>6} {'values':>11} {'largest share of its tolerance':>31}"]
    for (place, artefact), group in groupby(compared, key=lambda row: (row.place, row.artefact)):
        rows = list(group)
        values = sum(row.n for row in rows)
        verdict = "same" if all(row.same for row in rows) else "DIFFERENT"
        lines.append(f"{place:<9} {artefact:<14} {len(rows):>6} {values:>11,} {_worst(rows):>31}  {verdict}")
        lines += [_line(row) for row in rows if fields or not row.same]
    return "\n".join(lines)


def _worst(rows: "list[Comparison]") -> str:
    """Return the largest difference as a share of what is allowed."""
    shares = [row.difference / row.within for row in rows if row.difference is not None and row.within > 0]
    if not shares:
        return ""
    worst = max(shares)
    return f"{worst:.1%}" if worst <= 10 else f"{worst:.2g} times"


def _line(row: "Comparison") -> str:
    difference = "" if row.difference is None else f"{row.difference:.2g}"
    limit = f"of {row.within:g}" if row.within else ""
    beyond = f"{row.beyond:,} of {row.n:,} beyond" if row.beyond else ""
    words = [f"{row.field:<20}", f"{row.kind:<10}", f"{difference:>9}", f"{limit:<11}", beyond, row.note]
    return ("          " + " ".join(words)).rstrip()
