"""The list of baselines in the form that StaMPS-Visualizer reads (``input/baseline_info/<name>.csv``)."""

from pathlib import Path

import numpy as np

from snapstamps.formats.atomic import write_text
from snapstamps.formats.csv_field import safe_text
from snapstamps.snap.baselines import BaselineTable

HEADER = "Product,PerpBaseline[m],TempBaseline[days],Coherence,HeightofAmbiguity[m],DopplerDiff[Hz],"
"""The comma at the end belongs to it: StaMPS-Visualizer takes the columns by position."""


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
    lines = [HEADER, f"{safe_text(table.scenes[master].name)},0.00,0.00,1.00,0,0.00"]
    for index, scene in enumerate(table.scenes):
        if index == master:
            continue
        numbers = (
            table.geometry.perpendicular[master, index],
            table.temporal[master, index],
            table.coherence[master, index],
            table.height_of_ambiguity[master, index],
            table.doppler[master, index],
        )
        # an infinite height of ambiguity is written as 0, as StaMPS-Visualizer's manual asks for what is not known
        lines.append(
            ",".join([safe_text(scene.name), *(f"{value:.2f}" if np.isfinite(value) else "0" for value in numbers)])
        )
    return "\n".join(lines) + "\n"


def write_baseline_csv(table: BaselineTable, path: Path) -> None:
    """Write the list; see `baseline_csv`."""
    write_text(path, baseline_csv(table))
