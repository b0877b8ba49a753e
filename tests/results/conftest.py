"""A folder with results, and its export."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from results_folder import write_results

from snapstamps.config.options import ExportOptions
from snapstamps.results.collect import Origin
from snapstamps.results.run import ExportResult, export_results
from snapstamps.results.sharing import Workers
from snapstamps.stamps.parms import defaults
from snapstamps.stamps.store import StampsStore


@pytest.fixture
def store(tmp_path: Path) -> StampsStore:
    """Give a folder with results."""
    return write_results(tmp_path / "stamps")


@pytest.fixture
def export(tmp_path: Path) -> Callable[..., ExportResult]:
    """Give a function that exports a folder into ``products``."""

    def run(
        folder: Path,
        *,
        products: str = "products",
        parms: dict[str, Any] | None = None,
        workers: Workers | None = None,
        **options: Any,
    ) -> ExportResult:
        origin = Origin(
            folder,
            options=ExportOptions(**options),
            parms={**defaults(), **(parms or {})},
            name="Test area",
            provenance={"software": "snapstamps 0", "engine": "native 0", "notes": ""},
        )
        return export_results(origin, tmp_path / products, progress=lambda _done, _total: None, workers=workers)

    return run
