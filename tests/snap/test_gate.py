"""The gate finds every planted fault, names the right file, and says nothing else; a clean export gives nothing."""

import json
import shutil
from collections.abc import Callable

import numpy as np
import pytest

from snapstamps.model.errors import DataError, InputError
from snapstamps.snap import raster_scan
from snapstamps.snap.findings import require_clean
from snapstamps.snap.gate import check_export

SLAVE = "20200130"
RSLC, DIFF, BASE = f"rslc/{SLAVE}.rslc", f"diff0/20200106_{SLAVE}.diff", f"diff0/20200106_{SLAVE}.base"
MASTER_HEADER = "rslc/20200106.rslc.par"
LON, LAT, DEM = "geo/20200106.lon", "geo/20200106.lat", "geo/elevation_dem.rdc"

PLANTED: dict[str, tuple[str, str, str, Callable]] = {}


def plant(sentence: str, severity: str, code: str, file: str):
    """Register a fault: what is planted, and the one finding that it must give."""

    def register(planter: Callable) -> Callable:
        PLANTED[sentence] = (severity, code, file, planter)
        return planter

    return register


def _truncate(export, name: str, n_bytes: int) -> None:
    path = export.folder / name
    path.write_bytes(path.read_bytes()[:-n_bytes])


def _replace_in_header(export, name: str, key: str, value: str) -> None:
    path = export.folder / name
    lines = [f"{key}:\t{value}" if line.startswith(f"{key}:") else line for line in path.read_text().splitlines()]
    path.write_text("\n".join(lines) + "\n")


def _set(export, name: str, where: object, value: complex, dtype: str = ">c8") -> None:
    export.change(name, lambda values: values.__setitem__(where, value), dtype)


