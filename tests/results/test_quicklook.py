"""The quick-look picture: right colours, nothing overlaps, equal bytes."""

import itertools
from dataclasses import replace

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.image import imread
from matplotlib.text import Text
from results_folder import SCENE, table_of, write_results

from snapstamps.results.figures.panels import VELOCITY_COLOURS, velocity_limit
from snapstamps.results.quicklook import draw_quicklook, page_for, write_quicklook
from snapstamps.results.reference import Reference


def draw(store, **changes):
    parms = changes.pop("parms", None)
    table = replace(table_of(store, parms=parms), **changes)
    return draw_quicklook(store, table, name="Test area", software="snapstamps 0")


def texts_of(figure):
    """Return the texts that a figure shows, with their boxes in pixels."""
    figure.canvas.draw()
    outside = set()  # matplotlib keeps ticks outside the axes, but does not draw them
    for axis in (axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)):
        low, high = sorted(axis.get_view_interval())
        for tick in axis.get_major_ticks():
            if not low <= tick.get_loc() <= high:
                outside |= {tick.label1, tick.label2}
    texts = (text for text in figure.findobj(Text) if text.get_visible() and text not in outside)
    return [(text.get_text(), text.get_window_extent()) for text in texts if text.get_text().strip()]


@pytest.mark.parametrize("stretch", [0.4, 1.0, 5.0])
def test_no_text_runs_into_another_or_off_the_page(tmp_path, stretch):
    scene = replace(SCENE, xy=(SCENE.xy * [stretch, 1]).astype(np.float32))
    store = write_results(tmp_path / "stamps", scene)
    figure = draw(store, parms={"drop_ifg_index": [2]}).figure
    texts = texts_of(figure)
    assert len(texts) > 30
    for text, box in texts:
        assert box.x0 >= 0 <= box.y0, text
        assert box.x1 <= figure.bbox.width, text
        assert box.y1 <= figure.bbox.height, text
    for (one, box), (other, other_box) in itertools.combinations(texts, 2):
        assert not box.overlaps(other_box), (one, other)


def test_it_says_what_it_shows(store):
    words = " | ".join(text for text, _ in texts_of(draw(store).figure))
    for expected in (
        "Test area",
        "Mean velocity v-do of 300 persistent scatterers (PS), 2019-01-17 to 2019-09-02, 20 dates, master 2019-05-05",
        "Taken out: DEM error, a plane per date (orbit ramps)",
        "Reference: mean of all 300 PS",
        "velocity along the line of sight (mm/yr)",
        "away | towards",
        "perpendicular baseline (m)",
        "master",
        "fastest towards the satellite: +",
        "fastest away from it: −",
        "least motion",
        "chosen among the more coherent half",
    ):
        assert expected in words
    assert "dropped" not in words


def test_equal_results_give_equal_bytes_and_a_png_without_a_date(store, tmp_path):
    for name in ("one.png", "two.png"):
        write_quicklook(tmp_path / name, draw(store))
    content = (tmp_path / "one.png").read_bytes()
    assert content == (tmp_path / "two.png").read_bytes()
    assert content.startswith(b"\x89PNG")
    assert b"Software" not in content
    assert imread(tmp_path / "one.png").shape[0] > 1000


def test_matplotlib_is_left_as_it_was(store, tmp_path):
    before = dict(mpl.rcParams)
    write_quicklook(tmp_path / "one.png", draw(store))
    assert dict(mpl.rcParams) == before


def test_towards_is_blue_and_away_is_red_and_zero_pale():
    away, none, towards = (np.array(VELOCITY_COLOURS(share)[:3]) for share in (0.2, 0.5, 0.8))
    assert towards[2] > 1.5 * towards[0]
    assert away[0] > 1.5 * away[2]
    assert none.min() > 0.85


def test_colours_darken_steadily_to_both_ends():
    light = VELOCITY_COLOURS(np.linspace(0, 1, 101))[:, :3] @ [0.299, 0.587, 0.114]
    assert np.all(np.diff(light[:51]) > -1e-3)
    assert np.all(np.diff(light[50:]) < 1e-3)


def test_the_scale_is_symmetric_and_round_and_passes_over_outliers():
    velocity = np.linspace(-17, 3, 1001)
    assert velocity_limit(velocity) == 20
    assert velocity_limit(np.append(velocity, [1e4, np.nan])) == 20
    assert velocity_limit(np.full(3, np.nan)) == velocity_limit(np.zeros(3)) == 1


@pytest.mark.parametrize("aspect", [0.1, 0.5, 1.0, 1.29, 1.31, 2.0, 9.0])
def test_panels_stay_on_the_page_and_apart(aspect):
    page = page_for(aspect)
    boxes = [page.map, page.colour_bar, page.baselines, *page.series]
    for box in boxes:
        assert min(box.left, box.bottom, box.width, box.height) > 0
        assert box.left + box.width < page.width
        assert box.top < page.height - 0.9
    for one, other in itertools.combinations(boxes, 2):
        beside = one.left + one.width <= other.left or other.left + other.width <= one.left
        assert beside or one.top <= other.bottom or other.top <= one.bottom


def test_without_amplitude_the_picture_says_nothing_of_it(store):
    with_it = draw(store)
    (store.path / "PATCH_1" / "mean_amp.flt").unlink()
    without = draw(store)
    assert with_it.has_amplitude
    assert not without.has_amplitude
    assert "amplitude" in str(texts_of(with_it.figure))
    assert "amplitude" not in str(texts_of(without.figure))


def test_a_scene_without_velocities_is_drawn_all_the_same(tmp_path):
    store = write_results(tmp_path / "stamps", velocity=np.full(len(SCENE.xy), np.nan))
    write_quicklook(tmp_path / "one.png", draw(store))
    assert (tmp_path / "one.png").stat().st_size > 10_000


def test_dollar_signs_and_long_names_do_no_harm(store):
    table = table_of(store)
    table = replace(table, series=replace(table.series, reference=Reference(None, "none ($x_{$)")))
    figure = draw_quicklook(store, table, name="$\\frac{1}$ " + "very " * 60 + "long", software="x").figure
    title = next(text for text, _ in texts_of(figure) if text.startswith("$"))
    assert len(title) <= 90
    assert title.endswith("…")
