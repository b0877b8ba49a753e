"""Fixtures that all tests share."""

import os

# Before numpy is loaded: as inside a unit of work, one thread each. On small matrices several wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import fcntl
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from projects import make_project

from snapstamps.pipeline.runner import run_project
from snapstamps.simulate.presets import preset
from snapstamps.simulate.run import simulate_export

# How long an example takes says how busy the machine is, not whether the code is right.
settings.register_profile("snapstamps", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("snapstamps")

PROJECT = Path(__file__).resolve().parent.parent
SHARED_REFERENCE = PROJECT.parent / "shared" / "reference"
COMMITTED_REFERENCE = Path(__file__).resolve().parent / "data"
WHOLE_IS_AT_HAND = (SHARED_REFERENCE / "S").is_dir() and os.environ.get("SNAPSTAMPS_TEST_REFERENCE") != "committed"
"""Set SNAPSTAMPS_TEST_REFERENCE=committed to test as a bare clone does, with tests/data alone."""


@pytest.fixture(scope="session")
def reference_s() -> Path:
    """The folder of reference scene S: the whole one where it is at hand, else the committed part."""
    return (SHARED_REFERENCE if WHOLE_IS_AT_HAND else COMMITTED_REFERENCE) / "S"


@pytest.fixture(scope="session")
def reference_file(reference_s: Path) -> Callable[[str], Path]:
    """Give a function that returns a file of reference scene S; the test is skipped where it was left out."""

    def find(relative: str) -> Path:
        path = reference_s / relative
        if not path.exists():
            pytest.skip(f"needs S/{relative} of the whole reference results, which the committed part leaves out")
        return path

    return find


@pytest.fixture(scope="session")
def whole_reference() -> Path:
    """The folder that holds S and S2 whole; the test is skipped where it is absent."""
    if not WHOLE_IS_AT_HAND:
        pytest.skip("needs the whole reference results (../shared/reference), which are not part of the project")
    return SHARED_REFERENCE


@pytest.fixture
def copy_of(tmp_path: Path):
    """Give a function that copies a (read-only) folder to a writable place and returns that."""

    def copy(folder: Path, name: str = "stamps") -> Path:
        target = tmp_path / name
        shutil.copytree(folder, target, copy_function=shutil.copyfile)
        for path in [target, *target.rglob("*")]:
            path.chmod(0o755 if path.is_dir() else 0o644)
        return target

    return copy


@pytest.fixture(scope="session")
def tiny_scene(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the simulated scene `tiny`: INSAR_<master>, truth.npz, scene.json. Do not change it."""
    return _made_once(tmp_path_factory, "tiny_scene", lambda folder: simulate_export(preset("tiny"), folder))


@pytest.fixture(scope="session")
def tiny_project(tmp_path_factory: pytest.TempPathFactory, tiny_scene: Path) -> Path:
    """The scene `tiny` as a project that has been run from its export to its products. Do not change it."""

    return _made_once(tmp_path_factory, "tiny_project", lambda folder: run_project(make_project(tiny_scene, folder)))


@pytest.fixture
def finished(tiny_project: Path, copy_of: Callable[..., Path]) -> Path:
    """A copy of the finished project `tiny`, to be changed; rasters keep the times that the journal knows."""
    folder = copy_of(tiny_project, "area")
    for path in folder.glob("INSAR_*/*/*"):
        shutil.copystat(tiny_project / path.relative_to(folder), path)
    return folder


def _made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Make a folder once, for all workers of pytest-xdist together."""
    base = factory.getbasetemp()
    root = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder, finished = root / name, root / f"{name}.finished"
    with (root / f"{name}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not finished.exists():
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            finished.touch()
    return folder
