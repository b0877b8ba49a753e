"""The profiles say where each value comes from, and their tables agree with the papers and with the satellite."""

import csv
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
import shapely

from snapstamps.config.profile import (
    Profile,
    follows_paper,
    load_paper,
    load_profile,
    paper_names,
    parse_profile,
    profile_names,
)
from snapstamps.config.profile_shapes import outline
from snapstamps.kernels.coherence_model import (
    best_master,
    modelled_coherence,
    pairwise_differences,
    perpendicular_from_one_master,
)
from snapstamps.model.errors import DataError, InputError

PAPERS = Path(__file__).resolve().parents[3] / "shared" / "papers"
CYCLE = timedelta(days=12)
ORBITS_PER_CYCLE = 175
KNOWN_PASS = (datetime(2017, 2, 23, 12, 3, 48), 15411)
"""First line and absolute orbit number of a published ascending scene of Sentinel-1A, track 114."""
LEAST = """
name = "x"
kind = "options"
title = "x"
subject = "x"
[options]
"project.name" = {told}
"""


@pytest.fixture(params=["thai_nguyen_2022", "yen_bai_2021"])
def paper(request) -> Profile:
    return load_paper(request.param)


def model_coherence(days: list[date], metres: np.ndarray) -> np.ndarray:
    time = np.array([(day - days[0]).days for day in days], dtype=float)
    return modelled_coherence(perpendicular_from_one_master(metres), pairwise_differences(time))


def mean_without_itself(coherence: np.ndarray) -> np.ndarray:
    return (coherence.sum(axis=1) - 1) / (len(coherence) - 1)


def track_of(passed: datetime) -> int:
    """The relative orbit of a pass at the same latitude and direction as the known one."""
    since = (passed - KNOWN_PASS[0]) / CYCLE * ORBITS_PER_CYCLE
    assert abs(since - round(since)) < 0.06  # else no pass of this direction is near
    return (KNOWN_PASS[1] + round(since) - 73) % ORBITS_PER_CYCLE + 1


def test_both_papers_and_the_teaching_options_are_shipped():
    assert profile_names() == ("teaching", "thai_nguyen_2022", "yen_bai_2021")
    assert paper_names() == ("thai_nguyen_2022", "yen_bai_2021")
    assert not follows_paper("teaching")
    assert not follows_paper("")


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ('{ value = "a" }', "source or is our_choice"),
        ('{ value = "a", source = "Table 1", our_choice = "because it is" }', "source or is our_choice"),
        ('{ value = "a", our_choice = "it is usual" }', "because"),
    ],
)
def test_a_value_without_an_origin_is_refused(told, why):
    with pytest.raises(DataError, match=why):
        parse_profile(LEAST.replace("{told}", told))


def test_a_key_that_nobody_knows_is_refused():
    with pytest.raises(DataError, match="colour"):
        parse_profile(LEAST.replace("{told}", '{ value = "a", source = "b" }') + '\n[twin]\nreason = ""\ncolour = 1\n')


def test_an_unknown_profile_is_named_with_those_there_are():
    with pytest.raises(InputError, match="teaching, thai_nguyen_2022, yen_bai_2021"):
        load_profile("hanoi")
    with pytest.raises(InputError, match="not of a paper"):
        load_paper("teaching")


@pytest.mark.parametrize("name", profile_names())
def test_the_options_are_valid_and_name_the_profile(name):
    options = load_profile(name).settings()
    assert options.project.profile == name
    assert options.candidates.amplitude_dispersion == 0.4


def test_papers_reproduce_the_original(paper):
    options = paper.settings()
    assert options.stamps.quirks == "reproduce"
    assert options.stamps_export.baselines == "keep"
    assert options.stamps.engine == "auto"
    assert options.stamps.parms["unwrap_method"] == "3D"
    assert options.project.master == str(paper.scenes.master.value)


def test_all_dates_that_are_used_lie_on_the_cycle_and_in_order(paper):
    days = [row.used for row in paper.baselines.rows]
    first = days[0]
    assert days == sorted(days)
    assert [day for day in days if (day - first) % CYCLE] == []
    assert (days[0], days[-1]) == (paper.scenes.first.value, paper.scenes.last.value)


