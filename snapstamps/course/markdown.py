"""The pages of the documentation as text: their sections, and Markdown made plain for a terminal."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from snapstamps.config.resources import resource

_HEADING = re.compile(r"^(?P<level>#{1,4}) +(?P<text>.+?)(?: +\{#[\w-]+\})?$")
_PICTURE = re.compile(r"^!\[(?P<alt>[^\]]*)\]\([^)]*\)(?:\{[^}]*\})?[ ]*\n?", re.MULTILINE)
_LINK = re.compile(r"\[(?P<text>[^\]]*)\]\((?P<target>[^)\s]+)\)")
_REQUEST = re.compile(r"(?:\*\([^*\n]+\)\* )?<!-- generate: (?P<words>[^>]+?) -->")
_COMMENT = re.compile(r"<!--.*?-->\n?", re.DOTALL)
_FENCE = re.compile(r"^( *)```\w*\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True)
class Section:
    """
    A heading and what stands below it.

    Attributes
    ----------
    heading : str
        Without its signs.
    text : str
        Markdown.
    level : int
        1 for the title of the page.
    """

    heading: str
    text: str
    level: int = 2


@cache
def page_sections(name: str) -> tuple[Section, ...]:
    """
    Return the sections of a page, in order.

    Parameters
    ----------
    name : str
        Path below ``docs``, such as ``steps/4_weed.md``.

    Raises
    ------
    FileNotFoundError
        If the installation is incomplete.
    """
    return tuple(_sections(resource(f"docs/{name}").read_text(encoding="utf-8")))


def _sections(text: str) -> Iterator[Section]:
    heading, level, lines, fenced = "", 0, list[str](), False
    for line in text.splitlines():
        fenced ^= line.lstrip().startswith("```")
        match = None if fenced else _HEADING.match(line)
        if match is None:
            lines.append(line)
            continue
        if heading:
            yield Section(heading, "\n".join(lines).strip(), level)
        heading, level, lines = match["text"], len(match["level"]), []
    if heading:
        yield Section(heading, "\n".join(lines).strip(), level)


def without_requests(text: str) -> str:
    """
    Return Markdown without the comments that ask for generated tables, and without other comments.

    Examples
    --------
    >>> without_requests("before *(made from the code by `make docs`)* <!-- generate: steps --> after")
    'before  after'
    """
    return _COMMENT.sub("", _REQUEST.sub("", text)).strip()


def code_blocks(text: str) -> list[str]:
    """
    Return what stands in the fenced blocks of a text, such as its formulas.

    Examples
    --------
    >>> code_blocks('''It is
    ... ```text
    ... a = b
    ... ```
    ... ''')
    ['a = b']
    """
    return [match[2].rstrip() for match in _FENCE.finditer(text)]


def bullets(text: str) -> list[str]:
    r"""
    Return the bullets of a list, each as one line.

    Examples
    --------
    >>> bullets("- one\n  goes on\n- two\n\nafter")
    ['one goes on', 'two']
    """
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith("- "):
            found.append(line[2:].strip())
        elif found and line.startswith("  "):
            found[-1] += f" {line.strip()}"
        elif not line.strip():
            continue
        elif found:
            break
    return found


def linked(text: str) -> list[str]:
    """
    Return the targets of all links, in order.

    Examples
    --------
    >>> linked("[a](papers.md#one) and [b](x.md)")
    ['papers.md#one', 'x.md']
    """
    return [match["target"] for match in _LINK.finditer(text)]


def for_terminal(text: str) -> str:
    r"""
    Return Markdown that makes sense without a browser: pictures become a note, links their words.

    Examples
    --------
    >>> print(for_terminal("![A histogram](p.png)\nSee [step 4](4_weed.md)."))
    (picture in the documentation: A histogram)
    <BLANKLINE>
    See step 4.
    """
    text = _PICTURE.sub(r"(picture in the documentation: \g<alt>)\n\n", without_requests(text))
    return re.sub(r"\n{3,}", "\n\n", _LINK.sub(r"\g<text>", text)).strip()


def plain(text: str) -> str:
    r"""
    Return Markdown as plain text, for pipes: no signs of emphasis, no fences, formulas indented.

    Examples
    --------
    >>> plain("**Bold** `code` and\n\n```text\na = b\n```")
    'Bold code and\n\n    a = b'
    """
    pieces = []
    text = for_terminal(text)
    position = 0
    for match in _FENCE.finditer(text):
        pieces += [_without_signs(text[position : match.start()])]
        pieces += ["\n".join(f"    {line}".rstrip() for line in match[2].rstrip().splitlines())]
        position = match.end()
    return "".join([*pieces, _without_signs(text[position:])]).strip("\n")


def _without_signs(text: str) -> str:
    text = re.sub(r"^\|[-|]+\|\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"\*\*([^*\n]+)\*\*|(?<!\*)\*([^*\n]+)\*(?!\*)", lambda match: match[1] or match[2], text)
    return text.replace("`", "")
