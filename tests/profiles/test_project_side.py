"""What the comparison takes from a project: its baselines, its options, whether it was simulated."""

import json
from datetime import date
from types import SimpleNamespace

import pytest

from snapstamps.config.profile import load_paper
from snapstamps.model.errors import InputError
from snapstamps.pipeline.paper import _run_baselines, is_simulated, otherwise_than

MASTER, SLAVE = date(2020, 3, 4), date(2020, 3, 16)


@pytest.fixture
def project(tmp_path):
    """A project without an export, and the view of its results: one pair."""
    (tmp_path / "logs").mkdir()

    class Gone:
        folder, logs_folder = tmp_path, tmp_path / "logs"

        @property
        def export_folder(self):
            raise InputError("there is no export")

    view = SimpleNamespace(
        days=(MASTER, SLAVE), bperp=(0.0, 17.0), table=SimpleNamespace(master=MASTER), store=SimpleNamespace()
    )
    return Gone(), view


def test_the_orbits_go_before_what_stamps_took(project):
    paper, view = project
    assert _run_baselines(paper, view).values[SLAVE] == 17.0
    pairs = [{"slave": str(SLAVE), "perpendicular": -49.6}]
    (paper.logs_folder / "baselines.json").write_text(json.dumps({"pairs": pairs}))
    found = _run_baselines(paper, view)
    assert found.source == "from the orbits"
    assert dict(found.values) == {MASTER: 0.0, SLAVE: -49.6}


def test_a_damaged_log_of_the_orbits_is_passed_over(project):
    paper, view = project
    (paper.logs_folder / "baselines.json").write_text('{"pairs": [{"slave": "yesterday"}]}')
    found = _run_baselines(paper, view)
    assert found.source.startswith("as StaMPS took them")
    assert found.other_sign == {}


def test_a_simulation_is_known_by_its_description(project):
    paper, _ = project
    assert not is_simulated(paper)
    (paper.folder / "scene.json").write_text("{}")
    assert is_simulated(paper)


def test_only_options_that_change_the_run_are_otherwise():
    profile = load_paper("thai_nguyen_2022")
    options = profile.settings()
    assert otherwise_than(profile, options) == ()
    renamed = options.model_copy(update={"project": options.project.model_copy(update={"name": "Mine"})})
    assert otherwise_than(profile, renamed) == ()
    looser = options.candidates.model_copy(update={"amplitude_dispersion": 0.6})
    flat = options.stamps.model_copy(update={"parms": {"unwrap_method": "2D"}})
    changed = options.model_copy(update={"candidates": looser, "stamps": flat})
    assert otherwise_than(profile, changed) == (
        "candidates.amplitude_dispersion = 0.6",
        "stamps.parms.unwrap_method = 2D",
    )