plant("a truncated SLC", "error", "file-size", RSLC)(lambda e, _b: _truncate(e, RSLC, 8))
plant("an interferogram one line too long", "error", "file-size", DIFF)(
    lambda e, _b: (e.folder / DIFF).write_bytes((e.folder / DIFF).read_bytes() + bytes(8 * e.truth.width))
)
plant("an SLC of 16-bit integers", "error", "file-size", RSLC)(lambda e, _b: _truncate(e, RSLC, 4 * 40 * 30))
plant("an empty interferogram", "error", "file-size", DIFF)(lambda e, _b: (e.folder / DIFF).write_bytes(b""))
plant("heights in double precision", "error", "file-size", DEM)(
    lambda e, _b: np.fromfile(e.folder / DEM, ">f4").astype(">f8").tofile(e.folder / DEM)
)
plant("a slave without its SLC", "error", "file-missing", RSLC)(lambda e, _b: (e.folder / RSLC).unlink())
plant("a slave without its header", "warning", "file-missing", f"{RSLC}.par")(
    lambda e, _b: (e.folder / f"{RSLC}.par").unlink()
)
plant("a master without its header", "error", "file-missing", MASTER_HEADER)(
    lambda e, _b: (e.folder / MASTER_HEADER).unlink()
)
plant("a slave without its interferogram", "error", "file-missing", DIFF)(lambda e, _b: (e.folder / DIFF).unlink())
plant("a slave without its baseline", "error", "file-missing", BASE)(lambda e, _b: (e.folder / BASE).unlink())
plant("no latitudes", "error", "file-missing", LAT)(lambda e, _b: (e.folder / LAT).unlink())
plant("a second file of longitudes", "error", "file-twice", "geo/20200118.lon")(
    lambda e, _b: shutil.copy(e.folder / LON, e.folder / "geo/20200118.lon")
)
plant("a second file of heights", "error", "file-twice", "geo/band_dem.rdc")(
    lambda e, _b: shutil.copy(e.folder / DEM, e.folder / "geo/band_dem.rdc")
)
plant("no folder of SLCs", "error", "folder-missing", "rslc")(lambda e, _b: shutil.rmtree(e.folder / "rslc"))
plant("no folder of interferograms", "error", "folder-missing", "diff0")(
    lambda e, _b: shutil.rmtree(e.folder / "diff0")
)
plant("no folder of geometry", "error", "folder-missing", "geo")(lambda e, _b: shutil.rmtree(e.folder / "geo"))
plant("an SLC without a date in its name", "error", "name-without-date", "rslc/31Feb2020.rslc")(
    lambda e, _b: shutil.copy(e.folder / RSLC, e.folder / "rslc/31Feb2020.rslc")
)
plant("a pair with a day that does not exist", "error", "name-without-date", "diff0/20200106_20201345.diff")(
    lambda e, _b: shutil.copy(e.folder / DIFF, e.folder / "diff0/20200106_20201345.diff")
)
plant("longitudes named after another date", "error", "master-differs", "geo/20200118.lon")(
    lambda e, _b: (e.folder / LON).rename(e.folder / "geo/20200118.lon")
)
plant("an SLC of zeros only", "error", "all-zero", RSLC)(lambda e, _b: _set(e, RSLC, ..., 0))
plant("an SLC of negative zeros only", "error", "all-zero", RSLC)(lambda e, _b: _set(e, RSLC, ..., complex(-0.0, -0.0)))
plant("an interferogram of zeros only", "error", "all-zero", DIFF)(lambda e, _b: _set(e, DIFF, ..., 0))
plant("a missing burst", "warning", "zeros", RSLC)(lambda e, _b: _set(e, RSLC, slice(10, 20), 0))
plant("one pixel of an interferogram not a number", "warning", "nan", DIFF)(
    lambda e, _b: _set(e, DIFF, (5, 5), complex(0, np.nan))
)
plant("one infinite pixel of an SLC", "warning", "nan", RSLC)(lambda e, _b: _set(e, RSLC, (5, 5), complex(-np.inf, 0)))
plant("an interferogram of NaN within edges of zeros", "error", "all-nan", DIFF)(
    lambda e, _b: _set(e, DIFF, slice(1, None), complex(np.nan, 1))
)
plant("an interferogram of NaN only", "error", "all-nan", DIFF)(lambda e, _b: _set(e, DIFF, ..., complex(np.nan, 1)))
plant("a longitude beyond 180 degrees", "error", "position-out-of-range", LON)(
    lambda e, _b: _set(e, LON, (3, 4), 180.01, ">f4")
)
plant("a latitude beyond the pole", "error", "position-out-of-range", LAT)(
    lambda e, _b: _set(e, LAT, (3, 4), -91, ">f4")
)
plant("a latitude that is not a number", "warning", "nan", LAT)(lambda e, _b: _set(e, LAT, (3, 4), np.nan, ">f4"))
plant("longitudes that are no numbers", "error", "all-nan", LON)(lambda e, _b: _set(e, LON, ..., np.nan, ">f4"))
plant("heights of the no-data value", "warning", "heights", DEM)(lambda e, _b: _set(e, DEM, (0, 0), -32768, ">f4"))
plant("heights of 0 m only", "warning", "all-zero", DEM)(lambda e, _b: _set(e, DEM, ..., 0, ">f4"))
plant("a baseline that is not a number", "error", "base-not-finite", BASE)(
    lambda e, base: (e.folder / BASE).write_text(base(np.nan, np.nan, np.nan, np.nan))
)
plant("a baseline whose rate only is not a number", "error", "base-not-finite", BASE)(
    lambda e, base: (e.folder / BASE).write_text(base(30.0, 2.0, np.inf, 0.0))
)
plant("a baseline of zero", "error", "base-zero", BASE)(
    lambda e, base: (e.folder / BASE).write_text(base(0.0, -0.0, 0.0, 0.0))
)
plant("a baseline file of another kind", "error", "base-unreadable", BASE)(
    lambda e, _b: (e.folder / BASE).write_text("Perp Baseline: 12\n")
)
plant("a slave's header of another size", "warning", "header-size", f"{RSLC}.par")(
    lambda e, _b: _replace_in_header(e, f"{RSLC}.par", "azimuth_lines", "31")
)
plant("a master's header of another size", "error", "header-size", MASTER_HEADER)(
    lambda e, _b: _replace_in_header(e, MASTER_HEADER, "azimuth_lines", "31")
)
plant("a master's header without its frequency", "error", "header-value", MASTER_HEADER)(
    lambda e, _b: _replace_in_header(e, MASTER_HEADER, "radar_frequency", "")
)
plant("a slave's header with a pulse rate that is not a number", "warning", "header-value", f"{RSLC}.par")(
    lambda e, _b: _replace_in_header(e, f"{RSLC}.par", "prf", "NaN\tHz")
)
plant("a satellite below the ground", "error", "header-geometry", MASTER_HEADER)(
    lambda e, _b: _replace_in_header(e, MASTER_HEADER, "sar_to_earth_center", "6300000.0\tm")
)
plant("a header that is no text", "warning", "header-unreadable", f"{RSLC}.par")(
    lambda e, _b: (e.folder / f"{RSLC}.par").write_bytes(bytes(100))
)
plant("an earth's radius of unknown origin", "warning", "earth-radius-unexplained", f"{RSLC}.par")(
    lambda e, _b: _replace_in_header(e, f"{RSLC}.par", "earth_radius_below_sensor", "6371000.0\tm")
)


