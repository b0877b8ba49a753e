"""The table of forms: every word of the options is there, and every file says what a reader must know."""

import json
import re
import sqlite3
import zipfile
from contextlib import closing
from typing import get_args

import pyogrio
import pytest
import rasterio
from pyarrow import parquet
from results_folder import VELOCITY, write_results
from unwrapped_folder import make_scene

from snapstamps.config.options import ExportOptions, FormatName
from snapstamps.results.formats.registry import FORMATS, wanted_formats


def text_of_gpkg(folder):
    with closing(sqlite3.connect(folder / "velocity.gpkg")) as connection:
        return str(dict(connection.execute("SELECT key, value FROM about").fetchall()))


def text_of_raster(folder):
    with rasterio.open(folder / "velocity.tif") as raster:
        return str(raster.tags())


TEXT_OF = {
    "gpkg": text_of_gpkg,
    "shp": lambda folder: (folder / "velocity.shp.txt").read_text(),
    "csv": lambda folder: (folder / "velocity.csv.txt").read_text(),
    "visualizer": lambda folder: (folder / "visualizer" / "about.txt").read_text(),
    "parquet": lambda folder: str(json.loads(parquet.read_schema(folder / "velocity.parquet").metadata[b"snapstamps"])),
    "fgb": lambda folder: str(pyogrio.read_info(folder / "velocity.fgb")["layer_metadata"]),
    "kmz": lambda folder: zipfile.ZipFile(folder / "velocity.kmz").read("doc.kml").decode(),
    "tif": text_of_raster,
}


def test_the_options_and_the_table_know_the_same_forms():
    assert {each.name for each in FORMATS} == set(get_args(FormatName))
    assert len({each.name for each in FORMATS}) == len(FORMATS)


def test_every_form_tells_what_it_is_for():
    for each in FORMATS:
        assert each.content
        assert each.readers
        assert each.files


def test_all_means_all_and_the_geopackage_is_always_written():
    assert wanted_formats(ExportOptions(formats="all")) == FORMATS
    assert [each.name for each in wanted_formats(ExportOptions(formats=()))] == ["gpkg"]
    assert [each.name for each in wanted_formats(ExportOptions(formats=("kmz", "kmz")))] == ["gpkg", "kmz"]


@pytest.mark.parametrize("form", FORMATS, ids=lambda each: each.name)
def test_every_file_says_sign_unit_reference_and_dates(form, results, tmp_path, progress):
    form.write(results, tmp_path, progress=progress)
    text = TEXT_OF[form.name](tmp_path)
    assert "positive towards the satellite" in text
    assert "mm/yr" in text
    assert "mean of all 300 PS" in text
    assert "2019-01-17 2019-01-29" in text
    assert "EPSG:" in text


@pytest.mark.parametrize("form", FORMATS, ids=lambda each: each.name)
def test_it_leaves_the_files_that_it_names_and_no_others(form, results, tmp_path, progress):
    written = form.write(results, tmp_path, progress=progress)
    found = {path for path in tmp_path.rglob("*") if path.is_file()}
    assert set(written) == found
    named = {path for pattern in form.files for path in tmp_path.glob(pattern)}
    companions = {".shx", ".dbf", ".prj", ".cpg"}
    assert {path for path in found if path.suffix not in companions} == named


@pytest.mark.parametrize("form", FORMATS, ids=lambda each: each.name)
def test_the_same_results_give_the_same_bytes(form, results, tmp_path, progress):
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        form.write(results, folder, progress=progress)
    for path in form.write(results, folders[0], progress=progress):
        assert path.read_bytes() == (folders[1] / path.relative_to(folders[0])).read_bytes(), path.name


@pytest.mark.parametrize("form", FORMATS, ids=lambda each: each.name)
def test_the_estimated_size_is_not_exceeded(form, results, tmp_path, progress):
    written = form.write(results, tmp_path, progress=progress)
    assert sum(path.stat().st_size for path in written) <= form.bytes_needed(results.table)


@pytest.mark.parametrize("form", FORMATS, ids=lambda each: each.name)
def test_progress_ends_with_all_scatterers(form, results, tmp_path):
    seen = []
    form.write(results, tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (300, 300)
    assert seen == sorted(seen)


@pytest.mark.parametrize("form", FORMATS, ids=lambda each: each.name)
def test_a_scatterer_without_a_velocity_does_no_harm(form, tmp_path, results_of, progress):
    scene = make_scene(n_ps=300)
    moving = VELOCITY.copy()
    moving[4] = float("nan")
    store = write_results(tmp_path / "stamps", scene, moving)
    form.write(results_of(store), tmp_path, progress=progress)
    assert re.search("mm/yr", TEXT_OF[form.name](tmp_path))
