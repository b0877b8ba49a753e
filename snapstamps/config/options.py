"""
Every option of ``snapstamps.toml``: one small model per section.

An unknown key is an error, and so is a value of another type: nothing is guessed. Each field has its
default, its bounds, its unit and one or two sentences; the file that ``snapstamps new`` writes, the errors,
and ``snapstamps params --all`` are made from them.
"""

import re
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict

from snapstamps.config.stamps_parms import check_values

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}
_LEAST_MEMORY = 64 * 2**20


def bytes_of(text: object) -> object:
    """
    Return the number of bytes of a size such as ``"2 GiB"``.

    Examples
    --------
    >>> bytes_of("2 GiB")
    2147483648
    """
    if not isinstance(text, str):
        return text
    match = re.fullmatch(r"\s*(\d+(?:\.\d+)?)\s*([A-Za-z]*)\s*", text)
    if match is None or match[2].upper() not in _UNITS:
        raise ValueError('a size is a number with a unit, such as "2 GiB" or "500 MB"')
    return int(Decimal(match[1]) * _UNITS[match[2].upper()])


def size_text(size: int) -> str:
    """
    Return a number of bytes as people write it, without loss.

    Examples
    --------
    >>> [size_text(n) for n in (2**31, 500 * 2**20, 1000)]
    ['2 GiB', '500 MiB', '1000 B']
    """
    for unit, factor in (("GiB", 2**30), ("MiB", 2**20), ("KiB", 2**10)):
        if size and size % factor == 0:
            return f"{size // factor} {unit}"
    return f"{size} B"


def _path_or_none(text: object) -> object:
    return None if text == "" else text


Size = Annotated[int, BeforeValidator(bytes_of), Field(ge=_LEAST_MEMORY)]
OptionalPath = Annotated[Path | None, Strict(False), BeforeValidator(_path_or_none)]
NotNegative = Annotated[int, Field(ge=0)]
Positive = Annotated[int, Field(ge=1)]
Parms = Annotated[dict[str, Any], AfterValidator(check_values)]


def _option(default: Any, description: str, *, unit: str = "-", allowed: str = "", **bounds: Any) -> Any:
    """Return a field with its explanation; ``allowed`` where the type does not say what it takes."""
    return Field(default, description=description, json_schema_extra={"unit": unit, "allowed": allowed}, **bounds)


class Section(BaseModel):
    """What all sections share: no unknown keys, no other types, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, validate_default=True)


class ProjectOptions(Section):
    """The project as a whole."""

    name: str = _option(
        "", "Name of the area, for titles and reports.", allowed="text of at most 200 characters", max_length=200
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
    baselines: Literal["correct", "keep", "stop"] = _option(
        "keep",
        "The sign of the third number of the .base files, which SNAP writes the other way round. "
        "keep: use them as they are, with a warning. stop: stop where the sign is not proven right. "
        "correct: flip it, but only where orbits prove it.",
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
        allowed=f'a size such as "2 GiB" or a number of bytes, at least {size_text(_LEAST_MEMORY)}',
    )


class StampsOptions(Section):
    """Steps 1-8 of StaMPS."""

    folder: Annotated[Path, Strict(False)] = _option(
        Path("stamps"),
        "StaMPS's working folder, with patch.list, PATCH_n and the results of the steps; relative to this file.",
    )
    engine: Literal["auto", "native", "octave"] = _option(
        "auto", "native: our own engine. octave: the real StaMPS under GNU Octave. auto: native."
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


class ExportOptions(Section):
    """The results."""

    quantity: Quantity = _option(
        "v-do",
        "Velocity to export, by StaMPS's name: d without DEM error, o without orbit ramps, "
        "s without the slaves' atmosphere.",
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


class RunOptions(Section):
    """How the work is done."""

    workers: int = _option(0, "Parallel processes; 0: as many as cores.", unit="processes", ge=0, le=1024)
    memory: Size = _option(
        4 * 2**30,
        "Memory that a step may plan to use.",
        unit="bytes",
        allowed=f'a size such as "4 GiB" or a number of bytes, at least {size_text(_LEAST_MEMORY)}',
    )


class Options(Section):
    """The whole file."""

    project: ProjectOptions = ProjectOptions()
    stamps_export: StampsExportOptions = StampsExportOptions()
    candidates: CandidatesOptions = CandidatesOptions()
    stamps: StampsOptions = StampsOptions()
    export: ExportOptions = ExportOptions()
    run: RunOptions = RunOptions()
