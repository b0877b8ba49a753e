"""
A writable place for the caches of the libraries, where the user has none.

In a container or on a cluster the user may have no home, or one that cannot be written: numba then refuses to start,
and matplotlib looks through all fonts at every start.
"""

import os
import stat
import tempfile
from collections.abc import MutableMapping
from pathlib import Path

_FOLDERS = {"XDG_CACHE_HOME": "cache", "NUMBA_CACHE_DIR": "numba", "MPLCONFIGDIR": "matplotlib"}


def settle_caches(environment: MutableMapping[str, str] = os.environ) -> None:
    """
    Name places for caches in the environment, which worker processes inherit, unless the home takes them.

    Parameters
    ----------
    environment : mutable mapping of str to str
        Variables; what they name already stays.
    """
    home = _home(environment)
    if home is not None and os.access(home, os.W_OK | os.X_OK):
        return
    place = _private_folder()
    for name, folder in _FOLDERS.items():
        environment.setdefault(name, str(place / folder))
    if home is None:
        environment["HOME"] = str(place)


def _home(environment: MutableMapping[str, str]) -> Path | None:
    if environment.get("HOME"):
        return Path(environment["HOME"])
    try:
        return Path.home()
    except RuntimeError:  # neither HOME nor an entry in /etc/passwd
        return None


def _private_folder() -> Path:
    """
    Return a folder for temporary files that nobody else can write to, the same one at every start.

    What is cached there is executed, so a folder that somebody else has put in its place is not used.
    """
    user = os.getuid()
    place = Path(tempfile.gettempdir()) / f"snapstamps-{user}"
    try:
        place.mkdir(mode=0o700, exist_ok=True)
        status = place.lstat()
    except OSError:
        return Path(tempfile.mkdtemp(prefix="snapstamps-"))
    others = stat.S_IWGRP | stat.S_IWOTH
    if stat.S_ISDIR(status.st_mode) and status.st_uid == user and not status.st_mode & others:
        return place
    return Path(tempfile.mkdtemp(prefix="snapstamps-"))
