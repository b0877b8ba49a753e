"""
The baselines of an export against the orbits: which sign the third number of its ``.base`` files has.

SNAP 7 to 14 write the component normal to the track positive upwards; StaMPS takes it as positive downwards:
b = c cos(look) - n sin(look). Which of the two a given export holds is not assumed but tested: for every pair both
signs are compared with the perpendicular baseline of the orbits. Only where the flipped sign agrees with them, and
the given one does not, the files are corrected.
"""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import numpy as np

from snapstamps.formats.atomic import write_bytes
from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.formats.gamma_raster import FLOAT
from snapstamps.formats.stamps_export import open_stack
from snapstamps.kernels.arrays import FloatArray
from snapstamps.kernels.baseline import pair_geometry, perpendicular_of_components
from snapstamps.kernels.orbit import Orbit, earth_fixed, position_at, zero_doppler_time
from snapstamps.model.errors import DataError, InputError
from snapstamps.model.stack import Stack
from snapstamps.snap.base_sign import flipped, normal_component
from snapstamps.snap.repair import original_of

log = logging.getLogger(__name__)

Verdict = Literal["flipped", "given", "undecided", "mixed"]

TOLERANCE = 1.0
"""Difference that orbits, the shape of the earth and the look angle may make, m; and the 100th part of a baseline."""
_DECISIVE = 4.0
"""Tolerances by which the two signs must differ for a pair to prove anything."""


@dataclass(frozen=True)
class PairBaseline:
    """
    One pair at the centre of the scene; all baselines in m.

    Attributes
    ----------
    slave : date
        Of the pair.
    orbit : float
        Perpendicular baseline from the orbits in SNAP's form, by the difference of the two ranges.
    perpendicular : float
        The same without the part along the track.
    given, flipped : float
        What StaMPS makes of the file as SNAP wrote it, and with the other sign of the third number.
    normal : float
        The third number as SNAP wrote it.
    corrected : bool
        Whether the file has the other sign already, and its original is kept.
    """

    slave: date
    orbit: float
    perpendicular: float
    given: float
    flipped: float
    normal: float
    corrected: bool

    @property
    def decisive(self) -> bool:
        """Tell whether the two signs differ enough to prove anything."""
        return abs(self.given - self.flipped) > _DECISIVE * self.tolerance

    @property
    def tolerance(self) -> float:
        """Return the largest difference that counts as agreement, m."""
        return max(TOLERANCE, abs(self.orbit) / 100)

    @property
    def given_agrees(self) -> bool:
        """Tell whether the sign that SNAP wrote agrees with the orbits."""
        return self._agrees(self.given)

    @property
    def flipped_agrees(self) -> bool:
        """Tell whether the other sign agrees with the orbits."""
        return self._agrees(self.flipped)

    def _agrees(self, baseline: float) -> bool:
        """Tell whether a baseline is that of the orbits, in SNAP's form or without the part along the track."""
        return min(abs(baseline - self.orbit), abs(baseline - self.perpendicular)) <= self.tolerance


