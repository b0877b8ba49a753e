"""The choices that graphs are made from: heights, crops, bursts, kinds of orbit; each checked when it is made."""

import math
import re
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar, Literal

from snapstamps.model.errors import InputError
from snapstamps.snap.operators import EXTERNAL_DEM

ALL_BURSTS = 9999
"""A last burst that means to the end: SNAP cuts it to the number there is."""

POLARISATIONS = ("VV", "VH", "HH", "HV")
Orbit = Literal["precise", "restituted"]
Topography = Literal["removal", "in_interferogram", "later"]
"""Where the phase of the heights is taken out: after deburst, by Interferogram, or after the merge of sub-swaths."""

ORBIT_TYPES: dict[Orbit, str] = {
    "precise": "Sentinel Precise (Auto Download)",
    "restituted": "Sentinel Restituted (Auto Download)",
}
_SWATH = re.compile(r"(IW[1-3]|EW[1-5])")


@dataclass(frozen=True)
class HeightModel:
    """
    Where heights come from.

    Attributes
    ----------
    name : str
        SNAP's name of a built-in model, or `EXTERNAL_DEM`.
    file : Path or None
        An own GeoTIFF (WGS84, ellipsoidal heights, m); only with `EXTERNAL_DEM`.
    no_data : float or None
        What stands for no height in it.
    """

    name: str
    file: Path | None = None
    no_data: float | None = None

    def __post_init__(self) -> None:
        if (self.name == EXTERNAL_DEM) != (self.file is not None):
            raise InputError(
                f"the height model is {self.name!r}, with {self.file or 'no file'}",
                why=f"a file of one's own goes together with the name {EXTERNAL_DEM!r}, and only with it",
                remedy="set either scenes.dem or scenes.dem_file",
            )
        if self.file is not None and (self.no_data is None or math.isinf(self.no_data)):
            raise InputError(
                "it is not said what stands for no height in the height model",
                where=self.file,
                remedy="declare it in the file: gdal_edit.py -a_nodata -9999",
            )


@dataclass(frozen=True)
class PixelWindow:
    """A crop in pixels: column and line of its first pixel, from 0, and its size."""

    x: int
    y: int
    width: int
    height: int
    element: ClassVar[str] = "region"

    def __post_init__(self) -> None:
        if min(self.x, self.y) < 0 or min(self.width, self.height) < 1:
            raise InputError(f"{self.text} is not a window", remedy="x,y,width,height in pixels, x and y from 0")

    @property
    def text(self) -> str:
        """Return it as SNAP reads it."""
        return f"{self.x},{self.y},{self.width},{self.height}"


@dataclass(frozen=True)
class GeoArea:
    """A crop to the pixel rectangle around a geometry: WKT in longitude and latitude."""

    wkt: str
    element: ClassVar[str] = "geoRegion"

    @property
    def text(self) -> str:
        """Return it as SNAP reads it."""
        return self.wkt


Crop = PixelWindow | GeoArea


@dataclass(frozen=True)
class SwathCut:
    """
    What is cut out of one sub-swath.

    Attributes
    ----------
    name : str
        Such as ``IW2``.
    target : Path
        The product to write (``.dim``).
    first_burst, last_burst : int
        From 1; `ALL_BURSTS` is to the end.
    aoi : str or None
        WKT: of these bursts, those that it touches.
    """

    name: str
    target: Path
    first_burst: int = 1
    last_burst: int = ALL_BURSTS
    aoi: str | None = None

    def __post_init__(self) -> None:
        if not _SWATH.fullmatch(self.name):
            raise InputError(f"{self.name!r} is not a sub-swath", remedy="IW1, IW2 or IW3")
        if not 1 <= self.first_burst <= self.last_burst:
            raise InputError(
                f"bursts {self.first_burst} to {self.last_burst} of {self.name} do not exist",
                remedy="count from 1, the last not before the first",
            )


def check_polarisation(text: str) -> None:
    """
    Stop at a polarisation that does not exist.

    Raises
    ------
    InputError
        If it is none; TOPSAR-Split would silently take all of them.
    """
    if text not in POLARISATIONS:
        raise InputError(f"{text!r} is not a polarisation", remedy=f"one of {', '.join(POLARISATIONS)}")
