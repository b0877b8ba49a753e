"""The figures: all are drawn, nothing runs off the page, fonts are inside, equal results give equal bytes."""

import itertools
import re
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.image import imread
from matplotlib.text import Text
from overviews import overview_of, write_layers
from results_folder import SCENE, VELOCITY, write_results

from snapstamps.results.figures.interferograms import PHASE_COLOURS
from snapstamps.results.figures.run import FIGURES, write_figures
from snapstamps.results.figures.series import fitted_line, named_series
from snapstamps.results.figures.sheet import Sheet, write_sheet
from snapstamps.results.figures.velocity_map import draw_velocity_map


def silent(_done, _total):
    pass


def words_of(sheet):
    sheet.figure.canvas.draw()
    texts = [text for text in sheet.figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    return {text.get_text(): text.get_window_extent() for text in texts}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("stretch", [0.3, 4.0])
def test_headings_stay_on_the_page_whatever_the_shape(tmp_path, name, stretch):
    scene = replace(SCENE, xy=(SCENE.xy * [stretch, 1]).astype(np.float32))
    view = overview_of(write_results(tmp_path / "stamps", scene), **write_layers(tmp_path / "layers"))
    sheet = FIGURES[name](view)
    sheet.figure.canvas.draw()
    page = sheet.figure.bbox
    for text in sheet.figure.texts:
        box = text.get_window_extent()
        assert box.x0 >= 0
        assert box.x1 <= page.width, text
        assert 0 <= box.y0 < box.y1 <= page.height, text
    for axes in sheet.figure.axes:
        assert axes.bbox.x0 >= 0
        assert axes.bbox.x1 <= page.width
        assert axes.bbox.y0 >= 0
        assert axes.bbox.y1 <= page.height
    for one, other in itertools.combinations(sheet.figure.axes, 2):
        assert not one.bbox.padded(-1).overlaps(other.bbox.padded(-1))


def test_every_kind_of_file_is_written_and_the_same_again(store, tmp_path, monkeypatch):
    few = {name: FIGURES[name] for name in ("velocity_map", "noise")}
    monkeypatch.setattr("snapstamps.results.figures.run.FIGURES", few)
    view = overview_of(store)
    before = dict(mpl.rcParams)
    kinds = ("png", "pdf", "svg")
    files = {place: write_figures(view, tmp_path / place, kinds, progress=silent) for place in ("one", "two")}
    assert dict(mpl.rcParams) == before
    assert [path.name for path in files["one"]] == [f"{name}.{kind}" for name in few for kind in kinds]
    for one, two in zip(files["one"], files["two"], strict=True):
        assert one.read_bytes() == two.read_bytes(), one.name
    assert imread(tmp_path / "one" / "velocity_map.png").shape[1] > 1000


def test_fonts_are_embedded(store, tmp_path):
    pdf, svg = write_sheet(FIGURES["baselines"](overview_of(store)), tmp_path, "figure", ("pdf", "svg"))
    content = pdf.read_bytes()
    assert b"/FontFile2" in content, "TrueType, whole"
    assert b"/Type3" not in content
    assert b"CreationDate" not in content
    assert "<text" not in svg.read_text(), "letters are outlines"


def test_no_kinds_no_figures(store, tmp_path):
    assert write_figures(overview_of(store), tmp_path / "figures", (), progress=silent) == ()
    assert not (tmp_path / "figures").exists()


def test_the_map_shows_named_areas_as_insets_and_says_what_it_shows(store, tmp_path):
    view = overview_of(store, **write_layers(tmp_path / "layers"))
    words = words_of(draw_velocity_map(view))
    for expected in ("A", "B", "North", "South", "N", "flight", "look", "road", "river", "away", "towards"):
        assert expected in words
    assert "C" not in words, "the third area lies elsewhere"
    assert any(
        re.fullmatch(r"Mean velocity v-do of 300 PS, 2019-01-17 to 2019-09-02, 20 dates, master 2019-05-05", w)
        for w in words
    )
    assert len(words_of(draw_velocity_map(overview_of(store)))) < len(words)


@pytest.mark.parametrize("dpi", [72, 220])
def test_north_flight_and_look_stand_on_the_map_of_drawings_and_of_pictures(store, dpi):
    figure = draw_velocity_map(overview_of(store)).figure
    figure.set_dpi(dpi)  # as the writers of PDF and SVG do, which count 72 to the inch
    figure.canvas.draw()
    axes = figure.axes[0]
    places = {text.get_text(): text.get_window_extent() for text in axes.texts if text.get_text()}
    for name in ("N", "flight", "look"):
        assert axes.bbox.x0 < places[name].x0 < places[name].x1 < axes.bbox.x1, name
        assert axes.bbox.y0 < places[name].y0 < places[name].y1 < axes.bbox.y1, name


def test_an_area_without_ps_says_so(store, tmp_path):
    layers = write_layers(tmp_path / "layers")
    lonlat = store.read("ps2").lonlat
    lonlat[:, 1] += np.where(lonlat[:, 1] > 41.907, 0.02, 0)  # nobody stays in the north
    view = overview_of(store, **layers)
    moved = replace(view, table=replace(view.table, lonlat=lonlat))
    assert "no PS here" in words_of(draw_velocity_map(moved))


def test_points_have_the_series_of_the_nearest_ps_or_none(store, tmp_path):
    layers = write_layers(tmp_path / "layers")
    view = overview_of(store, **{**layers, "lines": ()})
    lonlat = view.table.lonlat.copy()
    chosen = {each.name: each for each in named_series(view)}
    assert chosen["P1"].row == view.overlays.places[0].nearest(lonlat)[0]
    far = replace(view, table=replace(view.table, lonlat=lonlat + np.array([0, 0.05])))
    assert named_series(far)[0].row is None
    assert "no PS within 100 m" in named_series(far)[0].remark
    assert "no PS here" in words_of(FIGURES["time_series"](far))


def test_without_points_three_examples_stand_for_all(store):
    assert [each.name for each in named_series(overview_of(store))] == ["A", "B", "C"]


def test_the_band_holds_the_true_line(store):
    view = overview_of(store)
    days = np.array([(day - view.table.master).days for day in view.table.dates])
    inside = []
    for row in range(0, 300, 5):
        fit = fitted_line(view.table, row)
        truth = VELOCITY[row] * days / 365.25
        inside.append(np.abs(fit.line - truth - (fit.line - truth)[days == 0]) <= 2 * fit.half_width)
        assert fit.displacement[days == 0] == 0
    assert np.mean(inside) > 0.9


def test_phase_colours_meet_at_pi():
    np.testing.assert_allclose(PHASE_COLOURS(0.0), PHASE_COLOURS(1.0))


def test_dollar_signs_in_names_do_no_harm(store, tmp_path):
    layers = write_layers(tmp_path / "layers", names=("$x_{$", "South", "Far"))
    view = overview_of(store, name="$\\frac{1}$ " + "very " * 60 + "long", **layers)
    assert isinstance(draw_velocity_map(view), Sheet)
    assert any(word.endswith("…") for word in words_of(draw_velocity_map(view)))
