"""Paths as people write them."""

import os
from pathlib import Path


def expanded(path: str | Path) -> Path:
    """
    Put the home folder in the place of ``~``, as a shell does: a name that nobody has stays as it is.

    ``Path.expanduser`` raises an error where there is no such user, or no home at all, as in a container.

    Parameters
    ----------
    path : str or Path
        Absolute or relative, perhaps beginning with ``~`` or ``~name``.

    Examples
    --------
    >>> expanded("~nobody-of-this-name/scenes").as_posix()
    '~nobody-of-this-name/scenes'
    """
    return Path(os.path.expanduser(path))  # noqa: PTH111 - see above
