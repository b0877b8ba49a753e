"""All figures of a run, written into one folder."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from snapstamps.results.figures.histograms import draw_histograms
from snapstamps.results.figures.interferograms import draw_unwrapped, draw_wrapped
from snapstamps.results.figures.series import draw_named_series
from snapstamps.results.figures.sheet import Sheet, write_sheet
from snapstamps.results.figures.stack import draw_noise, draw_stack
from snapstamps.results.figures.velocity_map import draw_velocity_map
from snapstamps.results.overview import Overview

FOLDER = "figures"

FIGURES: dict[str, Callable[[Overview], Sheet]] = {
    "velocity_map": draw_velocity_map,
    "time_series": draw_named_series,
    "baselines": draw_stack,
    "noise": draw_noise,
    "histograms": draw_histograms,
    "interferograms_wrapped": draw_wrapped,
    "interferograms_unwrapped": draw_unwrapped,
}
"""File name -> what draws it."""


def write_figures(
    view: Overview,
    folder: Path,
    kinds: Sequence[str],
    *,
    progress: Callable[[int, int], None],
    drawn: Mapping[str, Sheet] | None = None,
) -> tuple[Path, ...]:
    """
    Draw and write all figures.

    Parameters
    ----------
    view : Overview
        The run.
    folder : Path
        Made if need be.
    kinds : sequence of str
        Of png, pdf, svg; none: nothing is written.
    progress : callable
        ``progress(done, total)`` in figures.
    drawn : mapping of str to Sheet, optional
        Figures that are drawn already.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    OSError
        If the folder may not be written or the disk is full.
    """
    if not kinds:
        return ()
    folder.mkdir(exist_ok=True)
    files: list[Path] = []
    for number, (name, draw) in enumerate(FIGURES.items(), start=1):
        sheet = drawn[name] if drawn and name in drawn else draw(view)
        files += write_sheet(sheet, folder, name, kinds)
        progress(number, len(FIGURES))
    return tuple(files)
