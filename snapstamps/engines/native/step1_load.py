"""
Step 1, load: the candidates of a patch with their geometry, in the order that all later steps keep.

Follows StaMPS's ps_load_initial_gamma for exports of SNAP (Gamma's layout).
"""

import warnings
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from pathlib import Path

import numpy as np

from snapstamps.engines.base import RunContext
from snapstamps.formats.gamma_par import GammaHeader, TcnBaseline, read_baseline
from snapstamps.formats.gamma_raster import COMPLEX, FLOAT
from snapstamps.kernels.arrays import Array, ComplexArray, FloatArray, IntArray
from snapstamps.kernels.geometry import (
    CrossNormalBaselines,
    SensorGeometry,
    local_xy,
    mean_as_stamps,
    origin_of,
    perpendicular_baselines,
    rotate_if_smaller,
    sort_and_round_xy,
    viewing_angles,
)
from snapstamps.model.errors import DataError
from snapstamps.model.units import SPEED_OF_LIGHT, datenum, parse_yyyymmdd, yyyymmdd
from snapstamps.stamps.empty import mark_empty
from snapstamps.stamps.parms import ParmsView, read_parms, write_parms
from snapstamps.stamps.store import StampsStore

_CANDIDATES_AGAIN = "make the candidates again: snapstamps candidates"


@dataclass(frozen=True)
class _InterferogramList:
    """What ``pscphase.in`` lists."""

    master: date
    slaves: tuple[date, ...]
    """Days of the interferograms in use, ascending."""
    baselines: tuple[Path, ...]
    rows: tuple[int, ...]
    """Their positions among all that are listed, from 0."""
    n_listed: int

    @property
    def master_row(self) -> int:
        """Return the position of the master among the dates, from 0."""
        return sum(slave < self.master for slave in self.slaves)


@dataclass(frozen=True)
class _Candidates:
    """What the ``pscands.1.*`` of a patch hold, in the order of the files."""

    pixels: IntArray
    """Azimuth line and range sample, shape (n, 2)."""
    lonlat: FloatArray
    height: FloatArray
    dispersion: FloatArray
    phase: ComplexArray
    """Shape (n_ifg, n)."""


def run(store: StampsStore, parms: ParmsView, context: RunContext) -> None:  # noqa: ARG001 - step 1 has no parameters
    """
    Load the candidates of a patch: ``pscands.1.*`` become ps1, ph1, bp1, la1, da1, hgt1 and psver.

    Wavelength, heading and platform go to ``parms.mat`` of the working folder above.

    Parameters
    ----------
    store : StampsStore
        The patch.
    parms : ParmsView
        Step 1 listens to none.
    context : RunContext
        Of this run.

    Raises
    ------
    DataError
        If a file is missing or damaged, or if files contradict one another.
    """
    working = store.parent
    listed = _read_interferogram_list(working.file("pscphase.in"), context)
    header = _read_master_header(working, listed.master)
    candidates = _read_candidates(store, listed)
    _tell_parms(working, header)
    if candidates.pixels.shape[0] == 0:
        context.note(f"{store.path.name} has no candidates; it is left out")
        mark_empty(store, 1)
        return
    if context.quirks == "mend":
        candidates = _infinite_as_nan(candidates)
    _check_pixels(candidates.pixels, header, store)
    n_kept = _write(store, listed, header, candidates)
    n_read = candidates.pixels.shape[0]
    if n_kept < n_read:
        context.note(f"{n_read - n_kept} of {n_read} candidates without position or phase are left out")
    if n_kept == 0:
        mark_empty(store, 1)
    context.log.info("%s: %d candidates, %d interferograms", store.path.name, n_kept, len(listed.slaves))


def _write(store: StampsStore, listed: _InterferogramList, header: GammaHeader, candidates: _Candidates) -> int:
    """Compute the geometry, sort, and write all artefacts; return the number of candidates left."""
    geometry = _sensor_geometry(header)
    angles = viewing_angles(candidates.pixels[:, 1], geometry)
    if not np.isfinite(angles.incidence).all():
        raise DataError("the ranges and radii of the master header contradict one another", where=header.path)
    baselines = _cross_normal([read_baseline(path) for path in listed.baselines])
    perpendicular = perpendicular_baselines(candidates.pixels[:, 0], angles.look, baselines, geometry)
    origin = origin_of(candidates.lonlat)
    placed = sort_and_round_xy(rotate_if_smaller(local_xy(candidates.lonlat, origin), header.number("heading")))

    lacking = np.asarray(np.isnan(candidates.lonlat).any(axis=1) | np.isnan(candidates.phase).any(axis=0))
    usable = ~lacking[placed.order]
    kept = placed.order[usable]
    count = kept.size
    days = [datenum(slave) for slave in listed.slaves]
    days.insert(listed.master_row, datenum(listed.master))
    store.write(
        "ps1",
        ij=_numbered(candidates.pixels[kept], np.float64),
        lonlat=candidates.lonlat[kept],
        xy=_numbered(placed.xy[usable], np.float32),
        bperp=np.insert(mean_as_stamps(perpendicular), listed.master_row, 0),
        day=days,
        master_day=datenum(listed.master),
        master_ix=listed.master_row + 1,
        n_ifg=len(days),
        n_image=len(days),
        n_ps=count,
        ll0=origin,
        mean_incidence=angles.incidence.mean(),
        mean_range=header.number("center_range_slc"),
        sort_ix=placed.order + 1,
    )
    store.write("ph1", ph=_with_master(candidates.phase, kept, listed.master_row).T)
    store.write("bp1", bperp_mat=np.take(perpendicular, kept, axis=1).T)
    store.write("la1", la=angles.incidence[kept])
    store.write("da1", D_A=candidates.dispersion[kept])
    store.write("hgt1", hgt=candidates.height[kept])
    store.write("psver", psver=1)
    return count


