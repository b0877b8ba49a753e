"""
Every option of ``snapstamps.toml``: one small model per section.

An unknown key is an error, and so is a value of another type: nothing is guessed. Each field has its
default, its bounds, its unit and one or two sentences; the file that ``snapstamps new`` writes, the errors,
and ``snapstamps params --all`` are made from them.
"""

from pathlib import Path
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BeforeValidator, Field, Strict

from snapstamps.config.cluster_options import ClusterOptions
from snapstamps.config.scene_options import AreaOptions, ScenesOptions
from snapstamps.config.section import LEAST_MEMORY, OptionalPath, Section, Size, size_text
from snapstamps.config.section import option as _option
from snapstamps.config.snap_options import SnapOptions
from snapstamps.config.stamps_parms import check_values

NotNegative = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Parms = Annotated[dict[str, Any], AfterValidator(check_values)]
Paths = Annotated[tuple[Annotated[Path, Strict(False)], ...], Strict(False)]
_PATHS_ALLOWED = 'paths in a list, such as ["roads.gpkg", "rivers.shp"]'


class ProjectOptions(AreaOptions):
    """The project as a whole."""

    name: str = _option(
        "", "Name of the area, for titles and reports.", allowed="text of at most 200 characters", max_length=200
    )
    profile: str = _option(
        "",
        "Profile that the project follows: the report then compares the run with what its paper says, and the engine "
        '"auto" takes the real StaMPS where it is found. `snapstamps paper list` names them. Empty: none.',
        allowed='the name of a profile, or ""',
    )


class StampsExportOptions(Section):
    """The INSAR_<master> folder that SNAP's StampsExport wrote."""

    folder: OptionalPath = _option(
        None,
        "The INSAR_<master> folder (rslc, diff0, geo, dem); relative to this file. "
        "Empty: the one INSAR_… folder of the project.",
    )
    repair: bool = _option(
        True,
        "Correct SNAP's faulty headers (pixel spacing, earth radius, ranges, times) before use; "
        "the originals stay beside them as .orig. false: use them as they are.",
    )
    product: OptionalPath = _option(
        None,
        "The SNAP product (.dim) of the stack, if it is at hand: the source of the true pixel spacing. Empty: none.",
    )
    orbits: OptionalPath = _option(
        None,
        "Where the orbits of all dates can be read: a folder of split or coregistered SNAP products (.dim), of "
        "Sentinel-1 scenes, or of orbit files (.EOF), at any depth. Empty: what the project itself holds.",
    )
    baselines: Literal["correct", "keep", "stop"] = _option(
        "correct",
        "The sign of the third number of the .base files, which SNAP writes the other way round. "
        "correct: flip it, but only where the orbits prove it for this export; without orbits it is used as it is, "
        "with a warning. keep: use the files as they are, with a warning. stop: stop where the sign is not proven "
        "right.",
    )


class CandidatesOptions(Section):
    """Choice of the persistent-scatterer candidates, in place of mt_prep_snap."""

    amplitude_dispersion: float = _option(
        0.4,
        "Largest amplitude dispersion D_A of a candidate; 0.4 is usual, fewer and better ones have less.",
        gt=0,
        le=2,
    )
    patches: Literal["auto"] | Annotated[tuple[Positive, Positive], Strict(False)] = _option(
        "auto",
        'Patches in range and azimuth, such as [1, 2]; "auto": about 5 million pixels each.',
        allowed='"auto" or two whole numbers of at least 1, such as [1, 2]',
    )
    overlap: Annotated[tuple[NotNegative, NotNegative], Strict(False)] = _option(
        (50, 50),
        "Overlap of the patches in range and azimuth.",
        unit="pixels",
        allowed="two whole numbers of at least 0, such as [50, 50]",
    )
    mask: OptionalPath = _option(
        None,
        "Raster or polygons in any CRS; pixels inside polygons, or where the raster is not 0, "
        "are left out (water, say). Empty: none.",
    )
    memory: Size = _option(
        2 * 2**30,
        "Largest memory of the stage.",
        unit="bytes",
        allowed=f'a size such as "2 GiB" or a number of bytes, at least {size_text(LEAST_MEMORY)}',
    )


class StampsOptions(Section):
    """Steps 1-8 of StaMPS."""

    folder: Annotated[Path, Strict(False)] = _option(
        Path("stamps"),
        "StaMPS's working folder, with patch.list, PATCH_n and the results of the steps; relative to this file.",
    )
    engine: Literal["auto", "native", "octave"] = _option(
        "auto",
        "native: our own engine. octave: the real StaMPS under GNU Octave. auto: native; octave only where the "
        "project has the profile of a paper and both StaMPS and Octave are found.",
    )
    home: OptionalPath = _option(
        None,
        "The StaMPS checkout (its folder holds matlab/stamps.m), for the engine octave. "
        "The variable SNAPSTAMPS_STAMPS_HOME is stronger. Empty: none.",
    )
    interpreter: Literal["octave", "matlab"] = _option(
        "octave", "Who runs the real StaMPS for the engine octave: GNU Octave, or MATLAB in batch mode."
    )
    compat_fast: bool = _option(
        True,
        "Let faster functions with equal results stand in front of StaMPS's ps_topofit and clap_filt_patch and "
        "Octave's dsearchn. false: StaMPS's own, which take twice as long.",
    )
    timeout: float = _option(
        240.0, "Longest time of one step of StaMPS before it is stopped.", unit="hours", gt=0, le=10_000
    )
    silence: float = _option(
        120.0,
        "Longest time without a printed line before StaMPS is taken for hung and stopped.",
        unit="minutes",
        gt=0,
        le=100_000,
    )
    rounds: int = _option(
        1, "Passes through steps 6, 7, 8; from the second on, step 6 uses step 7's result.", ge=1, le=10
    )
    quirks: Literal["mend", "reproduce"] = _option(
        "mend", "StaMPS's known defects: mend them, or reproduce them to the bit for comparisons."
    )
    unwrap_solver: Literal["auto", "snaphu", "mcf"] = _option(
        "auto",
        "Solver of step 6. snaphu: the program (not free for commercial use). mcf: the open "
        "minimum-cost-flow solver. auto: snaphu where it is found, else mcf.",
    )
    parms: Parms = Field(
        default_factory=dict,
        description="StaMPS's own parameters by their own names; `snapstamps params` explains them all.",
    )


