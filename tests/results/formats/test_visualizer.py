"""StaMPS-Visualizer's files, read as its R code does: columns by position, days from the year 0."""

import csv
from datetime import date, timedelta

import numpy as np
import pytest
from results_folder import write_results
from unwrapped_folder import make_scene

from snapstamps.results.acquisitions import SceneFacts
from snapstamps.results.formats import visualizer
from snapstamps.results.formats.visualizer import Visualizer


def read_as_r(path):
    """Return positions, velocity, displacements, dates, and reference, as global.R takes them from read.csv."""
    with path.open(newline="") as stream:
        header, *rows = csv.reader(stream)
    assert all(len(row) == len(header) for row in rows)
    numbers = np.array(rows, dtype=float)
    days = numbers[0, 3:]
    # as_date(d, origin = "0000-01-01"): R's year 0 has 366 days, Python's calendar begins with the year 1
    dates = [date(1, 1, 1) + timedelta(days=int(day) - 366) for day in days]
    return numbers[1:, :2], numbers[1:, 2], numbers[1:, 3:], dates, numbers[0, :2]


def name_as_r(path):
    """Return the study site's name: of the reversed file name the letters 5 to 50, reversed again."""
    return path.name[::-1][4:50][::-1]


@pytest.fixture
def write(tmp_path, progress):
    return lambda results: Visualizer().write(results, tmp_path, progress=progress)


def test_positions_velocity_and_displacements_come_back(write, results):
    path = write(results)[0]
    lonlat, velocity, displacement, dates, reference = read_as_r(path)
    np.testing.assert_allclose(lonlat, results.table.lonlat, atol=5.1e-8)
    np.testing.assert_allclose(velocity, results.table["velocity"], atol=5.1e-5)
    np.testing.assert_allclose(displacement, results.table.displacement(slice(None)), atol=5.1e-5)
    assert tuple(dates) == results.table.dates
    np.testing.assert_allclose(reference, results.table.lonlat.mean(axis=0), atol=5.1e-8)


def test_a_date_has_the_number_of_the_sample_of_stamps_visualizer(write, results):
    text = write(results)[0].read_text().splitlines()[1]
    assert text.split(",")[2] == "NaN"
    # 735928 is 2014-11-26 in the sample of StaMPS-Visualizer
    assert int(text.split(",")[3]) - 735_928 == (results.table.dates[0] - date(2014, 11, 26)).days


def test_the_reference_is_the_centre_of_the_circle_where_there_is_one(write, store, results_of):
    circle = {"ref_centre_lonlat": [12.51, 41.91], "ref_radius": 500.0}
    *_, reference = read_as_r(write(results_of(store, parms=circle))[0])
    assert reference.tolist() == [12.51, 41.91]
    *_, none = read_as_r(write(results_of(store, parms={"ref_radius": -np.inf}))[0])
    assert np.isnan(none).all()


def test_gaps_which_the_ranges_of_its_axes_do_not_bear_are_left_out(write, tmp_path, results_of):
    moving = np.where(np.arange(300) == 4, np.nan, 1.0)
    written = write(results_of(write_results(tmp_path / "stamps", velocity=moving)))
    _, velocity, displacement, *_ = read_as_r(written[0])
    assert len(velocity) == 299
    assert np.isfinite(displacement).all()
    assert "left_out: 1 PS" in written[-1].read_text()


@pytest.mark.parametrize("name", ["Thái Nguyên", "x" * 80, "../../etc/passwd", "=cmd", "   ", "東京"])
def test_names_are_whole_in_stamps_visualizer_and_safe_on_disk(write, store, results_of, tmp_path, name):
    written = write(results_of(store, name=name))
    for path in written[:-1]:
        assert path.parent.parent == tmp_path / "visualizer"
        assert name_as_r(path) == path.stem
        assert len(path.stem) <= 46
        assert path.stem.isascii()


