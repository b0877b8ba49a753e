"""Where SNAP is, which version it is, and where it keeps what it downloads."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from snapstamps.model.errors import InputError, ToolError
from snapstamps.model.paths import expanded
from snapstamps.model.snap_version import SnapVersion

USUAL_PLACES = (
    "~/snap",
    "~/esa-snap",
    "/opt/snap",
    "/opt/esa-snap",
    "/usr/local/snap",
    "/usr/local/esa-snap",
    "/Applications/snap",
    "/Applications/esa-snap",
)
"""Where its installer puts it."""

VERSION_FILE = "VERSION.txt"
_RELEASE = re.compile(r"SNAP Release version\s+(\S+)")
_USER_FOLDER = re.compile(r"^\s*snap\.userdir\s*=\s*(.+?)\s*$", re.MULTILINE)
_ESCAPED = re.compile(r"\\(?:u([0-9a-fA-F]{4})|(.))")
_DIAGNOSIS_SECONDS = 120.0
_HEAP = re.compile(r"^\s*-Xmx(\d+)([kmgKMG]?)\s*$", re.MULTILINE)
_BYTES = {"": 1, "k": 2**10, "m": 2**20, "g": 2**30}


@dataclass(frozen=True)
class SnapInstallation:
    """
    A SNAP that can be run.

    Attributes
    ----------
    home : Path
        Its folder.
    gpt : Path
        The program.
    version : SnapVersion
        As the installation tells; updates of single toolboxes do not change it.
    user_folder : Path
        Where it keeps settings, logs and downloads; shared by all its processes.
    """

    home: Path
    gpt: Path
    version: SnapVersion
    user_folder: Path

    @property
    def auxdata(self) -> Path:
        """Return the folder of orbits, height models and other downloads."""
        return self.user_folder / "auxdata"


def find_snap(home: Path | None = None, *, environment: Mapping[str, str] | None = None) -> SnapInstallation:
    """
    Find SNAP: the folder given, else ``SNAP_HOME``, else gpt on PATH, else the usual places.

    Parameters
    ----------
    home : Path, optional
        Its folder (option ``snap.home``); nothing else is looked at then.
    environment : mapping, optional
        Environment variables; those of this process by default.

    Returns
    -------
    SnapInstallation

    Raises
    ------
    InputError
        If the folder given holds no SNAP.
    ToolError
        If there is none, or its version cannot be told.
    """
    variables = os.environ if environment is None else environment
    if home is not None:
        if not _gpt(home).is_file():
            raise InputError(
                "there is no SNAP in this folder",
                where=home,
                why=f"it has no {_gpt(home).relative_to(home)}",
                remedy="set snap.home to the folder that holds bin/gpt",
            )
        return _inspect(home)
    for place in _places(variables):
        if os.access(_gpt(place), os.X_OK):
            return _inspect(place)
    raise ToolError(
        "SNAP is not found",
        why="looked at SNAP_HOME, at gpt on PATH, and at " + ", ".join(USUAL_PLACES),
        remedy="install SNAP (step.esa.int), or set snap.home; an export that exists needs no SNAP",
    )


def find_auxdata(home: Path | None = None, *, environment: Mapping[str, str] | None = None) -> Path:
    """
    Return where SNAP keeps orbits and height models, as its settings say.

    Parameters
    ----------
    home : Path, optional
        SNAP's folder; looked for as by `find_snap`, and there need be none.
    environment : mapping, optional
        Environment variables; those of this process by default.
    """
    variables = os.environ if environment is None else environment
    places = _places(variables) if home is None else (home,)
    installed = next((place for place in places if os.access(_gpt(place), os.X_OK)), None)
    return _user_folder(installed) / "auxdata"


def gpt_memory(gpt: Path) -> int | None:
    """
    Return the largest heap that gpt may take by its own settings, bytes; None if it is not set.

    Parameters
    ----------
    gpt : Path
        ``bin/gpt``; its settings lie beside it in ``gpt.vmoptions``.
    """
    try:
        text = (gpt.parent / "gpt.vmoptions").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    found = _HEAP.findall(text)
    return int(found[-1][0]) * _BYTES[found[-1][1].lower()] if found else None


def _places(variables: Mapping[str, str]) -> Iterator[Path]:
    if variables.get("SNAP_HOME"):
        yield Path(variables["SNAP_HOME"])
    on_path = shutil.which("gpt", path=variables.get("PATH", ""))
    if on_path is not None:
        folder = Path(on_path).resolve().parent
        # macOS has another gpt, for partition tables; SNAP's lies in a folder bin
        if folder.name == "bin" and (folder.parent / VERSION_FILE).is_file():
            yield folder.parent
    yield from (expanded(place) for place in USUAL_PLACES)


def _gpt(home: Path) -> Path:
    return home / "bin" / "gpt"


def _inspect(home: Path) -> SnapInstallation:
    home = home.absolute()
    return SnapInstallation(home, _gpt(home), _version(home), _user_folder(home))


def _version(home: Path) -> SnapVersion:
    """Read the version from its file, else ask gpt, which takes seconds."""
    try:
        return SnapVersion.parse((home / VERSION_FILE).read_text(encoding="utf-8", errors="replace").strip())
    except (OSError, InputError):
        pass
    try:
        answer = subprocess.run(
            [_gpt(home), "--diag"],
            capture_output=True,
            text=True,
            errors="replace",
            timeout=_DIAGNOSIS_SECONDS,
            stdin=subprocess.DEVNULL,
            check=False,
        )
        match = _RELEASE.search(answer.stdout + answer.stderr)
        if match is not None:
            return SnapVersion.parse(match[1])
        why = f"`gpt --diag` ended with status {answer.returncode} and named no release"
    except (OSError, subprocess.TimeoutExpired, InputError) as error:
        why = str(error)
    raise ToolError("the version of SNAP cannot be told", where=home, why=why, remedy="does `gpt --diag` work?")


def _user_folder(home: Path | None) -> Path:
    """Return the folder that the settings name, else the default one; a user's settings win."""
    folder = expanded("~/.snap")
    for place in (folder, home):
        if place is None:
            continue
        try:
            match = _USER_FOLDER.search((place / "etc" / "snap.properties").read_text(encoding="latin-1"))
        except OSError:
            continue
        if match is not None:
            named = _ESCAPED.sub(_unescaped, match[1])
            return expanded(named.replace("${user.home}", str(expanded("~"))))
    return folder


def _unescaped(match: re.Match[str]) -> str:
    """Return the letter that stands behind a backslash, as in all properties of Java."""
    return chr(int(match[1], 16)) if match[1] else match[2]
