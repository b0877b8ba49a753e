"""The linter finds each fault in the form of a graph, and in the order of its work."""

import contextlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lint_graphs import EXPORT, PAIR, READ, SPLIT, V13, WRITE, changed, found, graph, node, one, only

from snapstamps.model.errors import DataError, InputError
from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.lint import lint_file, lint_text
from snapstamps.snap.operators import OLDEST


@pytest.mark.parametrize("name", ["Back-Geocodin", "back-geocoding", "BackGeocoding", "TOPSAR-Deburts"])
def test_a_slip_in_an_operator_is_an_error_with_the_right_name(name):
    finding = next(f for f in lint_text(one(name, ""), V13).findings if f.code == "unknown-operator")
    assert finding.severity == "error"
    assert "did you mean" in finding.remedy


@pytest.mark.parametrize("name", ["Speckle-Filter", "Terrain-Flattening", "Collocate"])
def test_an_operator_beyond_the_table_is_a_warning_because_snap_has_more(name):
    assert found(one(name, "<anything>1</anything>")) == {"unknown-operator": "warning"}


def test_an_operator_of_a_later_release_names_that_release():
    text = graph(READ, node("x", "InSAR-Overview", '<source refid="read"/>', ""))
    assert found(text, SnapVersion(10)) == {"operator-too-new": "error"}
    assert found(text, SnapVersion(11)) == {}


def test_a_duplicate_id_is_an_error_because_gpt_says_nothing():
    text = changed(PAIR, '<node id="slave">', '<node id="master">')
    assert found(text)["duplicate-id"] == "error"


def test_a_missing_source_names_the_nearest_node():
    finding = next(
        f for f in lint_text(changed(PAIR, 'refid="slave"', 'refid="slaves"'), V13).findings if f.severity == "error"
    )
    assert finding.code == "missing-source"
    assert "'slave'" in finding.remedy


def test_a_source_under_a_name_that_the_operator_does_not_know_is_an_error():
    text = one("TOPSAR-Deburst", "<selectedPolarisations>VV</selectedPolarisations>")
    assert found(text) == {}
    assert found(text.replace('<sourceProduct refid="read"/>', '<source refid="read"/>', 1)) == {}
    assert found(text.replace('<sourceProduct refid="read"/>', '<product refid="read"/>', 1)) == {"no-source": "error"}
    assert found(graph(node("x", "TOPSAR-Merge"), WRITE.format("x"))) == {"no-source": "error"}


def test_several_sources_may_stand_in_one_element_by_commas():
    both = "<sourceProducts>a, b</sourceProducts>"
    nodes = [READ.replace('id="read"', 'id="a"'), READ.replace('id="read"', 'id="b"')]
    assert found(graph(*nodes, node("m", "TOPSAR-Merge", both), WRITE.format("m"))) == {}
    assert found(graph(*nodes, node("m", "TOPSAR-Merge", "<s>a,a</s>"), WRITE.format("m")))["source-twice"] == "error"


def test_a_source_given_to_an_operator_without_sources_is_told():
    text = changed(EXPORT, "<sources/>", '<sources><x refid="interferogram"/></sources>')
    assert found(text) == {"needless-source": "warning"}


def test_a_circle_is_found():
    text = graph(
        node("a", "TOPSAR-Deburst", '<sourceProduct refid="b"/>'),
        node("b", "TOPSAR-Deburst", '<sourceProduct refid="a"/>'),
        WRITE.format("b"),
    )
    assert found(text) == {"cycle": "error"}
    assert "cycle" in found(graph(node("a", "TOPSAR-Deburst", '<sourceProduct refid="a"/>')))


def test_a_graph_to_which_gpt_would_add_a_write_is_told():
    export_first = graph(
        node("out", "StampsExport", '<a refid="s"/><b refid="i"/>', "<targetFolder>/x</targetFolder>"),
        READ.replace('id="read"', 'id="s"'),
        READ.replace('id="read"', 'id="i"'),
    )
    finding = only(export_first)
    assert (finding.code, finding.severity) == ("silent-write", "warning")
    assert "put out last" in finding.remedy
    assert found(graph(READ, node("x", "TOPSAR-Deburst", '<source refid="read"/>'))) == {"silent-write": "warning"}
    assert "silent-write" not in found(EXPORT)


def test_a_node_that_nobody_takes_is_told():
    text = graph(READ, READ.replace('id="read"', 'id="spare"'), WRITE.format("read"))
    assert found(text) == {"unused-node": "warning"}


@pytest.mark.parametrize("export_by", ["path", "nodes"])
def test_the_sources_of_the_export_must_stand_in_the_right_order(export_by):
    if export_by == "path":
        text = EXPORT
    else:
        text = (
            PAIR.replace("</graph>", "")
            + node(
                "out",
                "StampsExport",
                '<a refid="subset_coregistered"/><b refid="subset_interferogram"/>',
                "<targetFolder>/x</targetFolder>",
            )
            + "</graph>"
        )
    assert found(text) == {}
    parts = (
        ("coregistered", "interferogram") if export_by == "path" else ("subset_coregistered", "subset_interferogram")
    )
    head, tail = text[: text.index("StampsExport")], text[text.index("StampsExport") :]
    swapped = (
        tail.replace(f'"{parts[0]}"', '"?"').replace(f'"{parts[1]}"', f'"{parts[0]}"').replace('"?"', f'"{parts[1]}"')
    )
    assert found(head + swapped) == {"export-order": "error"}


