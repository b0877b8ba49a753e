"""
The options of what goes in: the area, the master, the scenes, their orbits, and the elevation model.

Days and areas are kept as text, so that the file that is written says what the user would type.
"""

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Strict

from snapstamps.config.section import OptionalPath, Section, option

_DAY = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})")


def day_text(value: object) -> object:
    """
    Return a day as ``YYYY-MM-DD``; empty text stays.

    Raises
    ------
    ValueError
        If it is no day.

    Examples
    --------
    >>> day_text("20200304"), day_text(date(2020, 3, 4)), day_text("")
    ('2020-03-04', '2020-03-04', '')
    """
    if isinstance(value, date):
        return f"{value:%Y-%m-%d}"
    if not isinstance(value, str) or value == "":
        return value
    match = _DAY.fullmatch(value.strip())
    if match is None:
        raise ValueError('a day is written as "2020-03-04"')
    return str(date(int(match[1]), int(match[2]), int(match[3])))


def master_text(value: object) -> object:
    """Return ``auto``, or a day as ``YYYY-MM-DD``; see `day_text`."""
    text = "auto" if value == "" else value
    return text if text == "auto" else day_text(text)


def area_text(value: object) -> object:
    """
    Return an area as text; a box is four numbers.

    Raises
    ------
    ValueError
        If a list is not four numbers.

    Examples
    --------
    >>> area_text([105.4, 21.3, 106.2, 22.7])
    '105.4, 21.3, 106.2, 22.7'
    """
    if not isinstance(value, list | tuple):
        return value
    if len(value) != 4 or not all(isinstance(number, int | float) for number in value):
        raise ValueError("a box has four numbers: west, south, east, north")
    return ", ".join(f"{number:g}" for number in value)


Day = Annotated[str, BeforeValidator(day_text)]
SwathNames = Annotated[tuple[Literal["IW1", "IW2", "IW3"], ...], Strict(False)]
_ALLOWED_DAY = 'a day such as "2020-03-04", or ""'


class AreaOptions(Section):
    """What the section [project] says of the area and the master."""

    aoi: Annotated[str, BeforeValidator(area_text)] = option(
        "",
        "Area of interest: a vector file in any CRS (GeoJSON, GeoPackage, shapefile, KML; relative to this file), WKT, "
        "or a box [west, south, east, north] in degrees. Empty: all that the scenes cover.",
        allowed='a path, WKT, or a box such as "105.4, 21.3, 106.2, 22.7"',
    )
    master: Annotated[str, BeforeValidator(master_text)] = option(
        "auto",
        'Day of the master; "auto": the date with the highest mean modelled coherence, as SNAP would choose.',
        allowed='"auto" or a day such as "2020-03-04"',
    )


class ScenesOptions(Section):
    """The Sentinel-1 scenes, their orbits, and the elevation model."""

    folder: OptionalPath = option(
        None,
        "Folder of the scenes (zip files or .SAFE folders, at any depth); relative to this file. Empty: SNAP is not "
        "run, the project begins with an export that is there (downloads then go to scenes).",
    )
    track: int = option(0, "Relative orbit number (track); 0: the one with most dates over the area.", ge=0, le=175)
    direction: Literal["any", "ascending", "descending"] = option("any", "Direction of flight.")
    polarisation: Literal["VV", "VH", "HH", "HV"] = option("VV", "Polarisation to use; VV is usual over land.")
    first: Day = option("", "First day to use; empty: no limit.", allowed=_ALLOWED_DAY)
    last: Day = option("", "Last day to use; empty: no limit.", allowed=_ALLOWED_DAY)
    swaths: SwathNames = option(
        (),
        "Sub-swaths to use; [] takes the fewest that cover the area.",
        allowed='a list such as ["IW1", "IW2"], or []',
    )
    auxdata: OptionalPath = option(
        None,
        "SNAP's folder of auxiliary data, where orbits and elevation tiles are put. Empty: where the settings of the "
        "SNAP that is installed say, as a rule ~/.snap/auxdata.",
    )
    orbits: Literal["precise", "precise-or-restituted", "restituted"] = option(
        "precise-or-restituted",
        "Which orbits are good enough. precise: POEORB, three weeks after the acquisition. restituted: RESORB, "
        "hours after it, good to 10 cm.",
    )
    dem: Literal["Copernicus 30m Global DEM", "Copernicus 90m Global DEM", "SRTM 1Sec HGT"] = option(
        "Copernicus 30m Global DEM", "Elevation model by SNAP's name (Copernicus needs SNAP 8 or later)."
    )
    dem_file: OptionalPath = option(
        None,
        "An elevation model of your own instead: GeoTIFF in longitude and latitude, heights above the ellipsoid, "
        "0.1 degrees more than the scenes on all sides. Empty: none.",
    )
    dem_datum: Literal["unknown", "ellipsoid", "geoid"] = option(
        "unknown", "What the heights of dem_file are above, where the file itself does not say it."
    )
