"""kill -9 at any moment, then the same command again: the same files as without."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from projects import make_project

from snapstamps.journal import JOURNAL_NAME, digest_of
from snapstamps.pipeline.runner import project_states
from snapstamps.pipeline.state import Condition

RUN = [sys.executable, "-m", "snapstamps.cli.main", "--quiet", "run", "-C"]


def artefacts(project: Path) -> dict[str, str]:
    """Return the content of everything that a run leaves, but not the records of when it was done."""
    kept = [*sorted((project / "stamps").rglob("*")), *sorted((project / "products").rglob("*"))]
    # the logs of external programs tell times and folders, the report tells when things were done
    told = {".log", ".html"}
    return {str(p.relative_to(project)): digest_of(p) for p in kept if p.is_file() and p.suffix not in told}


def lists_of_paths(project: Path) -> set[str]:
    """Return the names of the lists in which the candidates stage stores absolute paths."""
    names = ("rsc.txt", "calamp.in", "calamp.out", "selpsc.in", "pscphase.in", "pscdem.in", "psclonlat.in")
    return {f"stamps/{name}" for name in names}


def wait_for_first_unit(project: Path) -> None:
    """Wait until a run is at work: it has done the first of its units, the export's check."""
    journal = project / "logs" / JOURNAL_NAME
    for _ in range(1200):
        if journal.is_file() and journal.stat().st_size > 0:
            return
        time.sleep(0.05)
    raise TimeoutError("the run has done nothing in a minute")


@pytest.fixture(scope="module")
def uninterrupted(tiny_scene, tmp_path_factory) -> tuple[dict[str, str], float]:
    """The files of an uninterrupted run, and the time it took."""
    folder = tmp_path_factory.mktemp("uninterrupted") / "area"
    make_project(tiny_scene, folder)
    start = time.monotonic()
    subprocess.run([*RUN, str(folder)], check=True, capture_output=True, timeout=300)
    return artefacts(folder), time.monotonic() - start


@pytest.mark.parametrize("seed", [0, 1, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(2, 10))])
def test_a_run_killed_at_a_random_moment_comes_to_the_same_files(seed, uninterrupted, tiny_scene, tmp_path_factory):
    wanted, seconds = uninterrupted
    # the same name, since the folder's name is the title of the products
    folder = tmp_path_factory.mktemp("killed") / "area"
    project = make_project(tiny_scene, folder)
    process = subprocess.Popen([*RUN, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    time.sleep(random.Random(seed).uniform(0.1, 0.98) * seconds)
    process.send_signal(signal.SIGKILL)
    process.wait()
    subprocess.run([*RUN, str(folder)], check=True, capture_output=True, timeout=300)
    assert all(state.condition is Condition.DONE for state in project_states(project))
    found = artefacts(folder)
    assert set(found) == set(wanted)
    different = {name for name in wanted if found[name] != wanted[name]} - lists_of_paths(folder)
    assert not different


def test_ctrl_c_ends_with_130_and_the_same_command_goes_on(uninterrupted, tiny_scene, tmp_path_factory):
    wanted, _ = uninterrupted
    folder = tmp_path_factory.mktemp("interrupted") / "area"
    make_project(tiny_scene, folder)
    process = subprocess.Popen([*RUN, str(folder)], stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    wait_for_first_unit(folder)
    process.send_signal(signal.SIGINT)
    _, message = process.communicate(timeout=60)
    assert process.returncode == 130, message
    assert "interrupted; what was finished is kept" in message
    assert "Traceback" not in message
    subprocess.run([*RUN, str(folder)], check=True, capture_output=True, timeout=300)
    assert set(artefacts(folder)) == set(wanted)
