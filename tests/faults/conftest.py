"""What the cells share: the undisturbed work, made once, and a server of commands for each worker of pytest."""

import fcntl
import importlib.util
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from faults.client import Server
from faults.ladder import build


@pytest.fixture(scope="session")
def ladder(tmp_path_factory: pytest.TempPathFactory, tiny_scene: Path) -> Path:
    """The undisturbed work. Do not change it."""
    base = tmp_path_factory.getbasetemp()
    root = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder, finished = root / "fault_ladder", root / "fault_ladder.finished"
    with (root / "fault_ladder.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            build(folder, tiny_scene)
            finished.touch()
    return folder


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    """Who runs the commands."""
    started = Server()
    yield started
    started.close()


@pytest.fixture(scope="session")
def with_octave() -> None:
    """Skip the test where Octave or its package is absent."""
    if shutil.which("octave-cli") is None:
        pytest.skip("needs GNU Octave (octave-cli), which is not installed")
    if importlib.util.find_spec("oct2py") is None:
        pytest.skip("needs the package oct2py: pip install 'snapstamps[octave]'")
