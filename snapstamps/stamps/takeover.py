"""An existing StaMPS folder, looked at before a project takes it over; nothing in it is changed."""

from dataclasses import dataclass
from pathlib import Path

from snapstamps.config.faults import error_of
from snapstamps.config.stamps_parms import Value, parm_definitions, same_value, sift
from snapstamps.model.errors import InputError
from snapstamps.stamps.parms import read_parms

PROCESSORS = ("snap", "gamma")
"""Programs whose exports StaMPS's step 1 reads as we do."""

_BOOKKEEPING = {"Created"}
"""Entries of ``parms.mat`` that are no parameters."""


@dataclass(frozen=True)
class FoundStamps:
    """
    What a project takes over from a StaMPS folder.

    Attributes
    ----------
    folder : Path
        The working folder.
    processor : str
        The program that made the interferograms.
    parms : dict of str to value
        Parameters that differ from StaMPS's defaults, without those that the data set.
    ignored : tuple of str
        Entries of ``parms.mat`` that are no parameters of this StaMPS.
    local : tuple of Path
        Files ``localparms.mat``, whose values hold for one folder only and are not taken over.
    """

    folder: Path
    processor: str
    parms: dict[str, Value]
    ignored: tuple[str, ...]
    local: tuple[Path, ...]


def find_stamps(folder: Path) -> FoundStamps:
    """
    Look at a StaMPS working folder.

    Parameters
    ----------
    folder : Path
        Holds ``patch.list``, ``PATCH_n`` or ``ps2.mat``.

    Raises
    ------
    InputError
        If it is no working folder, comes from another processor, or has parameter values that are not allowed.
    DataError
        If its ``parms.mat`` is damaged.
    """
    _check_folder(folder)
    parms_file = folder / "parms.mat"
    stored = read_parms(parms_file) if parms_file.is_file() else {}
    known = parm_definitions()
    settable = {name: value for name, value in stored.items() if name in known and not known[name].from_data}
    parms, faults = sift(settable)
    if faults:
        raise error_of(faults, where=parms_file, remedy="correct them with StaMPS's setparm, then take the folder over")
    return FoundStamps(
        folder,
        _processor(folder, stored.get("insar_processor")),
        {name: parms[name] for name in known if name in parms and not same_value(parms[name], known[name].default)},
        tuple(sorted(stored.keys() - known.keys() - _BOOKKEEPING)),
        tuple(sorted([*folder.glob("localparms.mat"), *folder.glob("PATCH_*/localparms.mat")])),
    )


def _check_folder(folder: Path) -> None:
    if not folder.is_dir():
        raise InputError("there is no such folder", where=folder, remedy="--from-stamps with StaMPS's working folder")
    has_patches = any(path.is_dir() for path in folder.glob("PATCH_*"))
    if not (has_patches or (folder / "patch.list").is_file() or (folder / "ps2.mat").is_file()):
        raise InputError(
            "this is not a StaMPS working folder: it has no patch.list, no PATCH_… and no ps2.mat",
            where=folder,
            remedy="--from-stamps with the folder in which mt_prep_snap was run",
        )


def _processor(folder: Path, stored: object) -> str:
    """Return the processor that ``processor.txt`` names, else the one in ``parms.mat``."""
    path = folder / "processor.txt"
    name = path.read_text(encoding="latin-1").strip().lower() if path.is_file() else str(stored or "").lower()
    if name not in PROCESSORS:
        raise InputError(
            f"the interferograms come from {name!r}" if name else "nothing says which program made the interferograms",
            where=path,
            why=f"only those of {' and '.join(PROCESSORS)} can be taken over",
            remedy="" if name else f"write {PROCESSORS[0]} into processor.txt if SNAP made them",
        )
    return name
