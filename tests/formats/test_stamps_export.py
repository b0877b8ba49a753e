"""An export is taken as it is, or refused with one message that names the file."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from snapstamps.formats.stamps_export import open_stack
from snapstamps.model.errors import DataError, InputError, SnapstampsError

SLAVES = ("20200101", "20200206")
MASTER = "20200113"
WIDTH, LENGTH = 5, 4


@pytest.fixture
def export(tmp_path: Path) -> Path:
    """The smallest whole export."""
    folder = tmp_path / f"INSAR_{MASTER}"
    for name in ("rslc", "diff0", "geo"):
        (folder / name).mkdir(parents=True)
    pixels = np.ones((LENGTH, WIDTH))
    for day in (*SLAVES, MASTER):
        pixels.astype(">c8").tofile(folder / "rslc" / f"{day}.rslc")
        (folder / "rslc" / f"{day}.rslc.par").write_text(f"range_samples:\t{WIDTH}\nazimuth_lines:\t{LENGTH}\n")
    for day in SLAVES:
        pixels.astype(">c8").tofile(folder / "diff0" / f"{MASTER}_{day}.diff")
        (folder / "diff0" / f"{MASTER}_{day}.base").write_text("")
    for name in (f"{MASTER}.lon", f"{MASTER}.lat", "elevation_dem.rdc"):
        pixels.astype(">f4").tofile(folder / "geo" / name)
    return folder


def test_a_whole_export_is_opened_in_the_order_of_its_dates(export: Path) -> None:
    stack = open_stack(export)
    assert (stack.width, stack.length, stack.n_ifg) == (WIDTH, LENGTH, 2)
    assert stack.master == date(2020, 1, 13)
    assert [path.name for path in stack.slcs] == ["20200101.rslc", "20200113.rslc", "20200206.rslc"]
    assert [ifg.slave for ifg in stack.interferograms] == [date(2020, 1, 1), date(2020, 2, 6)]
    assert stack.interferograms[1].base == export / "diff0" / "20200113_20200206.base"
    assert stack.dates == (date(2020, 1, 1), date(2020, 1, 13), date(2020, 2, 6))
    assert stack.header.name == "20200113.rslc.par"


def test_a_relative_folder_gives_absolute_paths(export: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(export.parent)
    assert open_stack(Path(export.name)).lon == export / "geo" / f"{MASTER}.lon"


def test_hidden_files_and_kept_originals_do_not_disturb(export: Path) -> None:
    (export / "rslc" / "._20200101.rslc").write_text("left by a file manager")
    (export / "rslc" / "20200113.rslc.par.orig").write_text("kept by the repair")
    assert len(open_stack(export).slcs) == 3


def remove(*names: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for name in names:
            (folder / name).unlink()

    return damage


def rename(old: str, new: str) -> Callable[[Path], None]:
    return lambda folder: (folder / old).rename(folder / new) and None


def copy(old: str, *new: str) -> Callable[[Path], None]:
    def damage(folder: Path) -> None:
        for name in new:
            shutil.copyfile(folder / old, folder / name)

    return damage


def replace(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / name).write_bytes(content) and None


def only_the_master(folder: Path) -> None:
    for day in SLAVES:
        (folder / "rslc" / f"{day}.rslc").unlink()


SLC, DIFF = "rslc/20200101.rslc", "diff0/20200113_20200101.diff"
FAULTS = {
    "no rslc folder": (lambda folder: shutil.rmtree(folder / "rslc"), "no folder rslc"),
    "no diff0 folder": (lambda folder: shutil.rmtree(folder / "diff0"), "no folder diff0"),
    "no geo folder": (lambda folder: shutil.rmtree(folder / "geo"), "no folder geo"),
    "no interferogram": (remove(DIFF, "diff0/20200113_20200206.diff"), "no interferogram"),
    "one date": (only_the_master, "only one date, 20200113"),
    "SLC not a date": (rename(SLC, "rslc/january.rslc"), "january.rslc is not named by its dates"),
    "no such day": (rename(SLC, "rslc/20201301.rslc"), "20201301.rslc is not named by its dates"),
    "interferogram not dates": (rename(DIFF, "diff0/20200113-20200101.diff"), "is not named by its dates"),
    "half a pair": (rename(DIFF, "diff0/20200113_2020011.diff"), "is not named by its dates"),
    "no base": (remove("diff0/20200113_20200101.base"), "20200113_20200101.base is missing"),
    "no master SLC": (remove("rslc/20200113.rslc"), "20200113.rslc is missing"),
    "no slave SLC": (remove(SLC), "20200101.rslc is missing"),
    "no master header": (remove("rslc/20200113.rslc.par"), "20200113.rslc.par is missing"),
    "no interferogram of an SLC": (remove(DIFF), "20200101.rslc has no interferogram"),
    "master-master": (
        copy(DIFF, "diff0/20200113_20200113.diff", "diff0/20200113_20200113.base"),
        "20200113_20200113.diff pairs the master with itself",
    ),
    "two masters": (
        copy(DIFF, "diff0/20200101_20200206.diff", "diff0/20200101_20200206.base"),
        "2 masters: 20200101, 20200113",
    ),
    "no lon": (remove("geo/20200113.lon"), "longitudes (geo/*.lon) are missing"),
    "no lat": (remove("geo/20200113.lat"), "latitudes (geo/*.lat) are missing"),
    "no height": (remove("geo/elevation_dem.rdc"), "heights (geo/*dem.rdc) are missing"),
    "two lon": (copy("geo/20200113.lon", "geo/20200101.lon"), "2 files of longitudes"),
    "two lat": (copy("geo/20200113.lat", "geo/20200101.lat"), "2 files of latitudes"),
    "two heights": (copy("geo/elevation_dem.rdc", "geo/old_dem.rdc"), "2 files of heights"),
    "truncated SLC": (replace(SLC, b"\0" * 100), "20200101.rslc has 100 bytes, but 5 samples x 4 lines need 160"),
    "truncated interferogram": (replace(DIFF, b"\0" * 100), "20200113_20200101.diff has 100 bytes"),
    "lon in double precision": (replace("geo/20200113.lon", b"\0" * 160), "20200113.lon has 160 bytes"),
    "no width": (replace("rslc/20200113.rslc.par", b"azimuth_lines:\t4\n"), "no range_samples"),
    "half a line": (
        replace("rslc/20200113.rslc.par", b"range_samples:\t5\nazimuth_lines:\t3.5\n"),
        "azimuth_lines of the header is 3.5, not a positive whole number",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_one_clear_error(export: Path, fault: str) -> None:
    damage, message = FAULTS[fault]
    damage(export)
    with pytest.raises(DataError) as caught:
        open_stack(export)
    assert message in str(caught.value)
    assert "where: " in str(caught.value)


def test_a_folder_that_does_not_exist_is_the_user_s_fault(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no such export folder") as caught:
        open_stack(tmp_path / "INSAR_20200113")
    assert isinstance(caught.value, SnapstampsError)
    assert caught.value.exit_code == 2


def test_the_reference_export_opens(whole_reference: Path) -> None:
    stack = open_stack(whole_reference / "S" / "INSAR_20190505")
    assert (stack.width, stack.length, stack.n_ifg, len(stack.slcs)) == (640, 300, 19, 20)
