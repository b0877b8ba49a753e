"""The baseline plots of both papers, drawn by our own code from their tables."""

import importlib.util
import sys

import numpy as np
import pytest
from documentation import DOCS
from matplotlib import dates as mdates

from snapstamps.config.profile import load_paper


@pytest.fixture(scope="module")
def pictures():
    """The script that makes the pictures of the page."""
    spec = importlib.util.spec_from_file_location("pictures_of_papers", DOCS / "pictures" / "papers.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    yield module
    del sys.modules[spec.name]


def dots(axes) -> dict[str, np.ndarray]:
    """The dots of a plot by their names: days since 1970 and metres."""
    named = [line for line in axes.lines if not line.get_label().startswith("_")]
    return {line.get_label(): np.array([mdates.date2num(line.get_xdata()), line.get_ydata()]).T for line in named}


@pytest.mark.parametrize(("panel", "name"), [(0, "yen_bai_2021"), (1, "thai_nguyen_2022")])
def test_every_row_of_the_table_is_a_dot(pictures, panel, name):
    profile = load_paper(name)
    drawn = dots(pictures.tables().figure.axes[panel])
    told = [(mdates.date2num(day), metres) for day, metres in profile.baselines.by_date.items()]
    master = mdates.date2num(profile.scenes.master.value)
    np.testing.assert_array_equal(drawn["slave"], [row for row in told if row[0] != master])
    np.testing.assert_array_equal(drawn["master"], [(master, 0)])


def test_the_changed_date_is_marked(pictures):
    words = [text.get_text() for text in pictures.tables().figure.axes[0].texts]
    assert "printed as 2020-07-22" in words
