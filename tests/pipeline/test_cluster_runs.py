"""Whole runs on workers of dask.distributed: the same bytes as one process, whoever dies on the way."""

import dataclasses
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from distributed import LocalCluster
from projects import make_project

from snapstamps.config.project import Project
from snapstamps.journal import Journal
from snapstamps.model.errors import InputError, ToolError
from snapstamps.pipeline.runner import Request, run_project
from snapstamps.pipeline.workers_lock import shared_lock

UP_TO_STEP_6 = Request(last="stamps", steps=(1, 6))


def with_cluster(project: Project, address: str) -> Project:
    cluster = project.options.cluster.model_copy(update={"kind": "address", "address": address})
    return dataclasses.replace(project, options=project.options.model_copy(update={"cluster": cluster}))


def two_patches(scene: Path, folder: Path) -> Project:
    project = make_project(scene, folder)
    candidates = project.options.candidates.model_copy(update={"patches": (2, 1)})
    return dataclasses.replace(project, options=project.options.model_copy(update={"candidates": candidates}))


def results(project: Project) -> dict[str, bytes]:
    """Return what a run leaves; the lists of absolute paths and the logs of programs aside."""
    folder = project.stamps_folder
    kept = [path for path in folder.rglob("*") if path.suffix not in {".in", ".out", ".log"} and path.is_file()]
    return {str(path.relative_to(folder)): path.read_bytes() for path in kept if path.name != "rsc.txt"}


def once_its_workers_have_ended(project: Project) -> list[str]:
    """Go on alone as soon as the workers of the lost scheduler have let go; return the units that were done."""
    until = time.monotonic() + 60
    while True:
        try:
            return [record.unit for record in run_project(project, UP_TO_STEP_6)]
        except InputError as error:
            if "workers of an earlier run are still at work" not in str(error) or time.monotonic() > until:
                raise
            time.sleep(0.2)


def units_done(project: Project) -> list[str]:
    return [record.unit for record in Journal(project.logs_folder / "journal.jsonl").records()]


def when_a_patch_has_begun(project: Project, act: Callable[[], None]) -> threading.Thread:
    """Do something once the first step of a patch is in the journal."""

    def watch() -> None:
        until = time.monotonic() + 60
        while time.monotonic() < until and not any("PATCH" in unit for unit in units_done(project)):
            time.sleep(0.05)
        act()

    thread = threading.Thread(target=watch)
    thread.start()
    return thread


@pytest.fixture(scope="module")
def serial(tiny_scene: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files of a run in one process."""
    project = two_patches(tiny_scene, tmp_path_factory.mktemp("serial") / "area")
    run_project(project, UP_TO_STEP_6)
    return results(project)


@pytest.fixture
def own_scheduler(tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """A scheduler and a worker in processes of their own, as a user starts them."""
    told = tmp_path / "scheduler.json"
    here = ["--host", "127.0.0.1"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    scheduler_words = ["dask_scheduler", *here, "--port", "0", "--dashboard-address", "127.0.0.1:0"]
    scheduler = subprocess.Popen(
        [sys.executable, "-m", *_module(scheduler_words), "--scheduler-file", str(told)], **quiet
    )
    until = time.monotonic() + 60
    while not told.exists() and time.monotonic() < until:
        time.sleep(0.05)
    address = json.loads(told.read_text())["address"]
    worker_words = ["dask_worker", address, "--nthreads", "1", "--no-dashboard", "--death-timeout", "5"]
    worker = subprocess.Popen([sys.executable, "-m", *_module(worker_words)], cwd=tmp_path, **quiet)
    try:
        yield scheduler, address
    finally:
        for process in (scheduler, worker):
            process.kill() if process is scheduler else process.terminate()
            process.wait(timeout=60)


def _module(words: list[str]) -> list[str]:
    return [f"distributed.cli.{words[0]}", *words[1:]]


def test_workers_killed_in_the_middle_change_nothing(tiny_scene, serial, tmp_path):
    project = two_patches(tiny_scene, tmp_path / "area")
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as local:
        killed = []

        def kill_a_worker() -> None:
            killed.append(next(iter(local.workers.values())).pid)
            os.kill(killed[0], signal.SIGKILL)

        thread = when_a_patch_has_begun(project, kill_a_worker)
        run_project(with_cluster(project, local.scheduler_address), UP_TO_STEP_6)
        thread.join()
    assert killed
    assert results(project) == serial


def test_the_forms_of_the_results_are_shared_out_and_are_the_same(finished, monkeypatch):
    """The lists of all options differ, since the cluster is one: the forms are chosen that do not hold them."""
    monkeypatch.setattr("snapstamps.results.sharing.WORTH_SHARING", 0)
    project = Project.open(finished)
    export = project.options.export.model_copy(update={"formats": ("csv", "shp", "kmz")})
    project = dataclasses.replace(project, options=project.options.model_copy(update={"export": export}))
    again = Request(first="export", last="export", redo=True)
    run_project(project, again)
    names = [f"velocity.{suffix}" for suffix in ("csv", "shp", "dbf", "shx", "kmz")]
    alone = {name: (project.products_folder / name).read_bytes() for name in names}
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address="127.0.0.1:0") as local:
        (record,) = run_project(with_cluster(project, local.scheduler_address), again)
    assert {name: (project.products_folder / name).read_bytes() for name in names} == alone
    assert {Path(name).name for name in record.outputs} >= {"velocity.gpkg", *names[:2], "quicklook.png"}


def test_a_run_without_a_cluster_waits_for_the_workers_of_an_earlier_one(finished):
    project = Project.open(finished)
    with shared_lock(project.logs_folder) as (lock, share):
        share()
        with lock.held(), pytest.raises(InputError, match="workers of an earlier run are still at work"):
            run_project(project)
    assert run_project(project) == []
    with pytest.raises(InputError, match="does not see the project's folder"), lock.held():
        pytest.fail("a unit that waited for its lock must not begin in the run after it")


def test_a_lost_scheduler_ends_cleanly_and_the_run_goes_on_without_it(
    tiny_scene, serial, tmp_path, own_scheduler, monkeypatch
):
    monkeypatch.setattr("snapstamps.pipeline.scale._LOST_SECONDS", 1.0)
    scheduler, address = own_scheduler
    project = two_patches(tiny_scene, tmp_path / "area")
    thread = when_a_patch_has_begun(project, scheduler.kill)
    with pytest.raises(ToolError, match="scheduler of the cluster is lost") as caught:
        run_project(with_cluster(project, address), UP_TO_STEP_6)
    thread.join()
    assert caught.value.exit_code == 3
    assert "candidates" in Journal(project.logs_folder / "journal.jsonl").last_done()
    done_again = once_its_workers_have_ended(project)
    assert "candidates" not in done_again, "what was finished is kept"
    assert results(project) == serial