@plant("a pair of the master with itself", "error", "master-master", "diff0/20200106_20200106.diff")
def _master_with_itself(export, base) -> None:
    shutil.copy(export.folder / DIFF, export.folder / "diff0/20200106_20200106.diff")
    (export.folder / "diff0/20200106_20200106.base").write_text(base(0.0, 0.0, 0.0, 0.0))


@plant("a pair with another master", "error", "master-differs", f"diff0/20200118_{SLAVE}.diff")
def _another_master(export, _base) -> None:
    for name in (DIFF, BASE, f"{DIFF}.par"):
        (export.folder / name).rename(export.folder / name.replace("20200106_", "20200118_"))


@plant("the folder named after another date", "error", "master-differs", ".")
def _folder_renamed(export, _base) -> None:
    export.folder = export.folder.rename(export.folder.with_name("INSAR_20200118"))


@plant("longitude and latitude exchanged", "warning", "position-elsewhere", LON)
def _exchanged(export, _base) -> None:
    # 75.5 E, 21.03 N: both are in range the wrong way round
    for name in export.headers():
        _replace_in_header(export, name.relative_to(export.folder).as_posix(), "center_longitude", "75.5\tdegrees")
    export.change(LON, lambda values: values.__isub__(30), ">f4")
    lon, lat = (export.folder / LON).read_bytes(), (export.folder / LAT).read_bytes()
    (export.folder / LON).write_bytes(lat)
    (export.folder / LAT).write_bytes(lon)


@plant("a tenth of the positions left out", "warning", "zeros", LON)
def _no_positions(export, _base) -> None:
    _set(export, LON, slice(0, 3), 0, ">f4")
    _set(export, LAT, slice(0, 3), 0, ">f4")


@plant("no positions at all", "error", "all-zero", LON)
def _never_any_position(export, _base) -> None:
    _set(export, LON, ..., 0, ">f4")
    _set(export, LAT, ..., 0, ">f4")


for _fault in ("range-spacing", "azimuth-spacing", "earth-radius", "ranges", "half-times"):
    _severity = "info" if _fault in {"azimuth-spacing", "half-times"} else "warning"
    for _file in (f"{RSLC}.par", f"{DIFF}.par", f"{LAT}.par"):
        plant(f"SNAP's {_fault} in {_file}", _severity, _fault, _file)(
            lambda e, _b, fault=_fault, file=_file: (e.folder / file).write_text(e.truth.text(fault))
        )


def test_a_clean_export_gives_no_finding_but_the_note_on_the_sign(export):
    report = check_export(export.folder)
    assert report.findings == ()
    assert (report.n_scenes, report.width, report.length) == (6, 40, 30)
    assert report.baseline_sign == "unknown"
    assert "third number" in report.notes[0]
    require_clean(report)


