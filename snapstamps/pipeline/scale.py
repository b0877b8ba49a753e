"""
Work on other machines, by dask.distributed: a scheduler that runs already, jobs of SLURM, or workers on this machine.

This module alone imports dask, and only when a cluster is asked for. A unit is done by one worker at a time, in the
project's folder, which all machines must share. What a unit leaves is on disk and in the journal, so that a run whose
scheduler is lost goes on from there.
"""

import contextlib
import logging
import math
import queue
import re
import shlex
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from snapstamps.config.cluster_options import ClusterOptions
from snapstamps.config.project import Project
from snapstamps.model.errors import InputError, ToolError
from snapstamps.model.paths import expanded
from snapstamps.pipeline.crew import ATTEMPTS, Alone, Crew, Work, died_again
from snapstamps.pipeline.pool import THREAD_VARIABLES, Processes, worker_count
from snapstamps.pipeline.workers_lock import WorkersLock, look_around, require_shared, shared_lock, without_workers

if TYPE_CHECKING:
    from dask_jobqueue import SLURMCluster
    from distributed import Client, Future

log = logging.getLogger(__name__)

_LOOK_SECONDS = 1.0
_LOST_SECONDS = 20.0
_NO_STRANGERS = "127.0.0.1:0"
"""Where dask's pages are served: to this machine only."""
_SAFE_PATH = re.compile(r"[A-Za-z0-9_.,@+=:/\-]+")
_AGAIN = "the same command again: what was finished is kept"


@contextlib.contextmanager
def open_crew(project: Project) -> Iterator[Crew]:
    """
    Give the crew that the project is configured for: nobody else, processes, or a cluster.

    Parameters
    ----------
    project : Project
        The project; its ``[cluster] kind`` decides, then ``[run] workers``.

    Raises
    ------
    InputError
        If the machines do not share the project's folder, workers of an earlier run are still at work in it, or dask
        is not installed.
    ToolError
        If the cluster cannot be reached, or no worker comes.
    """
    options = project.options.cluster
    if options.kind == "none":
        workers = worker_count(project.options.run.workers)
        with without_workers(project.logs_folder):
            yield Alone() if workers == 1 else Processes(workers)
        return
    _require_dask(options)
    with contextlib.ExitStack() as stack:
        client = stack.enter_context(_client(options, project.logs_folder))
        lock, share = stack.enter_context(shared_lock(project.logs_folder))
        with _lost_scheduler_told():
            workers = _wait_for_workers(client, options)
            seen = client.run(look_around, lock)
        require_shared(seen, lock)
        share()
        log.info("cluster %s: %d workers", client.scheduler_info()["address"], workers)
        yield Cluster(client, lock, workers)


