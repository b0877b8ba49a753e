"""What the tests of the engine need beside Octave: our stand-in for StaMPS, and a look at what is left running."""

import os
import time
import uuid
from pathlib import Path
from typing import Any

from snapstamps.config.options import StampsOptions
from snapstamps.engines.base import RunContext
from snapstamps.engines.octave.engine import OctaveEngine
from snapstamps.stamps.parms import ParmsView, defaults, write_parms
from snapstamps.stamps.steps import Scope, Step, step_named
from snapstamps.stamps.store import StampsStore

HOME = Path(__file__).resolve().parent / "octave" / "stand_in_stamps"
TOKEN = "SNAPSTAMPS_TEST_TOKEN"


def options(**changes: Any) -> StampsOptions:
    """Options that name the stand-in."""
    return StampsOptions(**{"home": HOME, "compat_fast": False, **changes})


def folder_for(step: Step, root: Path, *, export: Path = Path("/data/INSAR_1")) -> StampsStore:
    """A working folder with parameters in which the stand-in can do a step; for steps of patches the patch."""
    working = StampsStore(root / "stamps")
    working.path.mkdir(parents=True, exist_ok=True)
    write_parms(working.file("parms"), defaults())
    working.file("patch.list").write_text("PATCH_1\nPATCH_2\n")
    working.file("rsc.txt").write_text(f"{export}/rslc/20190101.rslc.par\n")
    working.file("pscphase.in").write_text(f"640\n{export}/diff0/20190101_20190113.diff\n")
    if step.scope is Scope.STACK:
        return working
    patch = StampsStore(working.path / "PATCH_1")
    patch.path.mkdir(exist_ok=True)
    return patch


def run(name: str, root: Path, does: str, *, context: RunContext | None = None, **changes: Any) -> StampsStore:
    """Let the engine do a step with the stand-in, which does what it is told; return the folder."""
    parms = {key: changes.pop(key) for key in list(changes) if key in defaults()}
    step = step_named(name)
    places = {"export": changes.pop("export")} if "export" in changes else {}
    store = folder_for(step, root, **places)
    os.environ["SNAPSTAMPS_TEST_DOES"] = does
    os.environ["SNAPSTAMPS_TEST_WRITES"] = " ".join(step.writes)
    engine = OctaveEngine(options(**changes))
    context = context or RunContext()
    context.logs = context.logs or root / "logs"
    engine.run(step, store, ParmsView({**defaults(), **parms}, step), context)
    return store


def mark_processes(environment: dict[str, str] | None = None) -> str:
    """Mark what will be started from here; return the mark."""
    token = uuid.uuid4().hex
    (os.environ if environment is None else environment)[TOKEN] = token
    return token


def processes_left(token: str, *, patience: float = 20.0) -> list[str]:
    """Return what still runs of all that was started under a mark, after a while of patience."""
    end = time.monotonic() + patience
    while (left := _running(token)) and time.monotonic() < end:
        time.sleep(0.1)
    return left


def wait_for(token: str, word: str, *, patience: float = 120.0) -> int:
    """Wait until a process with a word in its command line runs under a mark; return its number."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        for number, command in _commands(token):
            if word in command:
                return number
        time.sleep(0.05)
    raise AssertionError(f"no {word} was started")


def _running(token: str) -> list[str]:
    return [f"{number} {command}" for number, command in _commands(token)]


def _commands(token: str) -> list[tuple[int, str]]:
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            environment = (folder / "environ").read_bytes()
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace").strip()
        except OSError:
            continue
        # A process that has ended and only waits to be noticed has neither.
        if command and f"{TOKEN}={token}".encode() in environment and folder.name != str(os.getpid()):
            found.append((int(folder.name), command))
    return found
