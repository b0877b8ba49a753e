"""
The temporary folder of executables that goes first on StaMPS's PATH.

Where ``triangle`` or ``snaphu`` are absent, small programs of ours stand there in their place. StaMPS looks at the
status of neither and reads whatever file it finds, so each of them first deletes what it is about to write.
"""

import contextlib
import os
import shlex
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from snapstamps.external.snaphu import find_snaphu
from snapstamps.formats.atomic import write_text
from snapstamps.model.errors import ToolError

USED_IN = {"triangle": ("weed", "unwrap", "scla", "scn"), "snaphu": ("unwrap",)}
"""The steps of StaMPS that call them."""

_FORGET = {
    "snaphu": "rm -f snaphu.out",
    "triangle": 'rm -f "${2%.1.node}.2.edge" "${2%.1.node}.2.ele" "${2%.1.node}.2.node"',
}


@dataclass(frozen=True)
class Programs:
    """
    The programs that StaMPS will run.

    Attributes
    ----------
    folder : Path
        Goes first on PATH.
    notes : mapping of str to str
        Program -> one line for log and journal: what stands in for it, or which snaphu it is.
    """

    folder: Path
    notes: Mapping[str, str]

    def notes_of(self, step: str) -> tuple[str, ...]:
        """Return the notes on the programs that a step of StaMPS calls."""
        return tuple(note for name, note in self.notes.items() if step in USED_IN.get(name, ()))

    def search_path(self) -> str:
        """Return PATH with these programs first."""
        return os.pathsep.join([str(self.folder), os.environ.get("PATH", os.defpath)])


@contextlib.contextmanager
def stamps_programs(*, solver: str = "auto") -> Iterator[Programs]:
    """
    Give StaMPS the programs it calls: those on PATH, and stand-ins of ours for the others.

    Parameters
    ----------
    solver : {"auto", "snaphu", "mcf"}
        Who unwraps; "auto" is snaphu where it is found, else the open solver.

    Yields
    ------
    Programs
        Valid inside the block; the folder is deleted after it.

    Raises
    ------
    ToolError
        If there is no folder in which programs may be run.
    """
    lines, notes = _programs(solver)
    folder = Path(tempfile.mkdtemp(prefix="snapstamps-bin-", dir=_place_that_runs_programs()))
    try:
        for name, line in lines.items():
            script = folder / name
            forget = f"{_FORGET[name]}\n" if name in _FORGET else ""
            write_text(script, f"#!/bin/sh\n{forget}{line}\n")
            script.chmod(0o755)
        yield Programs(folder, notes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _place_that_runs_programs() -> Path:
    """Return where executables may stand: clusters and strict containers forbid it for temporary files (noexec)."""
    places = (Path(tempfile.gettempdir()), Path.cwd())
    for place in places:
        if not os.statvfs(place).f_flag & os.ST_NOEXEC and os.access(place, os.W_OK | os.X_OK):
            return place
    raise ToolError(
        "there is no folder from which programs may be run",
        why=f"{' and '.join(str(place) for place in places)}: mounted noexec, or not writable",
        remedy="TMPDIR with a folder on a file system that is not mounted noexec",
    )


def _programs(solver: str) -> tuple[dict[str, str], dict[str, str]]:
    """Return name -> line of a shell script, and name -> note."""
    lines, notes = {}, {}
    triangle = shutil.which("triangle")
    if triangle is None:
        lines["triangle"] = _python("triangle")
        notes["triangle"] = "triangle is not installed; scipy's Delaunay stands in for it"
    else:
        lines["triangle"] = _program(triangle)
    snaphu = find_snaphu() if solver != "mcf" else None
    if snaphu is None:
        lines["snaphu"] = _python("snaphu")
        notes["snaphu"] = "unwrapping by the open minimum-cost flow of OR-tools in snaphu's place"
    else:
        lines["snaphu"] = _program(str(snaphu))
        notes["snaphu"] = f"unwrapping by snaphu ({snaphu})"
    if shutil.which("which") is None:
        lines["which"] = 'command -v "$1"'
    return lines, notes


def _program(path: str) -> str:
    return f'exec {shlex.quote(path)} "$@"'


def _python(module: str) -> str:
    """Return the shell line that runs a stand-in with this very Python, wherever StaMPS stands."""
    root = Path(__file__).resolve().parents[2]
    launch = "import sys; sys.path.insert(0, sys.argv.pop(1)); from importlib import import_module; "
    launch += f"sys.exit(import_module('snapstamps.external.standins.{module}').main())"
    return f'exec {shlex.quote(sys.executable)} -I -c {shlex.quote(launch)} {shlex.quote(str(root))} "$@"'
