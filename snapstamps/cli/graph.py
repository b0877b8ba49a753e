"""``snapstamps graph``: the graphs that SNAP runs; show ours with explanations, and check any."""

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import HERE, AsJson, ProjectFolder
from snapstamps.model.errors import DataError, InputError

if TYPE_CHECKING:
    from datetime import date

    from snapstamps.model.snap_version import SnapVersion
    from snapstamps.snap.chain import Chain
    from snapstamps.snap.jobs import Job

graph = typer.Typer(
    name="graph",
    no_args_is_help=True,
    help="The graphs that SNAP runs: show ours with an explanation of each node, and check any graph.",
)

_COLOURS = {"error": "red", "warning": "yellow", "info": "blue"}
_PAIR = re.compile(r"(\d{8})_(\d{8})")
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
        str, typer.Option("--pair", metavar="MASTER_SLAVE", help="Two dates, YYYYMMDD_YYYYMMDD.")
    ] = "20200304_20200316",
    swaths: Annotated[
        list[str] | None,
        typer.Option(
            "--swath",
            metavar="IWn[:FIRST-LAST]",
            help="Sub-swath, with its bursts; repeatable.",
            show_default="IW2:1-3",
        ),
    ] = None,
    polarisation: Annotated[str, typer.Option("--polarisation", help="VV, VH, HH or HV.")] = "VV",
    aoi: Annotated[str | None, typer.Option("--aoi", metavar="WKT", help="What the pair is cut to.")] = None,
    dem: Annotated[str | None, typer.Option("--dem", metavar="NAME", help="SNAP's name of a height model.")] = None,
    snap_version: SnapVersionOption = None,
    xml_only: Annotated[bool, typer.Option("--xml", help="Print the graph only, ready for gpt.")] = False,
) -> None:
    """
    Print the graph of a stage for one pair, and explain each of its nodes.

    Example: snapstamps graph show coregister --pair 20200304_20200316 --swath IW2:3-5 --snap-version 13.0.1
    """
    from snapstamps.snap.explain import explain_graph, explanation_text
    from snapstamps.snap.graph import parse_graph
    from snapstamps.snap.render import render_graph
    from snapstamps.snap.stages import stage_named

    version, origin = _version(snap_version)
    chain, slave = _chain(project, pair, swaths or ["IW2:1-3"], polarisation, aoi, dem)
    text = render_graph(_job(stage, chain, slave, swaths or ["IW2:1-3"]), version)
    if xml_only:
        typer.echo(text, nl=False)
        return
    row = stage_named("coregister" if stage == "stripmap" else stage)
    typer.echo(f"{stage}, one run of gpt per {row.grain.value}, for SNAP {version} ({origin})")
    typer.echo(f"{row.sentence}\n\n{text}")
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

    version, origin = _version(snap_version)
    report = lint_file(file, version)
    if as_json:
        import json

        typer.echo(json.dumps(report.as_dict(), indent=2, ensure_ascii=False))
    else:
        for line in report.text().splitlines():
            severity, sign, rest = line.partition(": ")
            coloured = sign and severity in _COLOURS
            typer.echo(typer.style(severity, fg=_COLOURS[severity], bold=True) + sign + rest if coloured else line)
        if origin:
            typer.echo(f"(SNAP {version}: {origin})")
    if report.errors:
        raise typer.Exit(DataError.exit_code)


def _version(given: str | None) -> "tuple[SnapVersion, str]":
    """Return the version that counts, and where it comes from."""
    from snapstamps.external.gpt import find_snap
    from snapstamps.model.errors import ToolError
    from snapstamps.model.snap_version import SnapVersion
    from snapstamps.snap.operators import NEWEST

    if given is not None:
        return SnapVersion.parse(given), "as asked"
    try:
        return find_snap().version, "the one installed here"
    except ToolError:
        return NEWEST, "no SNAP is installed here, so the newest one known"


def _chain(
    folder: Path, pair: str, swaths: list[str], polarisation: str, aoi: str | None, dem: str | None
) -> "tuple[Chain, date]":
    from snapstamps.config.scene_options import ScenesOptions
    from snapstamps.model.units import parse_yyyymmdd
    from snapstamps.snap.chain import Chain
    from snapstamps.snap.choices import GeoArea, HeightModel

    match = _PAIR.fullmatch(pair)
    try:
        days = [parse_yyyymmdd(text) for text in match.groups()] if match else []
    except ValueError:
        days = []
    if not days or days[0] == days[1]:
        raise InputError(f"{pair!r} is not a pair", where="--pair", remedy="two dates, such as 20200304_20200316")
    bursts = {name: last - first + 1 for name, first, last in map(_cut, swaths)}
    chain = Chain(
        folder=folder.absolute(),
        master=days[0],
        polarisation=polarisation,
        bursts=bursts,
        height_model=HeightModel(dem or ScenesOptions().dem),
        crop=None if aoi is None else GeoArea(aoi),
    )
    return chain, days[1]


def _cut(text: str) -> tuple[str, int, int]:
    """Read a sub-swath with its bursts, such as ``IW2:3-5``."""
    match = _SWATH.fullmatch(text)
    if match is None:
        raise InputError(f"{text!r} is not a sub-swath", where="--swath", remedy="such as IW2 or IW2:3-5")
    first = int(match[2] or 1)
    return match[1], first, int(match[3] or match[2] or 3)


def _job(stage: str, chain: "Chain", slave: "date", swaths: list[str]) -> "Job":
    """Return the job of a stage; scenes that nobody named get the name of a typical one."""
    from snapstamps.model.units import yyyymmdd
    from snapstamps.snap.chain import Cut
    from snapstamps.snap.jobs import StripmapJob
    from snapstamps.snap.stages import SNAP_STAGES

    match stage:
        case "split":
            day = yyyymmdd(slave)
            scenes = chain.folder / "scenes"
            found = tuple(sorted(scenes.glob(f"S1*_{day}T*"))) or (scenes / f"S1A_IW_SLC__1SDV_{day}.zip",)
            return chain.split_job(slave, found, {name: Cut(first, last) for name, first, last in map(_cut, swaths)})
        case "coregister":
            return chain.coregister_job(slave, chain.swaths[0])
        case "merge":
            return chain.merge_job(slave)
        case "stamps_export":
            return chain.stamps_export_job(slave)
        case "stripmap":
            master, other = (chain.folder / "scenes" / f"{yyyymmdd(day)}.xml" for day in (chain.master, slave))
            products = (chain.coregistered(slave), chain.interferogram(slave))
            return StripmapJob(master, other, chain.height_model, *products, chain.crop)
    known = ", ".join(row.name for row in SNAP_STAGES)
    raise InputError(f"there is no stage {stage!r}", remedy=f"one of {known}, or stripmap")
