"""
Makes what the pages of the lessons show: runs every cell on the scene of the course, and keeps words and pictures.

    python docs/pictures/lessons.py [--work FOLDER] [N …]

Without numbers all lessons are run; on a quiet machine that takes some ten minutes, on what the folder holds already
much less. The notebooks beside the scripts are made anew, too.
"""

import argparse
import contextlib
import hashlib
import io
import json
import os
import sys
import tempfile
import traceback
from pathlib import Path
from typing import Any

import jupytext
from PIL import Image

from snapstamps.course.bench import FOLDER_VARIABLE, Bench
from snapstamps.course.lessons import Lesson, lessons

HERE = Path(__file__).resolve().parent
PICTURES = HERE / "lessons"
OUTPUTS = HERE / "lessons.json"
COLOURS = 128
WIDEST = 1100


def digest(text: str) -> str:
    """Return what names a cell: any change of it makes its kept output stale."""
    return hashlib.blake2b(text.encode(), digest_size=8).hexdigest()


def run(lesson: Lesson) -> list[dict[str, Any]]:
    """Run the cells of a lesson; return for each its digest, what it printed and which pictures it made."""
    names: dict[str, Any] = {"__name__": "__main__"}
    outputs = []
    for cell in lesson.cells:
        if not cell.is_code:
            continue
        before = len(_shown(names))
        words = io.StringIO()
        with contextlib.redirect_stdout(words):
            exec(compile(cell.text, str(lesson.script), "exec"), names)  # noqa: S102 - our own lessons
        pictures = [_kept(picture.path) for picture in _shown(names)[before:]]
        outputs.append({"cell": digest(cell.text), "text": words.getvalue().rstrip(), "pictures": pictures})
    return outputs


def _shown(names: dict[str, Any]) -> list[Any]:
    bench = names.get("bench")
    return bench.shown if isinstance(bench, Bench) else []


def _kept(path: Path) -> str:
    """Keep a picture with few colours, so that it is small."""
    PICTURES.mkdir(exist_ok=True)
    with Image.open(path) as opened:
        picture = opened.convert("RGB")
    picture.thumbnail((WIDEST, WIDEST), Image.Resampling.LANCZOS)
    picture.quantize(COLOURS, method=Image.Quantize.MEDIANCUT).save(PICTURES / path.name, optimize=True)
    return path.name


def write_notebook(lesson: Lesson) -> None:
    """Make the notebook of a lesson, without outputs."""
    lesson.notebook.write_text(notebook_text(lesson), encoding="utf-8")


def notebook_text(lesson: Lesson) -> str:
    """Return the notebook of a lesson; the same script always gives the same text."""
    notebook = jupytext.read(lesson.script)
    for number, cell in enumerate(notebook.cells):
        cell["id"] = f"cell-{number}"
    return str(jupytext.writes(notebook, fmt="ipynb"))


def main() -> None:
    """Run the lessons that are asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("numbers", nargs="*", type=int, metavar="N", help="lessons; all by default")
    parser.add_argument("--work", type=Path, help="where the scenes go; a temporary folder by default")
    arguments = parser.parse_args()
    kept = json.loads(OUTPUTS.read_text(encoding="utf-8")) if OUTPUTS.is_file() else {}
    with tempfile.TemporaryDirectory(prefix="lessons-") as temporary:
        os.environ[FOLDER_VARIABLE] = str(arguments.work or temporary)
        for lesson in lessons():
            write_notebook(lesson)
            if arguments.numbers and lesson.number not in arguments.numbers:
                continue
            try:
                kept[lesson.slug] = run(lesson)
            except Exception:
                traceback.print_exc()
                sys.exit(f"lesson {lesson.number} does not run")
            OUTPUTS.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    used = {name for outputs in kept.values() for output in outputs for name in output["pictures"]}
    for path in PICTURES.glob("*.png"):
        if path.name not in used:
            path.unlink()


if __name__ == "__main__":
    main()
