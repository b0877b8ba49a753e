"""DEM error: how much higher than the DEM the scatterers are, from the look-angle error of step 7."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.model.errors import DataError
from snapstamps.stamps.store import Artefact, StampsStore

RangeSource = Literal["header", "mean_range"]


@dataclass(frozen=True)
class DemError:
    """
    Height errors of the DEM.

    Attributes
    ----------
    dem_error : ndarray of float64, shape (n_ps,)
        m, positive where reality is higher than the DEM, relative to the mean of all scatterers.
    slant_range : ndarray of float64, shape (n_ps,)
        Distance from the satellite (m).
    range_source : {"header", "mean_range"}
        The master's header, or, where that is not at hand any more, one range for all from step 1.
    """

    dem_error: FloatArray
    slant_range: FloatArray
    range_source: RangeSource


def dem_error(store: StampsStore, *, wavelength: float) -> DemError:
    r"""
    Convert the look-angle error into heights.

    .. math:: \Delta h = -\frac{\lambda}{4\pi} (K - \bar K)\, \rho \sin\theta

    with slant range and incidence angle of each scatterer. (StaMPS's own text export takes the geometry
    of ERS for every satellite.)

    Parameters
    ----------
    store : StampsStore
        The working folder, after step 7.
    wavelength : float
        Of the radar (m).

    Returns
    -------
    DemError

    Raises
    ------
    DataError
        If an artefact is missing, or the header lacks its ranges.
    """
    ps = store.read("ps2", "ij", "mean_range")
    slant_range, source = _slant_range(store, ps)
    heights = height_error(
        store.read("scla2", "K_ps_uw").K_ps_uw,
        slant_range,
        store.read("la2", "la").la,
        wavelength=wavelength,
    )
    return DemError(heights, slant_range, source)


def height_error(
    look_angle_error: FloatArray, slant_range: FloatArray, incidence: FloatArray, *, wavelength: float
) -> Array:
    """
    Height that shows up as a given look-angle error.

    Parameters
    ----------
    look_angle_error : ndarray, shape (n_ps,)
        Phase per perpendicular baseline (rad/m); NaN is left out of the mean.
    slant_range : ndarray, shape (n_ps,)
        m.
    incidence : ndarray, shape (n_ps,)
        rad.
    wavelength : float
        m.

    Returns
    -------
    ndarray, shape (n_ps,)
        m, positive where reality is higher than the DEM.
    """
    known = look_angle_error[~np.isnan(look_angle_error)]
    relative = look_angle_error - (known.mean() if known.size else 0.0)
    return -relative * wavelength * slant_range * np.sin(incidence) / (4.0 * np.pi)


def _slant_range(store: StampsStore, ps: Artefact) -> tuple[Array, RangeSource]:
    header = _master_header(store)
    if header is None:
        return np.full(len(ps.ij), float(ps.mean_range)), "mean_range"
    ranges = header.number("near_range_slc") + ps.ij[:, 2] * header.number("range_pixel_spacing")
    return ranges, "header"


def _master_header(store: StampsStore) -> GammaHeader | None:
    """Return the header that ``rsc.txt`` names; None where the export is gone, which results need not have."""
    pointer = store.file("rsc.txt")
    try:
        path = Path(pointer.read_text().strip())
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as error:
        raise DataError(f"{pointer.name} cannot be read", where=pointer, why=str(error)) from error
    path = path if path.is_absolute() else store.path / path
    return GammaHeader.read(path) if path.is_file() else None
