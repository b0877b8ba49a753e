"""A GeoPackage that lost its spatial index for want of room is not taken for whole."""

import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from measured_results import positions, write_measured

from snapstamps.model.errors import DataError
from snapstamps.results.gpkg_check import require_whole


@pytest.fixture(scope="module")
def whole(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("whole") / "v.gpkg"
    write_measured(path, positions(40, 100, seed=1), np.zeros(40))
    return path


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("DROP TABLE rtree_ps_geom", "no such table"),
        ("DELETE FROM rtree_ps_geom WHERE id > 30", "the index of ps has 30 of 40 rows"),
    ],
)
def test_a_lost_or_short_index_is_found(whole, tmp_path, damage, words):
    require_whole(whole, whole)
    path = shutil.copy(whole, tmp_path / "v.gpkg")
    with closing(sqlite3.connect(path)) as database:
        database.execute(damage)
        database.commit()
    with pytest.raises(DataError, match=words):
        require_whole(path, tmp_path / "velocity.gpkg")


def test_half_a_file_is_found(whole, tmp_path):
    content = whole.read_bytes()
    (tmp_path / "v.gpkg").write_bytes(content[: len(content) // 2])
    with pytest.raises(DataError):
        require_whole(tmp_path / "v.gpkg", tmp_path / "v.gpkg")
