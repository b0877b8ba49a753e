"""Fixtures that all tests share."""

import shutil
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
SHARED_REFERENCE = PROJECT.parent / "shared" / "reference"
COMMITTED_REFERENCE = Path(__file__).resolve().parent / "data"


@pytest.fixture(scope="session")
def reference_s() -> Path:
    """The folder of reference scene S: the whole one where it is at hand, else the committed part."""
    return SHARED_REFERENCE / "S" if (SHARED_REFERENCE / "S").is_dir() else COMMITTED_REFERENCE / "S"


@pytest.fixture(scope="session")
def whole_reference() -> Path:
    """The folder that holds S and S2 whole; the test is skipped where it is absent."""
    if not (SHARED_REFERENCE / "S").is_dir():
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
