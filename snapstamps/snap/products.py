"""
Verification of SNAP's products: what a stage has written is believed only after this.

A zero exit is not success, and neither are files: SNAP creates header and rasters in full length before the first
pixel, takes all polarisations where it does not know the wanted one, and writes zeros where heights are missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from snapstamps.formats.dimap_orbit import parse_snap_time
from snapstamps.formats.dimap_product import DimapProduct, read_product
from snapstamps.model.errors import DataError
from snapstamps.model.snap_version import SnapVersion, is_master_band, is_slave_band, why_not_readable
from snapstamps.snap.prepare_plan import PlannedSwath
from snapstamps.snap.product_content import (
    finite_share,
    known_heights_share,
    mean_of,
    nonzero_share,
    range_of,
    require_rasters,
)

LEAST_FILLED = 0.5
"""Share of pixels that must not be zero; the frame of a burst, and the edges after deburst, are."""
WELL_FILLED = 0.9
"""With less, the user is told."""
_LEAST_HEIGHTS = 0.05
_LEAST_COHERENCE = 0.1
_LARGEST_ESD_SHIFT = 0.05
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_GEO_BANDS = ("elevation", "orthorectifiedLat", "orthorectifiedLon")


@dataclass(frozen=True)
class Verified:
    """
    A product that holds what it should.

    Attributes
    ----------
    files : tuple of Path
        Its header and rasters.
    notes : tuple of str
        What the user should know.
    """

    files: tuple[Path, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class PairExpectation:
    """
    What the products of a pair must be.

    Attributes
    ----------
    master, slave : date
        Of the pair.
    polarisation : str
        Such as ``VV``.
    swath : str or None
        Sub-swath in the names of the bands; None after a merge.
    with_ground : bool
        Whether the interferogram must hold heights and positions.
    other : DimapProduct or None
        The same product of another pair: all pairs must have one size and one place.
    """

    master: date
    slave: date
    polarisation: str
    swath: str | None
    with_ground: bool
    other: DimapProduct | None = None


def snap_day(day: date) -> str:
    """
    Return a day as SNAP writes it into the names of bands.

    Examples
    --------
    >>> snap_day(date(2023, 3, 31))
    '31Mar2023'
    """
    return f"{day.day:02d}{_MONTHS[day.month - 1]}{day.year}"


def verify_split(path: Path, *, day: date, swath: PlannedSwath, polarisation: str, orbits: str) -> Verified:
    """
    Verify the split product of one date and sub-swath.

    Parameters
    ----------
    path : Path
        The ``.dim``.
    day : date
        Of the acquisition.
    swath : PlannedSwath
        What was to be cut out.
    polarisation : str
        Such as ``VV``.
    orbits : {"precise", "precise-or-restituted", "restituted"}
        Which orbits are good enough.

    Raises
    ------
    DataError
        With what is wrong.
    """
    product = _opened(path)
    names = [band.name for band in product.real_bands()]
    wanted = [f"{part}_{swath.name}_{polarisation}" for part in "iq"]
    if sorted(names) != wanted:
        raise _wrong(path, f"it holds {', '.join(names) or 'no bands'} instead of {', '.join(wanted)}", _OTHER_BANDS)
    _require_day(product, day)
    if product.n_bursts != swath.n_bursts:
        raise _wrong(path, f"it has {product.n_bursts} bursts instead of {swath.n_bursts}")
    notes = _orbit_notes(product, orbits)
    shares = nonzero_share(product.real_bands("i_")[0], product.real_bands("q_")[0], n_bursts=swath.n_bursts)
    empty = [number for number, share in enumerate(shares, start=1) if share < LEAST_FILLED]
    if empty:
        raise _wrong(path, f"burst {empty[0]} is {_percent(1 - shares[empty[0] - 1])} zero")
    if min(shares) < WELL_FILLED:
        notes.append(f"{path.stem}: {_percent(1 - min(shares))} of a burst is zero")
    return Verified(_files(product), tuple(notes))


def verify_coregistered(path: Path, expected: PairExpectation) -> Verified:
    """
    Verify a coregistered product: the master's image, and the slave's on the master's grid.

    Raises
    ------
    DataError
        With what is wrong.
    """
    product = _opened(path)
    bands = product.real_bands()
    if len(bands) != 4 or [band.name[0] for band in bands] != ["i", "q", "i", "q"]:
        raise _wrong(path, f"it holds {', '.join(band.name for band in bands) or 'no bands'} instead of two images")
    master, slave = bands[:2], bands[2:]
    if not all(is_master_band(band.name) for band in master) or not all(is_slave_band(band.name) for band in slave):
        raise _wrong(path, "the master's image is not the first", "StampsExport names its files by the first band")
    _require_tags(path, [band.name for band in bands], expected)
    for pair, day in ((master, expected.master), (slave, expected.slave)):
        if not all(band.name.endswith(snap_day(day)) for band in pair):
            raise _wrong(path, f"{pair[0].name} is not of {day}")
    _require_stack(product)
    _require_like(product, expected)
    notes = []
    for what, (real, imaginary) in (("master", master), ("slave", slave)):
        share = nonzero_share(real, imaginary)[0]
        if share < LEAST_FILLED:
            raise _wrong(path, f"the {what}'s image is {_percent(1 - share)} zero", _ZEROS)
        if share < WELL_FILLED:
            notes.append(f"{path.stem}: {_percent(1 - share)} of the {what}'s image is zero")
    for name, shift in product.esd_shifts.items():
        if abs(shift) > _LARGEST_ESD_SHIFT:
            notes.append(f"{path.stem}: spectral diversity moved {name} by {shift:.3f} lines, which is much")
    return Verified(_files(product), tuple(notes))


def verify_interferogram(path: Path, expected: PairExpectation) -> Verified:
    """
    Verify an interferogram, and the heights and positions that come with it.

    Raises
    ------
    DataError
        With what is wrong.
    """
    product = _opened(path)
    real, imaginary = product.real_bands("i_"), product.real_bands("q_")
    if len(real) != 1 or len(imaginary) != 1 or not real[0].name.startswith("i_ifg_"):
        names = ", ".join(band.name for band in (*real, *imaginary)) or "no complex band"
        raise _wrong(path, f"it holds {names} instead of one interferogram")
    days = f"{snap_day(expected.master)}_{snap_day(expected.slave)}"
    if not real[0].name.endswith(days):
        raise _wrong(path, f"{real[0].name} is not of {expected.master} and {expected.slave}")
    _require_tags(path, [real[0].name], expected)
    _require_stack(product)
    _require_like(product, expected)
    share = nonzero_share(real[0], imaginary[0])[0]
    if share < LEAST_FILLED:
        raise _wrong(path, f"the interferogram is {_percent(1 - share)} zero", _ZEROS)
    notes = [f"{path.stem}: {_percent(1 - share)} of the interferogram is zero"] if share < WELL_FILLED else []
    for band in product.real_bands("coh_")[:1]:
        coherence = mean_of(band)
        if not coherence > _LEAST_COHERENCE:
            notes.append(f"{path.stem}: the mean coherence is {coherence:.2f}: is it water, snow, or not coregistered?")
    if expected.with_ground:
        notes += _ground_notes(product)
    return Verified(_files(product), tuple(notes))


def require_readable(paths: Sequence[Path], snap: SnapVersion) -> None:
    """
    Stop where a product was made by a SNAP that this one cannot follow.

    Parameters
    ----------
    paths : sequence of Path
        Products (``.dim``) that are to be read.
    snap : SnapVersion
        That is to read them.

    Raises
    ------
    DataError
        With the reason.
    """
    for path in paths:
        text = read_product(path).version
        if not text:
            continue
        made_by = SnapVersion.parse(text)
        why = why_not_readable(made_by, snap)
        if why is not None:
            raise DataError(
                f"{path.name} was made by SNAP {made_by}, and SNAP {snap} is to go on with it",
                where=path,
                why=why,
                remedy=f"set snap.home to SNAP {made_by.major}, or delete the product; it is then made anew",
            )


_OTHER_BANDS = "SNAP takes all polarisations, without a word, where it does not find the one asked for"
_ZEROS = "most often the height model has no heights there, or the crop lies outside the bursts that both dates have"


def _opened(path: Path) -> DimapProduct:
    if not path.is_file():
        raise DataError("gpt ended well, but left no product", where=path, remedy="look into its log")
    product = read_product(path)
    if product.width < 1 or product.height < 1:
        raise _wrong(path, f"it is {product.width} x {product.height} pixels", "the area lies outside the scene")
    bands = product.real_bands()
    other = next((band for band in bands if (band.width, band.height) != (product.width, product.height)), None)
    if other is not None:
        raise _wrong(path, f"the band {other.name} is {other.width} x {other.height} pixels, not the product's size")
    require_rasters(bands)
    return product


def _require_day(product: DimapProduct, day: date) -> None:
    try:
        seen = parse_snap_time(product.attributes["first_line_time"]).date()
    except (KeyError, ValueError) as error:
        raise _wrong(product.path, "its metadata have no first_line_time", _METADATA_LOST) from error
    if seen != day:
        raise _wrong(product.path, f"it is of {seen}, not of {day}")


_METADATA_LOST = "without them the next operator says that its input is no SAR product"


def _orbit_notes(product: DimapProduct, orbits: str) -> list[str]:
    """Judge which orbit was applied: SNAP takes the other kind with a mere warning."""
    name = product.attributes.get("orbit_state_vector_file", "-")
    kind = next((kind for kind in ("POEORB", "RESORB") if kind in name), None)
    if kind is None:
        raise _wrong(product.path, f"no orbit file was applied (orbit_state_vector_file is {name!r})")
    if orbits == "precise" and kind != "POEORB":
        raise DataError(
            "a restituted orbit was applied, and [scenes] orbits wants precise ones",
            where=product.path,
            why=f"SNAP takes the other kind, with a warning, where it does not find the one asked for: {name}",
            remedy="fetch the precise one (`snapstamps scenes download --only orbits`), or allow both: "
            '[scenes] orbits = "precise-or-restituted"',
        )
    return [f"{product.path.stem}: restituted orbit"] if kind == "RESORB" and orbits != "restituted" else []


def _require_tags(path: Path, names: Sequence[str], expected: PairExpectation) -> None:
    for name in names:
        words = name.split("_")
        if expected.polarisation not in words or (expected.swath is not None and expected.swath not in words):
            wanted = " ".join(part for part in (expected.swath, expected.polarisation) if part)
            raise _wrong(path, f"{name} is not of {wanted}")


def _require_stack(product: DimapProduct) -> None:
    """Require the metadata that the following operators ask for."""
    for name, value in (("coregistered_stack", "1"), ("SAMPLE_TYPE", "COMPLEX")):
        found = product.attributes.get(name)
        if found != value:
            raise _wrong(product.path, f"its attribute {name} is {found!r} instead of {value!r}", _METADATA_LOST)
    if product.n_bursts not in {0, None}:
        raise _wrong(product.path, f"its {product.n_bursts} bursts are not joined")
    if not product.slaves:
        raise _wrong(product.path, "the metadata of the slave are lost", "StampsExport computes the baseline from them")


def _require_like(product: DimapProduct, expected: PairExpectation) -> None:
    other = expected.other
    if other is None:
        return
    for what, mine, theirs in (
        ("size", f"{product.width} x {product.height}", f"{other.width} x {other.height}"),
        ("place", _place(product), _place(other)),
    ):
        if mine != theirs:
            raise DataError(
                f"{product.path.name} has another {what} than the other pairs",
                where=product.path,
                why=f"{mine} here, {theirs} in {other.path.name}; SNAP's versions cut differently, too",
                remedy="make the other pairs anew with the same SNAP and the same area (`snapstamps prepare --redo`)",
            )


def _place(product: DimapProduct) -> str:
    return ", ".join(product.attributes.get(f"subset_offset_{axis}", "?") for axis in "xy")


def _ground_notes(product: DimapProduct) -> list[str]:
    """Judge the bands of the ground."""
    path = product.path
    bands = [product.band(name) for name in _GEO_BANDS]
    missing = [name for name, band in zip(_GEO_BANDS, bands, strict=True) if band is None or band.file is None]
    if missing:
        raise _wrong(path, f"it lacks {', '.join(missing)}", "StaMPS needs heights and positions")
    heights, lat, lon = (band for band in bands if band is not None)
    for band, limit in ((lat, 90.0), (lon, 180.0)):
        low, high = range_of(band)
        if finite_share(band) < LEAST_FILLED or not -limit <= low <= high <= limit:
            raise _wrong(path, f"{band.name} holds no positions ({low:g} to {high:g})")
    share = known_heights_share(heights)
    if share < _LEAST_HEIGHTS:
        raise _wrong(path, f"{_percent(1 - share)} of the heights are void", "the height model does not cover the area")
    return [f"{path.stem}: {_percent(1 - share)} of the heights are void"] if share < WELL_FILLED else []


def _wrong(path: Path, fact: str, why: str | None = None) -> DataError:
    return DataError(
        f"{path.name} is not what it should be: {fact}", where=path, why=why, remedy="look into the log of its run"
    )


def _files(product: DimapProduct) -> tuple[Path, ...]:
    return (product.path, *(band.file for band in product.real_bands() if band.file is not None))


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
