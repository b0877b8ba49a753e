"""
Disk that a preparation needs, before it starts.

Bytes per pixel are those of the bands that each stage writes: split 4 (int16 i, q), coregistered 12 (int16 i, q of the
master, float32 i, q of the slave), interferogram 20 and 4 more with coherence (i, q, height, latitude, longitude);
export 8 per date, 8 per pair, 12 once.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from snapstamps.snap.prepare_plan import PreparePlan

Keep = Literal["all", "pairs", "export"]

_SPLIT, _COREGISTERED, _INTERFEROGRAM, _COHERENCE, _IMAGE, _GROUND = 4, 12, 20, 4, 8, 12
_PART_IFG = 8
"""An interferogram that is still to be merged has no heights and positions."""
_SPARE = 1.1
"""Headers, tie points, and what an estimate forgets."""


@dataclass(frozen=True)
class DiskNeed:
    """
    An estimate in bytes.

    Attributes
    ----------
    splits, parts, pairs, export : int
        Split products; products of sub-swaths before the merge; of pairs; ``INSAR_<master>``.
    peak : int
        Most that is on disk at the same time, by what is kept.
    """

    splits: int
    parts: int
    pairs: int
    export: int
    peak: int


def estimate_disk(
    plan: PreparePlan, pending: Collection[date], *, keep: Keep, coherence: bool, processes: int = 1
) -> DiskNeed:
    """
    Estimate what the pairs that are still to be made will take.

    Parameters
    ----------
    plan : PreparePlan
        Of the stack.
    pending : collection of date
        Slaves that are not prepared yet.
    keep : {"all", "pairs", "export"}
        Which products stay.
    coherence : bool
        Whether it is computed.
    processes : int
        Pairs in work at the same time.

    Returns
    -------
    DiskNeed

    Notes
    -----
    The crop counts by its surrounding box's share of the bursts' ground; overlaps of bursts and sub-swaths are not
    taken off. So it is an upper bound for most scenes.
    """
    n = len(pending)
    pixels = sum(swath.n_pixels for swath in plan.master_date.swaths)
    several = len(plan.master_date.swaths) > 1
    cropped = pixels * plan.crop_share
    extra = _COHERENCE if coherence else 0
    split = pixels * _SPLIT
    part = pixels * (_COREGISTERED + _PART_IFG + extra) if several else 0.0
    pair = cropped * (_COREGISTERED + _INTERFEROGRAM + extra)
    export = n * cropped * 2 * _IMAGE + cropped * (_IMAGE + _GROUND)
    in_work = min(processes, n)
    peak = {
        "all": (n + 1) * split + n * (part + pair),
        "pairs": split + n * pair + in_work * (split + part),
        "export": split + in_work * (split + part + pair),
    }[keep]
    # the pairs in work are written into the folder of the work first, and the export of one as well
    total = peak + export + cropped * 2 * _IMAGE
    return DiskNeed(
        splits=_bytes((n + 1) * split),
        parts=_bytes(n * part),
        pairs=_bytes(n * pair),
        export=_bytes(export),
        peak=_bytes(total if n else 0),
    )


def _bytes(amount: float) -> int:
    return int(amount * _SPARE)
