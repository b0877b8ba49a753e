"""``snapstamps profile``: where profiles differ."""

from dataclasses import asdict
from typing import Annotated

import typer

from snapstamps.cli.common import AsJson

profile = typer.Typer(name="profile", no_args_is_help=True, rich_markup_mode=None, help="Profiles of options.")


@profile.callback()
def _group() -> None:
    """Keep ``diff`` a command of its own, though it is the only one."""


@profile.command("diff")
def diff(
    one: Annotated[str, typer.Argument(metavar="A", help="Name of a profile.")],
    other: Annotated[
        str, typer.Argument(metavar="[B]", help="Name of another; stamps-defaults: StaMPS's own defaults.")
    ] = "stamps-defaults",
    as_json: AsJson = False,
) -> None:
    """
    Show where two profiles differ, or one profile and StaMPS's defaults, and where each value comes from.

    Example: snapstamps profile diff thai_nguyen_2022 yen_bai_2021
    """
    from snapstamps.cli.answers import print_json
    from snapstamps.config.profile_diff import profile_diff

    rows = profile_diff(one, other)
    if as_json:
        print_json([asdict(row) for row in rows])
        return
    if not rows:
        typer.echo(f"{one} and {other} do not differ")
    for row in rows:
        typer.echo(row.what)
        for name, value, origin in ((one, row.one, row.one_origin), (other, row.other, row.other_origin)):
            typer.echo(f"  {name:18} {value}" + (f"  [{origin}]" if origin else ""))
