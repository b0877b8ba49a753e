"""``snapstamps watch``: unusual movement in the time series."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.answers import ResultsFile, print_files, print_json, print_rows, results_file
from snapstamps.cli.common import HERE, AsJson, ProjectFolder

if TYPE_CHECKING:
    from snapstamps.results.watch import Season, Watch

_COLUMNS = {
    "id": "d", "kind": "", "since": "", "size": "+.1f", "size_std": ".1f", "unit": "", "p": ".1g", "q": ".2g",
    "neighbours": "d", "neighbours_alarmed": "d", "lon": ".5f", "lat": ".5f",
}  # fmt: skip
_SHOWN = 15
_CLEAR = 0.05


def watch(
    file: ResultsFile = None,
    *,
    project: ProjectFolder = HERE,
    rate: Annotated[
        float, typer.Option(min=1e-6, max=0.5, help="False alarms among PS that do nothing unusual (0.01: 1 in 100).")
    ] = 0.01,
    season: Annotated[
        str, typer.Option(help="Is a yearly wave usual? yes, no, or auto (yes from 24 dates over 1.75 years on).")
    ] = "auto",
    everything: Annotated[bool, typer.Option("--all", help="Write the PS without alarm too.")] = False,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.gpkg", help="Where the alarms go; watch.gpkg, beside the results.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Look for unusual movement: acceleration, change of rate, step, last dates off the fit; yearly waves are told too.

    Example: snapstamps watch --rate 0.001
    """
    from snapstamps.results.figures.sheet import write_sheet
    from snapstamps.results.measured import read_measured
    from snapstamps.results.watch import watch
    from snapstamps.results.watch_files import clearest, draw_watch, watch_row, write_watch

    measured = read_measured(results_file(file, project))
    found = watch(measured, rate=rate, season=_season(season))
    target = out or measured.path.with_name("watch.gpkg")
    write_watch(measured, found, target, everything=everything)
    files = [target, *write_sheet(draw_watch(measured, found), target.parent, target.stem, ["png"])]
    rows = [watch_row(measured, found, int(place)) for place in clearest(found)]
    if as_json:
        counts = {
            "watched": len(found.rows),
            "alarms": len(rows),
            "rate": rate,
            "expected_false_alarms": found.expected_false,
        }
        print_json({"alarmed": rows, **counts, "files": files})
        return
    print_rows(rows[:_SHOWN], _COLUMNS)
    _tell(found)
    print_files(files)


def _season(text: str) -> "Season":
    from snapstamps.model.errors import InputError

    match text:
        case "auto" | "yes" | "no":
            return text
    raise InputError(f"{text!r} is no answer", where="--season", remedy="yes, no or auto")


def _tell(found: "Watch") -> None:
    """Say what the number of alarms means."""
    alarms, noise = int(found.alarm.sum()), found.noise
    typer.echo(
        f"{alarms:,} of {len(found.rows):,} PS alarmed at a rate of {found.rate:g}: about {found.expected_false:,.1f} "
        "would be, if nothing were unusual anywhere"
    )
    clear = int((found.q <= _CLEAR).sum())
    typer.echo(f"{clear:,} stand out among all PS taken together (false-discovery rate {_CLEAR:g}, column q)")
    correlated = (
        f"{noise.share:.0%} correlated over {noise.days:.0f} days" if noise.share else "independent from date to date"
    )
    typer.echo(f"noise: {correlated}; usual: a line{' and a yearly wave' if found.seasonal else ''}")
