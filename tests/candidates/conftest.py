"""Fixtures for the tests of the candidates."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from small_export import MASTER, speckle, write_export

from snapstamps.model.stack import Stack


@pytest.fixture
def make_stack(tmp_path: Path) -> Callable[..., Stack]:
    """Give a function that writes SLCs as an export and opens it."""

    def make(slcs: np.ndarray | None = None, name: str = f"INSAR_{MASTER}") -> Stack:
        return write_export(tmp_path / name, speckle(1) if slcs is None else slcs)

    return make


@pytest.fixture
def stack(make_stack: Callable[..., Stack]) -> Stack:
    """The export as it is where a test does not care."""
    return make_stack()
