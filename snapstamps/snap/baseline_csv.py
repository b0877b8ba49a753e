"""The list of baselines in the form that StaMPS-Visualizer reads (``input/baseline_info/<name>.csv``)."""

from pathlib import Path

from snapstamps.formats.atomic import write_text
from snapstamps.formats.visualizer import BaselineRow, baseline_text
from snapstamps.snap.baselines import BaselineTable


def baseline_csv(table: BaselineTable) -> str:
    """
    Return the pairs with the master as text.

    Parameters
    ----------
    table : BaselineTable
        Of the stack.

    Returns
    -------
    str
        The master first, then the slaves in order of time. StaMPS-Visualizer finds the master's date in the
        characters 18 to 25 of its product's name, where Sentinel-1 names have it.
    """
    master = table.master
    rows = [_row(table, index) for index in range(len(table.scenes)) if index != master]
    return baseline_text(table.scenes[master].name, rows)


def write_baseline_csv(table: BaselineTable, path: Path) -> None:
    """Write the list; see `baseline_csv`."""
    write_text(path, baseline_csv(table))


def _row(table: BaselineTable, index: int) -> BaselineRow:
    pair = table.master, index
    return BaselineRow(
        product=table.scenes[index].name,
        perpendicular=float(table.geometry.perpendicular[pair]),
        temporal=float(table.temporal[pair]),
        coherence=float(table.coherence[pair]),
        height_of_ambiguity=float(table.height_of_ambiguity[pair]),
        doppler=float(table.doppler[pair]),
    )
