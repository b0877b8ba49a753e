"""``snapstamps graph``: the graphs that SNAP runs; show ours with explanations, and check any."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import HERE, AsJson, ProjectFolder, open_project
from snapstamps.model.errors import DataError, InputError

if TYPE_CHECKING:
    from datetime import date

    from snapstamps.config.project import Project
    from snapstamps.external.gpt import SnapInstallation
    from snapstamps.model.snap_version import SnapVersion
    from snapstamps.pipeline.snap_show import PlannedRun
    from snapstamps.snap.jobs import Job

graph = typer.Typer(
    name="graph",
    no_args_is_help=True,
    help="The graphs that SNAP runs: show ours with an explanation of each node, and check any graph.",
)

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}
_PAIR = re.compile(r"(\d{8})_(\d{8})")
_TYPICAL_PAIR, _TYPICAL_SWATH = "20200304_20200316", "IW2:1-3"
_SWATH = re.compile(r"([A-Z]{2}\d)(?::(\d+)(?:-(\d+))?)?")

SnapVersionOption = Annotated[
    str | None,
    typer.Option(
        "--snap-version", metavar="V", help="Such as 9.0 or 13.0.1.", show_default="the SNAP that is installed"
    ),
]


@graph.command(no_args_is_help=True)
def show(
    stage: Annotated[
        str, typer.Argument(metavar="STAGE", help="split, coregister, merge, stamps_export, or stripmap.")
    ],
    *,
    project: ProjectFolder = HERE,
    pair: Annotated[
        str | None,
        typer.Option(
            "--pair",
            metavar="MASTER_SLAVE",
            help="Two dates, YYYYMMDD_YYYYMMDD.",
            show_default=f"the project's first pair, else {_TYPICAL_PAIR}",
        ),
    ] = None,
    swaths: Annotated[
        list[str] | None,
        typer.Option(
            "--swath",
            metavar="IWn[:FIRST-LAST]",
            help="Sub-swath, with its bursts; repeatable.",
            show_default=f"the project's, else {_TYPICAL_SWATH}",
        ),
    ] = None,
    polarisation: Annotated[
        str | None, typer.Option("--polarisation", help="VV, VH, HH or HV.", show_default="the project's, else VV")
    ] = None,
    aoi: Annotated[
        str | None,
        typer.Option("--aoi", metavar="AREA", help="What the pair is cut to.", show_default="the project's, else none"),
    ] = None,
    dem: Annotated[
        str | None,
        typer.Option("--dem", metavar="NAME", help="SNAP's name of a height model.", show_default="the project's"),
    ] = None,
    scenes: Annotated[
        list[Path] | None,
        typer.Option(
            "--scene",
            metavar="FILE",
            help="What split reads (a slice), or stripmap (the master's product, then the slave's); repeatable.",
        ),
    ] = None,
    snap_version: SnapVersionOption = None,
    xml_only: Annotated[bool, typer.Option("--xml", help="Print the graph only, ready for gpt.")] = False,
) -> None:
    """
    Print the graph of a stage for one pair, and explain each of its nodes.

    In a project with scenes it is what would run there, unless an option asks for something else.

    Example: snapstamps graph show coregister --pair 20200304_20200316 --swath IW2:3-5 --snap-version 13.0.1
    """
    from snapstamps.snap.explain import explain_graph, explanation_text
    from snapstamps.snap.graph import parse_graph
    from snapstamps.snap.render import render_graph
    from snapstamps.snap.stages import stage_named

    opened = _project(project)
    snap, version, origin = _snap(snap_version, opened)
    days = None if pair is None else _days(pair)
    planned = None
    if not (polarisation or aoi or dem or scenes or any(":" in swath for swath in swaths or [])):
        planned = _planned(opened, stage, days, swaths, snap)
    job = planned.job if planned else _sketched(opened, project, stage, days, swaths, scenes, (polarisation, aoi, dem))
    text = render_graph(job, version)
    if xml_only:
        typer.echo(text, nl=False)
        return
    row = stage_named("coregister" if stage == "stripmap" else stage)
    typer.echo(f"{stage}, one run of gpt per {row.grain.value}, for SNAP {version} ({origin})")
    typer.echo(f"{row.sentence}\n")
    if planned:
        typer.echo(f"# {planned.unit}\n{planned.command}\n")
    typer.echo(text)
    typer.echo(explanation_text(explain_graph(parse_graph(text), version)))


@graph.command(no_args_is_help=True)
def lint(
    file: Annotated[Path, typer.Argument(metavar="FILE.xml", help="The graph, ours or any other.")],
    *,
    snap_version: SnapVersionOption = None,
    as_json: AsJson = False,
) -> None:
    """
    Check a graph against what a version of SNAP accepts, and what it would do without a word.

    Exit code 0 without errors (warnings may remain), 4 with errors.

    Example: snapstamps graph lint my_graph.xml --snap-version 13.0.1
    """
    from snapstamps.snap.lint import lint_file

    _, version, origin = _snap(snap_version, None)
    report = lint_file(file, version)
    if as_json:
        import json

        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
    else:
        for line in report.text().splitlines():
            severity, sign, rest = line.partition(": ")
            coloured = sign and severity in _COLOURS
            typer.echo(typer.style(severity, fg=_COLOURS[severity], bold=True) + sign + rest if coloured else line)
        if snap_version is None:
            typer.echo(f"(SNAP {version}: {origin})")
    if report.errors:
        raise typer.Exit(DataError.exit_code)


def _project(folder: Path) -> "Project | None":
    """Return the project of a folder, or None where it is none."""
    from snapstamps.config.load import CONFIG_NAME

    return open_project(folder) if (folder / CONFIG_NAME).is_file() else None


def _snap(given: str | None, project: "Project | None") -> "tuple[SnapInstallation | None, SnapVersion, str]":
    """Return the SNAP that is installed, the version that counts, and where that comes from."""
    from snapstamps.external.gpt import find_snap
    from snapstamps.model.errors import ToolError
    from snapstamps.model.snap_version import SnapVersion
    from snapstamps.pipeline.snap_workshop import installed_snap
    from snapstamps.snap.operators import NEWEST

    if given is not None:
        return None, SnapVersion.parse(given), "as asked"
    try:
        found = find_snap() if project is None else installed_snap(project)
    except ToolError:
        return None, NEWEST, "no SNAP is installed here, so the newest one known"
    return found, found.version, "the one installed here"


def _planned(
    project: "Project | None",
    stage: str,
    days: "tuple[date, date] | None",
    swaths: list[str] | None,
    snap: "SnapInstallation | None",
) -> "PlannedRun | None":
    """Return what the project would run; None where there is no project with scenes."""
    from snapstamps.model.units import yyyymmdd
    from snapstamps.pipeline.snap_show import plan_of, planned_run
    from snapstamps.pipeline.snap_units import SNAP_STAGE_NAMES

    plan = None if project is None or stage not in SNAP_STAGE_NAMES else plan_of(project)
    if project is None or plan is None:
        return None
    if days is not None and days[0] != plan.master:
        raise InputError(
            f"the master of this project is {yyyymmdd(plan.master)}", why=plan.reason, remedy="name it first in --pair"
        )
    swath = swaths[0] if swaths else None
    return planned_run(project, plan, snap, stage=stage, slave=days[1] if days else None, swath=swath)


def _sketched(
    project: "Project | None",
    folder: Path,
    stage: str,
    days: "tuple[date, date] | None",
    swaths: list[str] | None,
    files: list[Path] | None,
    choices: tuple[str | None, str | None, str | None],
) -> "Job":
    """Return the job of a pair for which there is no plan, or another one than the project's."""
    from snapstamps.config.scene_options import ScenesOptions
    from snapstamps.config.snap_options import SnapOptions
    from snapstamps.snap.aoi import read_aoi
    from snapstamps.snap.sketch import Sketch, sketched_job

    polarisation, aoi, dem = choices
    master, slave = days or _days(_TYPICAL_PAIR)
    text, base = (aoi, Path.cwd()) if aoi or project is None else (project.options.project.aoi, project.folder)
    area = read_aoi(text, folder=base) if text else None
    sketch = Sketch(
        master,
        slave,
        dict(map(_cut, swaths or [_TYPICAL_SWATH])),
        area.hull_wkt if area else "",
        polarisation,
        dem,
        tuple(path.absolute() for path in files or []),
    )
    scenes, snap = (project.options.scenes, project.options.snap) if project else (ScenesOptions(), SnapOptions())
    return sketched_job(sketch, stage, folder.absolute(), scenes, snap)


def _days(pair: str) -> "tuple[date, date]":
    """Read the two dates of a pair."""
    from snapstamps.model.units import parse_yyyymmdd

    match = _PAIR.fullmatch(pair)
    try:
        days = [parse_yyyymmdd(text) for text in match.groups()] if match else []
    except ValueError:
        days = []
    if not days or days[0] == days[1]:
        raise InputError(f"{pair!r} is not a pair", where="--pair", remedy=f"two dates, such as {_TYPICAL_PAIR}")
    return days[0], days[1]


def _cut(text: str) -> tuple[str, tuple[int, int]]:
    """Read a sub-swath with its bursts, such as ``IW2:3-5``."""
    match = _SWATH.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is not a sub-swath", where="--swath", remedy="such as IW2 or IW2:3-5")
    first = int(match[2] or 1)
    return match[1], (first, int(match[3] or match[2] or 3))
