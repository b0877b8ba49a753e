"""Every verdict for its reason: equal, close, different, not comparable."""

from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from results_folder import table_of, write_results

from snapstamps.config.profile import load_paper
from snapstamps.results.paper import PaperComparison, RunBaselines, compare_with_paper, read_comparison
from snapstamps.simulate.twin import signed_baselines

THAI_NGUYEN, YEN_BAI = load_paper("thai_nguyen_2022"), load_paper("yen_bai_2021")


@pytest.fixture(scope="module")
def table(tmp_path_factory):
    return table_of(write_results(tmp_path_factory.mktemp("results") / "stamps"))


def compared(table, *, profile=THAI_NGUYEN, values=None, other=None, **more) -> dict:
    told = signed_baselines(profile.baselines) if values is None else values
    comparison = compare_with_paper(profile, table, RunBaselines(told, "test", other or {}), **more)
    assert isinstance(comparison, PaperComparison)
    return {line.key: line for line in comparison.lines}


def test_the_papers_own_stack_is_equal(table):
    lines = compared(table)
    assert [lines[key].verdict for key in ("dates", "baselines", "master_by_coherence", "options")] == ["equal"] * 4
    assert "44 in common" in lines["dates"].run


def test_a_missing_date_makes_it_close_and_is_named(table):
    values = dict(THAI_NGUYEN.baselines.by_date)
    del values[date(2019, 8, 1)]
    line = compared(table, values=values)["dates"]
    assert (line.verdict, line.note) == ("close", "missing: 2019-08-01")


def test_a_date_that_the_paper_does_not_have_makes_it_different(table):
    values = {**THAI_NGUYEN.baselines.by_date, date(2020, 7, 2): 3.0}
    line = compared(table, values=values)["dates"]
    assert (line.verdict, line.note) == ("different", "not in the paper: 2020-07-02")


@pytest.mark.parametrize(("metres", "verdict"), [(1.9, "equal"), (9.9, "close"), (10.1, "different")])
def test_the_largest_difference_of_a_baseline_decides(table, metres, verdict):
    values = dict(THAI_NGUYEN.baselines.by_date)
    values[date(2019, 8, 1)] += metres
    line = compared(table, values=values)["baselines"]
    assert line.verdict == verdict
    assert f"{metres:.2f} m" in line.run


def test_a_common_sign_is_a_convention(table):
    values = {day: -metres for day, metres in THAI_NGUYEN.baselines.by_date.items()}
    line = compared(table, values=values)["baselines"]
    assert line.verdict == "equal"
    assert "convention" in line.note


def test_magnitudes_do_not_know_signs(table):
    signs = np.random.default_rng(2).choice([-1, 1], 27)
    values = {day: s * m for s, (day, m) in zip(signs, YEN_BAI.baselines.by_date.items(), strict=True)}
    assert compared(table, profile=YEN_BAI, values=values)["baselines"].verdict == "equal"


def test_the_other_sign_is_told_only_where_it_explains(table):
    told = dict(THAI_NGUYEN.baselines.by_date)
    wrong = {day: metres / 3 for day, metres in told.items()}
    lines = compared(table, values=wrong, other=told)
    assert lines["baselines"].verdict == "different"
    assert lines["baselines_other_sign"].verdict == "equal"
    assert "baselines_other_sign" not in compared(table, other=wrong)
    assert "baselines_other_sign" not in compared(table, values=wrong, other=wrong)


def test_stacks_without_a_common_date_cannot_be_compared(table):
    first = date(2015, 1, 1)
    values = {first + timedelta(days=12 * step): 10.0 * step for step in range(20)}
    lines = compared(table, values=values)
    assert lines["baselines"].verdict == "not comparable"
    assert lines["master_by_coherence"].verdict == "not comparable"
    assert lines["dates"].verdict == "different"


def test_options_that_differ_are_named(table):
    line = compared(table, changed=("candidates.amplitude_dispersion = 0.6",))["options"]
    assert line.verdict == "different"
    assert "amplitude_dispersion = 0.6" in line.run


def test_areas_without_ps_are_not_comparable(table):
    line = compared(table)["coal_mine"]  # the results lie in Italy
    assert line.verdict == "not comparable"
    assert "no PS in Phan Me coal mine" in line.note


@pytest.mark.parametrize(
    ("lowest", "verdict"),
    [(-23.0, "equal"), (-24.3, "close"), (-28.1, "close"), (-28.3, "different"), (-12, "different")],
)
def test_the_distance_from_the_papers_number_decides(table, lowest, verdict):
    velocity = np.zeros(len(table))
    velocity[3] = lowest
    columns = tuple(replace(c, values=velocity) if c.name == "velocity" else c for c in table.columns)
    line = compared(replace(table, columns=columns))["velocity_lowest"]
    assert line.verdict == verdict
    assert line.tolerance == "equal: within 1 of −23.2; close: within 5"


def test_the_date_that_was_changed_is_told(table):
    assert "2020-07-22 of the paper is used as 2020-06-22" in compared(table, profile=YEN_BAI)["dates"].note


def test_survey_points_without_coordinates_are_not_comparable(table):
    line = compared(table, profile=YEN_BAI)["survey_points"]
    assert line.verdict == "not comparable"
    assert "snapstamps compare" in line.note


def test_a_comparison_survives_its_file(table):
    given = compare_with_paper(
        THAI_NGUYEN, table, RunBaselines(THAI_NGUYEN.baselines.by_date, "test", {}), simulated=True
    )
    assert read_comparison(given.json()) == given
    assert sum(given.counts.values()) == len(given.lines)