class Cluster(Crew):
    """
    Does units on the workers of dask.distributed.

    Parameters
    ----------
    client : Client
        Connected.
    lock : WorkersLock
        Of the project.
    workers : int
        How many units are in work at the same time.
    """

    def __init__(self, client: "Client", lock: WorkersLock, workers: int) -> None:
        self._client, self._lock, self.workers = client, lock, workers

    @property
    def remote(self) -> bool:
        """Tell whether the workers may be on other machines: they may."""
        return True

    def completed(
        self, function: Work, items: Iterable[Any], *, at_most: int | None = None
    ) -> Iterator[tuple[int, Any]]:
        """Apply a function to items; see `Crew.completed`."""
        todo = enumerate(items)
        job = _Job(function, self._lock)
        in_work: dict[Future, tuple[int, Any]] = {}
        ended: queue.SimpleQueue[Future] = queue.SimpleQueue()
        try:
            while True:
                while len(in_work) < (at_most or self.workers) and (unit := next(todo, None)) is not None:
                    with _lost_scheduler_told():
                        future = self._client.submit(job, unit[1], pure=False)
                    in_work[future] = unit
                    future.add_done_callback(ended.put)
                if not in_work:
                    return
                future = self._next(ended)
                if not future.done():  # its worker died before the result was fetched: it is done again
                    future.add_done_callback(ended.put)
                    continue
                number, item = in_work[future]
                result = self._fetched(future, number, item)
                del in_work[future]
                yield number, result
        finally:
            with contextlib.suppress(Exception):  # a lost scheduler has nothing to cancel
                self._client.cancel(list(in_work), force=True)

    def _next(self, ended: "queue.SimpleQueue[Future]") -> "Future":
        """Wait for a unit to end, as long as there is a scheduler."""
        for _ in self._while_connected():
            with contextlib.suppress(queue.Empty):
                return ended.get(timeout=_LOOK_SECONDS)
        raise _scheduler_lost()

    def _fetched(self, future: "Future", number: int, item: object) -> Any:
        """Return the result of a unit, or raise its error."""
        from distributed import KilledWorker  # noqa: PLC0415 - only with a cluster

        if future.status == "error":
            with _lost_scheduler_told():
                error = future.exception()
            if isinstance(error, KilledWorker):
                raise died_again(item, number, remedy=f"more cluster.memory, or smaller patches; then {_AGAIN}")
            raise error
        for _ in self._while_connected():
            if future.cancelled():
                break
            with contextlib.suppress(TimeoutError), _lost_scheduler_told():
                return future.result(timeout=_LOOK_SECONDS)
        raise _scheduler_lost()

    def _while_connected(self) -> Iterator[None]:
        """Go on as long as the client has a scheduler, or may find it again."""
        last_seen = time.monotonic()
        while self._client.status != "closed":
            if self._client.status == "running":
                last_seen = time.monotonic()
            elif time.monotonic() - last_seen > _LOST_SECONDS:
                return
            yield


@contextlib.contextmanager
def _lost_scheduler_told() -> Iterator[None]:
    """Turn the ways in which dask says that there is no scheduler any more into one."""
    from distributed import CancelledError  # noqa: PLC0415 - only with a cluster
    from distributed.client import ClosedClientError  # noqa: PLC0415
    from distributed.comm import CommClosedError  # noqa: PLC0415

    try:
        yield
    except (CancelledError, ClosedClientError, CommClosedError) as error:
        raise _scheduler_lost() from error


def _scheduler_lost() -> ToolError:
    return ToolError(
        "the scheduler of the cluster is lost",
        where="[cluster]",
        why="its process has ended, or the network between here and there is broken",
        remedy=f"start it again, then {_AGAIN}",
    )


@dataclass(frozen=True)
class _Job:
    """The function as a worker calls it: only where it sees the client's disk, and while others can tell."""

    function: Work
    lock: WorkersLock

    def __call__(self, item: object) -> Any:
        with self.lock.held():
            return self.function(item)


def _require_dask(options: ClusterOptions) -> None:
    try:
        import distributed  # noqa: F401, PLC0415 - only with a cluster

        if options.kind == "slurm":
            import cryptography  # noqa: F401, PLC0415 - for the certificate of the run
            import dask_jobqueue  # noqa: F401, PLC0415
    except ImportError as error:
        raise InputError(
            "dask is not installed", where="[cluster]", why=str(error), remedy="pip install 'snapstamps[cluster]'"
        ) from error


