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
    from snapstamps.config.project import Project
    from snapstamps.snap.export_compare import BaselineComparison
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
    orbits: Annotated[
        Path | None,
        typer.Option(
            "--orbits",
            metavar="FOLDER",
            help="Split products, scenes or orbit files, which prove the sign of the baselines.",
            show_default="those of the project",
        ),
    ] = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """
    Check an export before anything is computed from it: files, dates, contents, headers, baselines.

    Where orbits are at hand, they tell whether the baselines have the sign that StaMPS expects.

    Exit code 0 without errors (warnings may remain), 4 with errors.

    Example: snapstamps check INSAR_20200304 --repair
    """
    from snapstamps.snap.gate import check_export
    from snapstamps.snap.repair import repair_export
    from snapstamps.snap.report_text import render_repairs, render_report
    from snapstamps.snap.sign_report import with_signs

    opened = None
    if folder is None:
        opened = open_project(project)
        folder = opened.export_folder
        configured = opened.options.stamps_export.product
        product = product or (opened.path_of(configured) if configured else None)
    repairs = repair_export(folder, product=product, dry_run=dry_run) if repair else ()
    with _progress_bar() as progress:
        report = check_export(folder, product=product, progress=progress)
    if not report.errors:
        comparison = _compare(folder, opened, orbits or product, correct=repair and not dry_run)
        report = report if comparison is None else with_signs(report, comparison)
    if as_json:
        _print_json({**report.as_dict(), "repairs": _plain(repairs), "dry_run": dry_run})
    else:
        if repair:
            typer.echo(render_repairs(repairs, dry_run=dry_run) + "\n")
        # echo takes the colours out again where nobody sees them
        typer.echo(render_report(report, emphasise=lambda text, kind: typer.style(text, fg=_COLOURS[kind], bold=True)))
    if report.errors:
        raise typer.Exit(DataError.exit_code)


def _compare(
    folder: Path, project: "Project | None", place: Path | None, *, correct: bool
) -> "BaselineComparison | None":
    """Compare the baselines with the orbits at hand, and correct them where that is proven and wished."""
    from snapstamps.model.errors import InputError
    from snapstamps.pipeline.baseline_sign import project_orbits
    from snapstamps.snap.export_compare import compare_baselines, correct_baselines
    from snapstamps.snap.export_orbits import orbits_in

    if place is not None and not place.exists():
        raise InputError("there is nothing to read orbits from", where=place)
    if place is not None:
        orbits = orbits_in(place, folder)
    else:
        orbits = {} if project is None else project_orbits(project)
        if not orbits:
            return None
    comparison = compare_baselines(folder, orbits)
    kept = project is not None and project.options.stamps_export.baselines == "keep"
    if correct and not kept and comparison.verdict == "flipped" and correct_baselines(comparison):
        return compare_baselines(folder, orbits)
    return comparison


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
