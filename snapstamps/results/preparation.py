"""How SNAP prepared the stack, for who tells of it."""

from collections.abc import Mapping
from dataclasses import dataclass

_KINDS = {"POEORB": "precise", "RESORB": "restituted"}


@dataclass(frozen=True)
class Preparation:
    """
    What is known of SNAP's part.

    Attributes
    ----------
    snap_versions : tuple of str
        Usually one; empty where the work was found done.
    polarisation : str
        Such as ``VV``.
    bursts : mapping of str to int
        Sub-swath -> bursts.
    elevation_model : str
        SNAP's name of it, or the file.
    orbits : mapping of str to int
        Kind (``POEORB``, ``RESORB``) -> dates.
    spectral_diversity : bool
        Whether enhanced spectral diversity refined the coregistration, which takes two bursts.
    """

    snap_versions: tuple[str, ...]
    polarisation: str
    bursts: Mapping[str, int]
    elevation_model: str
    orbits: Mapping[str, int]
    spectral_diversity: bool

    @property
    def snap(self) -> str:
        """Return the program with its version."""
        return " ".join(["SNAP", " and ".join(self.snap_versions)]).strip()

    def cut(self) -> str:
        """Say which part of the scenes was used."""
        parts = [f"{count} {'burst' if count == 1 else 'bursts'} of {name}" for name, count in self.bursts.items()]
        return f"{' and '.join(parts)} in {self.polarisation}"

    def orbit_files(self) -> str:
        """
        Say which orbits were applied.

        Examples
        --------
        >>> Preparation((), "VV", {}, "", {"POEORB": 9, "RESORB": 1}, True).orbit_files()
        'precise orbits (9 dates) and restituted orbits (1 date)'
        """
        if len(self.orbits) == 1:
            return f"{_KINDS[next(iter(self.orbits))]} orbits"
        counted = ((kind, n, "date" if n == 1 else "dates") for kind, n in self.orbits.items())
        return " and ".join(f"{_KINDS[kind]} orbits ({n} {word})" for kind, n, word in counted)
