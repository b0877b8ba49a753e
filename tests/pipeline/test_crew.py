"""Crews: the same results, errors and stamina, whoever does the work."""

import dataclasses
import time
from collections.abc import Iterator
from pathlib import Path

import crew_work
import dask
import pytest
from crew_work import Deadly, double, fail, survive
from distributed import LocalCluster

from snapstamps import __version__
from snapstamps.config.load import resolve
from snapstamps.config.project import Project
from snapstamps.model.errors import DataError, InputError, ToolError
from snapstamps.pipeline.crew import ATTEMPTS, Alone, Crew
from snapstamps.pipeline.pool import Processes
from snapstamps.pipeline.scale import Cluster, open_crew
from snapstamps.pipeline.workers_lock import WORKERS_LOCK, look_around, require_shared, shared_lock


def project_with(folder: Path, **sections: dict[str, object]) -> Project:
    (folder / "logs").mkdir(parents=True, exist_ok=True)
    return Project(folder, resolve(sections, environment={}, overrides={}).options, {})


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    """Two workers of dask.distributed, each a process of its own."""
    folder = tmp_path_factory.mktemp("cluster")
    with open_crew(project_with(folder, cluster={"kind": "local", "workers": 2, "memory": "1 GiB"})) as crew:
        yield crew


@pytest.fixture(params=["alone", "processes", "cluster"])
def crew(request: pytest.FixtureRequest) -> Crew:
    if request.param == "cluster":
        return request.getfixturevalue("cluster")
    return Alone() if request.param == "alone" else Processes(2)


@pytest.fixture(params=["processes", "cluster"])
def mortal_crew(request: pytest.FixtureRequest) -> Crew:
    return request.getfixturevalue("cluster") if request.param == "cluster" else Processes(2)


def test_every_crew_returns_results_in_order_and_numbers_those_that_come_early(crew):
    assert crew.in_order(double, iter(range(5))) == [0, 2, 4, 6, 8]
    assert dict(crew.completed(double, range(3))) == {0: 0, 1: 2, 2: 4}
    assert crew.in_order(double, []) == []


def test_an_error_of_a_unit_arrives_with_all_that_it_says(crew):
    with pytest.raises(DataError, match="number 3 is wrong") as caught:
        list(crew.completed(fail, [3]))
    assert (caught.value.where, caught.value.remedy) == ("here", "another one")


def test_items_are_drawn_only_as_workers_become_free(crew):
    drawn = []
    items = (drawn.append(number) or number for number in range(9))
    next(crew.completed(double, items))
    assert len(drawn) <= crew.workers + 1


def test_a_worker_that_is_killed_is_replaced_and_its_unit_done_again(mortal_crew, tmp_path):
    units = [Deadly(f"unit{number}", tmp_path, 1 if number in {1, 2} else 0) for number in range(5)]
    results = dict(mortal_crew.completed(survive, units))
    assert results == {number: f"unit{number}" for number in range(5)}
    assert len(list(tmp_path.glob("unit1.*"))) >= 2


def test_a_unit_that_kills_every_worker_ends_the_work_and_is_named(mortal_crew, tmp_path):
    units = [Deadly("harmless", tmp_path, 0), Deadly("PATCH_7", tmp_path, 99)]
    with pytest.raises(ToolError, match="PATCH_7 was killed 3 times") as caught:
        list(mortal_crew.completed(survive, units))
    assert caught.value.exit_code == 3
    assert "memory" in str(caught.value)
    assert len(list(tmp_path.glob("PATCH_7.*"))) == ATTEMPTS
    assert mortal_crew.in_order(double, [1, 2]) == [2, 4], "the crew works on"


def test_processes_start_only_where_units_are_slow(monkeypatch):
    monkeypatch.setattr("snapstamps.pipeline.pool.process_pool", lambda _workers: pytest.fail("processes started"))
    assert Processes(4).in_order(double, range(100)) == [2 * number for number in range(100)]


def test_slow_units_go_on_in_processes(monkeypatch):
    monkeypatch.setattr("snapstamps.pipeline.pool._PATIENCE_SECONDS", 0.0)
    monkeypatch.setattr("snapstamps.pipeline.pool._WORTH_SENDING_SECONDS", 0.0)
    assert Processes(2).in_order(double, range(5)) == [0, 2, 4, 6, 8]


