"""``snapstamps doctor``: what is installed here, what it is for, and what to do about the rest."""

import json
from dataclasses import asdict
from itertools import groupby
from pathlib import Path

import typer

from snapstamps.cli.common import HERE, AsJson, ProjectFolder

MISSING = 3
"""Exit code where something is missing without which nothing goes."""

_SIGNS = {"found": "✓", "stand-in": "○", "absent": "·", "warning": "!", "missing": "✗"}


def doctor(project: ProjectFolder = HERE, *, as_json: AsJson = False) -> None:
    """
    Look for everything that snapstamps may use, and tell what to do about what is missing.

    Exit code 3 where something is missing without which nothing goes.

    Example: snapstamps doctor
    """
    from snapstamps.external.doctor import examine

    stamps, snap = _homes_of(project)
    findings = examine(project, stamps=stamps, snap=snap)
    if as_json:
        typer.echo(json.dumps([asdict(finding) for finding in findings], indent=2, ensure_ascii=False))
    else:
        for group, members in groupby(findings, key=lambda finding: finding.group):
            typer.echo(group)
            for finding in members:
                words = " ".join(word for word in (finding.version, finding.where) if word)
                typer.echo(f"  {_SIGNS[finding.status]} {finding.name:<16} {words or finding.status}")
                typer.echo(f"      {finding.purpose}" + (f"\n      Try: {finding.remedy}" if finding.remedy else ""))
        counts = {status: sum(finding.status == status for finding in findings) for status in _SIGNS}
        typer.echo(", ".join(f"{_SIGNS[status]} {count} {status}" for status, count in counts.items() if count))
    if any(finding.status == "missing" for finding in findings):
        raise typer.Exit(MISSING)


def _homes_of(folder: Path) -> tuple[Path | None, Path | None]:
    """Return ``[stamps] home`` and ``[snap] home`` of the project in a folder, if there is one."""
    from snapstamps.config.load import CONFIG_NAME
    from snapstamps.config.project import Project

    if not (folder / CONFIG_NAME).is_file():
        return None, None
    options = Project.open(folder).options
    return options.stamps.home, options.snap.home