def test_the_one_date_that_cannot_be_right_keeps_its_printed_form():
    rows = load_paper("yen_bai_2021").baselines.rows
    (changed,) = [row for row in rows if row.printed != row.used]
    assert (changed.printed, changed.used) == (date(2020, 7, 22), date(2020, 6, 22))
    assert changed.our_choice.startswith("because ")
    printed = [row.printed for row in rows]
    assert printed != sorted(printed)
    assert (changed.printed - rows[0].printed) % CYCLE


def test_the_master_has_no_baseline_and_nobody_else_has_none(paper):
    still = [day for day, metres in paper.baselines.by_date.items() if metres == 0]
    assert still == [paper.scenes.master.value]
    assert max(abs(metres) for metres in paper.baselines.by_date.values()) < 200


def test_snaps_model_prefers_the_master_of_table_2():
    table = load_paper("thai_nguyen_2022").baselines.by_date
    days = list(table)
    coherence = model_coherence(days, np.array(list(table.values())))
    assert days[best_master(coherence)] == date(2020, 3, 4)
    mean = mean_without_itself(coherence)
    assert mean.max() == pytest.approx(0.8424, abs=5e-5)
    assert np.sort(mean)[-2] == pytest.approx(0.8418, abs=5e-5)


@pytest.mark.parametrize(("form", "mean"), [("printed", 0.8253), ("used", 0.8263)])
def test_time_alone_prefers_the_master_of_table_1(form, mean):
    days = sorted(getattr(row, form) for row in load_paper("yen_bai_2021").baselines.rows)
    coherence = model_coherence(days, np.zeros(len(days)))
    assert days[best_master(coherence)] == date(2020, 3, 18)
    assert mean_without_itself(coherence).max() == pytest.approx(mean, abs=5e-5)


def test_the_tracks_follow_from_the_days():
    # an ascending pass over northern Vietnam in the evening; a descending one is 0.37 orbits later in its orbit
    ascending = load_paper("thai_nguyen_2022").scenes
    assert track_of(datetime(2020, 3, 4, 11, 6)) == ascending.track.value
    assert ascending.direction.value == "ascending"
    descending = load_paper("yen_bai_2021").scenes
    orbit = timedelta(days=12) / ORBITS_PER_CYCLE
    assert track_of(datetime(2020, 3, 18, 22, 58) - 0.37 * orbit) == descending.track.value


@pytest.mark.parametrize(
    ("name", "file", "date_column"),
    [
        ("thai_nguyen_2022", "thai_nguyen_table2.csv", "date"),
        ("yen_bai_2021", "yen_bai_table1.csv", "date_as_printed"),
    ],
)
def test_the_tables_are_those_of_the_papers(name, file, date_column):
    path = PAPERS / file
    if not path.is_file():
        pytest.skip("needs the papers' tables (../shared/papers), which are not part of the project")
    with path.open() as lines:
        told = {row[date_column]: float(list(row.values())[-1]) for row in csv.DictReader(lines)}
    rows = load_paper(name).baselines.rows
    assert {str(row.printed): row.perpendicular_m for row in rows} == told


def test_all_areas_lie_in_the_area_of_interest(paper):
    box = shapely.box(*paper.area.aoi.value)
    assert [place.name for place in paper.areas if not box.contains(outline(place))] == []
    assert all(place.our_choice.startswith("because the paper gives no coordinates") for place in paper.areas)


def test_a_circle_has_its_radius_in_both_directions(paper):
    place = next(place for place in paper.areas if place.centre is not None)
    west, south, east, north = outline(place).bounds
    squeeze = np.cos(np.radians(place.centre[1]))
    assert (north - south) * 111_320 / 2 == pytest.approx(place.radius_m, rel=2e-3)
    assert (east - west) * 111_320 * squeeze / 2 == pytest.approx(place.radius_m, rel=2e-3)
