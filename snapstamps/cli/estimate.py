"""``snapstamps estimate``: time, memory and disk of every stage before anything runs, and what it then took."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING

import typer

from snapstamps.cli.common import HERE, AsJson, Cluster, ProjectFolder, Settings, Workers, open_project, work_settings

if TYPE_CHECKING:
    from snapstamps.pipeline.estimate import Estimate
    from snapstamps.pipeline.stage_estimate import StageEstimate


def estimate(
    project: ProjectFolder = HERE,
    *,
    workers: Workers = None,
    cluster: Cluster = None,
    as_json: AsJson = False,
    settings: Settings = None,
) -> None:
    """
    Tell what the project will take: time, memory and disk per stage; after a run, beside what it took.

    Example: snapstamps estimate -C my-area --workers 8
    """
    from snapstamps.pipeline.estimate import estimate_project

    found = estimate_project(open_project(project, work_settings(settings, cluster=cluster, workers=workers)))
    if as_json:
        typer.echo(json.dumps(_content(found), indent=2, ensure_ascii=False))
        return
    size = found.size
    typer.echo(
        f"{size.pixels:,} pixels, {size.dates} dates, {size.candidates:,} candidates in {size.patches} "
        f"{'patch' if size.patches == 1 else 'patches'}, {size.ps:,} PS; {found.workers} at a time; "
        f"speed {1 / found.speed:.2f} of the machine of the rates"
    )
    for note in size.notes:
        typer.echo(f"note: {note}")
    typer.echo(f"{'stage':<14} {'units':>6} {'work':>10} {'time':>10} {'memory':>9} {'disk':>9} {'took':>10}")
    for stage in found.stages:
        typer.echo(_line(stage))
    typer.echo(
        f"{'all':<14} {'':>6} {'':>10} {_duration(found.seconds):>10} {_size(found.memory):>9} {_size(found.disk):>9}"
    )
    for basis in dict.fromkeys(stage.basis for stage in found.stages):
        names = [stage.name for stage in found.stages if stage.basis == basis]
        typer.echo(f"from {basis}: {', '.join(names)}")
    if found.disk > found.free_disk:
        typer.echo(f"the disk has {_size(found.free_disk)} free: too little")


def _line(stage: "StageEstimate") -> str:
    took = "" if stage.happened is None else _duration(stage.happened)
    return (
        f"{stage.name:<14} {stage.units:>6} {_duration(stage.work):>10} {_duration(stage.seconds):>10} "
        f"{_size(stage.memory):>9} {_size(stage.disk):>9} {took:>10}"
    ).rstrip()


def _content(found: "Estimate") -> dict[str, object]:
    return {
        **asdict(found),
        "seconds": found.seconds,
        "memory": found.memory,
        "disk": found.disk,
    }


def _duration(seconds: float) -> str:
    """
    Return a time as people say it.

    Examples
    --------
    >>> [_duration(seconds) for seconds in (0.02, 7.6, 200, 9000, 400_000)]
    ['0.0 s', '7.6 s', '3.3 min', '2.5 h', '4.6 days']
    """
    for unit, length, limit in (("s", 1.0, 120.0), ("min", 60.0, 7200.0), ("h", 3600.0, 172_800.0)):
        if seconds < limit:
            return f"{seconds / length:.1f} {unit}"
    return f"{seconds / 86_400:.1f} days"


def _size(size: int) -> str:
    return f"{size / 1e9:.1f} GB" if size >= 1e8 else f"{size / 1e6:.0f} MB"