@contextlib.contextmanager
def _client(options: ClusterOptions, logs: Path) -> Iterator["Client"]:
    """Connect to the cluster, which is started where it is ours; it ends with the block."""
    import dask  # noqa: PLC0415 - only with a cluster
    from distributed import Client, LocalCluster  # noqa: PLC0415

    logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what concerns the user is told by us
    settings = {
        "distributed.scheduler.allowed-failures": ATTEMPTS - 1,
        "distributed.admin.large-graph-warning-threshold": "1GiB",  # an interferogram's cells and costs are large
        "distributed.worker.daemon": True,
    }
    with contextlib.ExitStack() as stack:
        stack.enter_context(dask.config.set(settings))
        cluster: Any = options.address
        if options.kind == "local":
            environment = dict.fromkeys(THREAD_VARIABLES, "1")
            cluster = stack.enter_context(
                LocalCluster(
                    n_workers=options.workers,
                    threads_per_worker=1,
                    memory_limit=options.memory,
                    dashboard_address=_NO_STRANGERS,
                    env=environment,
                    silence_logs=logging.CRITICAL,
                )
            )
        elif options.kind == "slurm":
            cluster = stack.enter_context(slurm_cluster(options, logs))
            cluster.adapt(minimum=options.workers, maximum=options.workers)
        try:
            client = Client(cluster, set_as_default=False)
        except (OSError, TimeoutError) as error:
            raise ToolError(
                "the scheduler of the cluster does not answer",
                where=str(options.address or options.kind),
                why=str(error),
                remedy="start it (dask scheduler), or correct cluster.address",
            ) from error
        yield stack.enter_context(client)


def slurm_cluster(options: ClusterOptions, logs: Path) -> "SLURMCluster":
    """
    Return a cluster whose workers are jobs of SLURM; none is submitted yet.

    Parameters
    ----------
    options : ClusterOptions
        All texts are free of what a shell would act on.
    logs : Path
        The jobs write into its folder ``slurm``.

    Raises
    ------
    InputError
        If a path could not stand in a job's script.
    """
    from dask_jobqueue import SLURMCluster  # noqa: PLC0415 - only with a cluster

    folder = logs / "slurm"
    if not _SAFE_PATH.fullmatch(str(folder)):
        raise InputError(
            "the project's path has characters that cannot stand in a script of SLURM",
            where=folder,
            remedy="a path of letters, digits and _ . , @ + = : -",
        )
    folder.mkdir(parents=True, exist_ok=True)
    setup = [] if options.setup is None else [f". {shlex.quote(_one_line(logs.parent / expanded(options.setup)))}"]
    exports = [f"export {name}=1" for name in THREAD_VARIABLES]
    return SLURMCluster(
        cores=1,
        processes=1,
        job_cpu=options.cores,
        memory=f"{math.ceil(options.memory / 2**20)}MiB",
        walltime=options.walltime,
        queue=options.queue or None,
        account=options.account or None,
        interface=options.interface or None,
        job_extra_directives=list(options.job_extra),
        job_script_prologue=[*setup, *exports],
        log_directory=str(folder),
        job_name="snapstamps",
        python=shlex.quote(sys.executable),
        scheduler_options={"dashboard_address": _NO_STRANGERS},
        # who may talk to a scheduler may run what they like: only those who hold this run's certificate may
        security=True,
        shared_temp_directory=str(folder),
    )


def _one_line(path: Path) -> str:
    if "\n" in str(path) or "\r" in str(path):
        raise InputError("a path has a line break", where="cluster.setup", remedy="another name for the file")
    return str(path)


def _wait_for_workers(client: "Client", options: ClusterOptions) -> int:
    """Wait for the first worker; return how many there are, or will be."""
    try:
        client.wait_for_workers(1, timeout=60 * options.wait)
    except TimeoutError as error:
        raise ToolError(
            f"no worker of the cluster came within {options.wait:g} minutes",
            where="[cluster]",
            why="the queue is full, or the workers' jobs fail" if options.kind == "slurm" else None,
            remedy="squeue, and the logs in logs/slurm; a longer cluster.wait"
            if options.kind == "slurm"
            else "start workers (dask worker ADDRESS --nthreads 1)",
        ) from error
    if options.kind != "address":
        return options.workers
    workers = client.scheduler_info(n_workers=-1)["workers"]
    threads = {name: worker["nthreads"] for name, worker in workers.items() if worker["nthreads"] != 1}
    if threads:
        name, count = next(iter(threads.items()))
        raise InputError(
            f"worker {name} has {count} threads",
            where="[cluster]",
            why="steps and external programs need a process of their own",
            remedy="dask worker ADDRESS --nthreads 1 --nworkers N",
        )
    return len(workers)
