"""Bytes that change by themselves, under the same size and time, do not get into results."""

import os
import shutil

import pytest
from faults.cell import Cell, overwrite


@pytest.mark.parametrize("key", ["3_native", "6_native", "export"])
def test_what_rotted_on_the_disk_is_named_and_made_again(key, server, ladder, tmp_path):
    cell = Cell("truncated", key, server, ladder, tmp_path / "cell")
    shutil.copytree(cell.rung.before, cell.area, symlinks=True)
    target = max(cell._inputs(), key=lambda path: path.stat().st_size)
    times = target.stat()
    overwrite(target)
    os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
    ended = cell._run(None)
    assert ended.code == 4
    assert f"{target.name} is damaged" in ended.err
    target.unlink()
    cell._heal()
    cell._do_again()