@dataclass(frozen=True)
class BaselineComparison:
    """
    All pairs of an export.

    Attributes
    ----------
    folder : Path
        ``INSAR_<master>``.
    master : date
        Of all pairs.
    look : float
        Look angle at the centre of the scene, degrees.
    pairs : tuple of PairBaseline
        Those whose orbits are known, in order of time.
    without_orbit : tuple of date
        Dates whose orbits are not known; nothing is corrected while there are any.
    """

    folder: Path
    master: date
    look: float
    pairs: tuple[PairBaseline, ...]
    without_orbit: tuple[date, ...]

    @property
    def verdict(self) -> Verdict:
        """
        Return which sign the orbits prove for what SNAP wrote.

        flipped: the other sign is right in every pair that can tell. given: SNAP's is. mixed: some pairs say one and
        some the other, or agree with neither. undecided: no pair can tell, or orbits are missing.
        """
        decisive = [pair for pair in self.pairs if pair.decisive]
        if not decisive or self.without_orbit:
            return "undecided"
        if all(pair.flipped_agrees and not pair.given_agrees for pair in decisive):
            return "flipped"
        if all(pair.given_agrees and not pair.flipped_agrees for pair in decisive):
            return "given"
        return "mixed"

    @property
    def uncorrected(self) -> tuple[PairBaseline, ...]:
        """Return the pairs whose files are as SNAP wrote them."""
        return tuple(pair for pair in self.pairs if not pair.corrected)

    @property
    def strange(self) -> tuple[PairBaseline, ...]:
        """Return the decisive pairs that agree with neither sign."""
        return tuple(p for p in self.pairs if p.decisive and not p.given_agrees and not p.flipped_agrees)

    @property
    def largest_error(self) -> float:
        """Return the largest error of the baselines as SNAP wrote them, m."""
        return max((abs(pair.given - pair.orbit) for pair in self.pairs), default=0.0)

    @property
    def correlation(self) -> float:
        """Return the correlation of the baselines as SNAP wrote them with the true ones; NaN for less than 3 pairs."""
        if len(self.pairs) < 3:
            return float("nan")
        return float(np.corrcoef([p.given for p in self.pairs], [p.orbit for p in self.pairs])[0, 1])

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values, for JSON and the report."""
        return {
            "folder": str(self.folder),
            "master": str(self.master),
            "look_degrees": round(self.look, 4),
            "verdict": self.verdict,
            "largest_error": round(self.largest_error, 3),
            "correlation": None if np.isnan(self.correlation) else round(self.correlation, 4),
            "without_orbit": [str(day) for day in self.without_orbit],
            "pairs": [{**_rounded(asdict(pair)), "slave": str(pair.slave)} for pair in self.pairs],
        }

    def table(self) -> tuple[str, ...]:
        """Return a table of all pairs, line by line."""
        rows = [f"{'slave':10}  {'orbits':>9}  {'by ranges':>9}  {'as given':>9}  {'flipped':>9}  third number"]
        rows += [
            f"{pair.slave}  {pair.perpendicular:9.2f}  {pair.orbit:9.2f}  {pair.given:9.2f}  {pair.flipped:9.2f}  "
            f"{pair.normal:+.3f}" + ("  corrected" if pair.corrected else "")
            for pair in self.pairs
        ]
        return tuple(rows)


def compare_baselines(export: Path, orbits: Mapping[date, Orbit]) -> BaselineComparison:
    """
    Compare the baselines of an export with those of the orbits.

    Parameters
    ----------
    export : Path
        ``INSAR_<master>``.
    orbits : mapping of date to Orbit
        Of the master and of the slaves, as many as are known.

    Returns
    -------
    BaselineComparison
        Without pairs if the master's orbit is not known.

    Raises
    ------
    InputError, DataError
        If the export cannot be read.
    """
    stack = open_stack(export)
    slaves = {ifg.slave: ifg.base for ifg in stack.interferograms}
    if stack.master not in orbits:
        return BaselineComparison(export, stack.master, float("nan"), (), (stack.master, *sorted(slaves)))
    point = centre_of(stack)
    look = _look_angle(orbits[stack.master], point)
    pairs, lost = [], []
    for slave, path in sorted(slaves.items()):
        pair = _pair(slave, path, orbits[stack.master], orbits.get(slave), point, look)
        if pair is None:
            lost.append(slave)
        else:
            pairs.append(pair)
    return BaselineComparison(export, stack.master, float(np.degrees(look)), tuple(pairs), tuple(lost))


def correct_baselines(comparison: BaselineComparison) -> tuple[Path, ...]:
    """
    Flip the sign of the third number where the orbits prove it; the originals stay as ``.orig``.

    Parameters
    ----------
    comparison : BaselineComparison
        From `compare_baselines`, of the same export.

    Returns
    -------
    tuple of Path
        The files that were changed; none if they were right, or corrected already.

    Raises
    ------
    ValueError
        If the comparison does not prove that the sign must be flipped.
    InputError
        If a file cannot be written.
    """
    if comparison.verdict != "flipped":
        raise ValueError(f"the orbits do not prove it: {comparison.verdict}")
    changed = []
    bases = {ifg.slave: ifg.base for ifg in open_stack(comparison.folder).interferograms}
    for pair in comparison.uncorrected:
        path = bases[pair.slave]
        header = GammaHeader.read(path)
        try:
            # the original first: whoever is killed in between finds both the same, and tries again
            write_bytes(original_of(path), header.to_bytes())
            flipped(header).write(path)
        except OSError as error:
            raise InputError(
                f"{path.name} cannot be corrected",
                where=path,
                why=error.strerror,
                remedy='make the export writable, or set stamps_export.baselines = "keep"',
            ) from error
        changed.append(path)
    log.info("%d baselines corrected", len(changed))
    return tuple(changed)


def write_comparison(comparison: BaselineComparison, path: Path) -> None:
    """Write a comparison as JSON, for the report."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_bytes(path, (json.dumps(comparison.as_dict(), indent=1) + "\n").encode())


