"""Results held against the known truth of a simulated scene."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.results.velocity import velocity
from snapstamps.simulate.truth import read_truth
from snapstamps.stamps.parms import read_parms
from snapstamps.stamps.store import StampsStore


@dataclass(frozen=True)
class TruthCheck:
    """
    How good the results of a simulated scene are.

    Attributes
    ----------
    n_ps : int
        Scatterers found.
    n_true : int
        Of them, on pixels of a simulated PS (its peak or its side pixels).
    n_peaks, n_peaks_found : int
        Simulated PS, and those found at their peak.
    velocity_range : tuple of float
        1st and 99th percentile, mm/yr.
    velocity_rmse : float
        On true PS, after a plane was taken out of both (absolute level and tilt are not observable), mm/yr.
    velocity_correlation : float
        Likewise.
    """

    n_ps: int
    n_true: int
    n_peaks: int
    n_peaks_found: int
    velocity_range: tuple[float, float]
    velocity_rmse: float
    velocity_correlation: float

    @property
    def false_share(self) -> float:
        """Return the share of PS that no simulated PS explains."""
        return 1 - self.n_true / self.n_ps


def check_against_truth(stamps_folder: Path, truth_file: Path, *, quantity: str = "v-do") -> TruthCheck:
    """
    Compare velocities with the truth.

    Parameters
    ----------
    stamps_folder : Path
        The working folder after step 8 (or 6, for ``v`` and ``v-o``).
    truth_file : Path
        ``truth.npz`` of the simulation.
    quantity : str
        Which velocity.

    Raises
    ------
    DataError
        If results or truth are missing.
    """
    store = StampsStore(stamps_folder)
    truth = read_truth(truth_file)
    ps = store.read("ps2", "ij", "xy")
    line, sample = ps.ij[:, 1].astype(int), ps.ij[:, 2].astype(int)
    estimated = velocity(store, read_parms(stamps_folder / "parms.mat"), quantity=quantity).velocity
    peak = truth["ps_main"][line, sample]
    true = peak | truth["ps_side"][line, sample]
    found, wanted = (
        without_plane(values[true], ps.xy[true, 1:])
        for values in (estimated, truth["velocity"][line, sample].astype(float))
    )
    low, high = np.percentile(estimated, [1, 99])
    return TruthCheck(
        n_ps=len(line),
        n_true=int(true.sum()),
        n_peaks=int(truth["ps_main"].sum()),
        n_peaks_found=int(peak.sum()),
        velocity_range=(float(low), float(high)),
        velocity_rmse=float(np.sqrt(np.mean((found - wanted) ** 2))),
        velocity_correlation=float(np.corrcoef(found, wanted)[0, 1]),
    )


def without_plane(values: FloatArray, xy: Array) -> FloatArray:
    """
    Return values less their least-squares plane.

    Parameters
    ----------
    values : ndarray, shape (n,)
        Anything.
    xy : ndarray, shape (n, 2)
        Where, m.
    """
    design = np.column_stack([np.ones(len(xy)), xy.astype(np.float64) / 1000])
    coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
    return np.asarray(values - design @ coefficients)
