"""
THE TABLE of SNAP's stages, in order: what each reads and writes, per what, with which operators.

Everything else looks here: the runner (units of work, in which order), `graph show` and `graph lint` (what belongs
into a graph), the documentation (one page per row).
"""

from dataclasses import dataclass
from enum import Enum


class Grain(Enum):
    """What one run of gpt does."""

    DATE = "date"
    PAIR_AND_SWATH = "pair and sub-swath"
    PAIR = "pair"


@dataclass(frozen=True)
class SnapStage:
    """
    One row of the table.

    Attributes
    ----------
    name : str
        As on the command line.
    grain : Grain
        What one run of gpt does.
    reads : tuple of str
        Folders of the project that it reads.
    writes : tuple of str
        Folders that it writes; ``INSAR`` stands for ``INSAR_<master>``.
    templates : tuple of str
        In ``graphs/``; the second one for stripmap sensors.
    operators : tuple of str
        Of SNAP, those that some of its graphs use, in the order of the work.
    parallel : bool
        Whether its units may run side by side.
    only_if : str
        When it is needed; empty: always.
    sentence : str
        What it does.
    """

    name: str
    grain: Grain
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    templates: tuple[str, ...]
    operators: tuple[str, ...]
    parallel: bool
    only_if: str
    sentence: str


SNAP_STAGES: tuple[SnapStage, ...] = (
    SnapStage(
        "split",
        Grain.DATE,
        reads=("scenes", "orbits"),
        writes=("master", "slave"),
        templates=("split.xml.j2",),
        operators=("Read", "SliceAssembly", "TOPSAR-Split", "Apply-Orbit-File", "Write"),
        parallel=True,
        only_if="the sensor works in bursts (Sentinel-1 IW)",
        sentence="Joins the slices of a date, cuts out the sub-swaths and bursts of the area, and applies the orbit.",
    ),
    SnapStage(
        "coregister",
        Grain.PAIR_AND_SWATH,
        reads=("master", "slave", "dem"),
        writes=("coregistered", "interferograms"),
        templates=("coregister.xml.j2", "stripmap.xml.j2"),
        operators=(
            "Read",
            "Back-Geocoding",
            "DEM-Assisted-Coregistration",
            "Enhanced-Spectral-Diversity",
            "Interferogram",
            "TOPSAR-Deburst",
            "TopoPhaseRemoval",
            "Subset",
            "Write",
        ),
        parallel=True,
        only_if="",
        sentence="Moves the slave onto the master's grid, forms the interferogram, and takes earth and heights out.",
    ),
    SnapStage(
        "merge",
        Grain.PAIR,
        reads=("coregistered", "interferograms", "dem"),
        writes=("coregistered", "interferograms"),
        templates=("merge.xml.j2",),
        operators=("Read", "TOPSAR-Merge", "TopoPhaseRemoval", "Subset", "Write"),
        parallel=True,
        only_if="the area lies in several sub-swaths",
        sentence="Joins the sub-swaths of a pair, takes the phase of the heights out, and cuts to the area.",
    ),
    SnapStage(
        "stamps_export",
        Grain.PAIR,
        reads=("coregistered", "interferograms"),
        writes=("INSAR",),
        templates=("stamps_export.xml.j2",),
        operators=("Read", "StampsExport"),
        parallel=False,
        only_if="",
        sentence="Writes a pair into INSAR_<master>, the folder that StaMPS reads; all pairs one after the other.",
    ),
)


def stage_named(name: str) -> SnapStage:
    """
    Return the row of a name, such as ``split``.

    Raises
    ------
    KeyError
        If there is none.

    Examples
    --------
    >>> stage_named("merge").grain.value
    'pair'
    """
    for stage in SNAP_STAGES:
        if stage.name == name:
            return stage
    raise KeyError(name)


def needed_stages(*, n_swaths: int, in_bursts: bool = True) -> tuple[SnapStage, ...]:
    """
    Return the stages that a stack goes through.

    Parameters
    ----------
    n_swaths : int
        Sub-swaths that the area lies in.
    in_bursts : bool
        Whether the sensor works in bursts.
    """
    without = set() if n_swaths > 1 else {"merge"}
    if not in_bursts:
        without.add("split")
    return tuple(stage for stage in SNAP_STAGES if stage.name not in without)
