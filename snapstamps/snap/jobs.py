"""
What each graph is made from: one small frozen record per stage, checked when it is made.

A record knows paths and choices, never how the graph looks; ``graphs/*.xml.j2`` know that.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from snapstamps.model.errors import InputError
from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.choices import (
    ORBIT_TYPES,
    Crop,
    HeightModel,
    Orbit,
    SwathCut,
    Topography,
    check_polarisation,
)
from snapstamps.snap.operators import built_in_models, has_parameter


@dataclass(frozen=True)
class SplitJob:
    """
    One date.

    Attributes
    ----------
    scenes : tuple of Path
        Its slices: SAFE folders, manifests or zips.
    polarisation : str
        Such as ``VV``.
    swaths : tuple of SwathCut
        What to cut out.
    orbit : {"precise", "restituted"}
        Kind of orbit file.
    single_swath_scene : bool
        Whether the scenes hold one sub-swath only, which SNAP takes from 13.0.1 on.
    """

    template: ClassVar[str] = "split.xml.j2"
    scenes: tuple[Path, ...]
    polarisation: str
    swaths: tuple[SwathCut, ...]
    orbit: Orbit = "precise"
    single_swath_scene: bool = False

    def __post_init__(self) -> None:
        check_polarisation(self.polarisation)
        _at_least(1, "scene", self.scenes)
        _at_least(1, "sub-swath", self.swaths)
        _all_differ("scenes", self.scenes)
        _all_differ("sub-swaths", [swath.name for swath in self.swaths])

    @property
    def read_ids(self) -> tuple[str, ...]:
        """Return the names of the nodes that read the slices."""
        return tuple(f"read_{number}" for number in range(1, len(self.scenes) + 1))

    @property
    def orbit_type(self) -> str:
        """Return the kind of orbit in SNAP's words."""
        return ORBIT_TYPES[self.orbit]

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return all paths in the graph."""
        return (*self.scenes, *(swath.target for swath in self.swaths))


@dataclass(frozen=True)
class CoregisterJob:
    """
    One pair, one sub-swath.

    Attributes
    ----------
    master, slave : Path
        Split products.
    polarisation : str
        Such as ``VV``.
    bursts : int
        Bursts of the master's product.
    height_model : HeightModel
        Heights.
    coregistered, interferogram : Path
        The products to write.
    topography : {"removal", "in_interferogram", "later"}
        Where the phase of the heights is taken out; later: by the merge.
    crop : PixelWindow, GeoArea or None
        What both products are cut to.
    spectral_diversity : bool
        Whether the azimuth shift is refined where there are burst overlaps.
    coherence : bool
        Whether the coherence is computed.
    """

    template: ClassVar[str] = "coregister.xml.j2"
    master: Path
    slave: Path
    polarisation: str
    bursts: int
    height_model: HeightModel
    coregistered: Path
    interferogram: Path
    topography: Topography = "removal"
    crop: Crop | None = None
    spectral_diversity: bool = True
    coherence: bool = True

    def __post_init__(self) -> None:
        check_polarisation(self.polarisation)
        _all_differ("products", self.paths[:4])
        if self.bursts < 1:
            raise InputError(f"the master has {self.bursts} bursts", where=self.master)
        if self.topography == "later" and self.crop is not None:
            raise InputError(
                "a sub-swath that is still to be merged may not be cut",
                why="a second Subset, after the merge, would overwrite the offsets of the first",
                remedy="cut in the merge",
            )

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return all paths in the graph."""
        return _paths(self.master, self.slave, self.coregistered, self.interferogram, self.height_model.file)


