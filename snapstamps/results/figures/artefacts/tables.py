"""Files that hold a few words or numbers: as a sheet of text."""

import numpy as np

from snapstamps.config.toml_text import literal
from snapstamps.model.errors import DataError
from snapstamps.results.figures.artefacts.panels import write_head
from snapstamps.results.figures.artefacts.source import Source
from snapstamps.results.figures.panels import ACCENT, FAINT, INK, SMALL
from snapstamps.results.figures.sheet import Sheet
from snapstamps.stamps.parms import definitions, read_parms

_LINE, _COLUMNS, _COLUMN = 0.17, 2, 4.0
_LONGEST = 24
_VERSIONS = {1: "the candidates (ps1, ph1 …)", 2: "the selected PS (ps2, ph2 …)"}


def draw_version(source: Source) -> Sheet:
    """Draw which version of the files counts."""
    version = int(source.values.psver)
    text = _VERSIONS.get(version, "not known to StaMPS")
    return words(source, f"version {version}", f"The files of version {version} count: {text}.")


def words(source: Source, title: str, text: str) -> Sheet:
    """
    Return a sheet with one sentence.

    Parameters
    ----------
    source : Source
        What is drawn.
    title, text : str
        What is said of it.

    Returns
    -------
    Sheet
    """
    sheet = Sheet.blank(5.4, 1.3)
    write_head(sheet, source, title)
    sheet.write(0.3, 0.3, text)
    return sheet


def draw_empty_steps(source: Source) -> Sheet:
    """Draw which steps were left without PS."""
    marks = np.asarray(source.values.stamps_step_no_ps).ravel()
    sheet = Sheet.blank(5.4, 1.0 + 0.22 * len(marks))
    write_head(sheet, source, "steps that were left without PS")
    for number, mark in enumerate(marks, start=1):
        text, colour = ("no PS", ACCENT) if mark else ("has PS, or was not done", INK)
        sheet.write(0.3, sheet.height - 0.7 - 0.22 * number, f"step {number}   {text}", color=colour)
    return sheet


def draw_parms(source: Source) -> Sheet:
    """Draw all parameters, those that differ from StaMPS's defaults in bold."""
    stored = read_parms(source.store.file("parms"))
    known = definitions()
    rows = [(name, stored[name]) for name in (*known, *sorted(stored.keys() - known.keys())) if name in stored]
    if not rows:
        raise DataError("parms.mat holds no parameter", where=source.store.path)
    per_column = -(-len(rows) // _COLUMNS)
    sheet = Sheet.blank(0.4 + _COLUMNS * _COLUMN, 1.0 + per_column * _LINE)
    write_head(sheet, source, f"{len(rows)} parameters", "bold: not StaMPS's default; grey: set by the data")
    for number, (name, value) in enumerate(rows):
        column, row = divmod(number, per_column)
        left, bottom = 0.3 + column * _COLUMN, sheet.height - 0.85 - row * _LINE
        parm = known.get(name)
        given = parm is not None and parm.from_data
        changed = parm is not None and not given and literal(value) != literal(parm.default)
        look = {"fontsize": SMALL, "fontweight": "bold" if changed else "normal", "color": FAINT if given else INK}
        text = literal(value)
        sheet.write(left, bottom, name, **look)
        sheet.write(left + 2.2, bottom, text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…", **look)
    return sheet
