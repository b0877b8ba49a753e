"""Which engine does the steps."""

from snapstamps.config.options import StampsOptions
from snapstamps.engines.base import Engine
from snapstamps.model.errors import InputError


def create_engine(name: str, options: StampsOptions | None = None) -> Engine:
    """
    Return the engine of a name.

    Parameters
    ----------
    name : {"auto", "native", "octave"}
        ``auto`` is the native engine.
    options : StampsOptions, optional
        Where StaMPS is and how it is run, for the engine octave; the defaults if omitted.

    Raises
    ------
    InputError
        If there is no such engine, or StaMPS is not found.
    ToolError
        If Octave or MATLAB is not found.
    """
    if name == "octave":
        from snapstamps.engines.octave.engine import OctaveEngine  # noqa: PLC0415 - looks for programs

        return OctaveEngine(options or StampsOptions())
    if name in {"auto", "native"}:
        from snapstamps.engines.native.engine import NativeEngine  # noqa: PLC0415 - numba loads slowly

        return NativeEngine()
    raise InputError(f"there is no engine {name!r}", where="stamps.engine", remedy='"native" or "octave"')
