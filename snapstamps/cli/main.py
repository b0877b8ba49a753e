"""The command ``snapstamps``: its commands, its global options, and how every error ends."""

import contextlib
import logging
import os
import signal
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import typer

from snapstamps import __version__
from snapstamps.cli.baselines import baselines
from snapstamps.cli.caches import settle_caches
from snapstamps.cli.candidates import candidates
from snapstamps.cli.check import check
from snapstamps.cli.common import SESSION
from snapstamps.cli.compare import compare
from snapstamps.cli.decompose import decompose
from snapstamps.cli.demo import demo
from snapstamps.cli.doctor import doctor
from snapstamps.cli.endings import refusal_of
from snapstamps.cli.estimate import estimate
from snapstamps.cli.explain import explain
from snapstamps.cli.export import export
from snapstamps.cli.graph import graph
from snapstamps.cli.hotspots import hotspots
from snapstamps.cli.inspect import inspect
from snapstamps.cli.lesson import lesson
from snapstamps.cli.new import new
from snapstamps.cli.paper import paper
from snapstamps.cli.params import params
from snapstamps.cli.plot import plot
from snapstamps.cli.prepare import prepare
from snapstamps.cli.profile import profile
from snapstamps.cli.reference import reference
from snapstamps.cli.report import report
from snapstamps.cli.run import run
from snapstamps.cli.scenes import app as scenes
from snapstamps.cli.simulate import simulate
from snapstamps.cli.stamps import stamps_app
from snapstamps.cli.status import status
from snapstamps.cli.verify import verify
from snapstamps.cli.view import view
from snapstamps.cli.watch import watch
from snapstamps.model.errors import SnapstampsError

INTERRUPTED = 130
TERMINATED = 143
BUG = 1
_INTERRUPTED_TEXT = "interrupted; what was finished is kept, the same command goes on from there"

app = typer.Typer(
    name="snapstamps",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
    help="From Sentinel-1 scenes, or a SNAP export, through StaMPS to velocities on a map. "
    "The common path: new, run, view.",
    epilog="--debug and --quiet may stand anywhere. "
    "Exit codes: 0 done, 1 bug, 2 input, 3 external tool, 4 data, 130 interrupted, 143 terminated.",
)
COMMANDS: tuple[Callable[..., None], ...] = (
    *(new, doctor, estimate, run, status),
    *(prepare, check, candidates, export, report, view),
    *(plot, baselines, inspect, params, explain),
    *(compare, hotspots, watch, decompose, reference),
    *(verify, simulate, demo, lesson),
)
for command in COMMANDS:
    app.command()(command)
app.add_typer(stamps_app, name="stamps")
app.add_typer(scenes)
app.add_typer(graph)
app.add_typer(paper)
app.add_typer(profile)


def _print_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"snapstamps {__version__}")
        raise typer.Exit


@app.callback()
def global_options(
    *,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks and debug messages.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="Show results and errors only.")] = False,
    log_file: Annotated[Path | None, typer.Option("--log-file", help="Also write all messages to this file.")] = None,
    _version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Set up messages; runs before every command."""
    SESSION.quiet = quiet
    _set_up_logging(debug=debug, quiet=quiet, log_file=log_file)


def main(argv: list[str] | None = None) -> None:
    """
    Run the command line and exit.

    Parameters
    ----------
    argv : list of str, optional
        Words after the program's name; those of the process by default.
    """
    words, debug = _globals_first(sys.argv[1:] if argv is None else argv)
    settle_caches()
    with _ended_well_when_asked() as ending:
        code = _run(words, ending, debug=debug)
    sys.exit(code if isinstance(code, int) else 0)


def _run(words: list[str], ending: "_Ending", *, debug: bool) -> object:
    """Run a command; return its exit code, after a message where it failed."""
    try:
        code: object = app(words, standalone_mode=False)
        # newer versions of Typer take Ctrl-C themselves
        return _fail(_INTERRUPTED_TEXT, ending.code) if code == INTERRUPTED else code
    except SnapstampsError as error:
        return _fail(str(error), error.exit_code, debug=debug)
    except (KeyboardInterrupt, typer.Abort):
        return _fail(_INTERRUPTED_TEXT, ending.code)
    except BrokenPipeError:
        # The reader of a pipe has seen enough, as `| head` has.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except Exception as error:  # the last line of defence: one message, never a bare traceback
        if refusal := refusal_of(error):
            return _fail(str(refusal), refusal.exit_code, debug=debug)
        return _usage_error(error) or _fail(
            f"this is a bug in snapstamps: {type(error).__name__}: {error}\n"
            "  Try: the same command with --debug, and report what it prints",
            BUG,
            debug=debug,
        )


def _globals_first(words: list[str]) -> tuple[list[str], bool]:
    """Move global switches to the front, so that they may stand anywhere."""
    end = words.index("--") if "--" in words else len(words)
    switches = [word for word in words[:end] if word in {"--debug", "--quiet"}]
    rest = [word for word in words[:end] if word not in {"--debug", "--quiet"}]
    return [*dict.fromkeys(switches), *rest, *words[end:]], "--debug" in switches


def _fail(message: str, code: int, *, debug: bool = False) -> int:
    if debug:
        traceback.print_exc()
    sys.stdout.flush()
    print(f"snapstamps: {message}", file=sys.stderr)
    return code


def _usage_error(error: Exception) -> int:
    """Show a fault in the words of the command line; return its exit code, or 0 for any other error."""
    # Typer carries a Click of its own, whose classes it does not name: its usage errors are known by their ways.
    show, code = getattr(error, "show", None), getattr(error, "exit_code", None)
    if show is None or not isinstance(code, int):
        return 0
    show()
    return code


class _AskedToEnd(KeyboardInterrupt):
    """
    Ctrl-C or SIGTERM, in a class of our own.

    Where a plain KeyboardInterrupt strikes inside a text that is executed, as libraries do while they load, Python
    remembers it and ends itself by SIGINT in the end, whatever the exit code.
    """


@dataclass
class _Ending:
    """How an interrupted command is to end."""

    code: int = INTERRUPTED


@contextlib.contextmanager
def _ended_well_when_asked() -> Iterator[_Ending]:
    """Take SIGTERM, which schedulers and containers send, as Ctrl-C is taken: what was begun is put in order first."""
    ending = _Ending()

    def interrupt(number: int, _frame: object) -> None:
        ending.code = TERMINATED if number == signal.SIGTERM else INTERRUPTED
        raise _AskedToEnd

    if threading.current_thread() is not threading.main_thread():  # whoever called looks after signals
        yield ending
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    for number, handler in before.items():
        if handler is not signal.SIG_IGN:  # who has started us does not want it to be heard
            signal.signal(number, interrupt)
    try:
        yield ending
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _set_up_logging(*, debug: bool, quiet: bool, log_file: Path | None) -> None:
    root = logging.getLogger("snapstamps")
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    root.handlers.clear()
    console = logging.StreamHandler()
    console.setFormatter(logging.Formatter("%(message)s"))
    console.setLevel(logging.DEBUG if debug else logging.WARNING)
    if quiet:
        console.setLevel(logging.ERROR)
    root.addHandler(console)
    if log_file is not None:
        to_file = logging.FileHandler(log_file, encoding="utf-8")
        to_file.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        root.addHandler(to_file)


if __name__ == "__main__":
    main()
