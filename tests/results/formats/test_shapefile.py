"""The shapefile, by the rules of MintPy's form and of QGIS's plug-ins for series."""

import re
import struct
from dataclasses import replace

import geopandas
import numpy as np
import pyogrio
import pytest
from results_folder import write_results
from unwrapped_folder import make_scene

from snapstamps.model.errors import DataError
from snapstamps.results.formats import shapefile
from snapstamps.results.formats.shapefile import Shapefile

MINTPY = [
    ("CODE", "C", 8, 0),
    ("HEIGHT", "N", 7, 2),
    ("H_STDEV", "N", 5, 2),
    ("VEL", "N", 8, 2),
    ("V_STDEV", "N", 6, 2),
    ("COHERENCE", "N", 5, 3),
    ("EFF_AREA", "N", 9, 0),
]


def dbf_fields(path):
    """Return name, type, width and digits of the fields, from the header itself."""
    content = path.read_bytes()
    length = struct.unpack("<H", content[8:10])[0]
    blocks = [content[at : at + 32] for at in range(32, length - 1, 32)]
    return [(block[:11].rstrip(b"\0").decode(), chr(block[11]), block[16], block[17]) for block in blocks]


@pytest.fixture
def written(results, tmp_path, progress):
    return Shapefile().write(results, tmp_path, progress=progress)


def test_the_fields_are_those_of_mintpy_in_their_order_with_their_widths(written, results):
    fields = dbf_fields(written[0].with_suffix(".dbf"))
    assert fields[:7] == MINTPY
    assert fields[7:] == [(name, "N", 8, 2) for name in results.table.date_names]


def test_values_come_back_to_the_digits_of_their_fields(written, results):
    frame = geopandas.read_file(written[0])
    table = results.table
    assert frame.crs.to_epsg() == 4326
    np.testing.assert_array_equal(frame.get_coordinates(), table.lonlat)
    assert frame["CODE"].tolist() == [hex(number)[2:].zfill(8) for number in table["id"]]
    np.testing.assert_allclose(frame["VEL"], table["velocity"], atol=0.0051)
    np.testing.assert_allclose(frame["V_STDEV"], table["velocity_std"], atol=0.0051)
    np.testing.assert_allclose(frame["HEIGHT"], table["height"], atol=0.0051)
    np.testing.assert_allclose(frame["COHERENCE"], table["coherence"], atol=0.00051)
    assert frame["H_STDEV"].isna().all()
    assert (frame["EFF_AREA"] == 1).all()
    np.testing.assert_allclose(frame[list(table.date_names)], table.displacement(slice(None)), atol=0.0051)


def test_each_plug_in_finds_what_it_looks_for(written, results):
    fields = pyogrio.read_info(written[0])["fields"].tolist()
    n_dates = len(results.table.dates)
    assert written[0].name.lower().endswith(".shp")
    # PS Time Series Viewer: any case, anywhere in the name; a title and two figures by the beginnings of their names
    assert len([name for name in fields if re.search(r"D\d{8}", name, re.IGNORECASE)]) == n_dates
    for beginning in ("code", "coher", "vel"):
        assert any(re.match(beginning, name, re.IGNORECASE) for name in fields)
    # InSAR Explorer: one of three names, looked up without regard to case; dates by one of three patterns
    assert {"velocity", "vel", "mean_velocity"} & {name.lower() for name in fields}
    patterns = [r"^D(\d{8})$", r"(\d{8})$", r"^D_(\d{8})$"]
    assert len([name for name in fields if any(re.match(pattern, name) for pattern in patterns)]) == n_dates
    # InSAR Suite: case-sensitive
    assert len([name for name in fields if re.search(r"^D\d{8}$", name)]) == n_dates


def test_names_fit_dbf(written):
    assert all(len(name) <= 10 for name, *_ in dbf_fields(written[0].with_suffix(".dbf")))