Quantity = Literal["v", "v-d", "v-o", "v-do", "v-s", "v-so", "v-ds", "v-dso"]
FormatName = Literal["gpkg", "shp", "csv", "visualizer", "parquet", "fgb", "kmz", "tif"]


def file_text(value: object) -> object:
    """
    Return the text of a path; a list that was typed as text, and nothing, are none.

    Raises
    ------
    ValueError
        If it is one of these.
    """
    if isinstance(value, str) and (not value.strip() or value.lstrip().startswith("[")):
        raise ValueError("this is no path")
    return value


Degrees = Annotated[float, Field(ge=-180, le=180)]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Metres = Annotated[float, Field(ge=0, le=1_000_000)]
ReferenceChoice = (
    Literal["stamps", "mean"]
    | Annotated[tuple[Degrees, Latitude, Metres], Strict(False)]
    | Annotated[Path, Strict(False), BeforeValidator(file_text)]
)
FORMAT_NAMES = ", ".join(f'"{name}"' for name in get_args(FormatName))


class ExportOptions(Section):
    """The results."""

    quantity: Quantity = _option(
        "v-do",
        "Velocity to export, by StaMPS's name: d without DEM error, o without orbit ramps, "
        "s without the slaves' atmosphere.",
    )
    reference: ReferenceChoice = _option(
        "stamps",
        "Where velocities are zero. stamps: as StaMPS's parameters ref_lon, ref_lat, ref_centre_lonlat and ref_radius "
        "say, which by default is the mean of all PS. mean: of all PS. Or the PS around a place that is taken to be "
        "stable (radius 0: the nearest one), or inside the polygons of a vector file. Only the export and the report "
        "are made anew.",
        allowed='"stamps", "mean", [longitude, latitude, radius in m] such as [105.846, 21.033, 100], or a path',
    )
    vertical: bool = _option(
        False,
        "Also write velocity_vertical = velocity / cos(incidence), true only where the motion is vertical.",
    )
    positions: Literal["snap", "corrected"] = _option(
        "snap", "Coordinates as SNAP gives them, or shifted for the estimated DEM error."
    )
    bootstrap: int = _option(
        100, "Draws of the bootstrap of the velocity's standard deviation.", unit="draws", ge=10, le=10_000
    )
    formats: Literal["all"] | Annotated[tuple[FormatName, ...], Strict(False)] = _option(
        ("gpkg",),
        "Files to write; velocity.gpkg is always among them, since the other commands read it.",
        allowed=f'"all" or a list of {FORMAT_NAMES}',
    )
    raster_cell: float = _option(
        100.0, "Side of the cells over which the raster (tif) averages velocities.", unit="m", ge=1, le=100_000
    )
    raster_crs: Literal["utm", "EPSG:4326"] = _option(
        "utm", "Coordinates of the raster: the UTM zone of the area, or longitude and latitude."
    )
    lines: Paths = _option(
        (),
        "Roads, rivers and boundaries, drawn on the maps: vector files in any CRS. Their names tell how: rivers "
        "(river, stream, canal, water) blue, boundaries (border, boundary, admin, province, district, commune) dashed, "
        "all others as roads.",
        allowed=_PATHS_ALLOWED,
    )
    areas: OptionalPath = _option(
        None,
        "Polygons with names (column name, else the first text column): the report tells how each moves, the map "
        "shows the first three as insets A, B, C. Empty: none.",
    )
    points: OptionalPath = _option(
        None,
        "Points with names, such as survey points: the report draws the time series of the nearest PS. Empty: none.",
    )
    background: Literal["hillshade", "amplitude"] = _option(
        "hillshade", "Behind the velocity map: the relief of the DEM, or the mean amplitude, whichever is at hand."
    )
    figures: Annotated[tuple[Literal["png", "pdf", "svg"], ...], Strict(False)] = _option(
        ("png", "pdf"),
        "Kinds of files in products/figures; an empty list: no figures.",
        allowed='any of "png", "pdf", "svg" in a list, such as ["png", "svg"]',
    )


class RunOptions(Section):
    """How the work is done."""

    workers: int = _option(
        0,
        "Parallel processes at the most; 0: as many as cores. Fewer work where the memory holds fewer.",
        unit="processes",
        ge=0,
        le=1024,
    )
    memory: Literal["auto"] | Size = _option(
        "auto",
        "Memory of all parallel processes together. auto: nine tenths of what is free when they start.",
        unit="bytes",
        allowed=f'"auto" or a size such as "4 GiB", at least {size_text(LEAST_MEMORY)}',
    )


class Options(Section):
    """The whole file."""

    project: ProjectOptions = ProjectOptions()
    scenes: ScenesOptions = ScenesOptions()
    snap: SnapOptions = SnapOptions()
    stamps_export: StampsExportOptions = StampsExportOptions()
    candidates: CandidatesOptions = CandidatesOptions()
    stamps: StampsOptions = StampsOptions()
    export: ExportOptions = ExportOptions()
    run: RunOptions = RunOptions()
    cluster: ClusterOptions = ClusterOptions()
