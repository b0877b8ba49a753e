"""Which engine does the steps."""

import logging

from snapstamps.config.options import StampsOptions
from snapstamps.engines.base import Engine
from snapstamps.model.errors import InputError, SnapstampsError

log = logging.getLogger(__name__)


def create_engine(name: str, options: StampsOptions | None = None, *, prefer_original: bool = False) -> Engine:
    """
    Return the engine of a name.

    Parameters
    ----------
    name : {"auto", "native", "octave"}
        ``auto`` is the native engine, or octave where the original is preferred and found.
    options : StampsOptions, optional
        Where StaMPS is and how it is run, for the engine octave; the defaults if omitted.
    prefer_original : bool
        Whether a paper's profile asks for the real StaMPS.

    Raises
    ------
    InputError
        If there is no such engine, or StaMPS is not found.
    ToolError
        If Octave or MATLAB is not found.
    """
    if name == "auto" and prefer_original:
        name = "octave" if _original_is_here(options or StampsOptions()) else "native"
        log.info("engine auto: the profile of a paper asks for the real StaMPS, so it is %s", name)
    if name == "octave":
        from snapstamps.engines.octave.engine import OctaveEngine  # noqa: PLC0415 - looks for programs

        return OctaveEngine(options or StampsOptions())
    if name in {"auto", "native"}:
        from snapstamps.engines.native.engine import NativeEngine  # noqa: PLC0415 - numba loads slowly

        return NativeEngine()
    raise InputError(f"there is no engine {name!r}", where="stamps.engine", remedy='"native" or "octave"')


def _original_is_here(options: StampsOptions) -> bool:
    """Tell whether StaMPS and what runs it are found."""
    from snapstamps.external.octave import find_matlab, find_octave, find_stamps  # noqa: PLC0415 - rarely needed

    try:
        find_stamps(options.home)
        find_matlab() if options.interpreter == "matlab" else find_octave()
    except SnapstampsError:
        return False
    return True
