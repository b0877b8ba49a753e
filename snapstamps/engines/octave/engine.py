"""The engine "octave": does the steps by the real, unedited StaMPS."""

import contextlib
import fcntl
import os
import tempfile
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path
from typing import Any

from snapstamps.config.options import StampsOptions
from snapstamps.engines.base import RunContext
from snapstamps.engines.octave.interpreters import Interpreter, Limits, create_interpreter, run_script
from snapstamps.engines.octave.limits import refuse_unsupported
from snapstamps.engines.octave.listening import Listener, remedy_for
from snapstamps.engines.octave.plain_place import plain_place
from snapstamps.engines.octave.script import Surroundings, last_line_of, our_functions, script_name, step_script
from snapstamps.external.octave import Stamps, find_stamps
from snapstamps.external.stand_in_folder import stamps_programs
from snapstamps.formats.atomic import write_text
from snapstamps.model.errors import ToolError
from snapstamps.stamps.empty import empty_since, mark_empty
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.steps import Scope, Step
from snapstamps.stamps.store import StampsStore

_KEPT = frozenset({"psver"})
"""A result that is an input, too: StaMPS looks there which version it works on."""


class OctaveEngine:
    """
    Does the steps of StaMPS by StaMPS itself.

    Parameters
    ----------
    options : StampsOptions
        Home, interpreter, compat_fast, timeout and silence.

    Raises
    ------
    InputError
        If StaMPS is not found.
    ToolError
        If the interpreter is not found.
    """

    name = "octave"

    def __init__(self, options: StampsOptions) -> None:
        self._options = options
        self._interpreter: Interpreter = create_interpreter(options.interpreter)
        self._stamps: Stamps = find_stamps(options.home)

    @cached_property
    def _version(self) -> str:
        fast = " with compat_fast" if self._options.compat_fast and self._interpreter.name == "octave" else ""
        return f"StaMPS {self._stamps.version} ({self._stamps.digest}) under {self._interpreter.version()}{fast}"

    def version(self) -> str:
        """Return what the journal records: versions of StaMPS and interpreter, and the digest of StaMPS's files."""
        return self._version

    def refuse(self, values: dict[str, Any]) -> None:
        """
        Refuse, before any work, parameter values that StaMPS cannot work with here.

        Parameters
        ----------
        values : dict
            StaMPS's parameters.

        Raises
        ------
        InputError
            Naming the parameter, its value, and the reason.
        """
        refuse_unsupported(values, self._stamps.functions)

    def run(self, step: Step, store: StampsStore, parms: ParmsView, context: RunContext) -> None:
        """
        Do one step by StaMPS in ``store.path``.

        What StaMPS will write is deleted before, so that nothing old can pass for new.

        Parameters
        ----------
        step : Step
            Row of the table of steps.
        store : StampsStore
            The patch, or the working folder for steps of the stack.
        parms : ParmsView
            What the step may see of the parameters.
        context : RunContext
            Of this run; the script and the log go to its folder of logs.

        Raises
        ------
        ToolError
            With StaMPS's error and stack, the log and what to try.
        """
        if step.name == "load" and _has_no_candidates(store):
            # StaMPS would stop at an empty list.
            context.note(f"{store.path.name} has no candidates; it is left out")
            mark_empty(store, step.number)
            return
        logs = context.logs or (store.parent if step.scope is Scope.PATCH else store).path / "logs"
        logs.mkdir(parents=True, exist_ok=True)
        if step.name == "merge":
            _give_back_patch_list(store)
        store.delete(*(name for name in step.writes if name not in _KEPT))
        with contextlib.ExitStack() as stack:
            programs = stack.enter_context(stamps_programs(solver=context.unwrap_solver))
            for note in programs.notes_of(step.name):
                context.note(note)
            scratch = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="snapstamps-octave-")))
            folder = store.path
            if step.name == "load":
                stack.enter_context(_alone(store.parent.path))
                folder = stack.enter_context(plain_place(store))
            around = Surroundings(self._stamps.functions, our_functions(fast=self._options.compat_fast))
            script = logs / script_name(step, store.path)
            write_text(script, step_script(step, folder.absolute(), parms, around))
            self._run_script(script, step, store.path.name, context, path=programs.search_path(), scratch=scratch)
        _require_results(step, store, script)

    def _run_script(
        self, script: Path, step: Step, place: str, context: RunContext, *, path: str, scratch: Path
    ) -> None:
        """Run a rendered script, and turn its errors into ours."""
        log = script.with_suffix(".log")
        listener = Listener(context.progress, lambda line: context.log.info("%s: %s", place, line), last_line_of(step))
        limits = Limits(timeout=self._options.timeout * 3600, silence=self._options.silence * 60)
        try:
            run_script(self._interpreter, script, log=log, listener=listener, limits=limits, path=path, scratch=scratch)
        except ToolError as error:
            why = error.why or ""
            raise ToolError(
                f"StaMPS step {step.number} ({step.name}) in {place}: {error.what}",
                where=log,
                why=f"{why}\nthe script was {script}".strip(),
                remedy=error.remedy or remedy_for(why),
            ) from error


def _has_no_candidates(patch: StampsStore) -> bool:
    pixels = patch.file("pscands.1.ij")
    return pixels.is_file() and pixels.stat().st_size == 0


def _give_back_patch_list(store: StampsStore) -> None:
    """Put back the list of all patches, which an earlier merge shortened to those with PS."""
    whole = store.file("patch.list_old")
    if whole.is_file():
        write_text(store.file("patch.list"), whole.read_text(encoding="utf-8"))


@contextlib.contextmanager
def _alone(working: Path) -> Iterator[None]:
    """Let one patch at a time through step 1: it rewrites ``parms.mat`` of the folder that all share."""
    handle = os.open(working, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _require_results(step: Step, store: StampsStore, script: Path) -> None:
    """Believe a step only where its files are; a patch that it left without PS has none."""
    if step.scope is Scope.PATCH and empty_since(store) is not None:
        return
    missing = [name for name in step.writes if not store.has(name)]
    if missing:
        raise ToolError(
            f"StaMPS step {step.number} ({step.name}) in {store.path.name} ended without an error, "
            f"but left no {', '.join(missing)}",
            where=script,
            remedy="run the script by hand, and look at what StaMPS prints",
        )