def test_dates_beyond_the_255th_field_go_on_in_a_further_part(tmp_path, results_of, progress):
    scene = make_scene(n_ps=120, n_scenes=260, master=100)
    results = results_of(write_results(tmp_path / "stamps", scene, np.zeros(120)))
    written = Shapefile().write(results, tmp_path, progress=progress)
    assert [path.name for path in written if path.suffix == ".shp"] == ["velocity.shp", "velocity_2.shp"]
    first, second = (dbf_fields(tmp_path / f"{name}.dbf") for name in ("velocity", "velocity_2"))
    assert first[:7] == second[:7]
    assert max(len(first), len(second)) <= 255
    assert [name for name, *_ in first[7:] + second[7:]] == list(results.table.date_names)
    parts = [geopandas.read_file(tmp_path / f"{name}.shp") for name in ("velocity", "velocity_2")]
    assert parts[0]["CODE"].tolist() == parts[1]["CODE"].tolist()
    expected = results.table.displacement(slice(None))
    np.testing.assert_allclose(parts[1][list(results.table.date_names[130:])], expected[:, 130:], atol=0.0051)
    assert "velocity.shp, velocity_2.shp" in (tmp_path / "velocity.shp.txt").read_text()


def test_248_dates_are_one_part_and_249_are_two(results, monkeypatch):
    table = results.table
    for n_dates, n_parts in ((248, 1), (249, 2)):
        more = replace(results, table=replace(table, dates=tuple(table.dates[:1] * n_dates)))
        assert len(shapefile.date_parts(more)) == n_parts


def test_a_dbf_never_grows_beyond_2_gib(results, monkeypatch, tmp_path, progress):
    record = 1 + sum(width for *_, width, _ in MINTPY)
    monkeypatch.setattr(shapefile, "MAX_BYTES", 300 * (record + 8 * 8))
    written = Shapefile().write(results, tmp_path, progress=progress)
    parts = [path for path in written if path.suffix == ".dbf"]
    assert len(parts) == 3
    assert all(path.stat().st_size < 300 * (record + 8 * 8) + 33 + 32 * 20 for path in parts)
    monkeypatch.setattr(shapefile, "MAX_BYTES", 300 * record)
    with pytest.raises(DataError, match=r"cannot hold 300 PS(.|\n)*\"parquet\""):
        Shapefile().write(results, tmp_path, progress=progress)


def test_a_field_is_wider_only_where_a_value_needs_it(tmp_path, results_of, progress):
    store = write_results(tmp_path / "stamps", velocity=np.linspace(-1e7, 1e7, 300))
    results = results_of(store, quantity="v")
    Shapefile().write(results, tmp_path, progress=progress)
    fields = {name: width for name, _, width, _ in dbf_fields(tmp_path / "velocity.dbf")}
    assert fields["HEIGHT"] == 7
    assert fields["VEL"] > 8
    frame = geopandas.read_file(tmp_path / "velocity.shp")
    np.testing.assert_allclose(frame["VEL"], results.table["velocity"], atol=0.0051)
    expected = results.table.displacement(slice(None))
    np.testing.assert_allclose(frame[list(results.table.date_names)], expected, atol=0.0051)


def test_a_scatterer_without_a_velocity_is_null(tmp_path, results_of, progress):
    moving = np.where(np.arange(300) == 4, np.nan, 1.0)
    results = results_of(write_results(tmp_path / "stamps", velocity=moving))
    Shapefile().write(results, tmp_path, progress=progress)
    frame = geopandas.read_file(tmp_path / "velocity.shp")
    assert frame.index[frame["VEL"].isna()].tolist() == [4]


def test_what_breaks_off_leaves_the_old_files(written, results, tmp_path):
    before = {path: path.read_bytes() for path in tmp_path.glob("velocity*")}

    def breaks_off(_done, _total):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        Shapefile().write(results, tmp_path, progress=breaks_off)
    assert {path: path.read_bytes() for path in tmp_path.glob("velocity*")} == before
    assert not list(tmp_path.glob(".velocity*"))
