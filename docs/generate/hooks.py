"""
The MkDocs hook: puts tables made from the code into the pages, so that they cannot go stale.

A page asks for one with a comment, ``<!-- generate: NAME ARGUMENT… -->``; what a comment gives stands in
``GENERATORS``. Words in italics just before it are for who reads the page as it is; the table takes their place.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import of_commands
import of_configuration
import of_contract
import of_lessons
import of_performance
import of_results
import of_road
import of_robustness
import of_snap2stamps
from mkdocs.exceptions import PluginError

REQUEST = re.compile(r"(?:\*\([^*\n]+\)\* )?<!-- generate: (?P<words>[^>]+?) -->")
ROOT = Path(__file__).resolve().parents[2]

GENERATORS: dict[str, Callable[..., str]] = {
    "artefacts": of_contract.artefacts,
    "changelog": lambda: (ROOT / "CHANGELOG.md").read_text(encoding="utf-8").partition("\n")[2],
    "commands": of_commands.commands,
    "egms-columns": of_results.egms_columns,
    "fault-matrix": of_robustness.fault_matrix,
    "faults": of_robustness.faults,
    "findings": of_contract.findings,
    "forms": of_results.forms,
    "large": of_performance.large_table,
    "large-summary": of_performance.large_summary,
    "lesson": of_lessons.lesson,
    "lessons": of_lessons.lesson_list,
    "limits": of_contract.limits,
    "options": of_configuration.options,
    "paper": of_performance.paper_table,
    "parameters": of_configuration.parameters,
    "presets": of_contract.presets,
    "rates": of_performance.rate_table,
    "road": of_road.road,
    "snap2stamps": of_snap2stamps.snap2stamps,
    "stamps-on-truth": of_contract.stamps_on_truth,
    "step": of_contract.step,
    "steps": of_contract.steps,
    "truth": of_contract.truth,
}
"""Name -> function that gives Markdown."""


def generated(text: str, *, where: str = "") -> str:
    """
    Return a page with everything that it asks for.

    Parameters
    ----------
    text : str
        Markdown with requests.
    where : str
        The page, for messages.

    Raises
    ------
    PluginError
        If a request is unknown.
    """

    def answer(request: re.Match[str]) -> str:
        name, *arguments = request["words"].split()
        if name not in GENERATORS:
            raise PluginError(f"{where}: nothing generates {name!r}; known: {', '.join(GENERATORS)}")
        return GENERATORS[name](*arguments)

    return REQUEST.sub(answer, text)


def on_page_markdown(markdown: str, page: Any, **_unused: Any) -> str:
    """Answer the requests of a page; MkDocs calls this."""
    return generated(markdown, where=page.file.src_path)
