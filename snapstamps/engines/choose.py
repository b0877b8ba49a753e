"""Which engine does the steps."""

from snapstamps.engines.base import Engine
from snapstamps.model.errors import InputError


def create_engine(name: str) -> Engine:
    """
    Return the engine of a name.

    Parameters
    ----------
    name : {"auto", "native", "octave"}
        ``auto`` is the native engine.

    Raises
    ------
    InputError
        If the engine cannot be used here.
    """
    if name in {"auto", "native"}:
        from snapstamps.engines.native.engine import NativeEngine  # noqa: PLC0415 - numba loads slowly

        return NativeEngine()
    raise InputError(
        f"the engine {name!r} is not part of this version",
        where="stamps.engine",
        remedy='stamps.engine = "native"',
    )
