"""
The truth of a scene: ``truth.npz``, written in a stream and read with ``read_truth``.

Members (n_lines x n_samples rasters unless said otherwise; phases in rad, positive away from the satellite):

============== ===================== ==========================================================================
name           shape                 content
============== ===================== ==========================================================================
velocity       raster                mm/yr along the line of sight, + towards the satellite: slope of the straight
                                     line through the true displacement at the dates
dem_error      raster                reality minus DEM, m; in pixels of a PS that of the PS
ps_main        raster, bool          pixels that hold the peak of a PS
ps_side        raster, bool          further pixels in which a PS is at least as strong as the clutter; what is
                                     neither main nor side is no PS (signal_to_clutter allows other limits)
signal_to_clutter raster             power of the PS over mean power of the clutter (0 far from any PS)
height         raster                of the DEM, m above the ellipsoid
lon, lat       raster                degrees
pattern        n_lines x n_motions x n_samples  share of each motion along the line of sight
course         n_motions x n_scenes  displacement of each motion at each date, mm, 0 at the master; displacement
                                     towards the satellite = sum over motions of pattern times course
dates, master  n_scenes; one         YYYYMMDD
days           n_scenes              days after the master
bperp          n_scenes x n_samples  perpendicular baseline at the middle line, m, in the sign of StaMPS
cross, normal, cross_rate, normal_rate  n_scenes  baseline components, m and m/s (normal: + down)
pulse_rate     one                   Hz; baseline = component + rate * (line - middle line) / pulse_rate
look, incidence, slant_range  n_samples  radians, radians, m, by the triangle that StaMPS uses
look_e, look_n, look_u  n_samples    unit vector from the ground to the satellite
wavelength     one                   m
turbulence     n_scenes x n_rows x n_columns  turbulent phase of each date at coarse nodes, linear between them
turbulence_lines, turbulence_samples n_rows; n_columns  where the nodes are
stratified     n_scenes              phase per metre of height above height_reference, rad/m
height_reference one                 m
ramp           n_scenes x 2          phase across the whole scene along lines and samples, 0 at the centre
oscillator     n_scenes              constant phase of each date
gain           n_scenes              calibration of each date
============== ===================== ==========================================================================

An interferogram's phase is that of the slave minus that of the master; ``Truth.phase`` adds all of it up.
"""

import shutil
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import BinaryIO

import numpy as np

from snapstamps.formats.atomic import TEMPORARY_MARK, atomic_path
from snapstamps.kernels.arrays import Array, FloatArray
from snapstamps.model.errors import DataError
from snapstamps.model.units import yyyymmdd
from snapstamps.simulate.atmosphere import DatePhases
from snapstamps.simulate.geometry import PULSE_RATE
from snapstamps.simulate.scene import WAVELENGTH, Scene, SceneLine

TRUTH_NAME = "truth.npz"
_RASTERS = {
    "velocity": np.float32,
    "dem_error": np.float32,
    "ps_main": np.bool_,
    "ps_side": np.bool_,
    "signal_to_clutter": np.float32,
    "height": np.float32,
    "lon": np.float32,
    "lat": np.float32,
    "pattern": np.float32,
}
_ZIP_TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True)
class TruthWriter:
    """Takes the lines of a scene in order and keeps none of them."""

    streams: Mapping[str, BinaryIO]

    def add(self, line: SceneLine) -> None:
        """Append one line to every raster."""
        values = {
            "velocity": line.velocity,
            "dem_error": line.dem_error,
            "ps_main": line.ps_main,
            "ps_side": line.ps_side,
            "signal_to_clutter": line.signal_to_clutter,
            "height": line.ground.height,
            "lon": line.ground.longitude,
            "lat": line.ground.latitude,
            "pattern": line.pattern,
        }
        for name, stream in self.streams.items():
            stream.write(np.ascontiguousarray(values[name], _RASTERS[name]).tobytes())


@contextmanager
def truth_writer(target: Path, scene: Scene) -> Iterator[TruthWriter]:
    """
    Write ``truth.npz``; it appears when the block ends well.

    Parameters
    ----------
    target : Path
        The file to make.
    scene : Scene
        Whose truth it is.

    Yields
    ------
    TruthWriter
        Takes every line of the scene, in order.
    """
    spec = scene.spec
    with TemporaryDirectory(dir=target.parent, prefix=f".truth{TEMPORARY_MARK}-") as name:
        folder = Path(name)
        with ExitStack() as stack:
            streams = {}
            for raster, dtype in _RASTERS.items():
                middle = (len(scene.motions),) if raster == "pattern" else ()
                stream = stack.enter_context((folder / f"{raster}.npy").open("wb"))
                header = {
                    "descr": np.lib.format.dtype_to_descr(np.dtype(dtype)),
                    "fortran_order": False,
                    "shape": (spec.n_lines, *middle, spec.n_samples),
                }
                np.lib.format.write_array_header_1_0(stream, header)
                streams[raster] = stream
            yield TruthWriter(streams)
        for key, value in _small_members(scene).items():
            np.save(folder / f"{key}.npy", value, allow_pickle=False)
        with atomic_path(target) as part, zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
            for path in sorted(folder.iterdir()):
                # a fixed time, so that equal scenes are equal bytes
                member = zipfile.ZipInfo(path.name, date_time=_ZIP_TIME)
                with archive.open(member, "w", force_zip64=True) as sink, path.open("rb") as source:
                    shutil.copyfileobj(source, sink, 2**20)


