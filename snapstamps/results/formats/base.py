"""What every form of the results is given, and what it gives back."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

import numpy as np

from snapstamps.config.options import ExportOptions
from snapstamps.formats.atomic import write_text
from snapstamps.kernels.arrays import FloatArray, IntArray
from snapstamps.model.units import DAYS_PER_YEAR
from snapstamps.results.acquisitions import Acquisition
from snapstamps.results.areas import Outline
from snapstamps.results.arrow_table import Progress
from snapstamps.results.provenance import CONFIGURATION
from snapstamps.results.table import PsTable

STEM = "velocity"
"""First part of the names of all products."""


@dataclass(frozen=True)
class Results:
    """
    All that a form of the results may draw from.

    Attributes
    ----------
    name : str
        Of the area.
    table : PsTable
        The scatterers.
    about : mapping of str to str
        What a reader must know: sign, units, reference, dates, how they were made.
    pixels : ndarray of int, shape (n_ps, 2)
        Azimuth line and range sample, from 0.
    acquisitions : tuple of Acquisition
        All dates of the stack.
    interest : Outline
        What was looked at.
    reference : Outline or None
        Where the reference lies; None: results are not referenced.
    reference_centre : tuple of float
        Longitude and latitude (degrees); NaN without a reference.
    slant_range, incidence : float
        Means over the scene: m, rad.
    options : ExportOptions
        As used.
    """

    name: str
    table: PsTable
    about: Mapping[str, str]
    pixels: IntArray
    acquisitions: tuple[Acquisition, ...]
    interest: Outline
    reference: Outline | None
    reference_centre: tuple[float, float]
    slant_range: float
    incidence: float
    options: ExportOptions

    @property
    def years(self) -> FloatArray:
        """Return the dates of the displacements in years since the first."""
        days = np.array([day.toordinal() for day in self.table.dates], dtype=np.float64)
        return np.asarray((days - days[0]) / DAYS_PER_YEAR)


class Format(ABC):
    """
    One form of the results.

    Attributes
    ----------
    name : str
        As options name it.
    files : tuple of str
        Patterns of the files that it leaves below the products folder.
    content : str
        What is in them, in one sentence.
    readers : str
        What they are for.
    bytes_per_value : float
        Generous size of one number in them; 0 for what does not grow with the scatterers.
    effort : float
        Time that they take to write, where the GeoPackage takes 1.
    """

    name: ClassVar[str]
    files: ClassVar[tuple[str, ...]]
    content: ClassVar[str]
    readers: ClassVar[str]
    bytes_per_value: ClassVar[float] = 0.0
    effort: ClassVar[float] = 0.1

    @abstractmethod
    def write(self, results: Results, folder: Path, *, progress: Progress) -> tuple[Path, ...]:
        """
        Write the files, each atomically.

        Parameters
        ----------
        results : Results
            What to write.
        folder : Path
            The products folder.
        progress : callable
            ``progress(done, total)`` in scatterers.

        Returns
        -------
        tuple of Path
            The files, the main one first.

        Raises
        ------
        DataError
            If this form cannot hold the results, or a file cannot be written.
        """

    def bytes_needed(self, table: PsTable) -> int:
        """Return a generous size of the files."""
        n_columns = len(table.columns) + len(table.dates)
        return round(len(table) * (self.bytes_per_value * (n_columns + 2) + 150 * (self.bytes_per_value > 0))) + 2**20


_FOR_MACHINES = frozenset({CONFIGURATION, "all_stamps_parameters"})


def describe(results: Results, *, more: Mapping[str, str] | None = None) -> str:
    """
    Return what a reader must know, as text: for a file of its own where a form has no room for it.

    Without the lists of all options and parameters, which the GeoPackage has.

    Parameters
    ----------
    results : Results
        The results.
    more : mapping of str to str, optional
        What holds for this form only; comes first.
    """
    facts = {key: text for key, text in {**(more or {}), **results.about}.items() if key not in _FOR_MACHINES}
    return "".join(f"{key}: {' '.join(value.split())}\n" for key, value in facts.items())


def write_description(path: Path, results: Results, *, more: Mapping[str, str] | None = None) -> Path:
    """Write :func:`describe` beside a file; return the path."""
    write_text(path, describe(results, more=more))
    return path
