"""The options of what goes in are checked, and kept as the user would type them."""

import pytest
from pydantic import ValidationError

from snapstamps.config.scene_options import AreaOptions, ScenesOptions


def test_the_defaults_hold():
    scenes, area = ScenesOptions(), AreaOptions()
    assert (scenes.polarisation, scenes.track, scenes.swaths) == ("VV", 0, ())
    assert (area.aoi, area.master) == ("", "auto")


def test_a_box_and_days_become_text():
    area = AreaOptions(aoi=[105.4, 21, 106, 22.5], master="20200304")
    assert (area.aoi, area.master) == ("105.4, 21, 106, 22.5", "2020-03-04")
    assert ScenesOptions(first="2020-03-04", swaths=["IW1"]).swaths == ("IW1",)
    assert AreaOptions(master="").master == "auto"


@pytest.mark.parametrize(
    "options",
    [
        {"track": 176},
        {"track": -1},
        {"polarisation": "XX"},
        {"first": "2020-13-01"},
        {"last": "soon"},
        {"swaths": ["IW4"]},
        {"direction": "up"},
        {"orbits": "best"},
        {"dem": "TanDEM"},
        {"folders": "x"},
        {"track": "71"},
    ],
)
def test_what_is_not_allowed_is_refused(options):
    with pytest.raises(ValidationError):
        ScenesOptions(**options)


@pytest.mark.parametrize("options", [{"aoi": [1, 2, 3]}, {"aoi": ["a", 1, 2, 3]}, {"master": "latest"}])
def test_areas_and_masters_that_are_none_are_refused(options):
    with pytest.raises(ValidationError):
        AreaOptions(**options)


@pytest.mark.parametrize("model", [AreaOptions, ScenesOptions])
def test_every_option_explains_itself(model):
    for name, field in model.model_fields.items():
        assert field.description, name
        assert set(field.json_schema_extra) == {"unit", "allowed"}, name
