"""A killed writer leaves the old file or the new one, whole, with the permissions of a plain file."""

import os
import signal
import stat
import subprocess
import sys
import time

import pytest

from snapstamps.formats.atomic import TEMPORARY_MARK, atomic_path, remove_leftovers, write_bytes, write_text

WRITER = """
import sys
from pathlib import Path
from snapstamps.formats.atomic import write_bytes
target, letter = Path(sys.argv[1]), 0
print("ready", flush=True)
while True:
    write_bytes(target, bytes([65 + letter % 26]) * 300_000)
    letter += 1
"""


@pytest.mark.parametrize("delay", [0.0, 0.003, 0.011, 0.027, 0.05])
def test_a_writer_killed_at_any_moment_leaves_one_whole_version(tmp_path, delay):
    target = tmp_path / "ps1.mat"
    target.write_bytes(b"a" * 300_000)
    with subprocess.Popen([sys.executable, "-c", WRITER, str(target)], stdout=subprocess.PIPE) as writer:
        writer.stdout.readline()
        time.sleep(delay)
        writer.send_signal(signal.SIGKILL)
    content = target.read_bytes()
    assert len(content) == 300_000
    assert len(set(content)) == 1
    assert [path for path in tmp_path.iterdir() if TEMPORARY_MARK not in path.name] == [target]
    remove_leftovers(tmp_path)
    assert list(tmp_path.iterdir()) == [target]


@pytest.mark.parametrize("error", [OSError("disk full"), KeyboardInterrupt()])
def test_a_writer_that_fails_leaves_the_old_file_and_no_other(tmp_path, error):
    target = tmp_path / "width.txt"
    target.write_text("640")

    def fail() -> None:
        with atomic_path(target) as part:
            part.write_text("64")
            raise error

    with pytest.raises(type(error)):
        fail()
    assert target.read_text() == "640"
    assert list(tmp_path.iterdir()) == [target]


def test_nothing_is_seen_of_a_file_before_it_is_whole(tmp_path):
    target = tmp_path / "pm1.mat"
    with atomic_path(target) as part:
        part.write_bytes(b"half")
        assert not target.exists()
        assert part.parent == tmp_path
        assert part.suffix == ".mat"
        assert part.name.startswith(".")
    assert target.read_bytes() == b"half"


@pytest.mark.parametrize("mask", [0o022, 0o077, 0o002])
def test_permissions_follow_the_umask_as_those_of_any_file(tmp_path, mask):
    before = os.umask(mask)
    try:
        write_text(tmp_path / "ours.txt", "x")
        (tmp_path / "plain.txt").write_text("x")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE((tmp_path / name).stat().st_mode) for name in ("ours.txt", "plain.txt")}
    assert modes == {0o666 & ~mask}


def test_text_is_utf8_with_line_feeds_on_every_system(tmp_path):
    write_text(tmp_path / "a.txt", "Thái Nguyên\n")
    assert (tmp_path / "a.txt").read_bytes() == "Thái Nguyên\n".encode()


def test_a_missing_folder_is_not_made(tmp_path):
    with pytest.raises(FileNotFoundError):
        write_bytes(tmp_path / "no" / "a.bin", b"x")
    assert list(tmp_path.iterdir()) == []


def test_folders_of_killed_runs_are_removed_with_what_is_in_them(tmp_path):
    folder = tmp_path / f".velocity{TEMPORARY_MARK}-x1"
    folder.mkdir()
    (folder / "velocity.shp").touch()
    assert remove_leftovers(tmp_path) == 1
    assert list(tmp_path.iterdir()) == []


def test_only_leftovers_of_killed_runs_are_removed(tmp_path):
    (tmp_path / f".ps1{TEMPORARY_MARK}-abc.mat").write_bytes(b"x")
    (tmp_path / ".hidden").write_bytes(b"x")
    (tmp_path / "ps1.mat").write_bytes(b"x")
    assert remove_leftovers(tmp_path) == 1
    assert {path.name for path in tmp_path.iterdir()} == {".hidden", "ps1.mat"}