def _numbered(columns: Array, dtype: type) -> Array:
    """Return columns with a running number from 1 before them."""
    return np.column_stack((np.arange(1, len(columns) + 1), columns)).astype(dtype)


def _with_master(phase: ComplexArray, kept: IntArray, master_row: int) -> ComplexArray:
    """Return the phase of the kept candidates, shape (n_scenes, n_kept), 1 in the master's row."""
    whole = np.ones((phase.shape[0] + 1, kept.size), dtype=np.complex64)
    for row, values in enumerate(phase):
        whole[row + (row >= master_row)] = values[kept]
    return whole


def _infinite_as_nan(candidates: _Candidates) -> _Candidates:
    """Return candidates whose infinite positions and phases are NaN, so that they are left out."""
    lonlat = np.where(np.isfinite(candidates.lonlat), candidates.lonlat, np.nan)
    phase = candidates.phase
    infinite = ~np.isfinite(phase)
    if infinite.any():
        phase = np.where(infinite, np.complex64(np.nan), phase)
    return _Candidates(candidates.pixels, lonlat, candidates.height, candidates.dispersion, phase)


def _read_interferogram_list(path: Path, context: RunContext) -> _InterferogramList:
    lines = _read_lines(path)
    rasters = [path.parent / line for line in lines[1:]]
    if not rasters:
        raise DataError(f"{path.name} lists no interferogram", where=path, remedy=_CANDIDATES_AGAIN)
    pairs = [_pair_of(raster, path) for raster in rasters]
    master = pairs[0][0]
    others = {yyyymmdd(first) for first, _ in pairs} - {yyyymmdd(master)}
    if others:
        raise DataError(
            f"{path.name} lists interferograms of more than one master",
            where=path,
            why=f"the first has {yyyymmdd(master)}, others have {', '.join(sorted(others))}",
            remedy="one stack has one master; " + _CANDIDATES_AGAIN,
        )
    rows = [row for row, (_, slave) in enumerate(pairs) if slave != master]
    if len(rows) < len(pairs):
        _skip_master_with_itself(path, context)
    slaves = tuple(pairs[row][1] for row in rows)
    if not slaves:
        raise DataError(f"{path.name} lists no interferogram with a slave", where=path)
    for earlier, later in pairwise(slaves):
        if earlier >= later:
            raise DataError(
                f"the dates in {path.name} do not ascend: {yyyymmdd(earlier)} stands before {yyyymmdd(later)}",
                where=path,
                remedy=_CANDIDATES_AGAIN,
            )
    baselines = tuple(rasters[row].with_suffix(".base") for row in rows)
    return _InterferogramList(master, slaves, baselines, tuple(rows), len(pairs))


def _skip_master_with_itself(path: Path, context: RunContext) -> None:
    if context.quirks == "reproduce":
        raise DataError(
            f"{path.name} lists an interferogram of the master with itself",
            where=path,
            why="StaMPS itself does not notice it and shifts the columns",
            remedy='remove it, or set stamps.quirks = "mend"',
        )
    context.note("the interferogram of the master with itself is passed over")


def _pair_of(raster: Path, listed_in: Path) -> tuple[date, date]:
    """Return the days of master and slave that a name such as ``20190505_20190117.diff`` bears."""
    try:
        master, slave = raster.stem.split("_")
        return parse_yyyymmdd(master), parse_yyyymmdd(slave)
    except ValueError:
        raise DataError(
            f"{raster.name} does not bear two dates",
            where=listed_in,
            why="interferograms are named YYYYMMDD_YYYYMMDD.diff: master, slave",
        ) from None


def _read_master_header(working: StampsStore, master: date) -> GammaHeader:
    path = working.file("rsc.txt")
    lines = _read_lines(path)
    if not lines:
        raise DataError("rsc.txt names no master header", where=path, remedy=_CANDIDATES_AGAIN)
    header = GammaHeader.read(path.parent / lines[0])
    day = Path(lines[0]).name.split(".")[0]
    if day.isdigit() and day != yyyymmdd(master):
        raise DataError(
            f"rsc.txt names the header of {day}, but the interferograms have the master {yyyymmdd(master)}",
            where=path,
            remedy=_CANDIDATES_AGAIN,
        )
    return header


