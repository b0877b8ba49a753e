"""Results as all forms of them are given."""

from collections.abc import Callable
from typing import Any

import pytest
from results_folder import write_results

from snapstamps.config.options import ExportOptions
from snapstamps.results.collect import Origin, collect_results
from snapstamps.results.formats.base import Results
from snapstamps.stamps.parms import defaults
from snapstamps.stamps.store import StampsStore


def collect(
    store: StampsStore, *, parms: dict[str, Any] | None = None, name: str = "Test area", **options: Any
) -> Results:
    """Collect the results of a folder."""
    extra = {key: options.pop(key) for key in ("scenes", "interest") if key in options}
    return collect_results(
        Origin(
            store.path,
            options=ExportOptions(**options),
            parms={**defaults(), **(parms or {})},
            name=name,
            provenance={"software": "snapstamps 0", "configuration": "{}"},
            **extra,
        )
    )


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> StampsStore:
    """Give a folder with results. Do not change it."""
    return write_results(tmp_path_factory.mktemp("forms") / "stamps")


@pytest.fixture(scope="session")
def results(store: StampsStore) -> Results:
    """Give its results."""
    return collect(store)


@pytest.fixture
def results_of() -> Callable[..., Results]:
    """Give a function that collects the results of a folder."""
    return collect


@pytest.fixture
def progress() -> Callable[[int, int], None]:
    """Give a progress that nobody watches."""
    return lambda _done, _total: None