@dataclass(frozen=True)
class MergeJob:
    """
    One pair, several sub-swaths.

    Attributes
    ----------
    coregistered_parts, interferogram_parts : tuple of Path
        Products of the sub-swaths, neighbours, in the same order.
    polarisation : str
        Such as ``VV``.
    height_model : HeightModel
        Heights.
    coregistered, interferogram : Path
        The products to write.
    crop : PixelWindow, GeoArea or None
        What both are cut to.
    """

    template: ClassVar[str] = "merge.xml.j2"
    coregistered_parts: tuple[Path, ...]
    interferogram_parts: tuple[Path, ...]
    polarisation: str
    height_model: HeightModel
    coregistered: Path
    interferogram: Path
    crop: Crop | None = None

    def __post_init__(self) -> None:
        check_polarisation(self.polarisation)
        _at_least(2, "sub-swath", self.coregistered_parts)
        if len(self.coregistered_parts) != len(self.interferogram_parts):
            raise InputError("a sub-swath lacks its coregistered product or its interferogram")
        _all_differ("products", self.paths)

    @property
    def coregistered_ids(self) -> tuple[str, ...]:
        """Return the names of the nodes that read the coregistered products."""
        return tuple(f"coregistered_{number}" for number in range(1, len(self.coregistered_parts) + 1))

    @property
    def interferogram_ids(self) -> tuple[str, ...]:
        """Return the names of the nodes that read the interferograms."""
        return tuple(f"interferogram_{number}" for number in range(1, len(self.interferogram_parts) + 1))

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return all paths in the graph."""
        return _paths(
            *self.coregistered_parts,
            *self.interferogram_parts,
            self.coregistered,
            self.interferogram,
            self.height_model.file,
        )


@dataclass(frozen=True)
class StampsExportJob:
    """
    One pair into the export.

    Attributes
    ----------
    coregistered, interferogram : Path
        The finished products of the pair.
    folder : Path
        ``INSAR_<master>``.
    """

    template: ClassVar[str] = "stamps_export.xml.j2"
    coregistered: Path
    interferogram: Path
    folder: Path

    def __post_init__(self) -> None:
        _all_differ("products", self.paths)

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return all paths in the graph."""
        return (self.coregistered, self.interferogram, self.folder)


@dataclass(frozen=True)
class StripmapJob:
    """
    One pair of a stripmap sensor other than Sentinel-1.

    Attributes
    ----------
    master, slave : Path
        Products that SNAP reads, such as TerraSAR-X's XML.
    height_model : HeightModel
        Heights.
    coregistered, interferogram : Path
        The products to write.
    crop : PixelWindow, GeoArea or None
        What both are cut to.
    coherence : bool
        Whether the coherence is computed.
    """

    template: ClassVar[str] = "stripmap.xml.j2"
    master: Path
    slave: Path
    height_model: HeightModel
    coregistered: Path
    interferogram: Path
    crop: Crop | None = None
    coherence: bool = True

    def __post_init__(self) -> None:
        _all_differ("products", self.paths[:4])

    @property
    def paths(self) -> tuple[Path, ...]:
        """Return all paths in the graph."""
        return _paths(self.master, self.slave, self.coregistered, self.interferogram, self.height_model.file)


Job = SplitJob | CoregisterJob | MergeJob | StampsExportJob | StripmapJob


def check_for_version(job: Job, version: SnapVersion) -> None:
    """
    Stop where a version of SNAP cannot do a job.

    Raises
    ------
    InputError
        If it lacks the height model, or does not split scenes of one sub-swath.
    """
    model = getattr(job, "height_model", None)
    known = built_in_models(version)
    if model is not None and model.file is None and model.name not in known:
        raise InputError(
            f"SNAP {version} has no height model {model.name!r}",
            why=f"it has: {', '.join(known)}",
            remedy="set scenes.dem to one of these, or scenes.dem_file to a model of your own",
        )
    single = isinstance(job, SplitJob) and job.single_swath_scene
    if single and not has_parameter("TOPSAR-Split", "enableSingleSwathMode", version):
        raise InputError(
            f"SNAP {version} does not split a scene that holds one sub-swath only",
            where=job.paths[0],
            remedy="SNAP 13.0.1 or newer, or the whole scene",
        )


def _paths(*paths: Path | None) -> tuple[Path, ...]:
    return tuple(path for path in paths if path is not None)


def _at_least(count: int, noun: str, items: Sequence[object]) -> None:
    if len(items) < count:
        raise InputError(f"{len(items)} {noun}s are given, at least {count} must be")


def _all_differ(noun: str, items: Sequence[object]) -> None:
    if len(set(items)) != len(items):
        raise InputError(f"two of the {noun} are the same", why=", ".join(str(item) for item in items))
