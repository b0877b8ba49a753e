"""Tables of the results, from their registry."""

from md_table import code, table

from snapstamps.results.formats.egms import DIGITS
from snapstamps.results.formats.registry import FORMATS


def forms() -> str:
    """Return all forms of the results: name, files, content, what reads them."""
    rows = [
        (code(each.name), ", ".join(code(f"products/{name}") for name in each.files), each.content, each.readers)
        for each in FORMATS
    ]
    return table(("format", "files", "content", "for"), rows) + "\n"


def egms_columns() -> str:
    """Return the columns of the EGMS-like CSV before its dates."""
    return ", ".join(code(name) for name in DIGITS) + ", then `YYYYMMDD` of each date."
