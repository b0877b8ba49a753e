"""The methods in words: every number from what ran; what is not known is not said."""

import re

import numpy as np
import pytest
from overviews import overview_of

from snapstamps.journal import Record
from snapstamps.results.preparation import Preparation
from snapstamps.results.report.methods import Scenes, methods, scenes_of
from snapstamps.results.report.timeline import counts_of, timeline
from snapstamps.stamps.parms import defaults

SENTINEL = Scenes(("Sentinel-1A",), simulated=False)


def record(unit, *, notes=(), parms=None, seconds=2.0, started="2026-01-01T00:00:00+00:00", **counts):
    return Record(
        unit=unit,
        outcome="done",
        started=started,
        seconds=seconds,
        engine="native",
        versions={"snapstamps": "9.8", "native": "9.8"},
        parms=parms or {},
        counts=counts,
        peak_memory=1000,
        notes=list(notes),
    )


RUN = (
    record("check", notes=["61 headers repaired"]),
    record("candidates", candidates=4321, parms={"amplitude_dispersion": 0.37}),
    record("PATCH_1/3_select", ps_in=3000, ps_out=700, parms={"density_rand": 17.0, "select_method": "DENSITY"}),
    record("PATCH_2/3_select", ps_in=1321, ps_out=70, started="2025-12-31T00:00:00+00:00"),
    record("PATCH_1/4_weed", ps_in=700, ps_out=250, parms={"weed_standard_dev": 1.1}),
    record("PATCH_2/4_weed", ps_in=70, ps_out=50),
    record("6_unwrap", notes=["unwrapping solver: snaphu 2.0.7 (/opt/snaphu)"], parms={"unwrap_grid_size": 123.0}),
    record("6_unwrap@2"),
)


@pytest.fixture
def view(store):
    return overview_of(store)


def methods_of(view, *, records=RUN, scenes=SENTINEL, **parms):
    return methods(view, timeline(records), records, {**defaults(), **parms}, scenes)


def test_patches_stand_in_one_row_with_their_sums():
    rows = {stage.key: stage for stage in timeline(RUN)}
    assert list(rows) == ["check", "candidates", "3_select", "4_weed", "6_unwrap", "6_unwrap@2"]
    select = rows["3_select"]
    assert (select.ps_in, select.ps_out, select.units, select.seconds) == (4321, 770, 2, 4.0)
    assert select.started.startswith("2025-12-31")
    assert select.engine == "native 9.8"
    assert rows["check"].ps_out is None
    assert rows["6_unwrap@2"].title == "6 unwrap, round 2"
    assert counts_of(timeline(RUN)) == {"candidates": 4321, "select": 770, "weed": 300}


def test_the_numbers_are_those_of_the_run_not_of_the_defaults(view):
    text = methods_of(view).markdown("Area")
    for expected in (
        "20 Sentinel-1A single-look complex scenes of an ascending orbit",
        "from 2019-01-17 to 2019-09-02",
        "the master of 2019-05-05",
        "dispersion of at most 0.37 left 4,321 candidates",
        "accepts 17 pixels per km² of random phase left 770",
        "300 have a phase noise below 1.1 rad",
        "snaphu 2.0.7 [@chen2001]",
        "on a grid of 123 m",
        "displacements of 19 slaves",
        "mean of all 300 PS",
        "100 bootstrap draws",
        "snapstamps 9.8",
        "positive towards the satellite",
        "5.547 cm",
    ):
        assert expected in text, expected
    low, high = np.percentile(view.table["velocity"], [1, 99])
    assert f"between −{-low:.1f} and +{high:.1f} mm/yr" in text
    assert "/opt/" not in text


def test_every_citation_has_its_entry_and_every_entry_is_well_formed(view):
    for scenes in (SENTINEL, Scenes((), simulated=True)):
        made = methods_of(view, scenes=scenes)
        cited = set(re.findall(r"@(\w+)", made.markdown("x")))
        entries = re.findall(r"^@\w+\{(\w+),", made.bibtex(), re.MULTILINE)
        assert cited <= set(entries)
        assert len(entries) == len(set(entries))
        for entry in made.bibliography.values():
            assert entry.count("{") == entry.count("}")
            assert entry.endswith("\n}")


def test_what_was_not_used_is_not_cited(view):
    assert {"chen2001", "scenes"} <= set(methods_of(view).bibliography)
    open_solver = [record("6_unwrap", notes=["unwrapping solver: the open minimum-cost flow of OR-tools (mcf)"])]
    made = methods_of(view, records=open_solver, scenes=Scenes((), simulated=True))
    assert "costantini1998" in made.bibliography
    assert not {"chen2001", "scenes"} & set(made.bibliography)
    assert "simulated" in made.paragraphs["Data"]
    assert "snaphu" not in made.markdown("x")


def test_a_folder_taken_over_says_nothing_that_it_does_not_know(view):
    text = methods_of(view, records=(), scenes=Scenes((), simulated=False)).markdown("x")
    assert "candidates" not in text
    assert "None" not in text
    assert "nan" not in text
    assert "300 PS" in text


def test_the_scenes_are_all_dates_of_the_stack(view):
    entry = methods_of(view).bibliography["scenes"]
    assert len(re.findall(r"\b2019\d{4}\b", entry)) == 20
    assert "{Sentinel-1A}" in entry


def test_headers_tell_the_satellite_and_that_it_is_simulated(tiny_scene, tmp_path):
    found = scenes_of(next(tiny_scene.glob("INSAR_*")))
    assert found == Scenes(("Sentinel-1A",), simulated=True)
    assert scenes_of(None) == scenes_of(tmp_path) == Scenes((), simulated=False)


PREPARED = Preparation(
    ("13.0.0",), "VV", {"IW1": 4, "IW2": 1}, "Copernicus 30m Global DEM", {"POEORB": 19, "RESORB": 1}, True
)


def test_what_snap_did_is_told_where_it_is_known(view):
    made = methods(view, (), (), defaults(), SENTINEL, PREPARED)
    for expected in (
        "4 bursts of IW1 and 1 burst of IW2 in VV",
        "precise orbits (19 dates) and restituted orbits (1 date)",
        "enhanced spectral diversity",
        "SNAP 13.0.0 and its StampsExport",
        "Copernicus 30m Global DEM",
    ):
        assert expected in made.paragraphs["Data"], expected
    assert "note = {Version 13.0.0}" in made.bibliography["snap"]
    assert "elsewhere" not in made.paragraphs["Data"]


def test_what_snap_did_elsewhere_is_not_guessed(view):
    made = methods(view, (), (), defaults(), SENTINEL)
    assert "elsewhere: its version, the orbits and the elevation model are not recorded" in made.paragraphs["Data"]
    assert "note" not in made.bibliography["snap"]