def test_the_export_needs_its_folder_its_layout_and_two_sources():
    assert found(changed(EXPORT, "<targetFolder>/data/run/INSAR_20230331</targetFolder>", "")) == {
        "target-folder": "error"
    }
    assert found(changed(EXPORT, "<psiFormat>true", "<psiFormat>false")) == {"psi-format": "error"}
    one_only = changed(EXPORT, '<sourceProduct.1 refid="interferogram"/>', "")
    assert found(one_only)["export-sources"] == "error"


def test_the_order_of_the_chain_is_known():
    before = changed(PAIR, '<sourceProduct refid="deburst_interferogram"/>', '<sourceProduct refid="interferogram"/>')
    assert found(before) == {"not-deburst": "error", "unused-node": "warning"}
    assert found(one("Apply-Orbit-File", "<continueOnFail>true</continueOnFail>")) == {"orbit-optional": "warning"}
    assert found(changed(PAIR, "<outputElevation>false", "<outputElevation>true")) == {"no-effect": "warning"}
    assert found(changed(PAIR, "<copyMetadata>true", "<copyMetadata>false")) == {"metadata-lost": "warning"}
    assert found(changed(PAIR, '<sourceProduct.1 refid="slave"/>', "")) == {
        "one-product": "error",
        "unused-node": "warning",
    }
    both = changed(PAIR, "<geoRegion>", "<region>0,0,5,5</region><geoRegion>")
    assert found(both) == {"two-regions": "warning"}


def test_metadata_lost_by_default_depend_on_the_release():
    text = one("Subset", "<region>0,0,5,5</region>")
    assert found(text, SnapVersion(13, 0, 1)) == {"metadata-lost": "warning", "default-differs": "info"}
    assert found(text, SnapVersion(13, 0, 2)) == {"default-differs": "info"}


def test_a_second_subset_and_heights_before_the_merge_are_told():
    subset = "<region>0,0,5,5</region><copyMetadata>true</copyMetadata>"
    twice = graph(
        READ,
        node("a", "Subset", '<source refid="read"/>', subset),
        node("b", "Subset", '<source refid="a"/>', subset),
        WRITE.format("b"),
    )
    assert found(twice) == {"second-subset": "warning"}
    topography = "<demName>SRTM 3Sec</demName>"
    merged = graph(
        READ,
        node("t", "TopoPhaseRemoval", '<sourceProduct refid="read"/>', topography),
        node("m", "TOPSAR-Merge", '<a refid="t"/>'),
        WRITE.format("m"),
    )
    assert found(merged) == {"bands-lost": "warning"}


def test_the_split_is_checked_where_snap_would_not():
    assert found(changed(SPLIT, "<subswath>IW2", "<subswath>IW")) == {"swath": "error"}
    assert found(changed(SPLIT, "<selectedPolarisations>VV", "<selectedPolarisations>vv")) == {"polarisation": "error"}
    assert found(changed(SPLIT, "S1A_IW_SLC_A.zip", "scene.zip")) == {"zip-name": "error"}


def test_the_frame_of_a_graph_is_checked():
    assert found(SPLIT.replace("<version>1.0</version>", "")) == {"version-element": "error"}
    assert found(SPLIT.replace(">1.0<", ">2.0<")) == {"version-element": "error"}
    assert found(graph()) == {"no-nodes": "error"}
    assert found(SPLIT.replace("<version>", "<comment>x</comment><version>")) == {"unknown-element": "error"}
    assert found(changed(SPLIT, "<sources/>", "<sources/><note/>")) == {"unknown-element": "error"}
    assert found(SPLIT.replace("</graph>", '<applicationData id="Presentation"/></graph>')) == {}
    assert found(SPLIT.replace(' id="write_IW2"', ""))["no-id"] == "error"
    assert found(SPLIT, SnapVersion(15)) == {"newer-snap": "info"}


BOMB = '<!DOCTYPE g [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><graph id="g"><version>&b;</version></graph>'
OUTSIDE = '<!DOCTYPE g [<!ENTITY f SYSTEM "file:///etc/passwd">]><graph id="g"><version>&f;</version></graph>'


@pytest.mark.parametrize(
    "text",
    [
        BOMB,
        OUTSIDE,
        "<graph>",
        "",
        "not xml",
        "<graph><a></graph>",
        "<a>" * 200 + "</a>" * 200,
        b"\xff\xfe\x00",
        b'<?xml version="1.0" encoding="nonsense"?><graph/>',
    ],
)
def test_what_is_not_sound_xml_is_refused_and_nothing_is_expanded_or_opened(text):
    with pytest.raises(DataError, match="not sound XML"):
        lint_text(text, V13)


def test_another_document_is_not_a_graph():
    with pytest.raises(DataError, match="<graph>"):
        lint_text("<project/>", V13)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_graph_or_one_clear_error(content):
    with contextlib.suppress(DataError):
        lint_text(content, V13)


def test_a_report_reads_as_text_and_as_json(tmp_path):
    file = tmp_path / "my.xml"
    file.write_text(changed(PAIR, "<includeCoherence>true", "<includeCoherence>yes"))
    report = lint_file(file, V13)
    assert "my.xml, for SNAP 13.0.0: 1 error" in report.text()
    assert "Do: write true or false" in report.text()
    plain = json.loads(json.dumps(report.as_dict()))
    assert plain["findings"][0]["code"] == "flag"
    assert not plain["clean"]


def test_a_missing_file_and_a_release_too_old_are_the_users_input(tmp_path):
    with pytest.raises(InputError, match="cannot be read"):
        lint_file(tmp_path / "none.xml", V13)
    with pytest.raises(InputError, match="too old"):
        lint_text(PAIR, SnapVersion(OLDEST.major - 1))
