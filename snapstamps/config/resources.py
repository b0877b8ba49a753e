"""Where the files that ship with the program are found: graphs, templates, step pages."""

from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent.parent


def resource(name: str) -> Path:
    """
    Return the path of a shipped file or folder, from the wheel or from a source checkout.

    Parameters
    ----------
    name : str
        Relative name, such as ``stamps_templates/parms.toml``.

    Raises
    ------
    FileNotFoundError
        If the installation is incomplete.
    """
    for root in (_PACKAGE / "_data", _PACKAGE.parent):
        path = root / name
        if path.exists():
            return path
    raise FileNotFoundError(f"{name} is missing from this installation of snapstamps; install it again")


def package_folder(name: str) -> Path:
    """Return a folder of files that lie inside the package itself, such as ``profiles``."""
    return _PACKAGE / name
