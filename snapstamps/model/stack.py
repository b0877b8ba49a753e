"""The stack: one master, its slaves, and the rasters that an export holds for them."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path


@dataclass(frozen=True)
class Interferogram:
    """
    One master-slave pair of an export; phase of master times conj(slave).

    Attributes
    ----------
    master, slave : date
        The days of the two acquisitions.
    diff : Path
        Complex raster, float32 big-endian.
    base : Path
        Baseline file beside it.
    """

    master: date
    slave: date
    diff: Path
    base: Path


@dataclass(frozen=True)
class Stack:
    """
    The content of an ``INSAR_<master>`` folder, in the order that StaMPS uses: ascending dates.

    Attributes
    ----------
    folder : Path
        ``INSAR_<master>``.
    master : date
        Day of the master.
    width, length : int
        Range samples and azimuth lines.
    slcs : tuple of Path
        Coregistered SLCs, the master's included.
    interferograms : tuple of Interferogram
        One per slave.
    header : Path
        The master's ``.rslc.par``.
    lon, lat, height : Path
        Rasters in radar geometry, float32 big-endian.
    """

    folder: Path
    master: date
    width: int
    length: int
    slcs: tuple[Path, ...]
    interferograms: tuple[Interferogram, ...]
    header: Path
    lon: Path
    lat: Path
    height: Path

    @property
    def n_ifg(self) -> int:
        """Return the number of interferograms, without the master."""
        return len(self.interferograms)

    @property
    def dates(self) -> tuple[date, ...]:
        """Return all days in ascending order, the master's included."""
        return tuple(sorted({self.master, *(ifg.slave for ifg in self.interferograms)}))
