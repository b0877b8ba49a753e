"""A lock says who holds it, ends with its process, and is not fooled by what the dead leave behind."""

import errno
import fcntl
import json
import os
import socket
import subprocess
import sys

import pytest

from snapstamps.formats.owned_lock import HeldError, Owner, owned_lock, read_owner


def test_the_owner_is_told_to_whoever_comes_second(tmp_path):
    with owned_lock(tmp_path / "run.lock"), pytest.raises(HeldError) as held, owned_lock(tmp_path / "run.lock"):
        pass
    assert held.value.owner is not None
    assert held.value.owner.pid == os.getpid()
    assert str(held.value).startswith(f"process {os.getpid()} on {socket.gethostname()}, since 20")


def test_the_file_goes_with_the_lock_and_the_next_one_gets_it(tmp_path):
    path = tmp_path / "run.lock"
    for _ in range(2):
        with owned_lock(path):
            assert read_owner(path) is not None
        assert not path.exists()


def test_a_file_left_by_a_killed_process_holds_nobody_up(tmp_path):
    path = tmp_path / "run.lock"
    code = (
        "import os, signal, sys; from pathlib import Path; from snapstamps.formats.owned_lock import owned_lock\n"
        "with owned_lock(Path(sys.argv[1])): os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    left = read_owner(path)
    assert left is not None
    assert left.pid != os.getpid()
    with owned_lock(path):
        assert read_owner(path) == Owner.here()


def refusing(number):
    def flock(*_arguments):
        raise OSError(number, os.strerror(number))

    return flock


def test_where_a_file_system_knows_no_locks_the_owner_in_the_file_decides(tmp_path, monkeypatch):
    path = tmp_path / "run.lock"
    monkeypatch.setattr(fcntl, "flock", refusing(errno.EOPNOTSUPP))
    with owned_lock(path):
        with pytest.raises(HeldError), owned_lock(path):
            pass
        assert path.exists(), "who was refused takes nothing away"
    finished = subprocess.Popen([sys.executable, "-c", ""])
    finished.wait()
    dead = {"pid": finished.pid, "host": socket.gethostname(), "since": "2020-01-01T00:00:00+00:00"}
    path.write_text(json.dumps(dead))
    with owned_lock(path):
        pass
    path.write_text(json.dumps({**dead, "host": "another"}))
    with pytest.raises(HeldError, match="on another"), owned_lock(path):
        pass


def test_other_refusals_of_the_system_are_no_second_run(tmp_path, monkeypatch):
    monkeypatch.setattr(fcntl, "flock", refusing(errno.EIO))
    with pytest.raises(OSError, match="Input/output"), owned_lock(tmp_path / "run.lock"):
        pass


@pytest.mark.parametrize("content", ["", "12345\n", "{}", '{"pid": "x", "host": 1, "since": 2}', "[1, 2]"])
def test_a_file_that_tells_no_owner_is_read_as_such(tmp_path, content):
    (tmp_path / "run.lock").write_text(content)
    assert read_owner(tmp_path / "run.lock") is None
