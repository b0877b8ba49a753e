"""What the commands about scenes take from the project and from their own options."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.model.paths import expanded

if TYPE_CHECKING:
    from snapstamps.acquire.download import Progress, Wanted
    from snapstamps.config.scene_options import AreaOptions, ScenesOptions
    from snapstamps.snap.aoi import Aoi
    from snapstamps.snap.scene_inventory import Inventory, SceneChoice

AreaOption = Annotated[
    str | None,
    typer.Option("--aoi", metavar="AREA", help="Vector file, WKT, or west,south,east,north. Default: the project's."),
]
TrackOption = Annotated[int | None, typer.Option("--track", help="Relative orbit number.")]
DirectionOption = Annotated[
    str | None, typer.Option("--direction", metavar="ascending|descending", help="Direction of flight.")
]
PolarisationOption = Annotated[
    str | None, typer.Option("--polarisation", metavar="VV|VH|HH|HV", help="That the scenes must hold.")
]
FirstOption = Annotated[str | None, typer.Option("--first", metavar="DAY", help="First day, such as 2020-03-04.")]
LastOption = Annotated[str | None, typer.Option("--last", metavar="DAY", help="Last day.")]
DaysOption = Annotated[
    Path | None, typer.Option("--days", metavar="FILE", help="Only the days that begin the lines of this file.")
]


@dataclass(frozen=True)
class SceneSettings:
    """
    What a command about scenes goes by: its options, else the project's, else the defaults.

    Attributes
    ----------
    base : Path
        Where relative paths of the configuration start.
    scenes : ScenesOptions
        With what the command line overrides.
    aoi : str
        Empty for none.
    aoi_folder : Path
        Where a relative path of the area starts.
    master : date or None
        None lets the coherence choose.
    snap_home : Path or None
        The SNAP of the project; None looks for one.
    """

    base: Path
    scenes: "ScenesOptions"
    aoi: str
    aoi_folder: Path
    master: date | None
    snap_home: Path | None

    @property
    def folder(self) -> Path:
        """Return the folder of the scenes."""
        return self.base / expanded(self.scenes.folder or "scenes")

    @property
    def auxdata(self) -> Path:
        """Return SNAP's folder of auxiliary data."""
        from snapstamps.external.snap_home import find_auxdata

        if self.scenes.auxdata is None:
            return find_auxdata(self.snap_home)
        return self.base / expanded(self.scenes.auxdata)

    @property
    def choice(self) -> "SceneChoice":
        """Return which scenes are wanted."""
        from snapstamps.snap.scene_inventory import SceneChoice

        scenes = self.scenes
        return SceneChoice(
            polarisation=scenes.polarisation,
            track=scenes.track or None,
            direction=None if scenes.direction == "any" else scenes.direction.upper(),
            first=_day(scenes.first),
            last=_day(scenes.last),
            swaths=scenes.swaths,
        )

    def area(self) -> "Aoi | None":
        """Read the area of interest, if there is one."""
        from snapstamps.snap.aoi import read_aoi

        return read_aoi(self.aoi, folder=self.aoi_folder) if self.aoi else None

    def inventory(self) -> "Inventory":
        """Read the scenes of the folder."""
        from snapstamps.snap.scene_inventory import find_products, take_inventory

        area = self.area()
        return take_inventory(
            find_products(self.folder), choice=self.choice, area=None if area is None else area.geometry
        )


def scene_settings(
    project: Path,
    *,
    aoi: str | None = None,
    folder: Path | None = None,
    master: str | None = None,
    **overrides: object,
) -> SceneSettings:
    """
    Put together what the command line says and what the project says.

    Parameters
    ----------
    project : Path
        Given by ``-C``; need not be a project.
    aoi, folder, master : optional
        Of the command line.
    **overrides
        Other options of ``[scenes]``; None stands for not given.

    Raises
    ------
    InputError
        If the configuration or an option is wrong.
    """
    from pydantic import ValidationError

    from snapstamps.config.scene_options import ScenesOptions, day_text
    from snapstamps.model.errors import InputError

    options, area, snap_home = _of_project(project)
    given = {key: str(value).lower() if key == "direction" else value for key, value in overrides.items() if value}
    if folder is not None:
        given["folder"] = folder.absolute()
    try:
        scenes = ScenesOptions.model_validate({**options.model_dump(), **given})
        wanted = day_text(master) if master is not None else area.master
        day = None if wanted == "auto" else _day(str(wanted))
    except ValidationError as error:
        first = error.errors()[0]
        raise InputError(
            f"--{first['loc'][0]}: {first['msg'].removeprefix('Value error, ')}", why=f"it is {first['input']!r}"
        ) from error
    except ValueError as error:
        raise InputError(f"--master: {error}", why=f"it is {master!r}") from error
    return SceneSettings(
        base=project.absolute(),
        scenes=scenes,
        aoi=area.aoi if aoi is None else aoi,
        aoi_folder=project.absolute() if aoi is None else Path.cwd(),
        master=day,
        snap_home=snap_home,
    )


def _of_project(folder: Path) -> tuple["ScenesOptions", "AreaOptions", Path | None]:
    """Return the options of the project in a folder and its SNAP, or the defaults where it is none."""
    from snapstamps.cli.common import open_project
    from snapstamps.config.load import CONFIG_NAME
    from snapstamps.config.scene_options import AreaOptions, ScenesOptions

    if not (folder / CONFIG_NAME).is_file():
        return ScenesOptions(), AreaOptions(), None
    project = open_project(folder)
    options = project.options
    area = AreaOptions(aoi=options.project.aoi, master=options.project.master)
    home = options.snap.home
    return options.scenes, area, None if home is None else project.path_of(home)


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@contextmanager
def download_progress() -> Iterator["Progress | None"]:
    """Give what shows the bytes of one file on a terminal, or None where nobody looks."""
    import sys

    from snapstamps.cli.common import SESSION

    if SESSION.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn, TransferSpeedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
    with Progress(*columns, TimeRemainingColumn(), console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


def size_of(wanted: "list[Wanted]") -> str:
    """Return the size of files that are to be fetched, as text."""
    known = sum(file.size or 0 for file in wanted)
    return f"{known / 1e9:.1f} GB" + ("" if all(file.size for file in wanted) else " or more")
