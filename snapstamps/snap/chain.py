"""
From the choices for a stack to the job of each unit: which product lies where, and what is done to it.

`graph show` and the runner make their jobs here, so that what is shown is what runs.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from snapstamps.model.errors import InputError
from snapstamps.model.units import yyyymmdd
from snapstamps.snap.choices import Crop, HeightModel, Orbit, SwathCut, Topography
from snapstamps.snap.jobs import CoregisterJob, MergeJob, SplitJob, StampsExportJob


@dataclass(frozen=True)
class Cut:
    """
    Bursts of one sub-swath, either by number or by area.

    Attributes
    ----------
    first, last : int
        From 1.
    aoi : str or None
        WKT: of these bursts, those that it touches.
    """

    first: int
    last: int
    aoi: str | None = None


@dataclass(frozen=True)
class Chain:
    """
    The choices that hold for all dates and pairs of a stack.

    Attributes
    ----------
    folder : Path
        The project; absolute.
    master : date
        Date of the master.
    polarisation : str
        Such as ``VV``.
    bursts : mapping of str to int
        Sub-swaths in ascending order, each with the number of bursts of the master's split product.
    height_model : HeightModel
        Heights.
    crop : PixelWindow, GeoArea or None
        What the products of each pair are cut to.
    orbit : {"precise", "restituted"}
        Kind of orbit.
    topography : {"removal", "in_interferogram"}
        Where the phase of the heights is taken out, if there is one sub-swath; else the merge does it.
    spectral_diversity, coherence : bool
        See `CoregisterJob`.
    """

    folder: Path
    master: date
    polarisation: str
    bursts: Mapping[str, int]
    height_model: HeightModel
    crop: Crop | None = None
    orbit: Orbit = "precise"
    topography: Topography = "removal"
    spectral_diversity: bool = True
    coherence: bool = True
    swaths: tuple[str, ...] = field(init=False)

    def __post_init__(self) -> None:
        if not self.bursts:
            raise InputError("no sub-swath is chosen")
        object.__setattr__(self, "swaths", tuple(sorted(self.bursts)))

    @property
    def export_folder(self) -> Path:
        """Return ``INSAR_<master>``."""
        return self.folder / f"INSAR_{yyyymmdd(self.master)}"

    def split_product(self, day: date, swath: str) -> Path:
        """Return the split product of a date and sub-swath."""
        name = "master" if day == self.master else "slave"
        return self.folder / name / f"{yyyymmdd(day)}_{swath}.dim"

    def coregistered(self, slave: date, swath: str | None = None) -> Path:
        """Return the coregistered product of a pair; with a sub-swath, that of the part before the merge."""
        return self.folder / "coregistered" / f"{self.pair(slave, swath)}.dim"

    def interferogram(self, slave: date, swath: str | None = None) -> Path:
        """Return the interferogram of a pair; with a sub-swath, that of the part before the merge."""
        return self.folder / "interferograms" / f"{self.pair(slave, swath)}.dim"

    def pair(self, slave: date, swath: str | None = None) -> str:
        """Return the name of a pair, such as ``20200304_20200316`` or ``20200304_20200316_IW2``."""
        name = f"{yyyymmdd(self.master)}_{yyyymmdd(slave)}"
        return name if swath is None else f"{name}_{swath}"

    def split_job(
        self,
        day: date,
        scenes: tuple[Path, ...],
        cuts: Mapping[str, Cut],
        *,
        single_swath_scene: bool = False,
        work: Path | None = None,
    ) -> SplitJob:
        """
        Return the job of one date.

        Parameters
        ----------
        day : date
            Its date.
        scenes : tuple of Path
            Its slices.
        cuts : mapping of str to Cut
            Bursts of each sub-swath to be made.
        single_swath_scene : bool
            Whether the scenes hold one sub-swath only.
        work : Path, optional
            Folder that the products are written to, under their final names; their final folders by default. A
            product cannot be renamed, because its header names its own folder.
        """
        parts = tuple(
            SwathCut(name, _in(work, self.split_product(day, name)), cut.first, cut.last, cut.aoi)
            for name, cut in sorted(cuts.items())
        )
        return SplitJob(scenes, self.polarisation, parts, self.orbit, single_swath_scene)

    def coregister_job(self, slave: date, swath: str, *, work: Path | None = None) -> CoregisterJob:
        """
        Return the job of one pair and sub-swath.

        Parameters
        ----------
        slave : date
            Date of the slave.
        swath : str
            One of the chain's.
        work : Path, optional
            Folder to write to; ``coregistered`` and ``interferograms`` in it are the parents of the products.
        """
        several = len(self.swaths) > 1
        part = swath if several else None
        return CoregisterJob(
            master=self.split_product(self.master, swath),
            slave=self.split_product(slave, swath),
            polarisation=self.polarisation,
            bursts=self.bursts[swath],
            height_model=self.height_model,
            coregistered=_in(work, self.coregistered(slave, part), keep_parent=True),
            interferogram=_in(work, self.interferogram(slave, part), keep_parent=True),
            topography="later" if several else self.topography,
            crop=None if several else self.crop,
            spectral_diversity=self.spectral_diversity,
            coherence=self.coherence,
        )

    def merge_job(self, slave: date, *, work: Path | None = None) -> MergeJob:
        """Return the job that joins the sub-swaths of a pair; ``work`` as in `coregister_job`."""
        return MergeJob(
            coregistered_parts=tuple(self.coregistered(slave, swath) for swath in self.swaths),
            interferogram_parts=tuple(self.interferogram(slave, swath) for swath in self.swaths),
            polarisation=self.polarisation,
            height_model=self.height_model,
            coregistered=_in(work, self.coregistered(slave), keep_parent=True),
            interferogram=_in(work, self.interferogram(slave), keep_parent=True),
            crop=self.crop,
        )

    def stamps_export_job(self, slave: date, *, folder: Path | None = None) -> StampsExportJob:
        """Return the job that exports a pair, into ``INSAR_<master>`` or another folder."""
        return StampsExportJob(self.coregistered(slave), self.interferogram(slave), folder or self.export_folder)


def _in(work: Path | None, product: Path, *, keep_parent: bool = False) -> Path:
    """Return where a product is written: in the work folder, if there is one, under its own name."""
    if work is None:
        return product
    return work / product.parent.name / product.name if keep_parent else work / product.name
