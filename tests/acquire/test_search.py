"""The search asks ASF for what is wanted and understands the answer; the library itself is optional."""

import json
import sys
from dataclasses import dataclass, replace
from datetime import date
from types import SimpleNamespace

import pytest
import shapely

from snapstamps.acquire.search import SceneQuery, read_scene_list, scenes_dict, search_scenes
from snapstamps.model.errors import DataError, InputError, ToolError

AREA = shapely.box(105.5, 21.4, 106.0, 21.8)


@dataclass
class Product:
    """What asf_search gives."""

    properties: dict
    geometry: dict


def product(name="S1A_IW_SLC__1SDV_20200304T110000_X", box=(105.0, 21.0, 107.5, 23.0), **changes):
    properties = {
        "sceneName": name,
        "url": f"https://datapool.asf.alaska.edu/SLC/SA/{name}.zip",
        "bytes": 4_500_000_000.0,
        "md5sum": "0" * 32,
        "startTime": "2020-03-04T11:00:00Z",
        "pathNumber": 55,
        "orbit": 31536,
        "flightDirection": "ASCENDING",
        "polarization": "VV+VH",
        "frameNumber": 65,
    }
    return Product({**properties, **changes}, shapely.geometry.mapping(shapely.box(*box)))


class Answer(list):
    """A list that may be incomplete, as that of asf_search."""

    complete = True

    def raise_if_incomplete(self):
        if not self.complete:
            raise type("ASFSearchError", (Exception,), {})("Results are incomplete")


def searched(*products, query=None):
    return search_scenes(query or SceneQuery(AREA), searcher=lambda **_words: Answer(products))


def test_the_question_says_what_is_wanted_and_no_more():
    asked = {}
    query = SceneQuery(AREA, date(2019, 7, 1), date(2020, 12, 31), 55, "ascending", "VV")
    search_scenes(query, searcher=lambda **words: asked.update(words) or Answer())
    assert asked["relativeOrbit"] == 55
    assert asked["flightDirection"] == "ASCENDING"
    assert asked["polarization"] == ["VV", "VV+VH"]
    assert (asked["processingLevel"], asked["beamMode"]) == ("SLC", "IW")
    assert str(asked["start"]) == "2019-07-01 00:00:00+00:00"
    assert str(asked["end"]) == "2021-01-01 00:00:00+00:00", "the last day counts whole"
    assert shapely.equals(shapely.from_wkt(asked["intersectsWith"]), AREA)
    search_scenes(SceneQuery(AREA), searcher=lambda **words: asked.clear() or asked.update(words) or Answer())
    assert not {"relativeOrbit", "flightDirection", "start", "end"} & set(asked)


def test_the_answer_is_understood():
    (scene,) = searched(product())
    assert scene.day == date(2020, 3, 4)
    assert (scene.size, scene.track, scene.coverage) == (4_500_000_000, 55, 1.0)


def test_scenes_are_ordered_by_track_and_time_and_named_once():
    early = product("B", startTime="2020-02-21T11:00:00Z")
    found = searched(product("C", pathNumber=128), product("A"), early, product("A"))
    assert [scene.name for scene in found] == ["B", "A", "C"]


def test_what_only_the_hull_of_the_area_meets_is_left_out():
    two = shapely.union_all([shapely.box(100, 20, 101, 21), shapely.box(110, 20, 111, 21)])
    assert searched(product(box=(104, 19, 106, 22)), query=SceneQuery(two)) == ()


def test_metadata_files_are_no_scenes():
    assert searched(product(url="https://datapool.asf.alaska.edu/METADATA/x.iso.xml")) == ()


def test_an_incomplete_answer_is_not_taken_for_all():
    answer = Answer([product()])
    answer.complete = False
    with pytest.raises(ToolError, match="search at ASF failed"):
        search_scenes(SceneQuery(AREA), searcher=lambda **_words: answer)


@pytest.mark.parametrize(
    ("error", "kind"),
    [(ConnectionError("down"), ToolError), (ValueError("bad wkt"), InputError), (KeyError("x"), InputError)],
)
def test_a_failing_search_is_one_sentence(error, kind):
    def fail(**_words):
        raise error

    with pytest.raises(kind) as caught:
        search_scenes(SceneQuery(AREA), searcher=fail)
    assert len(caught.value.what.splitlines()) == 1


def test_an_answer_of_another_form_is_said_to_be_one():
    odd = product()
    del odd.properties["pathNumber"]
    with pytest.raises(ToolError, match="another form"):
        searched(odd)


def test_without_the_library_one_sentence_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "asf_search", None)
    with pytest.raises(InputError, match="asf_search, which is not installed") as caught:
        search_scenes(SceneQuery(AREA))
    assert "pip install" in caught.value.remedy


def test_the_library_is_told_not_to_report_failures(monkeypatch):
    library = SimpleNamespace(REPORT_ERRORS=True, geo_search=lambda **_words: Answer([product()]))
    monkeypatch.setitem(sys.modules, "asf_search", library)
    assert len(search_scenes(SceneQuery(AREA))) == 1
    assert library.REPORT_ERRORS is False


def test_days_in_the_wrong_order_and_unknown_polarisations_are_refused():
    with pytest.raises(InputError, match="after the last"):
        searched(query=SceneQuery(AREA, date(2020, 2, 1), date(2020, 1, 1)))
    with pytest.raises(InputError, match="no polarisation"):
        searched(query=SceneQuery(AREA, polarisation="XX"))


def test_a_list_is_read_back_as_it_was_written(tmp_path):
    found = searched(product(), product("B", bytes=None, md5sum=None, frameNumber=None))
    (tmp_path / "found.json").write_text(json.dumps({"scenes": scenes_dict(found)}))
    assert read_scene_list(tmp_path / "found.json") == found


def test_a_list_cannot_name_files_outside_its_folder(tmp_path):
    evil = replace(searched(product())[0], name="../../.ssh/config")
    (tmp_path / "found.json").write_text(json.dumps({"scenes": scenes_dict([evil])}))
    with pytest.raises(DataError, match="outside its folder"):
        read_scene_list(tmp_path / "found.json")


@pytest.mark.parametrize("text", ["{", "[1]", '{"scenes": [{"name": "x"}]}', '"x"'])
def test_what_is_no_list_is_refused(tmp_path, text):
    (tmp_path / "found.json").write_text(text)
    with pytest.raises(DataError):
        read_scene_list(tmp_path / "found.json")


def test_a_missing_list_is_said_to_be_missing(tmp_path):
    with pytest.raises(InputError):
        read_scene_list(tmp_path / "none.json")
