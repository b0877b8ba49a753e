"""``snapstamps explain``: what a step, parameter, file or term is, from the pages of the documentation."""

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import AsJson

if TYPE_CHECKING:
    from rich.console import Console

    from snapstamps.course.explain import Explanation
    from snapstamps.course.topics import Topic

_WIDEST = 110
"""Columns beyond which lines of prose are hard to read."""


def explain(
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="WHAT", help="A step (4, weed), stage, parameter, option, file, variable or term; none: list all."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Explain a step, stage, parameter, option, file or term: what, why, formula, which way, good and bad.

    Example: snapstamps explain unwrap_grid_size
    """
    from snapstamps.course.explain import explain as explain_topic
    from snapstamps.course.topics import find_topics, topics

    if not words:
        _list(topics(), as_json=as_json)
        return
    found = [explain_topic(topic) for topic in find_topics(" ".join(words))]
    if as_json:
        typer.echo(json.dumps([_as_dict(each) for each in found], indent=2, ensure_ascii=False))
    elif sys.stdout.isatty():
        from rich.console import Console

        console = Console()
        console.width = min(console.width, _WIDEST)
        for each in found:
            print_rich(each, console)
    else:
        typer.echo("\n\n".join(plain_text(each) for each in found))


def plain_text(explanation: "Explanation") -> str:
    """Return an explanation without colours or signs: for pipes and files."""
    from snapstamps.course.markdown import plain

    parts = [explanation.title, "=" * len(explanation.title)]
    for section in explanation.sections:
        heading = plain(section.heading)
        parts += ["", heading, "-" * len(heading), *([plain(section.text)] if section.text else [])]
    return "\n".join(parts)


def print_rich(explanation: "Explanation", console: "Console") -> None:
    """
    Print an explanation for people: headings, tables and formulas set.

    Parameters
    ----------
    explanation : Explanation
        What is told.
    console : Console
        The terminal.
    """
    from rich.markdown import Markdown
    from rich.padding import Padding
    from rich.text import Text

    from snapstamps.course.markdown import for_terminal, plain

    console.print(Text(explanation.title, style="bold reverse"))
    for section in explanation.sections:
        console.print()
        console.print(Text(plain(section.heading), style="bold cyan" if section.level <= 2 else "bold"))
        if section.text:
            console.print(Padding(Markdown(for_terminal(section.text), code_theme="ansi_dark"), (0, 0, 0, 2)))
    console.print()


def _as_dict(explanation: "Explanation") -> dict[str, object]:
    sections = [{"heading": section.heading, "markdown": section.text} for section in explanation.sections]
    topic = explanation.topic
    return {
        "name": topic.name,
        "kind": topic.kind.name.lower(),
        "title": explanation.title,
        "sections": sections,
        "page": explanation.page,
    }


def _list(known: "tuple[Topic, ...]", *, as_json: bool) -> None:
    """List all that can be explained: kind, name, sentence."""
    if as_json:
        rows = [{"name": each.name, "kind": each.kind.name.lower(), "sentence": each.sentence} for each in known]
        typer.echo(json.dumps(rows, indent=2, ensure_ascii=False))
        return
    from snapstamps.course.markdown import plain

    for each in known:
        typer.echo(f"{each.kind.name.lower()}\t{each.name}\t{plain(each.sentence)}")
