"""
The integrity gate: everything about an export that would make StaMPS fail, or succeed with wrong numbers.

It runs before the candidates, reads every raster once, and never stops at the first fault.
"""

from collections.abc import Iterator
from pathlib import Path

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.model.errors import DataError
from snapstamps.snap.baseline_files import check_baseline
from snapstamps.snap.content_checks import judge_dates, judge_heights, judge_positions
from snapstamps.snap.findings import Finding, Report, worst_first
from snapstamps.snap.header_checks import RasterSize, agreed_size, check_headers, read_headers
from snapstamps.snap.header_faults import read_pixel_spacing
from snapstamps.snap.listing import ExportListing, header_names, list_export, pair_name, slc_name
from snapstamps.snap.name_checks import check_names
from snapstamps.snap.raster_scan import ComplexContent, Progress, scan_complex, scan_heights, scan_positions
from snapstamps.snap.size_checks import Raster, check_size, rasters_of


def no_progress(_done: int, _total: int) -> None:
    """Show nothing."""


def check_export(folder: Path, *, product: Path | None = None, progress: Progress = no_progress) -> Report:
    """
    Check an export of SNAP's StampsExport.

    Parameters
    ----------
    folder : Path
        ``INSAR_<master>``.
    product : Path, optional
        The ``.dim`` of the SNAP product that was exported: the source of the true pixel spacing.
    progress : callable, optional
        ``progress(done, total)``, bytes read.

    Returns
    -------
    Report
        All findings; none for a clean export. Nothing is written.

    Raises
    ------
    InputError
        If the folder or the product does not exist or cannot be read.
    DataError
        If the product is damaged. A faulty export raises nothing: see `require_clean`.
    """
    spacing = None if product is None else read_pixel_spacing(product)
    listing = list_export(folder)
    master = None if listing.master is None else f"{slc_name(listing.master)}.par"
    headers = read_headers(folder, header_names(folder), master=master)
    size = agreed_size(headers, master=master)
    findings = [
        *check_names(listing),
        *check_headers(headers, size, spacing, master=master),
        *_baselines(listing),
    ]
    if size is not None:
        findings.extend(_Rasters(listing, size, progress).check(headers.slc.get(master or "")))
    elif "rslc" in listing.folders:
        what, why = "the size of the scene is unknown", "no header states range_samples and azimuth_lines"
        findings.append(Finding("size-unknown", "error", "rslc", what, why, "export again"))
    return Report(
        folder=folder,
        n_scenes=len(listing.dates),
        width=size.width if size else None,
        length=size.length if size else None,
        findings=worst_first(findings),
    )


def _baselines(listing: ExportListing) -> Iterator[Finding]:
    for pair in sorted(listing.bases):
        # a pair of the master with itself is a finding already; that its baseline is zero is no news
        finding = None if pair[0] == pair[1] else check_baseline(listing.folder, pair_name(*pair, ".base"))
        if finding is not None:
            yield finding


class _Rasters:
    """Checks sizes, then reads what has the right size, counting bytes for the progress."""

    def __init__(self, listing: ExportListing, size: RasterSize, progress: Progress) -> None:
        self._listing, self._size, self._progress = listing, size, progress
        self._findings: list[Finding] = []
        self._done = self._total = 0

    def check(self, header: GammaHeader | None) -> list[Finding]:
        """Return the findings of all rasters; ``header`` is the master's."""
        readable = [raster for raster in rasters_of(self._listing) if self._has_right_size(raster)]
        files = [raster.file for raster in readable]
        pixels = self._size.width * self._size.length
        self._total = sum(pixels * raster.dtype.itemsize for raster in readable)
        for folder in ("rslc/", "diff0/"):
            shares = {file: share for file in files if file.startswith(folder) and (share := self._complex(file))}
            self._findings.extend(judge_dates(shares))
        self._positions(files, header)
        self._heights(files)
        return self._findings

    def _has_right_size(self, raster: Raster) -> bool:
        finding = check_size(self._listing.folder, raster, self._size)
        if finding is not None:
            self._findings.append(finding)
        return finding is None

    def _complex(self, file: str) -> ComplexContent | None:
        try:
            return scan_complex(self._listing.folder / file, self._size.width, self._size.length, read=self._count)
        except DataError as error:
            self._unreadable(file, error)
            return None

    def _positions(self, files: list[str], header: GammaHeader | None) -> None:
        lon, lat = self._listing.chosen(self._listing.lons), self._listing.chosen(self._listing.lats)
        if lon is None or lat is None or lon not in files or lat not in files:
            return
        folder, width, length = self._listing.folder, self._size.width, self._size.length
        try:
            content = scan_positions(folder / lon, folder / lat, width, length, read=self._count)
        except DataError as error:
            self._unreadable(lon, error)
        else:
            self._findings.extend(judge_positions(lon, lat, content, header))

    def _heights(self, files: list[str]) -> None:
        file = self._listing.chosen(self._listing.heights)
        if file is None or file not in files:
            return
        try:
            content = scan_heights(self._listing.folder / file, self._size.width, self._size.length, read=self._count)
        except DataError as error:
            self._unreadable(file, error)
        else:
            self._findings.extend(judge_heights(file, content))

    def _unreadable(self, file: str, error: DataError) -> None:
        what = error.what.removeprefix(f"{Path(file).name} ")
        why = error.why or "the file was changed while it was read"
        remedy = "mend the permissions or the disk, and check again"
        self._findings.append(Finding("file-unreadable", "error", file, what, why, remedy))

    def _count(self, n_bytes: int) -> None:
        self._done += n_bytes
        self._progress(self._done, self._total)
