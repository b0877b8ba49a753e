"""Lists of days: read from CSV or plain text, and what they leave of a search."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.acquire.days import missing_days, only_days, read_days
from snapstamps.acquire.search import RemoteScene
from snapstamps.config.profile import load_paper
from snapstamps.model.errors import DataError, InputError
from snapstamps.pipeline.profile_files import scene_list

SCENE = RemoteScene(
    "S1A", "https://x/S1A.zip", None, "", "2020-03-04T11:05:00+00:00", 128, 31525, "ASCENDING", "VV+VH", None, 1.0, ""
)


@given(
    st.lists(st.dates(date(1000, 1, 1)), min_size=1, max_size=20, unique=True),
    st.sampled_from(["{:%Y-%m-%d}", "{:%Y%m%d}"]),
)
def test_days_are_read_as_they_are_written(tmp_path_factory, days, form):
    path = tmp_path_factory.getbasetemp() / "days.txt"
    path.write_text("date,metres\n# a remark\n" + "".join(f"{form.format(day)},12.5\n" for day in days))
    assert read_days(path) == tuple(days)


def test_the_list_of_a_paper_is_such_a_list(tmp_path):
    paper = load_paper("yen_bai_2021")
    path = tmp_path / "scenes.csv"
    path.write_text(scene_list(paper.scenes, paper.baselines))
    assert read_days(path) == tuple(paper.baselines.by_date)
    assert "2020-06-22,2020-07-22,11,Sentinel-1A,descending,164,IW1,VV" in path.read_text()


def test_other_days_are_left_out_and_missing_ones_are_known():
    other = replace(SCENE, start="2020-03-10T11:05:00+00:00")
    days = (date(2020, 3, 4), date(2020, 3, 16))
    assert only_days((SCENE, other), days) == (SCENE,)
    assert missing_days((SCENE, other), days) == (date(2020, 3, 16),)


@pytest.mark.parametrize(("text", "why"), [("no day here\n", "names no day"), ("2020-02-30\n", "does not exist")])
def test_a_list_that_is_none_is_refused(tmp_path, text, why):
    path = tmp_path / "days.txt"
    path.write_text(text)
    with pytest.raises(DataError, match=why):
        read_days(path)


def test_a_list_that_is_missing_is_refused(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        read_days(tmp_path / "days.txt")
