"""The pages of the lessons: the text and code of the notebooks, with what the cells print and draw."""

import hashlib
import json
from pathlib import Path
from typing import Any

from md_table import table

from snapstamps.course.lessons import Lesson, lesson_of, lessons

_DOCS = Path(__file__).resolve().parents[1]


def lesson(number: str) -> str:
    """Return the page of a lesson."""
    chosen = lesson_of(int(number))
    kept = outputs(chosen)
    parts = []
    for cell in chosen.cells:
        if not cell.is_code:
            parts.append(cell.text)
            continue
        parts.append(f"```python\n{cell.text}\n```")
        output = kept.get(digest(cell.text))
        if output is not None:
            parts += [f"```text\n{output['text']}\n```"] * bool(output["text"])
            parts += [f"![What the cell draws](../pictures/lessons/{name})" for name in output["pictures"]]
    parts.insert(1, _note(chosen))
    parts.append(_next(chosen))
    return "\n\n".join(parts) + "\n"


def lesson_list() -> str:
    """Return the table of the lessons."""
    rows = [(str(each.number), f"[{each.title}](lessons/{each.slug}.md)", _broken(each)) for each in lessons()]
    return table(("", "lesson", "what is broken in it"), rows) + "\n"


def digest(text: str) -> str:
    """Return what names a cell; as in ``docs/pictures/lessons.py``."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def outputs(chosen: Lesson) -> dict[str, dict[str, Any]]:
    """Return what the cells of a lesson print and draw: digest of the cell -> text and pictures."""
    kept = json.loads((_DOCS / "pictures" / "lessons.json").read_text(encoding="utf-8"))
    return {output["cell"]: output for output in kept.get(chosen.slug, [])}


def _note(chosen: Lesson) -> str:
    number = chosen.number
    return (
        '!!! note "This page is a notebook"\n'
        f"    `snapstamps lesson {number}` copies it to you, `snapstamps lesson {number} --script` as a plain script.\n"
        "    What is shown below the cells came out of them on the simulated scene `class`."
    )


def _next(chosen: Lesson) -> str:
    if chosen.number == len(lessons()):
        return "**The end.** Go on with [your own area](../how-to/from-scenes.md)."
    following = lesson_of(chosen.number + 1)
    return f"**Next:** [{following.number} {following.title}]({following.slug}.md)"


def _broken(chosen: Lesson) -> str:
    headings = [line for cell in chosen.cells for line in cell.text.splitlines() if line.startswith("## Break it: ")]
    return ", ".join(heading.removeprefix("## Break it: ") for heading in headings)