def test_at_most_so_many_units_are_in_work(tmp_path):
    drawn = []
    items = (drawn.append(number) or number for number in range(9))
    next(Processes(4).completed(double, items, at_most=1))
    assert len(drawn) == 1


def test_the_options_choose_the_crew(tmp_path):
    for workers, kind in ((1, Alone), (3, Processes)):
        with open_crew(project_with(tmp_path, run={"workers": workers})) as crew:
            assert isinstance(crew, kind)
            assert crew.workers == workers
            assert not crew.remote


def test_no_answer_of_a_scheduler_is_told(tmp_path):
    project = project_with(tmp_path, cluster={"kind": "address", "address": "tcp://127.0.0.1:9"})
    with (
        dask.config.set({"distributed.comm.timeouts.connect": "0.2s"}),
        pytest.raises(ToolError, match="does not answer") as caught,
        open_crew(project),
    ):
        pass
    assert "dask scheduler" in str(caught.value)


def test_workers_with_several_threads_are_refused(tmp_path):
    with LocalCluster(n_workers=1, threads_per_worker=2, dashboard_address=":0", processes=False) as local:
        project = project_with(tmp_path, cluster={"kind": "address", "address": "tcp://127.0.0.1:1"})
        options = project.options.cluster.model_copy(update={"address": local.scheduler_address})
        project = dataclasses.replace(project, options=project.options.model_copy(update={"cluster": options}))
        with pytest.raises(InputError, match="has 2 threads"), open_crew(project):
            pass


def test_a_scheduler_that_is_lost_ends_the_work_with_exit_code_3(cluster, monkeypatch):
    assert isinstance(cluster, Cluster)

    class Gone:
        status = "closed"

        def submit(self, *_args: object, **_options: object) -> object:
            return _NeverDone()

        def cancel(self, *_args: object, **_options: object) -> None:
            raise OSError("no scheduler")

    monkeypatch.setattr("snapstamps.pipeline.scale._LOOK_SECONDS", 0.01)
    lost = Cluster(Gone(), cluster._lock, 2)
    with pytest.raises(ToolError, match="scheduler of the cluster is lost") as caught:
        lost.in_order(double, [1])
    assert caught.value.exit_code == 3


class _NeverDone:
    def add_done_callback(self, _function: object) -> None:
        pass


def test_a_machine_that_does_not_share_the_folder_is_refused(tmp_path):
    with shared_lock(tmp_path) as (lock, _share):
        good = look_around(lock)
        assert good == (__version__, lock.token, False)
        require_shared({"tcp://a": good}, lock)
        for seen, message in {
            (__version__, "", False): "does not see the project's folder",
            (__version__, "of another run", False): "does not see the project's folder",
            (__version__, lock.token, True): "does not see the locks",
            ("0.0.1", lock.token, False): "has snapstamps 0.0.1",
        }.items():
            with pytest.raises(InputError, match=message):
                require_shared({"tcp://a": good, "tcp://b": seen}, lock)


def test_a_worker_without_the_folder_does_nothing(cluster, tmp_path):
    other = Cluster(cluster._client, dataclasses.replace(cluster._lock, path=tmp_path / "absent"), 2)
    with pytest.raises(InputError, match="does not see the project's folder"):
        other.in_order(double, [1])


def test_a_new_run_waits_for_the_workers_of_an_old_one(tmp_path):
    with shared_lock(tmp_path) as (lock, share):
        share()
        with lock.held():
            assert lock.is_free(), "workers share it"
            with pytest.raises(InputError, match="workers of an earlier run"), shared_lock(tmp_path):
                pass
    with shared_lock(tmp_path) as (again, _share):
        assert again.token != lock.token
    assert (tmp_path / WORKERS_LOCK).read_text() == again.token


def test_leaving_a_cluster_cancels_what_has_not_begun(cluster):
    start = time.monotonic()
    next(cluster.completed(crew_work.nap, [0.01, 0.3, *[60.0] * 5]))
    assert cluster.in_order(double, [1]) == [2]
    assert time.monotonic() - start < 30
