"""The lessons: which there are, their text and code, and copies of them for the user."""

import re
import shutil
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from snapstamps.config.resources import resource
from snapstamps.model.errors import InputError

FOLDER = "lessons"
_NAME = re.compile(r"lesson_(\d)_(\w+)\.py")
_CELL = re.compile(r"^# %%(?P<kind> \[markdown\])?$", re.MULTILINE)


@dataclass(frozen=True)
class Cell:
    """
    A piece of a lesson.

    Attributes
    ----------
    text : str
        Markdown or Python.
    is_code : bool
        Which of them.
    """

    text: str
    is_code: bool


@dataclass(frozen=True)
class Lesson:
    """
    One lesson.

    Attributes
    ----------
    number : int
        From 1.
    script : Path
        The source: plain Python in cells; the notebook beside it is made of it.
    """

    number: int
    script: Path

    @property
    def notebook(self) -> Path:
        """The notebook."""
        return self.script.with_suffix(".ipynb")

    @property
    def slug(self) -> str:
        """Its short name, such as ``4_candidates``."""
        return self.script.stem.removeprefix("lesson_")

    @property
    def title(self) -> str:
        """Its heading, without the number."""
        heading = next(line for line in self.cells[0].text.splitlines() if line.startswith("# "))
        return heading.removeprefix(f"# {self.number} ")

    @property
    def cells(self) -> tuple[Cell, ...]:
        """Its pieces, in order."""
        return cells_of(self.script.read_text(encoding="utf-8"))


def cells_of(text: str) -> tuple[Cell, ...]:
    r"""
    Return the cells of a script in the percent format.

    Parameters
    ----------
    text : str
        Cells begin with a line ``# %%``, those of Markdown with ``# %% [markdown]``; what stands before is passed over.

    Examples
    --------
    >>> cells_of("# %% [markdown]\n# Hello\n\n# %%\nprint(1)\n")
    (Cell(text='Hello', is_code=False), Cell(text='print(1)', is_code=True))
    """
    marks = list(_CELL.finditer(text))
    ends = [*(mark.start() for mark in marks[1:]), len(text)]
    found = []
    for mark, end in zip(marks, ends, strict=True):
        body = text[mark.end() : end].strip("\n")
        if mark["kind"]:
            body = re.sub(r"^# ?", "", body, flags=re.MULTILINE)
        found.append(Cell(body.rstrip(), is_code=not mark["kind"]))
    return tuple(found)


@cache
def lessons() -> tuple[Lesson, ...]:
    """Return all lessons, in order."""
    found = [(match, path) for path in resource(FOLDER).glob("*.py") if (match := _NAME.fullmatch(path.name))]
    return tuple(sorted((Lesson(int(match[1]), path) for match, path in found), key=lambda lesson: lesson.number))


def lesson_of(number: int) -> Lesson:
    """
    Return a lesson.

    Raises
    ------
    InputError
        If there is none of that number.
    """
    known = {lesson.number: lesson for lesson in lessons()}
    if number not in known:
        raise InputError(f"there is no lesson {number}", remedy=f"1 to {len(known)}; `snapstamps lesson` lists them")
    return known[number]


def copy_lesson(lesson: Lesson, folder: Path, *, script: bool = False) -> Path:
    """
    Copy a lesson, so that it may be worked in.

    Parameters
    ----------
    lesson : Lesson
        Which.
    folder : Path
        Where to; made if need be.
    script : bool
        The plain script instead of the notebook.

    Returns
    -------
    Path
        The copy.

    Raises
    ------
    InputError
        If a file of that name is there already: it may hold somebody's work.
    """
    source = lesson.script if script else lesson.notebook
    target = folder / source.name
    if target.exists():
        raise InputError(
            f"{target.name} is there already and is not overwritten",
            where=folder,
            remedy="open it, or name another --to",
        )
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)
    return target
