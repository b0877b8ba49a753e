"""Markdown tables."""

from collections.abc import Iterable, Sequence


def table(headings: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """
    Return a Markdown table.

    Parameters
    ----------
    headings : sequence of str
        One per column.
    rows : iterable of sequence of str
        Cells; bars in them are escaped, line ends become blanks.

    Examples
    --------
    >>> print(table(["a", "b"], [["1", "`<x>` < y"]]))
    | a | b |
    |---|---|
    | 1 | `<x>` &lt; y |
    """
    lines = [_line(headings), "|" + "---|" * len(headings)]
    lines += [_line([_cell(text) for text in row]) for row in rows]
    return "\n".join(lines)


def code(text: str) -> str:
    """Return text as inline code; nothing for nothing."""
    return f"`{text}`" if text else ""


def plain(text: str) -> str:
    """Return text in which nothing is taken for HTML; what stands in backticks stays as it is."""
    parts = text.split("`")
    return "`".join(part if number % 2 else part.replace("<", "&lt;") for number, part in enumerate(parts))


def _cell(text: str) -> str:
    return plain(" ".join(text.split())).replace("|", "\\|")


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cells)} |"