@pytest.mark.parametrize("sentence", PLANTED)
def test_a_planted_fault_is_found_alone_and_at_the_right_file(export, base_file, sentence):
    severity, code, file, planter = PLANTED[sentence]
    planter(export, base_file)
    report = check_export(export.folder)
    assert [(finding.severity, finding.code, finding.file) for finding in report.findings] == [(severity, code, file)]
    finding = report.findings[0]
    assert finding.what
    assert finding.why
    assert finding.remedy
    assert finding.repairable == (
        file.endswith(".par") and code in {"range-spacing", "earth-radius", "ranges", "half-times"}
    )


def test_all_faults_of_different_files_are_told_at_once(export, base_file):
    _truncate(export, RSLC, 8)
    (export.folder / DIFF).unlink()
    (export.folder / BASE).write_text(base_file(0.0, 0.0, 0.0, 0.0))
    _set(export, LON, (3, 4), np.nan, ">f4")
    report = check_export(export.folder)
    assert [finding.file for finding in report.findings] == [DIFF, BASE, RSLC, LON]
    with pytest.raises(DataError, match="the export has 3 errors") as caught:
        require_clean(report)
    for file in (DIFF, BASE, RSLC):
        assert file in str(caught.value)
    assert LON not in str(caught.value)
    assert caught.value.exit_code == 4


def test_every_header_of_a_real_export_shows_every_fault_of_snap(make_export, snaps_faults):
    export = make_export(*snaps_faults)
    report = check_export(export.folder)
    found = {(finding.code, finding.file) for finding in report.findings}
    expected = {
        (code, path.relative_to(export.folder).as_posix()) for code in snaps_faults for path in export.headers()
    }
    assert found == expected
    require_clean(report)


@pytest.mark.parametrize(("n_dates", "severity"), [(1, "error"), (2, "warning"), (3, "warning")])
def test_too_few_dates_are_an_error_or_a_warning(make_export, n_dates, severity):
    report = check_export(make_export(n_dates=n_dates).folder)
    assert [(finding.severity, finding.code) for finding in report.findings] == [(severity, "too-few-dates")]
    assert report.n_scenes == n_dates


def test_four_dates_are_enough(make_export):
    assert check_export(make_export(n_dates=4).folder).findings == ()


def test_an_empty_folder_is_told_without_an_exception(tmp_path):
    report = check_export(tmp_path)
    assert {finding.code for finding in report.findings} == {"folder-missing", "too-few-dates"}


def test_a_third_without_data_at_every_date_is_worth_a_warning(export):
    for day in export.dates:
        _set(export, f"rslc/{day}.rslc", slice(0, 10), 0)
    findings = check_export(export.folder).findings
    assert {(finding.severity, finding.code) for finding in findings} == {("warning", "zeros")}
    assert [finding.file for finding in findings] == [f"rslc/{day}.rslc" for day in export.dates]


def test_a_folder_that_may_not_be_read_is_the_users_error(export, monkeypatch):
    def refuse(path):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr("pathlib.Path.iterdir", refuse)
    with pytest.raises(InputError, match="Permission denied"):
        check_export(export.folder)


def test_a_folder_without_any_header_has_no_size(export):
    for path in export.folder.glob("rslc/*.par"):
        path.unlink()
    report = check_export(export.folder)
    assert "size-unknown" in {finding.code for finding in report.findings}
    assert report.width is None


def test_positions_in_the_other_byte_order_are_found_whatever_bits_they_make(export):
    raw = np.random.default_rng(3).integers(0, 256, 4 * 40 * 30, dtype=np.uint8)
    (export.folder / LON).write_bytes(raw.tobytes())
    codes = {finding.code for finding in check_export(export.folder).findings if finding.file == LON}
    assert "position-out-of-range" in codes


