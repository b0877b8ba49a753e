"""
Every option of ``snapstamps.toml``: one small model per section.

An unknown key is an error. Each field has its default, its bounds and one sentence with its unit; the
file that ``snapstamps new`` writes is made from them.
"""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

_UNITS = {"": 1, "B": 1, "KB": 10**3, "MB": 10**6, "GB": 10**9, "KIB": 2**10, "MIB": 2**20, "GIB": 2**30}


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
    return int(float(match[1]) * _UNITS[match[2].upper()])


Size = Annotated[int, BeforeValidator(bytes_of), Field(ge=64 * 2**20)]


class Section(BaseModel):
    """What all sections share: no unknown keys, no change after loading."""

    model_config = ConfigDict(extra="forbid", frozen=True, validate_default=True)


class ProjectOptions(Section):
    """The project as a whole."""

    name: str = Field("", max_length=200, description="Name of the area, for titles and reports.")


class StampsExportOptions(Section):
    """The INSAR_<master> folder that SNAP's StampsExport wrote."""

    folder: Path | None = Field(
        None,
        description="The INSAR_<master> folder (rslc, diff0, geo, dem); relative to this file. "
        "Empty: the one INSAR_… folder of the project.",
    )
    repair: bool = Field(
        True,
        description="Correct SNAP's faulty headers (pixel spacing, earth radius, ranges, times) before use; "
        "the originals stay beside them as .orig. false: use them as they are.",
    )
    product: Path | None = Field(
        None,
        description="The SNAP product (.dim) of the stack, if it is at hand: the source of the true pixel spacing.",
    )
    baselines: Literal["correct", "keep", "stop"] = Field(
        "keep",
        description="The sign of the third number of the .base files, which SNAP writes the other way round. "
        "keep: use them as they are, with a warning. stop: stop where the sign is not proven right. "
        "correct: flip it, but only where orbits prove it.",
    )


class CandidatesOptions(Section):
    """Choice of the persistent-scatterer candidates, in place of mt_prep_snap."""

    amplitude_dispersion: float = Field(
        0.4,
        gt=0,
        le=2,
        description="Largest amplitude dispersion D_A of a candidate (unitless); 0.4 is usual.",
    )
    patches: Literal["auto"] | tuple[int, int] = Field(
        "auto",
        description='Patches in range and azimuth, such as [1, 2]; "auto": about 5 million pixels each.',
    )
    overlap: tuple[Annotated[int, Field(ge=0)], Annotated[int, Field(ge=0)]] = Field(
        (50, 50), description="Overlap of the patches in range and azimuth (pixels)."
    )
    mask: Path | None = Field(
        None,
        description="Raster or polygons in any CRS; pixels inside polygons, or where the raster is not 0, "
        "are left out (water, say). Empty: none.",
    )
    memory: Size = Field(2 * 2**30, description='Largest memory of the stage (bytes, or such as "2 GiB").')


class StampsOptions(Section):
    """Steps 1-8 of StaMPS."""

    engine: Literal["auto", "native", "octave"] = Field(
        "auto", description="native: our own engine. octave: the real StaMPS under GNU Octave. auto: native."
    )
    rounds: int = Field(
        1,
        ge=1,
        le=10,
        description="Passes through steps 6, 7, 8; from the second on, step 6 uses step 7's result.",
    )
    quirks: Literal["mend", "reproduce"] = Field(
        "mend", description="StaMPS's known defects: mend them, or reproduce them to the bit for comparisons."
    )
    unwrap_solver: Literal["auto", "snaphu", "mcf"] = Field(
        "auto",
        description="Solver of step 6. snaphu: the program (not free for commercial use). mcf: the open "
        "minimum-cost-flow solver. auto: snaphu where it is found, else mcf.",
    )
    parms: dict[str, Any] = Field(
        default_factory=dict,
        description="StaMPS's own parameters by their own names; `snapstamps params` explains them all.",
    )


Quantity = Literal["v", "v-d", "v-o", "v-do", "v-s", "v-so", "v-ds", "v-dso"]


class ExportOptions(Section):
    """The results."""

    quantity: Quantity = Field(
        "v-do",
        description="Velocity to export, by StaMPS's name: d without DEM error, o without orbit ramps, "
        "s without the slaves' atmosphere.",
    )
    vertical: bool = Field(
        False,
        description="Also write velocity_vertical = velocity / cos(incidence), true only where the motion is vertical.",
    )
    positions: Literal["snap", "corrected"] = Field(
        "snap", description="Coordinates as SNAP gives them, or shifted for the estimated DEM error."
    )
    bootstrap: int = Field(100, ge=10, le=10_000, description="Draws of the bootstrap of the velocity's deviation.")


class RunOptions(Section):
    """How the work is done."""

    workers: int = Field(0, ge=0, le=1024, description="Parallel processes; 0: as many as cores.")
    memory: Size = Field(4 * 2**30, description='Memory a step may plan to use (bytes, or such as "4 GiB").')


class Options(Section):
    """The whole file."""

    project: ProjectOptions = ProjectOptions()
    stamps_export: StampsExportOptions = StampsExportOptions()
    candidates: CandidatesOptions = CandidatesOptions()
    stamps: StampsOptions = StampsOptions()
    export: ExportOptions = ExportOptions()
    run: RunOptions = RunOptions()
