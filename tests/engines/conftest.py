"""What the tests of the engines share: parameters of a step, and folders to run it in."""

import logging
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from snapstamps.engines.base import RunContext
from snapstamps.engines.native.engine import NativeEngine
from snapstamps.stamps.parms import ParmsView, defaults, read_parms
from snapstamps.stamps.steps import step_named
from snapstamps.stamps.store import StampsStore

FROM_CANDIDATES = ("ps1", "ph1", "bp1", "la1", "da1", "hgt1", "pm1")


@pytest.fixture
def parms_of() -> Callable[..., ParmsView]:
    """Give a function that returns what a step sees: StaMPS's defaults, changed as asked."""

    def view(step: str, **changes: Any) -> ParmsView:
        return ParmsView({**defaults(), "heading": 348.0, "lambda": 0.05546576, **changes}, step_named(step))

    return view


@pytest.fixture
def linked(tmp_path: Path) -> Callable[[Path, Iterable[str], str], StampsStore]:
    """
    Give a function that links files of a folder into a new one, and returns that as a store.

    A step that writes such a file puts its own in place of the link: what was linked stays as it is.
    """

    def link(folder: Path, names: Iterable[str], to: str = "stamps") -> StampsStore:
        store = StampsStore(tmp_path / to)
        store.path.mkdir(parents=True)
        for name in names:
            store.file(name).symlink_to(StampsStore(folder).file(name))
        return store

    return link


@pytest.fixture(scope="session")
def inputs_s(reference_s: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """
    Give a PATCH_1 of scene S with all that steps 1 and 2 leave; not to be written to.

    It is StaMPS's own where that is whole. The committed part lacks some of it for its size: our steps 1 and 2,
    which agree with StaMPS far better than the tolerances of what follows, make it from the candidates.
    """
    patch = reference_s / "stamps" / "PATCH_1"
    if all((patch / f"{name}.mat").is_file() for name in FROM_CANDIDATES):
        return patch
    working = StampsStore(tmp_path_factory.mktemp("inputs"))
    for name in ("width.txt", "len.txt", "parms.mat"):
        working.file(name).write_bytes((reference_s / "stamps" / name).read_bytes())
    export = str(reference_s / "INSAR_20190505")
    for name in ("rsc.txt", "pscphase.in"):
        working.file(name).write_text((reference_s / "stamps" / name).read_text().replace("@EXPORT@", export))
    made = StampsStore(working.path / "PATCH_1")
    made.path.mkdir()
    for file in patch.glob("pscands.1.*"):
        made.file(file.name).symlink_to(file)
    values = read_parms(working.file("parms"))
    for name in ("load", "gamma"):
        step = step_named(name)
        NativeEngine().run(step, made, ParmsView(values, step), RunContext(quirks="reproduce"))
    return made.path


@pytest.fixture(scope="session")
def variants() -> Callable[[str], Any]:
    """Give a function that loads what real StaMPS made of scene S with other parameters."""
    folder = Path(__file__).resolve().parent.parent / "data" / "variants"
    return lambda name: np.load(folder / f"{name}.npz")


@pytest.fixture
def context() -> RunContext:
    """Give a context that reproduces StaMPS to the letter."""
    return RunContext(quirks="reproduce", log=logging.getLogger("tests"))
