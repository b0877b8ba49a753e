"""
The plan of the preparation: which dates, slices, bursts and orbits go into the stack, and who is its master.

It is made once from the scenes and kept as ``prepare.json``, so that what follows need not read the scenes again,
and so that new scenes do not change the master of what is done already.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pydantic import TypeAdapter, ValidationError

from snapstamps.formats.atomic import write_bytes
from snapstamps.model.errors import DataError, InputError
from snapstamps.snap.baselines import StackScene
from snapstamps.snap.choices import Orbit
from snapstamps.snap.scene_coverage import Acquisition


@dataclass(frozen=True)
class PlannedSwath:
    """
    The bursts of one sub-swath of one date.

    Attributes
    ----------
    name : str
        Such as ``IW2``.
    first, last : int
        Bursts in the assembled product, from 1.
    lines_per_burst, n_samples : int
        Size of a burst.
    """

    name: str
    first: int
    last: int
    lines_per_burst: int
    n_samples: int

    @property
    def n_bursts(self) -> int:
        """Return how many bursts there are."""
        return self.last - self.first + 1

    @property
    def n_pixels(self) -> int:
        """Return how many pixels they have."""
        return self.n_bursts * self.lines_per_burst * self.n_samples


@dataclass(frozen=True)
class PlannedDate:
    """
    One date.

    Attributes
    ----------
    day : date
        UTC.
    slices : tuple of Path
        Scenes to assemble; absolute.
    swaths : tuple of PlannedSwath
        What to cut out.
    orbit : {"precise", "restituted"}
        Kind of orbit to ask SNAP for.
    scene : StackScene
        Its times and orbit.
    """

    day: date
    slices: tuple[Path, ...]
    swaths: tuple[PlannedSwath, ...]
    orbit: Orbit
    scene: StackScene


@dataclass(frozen=True)
class PreparePlan:
    """
    The plan of a stack.

    Attributes
    ----------
    master : date
        Date of the master.
    reason : str
        Why it is the master.
    polarisation : str
        Such as ``VV``.
    dates : tuple of PlannedDate
        In order of time, the master among them.
    crop : str
        WKT that pairs are cut to; empty for none.
    crop_share : float
        Share of the bursts' ground within the crop's surrounding box, 0 to 1; for estimates.
    dem : str
        SNAP's name of the height model; ``External DEM`` with a file.
    dem_file : Path or None
        Its file, absolute.
    dem_no_data : float or None
        What stands for no height in it.
    notes : tuple of str
        What the user should know.
    """

    master: date
    reason: str
    polarisation: str
    dates: tuple[PlannedDate, ...]
    crop: str
    crop_share: float
    dem: str
    dem_file: Path | None
    dem_no_data: float | None
    notes: tuple[str, ...]

    @property
    def master_date(self) -> PlannedDate:
        """Return the master."""
        return next(one for one in self.dates if one.day == self.master)

    @property
    def slaves(self) -> tuple[PlannedDate, ...]:
        """Return all dates but the master's."""
        return tuple(one for one in self.dates if one.day != self.master)

    @property
    def bursts(self) -> dict[str, int]:
        """Return how many bursts of each sub-swath the master has."""
        return {swath.name: swath.n_bursts for swath in self.master_date.swaths}


def planned_date(one: Acquisition, scene: StackScene, *, polarisation: str, orbit: Orbit) -> PlannedDate:
    """
    Return one date of the inventory as the plan keeps it.

    Parameters
    ----------
    one : Acquisition
        From the inventory.
    scene : StackScene
        Its times and orbit.
    polarisation : str
        To use.
    orbit : {"precise", "restituted"}
        Kind of orbit to ask SNAP for.
    """
    sizes = {
        swath.name: (swath.lines_per_burst, swath.n_samples)
        for piece in one.slices
        for swath in piece.swaths_in(polarisation)
    }
    swaths = tuple(PlannedSwath(part.swath, part.first, part.last, *sizes[part.swath]) for part in one.bursts)
    return PlannedDate(one.day, tuple(piece.path.absolute() for piece in one.slices), swaths, orbit, scene)


_PLAN: TypeAdapter[PreparePlan] = TypeAdapter(PreparePlan)


def write_plan(plan: PreparePlan, path: Path) -> None:
    """Write a plan as JSON, atomically; the same plan gives the same bytes."""
    write_bytes(path, _PLAN.dump_json(plan, indent=1) + b"\n")


def read_plan(path: Path) -> PreparePlan | None:
    """
    Read a plan; None if there is none yet.

    Raises
    ------
    DataError
        If the file is damaged.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise InputError(f"{path.name} cannot be read", where=path, why=error.strerror) from error
    try:
        return _PLAN.validate_json(content)
    except ValidationError as error:
        raise DataError(
            f"{path.name} is not a plan of this version",
            where=path,
            why=str(error),
            remedy="delete it; it is made anew",
        ) from error


def chosen_master(
    days: Sequence[date], wanted: date | None, before: PreparePlan | None, best: date
) -> tuple[date, str]:
    """
    Choose the master: the user's, else the one that the stack has already, else the best.

    Parameters
    ----------
    days : sequence of date
        All dates.
    wanted : date or None
        Of the configuration.
    before : PreparePlan or None
        The plan so far.
    best : date
        By the modelled coherence.

    Returns
    -------
    day : date
        The master.
    reason : str
        Why.
    """
    if wanted is not None:
        return wanted, "chosen by the user"
    if before is not None and before.master in days:
        kept = before.reason if before.master == best else f"kept from before; with all dates it would be {best}"
        return before.master, kept
    return best, "highest mean modelled coherence"
