"""What the names in an export tell: missing and superfluous files, dates that contradict one another."""

from collections.abc import Iterator
from pathlib import Path

from snapstamps.model.units import yyyymmdd
from snapstamps.snap.findings import Finding, Severity
from snapstamps.snap.listing import FOLDERS, ExportListing, pair_name, slc_name

FEWEST_SCENES = 4
"""StaMPS needs this many images at the very least."""

_EXPORT_AGAIN = "export this date again, or leave it out by removing its other files as well"


def check_names(listing: ExportListing) -> list[Finding]:
    """
    Check the names of an export.

    Parameters
    ----------
    listing : ExportListing
        What is there.

    Returns
    -------
    list of Finding
        One per fault; a fault that follows from another one is not told twice.
    """
    return [
        *_missing_folders(listing),
        *_misnamed(listing),
        *_contradicting_masters(listing),
        *_master_with_itself(listing),
        *_missing_slcs(listing),
        *_missing_pairs(listing),
        *_geo_files(listing),
        *_number_of_scenes(listing),
    ]


def _missing_folders(listing: ExportListing) -> Iterator[Finding]:
    for name in FOLDERS:
        if name not in listing.folders:
            why = "StaMPS reads SLCs, interferograms and geometry from rslc, diff0 and geo"
            remedy = "name the folder that StampsExport wrote to, or export again"
            yield Finding("folder-missing", "error", name, "the folder is missing", why, remedy)


def _misnamed(listing: ExportListing) -> Iterator[Finding]:
    for file in listing.misnamed:
        form = "MASTER_SLAVE" if file.startswith("diff0") else "YYYYMMDD"
        why = "StaMPS cuts the dates out of the names; SNAP writes another form where it cannot read a band's name"
        remedy = f"name it {form}, dates as YYYYMMDD, or export again from a product whose bands bear their dates"
        yield Finding("name-without-date", "error", file, f"the name is not of the form {form}", why, remedy)


def _contradicting_masters(listing: ExportListing) -> Iterator[Finding]:
    master, named = listing.master, listing.named_master
    if master is None:
        return
    if named is not None and named != master:
        what = f"the folder is named after {yyyymmdd(named)}, but the pairs have the master {yyyymmdd(master)}"
        why = "StaMPS takes the master from one and the dates from the other"
        yield Finding("master-differs", "error", ".", what, why, f"rename it INSAR_{yyyymmdd(master)}")
    for other, slave in sorted(pair for pair in listing.pairs if pair[0] not in {master, pair[1]}):
        file = pair_name(other, slave, ".diff" if (other, slave) in listing.diffs else ".base")
        what = f"its master is {yyyymmdd(other)}, that of the other pairs {yyyymmdd(master)}"
        why = "StaMPS takes one master for all; the phase of this date would belong to another pair"
        remedy = f"export the pair {yyyymmdd(master)}_{yyyymmdd(slave)}, and remove this one"
        yield Finding("master-differs", "error", file, what, why, remedy)
    for geo in (listing.chosen(listing.lons), listing.chosen(listing.lats)):
        if geo is not None and Path(geo).stem != yyyymmdd(master):
            what = f"it is not named after the master {yyyymmdd(master)}"
            why = "SNAP names it after the first band of the stack, so another image may have been taken for the master"
            remedy = "export again with the master's band first; rename it if you know that it is the master's geometry"
            yield Finding("master-differs", "error", geo, what, why, remedy)


def _master_with_itself(listing: ExportListing) -> Iterator[Finding]:
    for pair in sorted(pair for pair in listing.pairs if pair[0] == pair[1]):
        file = pair_name(*pair, ".diff" if pair in listing.diffs else ".base")
        why = "StaMPS counts it as one more slave, and all dates after it get one another's columns"
        yield Finding("master-master", "error", file, "a pair of the master with itself", why, "remove it")


def _missing_slcs(listing: ExportListing) -> Iterator[Finding]:
    if "rslc" not in listing.folders:
        return
    for day in listing.dates:
        if day not in listing.slcs:
            yield _missing(slc_name(day), "error", "every date of an interferogram needs its SLC")
        if day not in listing.headers and day == listing.master:
            yield _missing(f"{slc_name(day)}.par", "error", "StaMPS reads the size and the geometry from it")
        elif day not in listing.headers:
            why = "SNAP writes one per date, though StaMPS reads the master's only: was the export interrupted?"
            yield _missing(f"{slc_name(day)}.par", "warning", why)


def _missing_pairs(listing: ExportListing) -> Iterator[Finding]:
    master = listing.master
    if "diff0" not in listing.folders or master is None:
        return
    for slave in listing.slaves:
        # a pair under another master, or with itself, has been reported already
        of_slave = {pair[0] for pair in listing.pairs if pair[1] == slave}
        pair = (master, slave)
        if of_slave and master not in of_slave:
            continue
        if pair not in listing.diffs:
            yield _missing(pair_name(*pair, ".diff"), "error", "every slave needs its interferogram")
        if pair not in listing.bases:
            yield _missing(pair_name(*pair, ".base"), "error", "every slave needs its baseline")


def _missing(file: str, severity: Severity, why: str) -> Finding:
    return Finding("file-missing", severity, file, "missing", why, _EXPORT_AGAIN)


def _geo_files(listing: ExportListing) -> Iterator[Finding]:
    if "geo" not in listing.folders:
        return
    master = "YYYYMMDD" if listing.master is None else yyyymmdd(listing.master)
    wanted = (
        (f"geo/{master}.lon", "longitudes", "orthorectifiedLon", listing.lons),
        (f"geo/{master}.lat", "latitudes", "orthorectifiedLat", listing.lats),
        ("geo/elevation_dem.rdc", "heights", "elevation", listing.heights),
    )
    for file, noun, band, found in wanted:
        if not found:
            why = f"StaMPS needs exactly one file of {noun}"
            remedy = f"add the band {band} to the interferogram product (an option of Interferogram), and export again"
            yield Finding("file-missing", "error", file, "missing", why, remedy)
        for superfluous in found:
            if superfluous != listing.chosen(found):
                what = f"one file of {noun} too many (there are {len(found)})"
                why = "StaMPS needs exactly one, and takes the first or stumbles over all"
                remedy = "keep the one of the master, remove the others"
                yield Finding("file-twice", "error", superfluous, what, why, remedy)


def _number_of_scenes(listing: ExportListing) -> Iterator[Finding]:
    days = listing.dates
    why = "persistent scatterers are found by what stays the same over many dates; twenty or more are usual"
    remedy = "export the interferograms of more dates with the same master"
    if len(days) < 2:
        what = f"{len(days)} date" if len(days) == 1 else "no dates"
        yield Finding("too-few-dates", "error", ".", f"{what}: there is no interferogram", why, remedy)
    elif len(days) < FEWEST_SCENES:
        what = f"{len(days)} dates only; StaMPS needs {FEWEST_SCENES} at the very least"
        yield Finding("too-few-dates", "warning", ".", what, why, remedy)