def test_above_the_limit_a_thinned_copy_stands_beside_the_whole(write, results, monkeypatch):
    monkeypatch.setattr(visualizer, "POINT_LIMIT", 100)
    written = write(results)
    assert [path.name for path in written] == ["Test_area.csv", "Test_area_thinned.csv", "Test_area.csv", "about.txt"]
    whole, thinned = (read_as_r(path)[0] for path in written[:2])
    assert len(whole) == 300
    assert 50 < len(thinned) <= 100
    assert {tuple(row) for row in thinned} <= {tuple(row) for row in whole}
    assert f"{len(thinned)} of 300 PS" in written[-1].read_text()
    assert "highest coherence" in written[-1].read_text()


def test_the_folder_of_series_holds_nothing_that_stamps_visualizer_would_take_for_a_site(write, results):
    series = write(results)[0].parent
    assert [path.suffix for path in series.iterdir()] == [".csv"]


def baselines(path):
    header, *lines = path.read_text().splitlines()
    assert header == "Product,PerpBaseline[m],TempBaseline[days],Coherence,HeightofAmbiguity[m],DopplerDiff[Hz],"
    return [line.split(",") for line in lines]


def test_the_baselines_begin_with_the_master_and_dates_stand_in_the_letters_18_to_25(write, store, results_of):
    product = "S1A_IW_SLC__1SDV_20190129T120341_20190129T120409_020836_023BAE_BB89"
    results = results_of(store, parms={"drop_ifg_index": [1]}, scenes={date(2019, 1, 29): SceneFacts(product)})
    first, *rows = baselines(write(results)[1])
    assert first == ["unknown_product__20190505", "0.00", "0.00", "1.00", "0", "0.00"]
    assert [row[0][17:25] for row in rows[:2]] == ["20190129", "20190210"]
    assert rows[0][0] == product
    assert len(rows) == 18
    assert all(len(row) == 6 for row in rows)
    slaves = [each for each in results.acquisitions if each.role == "slave"]
    assert [float(row[1]) for row in rows] == pytest.approx([each.perpendicular_baseline for each in slaves], abs=0.01)
    # as in SNAP's list: positive where the slave is older than the master
    assert float(rows[0][2]) == 96


def test_the_height_of_ambiguity_is_what_a_full_cycle_means(write, results):
    for row in baselines(write(results)[1])[1:]:
        baseline, ambiguity = float(row[1]), float(row[4])
        expected = -0.05546576 / 2 * 847_000 * np.sin(0.64) / baseline  # with the sign of SNAP's list
        assert ambiguity == pytest.approx(expected, rel=0.01)


def test_the_coherence_is_that_of_snaps_model(write, results):
    for row in baselines(write(results)[1])[1:]:
        expected = (1 - abs(float(row[1])) / 1200) * (1 - abs(float(row[2])) / 1095)
        assert float(row[3]) == pytest.approx(expected, abs=0.006)


def test_a_product_that_a_spreadsheet_would_run_is_text(write, store, results_of):
    results = results_of(store, scenes={date(2019, 1, 29): SceneFacts('=HYPERLINK("http://x","y")')})
    with write(results)[1].open(newline="") as stream:
        products = [row[0] for row in csv.reader(stream)]
    assert products[3] == '\'=HYPERLINK("http://x","y")'


def test_a_real_file_of_stamps_visualizer_has_the_same_form(whole_reference, write, results):
    sample = whole_reference.parent / "data" / "stamps_visualizer"
    if not sample.is_dir():
        pytest.skip("needs ../shared/data/stamps_visualizer")
    _, velocity, displacement, dates, _ = read_as_r(sample / "Maoxian_PS.csv")
    assert dates[0] == date(2014, 11, 26)
    assert displacement.shape == (len(velocity), len(dates))
    theirs = baselines(sample / "SNAP_export_baseline_info.csv")
    ours = baselines(write(results)[1])
    assert {len(row) for row in theirs} == {len(row) for row in ours} == {6}
    assert theirs[0][1:] == ours[0][1:]


def test_a_large_stack_is_written_in_blocks(tmp_path, results_of, write, monkeypatch):
    monkeypatch.setattr(visualizer, "_BLOCK_ROWS", 7)
    results = results_of(write_results(tmp_path / "stamps", make_scene(n_ps=50), np.zeros(50)))
    _, velocity, *_ = read_as_r(write(results)[0])
    np.testing.assert_allclose(velocity, results.table["velocity"], atol=5.1e-5)
