"""The operator table and the version of SNAP; the explanations of our graphs."""

import json
from pathlib import Path

import pytest
from graph_jobs import RELEASES, all_jobs, coregister
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.model.errors import InputError
from snapstamps.model.snap_version import SnapVersion, is_master_band, is_slave_band, why_not_readable
from snapstamps.snap.explain import explain_graph, explanation_text
from snapstamps.snap.graph import parse_graph
from snapstamps.snap.operators import Interval, built_in_models, has_parameter, operators
from snapstamps.snap.render import render_graph
from snapstamps.snap.stages import SNAP_STAGES

FACTS = Path(__file__).resolve().parents[3] / "shared" / "facts" / "snap" / "snap_operators.json"
V13 = SnapVersion(13)
numbers = st.integers(0, 99)


@given(numbers, numbers, numbers)
def test_a_version_survives_the_way_through_text(major, minor, patch):
    version = SnapVersion(major, minor, patch)
    assert SnapVersion.parse(str(version)) == version


def test_versions_are_read_as_people_and_programs_write_them():
    texts = ("9", "9.0", "9.0.0", "14.0.0-RC1", " 13.0.1\n", "v8.0", "13.0.1.2", "10.0.0-SNAPSHOT")
    read = [SnapVersion.parse(text) for text in texts]
    assert [(v.major, v.minor, v.patch) for v in read[3:]] == [
        (14, 0, 0),
        (13, 0, 1),
        (8, 0, 0),
        (13, 0, 1),
        (10, 0, 0),
    ]
    assert read[0] == read[1] == read[2]
    assert SnapVersion.parse("9.0.4") < SnapVersion.parse("10")


@pytest.mark.parametrize("text", ["", "new", "9.x", "-1", "9,0"])
def test_what_is_no_version_is_refused(text):
    with pytest.raises(InputError):
        SnapVersion.parse(text)


def test_snap_14_calls_master_and_slave_by_other_names():
    assert SnapVersion(13, 9).words.slave_metadata == "Slave_Metadata"
    assert (SnapVersion(14).words.master, SnapVersion(14).words.slave) == ("ref", "sec")
    for version in (V13, SnapVersion(14)):
        words = version.words
        assert is_master_band(f"i_IW2_VV_{words.master}_31Mar2023")
        assert is_slave_band(f"q_VV_{words.slave}1_19Mar2023")
        assert not is_slave_band(f"i_VV_{words.master}_31Mar2023")
    assert not is_master_band("i_ifg_VV_31Mar2023_19Mar2023")


def test_a_stack_of_snap_14_is_for_snap_14_only():
    assert why_not_readable(SnapVersion(14), V13)
    assert why_not_readable(SnapVersion(14), SnapVersion(15)) is None
    assert why_not_readable(V13, SnapVersion(14)) is None


@given(st.floats(-5, 5))
def test_intervals_hold_what_their_text_says(value):
    assert Interval.parse("(0, 1]").holds(value) == (0 < value <= 1)
    assert Interval.parse("[1, *)").holds(value) == (value >= 1)


def test_a_patch_release_decides_where_it_must():
    name = ("TOPSAR-Split", "enableSingleSwathMode")
    assert not has_parameter(*name, SnapVersion(13, 0, 0))
    assert has_parameter(*name, SnapVersion(13, 0, 1))
    dem = operators()["Back-Geocoding"].parameters["demName"]
    assert [dem.default_in(SnapVersion(13, 0, patch)) for patch in (3, 4)] == ["SRTM 3Sec", "Copernicus 30m Global DEM"]
    assert "Copernicus 30m Global DEM" not in built_in_models(SnapVersion(7))


PATCHES = {"7.0.4": "7.0.4", "8.0": "8.0.6", "9.0": "9.0.4", "10.0": "10.0.0", "11.0": "11.0.1", "12.0": "12.0.1"}
PATCHES |= {"13.0": "13.0.4", "14.0": "14.0.0"}


@pytest.mark.skipif(not FACTS.is_file(), reason="needs the facts (../shared/facts), which are not part of the project")
@pytest.mark.parametrize("fact_version", PATCHES)
def test_the_table_says_of_each_release_what_was_read_in_its_source(fact_version):
    version = SnapVersion.parse(PATCHES[fact_version])
    facts = json.loads(FACTS.read_text())["operators"]
    assert set(operators()) == set(facts)
    for name, fact in facts.items():
        operator = operators()[name]
        assert operator.java_class == fact["java_class"]
        assert operator.writes_itself == fact["auto_write_disabled"]
        assert (version >= operator.since) == (fact_version in fact["present_in"])
        if fact_version not in fact["present_in"]:
            continue
        ours = {p.names_in(version)[0]: p for p in operator.parameters.values() if p.exists_in(version)}
        theirs = fact["by_version"][fact_version]
        assert set(ours) == set(theirs), name
        for element, row in theirs.items():
            default = row.get("defaultValue")
            given_default = ours[element].default_in(version)
            assert given_default == default or given_default + "f" == default, (name, element)
            assert list(ours[element].values_in(version)) == row.get("valueSet", []), (name, element)
            interval = ours[element].interval
            assert (interval.text if interval else None) == row.get("interval"), (name, element)


@pytest.mark.parametrize("version", RELEASES, ids=str)
def test_every_node_and_every_parameter_of_our_graphs_is_explained(version):
    for job in all_jobs(version).values():
        for node in explain_graph(parse_graph(render_graph(job, version)), version):
            assert node.does, node.operator
            assert all(setting.meaning for setting in node.settings), node.operator


def test_an_explanation_tells_an_operator_once_and_where_a_value_is_not_the_default():
    text = explanation_text(explain_graph(parse_graph(render_graph(coregister(V13), V13)), V13))
    assert text.count("Joins the bursts of a sub-swath") == 1
    assert "maskOutAreaWithoutElevation = false   (SNAP's default: true)" in text
    assert "overallRangeShift = 0.0\n" in text
    assert "3. back_geocoding: Back-Geocoding   <- master, slave" in text


def test_an_operator_that_we_do_not_use_is_named_only():
    graph = parse_graph("<graph><node id='a'><operator>Speckle-Filter</operator></node></graph>")
    (node,) = explain_graph(graph, V13)
    assert (node.operator, node.does) == ("Speckle-Filter", "")


def test_all_operators_of_the_stages_are_in_the_table():
    assert {name for stage in SNAP_STAGES for name in stage.operators} <= set(operators())
