"""The page as a file: it holds all it needs, nothing else may run in it, and it says what happened."""

import base64
import hashlib
import html
import json
import re
import threading
import urllib.error
import urllib.request

import pytest
from overviews import write_layers
from results_folder import write_results

from snapstamps.config.options import ExportOptions
from snapstamps.journal import Record
from snapstamps.results.preparation import Preparation
from snapstamps.results.report.render import Change, page_script, plotly_script
from snapstamps.results.report.run import write_report
from snapstamps.results.report.serve import TILES, report_server, with_tiles
from snapstamps.stamps.parms import defaults

EVIL = "</title></script><script>window.hacked = 1</script><img src=x onerror='window.hacked = 2'>"
FROM_SCENES = {
    "records": [
        Record(
            f"split/{EVIL}",
            "done",
            "2020-03-04T00:00:00Z",
            1.0,
            engine=EVIL,
            versions={"snapstamps": EVIL, "snap": EVIL},
            notes=[EVIL],
        ),
        Record("candidates", "done", "2020-03-04T00:00:00Z", 1.0, notes=[f"{EVIL}.rslc has no data"]),
    ],
    "preparation": Preparation((EVIL,), EVIL, {EVIL: 2}, f"{EVIL}.tif", {"POEORB": 20}, spectral_diversity=True),
}
"""What scenes, and all that was made of them, bring into a report when their names would do harm."""


def report_of(store, products, *, name="Test area", export=None, scenes=None, **options):
    return write_report(
        store.path,
        products,
        export_folder=export,
        options=ExportOptions(**{"figures": (), **options}),
        parms=defaults(),
        name=name,
        provenance={"software": "snapstamps 0", "engine": name},
        changed=[Change("project.name", name, '""', "file")],
        progress=lambda _done, _total: None,
        **(scenes or {"records": []}),
    )


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The page of the small scene, and names of area, scenes and places that would do harm."""
    folder = tmp_path_factory.mktemp("page")
    layers = write_layers(folder / "layers", names=(EVIL, "South", "Far"))
    store = write_results(folder / "stamps")
    (folder / "INSAR" / "rslc").mkdir(parents=True)
    (folder / "INSAR" / "rslc" / "20190505.rslc.par").write_text(f"title:\t{EVIL}\nsensor:\t{EVIL}\n")
    products = folder / "products"
    files = report_of(store, products, name=EVIL, export=folder / "INSAR", scenes=FROM_SCENES, **layers).files
    return files[0].read_text()


def test_names_cannot_become_markup(page):
    assert "<script>window.hacked" not in page
    assert "<img src=x" not in page
    for harmless in ("<h1>{}", "{}.rslc has no data", "{}.tif", "SNAP {}"):  # area, scene, elevation model, version
        assert harmless.format(html.escape(EVIL, quote=False)) in page.replace("&#34;", '"').replace("&#39;", "'")
    assert len(re.findall(r"<script[ >]", page)) == len(re.findall(r"</script>", page))


def test_only_scripts_whose_digests_are_named_may_run(page):
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)[1].replace("&#39;", "'")
    assert "default-src 'none'" in policy
    assert "unsafe-inline'; img" in policy, "styles only"
    scripts = re.findall(r"<script>(.*?)</script>", page, re.DOTALL)
    assert scripts == [page_script()]
    for script in (page_script(), plotly_script()):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy
    assert "http" not in policy


def test_nothing_is_loaded_from_elsewhere(page):
    assert not re.findall(r'<(?:script|img|iframe|link|source)[^>]+(?:src|href)="?(?!data:)[a-z]', page)
    assert set(re.findall(r'(?:href|src)="(https?:[^"]+)"', page)) == {"https://plotly.com/javascript/"}


def test_the_facts_are_json_and_hold_dates_scales_and_names(page):
    facts = json.loads(re.search(r'id="facts">(.*?)</script>', page, re.DOTALL)[1])
    assert len(facts["dates"]) == 20
    assert facts["weights"][facts["days"].index(0)] == 0, "the master is no observation"
    assert facts["layers"]["velocity"]["low"] == -facts["layers"]["velocity"]["high"]
    assert facts["places"][1]["name"] == EVIL
    assert set(facts["grounds"]) == {"amplitude"}
    assert {line["kind"] for line in facts["lines"]} == {"road", "river", "area"}


def test_the_page_says_what_a_reader_must_know(page):
    for expected in (
        "positive towards the satellite",
        "mean of all 300 PS",
        "2019-01-17 to 2019-09-02",
        "DEM error, a plane per date (orbit ramps)",
        "Options that differ from their defaults",
        "project.name",
        "South",
        "@article{hooper2007,",
        "share with |v| &gt; 5",
    ):
        assert expected in page, expected


def test_the_same_run_gives_the_same_bytes(store, tmp_path):
    one, two = (report_of(store, tmp_path / name).files for name in ("one", "two"))
    assert [path.name for path in one] == ["report.html", "methods.md", "CITATION.bib"]
    for first, second in zip(one, two, strict=True):
        assert first.read_bytes() == second.read_bytes()


def test_plotly_is_that_of_its_package_but_for_two_parentheses():
    text = plotly_script()
    assert text.startswith("/**\n* plotly.js v")
    assert '(() => {\n"use strict";var Plotly' in text
    assert text.endswith("})));") or text.rstrip().endswith("})));")
    assert "\r" not in text, "the digest is of the text as browsers read it"


def test_only_the_loopback_address_serves_and_only_the_report(store, tmp_path):
    path = report_of(store, tmp_path).files[0]
    with report_server(path, tiles=True) as server:
        assert server.server_address[0] == "127.0.0.1"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{server.server_port}"
        try:
            with urllib.request.urlopen(address + "/") as answer:
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
            for wrong, host, code in (
                ("/../snapstamps.toml", None, 404),
                ("/methods.md", None, 404),
                ("/", "evil.example", 403),
            ):
                request = urllib.request.Request(address + wrong, headers={"Host": host} if host else {})
                with pytest.raises(urllib.error.HTTPError) as refused:
                    urllib.request.urlopen(request)
                assert refused.value.code == code
                refused.value.close()
        finally:
            server.shutdown()


def test_an_online_map_is_offered_only_where_it_is_asked_for(page):
    assert "openstreetmap.org" not in page.partition("<script")[0]
    online = with_tiles(page)
    assert f'data-tiles="{TILES}"' in online
    assert "img-src data: blob: https://tile.openstreetmap.org;" in online
