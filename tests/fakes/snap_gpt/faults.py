"""
The ways in which the stand-in can be told to fail.

FAKE_GPT_FAIL=<way>          one of WAYS
FAKE_GPT_FAIL_WHERE=<text>   only for graphs whose path or text holds this (a date, a pair, an operator)
FAKE_GPT_FAIL_TIMES=<n>      only the first n runs that it concerns (counted in FAKE_SNAP_HOME/failures)
"""

import os
import signal
import sys
import time
from pathlib import Path

WAYS = {
    "hang": "prints nothing and never ends",
    "hang_when_done": "does all its work, says done, and never ends",
    "killed": "is killed by the system before it has written anything",
    "killed_while_writing": "is killed with a header and files of full length, all zero",
    "crash": "dies of a segmentation fault",
    "no_jvm": "Java cannot start with so much memory",
    "heap": "runs out of Java memory",
    "much_stderr": "prints a megabyte to stderr, and works",
    "disk_full": "finds the disk full while it writes",
    "no_product": "says done, exits 0, and has written nothing",
    "empty_product": "exits 0, all rasters are zero",
    "empty_slave": "exits 0, the slave is zero (heights missing), with the known line",
    "silent_empty_slave": "exits 0, the slave is zero, without a word",
    "outside": "exits 0, the crop lies outside: a product of 0 x 0 pixels",
    "error_but_exit_0": "prints Error: and exits 0",
    "null": "fails with the bare message null",
    "no_orbit": "finds no orbit file, although there is one",
    "other_orbit": "uses restituted orbits with a warning",
    "all_polarisations": "takes all polarisations for the wanted one",
    "lost_slave_metadata": "loses the metadata of the slave in the crop",
    "other_size": "the product is one line shorter than asked",
    "truncated_raster": "exits 0, one raster is cut short",
    "nan_base": "exports NaN baselines",
    "no_diff": "exports no interferogram, and exits 0",
    "short_slc": "exports an SLC that is too short",
    "no_heights": "exits 0, heights are void everywhere",
    "jblas": "cannot load jblas",
}


def way(graph: Path, text: str) -> str | None:
    """Return how this run is to fail, or None."""
    chosen = os.environ.get("FAKE_GPT_FAIL")
    if not chosen:
        return None
    if chosen not in WAYS:
        sys.exit(f"fake gpt: unknown way to fail {chosen!r}; one of {', '.join(WAYS)}")
    where = os.environ.get("FAKE_GPT_FAIL_WHERE", "")
    if where not in str(graph) and where not in text:
        return None
    times = os.environ.get("FAKE_GPT_FAIL_TIMES")
    if times is not None:
        counter = Path(os.environ["FAKE_SNAP_HOME"]) / "failures"
        done = len(counter.read_text()) if counter.exists() else 0
        if done >= int(times):
            return None
        counter.write_text("x" * (done + 1))
    return chosen


def before_work(fault: str | None) -> int | None:
    """Fail at the start, in the ways that do; return an exit status to end with, or None to go on."""
    if fault == "no_jvm":
        print("Error occurred during initialization of VM\nCould not reserve enough space for object heap")
        return 1
    if fault == "hang":
        sleep_for_ever()
    if fault == "killed":
        os.kill(os.getpid(), signal.SIGKILL)
    if fault == "crash":
        os.kill(os.getpid(), signal.SIGSEGV)
    if fault == "much_stderr":
        line = "WARNING: org.esa.snap.core: " + "x" * 100
        for _ in range(8500):
            print(line, file=sys.stderr)
    return None


def sleep_for_ever() -> None:
    sys.stdout.flush()
    sys.stderr.flush()
    while True:
        time.sleep(60)
