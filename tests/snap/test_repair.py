"""The repair of an export: once, reversibly, and of headers only."""

import itertools
from pathlib import Path

import pytest

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.model.errors import DataError, InputError
from snapstamps.snap.gate import check_export
from snapstamps.snap.repair import original_of, repair_export


@pytest.fixture
def faulty(make_export, snaps_faults):
    return make_export(*snaps_faults)


def test_a_repaired_export_is_what_snap_should_have_written(faulty, dim):
    product = dim(range_spacing=2.329562, azimuth_spacing=13.94)
    repairs = repair_export(faulty.folder, product=product)
    assert [repair.file for repair in repairs] == [
        path.relative_to(faulty.folder).as_posix()
        for pattern in ("rslc", "diff0", "geo")
        for path in faulty.headers()
        if path.parent.name == pattern
    ]
    right = GammaHeader(tuple(faulty.truth.text().splitlines()))
    for path in faulty.headers():
        mended = GammaHeader.read(path)
        for key in ("range_pixel_spacing", "azimuth_pixel_spacing", "center_range_slc", "far_range_slc", "start_time"):
            assert mended.values(key) == right.values(key)
        assert mended.number("earth_radius_below_sensor") == pytest.approx(right.number("earth_radius_below_sensor"))
    assert check_export(faulty.folder).findings == ()


def test_repairing_twice_changes_no_byte_and_makes_no_second_original(faulty):
    repair_export(faulty.folder)
    once = faulty.contents()
    assert repair_export(faulty.folder) == ()
    assert faulty.contents() == once


def test_the_originals_are_kept_byte_for_byte_and_nothing_else_changes(faulty):
    before = faulty.contents()
    repair_export(faulty.folder)
    after = faulty.contents()
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {path.relative_to(faulty.folder).as_posix() for path in faulty.headers()}
    assert set(after) - set(before) == {f"{name}.orig" for name in changed}
    assert all(after[f"{name}.orig"] == before[name] for name in changed)


def test_a_clean_export_is_left_alone(export):
    before = export.contents()
    assert repair_export(export.folder) == ()
    assert export.contents() == before


def test_a_dry_run_says_the_same_and_writes_nothing(faulty):
    before = faulty.contents()
    planned = repair_export(faulty.folder, dry_run=True)
    assert faulty.contents() == before
    assert planned == repair_export(faulty.folder)


def test_a_later_repair_with_the_product_keeps_the_first_original(faulty, dim):
    before = faulty.contents()
    repair_export(faulty.folder)
    (change,) = repair_export(faulty.folder, product=dim(range_spacing=2.329562, azimuth_spacing=13.94))[0].changes
    assert (change.key, change.old, change.new) == ("azimuth_pixel_spacing", "14", "13.94")
    after = faulty.contents()
    assert all(after[f"{name}.orig"] == before[name] for name in before if f"{name}.orig" in after)


def test_after_a_new_export_into_the_same_folder_the_original_is_the_new_one(faulty, header_truth, snaps_faults):
    repair_export(faulty.folder)
    again = header_truth(near=812_345.0).text(*snaps_faults)
    for path in faulty.headers():
        path.write_text(again)
    repair_export(faulty.folder)
    assert {original_of(path).read_text() for path in faulty.headers()} == {again}


@pytest.mark.parametrize("after", range(1, 5))
def test_a_repair_that_was_killed_ends_as_if_it_had_not_been(faulty, monkeypatch, after):
    expected_folder = faulty.contents()
    count = itertools.count(1)
    replace = Path.replace

    def replace_or_die(self, target):
        if next(count) == after:
            raise KeyboardInterrupt
        return replace(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace_or_die)
        with pytest.raises(KeyboardInterrupt):
            repair_export(faulty.folder)
    repair_export(faulty.folder)
    resumed = faulty.contents()
    for path in faulty.headers():
        original_of(path).unlink()
    for name, content in expected_folder.items():
        (faulty.folder / name).write_bytes(content)
    repair_export(faulty.folder)
    assert faulty.contents() == resumed


def test_line_ends_of_windows_and_letters_of_any_encoding_survive(faulty):
    path = faulty.headers()[0]
    odd = path.read_bytes().replace(b"\n", b"\r\n").replace(b"Stack_ifg", b"Stack_Y\xean B\xe1i")
    path.write_bytes(odd)
    repair_export(faulty.folder)
    new = path.read_bytes()
    assert b"Stack_Y\xean B\xe1i\r\n" in new
    assert b"range_pixel_spacing:\t2.329562\tm\r\n" in new
    assert new.count(b"\r\n") == odd.count(b"\r\n") == odd.count(b"\n")


def test_an_unreadable_header_does_not_stop_the_others(faulty):
    broken, *others = faulty.headers()
    broken.write_bytes(bytes(50))
    assert len(repair_export(faulty.folder)) == len(others)


def test_a_header_that_cannot_be_written_is_the_users_error(faulty):
    header = faulty.folder / "rslc/20200106.rslc.par"
    original_of(header).mkdir()
    before = header.read_bytes()
    with pytest.raises(InputError, match=r"20200106\.rslc\.par cannot be repaired"):
        repair_export(faulty.folder)
    assert header.read_bytes() == before


def test_a_damaged_product_stops_before_anything_is_written(faulty, tmp_path):
    product = tmp_path / "half.dim"
    product.write_text("<Dimap_Document><Dataset_Sources>")
    before = faulty.contents()
    with pytest.raises(DataError, match=r"half\.dim is not a sound"):
        repair_export(faulty.folder, product=product)
    assert faulty.contents() == before


def test_no_repair_without_a_folder(tmp_path):
    with pytest.raises(InputError):
        repair_export(tmp_path / "nowhere")
