"""``snapstamps status``: what is done, what is stale and why, what is missing."""

import json
from typing import TYPE_CHECKING

import typer

from snapstamps.cli.common import HERE, AsJson, ProjectFolder, Settings, open_project

if TYPE_CHECKING:
    from snapstamps.pipeline.state import UnitState

_SIGNS = {"done": "✓", "stale": "~", "missing": "·"}


def status(project: ProjectFolder = HERE, *, as_json: AsJson = False, settings: Settings = None) -> None:
    """
    Show every unit of work: done, stale (and why), missing; PS counts; seconds.

    Example: snapstamps status -C my-area
    """
    from snapstamps.pipeline.runner import project_states

    states = project_states(open_project(project, settings))
    if as_json:
        typer.echo(json.dumps([_row(state) for state in states], indent=2, ensure_ascii=False))
        return
    width = max(22, *(len(state.unit.name) for state in states))
    for state in states:
        typer.echo(_line(state, width))
    left = sum(state.condition.value != "done" for state in states)
    if not any(state.unit.name == "candidates" for state in states):
        typer.echo("  the pairs follow when there is a plan of them")
    elif not any(state.unit.step for state in states):
        typer.echo("  the steps follow when the candidates have made their patches")
    typer.echo("everything is done" if not left else f"{left} of {len(states)} to do: snapstamps run")


def _row(state: "UnitState") -> dict[str, object]:
    record = state.record
    return {
        "unit": state.unit.name,
        "stage": state.unit.stage,
        "state": state.condition.value,
        "reason": state.reason,
        "engine": record.engine if record else None,
        "counts": record.counts if record else {},
        "seconds": record.seconds if record else None,
        "peak_memory": record.peak_memory if record else None,
        "ended": record.started if record else None,
        "notes": record.notes if record else [],
    }


def _line(state: "UnitState", width: int) -> str:
    from snapstamps.pipeline.state import LEFT_OUT

    record = state.record
    sign = _SIGNS[state.condition.value]
    if record is None:
        return f"{sign} {state.unit.name:<{width}} {state.reason}"
    if record.engine == LEFT_OUT and not state.reason:
        return f"- {state.unit.name:<{width}} left out: {record.notes[0].splitlines()[0]}"
    counts = record.counts
    ps = f"{counts['ps_out']:>10,} PS" if "ps_out" in counts else " " * 13
    text = f"{sign} {state.unit.name:<{width}} {ps} {record.seconds:8.2f} s  {record.engine}"
    return f"{text}  ({state.reason})" if state.reason else text
