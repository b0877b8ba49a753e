"""The three scatterers shown: fastest towards, fastest away, least motion, among the coherent ones."""

from dataclasses import replace

import numpy as np
from results_folder import SCENE, VELOCITY, table_of, write_results

from snapstamps.results.examples import examples


def with_coherence(table, coherence):
    columns = (replace(c, values=coherence) if c.name == "coherence" else c for c in table.columns)
    return replace(table, columns=tuple(columns))


def test_they_follow_the_rule(store):
    table = table_of(store)
    chosen = examples(table)
    coherent = np.flatnonzero(table["coherence"] >= np.median(table["coherence"]))
    velocity = table["velocity"][coherent]
    motion = np.sqrt((table.displacement(coherent) ** 2).mean(axis=1))
    assert [example.letter for example in chosen] == ["A", "B", "C"]
    expected = [coherent[i] for i in (np.argmax(velocity), np.argmin(velocity), np.argmin(motion))]
    assert [example.row for example in chosen] == expected


def test_an_incoherent_scatterer_is_not_chosen_however_fast(store):
    table = table_of(store)
    fastest = int(np.argmax(table["velocity"]))
    coherence = np.where(np.arange(len(table)) == fastest, 0.1, 0.9)
    assert fastest not in [example.row for example in examples(with_coherence(table, coherence))]


def test_the_line_has_the_slope_of_the_velocity(store):
    table = table_of(store)
    years = np.array([(day - table.master).days for day in table.dates]) / 365.25
    for example in examples(table):
        slope, _ = np.polyfit(years, example.line, 1)
        np.testing.assert_allclose(slope, table["velocity"][example.row], atol=1e-3)
        assert np.abs(example.line - example.displacement).mean() < 3


def test_one_scatterer_is_shown_once(tmp_path):
    moving = np.where(np.arange(300) == 4, VELOCITY, np.nan)
    table = table_of(write_results(tmp_path, velocity=moving))
    assert [example.row for example in examples(table)] == [4]


def test_without_velocities_there_is_nothing_to_show(tmp_path):
    table = table_of(write_results(tmp_path, velocity=np.full(len(SCENE.xy), np.nan)))
    assert examples(table) == ()
