"""Names that a spreadsheet would run as formulas stay names in every table that we write."""

import csv
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from measured_results import lonlat_of, positions, write_measured

from snapstamps.formats.csv_fields import guarded, safe_text
from snapstamps.results.answer_files import write_csv
from snapstamps.results.compare import CompareRule, Known, compare
from snapstamps.results.places import Places

FORMULAS = ('=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(A1)", "\t=1", "\r=1")


def fields_of(path: Path) -> list[str]:
    with path.open(newline="") as stream:
        return [field for row in csv.reader(stream) for field in row]


@pytest.mark.parametrize("name", FORMULAS)
def test_a_name_in_an_answer_is_no_formula_and_a_number_stays_a_number(name, tmp_path):
    write_csv(tmp_path / "answer.csv", [{"name": name, "velocity": -3.5}])
    _, _, written, velocity = fields_of(tmp_path / "answer.csv")
    assert written == (f"'{name}" if name[0] != "\r" else " =1")
    assert velocity == "-3.5"


def test_names_of_areas_and_lines_go_through_comparison_unharmed(tmp_path):
    xy = positions(500, 1000, seed=1)
    measured = write_measured(tmp_path / "v.gpkg", xy, 0.01 * xy[:, 0])
    shapes = (shapely.LineString([(-800, 0), (800, 0)]), shapely.box(-500, -500, 500, 500))
    line, area = (np.array([shapely.transform(shape, lonlat_of)], dtype=object) for shape in shapes)
    known = Known(
        lines=Places(("=cmd|' /C calc'!A0",), line, pd.DataFrame()), areas=Places(("@area",), area, pd.DataFrame())
    )
    done = compare(measured, known, CompareRule(charts=False), tmp_path / "answers")
    tables = [path for path in done.files if path.suffix == ".csv"]
    assert len(tables) >= 2
    fields = [field for path in tables for field in fields_of(path)]
    assert "'=cmd|' /C calc'!A0" in fields
    assert "'@area" in fields


@given(st.text(max_size=30))
def test_no_text_begins_as_a_formula_and_every_text_is_one_field(text):
    assert not guarded(text).startswith(("=", "+", "-", "@", "\t", "\r"))
    (field,) = next(csv.reader([safe_text(text)], strict=True), [""]) or [""]
    assert not field.startswith(("=", "+", "-", "@", "\t", "\r"))
