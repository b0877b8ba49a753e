"""A name that would end an element, run in a browser or be a formula stays a name in every form."""

import csv
import sqlite3
import xml.etree.ElementTree as ET
import zipfile
from contextlib import closing

import geopandas
import pyogrio
import rasterio
from pyarrow import parquet

from snapstamps.results.acquisitions import SceneFacts
from snapstamps.results.answer_files import write_csv
from snapstamps.results.formats.registry import FORMATS

NAME = "=1+1 ]]></name><script>alert(1)</script> & \"quoted\" 'so'"


def test_a_product_of_a_scene_is_text_wherever_it_stands(store, results_of, tmp_path, progress):
    scenes = {day: SceneFacts(NAME, "<b>POEORB") for day in results_of(store).table.dates}
    results = results_of(store, scenes=scenes)
    for each in FORMATS:
        each.write(results, tmp_path, progress=progress)
    rows = pyogrio.read_dataframe(tmp_path / "velocity.gpkg", layer="acquisitions")
    assert set(rows["product"]) == {NAME}
    for path in tmp_path.rglob("*.csv"):
        with path.open(newline="") as stream:
            assert not [cell for row in csv.reader(stream) for cell in row if cell[:1] in "=@+" and cell[1:2].isalnum()]


def test_every_form_gives_the_name_back_as_it_is(store, results_of, tmp_path, progress):
    results = results_of(store, name=NAME)
    files = {each.name: each.write(results, tmp_path, progress=progress) for each in FORMATS}
    main = {name: paths[0] for name, paths in files.items()}
    with closing(sqlite3.connect(main["gpkg"])) as database:
        assert database.execute("SELECT value FROM about WHERE key = 'title'").fetchall() == [(NAME,)]
        for (qml,) in database.execute("SELECT styleQML FROM layer_styles").fetchall():
            assert "script" not in qml
    assert pyogrio.read_info(main["gpkg"], layer="ps")["layer_metadata"]["title"] == NAME
    assert pyogrio.read_info(main["fgb"])["layer_metadata"]["TITLE"] == NAME
    assert b"<script>" in parquet.read_schema(main["parquet"]).metadata[b"snapstamps"]
    with rasterio.open(main["tif"]) as picture:
        assert picture.tags()["title"] == NAME
    for form in ("shp", "csv", "visualizer"):
        lines = files[form][-1].read_text().splitlines()
        assert f"title: {NAME}" in lines, form
    assert main["visualizer"].stem == "1_1_name_script_alert_1_script_quoted_so"
    assert len(geopandas.read_file(main["shp"])) == 300


def test_google_earth_gets_no_markup_from_a_name(store, results_of, tmp_path, progress):
    (kmz,) = next(each for each in FORMATS if each.name == "kmz").write(
        results_of(store, name=NAME), tmp_path, progress=progress
    )
    document = ET.fromstring(zipfile.ZipFile(kmz).read("doc.kml"))
    description = next(document.iter("{http://www.opengis.net/kml/2.2}description")).text
    assert "<script" not in description, "a description is taken for HTML, once the XML is read"
    assert "&lt;script&gt;alert(1)" in description


def test_no_cell_of_an_answer_begins_as_a_formula(tmp_path):
    names = ["=HYPERLINK(A1)", "@SUM(A1)", "+84 24", "-1", "\t=1", "YB120252.L2", 'a, "b"']
    write_csv(tmp_path / "points.csv", [{"name": name, "velocity": -3.5} for name in names])
    with (tmp_path / "points.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["name"] for row in rows] == [*(f"'{name}" for name in names[:5]), *names[5:]]
    assert {row["velocity"] for row in rows} == {"-3.5"}
