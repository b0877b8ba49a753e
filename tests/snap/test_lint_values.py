"""The linter finds each parameter that gpt would refuse, or silently take for something else."""

import pytest
from graph_jobs import AOI, merge
from hypothesis import given
from hypothesis import strategies as st
from lint_graphs import EXPORT, PAIR, SPLIT, V13, WRITE, changed, found, graph, node, one, only

from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.graph import parse_graph
from snapstamps.snap.lint import lint_text
from snapstamps.snap.operators import operators
from snapstamps.snap.render import render_graph


def test_an_unknown_parameter_is_named_with_the_nearest_one_and_what_gpt_would_say():
    finding = only(changed(SPLIT, "<subswath>IW2</subswath>", "<subSwath>IW2</subSwath>"))
    assert (finding.code, finding.severity, finding.node) == ("unknown-parameter", "error", "split_IW2")
    assert "Operator 'TOPSARSplitOp': Unknown element 'subSwath'" in finding.why
    assert "subswath" in finding.remedy
    assert finding.line == SPLIT[: SPLIT.index("<subswath>")].count("\n") + 1


def test_a_parameter_of_a_later_release_names_that_release():
    findings = lint_text(PAIR, SnapVersion(7)).findings
    esd = next(finding for finding in findings if "esdEstimator" in finding.what)
    assert "SNAP 8.0.0" in esd.remedy
    assert esd.severity == "error"


def test_the_java_field_is_a_name_too_and_in_snap_7_the_only_one():
    text = "<tiePointGridNames>latitude</tiePointGridNames><copyMetadata>true</copyMetadata>"
    assert found(one("Subset", text)) == {}
    newer = one("Subset", text.replace("tiePointGridNames", "tiePointGrids"))
    assert found(newer) == {}
    finding = next(f for f in lint_text(newer, SnapVersion(7)).findings if f.severity == "error")
    assert "tiePointGridNames" in finding.remedy


def test_a_parameter_that_a_release_lost_for_a_while_is_known():
    text = one("Terrain-Correction", "<demName>SRTM 3Sec</demName><outputComplex>true</outputComplex>")
    assert [found(text, SnapVersion(major)) for major in (7, 8, 9)] == [{}, {"unknown-parameter": "error"}, {}]


@pytest.mark.parametrize("word", ["yes", "on", "1 ", "ja", "wahr", "TRUE!", "t"])
def test_a_word_that_snap_would_silently_read_as_false_is_an_error(word):
    findings = lint_text(changed(PAIR, "<includeCoherence>true", f"<includeCoherence>{word}"), V13).findings
    (finding,) = findings
    if word.strip() == "1":
        assert (finding.code, finding.severity) == ("flag-number", "warning")
    else:
        assert (finding.code, finding.severity) == ("flag", "error")
        assert "silently read as false" in finding.what


@pytest.mark.parametrize("word", ["true", "false", "True", "FALSE"])
def test_true_and_false_are_fine_in_any_case(word):
    assert found(changed(PAIR, "<squarePixel>false", f"<squarePixel>{word}")) == {}


@pytest.mark.parametrize(
    ("element", "bad"),
    [
        ("<orbitDegree>3", "<orbitDegree>3.0"),
        ("<orbitDegree>3", "<orbitDegree>abc"),
        ("<orbitDegree>3", "<orbitDegree>6"),
        ("<cohWinAz>3", "<cohWinAz>99999999999"),
        ("<xCorrThreshold>0.1", "<xCorrThreshold>0,1"),
        ("<xCorrThreshold>0.1", "<xCorrThreshold>0"),
        ("<cohThreshold>0.3", "<cohThreshold>1.5"),
        ("<cohThreshold>0.3", "<cohThreshold>NaN"),
        ("<fineWinWidthStr>512", "<fineWinWidthStr>500"),
        ("<weightFunc>Inv Quadratic", "<weightFunc>inv quadratic"),
        ("<numBlocksPerOverlap>10", "<numBlocksPerOverlap>21"),
        (f"<geoRegion>{AOI}", "<geoRegion>105.7 20.9"),
        (f"<geoRegion>{AOI}", "<geoRegion>POLYGON ((2000 20, 2100 20, 2100 21, 2000 20))"),
        (f"<geoRegion>{AOI}</geoRegion>", "<region>0,0,0,10</region>"),
    ],
)
def test_a_value_of_the_wrong_type_or_outside_its_set_or_interval_is_an_error(element, bad):
    finding = only(changed(PAIR, element, bad))
    assert (finding.code, finding.severity) == ("bad-value", "error")


