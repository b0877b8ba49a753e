"""The baselines of the export beside those of the orbits, as the check left them: what the page says of them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Literal

from pydantic import TypeAdapter, ValidationError

from snapstamps.model.errors import DataError

_NAMED = 3


@dataclass(frozen=True)
class ComparedPair:
    """
    One pair; all baselines perpendicular, at the centre of the scene, in m.

    Attributes
    ----------
    slave : date
        Of the pair.
    orbit, perpendicular : float
        From the orbits: in SNAP's form, by the difference of the two ranges, and without the part along the track.
    given, flipped : float
        What StaMPS makes of the file as SNAP wrote it, and with the other sign of its third number.
    corrected : bool
        Whether the file now has the other sign.
    """

    slave: date
    orbit: float
    perpendicular: float
    given: float
    flipped: float
    corrected: bool

    @property
    def used(self) -> float:
        """Return what StaMPS was given in the end."""
        return self.flipped if self.corrected else self.given


@dataclass(frozen=True)
class BaselineSigns:
    """
    All pairs of an export.

    Attributes
    ----------
    verdict : {"flipped", "given", "undecided", "mixed"}
        Which sign the orbits prove for what SNAP wrote.
    largest_error : float
        Of the baselines as SNAP wrote them, m.
    correlation : float or None
        Of these with the true ones.
    without_orbit : tuple of date
        Dates whose orbits were not at hand.
    pairs : tuple of ComparedPair
        The others, in order of time.
    """

    verdict: Literal["flipped", "given", "undecided", "mixed"]
    largest_error: float
    correlation: float | None
    without_orbit: tuple[date, ...]
    pairs: tuple[ComparedPair, ...]

    @property
    def harmful(self) -> bool:
        """Tell whether baselines were used that the orbits contradict."""
        return self.verdict == "mixed" or (self.verdict == "flipped" and not all(one.corrected for one in self.pairs))

    @property
    def sentence(self) -> str:
        """Return what was found and done, in words."""
        error = f"up to {self.largest_error:.1f} m"
        match self.verdict:
            case "given":
                return "The orbits prove that the third number of SNAP's .base files has the right sign; it was kept."
            case "undecided" if self.without_orbit:
                return f"The sign is unknown: no orbit was at hand of {_named(self.without_orbit)}. It was kept."
            case "undecided":
                return "The third numbers are too small to tell their sign, and to matter."
            case "mixed":
                return "Pairs contradict one another: some agree with the orbits as given, others flipped, or neither."
        found = "The orbits prove that SNAP wrote the third number of the .base files with the wrong sign for StaMPS"
        if not self.harmful:
            return f"{found}. It was corrected; baselines would have been wrong by {error}."
        known = "" if self.correlation is None else f", and correlated with the true ones by {self.correlation:.2f}"
        return (
            f"{found}, and it was kept: the baselines used here are wrong by {error}{known}. "
            "DEM errors suffer, and velocities of short stacks."
        )


_SIGNS: TypeAdapter[BaselineSigns] = TypeAdapter(BaselineSigns)


def read_signs(path: Path | None) -> BaselineSigns | None:
    """
    Read what the check wrote; None if there is nothing.

    Parameters
    ----------
    path : Path or None
        ``logs/baselines.json``.

    Raises
    ------
    DataError
        If the file is damaged.
    """
    if path is None or not path.is_file():
        return None
    try:
        return _SIGNS.validate_json(path.read_bytes())
    except (ValidationError, OSError) as error:
        raise DataError(
            f"{path.name} cannot be used",
            where=path,
            why=str(error),
            remedy="delete it; `snapstamps run` makes it anew",
        ) from error


def _named(days: tuple[date, ...]) -> str:
    more = len(days) - _NAMED
    return ", ".join(map(str, days[:_NAMED])) + (f" and {more} more" if more > 0 else "")
