"""The stack before SNAP sees it: the right baselines, the right master, in forms that others read."""

import csv
import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from simulated_safe import Pass, burst_centre, write_orbit_file, write_safe

from snapstamps.formats.visualizer import BASELINE_HEADER
from snapstamps.kernels.orbit import position_at
from snapstamps.model.errors import DataError, InputError
from snapstamps.snap.aoi import read_aoi
from snapstamps.snap.baseline_csv import baseline_csv, write_baseline_csv
from snapstamps.snap.baseline_plot import baseline_figure, write_baseline_plot
from snapstamps.snap.baselines import (
    baseline_table,
    covering_orbit_file,
    reference_point,
    scene_of_acquisition,
    scenes_of_products,
    table_dict,
)
from snapstamps.snap.scene_inventory import find_products, take_inventory

OFFSETS = ((0, 0.0, 0.0), (12, 80.0, -20.0), (24, -60.0, 35.0), (36, 10.0, 5.0), (48, -110.0, 60.0))
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data"
LOOK = np.radians(34.5)
"""About the look angle of IW2's middle."""


def pass_of(days, cross, radial):
    return Pass(swaths=("IW2",), cross=cross, radial=radial).later(days, doppler=1.5 + days / 12)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Five dates with known orbits."""
    folder = tmp_path_factory.mktemp("scenes")
    for offset in OFFSETS:
        write_safe(folder, pass_of(*offset))
    return folder


@pytest.fixture(scope="module")
def stack(folder):
    return tuple(scene_of_acquisition(one, "VV") for one in take_inventory(find_products(folder)).acquisitions)


@pytest.fixture(scope="module")
def table(stack):
    return baseline_table(stack, reference_point(stack, None))


def test_the_baselines_are_those_of_the_orbits_that_were_flown(table):
    flown = np.array([cross * np.cos(LOOK) + radial * np.sin(LOOK) for _, cross, radial in OFFSETS])
    first = table.geometry.perpendicular[0]
    np.testing.assert_allclose(first, flown, atol=1.0)


def test_times_and_dopplers_are_master_less_slave(table):
    np.testing.assert_allclose(table.temporal[0], [0, -12, -24, -36, -48], atol=1e-3)
    np.testing.assert_allclose(table.doppler[0], [0, -1, -2, -3, -4])


def test_the_best_master_lies_in_the_middle_unless_the_user_names_another(table, stack):
    assert table.master == table.best == int(np.argmax(table.mean_coherence))
    assert not table.chosen
    named = baseline_table(stack, reference_point(stack, None), master=date(2020, 3, 4))
    assert (named.master, named.chosen, named.best) == (0, True, table.best)


def test_the_order_of_the_scenes_does_not_matter(table, stack):
    other = baseline_table(stack[::-1], reference_point(stack, None))
    np.testing.assert_array_equal(other.geometry.perpendicular, table.geometry.perpendicular)


def test_an_area_moves_the_point_and_hardly_the_baselines(table, stack):
    lon, lat = burst_centre(pass_of(*OFFSETS[0]), "IW2", 2)
    area = read_aoi([lon - 0.1, lat - 0.1, lon + 0.1, lat + 0.1])
    other = baseline_table(stack, reference_point(stack, area.geometry))
    assert not np.array_equal(other.geometry.perpendicular, table.geometry.perpendicular)
    np.testing.assert_allclose(other.geometry.perpendicular, table.geometry.perpendicular, atol=1.0)


def test_a_place_that_the_orbits_do_not_pass_is_refused(stack):
    with pytest.raises(DataError, match="do not pass"):
        baseline_table(stack, reference_point(stack, read_aoi([-10, -50, -9, -49]).geometry))


def test_one_date_and_an_unknown_master_are_refused(stack):
    point = reference_point(stack, None)
    with pytest.raises(InputError, match="two dates"):
        baseline_table(stack[:1], point)
    with pytest.raises(InputError, match="no scene of the master 20200305") as caught:
        baseline_table(stack, point, master=date(2020, 3, 5))
    assert "20200304" in caught.value.why


def test_orbit_files_go_before_the_annotation_and_precise_before_restituted(folder, tmp_path):
    first = take_inventory(find_products(folder)).acquisitions[0]
    one = pass_of(*OFFSETS[0])
    assert scene_of_acquisition(first, "VV").source == "annotation"
    restituted = write_orbit_file(tmp_path, one, kind="RESORB")
    assert scene_of_acquisition(first, "VV", orbits=[restituted]).source == "RESORB"
    precise = write_orbit_file(tmp_path, one)
    scene = scene_of_acquisition(first, "VV", orbits=[restituted, precise, tmp_path / "notes.txt"])
    assert scene.source == "POEORB"
    plain = scene_of_acquisition(first, "VV")
    assert scene.orbit().residual < 1e-3
    times = np.linspace(0, 10, 5)
    np.testing.assert_allclose(position_at(scene.orbit(), times), position_at(plain.orbit(), times), atol=1e-3)
    other = write_orbit_file(tmp_path, one.later(12))
    assert covering_orbit_file([other], "S1A", one.start, one.stop) is None


def test_an_orbit_file_without_the_vectors_that_its_name_promises_is_refused(folder, tmp_path):
    first = take_inventory(find_products(folder)).acquisitions[0]
    orbit = write_orbit_file(tmp_path, pass_of(*OFFSETS[0]))
    lines = orbit.read_text().splitlines(keepends=True)
    orbit.write_text("".join(lines[:5] + lines[-1:]))
    with pytest.raises(DataError, match="do not span"):
        scene_of_acquisition(first, "VV", orbits=[orbit])


def test_slices_of_a_date_share_one_orbit(tmp_path):
    for one in (Pass(swaths=("IW2",)), Pass(swaths=("IW2",), first_burst=123, slice_number=6, unique="0002")):
        write_safe(tmp_path, one)
    (both,) = take_inventory(find_products(tmp_path)).acquisitions
    scene = scene_of_acquisition(both, "VV")
    assert (scene.last_line - scene.first_line).total_seconds() == pytest.approx(5 * 2.758273 + 3.08, abs=0.1)
    assert scene.orbit().residual < 1e-3


def test_the_list_is_the_one_that_stamps_visualizer_reads(table, tmp_path):
    write_baseline_csv(table, tmp_path / "list.csv")
    assert (tmp_path / "list.csv").read_text() == baseline_csv(table)
    lines = baseline_csv(table).splitlines()
    assert (
        lines[0]
        == BASELINE_HEADER
        == "Product,PerpBaseline[m],TempBaseline[days],Coherence,HeightofAmbiguity[m],DopplerDiff[Hz],"
    )
    master = table.scenes[table.master]
    assert lines[1] == f"{master.name},0.00,0.00,1.00,0,0.00"
    assert lines[1][17:25] == f"{master.day:%Y%m%d}"
    rows = list(csv.reader(lines[2:]))
    assert [row[0] for row in rows] == [scene.name for scene in table.scenes if scene is not master]
    for row, index in zip(rows, (k for k in range(5) if k != table.master), strict=True):
        assert float(row[1]) == pytest.approx(table.geometry.perpendicular[table.master, index], abs=0.005)
        assert float(row[3]) == pytest.approx(table.coherence[table.master, index], abs=0.005)
        assert float(row[4]) * float(row[1]) < 0
    assert not any(" " in line or "?" in line for line in lines)


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs SNAP's list of ../shared/data, which is not ours to commit")
def test_the_list_has_the_form_of_one_that_snap_wrote(table):
    snaps = (SHARED / "stamps_visualizer" / "SNAP_export_baseline_info.csv").read_text().splitlines()
    mine = baseline_csv(table).splitlines()
    assert mine[0] == snaps[0]
    assert [len(line.split(",")) for line in mine[1:3]] == [len(line.split(",")) for line in snaps[1:3]]
    assert mine[1].partition(",")[2] == snaps[1].partition(",")[2]


def test_the_json_holds_every_date_and_pair(table):
    plain = json.loads(json.dumps(table_dict(table), allow_nan=False))
    assert [one["date"] for one in plain["scenes"]] == [str(scene.day) for scene in table.scenes]
    assert plain["master"] == str(table.scenes[table.master].day)
    assert np.shape(plain["pairs"]["perpendicular"]) == (5, 5)
    assert plain["scenes"][table.master]["height_of_ambiguity"] is None


def test_the_plot_has_a_dot_for_every_slave_and_a_star_for_the_master(table, tmp_path):
    figure = baseline_figure(table)
    (axes,) = figure.axes
    by_label = {line.get_label(): line for line in axes.lines}
    assert len(by_label["slave"].get_xdata()) == 4
    assert by_label["master"].get_marker() == "*"
    np.testing.assert_allclose(
        sorted(by_label["slave"].get_ydata()),
        sorted(np.delete(table.geometry.perpendicular[table.master], table.master)),
    )
    assert str(table.scenes[table.master].day) in axes.get_title(loc="left")
    write_baseline_plot(table, tmp_path / "plot.png")
    picture = imread(tmp_path / "plot.png")
    assert picture.shape[0] > 600
    assert picture[..., :3].std() > 0.02


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="needs the real SNAP header of ../shared/data, which is not ours to commit"
)
def test_a_snap_product_gives_a_scene():
    (scene,) = scenes_of_products((SHARED / "snap_dimap").glob("*.dim"))
    assert (scene.day, scene.source) == (date(2018, 11, 15), "product")
    assert scene.wavelength == pytest.approx(0.055466, abs=1e-6)
    lon, lat = _lonlat(reference_point([scene], None))
    # the corners that SNAP wrote into the header
    assert 79.74 < lon < 80.55
    assert 9.24 < lat < 9.57


def _lonlat(point):
    return np.degrees(np.arctan2(point[1], point[0])), np.degrees(
        np.arctan2(point[2] * 1.00673949, np.hypot(*point[:2]))
    )
