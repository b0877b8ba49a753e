"""``snapstamps check``: is an export fit for StaMPS, and the repair of SNAP's headers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import HERE, SESSION, AsJson, DryRun, ProjectFolder, open_project
from snapstamps.model.errors import DataError

if TYPE_CHECKING:
    from snapstamps.snap.raster_scan import Progress
    from snapstamps.snap.repair import HeaderRepair

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}


def check(
    folder: Annotated[
        Path | None,
        typer.Argument(metavar="[INSAR_…]", help="The export folder that SNAP wrote; that of the project by default."),
    ] = None,
    *,
    project: ProjectFolder = HERE,
    repair: Annotated[
        bool, typer.Option("--repair", help="Correct SNAP's faulty headers; the originals stay as .orig.")
    ] = False,
    product: Annotated[
        Path | None,
        typer.Option("--product", metavar="FILE.dim", help="The exported SNAP product: knows the true pixel spacing."),
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """
    Check an export before anything is computed from it: files, dates, contents, baselines, headers.

    Exit code 0 without errors (warnings may remain), 4 with errors.

    Example: snapstamps check INSAR_20200304 --repair
    """
    from snapstamps.snap.gate import check_export
    from snapstamps.snap.repair import repair_export
    from snapstamps.snap.report_text import render_repairs, render_report

    if folder is None:
        opened = open_project(project)
        folder = opened.export_folder
        configured = opened.options.stamps_export.product
        product = product or (opened.path_of(configured) if configured else None)
    repairs = repair_export(folder, product=product, dry_run=dry_run) if repair else ()
    with _progress_bar() as progress:
        report = check_export(folder, product=product, progress=progress)
    if as_json:
        _print_json({**report.as_dict(), "repairs": _plain(repairs), "dry_run": dry_run})
    else:
        if repair:
            typer.echo(render_repairs(repairs, dry_run=dry_run) + "\n")
        # echo takes the colours out again where nobody sees them
        typer.echo(render_report(report, emphasise=lambda text, kind: typer.style(text, fg=_COLOURS[kind], bold=True)))
    if report.errors:
        raise typer.Exit(DataError.exit_code)


def _plain(repairs: tuple["HeaderRepair", ...]) -> list[dict[str, object]]:
    from dataclasses import asdict

    return [asdict(repair) for repair in repairs]


def _print_json(content: dict[str, object]) -> None:
    import json

    typer.echo(json.dumps(content, indent=2, ensure_ascii=False))


@contextmanager
def _progress_bar() -> Iterator["Progress"]:
    """Show the bytes read, on a terminal that did not ask for quiet."""
    if SESSION.quiet or not sys.stderr.isatty():
        from snapstamps.snap.gate import no_progress

        yield no_progress
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("reading the rasters"), BarColumn(), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
