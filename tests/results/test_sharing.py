"""Forms shared out among workers: the same bytes as from one process, whoever dies on the way."""

import os
import signal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.formats.atomic import TEMPORARY_MARK
from snapstamps.model.errors import DataError
from snapstamps.pipeline.pool import Processes
from snapstamps.results import sharing
from snapstamps.results.formats.gpkg import GeoPackage
from snapstamps.results.sharing import Workers, even_shares


def contents(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def always_worth_it(monkeypatch):
    monkeypatch.setattr(sharing, "WORTH_SHARING", 0)


def in_this_process(shares=None):
    """Give workers that are this process; they note what they were given."""

    def completed(function, items):
        for number, item in enumerate(items):
            if shares is not None:
                shares.append(item)
            yield number, function(item)

    return completed


class OneDies:
    """A form that kills its process the first time, half way."""

    name = "gpkg"
    effort = 1.0

    def bytes_needed(self, _table):
        return 1

    def write(self, results, folder, *, progress):
        if not (folder / "died").exists():
            (folder / "died").touch()
            (folder / f".velocity{TEMPORARY_MARK}-half.gpkg").write_bytes(b"half")
            os.kill(os.getpid(), signal.SIGKILL)
        return GeoPackage().write(results, folder, progress=progress)


def test_processes_write_the_same_bytes_as_one_and_name_them_in_the_same_order(store, export):
    alone = export(store.path, products="alone", formats="all")
    shared = export(store.path, products="shared", formats="all", workers=Workers(2, Processes(2).completed))
    assert [path.name for path in shared.files] == [path.name for path in alone.files]
    first, second = (contents(result.files[0].parent) for result in (alone, shared))
    assert first.keys() == second.keys()
    assert [name for name in first if first[name] != second[name]] == []


def test_a_form_whose_worker_died_is_written_again_and_leaves_no_half_file(store, export, monkeypatch):
    expected = contents(export(store.path, products="alone").files[0].parent)
    monkeypatch.setattr("snapstamps.results.run.wanted_formats", lambda _options: (OneDies(),))
    result = export(store.path, workers=Workers(2, Processes(2).completed))
    died = contents(result.files[0].parent)
    assert died.pop("died") == b""
    assert died == expected


def test_every_form_is_in_one_share(store, export):
    shares = []
    export(store.path, formats=("csv", "kmz", "tif"), workers=Workers(3, in_this_process(shares)))
    assert len(shares) == 3
    assert sorted(each.name for share in shares for each in share.formats) == ["csv", "gpkg", "kmz", "tif"]


def test_the_form_that_takes_longest_has_a_worker_of_its_own(store, export):
    shares = []
    export(store.path, formats="all", workers=Workers(2, in_this_process(shares)))
    assert [share.name for share in shares] == [
        "the forms gpkg",
        "the forms shp, csv, visualizer, parquet, fgb, kmz, tif",
    ]


def test_an_error_of_a_worker_is_that_of_the_export(store, export, monkeypatch):
    def refuse(*_words, **_more):
        raise DataError("this form cannot hold it")

    monkeypatch.setattr(GeoPackage, "write", refuse)
    with pytest.raises(DataError, match="cannot hold it"):
        export(store.path, formats=("tif",), workers=Workers(2, in_this_process()))


def test_files_from_other_machines_are_waited_for(store, export):
    awaited = []
    result = export(store.path, formats=("tif",), workers=Workers(2, in_this_process(), awaited.append))
    assert awaited == [{path: path.stat().st_size for path in result.files[:-1]}]


def test_small_results_are_written_by_one(store, export, monkeypatch):
    monkeypatch.setattr(sharing, "WORTH_SHARING", 10**6)
    shares = []
    export(store.path, formats="all", workers=Workers(2, in_this_process(shares)))
    assert shares == []


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20), st.integers(1, 6))
def test_every_thing_is_in_one_share_and_no_share_is_much_larger_than_it_must_be(sizes, count):
    shares = even_shares(sizes, count)
    assert sorted(number for share in shares for number in share) == list(range(len(sizes)))
    assert all(shares)
    largest = max(sum(sizes[number] for number in share) for share in shares)
    floor = max(*sizes, sum(sizes) / len(shares)) if len(sizes) > 1 else sizes[0]
    assert largest <= 4 / 3 * floor + max(sizes) / 3  # Graham (1969), for the largest first