def test_a_wrong_kind_of_orbit_names_the_right_words():
    finding = only(changed(SPLIT, "Sentinel Precise (Auto Download)", "Sentinel Precise"))
    assert "Sentinel Precise (Auto Download)" in finding.remedy


def test_what_snap_looks_up_only_while_it_works_is_found_before():
    late = {"late-refusal": "error"}
    assert found(PAIR.replace("Copernicus 30m Global DEM", "Copernicus 30m")) == late
    assert found(changed(PAIR, "BISINC_5_POINT_INTERPOLATION", "BISINC_5_POINT")) == late
    assert found(render_graph(merge(V13), V13), SnapVersion(7)) == late


def test_a_height_model_and_its_file_belong_together():
    assert found(PAIR.replace("Copernicus 30m Global DEM", "External DEM")) == {"no-dem-file": "error"}
    named = changed(
        PAIR,
        "<demName>Copernicus 30m Global DEM</demName>",
        "<demName>my SRTM</demName><externalDEMFile>/d.tif</externalDEMFile>",
    )
    assert found(named) == {"dem-name": "warning"}


def test_an_empty_element_is_not_a_default():
    assert found(changed(PAIR, "<cohWinAz>3</cohWinAz>", "<cohWinAz/>")) == {"empty": "warning"}
    assert found(changed(EXPORT, "<file>/data/run/ifg/20230331_20230319.dim</file>", "<file/>"))["empty"] == "error"


def test_a_missing_required_parameter_and_one_set_twice_are_found():
    assert found(graph(node("read", "Read"), WRITE.format("read"))) == {"not-set": "error"}
    assert found(changed(PAIR, "<cohWinAz>3</cohWinAz>", "<cohWinAz>3</cohWinAz><cohWinAz>4</cohWinAz>")) == {
        "set-twice": "warning"
    }


def test_variables_are_told_and_two_side_by_side_are_an_error():
    assert found(changed(EXPORT, "<targetFolder>/data/run/INSAR_20230331", "<targetFolder>${folder}")) == {
        "variable": "info"
    }
    assert found(changed(EXPORT, "<targetFolder>/data/run/INSAR_20230331", "<targetFolder>${folder}${name}")) == {
        "adjacent-variables": "error"
    }


def test_a_default_that_releases_do_not_share_is_told():
    assert found(changed(PAIR, "<cohThreshold>0.3</cohThreshold>", "")) == {"default-differs": "info"}


@given(
    operator=st.sampled_from(sorted(operators())),
    texts=st.lists(st.text(alphabet="0123456789.,-+eEfdxTtrueNaIy ${}()", max_size=12), max_size=3),
    major=st.integers(7, 15),
    data=st.data(),
)
def test_no_value_makes_the_linter_stumble(operator, texts, major, data):
    names = [data.draw(st.sampled_from([*operators()[operator].parameters, "stray"])) for _ in texts]
    parameters = "".join(f"<{name}>{text}</{name}>" for name, text in zip(names, texts, strict=True))
    lint_text(one(operator, parameters), SnapVersion(major))


@pytest.mark.parametrize("operator", sorted(operators()))
@pytest.mark.parametrize("major", range(7, 15))
def test_the_defaults_of_the_table_are_values_that_the_table_allows(operator, major):
    version = SnapVersion(major)
    for parameter in operators()[operator].parameters.values():
        default = parameter.default_in(version)
        if default is None or not parameter.exists_in(version) or version < operators()[operator].since:
            continue
        text = one(operator, f"<{parameter.names_in(version)[0]}>{default}</{parameter.names_in(version)[0]}>")
        codes = {f.code for f in lint_text(text, version).findings if f.severity == "error" and f.node == "x"}
        assert not codes & {"bad-value", "flag", "unknown-parameter", "late-refusal"}, parameter.name


def test_the_lines_of_findings_are_those_of_the_file():
    text = changed(PAIR, "<disableReramp>false", "<disableReramp>nein")
    line = next(number for number, row in enumerate(text.splitlines(), start=1) if "nein" in row)
    assert only(text).line == line
    assert parse_graph(text).nodes[0].line == 3
