"""Writes ``INSAR_<master>`` as SNAP's StampsExport lays it out, line by line, never holding a whole raster."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snapstamps.formats.atomic import atomic_path, write_text
from snapstamps.formats.gamma_raster import COMPLEX, FLOAT
from snapstamps.kernels.arrays import Array
from snapstamps.model.units import yyyymmdd
from snapstamps.simulate.headers import base_file, dem_header, pixel_corner, product_name, slc_header, utm_grid
from snapstamps.simulate.scene import Scene, SceneLine

EXPORT_FOLDERS = ("rslc", "diff0", "geo", "dem")
"""What SNAP makes in ``INSAR_<master>``."""


@dataclass(frozen=True)
class Names:
    """
    The rasters of an export, relative to its folder.

    Attributes
    ----------
    slcs : tuple of str
        One per date.
    diffs : tuple of str
        One per date; empty for the master.
    height, longitude, latitude, projected_dem : str
        As SNAP names them; the last one is a DEM in spite of its suffix.
    """

    slcs: tuple[str, ...]
    diffs: tuple[str, ...]
    height: str
    longitude: str
    latitude: str
    projected_dem: str


def raster_names(scene: Scene) -> Names:
    """Return the names of all rasters of a scene's export."""
    master = yyyymmdd(scene.spec.master_day)
    days = [yyyymmdd(day) for day in scene.spec.days]
    return Names(
        slcs=tuple(f"rslc/{day}.rslc" for day in days),
        diffs=tuple("" if day == master else f"diff0/{master}_{day}.diff" for day in days),
        height="geo/elevation_dem.rdc",
        longitude=f"geo/{master}.lon",
        latitude=f"geo/{master}.lat",
        projected_dem="dem/projected_dem.rslc",
    )


class ExportWriter:
    """
    Takes lines in order, gathers a block of them, and appends it to every raster.

    Parameters
    ----------
    scene : Scene
        Whose lines come.
    files : dict of str to Path
        Where each raster is to be written.
    block_lines : int
        Lines per block; the bytes do not depend on it.
    """

    def __init__(self, scene: Scene, files: dict[str, Path], *, block_lines: int) -> None:
        n_samples, n_scenes = scene.spec.n_samples, scene.n_scenes
        self._names = raster_names(scene)
        self._files = files
        self._master = scene.master_index
        self._slc = np.empty((n_scenes, block_lines, n_samples), COMPLEX)
        self._diff = np.empty((n_scenes, block_lines, n_samples), COMPLEX)
        self._geo = np.empty((3, block_lines, n_samples), FLOAT)
        self._filled = 0

    def add(self, line: SceneLine) -> None:
        """Append one line."""
        row = self._filled
        self._slc[:, row] = line.slc
        self._diff[:, row] = line.slc[self._master] * np.conj(line.slc)
        self._geo[:, row] = line.ground.height, line.ground.longitude, line.ground.latitude
        self._filled += 1
        if self._filled == self._slc.shape[1]:
            self.flush()

    def flush(self) -> None:
        """Write the block."""
        names = self._names
        for stack, targets in (
            (self._slc, names.slcs),
            (self._diff, names.diffs),
            (self._geo, (names.height, names.longitude, names.latitude)),
        ):
            for values, name in zip(stack, targets, strict=True):
                if name:
                    _append(self._files[name], values[: self._filled])
        self._filled = 0


@contextmanager
def export_writer(folder: Path, scene: Scene, *, block_lines: int) -> Iterator[ExportWriter]:
    """
    Write the rasters and headers of an export; every file appears when the block ends well.

    Parameters
    ----------
    folder : Path
        ``INSAR_<master>``; made if need be.
    scene : Scene
        What to write.
    block_lines : int
        Lines held in memory at a time.

    Yields
    ------
    ExportWriter
        Takes every line of the scene, in order.
    """
    for part in EXPORT_FOLDERS:
        (folder / part).mkdir(parents=True, exist_ok=True)
    names = raster_names(scene)
    rasters = [name for name in (*names.slcs, *names.diffs, names.height, names.longitude, names.latitude) if name]
    with ExitStack() as stack:
        files = {name: stack.enter_context(atomic_path(folder / name)) for name in rasters}
        writer = ExportWriter(scene, files, block_lines=block_lines)
        yield writer
        writer.flush()
        write_headers(folder, scene)


def write_headers(folder: Path, scene: Scene) -> None:
    """Write every text file of an export, and the projected DEM that nobody reads."""
    spec, names = scene.spec, raster_names(scene)
    header = slc_header(scene.geometry, spec.master_day, faults=spec.snap_faults)
    for name in (*names.slcs, *names.diffs, names.longitude, names.latitude):
        if name:
            write_text(folder / f"{name}.par", header)
    for index, name in enumerate(names.diffs):
        if name:
            base = base_file(scene.baselines, index, faults=spec.snap_faults)
            write_text((folder / name).with_suffix(".base"), base)
    grid = utm_grid(scene.geometry, spec.terrain.height_m)
    corner = pixel_corner(scene.geometry, grid)
    size = (spec.n_samples, spec.n_lines)
    title = product_name(spec.master_day)
    write_text(folder / f"{names.height}.par", dem_header(title, corner, size=size, projected=False))
    projected = folder / names.projected_dem
    write_text(
        projected.with_suffix(".par"),
        dem_header(projected.stem, grid, size=(grid.width, grid.length), projected=True),
    )
    with atomic_path(projected) as part:
        for row in range(grid.length):
            height = scene.ground.height.at(*scene.geometry.local(*grid.row(row)))
            _append(part, height.astype(FLOAT))


def _append(path: Path, values: Array) -> None:
    """Append to a file that is closed in between: a long stack has more files than a process may hold open."""
    with path.open("ab") as stream:
        stream.write(np.ascontiguousarray(values).data)
