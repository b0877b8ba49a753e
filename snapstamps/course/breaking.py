"""Ways to spoil an export on purpose, as nature and mistakes do; files are replaced, never changed in place."""

from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path

import numpy as np

from snapstamps.formats.atomic import write_bytes
from snapstamps.formats.gamma_raster import COMPLEX, open_raster
from snapstamps.formats.stamps_export import open_stack
from snapstamps.kernels.arrays import Array
from snapstamps.model.errors import InputError


def add_orbit_error(export: Path, day: date, *, fringes: float) -> None:
    """
    Lay a ramp over an interferogram, as the coarse orbit of a product does whose orbit file was missing.

    Parameters
    ----------
    export : Path
        ``INSAR_<master>``; its interferogram of that day gets a new file.
    day : date
        The slave.
    fringes : float
        Cycles across the scene, along and across the flight together.

    Raises
    ------
    InputError
        If there is no such slave.
    """

    def ramp(values: Array) -> Array:
        lines, samples = values.shape
        along = np.linspace(-0.5, 0.5, lines)[:, None]
        across = np.linspace(-0.5, 0.5, samples)[None, :]
        return np.asarray(values * np.exp(2j * np.pi * fringes * (0.7 * along + 0.3 * across)))

    _spoil(export, [day], lambda values, _day: ramp(values))


def decorrelate(export: Path, days: Iterable[date], *, radians: float) -> None:
    """
    Add noise to the phase of each pixel of some interferograms, as snow and wet leaves do.

    Parameters
    ----------
    export : Path
        ``INSAR_<master>``; the interferograms of these days get new files.
    days : iterable of date
        The slaves.
    radians : float
        Standard deviation of the noise; the same days get the same noise.

    Raises
    ------
    InputError
        If one of them is no slave of the export.
    """

    def noisy(values: Array, day: date) -> Array:
        noise = np.random.default_rng(day.toordinal()).normal(0, radians, values.shape)
        return np.asarray(values * np.exp(1j * noise))

    _spoil(export, days, noisy)


def _spoil(export: Path, days: Iterable[date], change: Callable[[Array, date], Array]) -> None:
    stack = open_stack(export)
    pairs = {pair.slave: pair for pair in stack.interferograms}
    for day in days:
        if day not in pairs:
            raise InputError(f"{day} is no slave of the export", where=export)
        values = open_raster(pairs[day].diff, COMPLEX, stack.width, stack.length)
        write_bytes(pairs[day].diff, change(values, day).astype(COMPLEX).tobytes())
