"""GNU Octave, MATLAB and StaMPS on this machine: where they are, and which versions."""

import hashlib
import os
import re
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from snapstamps.model.errors import InputError, ToolError
from snapstamps.model.paths import expanded

HOME_VARIABLE = "SNAPSTAMPS_STAMPS_HOME"
"""Names the StaMPS checkout; stronger than ``[stamps] home``."""

_MAIN = "stamps.m"
_OF_STEPS_1_TO_8 = (_MAIN, "ps_load_initial_gamma.m", "ps_est_gamma_quick.m", "ps_select.m", "ps_weed.m", "ps_unwrap.m")


@dataclass(frozen=True)
class Stamps:
    """
    A StaMPS checkout.

    Attributes
    ----------
    home : Path
        Its folder, absolute.
    functions : Path
        The folder of its ``.m`` files.
    """

    home: Path
    functions: Path

    @property
    def version(self) -> str:
        """Return the version that StaMPS prints, such as ``4.0b6``."""
        text = (self.functions / _MAIN).read_text(encoding="utf-8", errors="replace")
        found = re.search(r"StaMPS/MTI Version\s+(\S+)", text)
        return found[1] if found else "unknown"

    @property
    def digest(self) -> str:
        """Return a digest of all its ``.m`` files: the same for the same, unedited StaMPS."""
        return _digest(self.functions)


def find_stamps(home: Path | None = None, *, environment: Mapping[str, str] | None = None) -> Stamps:
    """
    Find StaMPS.

    Parameters
    ----------
    home : Path, optional
        ``[stamps] home``: the checkout, or its folder ``matlab``.
    environment : mapping of str to str, optional
        Variables; SNAPSTAMPS_STAMPS_HOME is stronger than ``home``. Default: those of the process.

    Returns
    -------
    Stamps

    Raises
    ------
    InputError
        If no place is given, or StaMPS is not there.
    """
    variables = os.environ if environment is None else environment
    place = Path(variables[HOME_VARIABLE]) if variables.get(HOME_VARIABLE) else home
    remedy = f"git clone https://github.com/dbekaert/StaMPS, then [stamps] home or {HOME_VARIABLE} with its folder"
    if place is None:
        raise InputError(
            "StaMPS is not found",
            where="stamps.home",
            why="the engine octave runs the real StaMPS, and nothing tells where it is",
            remedy=remedy,
        )
    place = expanded(place).absolute()
    for functions in (place / "matlab", place):
        if (functions / _MAIN).is_file():
            return Stamps(place, _whole(functions))
    raise InputError(
        "there is no StaMPS in the folder named as its home",
        where=place,
        why=f"neither {_MAIN} nor matlab/{_MAIN} is there",
        remedy=remedy,
    )


def _whole(functions: Path) -> Path:
    """Return the folder, once it is sure that StaMPS can work from there."""
    missing = [name for name in _OF_STEPS_1_TO_8 if not (functions / name).is_file()]
    if missing:
        raise InputError(
            "this StaMPS is incomplete",
            where=functions,
            why=f"{', '.join(missing)} missing",
            remedy="a checkout of release v4.1-beta or newer",
        )
    if os.pathsep in str(functions):
        raise InputError(
            f"StaMPS lies in a folder with {os.pathsep!r} in its name, which no Octave can have on its path",
            where=functions,
            remedy="another folder, or a symbolic link to it",
        )
    return functions


@cache
def _digest(functions: Path) -> str:
    digest = hashlib.sha256()
    for path in sorted(functions.glob("*.m")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()[:16]


def find_octave() -> Path:
    """
    Return the Octave to use: ``octave-cli`` on PATH, else ``octave``.

    Raises
    ------
    ToolError
        If there is none.
    """
    for name in ("octave-cli", "octave"):
        found = shutil.which(name)
        if found is not None:
            return Path(found)
    raise ToolError(
        "GNU Octave is not found",
        why="neither octave-cli nor octave is on PATH",
        remedy='apt-get install octave (Debian, Ubuntu), or stamps.engine = "native", which needs no Octave',
    )


@cache
def octave_version(executable: Path) -> str:
    """
    Return the version of an Octave, such as ``7.3.0``; "unknown" if it does not tell.

    Parameters
    ----------
    executable : Path
        ``octave-cli`` or ``octave``.
    """
    try:
        done = subprocess.run(
            [executable, "--version"], capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired):
        return "unknown"
    found = re.search(r"version\s+(\d[\w.]*)", done.stdout)
    return found[1] if found else "unknown"


def find_matlab() -> Path:
    """
    Return ``matlab`` on PATH.

    Raises
    ------
    ToolError
        If it is not there.
    """
    found = shutil.which("matlab")
    if found is not None:
        return Path(found)
    raise ToolError(
        "MATLAB is not found",
        where='stamps.interpreter = "matlab"',
        why="there is no matlab on PATH",
        remedy='stamps.interpreter = "octave"',
    )
