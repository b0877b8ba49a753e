"""SNAP's coherence model: published stacks get their own masters back."""

import csv
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.kernels.coherence_model import (
    BEYOND_CRITICAL,
    best_master,
    mean_coherence,
    modelled_coherence,
    pairwise_differences,
    perpendicular_from_one_master,
)

SHARED = Path(__file__).resolve().parents[3] / "shared"
TABLE_2 = SHARED / "papers" / "thai_nguyen_table2.csv"
SNAP_LIST = SHARED / "data" / "stamps_visualizer" / "SNAP_export_baseline_info.csv"


@given(st.floats(-2000, 2000), st.floats(-2000, 2000), st.floats(-3000, 3000))
def test_coherence_lies_between_nothing_and_one_and_knows_no_signs(perpendicular, days, doppler):
    value = float(modelled_coherence(np.float64(perpendicular), np.float64(days), doppler))
    assert 0 <= value <= 1
    assert value == float(modelled_coherence(np.float64(-perpendicular), np.float64(-days), -doppler))


def test_half_of_each_critical_value_halves_the_coherence():
    value = modelled_coherence(
        np.array([0.0, 600.0, 0.0, 0.0]), np.array([0.0, 0.0, 547.5, 0.0]), np.array([0, 0, 0, 690.0])
    )
    np.testing.assert_allclose(value, [1.0, 0.5, 0.5, 0.5])


def test_beyond_a_critical_value_a_hundredth_remains():
    assert modelled_coherence(np.array([1300.0]), np.array([0.0]))[0] == BEYOND_CRITICAL


def test_of_equal_dates_the_middle_one_is_the_best_master():
    temporal = pairwise_differences(np.arange(0.0, 61.0, 12.0))[:5, :5]
    assert best_master(modelled_coherence(np.zeros_like(temporal), temporal)) == 2


@pytest.mark.skipif(not TABLE_2.is_file(), reason="needs the paper's Table 2 of ../shared/papers")
def test_the_papers_table_2_gives_its_own_master():
    with TABLE_2.open() as table:
        rows = [
            (date.fromisoformat(row["date"]), float(row["perpendicular_baseline_m"])) for row in csv.DictReader(table)
        ]
    days = np.array([float(day.toordinal()) for day, _ in rows])
    baselines = perpendicular_from_one_master(np.array([baseline for _, baseline in rows]))
    coherence = modelled_coherence(baselines, pairwise_differences(days))
    master = best_master(coherence)
    assert str(rows[master][0]) == "2020-03-04"
    others = (mean_coherence(coherence) * len(rows) - 1) / (len(rows) - 1)
    ranked = sorted(others, reverse=True)
    assert ranked[0] == pytest.approx(0.8424, abs=5e-5)
    assert ranked[1] == pytest.approx(0.8418, abs=5e-5)


@pytest.mark.skipif(not SNAP_LIST.is_file(), reason="needs SNAP's list of ../shared/data, which is not ours to commit")
def test_a_list_that_snap_wrote_has_this_coherence_and_this_master():
    with SNAP_LIST.open() as table:
        rows = list(csv.reader(table))[1:]
    perpendicular, temporal, coherence, _, doppler = (
        np.array([float(row[column]) for row in rows]) for column in (1, 2, 3, 4, 5)
    )
    assert len(rows) == 87
    np.testing.assert_allclose(modelled_coherence(perpendicular, temporal, doppler), coherence, atol=0.0051)
    pairs = modelled_coherence(
        perpendicular_from_one_master(perpendicular), pairwise_differences(-temporal), pairwise_differences(-doppler)
    )
    assert rows[best_master(pairs)][0][17:25] == "20180302"
