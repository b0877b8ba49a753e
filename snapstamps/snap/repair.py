"""
Repair of SNAP's headers: right values in place, the originals beside them as ``.orig``.

Only headers change, and in them only the values that are proven wrong; the ``.base`` files never.
"""

import logging
from dataclasses import dataclass
from pathlib import Path

from snapstamps.formats.atomic import write_bytes
from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.model.errors import DataError, InputError
from snapstamps.snap.header_faults import ValueChange, find_faults, read_pixel_spacing, repaired
from snapstamps.snap.listing import header_names, list_export

log = logging.getLogger(__name__)

REPAIRABLE_KEYS = (
    "range_pixel_spacing",
    "azimuth_pixel_spacing",
    "earth_radius_below_sensor",
    "center_range_slc",
    "far_range_slc",
    "start_time",
    "center_time",
    "end_time",
    "time_of_first_state_vector",
    "state_vector_interval",
)
"""All that a repair may ever change."""


@dataclass(frozen=True)
class HeaderRepair:
    """
    The repair of one header.

    Attributes
    ----------
    file : str
        Path relative to the export.
    changes : tuple of ValueChange
        What was changed, or would be.
    """

    file: str
    changes: tuple[ValueChange, ...]


def repair_export(folder: Path, *, product: Path | None = None, dry_run: bool = False) -> tuple[HeaderRepair, ...]:
    """
    Repair the headers of an export; a second time there is nothing left to do.

    Parameters
    ----------
    folder : Path
        ``INSAR_<master>``.
    product : Path, optional
        The ``.dim`` of the SNAP product that was exported: the source of the true pixel spacing.
    dry_run : bool
        Find out, but write nothing.

    Returns
    -------
    tuple of HeaderRepair
        One per header that was changed, or would be.

    Raises
    ------
    InputError
        If the folder or the product cannot be read, or a header cannot be written.
    DataError
        If the product is damaged.
    """
    spacing = None if product is None else read_pixel_spacing(product)
    list_export(folder)  # only to stop where there is no such folder
    repairs = []
    for name in header_names(folder):
        try:
            header = GammaHeader.read(folder / name)
        except DataError:
            # the gate reports it; there is nothing to repair in what cannot be read
            continue
        faults = find_faults(header, spacing)
        changes = tuple(change for fault in faults for change in fault.changes)
        if changes:
            repairs.append(HeaderRepair(name, changes))
            if not dry_run:
                _replace(folder / name, header, repaired(header, faults))
    log.info("%d headers %s", len(repairs), "would be repaired" if dry_run else "repaired")
    return tuple(repairs)


def original_of(header: Path) -> Path:
    """Return where the original of a repaired header is kept."""
    return header.with_name(f"{header.name}.orig")


def _replace(path: Path, old: GammaHeader, new: GammaHeader) -> None:
    """Keep the original first: whoever is killed in between finds both the same."""
    original = original_of(path)
    try:
        if not _is_original(original, old):
            write_bytes(original, old.to_bytes())
        new.write(path)
    except OSError as error:
        raise InputError(
            f"{path.name} cannot be repaired",
            where=path,
            why=error.strerror,
            remedy="make the export writable, or set stamps_export.repair = false",
        ) from error


def _is_original(original: Path, header: GammaHeader) -> bool:
    """
    Tell whether a kept original belongs to this header.

    It does if they differ at most in what a repair may have changed, as after a repair without the SNAP
    product. Else the export was written anew since, and what is kept is of the former one.
    """
    try:
        kept = GammaHeader.read(original)
    except DataError:
        return False
    for key in REPAIRABLE_KEYS:
        if kept.values(key) is not None and header.values(key) is not None:
            kept, header = kept.with_value(key, "?"), header.with_value(key, "?")
    return kept.to_bytes() == header.to_bytes()
