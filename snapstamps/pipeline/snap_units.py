"""
The units of work of SNAP: the plan, one split per date, and per pair its coregistration, merge and export.

What makes a unit stale are its scenes and the choices that decide it, those of the units before it included; not the
products in between, which may be deleted once they have served.
"""

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from snapstamps.config.project import Project
from snapstamps.model.errors import SnapstampsError
from snapstamps.model.units import parse_yyyymmdd, yyyymmdd
from snapstamps.pipeline.snap_plan import current_plan, has_scenes, plan_path, scenes_folder
from snapstamps.pipeline.unit import Unit
from snapstamps.snap.chain import Chain
from snapstamps.snap.choices import GeoArea, HeightModel
from snapstamps.snap.export_pair import PairExport
from snapstamps.snap.prepare_plan import PlannedDate, PreparePlan
from snapstamps.snap.scene_inventory import PARTIAL_ENDING, find_products
from snapstamps.snap.stages import SNAP_STAGES

PLAN_UNIT = "prepare/plan"
SNAP_STAGE_NAMES = tuple(stage.name for stage in SNAP_STAGES)


def snap_units(project: Project) -> list[Unit]:
    """
    Return the units of SNAP in their order; without scenes there are none, and without a plan there is only that.

    Parameters
    ----------
    project : Project
        The project.
    """
    if not has_scenes(project):
        return []
    plan = current_plan(project)
    return [_plan_unit(project), *(units_of_plan(project, plan) if plan is not None else ())]


def units_of_plan(project: Project, plan: PreparePlan) -> list[Unit]:
    """Return the units that a plan asks for, without that of the plan itself."""
    return list(_Maker(project, plan).units())


def export_unit_names(project: Project) -> tuple[str, ...]:
    """Return the names of the units that make the export."""
    return tuple(unit.name for unit in snap_units(project) if stage_of(unit) == "stamps_export")


def area_file(project: Project) -> tuple[Path, ...]:
    """Return the file of the area of interest, if it is one and there."""
    try:
        path = project.path_of(Path(project.options.project.aoi))
        return (path,) if project.options.project.aoi and path.is_file() else ()
    except (OSError, ValueError):
        return ()  # WKT may be longer than any file name


def stage_of(unit: Unit) -> str:
    """Return which of SNAP's stages a unit belongs to; empty for the plan."""
    name = unit.name.split("/")[0]
    return name if name in SNAP_STAGE_NAMES else ""


def slave_of(unit: Unit) -> date:
    """Return the date of a split, or the slave's date of a pair."""
    words = unit.name.split("/")[1].split("_")
    return parse_yyyymmdd(words[0] if len(words) == 1 else words[1])


def swath_of(unit: Unit, chain: Chain) -> str:
    """Return the sub-swath of a coregistration."""
    words = unit.name.split("/")[1].split("_")
    return words[2] if len(words) > 2 else chain.swaths[0]


def chain_of(project: Project, plan: PreparePlan) -> Chain:
    """Return the choices for all dates and pairs of a project."""
    snap = project.options.snap
    return Chain(
        folder=project.folder,
        master=plan.master,
        polarisation=plan.polarisation,
        bursts=plan.bursts,
        height_model=HeightModel(plan.dem, plan.dem_file, plan.dem_no_data),
        crop=GeoArea(plan.crop) if plan.crop else None,
        topography=snap.topography,
        spectral_diversity=snap.esd == "auto",
        coherence=snap.coherence,
    )


def _plan_unit(project: Project) -> Unit:
    options = project.options
    return Unit(
        name=PLAN_UNIT,
        stage="prepare",
        reads=(*_scene_files(project), *area_file(project)),
        writes=(plan_path(project),),
        parms={
            **options.scenes.model_dump(mode="json", exclude={"auxdata"}),
            **options.project.model_dump(mode="json", include={"aoi", "master"}),
            **options.snap.model_dump(mode="json", include={"on_error"}),
        },
        after=(),
        notices_new=True,
    )


def _scene_files(project: Project) -> tuple[Path, ...]:
    try:
        found = find_products(scenes_folder(project))
    except SnapstampsError:
        return ()  # the plan itself tells
    return tuple(_marked(path) for path in found if not path.name.endswith(PARTIAL_ENDING))


def _marked(scene: Path) -> Path:
    """Return the file that stands for a scene in the journal."""
    return scene / "manifest.safe" if scene.suffix.upper() == ".SAFE" else scene