@dataclass(frozen=True)
class Truth:
    """
    The truth of a scene; see the module's text for the members.

    Attributes
    ----------
    members : dict of str to ndarray
        All arrays by name.
    """

    members: dict[str, Array]

    def __getitem__(self, name: str) -> Array:
        return self.members[name]

    @property
    def master_index(self) -> int:
        """Return the position of the master among the dates."""
        return int(np.flatnonzero(self["dates"] == self["master"])[0])

    def displacement(self, scene: int) -> FloatArray:
        """Return the displacement at a date since the master, mm, + towards the satellite, as a raster."""
        return np.asarray(np.einsum("imj,m->ij", self["pattern"].astype(float), self["course"][:, scene]))

    def perpendicular(self, scene: int) -> FloatArray:
        """Return the perpendicular baseline of a date as a raster, m."""
        n_lines = self["velocity"].shape[0]
        seconds = (np.arange(n_lines) - (n_lines / 2 - 0.5)) / float(self["pulse_rate"])
        cross = self["cross"][scene] + self["cross_rate"][scene] * seconds
        normal = self["normal"][scene] + self["normal_rate"][scene] * seconds
        look = self["look"]
        return np.asarray(cross[:, None] * np.cos(look) - normal[:, None] * np.sin(look))

    def atmosphere(self, scene: int) -> FloatArray:
        """Return turbulence, stratification, ramp and oscillator of a date as a raster, rad."""
        n_lines = self["velocity"].shape[0]
        phases = DatePhases(
            screens=self["turbulence"][scene : scene + 1],
            rows=self["turbulence_lines"],
            columns=self["turbulence_samples"],
            per_metre=self["stratified"][scene : scene + 1],
            height_m=float(self["height_reference"]),
            ramp=self["ramp"][scene : scene + 1],
            oscillator=self["oscillator"][scene : scene + 1],
        )
        height = self["height"].astype(float)
        return np.array([phases.along_line(i, height[i], n_lines=n_lines)[0] for i in range(n_lines)])

    def phase(self, scene: int) -> FloatArray:
        """
        Return the noise-free, unwrapped phase of the interferogram of a slave, as a raster.

        Parameters
        ----------
        scene : int
            Position among the dates.

        Returns
        -------
        phase : ndarray, shape (n_lines, n_samples)
            rad, positive away from the satellite: motion, DEM error, and the slave's minus the master's atmosphere.
        """
        wavelength = float(self["wavelength"])
        lever = wavelength * self["slant_range"] * np.sin(self["incidence"])
        motion = -4e-3 * np.pi / wavelength * self.displacement(scene)
        topography = -4 * np.pi * self.perpendicular(scene) * self["dem_error"] / lever
        return motion + topography + self.atmosphere(scene) - self.atmosphere(self.master_index)


def read_truth(path: Path) -> Truth:
    """
    Read a ``truth.npz``.

    Raises
    ------
    DataError
        If the file is missing or damaged.
    """
    try:
        with np.load(path, allow_pickle=False) as archive:
            return Truth({name: archive[name] for name in archive.files})
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing", where=path.parent) from None
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise DataError(f"{path.name} cannot be read", where=path, why=str(error)) from error


def _small_members(scene: Scene) -> dict[str, Array]:
    """Return everything that does not grow with the number of lines."""
    spec, geometry, phases, baselines = scene.spec, scene.geometry, scene.date_phases, scene.baselines
    look_e, look_n, look_u = geometry.look_vector
    return {
        "course": scene.courses,
        "dates": np.array([yyyymmdd(day) for day in spec.days]),
        "master": np.array(yyyymmdd(spec.master_day)),
        "days": np.array([(day - spec.master_day).days for day in spec.days]),
        "bperp": baselines.perpendicular(spec.n_lines / 2 - 0.5, geometry.look),
        "cross": baselines.cross,
        "normal": baselines.normal,
        "cross_rate": baselines.cross_rate,
        "normal_rate": baselines.normal_rate,
        "pulse_rate": np.array(PULSE_RATE),
        "look": geometry.look,
        "incidence": geometry.incidence,
        "slant_range": geometry.slant_range,
        "look_e": look_e,
        "look_n": look_n,
        "look_u": look_u,
        "wavelength": np.array(WAVELENGTH),
        "turbulence": phases.screens.astype(np.float32),
        "turbulence_lines": phases.rows,
        "turbulence_samples": phases.columns,
        "stratified": phases.per_metre,
        "height_reference": np.array(phases.height_m),
        "ramp": phases.ramp,
        "oscillator": phases.oscillator,
        "gain": scene.gain,
    }
