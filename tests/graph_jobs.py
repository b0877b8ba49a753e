"""Jobs for the tests of graphs: one of every kind, with all its branches."""

from pathlib import Path

from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.choices import GeoArea, HeightModel, PixelWindow, SwathCut
from snapstamps.snap.jobs import CoregisterJob, Job, MergeJob, SplitJob, StampsExportJob, StripmapJob

AOI = "POLYGON ((105.70 20.95, 105.95 20.95, 105.95 21.10, 105.70 21.10, 105.70 20.95))"
RUN = Path("/data/run")
PAIR = "20230331_20230319"
OWN_MODEL = HeightModel("External DEM", Path("/data/dem/area_ellipsoidal.tif"), -9999.0)
RELEASES = tuple(
    SnapVersion.parse(text)
    for text in ("7", "8", "9", "10", "11", "12", "13.0.0", "13.0.1", "13.0.4", "14.0.0-RC1", "14.0.0")
)


def built_in(version: SnapVersion) -> HeightModel:
    return HeightModel("SRTM 3Sec" if version.major == 7 else "Copernicus 30m Global DEM")


def split(**changes) -> SplitJob:
    cut = SwathCut("IW2", RUN / "split/20230331_IW2.dim", 3, 5)
    return SplitJob(
        **{"scenes": (Path("/data/slc/S1A_IW_SLC_A.zip"),), "polarisation": "VV", "swaths": (cut,), **changes}
    )


def assembly() -> SplitJob:
    return SplitJob(
        scenes=(Path("/data/slc/S1A_IW_SLC_A.zip"), Path("/data/slc/S1A_IW_SLC_B.zip")),
        polarisation="VV",
        swaths=tuple(SwathCut(name, RUN / f"split/20230319_{name}.dim", aoi=AOI) for name in ("IW1", "IW2")),
    )


def coregister(version: SnapVersion, **changes) -> CoregisterJob:
    part = "_IW2" if changes.get("topography") == "later" else ""
    return CoregisterJob(
        **{
            "master": RUN / "split/20230331_IW2.dim",
            "slave": RUN / "split/20230319_IW2.dim",
            "polarisation": "VV",
            "bursts": 3,
            "height_model": built_in(version),
            "coregistered": RUN / f"coreg/{PAIR}{part}.dim",
            "interferogram": RUN / f"ifg/{PAIR}{part}.dim",
            "crop": None if part else GeoArea(AOI),
            **changes,
        }
    )


def merge(version: SnapVersion, **changes) -> MergeJob:
    swaths = ("IW1", "IW2")
    return MergeJob(
        **{
            "coregistered_parts": tuple(RUN / f"coreg/{PAIR}_{swath}.dim" for swath in swaths),
            "interferogram_parts": tuple(RUN / f"ifg/{PAIR}_{swath}.dim" for swath in swaths),
            "polarisation": "VV",
            "height_model": built_in(version),
            "coregistered": RUN / f"coreg/{PAIR}.dim",
            "interferogram": RUN / f"ifg/{PAIR}.dim",
            "crop": GeoArea(AOI),
            **changes,
        }
    )


def stamps_export() -> StampsExportJob:
    return StampsExportJob(RUN / f"coreg/{PAIR}.dim", RUN / f"ifg/{PAIR}.dim", RUN / "INSAR_20230331")


def stripmap(version: SnapVersion, **changes) -> StripmapJob:
    return StripmapJob(
        **{
            "master": Path("/data/tsx/ref.xml"),
            "slave": Path("/data/tsx/sec.xml"),
            "height_model": built_in(version),
            "coregistered": RUN / "coreg/p.dim",
            "interferogram": RUN / "ifg/p.dim",
            "crop": GeoArea(AOI),
            **changes,
        }
    )


def all_jobs(version: SnapVersion) -> dict[str, Job]:
    """One job for each branch of each template."""
    jobs: dict[str, Job] = {
        "split": split(),
        "split_assembly": assembly(),
        "coregister": coregister(version),
        "coregister_window": coregister(version, crop=PixelWindow(10, 20, 300, 200)),
        "coregister_whole": coregister(version, crop=None, coherence=False),
        "coregister_one_burst": coregister(version, bursts=1),
        "coregister_without_esd": coregister(version, spectral_diversity=False),
        "coregister_own_model": coregister(version, height_model=OWN_MODEL),
        "coregister_topography_in_interferogram": coregister(version, topography="in_interferogram"),
        "coregister_part": coregister(version, topography="later"),
        "merge": merge(version),
        "merge_own_model": merge(version, height_model=OWN_MODEL, crop=None),
        "stamps_export": stamps_export(),
        "stripmap": stripmap(version),
        "stripmap_own_model": stripmap(version, height_model=OWN_MODEL, crop=None),
    }
    if version >= SnapVersion(13, 0, 1):
        jobs["split_single_swath_scene"] = split(single_swath_scene=True)
    return jobs
