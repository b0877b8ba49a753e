"""The pages of the documentation, and the commands that they show."""

import re
import shlex
import textwrap
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
ELLIPSIS = "…"

_BLOCK = r"^(?P<indent> *)```{language}\n(?P<text>.*?)^(?P=indent)```$"
_START = re.compile(r"<!-- start: (?P<starts>[^;>]*?)(?:; environment: (?P<environment>[^>]*?))? -->")
_EXIT = re.compile(r" +# exit: (\d+)$")


@dataclass(frozen=True)
class Command:
    """
    One line that a reader would type.

    Attributes
    ----------
    text : str
        Without its prompt and its note on the exit code.
    exit_code : int
        What it must end with.
    shown : tuple of str
        The output that the page shows below it; a line of an ellipsis stands for lines left out.
    """

    text: str
    exit_code: int
    shown: tuple[str, ...]

    @property
    def words(self) -> list[str]:
        """The words of the command line."""
        return shlex.split(self.text)


@dataclass(frozen=True)
class Page:
    """One page of Markdown."""

    path: Path

    @property
    def name(self) -> str:
        """Its path in the project."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def text(self) -> str:
        """Its Markdown."""
        return self.path.read_text(encoding="utf-8")

    def blocks(self, language: str) -> list[str]:
        """The fenced blocks of a language, without indentation."""
        found = re.finditer(_BLOCK.format(language=language), self.text, re.MULTILINE | re.DOTALL)
        return [textwrap.dedent(block["text"]) for block in found]

    @property
    def commands(self) -> list[Command]:
        """All commands of its console blocks, in order."""
        return [command for block in self.blocks("console") for command in _commands_of(block)]

    @property
    def starts(self) -> list[str]:
        """What must lie in the folder in which its commands are typed."""
        found = _START.search(self.text)
        return [word.strip() for word in found["starts"].split(",")] if found else ["empty"]

    @property
    def environment(self) -> dict[str, str]:
        """Variables for its commands: what a real export would not need, but the small scene of the tests does."""
        found = _START.search(self.text)
        words = (found["environment"] or "").split() if found else []
        return dict(word.split("=", 1) for word in words)


@cache
def pages() -> tuple[Page, ...]:
    """Return the README and all pages."""
    return tuple(Page(path) for path in (ROOT / "README.md", *sorted(DOCS.rglob("*.md"))))


def page(name: str) -> Page:
    """Return the page of a path below docs."""
    return Page(DOCS / name)


def _commands_of(block: str) -> list[Command]:
    commands: list[Command] = []
    for line in block.replace(" \\\n", " ").splitlines():  # a backslash at the end joins two lines
        if line.startswith("$ "):
            code = _EXIT.search(line)
            commands.append(Command(_EXIT.sub("", line[2:]), int(code[1]) if code else 0, ()))
        elif line.strip() and commands:
            last = commands.pop()
            commands.append(Command(last.text, last.exit_code, (*last.shown, line)))
    return commands
