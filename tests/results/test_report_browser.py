"""The page in a real browser: it opens, is quiet, and does what it says by mouse and by keyboard."""

import time
from datetime import date

import pytest
from overviews import write_layers
from results_folder import write_results

from snapstamps.config.options import ExportOptions
from snapstamps.config.project import Project
from snapstamps.journal import JOURNAL_NAME, Journal
from snapstamps.results.report.run import write_report
from snapstamps.stamps.parms import defaults

browser = pytest.importorskip("browser", reason="needs websocket-client, of the extra test")
MAP = "document.getElementById('map')"
LAYOUT = f"{MAP}._fullLayout"
WIDTH = f"(r => Math.abs(r[1] - r[0]))({LAYOUT}.xaxis.range)"
CENTRE = f"(r => (r[0] + r[1]) / 2)({LAYOUT}.xaxis.range)"
EVIL = "</script><script>window.hacked = 1</script><b onclick='window.hacked = 2'>x</b>"

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(browser.CHROMIUM is None, reason="needs Chromium (Debian's package chromium)"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """The report of the small scene, with overlays whose names would do harm."""
    folder = tmp_path_factory.mktemp("report")
    store = write_results(folder / "stamps")
    layers = write_layers(folder / "layers", names=(EVIL, "South", "Far"))
    return write_report(
        store.path,
        folder / "products",
        export_folder=None,
        options=ExportOptions(figures=(), **layers),
        parms=defaults(),
        name=EVIL,
        records=[],
        provenance={"software": "snapstamps 0"},
        changed=[],
        progress=lambda _done, _total: None,
    ).files[0]


@pytest.fixture(scope="module")
def window():
    """One browser for all."""
    with browser.chromium() as tab:
        yield tab


@pytest.fixture
def tab(window, report):
    """The report, opened anew in a wide light window."""
    window.prefer("light")
    window.resize(1280, 900)
    window.complaints.clear()
    window.requests.clear()
    window.open(report.as_uri())
    return window


def eventually(check):
    """Wait until a check holds."""
    end = time.monotonic() + browser.PATIENCE
    while not check():
        assert time.monotonic() < end
        time.sleep(0.05)


def click_on_ps(tab, row):
    """Click where the map draws a PS."""
    tab.run("document.getElementById('frame').scrollIntoView({block: 'center', behavior: 'instant'})")
    x, y = (
        tab.run(f"({LAYOUT}.{axis}axis.d2p({MAP}.data.at(-1).{axis}[{row}])) + {LAYOUT}.{axis}axis._offset")
        for axis in "xy"
    )
    left, top, _, _ = tab.box("#map")
    tab.click(left + x, top + y)


def test_it_opens_without_a_complaint_and_asks_nobody(tab, report):
    assert tab.complaints == []
    assert tab.requests == [report.as_uri()]
    assert tab.run("document.querySelectorAll('#map canvas').length") > 0, "drawn by WebGL"
    assert "WebGL is not supported" not in tab.text("#map")
    assert tab.run("document.getElementById('sorry').textContent") == ""


def test_names_stay_names(tab):
    assert tab.text("h1") == EVIL
    assert tab.run("document.title").startswith(EVIL)
    assert tab.run("typeof window.hacked") == "undefined"
    assert tab.run("document.querySelectorAll('main b[onclick]').length") == 0
    assert "</script>" in tab.text("#map"), "the label on the map shows the name as it is"


def test_a_script_that_is_slipped_in_does_not_run(tab):
    tab.run("(s => { s.textContent = 'window.hacked = 3'; document.body.append(s) })(document.createElement('script'))")
    assert tab.run("typeof window.hacked") == "undefined"
    assert any("Content Security Policy" in text for text in tab.complaints)


def test_a_click_shows_a_series_and_a_second_one_the_difference(tab):
    assert tab.text("#status") == "No PS chosen"
    click_on_ps(tab, 10)
    eventually(lambda: tab.text("#status").startswith("A: PS "))
    assert tab.run("document.getElementById('difference').hidden")
    click_on_ps(tab, 200)
    eventually(lambda: "B: PS " in tab.text("#status"))
    assert not tab.run("document.getElementById('difference').hidden")
    assert "B − A" in tab.text("#chosen")
    assert tab.run("document.getElementById('series').data.length") == 8
    click_on_ps(tab, 50)
    eventually(lambda: "B: PS " not in tab.text("#status"))
    assert tab.complaints == []


def test_the_line_of_the_page_is_that_of_the_results(tab):
    tab.run("document.getElementById('map').focus()")
    tab.press("Enter")
    eventually(lambda: tab.text("#status").startswith("A: PS "))
    velocity = float(tab.text("#chosen tbody td").split(" ")[0].replace("−", "-"))
    line = tab.run("(t => [t.x[0], t.x.at(-1), t.y[0], t.y.at(-1)])(document.getElementById('series').data[2])")
    days = (date.fromisoformat(line[1]) - date.fromisoformat(line[0])).days
    slope = (line[3] - line[2]) / days * 365.25
    assert slope == pytest.approx(velocity, abs=0.3), "the table's velocity is referenced once more"


def test_the_keyboard_does_what_the_mouse_does(tab):
    for _ in range(30):
        tab.press("Tab")
        if tab.run("document.activeElement.id") == "map":
            break
    assert tab.run("document.activeElement.id") == "map"
    wide, middle = tab.run(WIDTH), tab.run(CENTRE)
    tab.press("+")
    eventually(lambda: tab.run(WIDTH) < 0.8 * wide)
    tab.press("ArrowRight")
    eventually(lambda: tab.run(CENTRE) > middle)
    tab.press("-")
    eventually(lambda: tab.run(WIDTH) > 0.9 * wide)
    assert tab.run("getComputedStyle(document.getElementById('cross')).display") == "block"
    tab.press("Enter")
    eventually(lambda: "from the cross" in tab.text("#status"))
    tab.press("Escape")
    eventually(lambda: tab.text("#status") == "No PS chosen")
    assert tab.complaints == []


def test_the_wheel_zooms(tab):
    tab.run("document.getElementById('frame').scrollIntoView({block: 'center', behavior: 'instant'})")
    wide = tab.run(WIDTH)
    left, top, across, down = tab.box("#map")
    tab.wheel(left + across / 2, top + down / 2, -300)
    eventually(lambda: tab.run(WIDTH) < wide)


@pytest.mark.parametrize("typed", ["41.909, 12.512", "12.512 41.909", "South"])
def test_search_finds_a_place_in_either_order_or_by_name(tab, typed):
    tab.run("document.getElementById('place').focus()")
    tab.type(typed)
    tab.press("Enter")
    eventually(lambda: "nearest PS" in tab.text("#status"))
    range_ = tab.run("document.getElementById('map')._fullLayout.xaxis.range")
    assert range_[0] < 12.512 < range_[1]
    assert range_[1] - range_[0] < 0.01


@pytest.mark.parametrize(("typed", "said"), [("nowhere", "Type latitude"), ("10, 20", "outside the map")])
def test_a_search_without_a_find_says_so(tab, typed, said):
    tab.run("document.getElementById('place').focus()")
    tab.type(typed)
    tab.press("Enter")
    eventually(lambda: said in tab.text("#status"))


def test_layers_and_backgrounds_change_the_map(tab):
    marker = "document.getElementById('map').data.at(-1).marker"
    seen = {}
    for name in ("velocity", "coherence", "height", "velocity_std"):
        tab.run(f"document.querySelector('#layers [value={name}]').click()")
        seen[name] = (tab.run(f"{marker}.cmax"), tab.run(f"{marker}.color[5]"))
    assert len(set(seen.values())) == 4
    assert 0 <= seen["coherence"][1] <= 1
    images = "document.getElementById('map').layout.images.length"
    assert tab.run(images) == 1
    tab.run("document.querySelector('#grounds [value=none]').click()")
    eventually(lambda: tab.run(images) == 0)
    assert tab.complaints == []


def test_a_narrow_screen_needs_no_scrolling_sideways(tab):
    tab.resize(360, 740)
    eventually(lambda: tab.run("document.documentElement.scrollWidth") <= 360)
    assert tab.box("#map")[2] > 280
    tab.run("window.dispatchEvent(new Event('resize'))")
    assert tab.complaints == []


def test_dark_mode_changes_page_and_charts_and_keeps_what_was_chosen(tab):
    tab.run("document.getElementById('map').focus()")
    tab.press("Enter")
    eventually(lambda: tab.text("#status").startswith("A: PS "))
    ink = "document.getElementById('series')._fullLayout.font.color"
    light, paper = tab.run(ink), tab.run("getComputedStyle(document.body).backgroundColor")
    tab.prefer("dark")
    eventually(lambda: tab.run(ink) != light)
    assert tab.run("getComputedStyle(document.body).backgroundColor") != paper
    assert tab.text("#status").startswith("A: PS ")
    assert tab.complaints == []


def test_charts_below_are_drawn_when_they_come_into_sight(tab):
    for name in ("#baselines", "#noise", "[data-histogram='2']"):
        tab.run(f"document.querySelector(\"{name}\").scrollIntoView({{behavior: 'instant'}})")
        eventually(lambda name=name: tab.run(f"document.querySelector(\"{name}\").querySelectorAll('svg').length") > 0)
    assert tab.complaints == []


def test_the_report_of_a_whole_run_opens_too(window, tiny_project):
    window.complaints.clear()
    window.resize(1280, 900)
    window.open((tiny_project / "products" / "report.html").as_uri())
    assert window.complaints == []
    assert "6 unwrap" in window.text("#done")
    assert set(window.run("[...document.querySelectorAll('#grounds input')].map(i => i.value)")) == {
        "hillshade",
        "amplitude",
        "none",
    }
    records = Journal(Project.open(tiny_project).logs_folder / JOURNAL_NAME).last_done()
    assert f"{records['PATCH_1/3_select'].counts['ps_out']:,}" in window.text("#done")
