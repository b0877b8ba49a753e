"""What a profile puts into a new project folder beside ``snapstamps.toml``: area, places, roads, the list of scenes."""

import csv
import io
from pathlib import Path

from snapstamps.config.profile import BaselinesTold, Profile, ScenesTold
from snapstamps.config.profile_shapes import aoi_geojson, areas_geojson, roads_geojson
from snapstamps.formats.atomic import write_text
from snapstamps.model.errors import InputError

AOI, AREAS, ROADS, SCENES = "aoi.geojson", "areas.geojson", "roads.geojson", "scenes.csv"


def profile_files(profile: Profile) -> dict[str, str]:
    """
    Return the files of a profile by their names; none for a profile of options.

    Parameters
    ----------
    profile : Profile
        Its areas, dates and baselines are written.
    """
    files: dict[str, str] = {}
    if profile.area is not None:
        files[AOI] = aoi_geojson(profile)
    if profile.areas:
        files[AREAS] = areas_geojson(profile)
    if any(place.line for place in profile.areas):
        files[ROADS] = roads_geojson(profile)
    if profile.scenes is not None and profile.baselines is not None:
        files[SCENES] = scene_list(profile.scenes, profile.baselines)
    return files


def scene_list(scenes: ScenesTold, baselines: BaselinesTold) -> str:
    """Return the dates of a paper as CSV, in the form that ``snapstamps scenes download --days`` reads."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(
        ("date", "date_as_printed", "perpendicular_m", "mission", "direction", "track", "swaths", "polarisation")
    )
    search = (scenes.mission.value, scenes.direction.value, scenes.track.value, " ".join(scenes.swaths.value))
    for row in sorted(baselines.rows, key=lambda row: row.used):
        writer.writerow((row.used, row.printed, f"{row.perpendicular_m:g}", *search, scenes.polarisation.value))
    return text.getvalue()


def write_profile_files(folder: Path, profile: Profile) -> tuple[Path, ...]:
    """
    Write the files of a profile into a project folder.

    Parameters
    ----------
    folder : Path
        The project folder; made if need be.
    profile : Profile
        Whose files they are.

    Returns
    -------
    tuple of Path
        The files.

    Raises
    ------
    InputError
        If another file of such a name is there already, or the folder cannot be written.
    """
    files = {folder / name: text for name, text in profile_files(profile).items()}
    for path, text in files.items():
        if path.exists() and path.read_text(encoding="utf-8", errors="replace") != text:
            raise InputError(
                f"{path.name} exists already and is not overwritten",
                where=folder,
                remedy="move it, or name another folder",
            )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for path, text in files.items():
            write_text(path, text)
    except OSError as error:
        raise InputError("the project folder cannot be written", where=folder, why=str(error)) from error
    return tuple(files)
