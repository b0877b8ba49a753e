"""Scenes from the archive to the folder, one after the other, verified."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from snapstamps.acquire.download import Progress, Wanted, fetch_file, is_there, no_progress
from snapstamps.acquire.http import Client
from snapstamps.acquire.search import RemoteScene
from snapstamps.formats.safe_files import open_safe
from snapstamps.model.errors import InputError, SnapstampsError


@dataclass(frozen=True)
class Fetched:
    """
    What became of one scene.

    Attributes
    ----------
    name : str
        Of the product.
    path : Path or None
        Where it is; None where it failed.
    was_there : bool
        Whether nothing had to be fetched.
    failure : SnapstampsError or None
        Why it failed.
    """

    name: str
    path: Path | None
    was_there: bool
    failure: SnapstampsError | None = None


def wanted_files(scenes: Sequence[RemoteScene], folder: Path) -> list[Wanted]:
    """Return what is to be fetched, there or not; a folder that was unpacked already counts as there."""
    return [
        Wanted(scene.url, folder / f"{scene.name}.zip", scene.size, scene.md5)
        for scene in scenes
        if not (folder / f"{scene.name}.SAFE").is_dir()
    ]


def download_scenes(
    wanted: Sequence[Wanted],
    client: Client,
    *,
    progress: Callable[[Wanted], Progress] = lambda _wanted: no_progress,
) -> list[Fetched]:
    """
    Fetch scenes.

    Parameters
    ----------
    wanted : sequence of Wanted
        From `wanted_files`.
    client : Client
        Who asks.
    progress : callable, optional
        Gives for each file what is told about its pieces.

    Returns
    -------
    list of Fetched
        A scene that fails does not stop the others.

    Raises
    ------
    InputError
        If the server wants a login or an agreement, which all the others would meet as well.
    """
    done = []
    for file in wanted:
        file.target.parent.mkdir(parents=True, exist_ok=True)
        was_there = is_there(file)
        try:
            path = fetch_file(file, client, check=_is_a_product, progress=progress(file))
        except SnapstampsError as error:
            if isinstance(error, InputError):
                raise
            done.append(Fetched(file.target.stem, None, was_there, error))
        else:
            done.append(Fetched(file.target.stem, path, was_there))
    return done


def _is_a_product(path: Path) -> None:
    """Raise `DataError` where a zip file holds no product; its directory stands at its very end."""
    open_safe(path)