class _Maker:
    """Makes the units of one plan."""

    def __init__(self, project: Project, plan: PreparePlan) -> None:
        self.plan = plan
        self.chain = chain_of(project, plan)
        self.keep = project.options.snap.keep
        self.orbits = project.options.scenes.orbits

    def units(self) -> Iterator[Unit]:
        yield self._split(self.plan.master_date)
        for one in self.plan.slaves:
            yield self._split(one)
            yield from self._coregister(one)
            if len(self.chain.swaths) > 1:
                yield self._merge(one)
            yield self._export(one)

    def _split(self, one: PlannedDate) -> Unit:
        products = [self.chain.split_product(one.day, swath.name) for swath in one.swaths]
        return Unit(
            name=f"split/{yyyymmdd(one.day)}",
            stage="prepare",
            reads=_slices(one),
            writes=tuple(products),
            parms=self._date_parms(one),
            after=(PLAN_UNIT,),
            # the master's serves every new date
            passing=self.keep != "all" and one.day != self.plan.master,
        )

    def _coregister(self, one: PlannedDate) -> Iterator[Unit]:
        several = len(self.chain.swaths) > 1
        for swath in self.chain.swaths:
            part = swath if several else None
            yield Unit(
                name=f"coregister/{self.chain.pair(one.day, part)}",
                stage="prepare",
                reads=self._scenes(one),
                writes=(self.chain.coregistered(one.day, part), self.chain.interferogram(one.day, part)),
                parms=self._pair_parms(one),
                after=(f"split/{yyyymmdd(self.plan.master)}", f"split/{yyyymmdd(one.day)}"),
                needs=(
                    self.chain.split_product(self.plan.master, swath),
                    self.chain.split_product(one.day, swath),
                ),
                passing=self.keep == "export" or (several and self.keep == "pairs"),
            )

    def _merge(self, one: PlannedDate) -> Unit:
        chain = self.chain
        parts = [place(one.day, swath) for swath in chain.swaths for place in (chain.coregistered, chain.interferogram)]
        return Unit(
            name=f"merge/{chain.pair(one.day)}",
            stage="prepare",
            reads=self._scenes(one),
            writes=(chain.coregistered(one.day), chain.interferogram(one.day)),
            parms=self._pair_parms(one),
            after=tuple(f"coregister/{chain.pair(one.day, swath)}" for swath in chain.swaths),
            needs=tuple(parts),
            passing=self.keep == "export",
        )

    def _export(self, one: PlannedDate) -> Unit:
        chain = self.chain
        folder = chain.export_folder
        before = "merge" if len(chain.swaths) > 1 else "coregister"
        pair = PairExport(self.plan.master, one.day, 0, 0)
        return Unit(
            name=f"stamps_export/{chain.pair(one.day)}",
            stage="prepare",
            reads=self._scenes(one),
            writes=tuple(folder / name for name in pair.rasters),
            parms=self._pair_parms(one),
            after=(f"{before}/{chain.pair(one.day)}",),
            needs=(chain.coregistered(one.day), chain.interferogram(one.day)),
            leaves=tuple(folder / name for name in pair.needed),
        )

    def _scenes(self, one: PlannedDate) -> tuple[Path, ...]:
        return (*_slices(self.plan.master_date), *_slices(one))

    def _date_parms(self, one: PlannedDate) -> dict[str, Any]:
        return {
            "slices": [path.name for path in one.slices],
            "bursts": {swath.name: [swath.first, swath.last] for swath in one.swaths},
            "polarisation": self.plan.polarisation,
            "orbit": one.orbit,
            "orbits": self.orbits,
        }

    def _pair_parms(self, one: PlannedDate) -> dict[str, Any]:
        chain = self.chain
        return {
            "master": str(self.plan.master),
            "bursts": {name: list(first_last) for name, first_last in self._bursts(self.plan.master_date).items()},
            "slave_bursts": {name: list(first_last) for name, first_last in self._bursts(one).items()},
            "polarisation": self.plan.polarisation,
            "orbits": self.orbits,
            "dem": chain.height_model.name,
            "dem_file": str(chain.height_model.file or ""),
            "area": self.plan.crop,
            "topography": chain.topography,
            "esd": chain.spectral_diversity,
            "coherence": chain.coherence,
        }

    @staticmethod
    def _bursts(one: PlannedDate) -> dict[str, tuple[int, int]]:
        return {swath.name: (swath.first, swath.last) for swath in one.swaths}


def _slices(one: PlannedDate) -> tuple[Path, ...]:
    return tuple(_marked(path) for path in one.slices)
