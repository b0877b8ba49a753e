"""The job of a pair for which there is no plan, to show what SNAP would run: of options, and of typical names."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from snapstamps.config.scene_options import ScenesOptions
from snapstamps.config.snap_options import SnapOptions
from snapstamps.model.errors import InputError
from snapstamps.model.paths import expanded
from snapstamps.model.units import yyyymmdd
from snapstamps.snap.chain import Chain, Cut
from snapstamps.snap.choices import GeoArea, HeightModel
from snapstamps.snap.jobs import Job, StripmapJob
from snapstamps.snap.operators import EXTERNAL_DEM
from snapstamps.snap.stages import SNAP_STAGES

STRIPMAP = "stripmap"
"""The stage in which stripmap sensors are coregistered; it has a graph of its own."""
_UNDECLARED = -32768.0


@dataclass(frozen=True)
class Sketch:
    """
    A pair, and what of its choices is not left to the options.

    Attributes
    ----------
    master, slave : date
        The two dates.
    bursts : mapping of str to (int, int)
        First and last burst of each sub-swath, from 1.
    area : str
        WKT that the pair is cut to; empty for none.
    polarisation, dem : str or None
        None leaves them to the options.
    scenes : tuple of Path
        Slices of the slave's date; of a stripmap sensor the master's product, then the slave's. Empty: typical names.
    """

    master: date
    slave: date
    bursts: Mapping[str, tuple[int, int]]
    area: str = ""
    polarisation: str | None = None
    dem: str | None = None
    scenes: tuple[Path, ...] = ()

    def chain(self, folder: Path, scenes: ScenesOptions, snap: SnapOptions) -> Chain:
        """Return the choices for a stack in a folder."""
        model = HeightModel(self.dem or scenes.dem)
        if self.dem is None and scenes.dem_file is not None:
            model = HeightModel(EXTERNAL_DEM, folder / expanded(scenes.dem_file), _UNDECLARED)
        return Chain(
            folder=folder,
            master=self.master,
            polarisation=self.polarisation or scenes.polarisation,
            bursts={name: last - first + 1 for name, (first, last) in self.bursts.items()},
            height_model=model,
            crop=GeoArea(self.area) if self.area else None,
            orbit="restituted" if scenes.orbits == "restituted" else "precise",
            topography=snap.topography,
            spectral_diversity=snap.esd == "auto",
            coherence=snap.coherence,
        )


def sketched_job(sketch: Sketch, stage: str, folder: Path, scenes: ScenesOptions, snap: SnapOptions) -> Job:
    """
    Return the job of a stage; scenes that nobody named get the name of a typical one.

    Parameters
    ----------
    sketch : Sketch
        The pair.
    stage : str
        Of SNAP's table, or `STRIPMAP`.
    folder : Path
        The project; absolute.
    scenes, snap : ScenesOptions, SnapOptions
        What the sketch leaves open.

    Raises
    ------
    InputError
        If there is no such stage, or the choices do not go together.
    """
    chain = sketch.chain(folder, scenes, snap)
    place = folder / expanded(scenes.folder or "scenes")
    match stage:
        case "split":
            day = yyyymmdd(sketch.slave)
            found = tuple(sorted(place.glob(f"S1*_{day}T*"))) or (place / f"S1A_IW_SLC__1SDV_{day}.zip",)
            found = sketch.scenes or found
            cuts = {name: Cut(first, last) for name, (first, last) in sketch.bursts.items()}
            return chain.split_job(sketch.slave, found, cuts)
        case "coregister":
            return chain.coregister_job(sketch.slave, chain.swaths[0])
        case "merge":
            return chain.merge_job(sketch.slave)
        case "stamps_export":
            return chain.stamps_export_job(sketch.slave)
        case "stripmap":
            typical = tuple(place / f"{yyyymmdd(day)}.xml" for day in (sketch.master, sketch.slave))
            if len(sketch.scenes) not in {0, 2}:
                raise InputError("a pair has two scenes", where="--scene", remedy="the master's, then the slave's")
            master, slave = sketch.scenes or typical
            products = (chain.coregistered(sketch.slave), chain.interferogram(sketch.slave))
            return StripmapJob(master, slave, chain.height_model, *products, chain.crop, chain.coherence)
    known = ", ".join(row.name for row in SNAP_STAGES)
    raise InputError(f"there is no stage {stage!r}", remedy=f"one of {known}, or {STRIPMAP}")
