"""Judgement of a run: good things are called good, faults are called by likely causes, bad dates are named."""

from dataclasses import replace

import numpy as np
import pytest
from overviews import overview_of
from results_folder import SCENE, write_results

from snapstamps.results.quality import quality, worst_dates

COUNTS = {"candidates": 4000, "select": 500, "weed": 300}


def checks_of(view, **counts):
    return {check.measure: check for check in quality(view, {**COUNTS, **counts})}


def test_few_candidates_kept_are_explained(store):
    view = overview_of(store)
    good = checks_of(view)["candidates kept (%)"]
    assert (good.text, good.verdict, good.cause) == ("12", "good", "")
    poor = checks_of(view, select=40)["candidates kept (%)"]
    assert poor.verdict == "poor"
    assert "baselines" in poor.cause
    assert "density_rand" in poor.remedy
    assert checks_of(view, select=200)["candidates kept (%)"].verdict == "look"


def test_what_is_not_known_is_not_judged(store):
    measures = {check.measure for check in quality(overview_of(store), {})}
    assert "candidates kept (%)" not in measures
    assert {"dates", "median coherence", "largest gap between dates (days)"} <= measures


def test_the_largest_gap_counts_the_dates_in_use(store):
    view = overview_of(store)
    assert checks_of(view)["largest gap between dates (days)"].value == 12
    table = replace(view.table, dates=tuple(day for i, day in enumerate(view.table.dates) if i not in {4, 5, 6, 7}))
    assert checks_of(replace(view, table=table))["largest gap between dates (days)"].verdict == "look"


def test_a_rough_unwrapped_interferogram_is_noticed(store):
    roughness = np.full(len(SCENE.day), 0.2)
    roughness[3] = 4.0
    store.write("phuw2", ph_uw=store.read("phuw2").ph_uw, msd=roughness)
    found = checks_of(overview_of(store))["roughest unwrapped interferogram against the typical one"]
    assert found.value == pytest.approx(20)
    assert found.verdict == "poor"


def test_a_noisy_date_is_conspicuous_and_equal_ones_are_not(tmp_path):
    store = write_results(tmp_path / "stamps")
    noise = np.full(len(SCENE.day), 30.0) + np.linspace(0, 2, len(SCENE.day))
    store.write("ifgstd2", ifg_std=noise)
    assert not any(date.conspicuous for date in worst_dates(overview_of(store)))
    noise[5], noise[SCENE.master] = 70.0, 90.0
    store.write("ifgstd2", ifg_std=noise)
    view = overview_of(store)
    worst = worst_dates(view)
    assert [date.conspicuous for date in worst] == [True, False, False, False, False]
    assert worst[0].day == view.days[5], "the entry of the master is no noise"
    assert worst[0].noise == pytest.approx(70)
    assert worst[0].bperp == pytest.approx(SCENE.bperp[5], abs=0.01)


def test_without_the_noise_of_the_dates_none_is_worst(store):
    store.delete("ifgstd2")
    assert worst_dates(overview_of(store)) == ()
