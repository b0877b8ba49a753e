"""Files that other machines left: waited for, and named when they do not come."""

import threading

import pytest

from snapstamps.journal import FileMark, Record
from snapstamps.model.errors import DataError
from snapstamps.pipeline.arrival import await_files


def test_a_file_that_comes_late_is_waited_for(tmp_path):
    record = Record("1_load", "done", "2020-01-01", 1.0, outputs={"ps1.mat": FileMark(3, 0)})
    (tmp_path / "ps1.mat").write_bytes(b"o")
    late = threading.Timer(0.3, lambda: (tmp_path / "ps1.mat").write_bytes(b"new"))
    late.start()
    await_files([record], tmp_path, patience=30)
    late.join()
    assert (tmp_path / "ps1.mat").read_bytes() == b"new"


def test_a_file_that_never_comes_is_named(tmp_path):
    record = Record("1_load", "done", "2020-01-01", 1.0, outputs={"PATCH_1/ps1.mat": FileMark(3, 0)})
    with pytest.raises(DataError, match=r"PATCH_1/ps1\.mat"):
        await_files([record], tmp_path, patience=0)
