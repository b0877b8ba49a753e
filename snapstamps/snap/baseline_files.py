"""The ``.base`` files of an export, judged without orbits."""

import math
from pathlib import Path

from snapstamps.formats.gamma_par import read_baseline
from snapstamps.model.errors import DataError
from snapstamps.snap.findings import Finding

_UNMATCHED = (
    "SNAP 7 to 13 write this, without an error, for a pair that they do not find in the metadata of the stack; "
    "StaMPS would correct this date with a wrong perpendicular baseline"
)
_EXPORT_AGAIN = "export this pair again, from one stack made by one version of SNAP; or leave the date out"


def check_baseline(folder: Path, file: str) -> Finding | None:
    """
    Check that the baseline of a slave is finite and not zero.

    Parameters
    ----------
    folder : Path
        The export.
    file : str
        Relative name of an existing ``.base``.

    Returns
    -------
    Finding or None
        None if nothing is to be said. The sign is judged nowhere: it needs the orbits of the slaves.
    """
    try:
        baseline = read_baseline(folder / file)
    except DataError as error:
        why = "StaMPS reads the baseline of every slave from it"
        return Finding("base-unreadable", "error", file, error.what, why, _EXPORT_AGAIN)
    # the first component (along track) is always 0, and StaMPS does not read it
    values = (*baseline.initial[1:], *baseline.rate[1:])
    if not all(map(math.isfinite, values)):
        return Finding("base-not-finite", "error", file, "the baseline is not a number", _UNMATCHED, _EXPORT_AGAIN)
    if baseline.initial[1] == 0 and baseline.initial[2] == 0:
        what = "the baseline is zero, as that of the master with itself"
        return Finding("base-zero", "error", file, what, _UNMATCHED, _EXPORT_AGAIN)
    return None
