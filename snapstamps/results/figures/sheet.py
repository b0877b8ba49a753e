"""A sheet of paper measured in inches, and the files that are made of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from snapstamps.formats.atomic import atomic_path
from snapstamps.results.figures.panels import INK, LARGE, NORMAL

DPI = 220
"""Of pictures, and of the dots in drawings: journals ask for 200 to 300."""

_METADATA: dict[str, dict[str, None]] = {
    "png": {"Software": None},
    "pdf": {"Creator": None, "Producer": None, "CreationDate": None},
    "svg": {"Creator": None, "Date": None},
}
_EMBEDDING: Any = {
    "pdf.fonttype": 42,  # whole TrueType fonts, which journals accept and editors can change
    "svg.fonttype": "path",  # letters as outlines: they look the same everywhere
    "svg.hashsalt": "snapstamps",
}


@dataclass(frozen=True)
class Sheet:
    """
    One figure and its size.

    Attributes
    ----------
    figure : Figure
        Empty at first.
    width, height : float
        Inches.
    """

    figure: Figure
    width: float
    height: float

    @classmethod
    def blank(cls, width: float, height: float) -> "Sheet":
        """Return an empty white sheet."""
        figure = Figure(figsize=(width, height), dpi=DPI, facecolor="white")
        FigureCanvasAgg(figure)
        return cls(figure, width, height)

    def axes(self, left: float, bottom: float, width: float, height: float) -> Axes:
        """Add axes at a place, in inches."""
        place = (left / self.width, bottom / self.height, width / self.width, height / self.height)
        return self.figure.add_axes(place)

    def write(self, left: float, bottom: float, text: str, **style: Any) -> None:
        """Write words at a place, in inches; dollar signs mean nothing special."""
        style = {"fontsize": NORMAL, "color": INK, "parse_math": False, **style}
        self.figure.text(left / self.width, bottom / self.height, text, **style)

    def title(self, left: float, text: str, *, below: float = 0.36) -> None:
        """Write the title, at a distance below the upper edge."""
        self.write(left, self.height - below, text, fontsize=LARGE, fontweight="bold")


def write_sheet(sheet: Sheet, folder: Path, name: str, kinds: Sequence[str]) -> tuple[Path, ...]:
    """
    Write a sheet in several kinds of files, atomically; equal sheets give equal bytes.

    Parameters
    ----------
    sheet : Sheet
        What is drawn.
    folder : Path
        An existing folder.
    name : str
        Of the files, without their ending.
    kinds : sequence of str
        Of png, pdf, svg.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    OSError
        If the folder may not be written or the disk is full.
    """
    files = tuple(folder / f"{name}.{kind}" for kind in dict.fromkeys(kinds))
    for path in files:
        kind = path.suffix[1:]
        with atomic_path(path) as part, mpl.rc_context(_EMBEDDING):
            sheet.figure.savefig(part, format=kind, metadata=_METADATA[kind])
    return files