def _read_lines(path: Path) -> list[str]:
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing", where=path.parent, remedy=_CANDIDATES_AGAIN) from None
    except UnicodeDecodeError as error:
        raise DataError(f"{path.name} is not text", where=path, why=str(error)) from error
    return [line.strip() for line in text.splitlines() if line.strip()]


def _read_candidates(store: StampsStore, listed: _InterferogramList) -> _Candidates:
    numbered = _read_table(store.file("pscands.1.ij"), np.int64, 3)
    count = len(numbered)
    dispersion = _read_table(store.file("pscands.1.da"), np.float64, 1)
    if len(dispersion) != count:
        raise _out_of_step(store.file("pscands.1.da"), f"{len(dispersion)} lines", f"{count} lines")
    lonlat = _read_binary(store.file("pscands.1.ll"), FLOAT, (count, 2))
    height = _read_binary(store.file("pscands.1.hgt"), FLOAT, (count,))
    phase = _read_binary(store.file("pscands.1.ph"), COMPLEX, (listed.n_listed, count))
    return _Candidates(
        pixels=numbered[:, 1:],
        lonlat=lonlat.astype(np.float64),
        height=height.astype(np.float64),
        dispersion=dispersion[:, 0],
        phase=phase[list(listed.rows)].astype(np.complex64),
    )


def _read_table(path: Path, dtype: type, columns: int) -> Array:
    """Read whitespace-separated numbers, shape (n, columns)."""
    try:
        with warnings.catch_warnings():
            # an empty list is an outcome, not a fault
            warnings.filterwarnings("ignore", message=".*input contained no data", category=UserWarning)
            table: Array = np.loadtxt(path, dtype=dtype, ndmin=2)
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing", where=path.parent, remedy=_CANDIDATES_AGAIN) from None
    except ValueError as error:
        raise DataError(
            f"{path.name} is not a table of numbers", where=path, why=str(error), remedy=_CANDIDATES_AGAIN
        ) from error
    if table.size == 0:
        return np.empty((0, columns), dtype=dtype)
    if table.shape[1] != columns:
        raise _out_of_step(path, f"{table.shape[1]} columns", f"{columns}")
    return table


def _read_binary(path: Path, dtype: np.dtype, shape: tuple[int, ...]) -> Array:
    expected = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    try:
        size = path.stat().st_size
    except FileNotFoundError:
        raise DataError(f"{path.name} is missing", where=path.parent, remedy=_CANDIDATES_AGAIN) from None
    if size != expected:
        raise _out_of_step(path, f"{size} bytes", f"{expected} bytes")
    return np.fromfile(path, dtype=dtype).reshape(shape)


def _out_of_step(path: Path, found: str, expected: str) -> DataError:
    return DataError(
        f"{path.name} has {found}, but the other candidate files need {expected}",
        where=path,
        why="the files of a patch were not made together, or not to their end",
        remedy=_CANDIDATES_AGAIN,
    )


def _check_pixels(pixels: IntArray, header: GammaHeader, store: StampsStore) -> None:
    size = (int(header.number("azimuth_lines")), int(header.number("range_samples")))
    if pixels.min() < 0 or (pixels.max(axis=0) >= size).any():
        raise DataError(
            f"pscands.1.ij has pixels outside the image of {size[0]} lines x {size[1]} samples",
            where=store.path,
            why=f"image size according to {header.path}",
            remedy=_CANDIDATES_AGAIN,
        )


def _sensor_geometry(header: GammaHeader) -> SensorGeometry:
    geometry = SensorGeometry(
        near_range=header.number("near_range_slc"),
        range_spacing=header.number("range_pixel_spacing"),
        sensor_radius=header.number("sar_to_earth_center"),
        earth_radius=header.number("earth_radius_below_sensor"),
        n_lines=int(header.number("azimuth_lines")),
        prf=header.number("prf"),
    )
    if not geometry.prf > 0:
        raise DataError("prf of the master header is not positive", where=header.path)
    return geometry


def _cross_normal(baselines: list[TcnBaseline]) -> CrossNormalBaselines:
    return CrossNormalBaselines(
        cross=np.array([baseline.initial[1] for baseline in baselines]),
        normal=np.array([baseline.initial[2] for baseline in baselines]),
        cross_rate=np.array([baseline.rate[1] for baseline in baselines]),
        normal_rate=np.array([baseline.rate[2] for baseline in baselines]),
    )


def _tell_parms(working: StampsStore, header: GammaHeader) -> None:
    """Put what the header says into ``parms.mat``, if it is not there yet."""
    path = working.file("parms")
    known = read_parms(path)
    frequency = header.number("radar_frequency")
    if not frequency > 0:
        raise DataError("radar_frequency of the master header is not positive", where=header.path)
    sensor = header.values("sensor") or [""]
    found = {"lambda": SPEED_OF_LIGHT / frequency, "heading": header.number("heading"), "platform": sensor[0]}
    # the patches of one stack may come here at the same time, all with the same values
    if any(known.get(name) != value for name, value in found.items()):
        write_parms(path, {**known, **found})
