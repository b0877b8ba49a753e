"""A GeoPackage of results gives back the configuration that it was made with."""

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from unittest.mock import patch

import pytest
from config.strategies import any_options
from hypothesis import given, settings
from results_folder import table_of

from snapstamps.config.cluster_options import ClusterOptions
from snapstamps.config.load import resolve
from snapstamps.config.options import Options, RunOptions
from snapstamps.model.errors import InputError
from snapstamps.results.geopackage import write_geopackage
from snapstamps.results.provenance import CONFIGURATION, configuration_text, options_table


def about_file(path, text, key=CONFIGURATION):
    """Write a file whose table ``about`` has one row."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("CREATE TABLE about (key TEXT, value TEXT)")
        connection.execute("INSERT INTO about VALUES (?, ?)", (key, text))
    return path


@settings(max_examples=60)
@given(any_options())
def test_any_options_come_back_except_those_of_one_machine(tmp_path_factory, options):
    path = about_file(tmp_path_factory.getbasetemp() / "provenance" / "o.gpkg", configuration_text(options))
    with patch("snapstamps.results.provenance._found_again", lambda value, _project: value):
        back = resolve(options_table(path), environment={}).options
    own_folder = options.stamps.model_copy(update={"folder": Path("stamps")})
    assert back == options.model_copy(update={"stamps": own_folder, "run": RunOptions(), "cluster": ClusterOptions()})


def test_it_is_found_in_the_file_that_the_export_writes(store, tmp_path):
    options = resolve(
        {"stamps": {"parms": {"unwrap_grid_size": 70, "weed_max_noise": float("inf")}}, "export": {"formats": "all"}},
        environment={},
    ).options
    path = tmp_path / "velocity.gpkg"
    write_geopackage(path, table_of(store), {CONFIGURATION: configuration_text(options)})
    before = path.read_bytes()
    assert resolve(options_table(path), environment={}).options == options
    assert path.read_bytes() == before
    assert sorted(each.name for each in tmp_path.iterdir()) == ["stamps", "velocity.gpkg"]


def test_a_path_of_the_old_project_is_found_again_and_another_stays(tmp_path):
    (tmp_path / "old" / "INSAR_20190505").mkdir(parents=True)
    (tmp_path / "old" / "roads.gpkg").touch()
    table = {
        "stamps_export": {"folder": "INSAR_20190505"},
        "candidates": {"mask": "gone.tif"},
        "export": {"lines": ["roads.gpkg", "gone.shp"]},
        "stamps": {"folder": "work", "rounds": 2},
    }
    path = about_file(tmp_path / "old" / "products" / "velocity.gpkg", json.dumps(table))
    assert options_table(path) == {
        "stamps_export": {"folder": str(tmp_path / "old" / "INSAR_20190505")},
        "candidates": {"mask": "gone.tif"},
        "export": {"lines": [str(tmp_path / "old" / "roads.gpkg"), "gone.shp"]},
        "stamps": {"rounds": 2},
    }


@pytest.mark.parametrize(
    ("text", "why"),
    [("{", "damaged"), ("[]", "not a table"), ('{"stamps": 3}', "not a table"), ("", "damaged")],
)
def test_a_damaged_configuration_is_the_users_input(tmp_path, text, why):
    with pytest.raises(InputError, match=why):
        options_table(about_file(tmp_path / "v.gpkg", text))


def test_files_that_hold_none_are_refused(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        options_table(tmp_path / "gone.gpkg")
    with pytest.raises(InputError, match="did not keep"):
        options_table(about_file(tmp_path / "old.gpkg", "x", key="title"))
    (tmp_path / "text.gpkg").write_text("no database " * 100)
    with pytest.raises(InputError, match="tells of no configuration"):
        options_table(tmp_path / "text.gpkg")
    (tmp_path / "empty.gpkg").touch()
    with pytest.raises(InputError, match="no such table"):
        options_table(tmp_path / "empty.gpkg")


def test_defaults_take_no_room():
    assert configuration_text(Options()) == "{}"