def centre_of(stack: Stack) -> FloatArray:
    """
    Return the point on the ground nearest to the centre of an export that has a position; earth-fixed, shape (3,), m.

    Raises
    ------
    DataError
        If the middle line has none.
    """
    shape = (stack.length, stack.width)
    row = stack.length // 2
    lon, lat, height = (
        np.asarray(np.memmap(path, FLOAT, "r", shape=shape)[row], np.float64)
        for path in (stack.lon, stack.lat, stack.height)
    )
    known = np.flatnonzero(np.isfinite(lon) & np.isfinite(lat) & ((lon != 0) | (lat != 0)))
    if known.size == 0:
        raise DataError("the middle line of the export has no positions", where=stack.lon)
    column = known[np.argmin(np.abs(known - stack.width // 2))]
    above = height[column] if -500 < height[column] < 9100 else 0.0
    return earth_fixed(lon[column], lat[column], above)


def _pair(
    slave: date, path: Path, master: Orbit, orbit: Orbit | None, point: FloatArray, look: float
) -> PairBaseline | None:
    """Return one pair, or None where the slave's orbit is not known or does not pass the scene."""
    if orbit is None:
        return None
    geometry = pair_geometry([master, orbit], point)
    if not np.isfinite(geometry.slant_range).all():
        return None
    header, original = GammaHeader.read(path), original_of(path)
    corrected = original.is_file() and flipped(GammaHeader.read(original)).to_bytes() == header.to_bytes()
    written = GammaHeader.read(original) if corrected else header
    cross, normal = written.numbers("initial_baseline(TCN)", 3)[1], normal_component(written)
    return PairBaseline(
        slave=slave,
        orbit=float(geometry.two_range[0, 1]),
        perpendicular=float(geometry.perpendicular[0, 1]),
        given=float(perpendicular_of_components(cross, normal, look)),
        flipped=float(perpendicular_of_components(cross, -normal, look)),
        normal=normal,
        corrected=corrected,
    )


def _look_angle(orbit: Orbit, point: FloatArray) -> float:
    """Return the angle at the satellite between straight down and the line of sight, rad."""
    satellite = position_at(orbit, zero_doppler_time(orbit, point))
    way, down = point - satellite, -satellite
    return float(np.arccos(way @ down / np.linalg.norm(way) / np.linalg.norm(down)))


def _rounded(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: round(value, 4) if isinstance(value, float) else value for name, value in values.items()}


def named(days: Sequence[date]) -> str:
    """Return days for a message: the first ones, and how many more."""
    shown = ", ".join(str(day) for day in days[:3])
    return shown if len(days) <= 3 else f"{shown} and {len(days) - 3} more"
