"""
StaMPS at one's fingertips: a session whose values are arrays, for Python users and for teaching.

The session runs in this process, through oct2py; long steps belong to the engine, which looks after them.
"""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from snapstamps.engines.octave.script import matlab_literal, our_functions
from snapstamps.external.octave import Stamps, find_octave, find_stamps
from snapstamps.external.stand_in_folder import stamps_programs
from snapstamps.formats.mat import read_mat
from snapstamps.kernels.arrays import Array
from snapstamps.model.errors import InputError, ToolError
from snapstamps.model.paths import expanded
from snapstamps.stamps.parms import definitions

NO_DUMPS = "crash_dumps_octave_core(false); sighup_dumps_octave_core(false); sigterm_dumps_octave_core(false);"
"""Without it an Octave that is asked to end leaves all its variables in the folder, as ``octave-workspace``."""

SETTINGS = f"""\
{NO_DUMPS}
more('off');
warning('off', 'Octave:possible-matlab-short-circuit-operator');
warning('off', 'Octave:legacy-function');
warning('off', 'Octave:shadowed-function');
"""
"""What StaMPS needs of Octave beside its path."""


class OctaveSession:
    """
    An Octave with StaMPS, standing in a working folder.

    Use :func:`session` to make one.

    Parameters
    ----------
    octave : oct2py.Oct2Py
        Octave, set up.
    folder : Path
        Where it stands.
    """

    def __init__(self, octave: Any, folder: Path) -> None:
        self._octave = octave
        self.folder = folder

    def eval(self, code: str) -> str:
        """
        Run lines of Octave.

        Parameters
        ----------
        code : str
            Anything, such as ``getparm``.

        Returns
        -------
        str
            What they printed.

        Raises
        ------
        ToolError
            With Octave's error.
        """
        from oct2py import Oct2PyError  # noqa: PLC0415 - starts an Octave

        lines: list[str] = []
        try:
            # Only whole lines are streamed: the last one is closed.
            self._octave.eval(f'{code}\nprintf ("\\n");', nout=0, quiet=True, stream_handler=lines.append)
        except Oct2PyError as error:
            raise ToolError("Octave met an error", where=code.strip(), why=str(error)) from error
        return "\n".join(lines).rstrip("\n")

    def getparm(self, name: str) -> Any:
        """
        Return a parameter of StaMPS: a number, text, or an array.

        Raises
        ------
        InputError
            If StaMPS knows no such parameter.
        """
        _require_known(name)
        self.eval(f"snapstamps_value = getparm({matlab_literal(name)});")
        value = self._octave.pull("snapstamps_value")
        return value if isinstance(value, str | float) else np.asarray(value)

    def setparm(self, name: str, value: Any) -> None:
        """
        Set a parameter of StaMPS, in ``parms.mat``.

        Parameters
        ----------
        name : str
            StaMPS's name.
        value : number, str or sequence of numbers
            Its value.

        Raises
        ------
        InputError
            If StaMPS knows no such parameter.
        """
        _require_known(name)
        self.eval(f"setparm({matlab_literal(name)}, {matlab_literal(value)});")

    def ps_info(self) -> str:
        """Return the table of dates, baselines and noise that StaMPS prints."""
        return self.eval("ps_info")

    def ps_plot(self, quantity: str) -> Array:
        """
        Return the values that StaMPS would plot.

        Parameters
        ----------
        quantity : str
            StaMPS's name, such as ``v-do`` (mm/yr, positive towards the satellite) or ``u-dm`` (rad).

        Returns
        -------
        values : ndarray, shape (n_ps,) or (n_ps, n_ifg)
            As in ``ps_plot_<quantity>.mat``, which StaMPS leaves in the folder.
        """
        self.eval(f"ps_plot({matlab_literal(quantity)}, -1);")
        values = read_mat(self.folder / f"ps_plot_{quantity}.mat", ["ph_disp"])["ph_disp"]
        return values.reshape(-1) if values.shape[1] == 1 else values


@contextmanager
def session(folder: Path | str = ".", *, home: Path | None = None, fast: bool = True) -> Iterator[OctaveSession]:
    """
    Open a session in a working folder of StaMPS; it ends with the block.

    Parameters
    ----------
    folder : Path or str
        Holds ``parms.mat``; a project's ``stamps`` folder, say.
    home : Path, optional
        The StaMPS checkout, unless SNAPSTAMPS_STAMPS_HOME names it.
    fast : bool
        Whether faster functions with equal results stand in front of StaMPS's.

    Yields
    ------
    OctaveSession

    Raises
    ------
    InputError
        If StaMPS is not found, or the folder is missing.
    ToolError
        If Octave, or the package oct2py, is not found.

    Examples
    --------
    >>> with session("my-area/stamps") as stamps:  # doctest: +SKIP
    ...     stamps.getparm("unwrap_grid_size"), stamps.ps_plot("v-do").mean()
    """
    place = expanded(folder).absolute()
    if not place.is_dir():
        raise InputError("there is no such folder", where=place, remedy="the stamps folder of a project")
    stamps = find_stamps(home)
    executable = find_octave()
    with ExitStack() as stack:
        programs = stack.enter_context(stamps_programs())
        scratch = stack.enter_context(tempfile.TemporaryDirectory(prefix="snapstamps-octave-"))
        octave = _start(executable, scratch)
        stack.callback(octave.exit)
        opened = OctaveSession(octave, place)
        # Names come by the environment, which carries every letter; oct2py would cut what is not ASCII.
        variables = {"SNAPSTAMPS_PATH": programs.search_path(), "SNAPSTAMPS_FOLDER": str(place)}
        for name, value in variables.items():
            opened.eval(f"setenv('{name}', {_by_bytes(value)});")
        opened.eval(SETTINGS)
        for path in search_path(stamps, fast=fast):
            opened.eval(f"addpath({_by_bytes(str(path))});")
        opened.eval("setenv('PATH', getenv('SNAPSTAMPS_PATH')); cd(getenv('SNAPSTAMPS_FOLDER'));")
        yield opened


def search_path(stamps: Stamps, *, fast: bool) -> tuple[Path, ...]:
    """Return the folders of StaMPS and of our functions; the last one is searched first."""
    return (stamps.functions, *our_functions(fast=fast))


def _start(executable: Path, scratch: str) -> Any:
    imported_before = "oct2py" in sys.modules
    try:
        import oct2py  # noqa: PLC0415 - starts an Octave
    except ImportError as error:
        raise ToolError(
            "the package oct2py is not installed", why=str(error), remedy="pip install 'snapstamps[octave]'"
        ) from error
    if not imported_before and hasattr(oct2py, "octave"):
        # The import has opened a session that nobody asked for.
        oct2py.octave.eval(NO_DUMPS)
        oct2py.octave.exit()
    try:
        return oct2py.Oct2Py(executable=str(executable), temp_dir=scratch, backend="disable")
    except oct2py.Oct2PyError as error:
        raise ToolError("Octave could not be started", where=executable, why=str(error)) from error


def _by_bytes(text: str) -> str:
    """Return text as Octave code in plain ASCII."""
    return f"char([{' '.join(str(byte) for byte in text.encode())}])"


def _require_known(name: str) -> None:
    if name not in definitions():
        raise InputError(
            f"StaMPS knows no parameter {name!r}", remedy="`snapstamps params` lists them all by their names"
        )