def test_a_scene_across_the_date_line_is_where_its_header_says(make_export, header_truth):
    export = make_export(truth=header_truth(longitude=179.99))
    export.change(LON, lambda values: np.subtract(values, 360, out=values, where=values > 180), ">f4")
    assert check_export(export.folder).findings == ()


@pytest.mark.parametrize("missing", ["INSAR_20200107", "rslc/20200106.rslc"])
def test_a_folder_that_is_none_is_the_users_error(export, missing):
    with pytest.raises(InputError, match="no such export folder"):
        check_export(export.folder / missing)


def test_a_missing_product_is_the_users_error(export, tmp_path):
    with pytest.raises(InputError, match=r"nowhere\.dim"):
        check_export(export.folder, product=tmp_path / "nowhere.dim")


def test_a_folder_given_by_another_name_is_taken_by_its_pairs(export):
    other = export.folder.rename(export.folder.with_name("my export"))
    assert check_export(other).findings == ()


def test_between_two_masters_of_as_many_pairs_the_folders_name_decides(make_export):
    export = make_export(n_dates=3)
    for path in export.folder.glob("diff0/20200106_20200130.*"):
        path.rename(path.with_name(path.name.replace("20200106_", "20190101_")))
    found = [finding.file for finding in check_export(export.folder).findings if finding.code == "master-differs"]
    assert found == ["diff0/20190101_20200130.diff"]


def test_a_link_to_the_folder_counts_by_its_own_name(export):
    target = export.folder.rename(export.folder.with_name("data"))
    link = target.with_name("INSAR_20200106")
    link.symlink_to(target, target_is_directory=True)
    assert check_export(link).findings == ()


def test_the_gate_writes_nothing(make_export, snaps_faults):
    export = make_export(*snaps_faults)
    before = export.contents()
    check_export(export.folder)
    assert export.contents() == before


def test_progress_counts_every_byte_of_the_rasters_once(export, monkeypatch):
    monkeypatch.setattr("snapstamps.snap.raster_scan.BLOCK_BYTES", 1000)
    calls = []
    check_export(export.folder, progress=lambda done, total: calls.append((done, total)))
    n_pixels = 40 * 30
    total = (6 + 5) * 8 * n_pixels + 3 * 4 * n_pixels
    assert calls[-1] == (total, total)
    assert [done for done, _ in calls] == sorted({done for done, _ in calls})
    assert max(np.diff([0, *(done for done, _ in calls)])) <= 2 * 1000


@pytest.mark.parametrize("block", [1, 700, 2**23])
def test_findings_do_not_depend_on_the_block_size(export, monkeypatch, block):
    _set(export, RSLC, slice(10, 20), 0)
    _set(export, DIFF, (29, 39), np.nan)
    _set(export, LAT, (29, 39), 95, ">f4")
    expected = check_export(export.folder).findings
    assert len(expected) == 3
    monkeypatch.setattr("snapstamps.snap.raster_scan.BLOCK_BYTES", block)
    assert check_export(export.folder).findings == expected


def test_the_report_becomes_json(make_export):
    report = check_export(make_export("earth-radius").folder)
    content = json.loads(json.dumps(report.as_dict()))
    assert content["clean"] is False
    assert content["baseline_sign"] == "unknown"
    assert {"code", "severity", "file", "what", "why", "remedy", "repairable"} == set(content["findings"][0])


@pytest.mark.parametrize("file", [RSLC, LON, DEM])
def test_a_raster_that_cannot_be_read_is_told_and_the_others_are_still_judged(export, monkeypatch, file):
    _set(export, DIFF, ..., 0)
    read_lines = raster_scan.read_lines

    def failing(path, *words):
        if path == export.folder / file:
            raise DataError(f"{path.name} cannot be read", where=path, why="Input/output error")
        return read_lines(path, *words)

    monkeypatch.setattr(raster_scan, "read_lines", failing)
    report = check_export(export.folder)
    assert {(finding.code, finding.file) for finding in report.findings} == {
        ("file-unreadable", file),
        ("all-zero", DIFF),
    }
    assert "Input/output error" in [finding.why for finding in report.findings]
