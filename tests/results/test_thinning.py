"""Thinning keeps the best of every cell, never too many, and says how."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapstamps.results.thinning import thin

RNG = np.random.default_rng(11)
LONLAT = np.column_stack([105 + 0.1 * RNG.random(2000), 21 + 0.1 * RNG.random(2000)])
COHERENCE = RNG.random(2000)
EVERY = np.arange(2000)


@settings(max_examples=30)
@given(st.integers(1, 2500))
def test_never_more_than_the_limit_and_not_far_fewer(limit):
    thinned = thin(LONLAT, COHERENCE, EVERY, limit=limit)
    assert len(thinned.rows) <= limit
    assert len(thinned.rows) >= min(limit, 2000) * 0.6
    assert (np.diff(thinned.rows) > 0).all()


def test_few_are_all_kept():
    thinned = thin(LONLAT, COHERENCE, EVERY[:7], limit=7)
    assert thinned.rows.tolist() == list(range(7))
    assert thinned.cell == 0
    assert thinned.rule == "All 7 PS are in this file."


def test_the_best_of_every_cell_is_kept_and_every_cell_keeps_one():
    thinned = thin(LONLAT, COHERENCE, EVERY, limit=300)
    metres = (LONLAT - LONLAT.min(axis=0)) * 111_320 * [np.cos(np.radians(LONLAT[:, 1].mean())), 1]
    cells = [tuple(cell) for cell in (metres // thinned.cell).astype(int)]
    best = {cell: max((row for row in EVERY if cells[row] == cell), key=COHERENCE.__getitem__) for cell in set(cells)}
    assert sorted(best.values()) == thinned.rows.tolist()
    assert f"each square of {thinned.cell} m" in thinned.rule


def test_only_candidates_are_kept():
    chosen = EVERY[::3]
    assert set(thin(LONLAT, COHERENCE, chosen, limit=50).rows) <= set(chosen)


def test_a_scatterer_without_coherence_counts_least():
    coherence = np.where(EVERY % 2, COHERENCE, np.nan)
    kept = thin(LONLAT, coherence, EVERY, limit=20).rows
    assert np.isfinite(coherence[kept]).all()


@pytest.mark.parametrize("spread", [0.0, 1e-9])
def test_scatterers_at_one_place_come_down_to_one(spread):
    lonlat = np.array([105.0, 21.0]) + spread * RNG.random((50, 2))
    assert thin(lonlat, COHERENCE[:50], EVERY[:50], limit=3).rows.tolist() == [int(COHERENCE[:50].argmax())]
