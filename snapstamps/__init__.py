"""
snapstamps: from Sentinel-1 scenes through SNAP and StaMPS to velocities on a map.

>>> import snapstamps as ss
>>> project = ss.open("my-area")  # doctest: +SKIP
>>> project.run(to="stamps")  # doctest: +SKIP
>>> ps = project.results()  # doctest: +SKIP
>>> ss.stamps.read("my-area/stamps", "pm1").coh_ps  # doctest: +SKIP
"""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from snapstamps import stamps
    from snapstamps.model.errors import DataError, InputError, SnapstampsError, ToolError
    from snapstamps.pipeline.plot import plot
    from snapstamps.pipeline.project import Project, open  # noqa: A004 - reads as snapstamps.open

__version__ = "0.1.0"

__all__ = ["DataError", "InputError", "Project", "SnapstampsError", "ToolError", "open", "plot", "stamps"]

_HOMES = {
    "open": "snapstamps.pipeline.project",
    "Project": "snapstamps.pipeline.project",
    "plot": "snapstamps.pipeline.plot",
    "DataError": "snapstamps.model.errors",
    "InputError": "snapstamps.model.errors",
    "SnapstampsError": "snapstamps.model.errors",
    "ToolError": "snapstamps.model.errors",
}


def __getattr__(name: str) -> Any:
    """Load a public name when it is first used, so that ``import snapstamps`` stays quick."""
    import importlib  # noqa: PLC0415

    if name in _HOMES:
        return getattr(importlib.import_module(_HOMES[name]), name)
    if name == "stamps":
        return importlib.import_module("snapstamps.stamps")
    raise AttributeError(f"module 'snapstamps' has no attribute {name!r}")
