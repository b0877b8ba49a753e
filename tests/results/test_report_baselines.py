"""What the page says of the sign of SNAP's baselines."""

import json
import re
from pathlib import Path

import pytest
from results_folder import write_results

from snapstamps.config.options import ExportOptions
from snapstamps.model.errors import DataError
from snapstamps.results.report.baseline_signs import read_signs
from snapstamps.results.report.run import write_report
from snapstamps.stamps.parms import defaults

PAIRS = [
    {"slave": "2019-01-29", "orbit": 107.6, "perpendicular": 107.5, "given": 28.9, "flipped": 107.5, "corrected": True},
    {
        "slave": "2019-02-10",
        "orbit": -33.9,
        "perpendicular": -33.8,
        "given": -26.4,
        "flipped": -33.8,
        "corrected": True,
    },
]
FOUND = {"verdict": "flipped", "largest_error": 78.7, "correlation": 0.91, "without_orbit": [], "pairs": PAIRS}


def write(path: Path, **changes: object) -> Path:
    path.write_text(json.dumps({"folder": "<script>", "look_degrees": 38.4, **FOUND, **changes}))
    return path


def test_the_page_holds_the_table_and_what_was_done(tmp_path):
    store = write_results(tmp_path / "stamps")
    page = (
        write_report(
            store.path,
            tmp_path / "products",
            export_folder=None,
            options=ExportOptions(figures=()),
            parms=defaults(),
            name="Test area",
            records=[],
            provenance={},
            changed=[],
            progress=lambda _done, _total: None,
            baselines=write(tmp_path / "baselines.json"),
        )
        .files[0]
        .read_text()
    )
    assert "It was corrected; baselines would have been wrong by up to 78.7 m." in page
    table = re.search(r'<table id="signs">(.*?)</table>', page, re.DOTALL)[1]
    rows = re.findall(r"<tr>(.*?)</tr>", table, re.DOTALL)[1:]
    cells = [re.findall(r">([^<]+)</t[hd]>", row) for row in rows]
    assert cells[0] == ["2019-01-29", "+107.5", "+107.6", "+28.9", "+107.5", "+107.5", "corrected"]
    assert cells[1][2] == "\N{MINUS SIGN}33.9"


@pytest.mark.parametrize(
    ("changes", "harmful", "words"),
    [
        ({}, False, "It was corrected"),
        ({"pairs": [{**PAIRS[0], "corrected": False}, PAIRS[1]]}, True, "it was kept: .* by up to 78.7 m, .* by 0.91"),
        ({"pairs": [{**PAIRS[0], "corrected": False}], "correlation": None}, True, r"by up to 78.7 m\. DEM errors"),
        ({"verdict": "given"}, False, "has the right sign"),
        ({"verdict": "undecided", "without_orbit": ["2019-03-06"]}, False, "no orbit was at hand of 2019-03-06"),
        ({"verdict": "undecided"}, False, "too small to tell"),
        ({"verdict": "mixed"}, True, "contradict one another"),
    ],
)
def test_each_outcome_of_the_check_has_its_sentence(tmp_path, changes, harmful, words):
    signs = read_signs(write(tmp_path / "baselines.json", **changes))
    assert signs.harmful is harmful
    assert re.search(words, signs.sentence)


def test_no_file_is_no_table_and_a_damaged_one_is_named(tmp_path):
    assert read_signs(None) is None
    assert read_signs(tmp_path / "baselines.json") is None
    with pytest.raises(DataError, match=r"baselines\.json cannot be used"):
        read_signs(write(tmp_path / "baselines.json", verdict="<b>maybe</b>"))
