"""The journal survives kills, and its marks tell changed files from touched ones."""

import errno
import multiprocessing
import os

import pytest

from snapstamps.journal import FileMark, Journal, Record


def record(unit: str, **more) -> Record:
    return Record(unit=unit, outcome="done", started="2026-01-01T00:00:00+00:00", seconds=1.5, **more)


def test_records_come_back_as_they_were(tmp_path):
    journal = Journal(tmp_path / "logs" / "journal.jsonl")
    path = tmp_path / "ps1.mat"
    path.write_bytes(b"content")
    written = record(
        "PATCH_1/1_load",
        parms={"ref_lon": ["-inf", "inf"], "name": "Thái Nguyên"},
        inputs={"a": FileMark(1, 2)},
        outputs={"PATCH_1/ps1.mat": FileMark.of(path)},
        counts={"ps_in": 3, "ps_out": 2},
        notes=["mended"],
    )
    journal.append(written)
    assert journal.records() == [written]


def test_numbers_that_json_lacks_are_kept_as_text(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(record("a", parms={"ref_radius": float("inf"), "pair": (1.0, float("nan"))}))
    assert journal.records()[0].parms == {"ref_radius": "inf", "pair": [1.0, "nan"]}


def test_half_a_last_line_is_ignored_and_the_next_record_stands_on_its_own(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(record("a"))
    with journal.path.open("ab") as stream:
        stream.write(b'{"unit":"b","outcome":"do')
    assert [r.unit for r in journal.records()] == ["a"]
    journal.append(record("c"))
    assert [r.unit for r in journal.records()] == ["a", "c"]


def test_a_failure_does_not_hide_an_earlier_success(tmp_path):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(record("a"))
    journal.append(Record(unit="a", outcome="failed", started="", seconds=0.0, error="no room"))
    assert journal.last_done()["a"].outcome == "done"
    assert len(journal.records()) == 2


def append_many(path, name):
    journal = Journal(path)
    for number in range(20):
        journal.append(record(f"{name}{number}", notes=["x" * 5000]))


def test_several_processes_may_write_at_the_same_time(tmp_path):
    path = tmp_path / "journal.jsonl"
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=append_many, args=(path, name)) for name in "ab"]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    assert sorted(r.unit for r in Journal(path).records()) == sorted(f"{n}{i}" for n in "ab" for i in range(20))


def test_a_mark_knows_touched_from_changed(tmp_path):
    path = tmp_path / "x"
    path.write_bytes(b"12345")
    mark = FileMark.of(path)
    assert mark.still_holds(path)
    os.utime(path, ns=(1, 1))
    assert mark.still_holds(path), "same content, another time"
    path.write_bytes(b"54321")
    assert not mark.still_holds(path)
    path.unlink()
    assert not mark.still_holds(path)


def test_a_mark_without_content_believes_size_and_time_only(tmp_path):
    path = tmp_path / "x.rslc"
    path.write_bytes(b"12345")
    mark = FileMark.of(path, content=False)
    assert mark.digest == ""
    assert mark.still_holds(path)
    os.utime(path, ns=(1, 1))
    assert not mark.still_holds(path)


@pytest.mark.parametrize("other", [FileMark(5, 1, "b"), FileMark(5, 1, "")])
def test_marks_compare_by_content_where_both_know_it(other):
    mark = FileMark(5, 1, "a")
    assert mark.same_content(other) is (other.digest == "")


def test_a_line_that_finds_no_room_leaves_nothing_of_itself(tmp_path, monkeypatch):
    journal = Journal(tmp_path / "journal.jsonl")
    journal.append(record("a"))
    before = journal.path.read_bytes()

    def full(_handle):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(OSError, match="No space left") as refused:
            journal.append(record("b"))
    assert refused.value.filename == str(journal.path)
    assert journal.path.read_bytes() == before
    journal.append(record("c"))
    assert [each.unit for each in journal.records()] == ["a", "c"]
