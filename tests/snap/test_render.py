"""Graphs made from templates: sound for every release, whatever paths look like."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from graph_jobs import AOI, RELEASES, RUN, all_jobs, coregister, split, stamps_export
from hypothesis import given
from hypothesis import strategies as st
from jinja2 import UndefinedError

from snapstamps.config.resources import resource
from snapstamps.model.errors import InputError
from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.chain import Chain, Cut
from snapstamps.snap.choices import GeoArea, HeightModel, PixelWindow, SwathCut
from snapstamps.snap.graph import parse_graph
from snapstamps.snap.lint import lint_text
from snapstamps.snap.render import _environment, render_graph
from snapstamps.snap.stages import SNAP_STAGES, needed_stages, stage_named

V13 = SnapVersion(13)


def settings(text: str, operator: str) -> dict[str, str]:
    node = next(node for node in parse_graph(text).nodes if node.operator == operator)
    return {setting.name: setting.text for setting in node.settings}


@pytest.mark.parametrize("version", RELEASES, ids=str)
def test_the_linter_has_nothing_to_say_against_any_of_our_graphs_in_any_release(version):
    for name, job in all_jobs(version).items():
        assert lint_text(render_graph(job, version), version).findings == (), name


@pytest.mark.parametrize("version", RELEASES, ids=str)
def test_a_graph_is_plain_ascii_without_empty_lines_and_ends_in_a_line_end(version):
    for job in all_jobs(version).values():
        text = render_graph(job, version)
        assert text.isascii()
        assert text.endswith("</graph>\n")
        assert all(line.strip() for line in text.splitlines())


def test_newer_parameters_appear_with_the_release_that_knows_them():
    esd = {v: "esdEstimator" in render_graph(coregister(v), v) for v in RELEASES}
    assert [v.major for v, there in esd.items() if not there] == [7]
    bands = {v: "outputFlatEarthPhase" in render_graph(coregister(v), v) for v in RELEASES}
    assert [v.major for v, there in bands.items() if not there] == [7, 8, 9, 10]


def test_a_scene_of_one_sub_swath_needs_snap_13_0_1():
    job = split(single_swath_scene=True)
    assert settings(render_graph(job, SnapVersion(13, 0, 1)), "TOPSAR-Split")["enableSingleSwathMode"] == "true"
    with pytest.raises(InputError, match="one sub-swath only"):
        render_graph(job, SnapVersion(13, 0, 0))
    assert "enableSingleSwathMode" not in render_graph(split(), SnapVersion(14))


def test_spectral_diversity_is_left_out_for_one_burst():
    operators = [node.operator for node in parse_graph(render_graph(coregister(V13, bursts=1), V13)).nodes]
    assert "Enhanced-Spectral-Diversity" not in operators
    assert "Enhanced-Spectral-Diversity" in render_graph(coregister(V13, bursts=2), V13)


def test_the_geoid_is_never_added_to_an_own_height_model():
    own = HeightModel("External DEM", Path("/dem.tif"), float("nan"))
    values = settings(
        render_graph(coregister(V13, topography="in_interferogram", height_model=own), V13), "Interferogram"
    )
    assert values["externalDEMApplyEGM"] == "false"
    assert values["externalDEMNoDataValue"] == "NaN"
    built_in = settings(render_graph(coregister(V13, topography="in_interferogram"), V13), "Interferogram")
    assert "externalDEMApplyEGM" not in built_in


def test_both_products_of_a_pair_are_cut_by_the_same_window():
    graph = parse_graph(render_graph(coregister(V13, crop=PixelWindow(1, 2, 30, 40)), V13))
    assert [node.value("region") for node in graph.nodes if node.operator == "Subset"] == ["1,2,30,40"] * 2


def test_a_release_without_the_height_model_is_refused_with_those_that_it_has():
    with pytest.raises(InputError, match="SRTM 3Sec"):
        render_graph(coregister(V13), SnapVersion(7))


def test_a_release_before_7_is_refused():
    with pytest.raises(InputError, match="too old"):
        render_graph(stamps_export(), SnapVersion(6, 9))


HOSTILE = [
    "a & b <c> \"d\" 'e'",
    "]]><x/>",
    "<!-- x -->",
    "{{ 7 * 7 }} {% raw %}",
    "été Thái Nguyên Yên Bái",
    "$HOME ${USER} $(id)",
    "IW1 MASTER, slave; 100% #1",
    "\u0085next\u2028line",
]


@pytest.mark.parametrize("name", HOSTILE)
def test_any_path_reaches_snap_as_it_is(name):
    paths = [Path("/data") / name / f"{kind}.dim" for kind in ("master", "slave", "stack", "ifg")]
    job = replace(coregister(V13), master=paths[0], slave=paths[1], coregistered=paths[2], interferogram=paths[3])
    root = ET.fromstring(render_graph(job, V13))
    assert [element.text for element in root.iter("file")] == [str(path) for path in paths]
    assert len(root.findall("node")) == 12


@given(st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=0xFFFD, exclude_categories=["Cs"]), min_size=1))
def test_every_printable_path_survives_or_is_refused(name):
    path = Path(f"/data/{name}/x.dim")
    job = replace(stamps_export(), coregistered=path)
    try:
        text = render_graph(job, V13)
    except InputError:
        assert "sourceProducts" in name or not name.isprintable()
        return
    assert parse_graph(text).nodes[0].value("file") == str(path)


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/data/a\nb.dim", "cannot stand in a graph"),
        ("/data/\x07.dim", "cannot stand in a graph"),
        ("/data/😀.dim", "cannot stand in a graph"),
        ("/data/\udcff.dim", "cannot stand in a graph"),
        ("/data/${sourceProducts}.dim", "gpt would put a list"),
        ("/data/x.dim ", "white space"),
        ("data/x.dim", "must be absolute"),
    ],
)
def test_a_path_that_snap_would_not_read_as_it_is_written_is_refused(path, reason):
    with pytest.raises(InputError, match=reason):
        render_graph(replace(stamps_export(), coregistered=Path(path)), V13)


def test_an_area_may_not_carry_control_characters():
    with pytest.raises(InputError, match="the area"):
        render_graph(coregister(V13, crop=GeoArea("POLYGON\x00(())")), V13)


@pytest.mark.parametrize(
    "make",
    [
        lambda: split(polarisation="V V"),
        lambda: split(swaths=()),
        lambda: split(scenes=()),
        lambda: SwathCut("IW4", RUN / "x.dim"),
        lambda: SwathCut("IW1", RUN / "x.dim", 4, 3),
        lambda: SwathCut("IW1", RUN / "x.dim", 0, 3),
        lambda: coregister(V13, bursts=0),
        lambda: coregister(V13, topography="later", crop=GeoArea(AOI)),
        lambda: coregister(V13, slave=RUN / "split/20230331_IW2.dim"),
        lambda: HeightModel("External DEM"),
        lambda: HeightModel("SRTM 3Sec", Path("/dem.tif"), 0.0),
        lambda: HeightModel("External DEM", Path("/dem.tif")),
        lambda: PixelWindow(-1, 0, 10, 10),
        lambda: PixelWindow(0, 0, 0, 10),
    ],
)
def test_what_cannot_be_is_refused_when_it_is_said(make):
    with pytest.raises(InputError):
        make()


def test_the_operators_of_each_stage_are_those_of_its_templates():
    used: dict[str, set[str]] = {}
    for version in RELEASES:
        for job in all_jobs(version).values():
            nodes = parse_graph(render_graph(job, version)).nodes
            used.setdefault(job.template, set()).update(node.operator for node in nodes)
    for stage in SNAP_STAGES:
        assert set(stage.operators) == set().union(*(used[template] for template in stage.templates)), stage.name
    assert {template for stage in SNAP_STAGES for template in stage.templates} == set(used)
    assert {path.name for path in resource("graphs").glob("*.xml.j2")} == {*used, "parts.xml.j2"}


def test_the_merge_is_needed_for_several_sub_swaths_only():
    assert [stage.name for stage in needed_stages(n_swaths=1)] == ["split", "coregister", "stamps_export"]
    assert [stage.name for stage in needed_stages(n_swaths=2)] == ["split", "coregister", "merge", "stamps_export"]
    assert [stage.name for stage in needed_stages(n_swaths=1, in_bursts=False)] == ["coregister", "stamps_export"]
    assert not stage_named("stamps_export").parallel


def make_chain(bursts: dict[str, int]) -> Chain:
    model = HeightModel("SRTM 3Sec")
    return Chain(RUN, date(2020, 3, 4), "VV", bursts, model, GeoArea(AOI), topography="in_interferogram")


def test_a_single_sub_swath_is_finished_by_its_own_graph():
    job = make_chain({"IW2": 3}).coregister_job(date(2020, 3, 16), "IW2")
    assert (job.topography, job.crop, job.bursts) == ("in_interferogram", GeoArea(AOI), 3)
    assert job.coregistered == RUN / "coregistered/20200304_20200316.dim"
    assert job.master == RUN / "master/20200304_IW2.dim"


def test_what_one_stage_writes_the_next_one_reads():
    chain, slave = make_chain({"IW3": 2, "IW2": 3}), date(2020, 3, 16)
    cuts = {name: Cut(1, 3) for name in chain.swaths}
    written = {
        swath.target for day in (chain.master, slave) for swath in chain.split_job(day, (RUN / "s",), cuts).swaths
    }
    parts = [chain.coregister_job(slave, swath) for swath in chain.swaths]
    assert {path for job in parts for path in (job.master, job.slave)} == written
    assert {job.topography for job in parts} == {"later"}
    merged = chain.merge_job(slave)
    assert merged.coregistered_parts == tuple(job.coregistered for job in parts)
    assert merged.interferogram_parts == tuple(job.interferogram for job in parts)
    export = chain.stamps_export_job(slave)
    assert (export.coregistered, export.interferogram) == (merged.coregistered, merged.interferogram)
    assert export.folder == RUN / "INSAR_20200304"


def test_a_scene_of_one_sub_swath_is_said_to_be_one():
    job = make_chain({"IW2": 3}).split_job(date(2020, 3, 4), (RUN / "s",), {"IW2": Cut(1, 3)}, single_swath_scene=True)
    assert job.single_swath_scene


def test_in_a_work_folder_products_keep_their_names_and_do_not_meet():
    chain, work = make_chain({"IW2": 3}), Path("/tmp/work")
    job = chain.coregister_job(date(2020, 3, 16), "IW2", work=work)
    assert job.coregistered != job.interferogram
    assert {job.coregistered.name, job.interferogram.name} == {"20200304_20200316.dim"}
    assert work in job.coregistered.parents
    split_job = chain.split_job(chain.master, (RUN / "s",), {"IW2": Cut(1, 3)}, work=work)
    assert split_job.swaths[0].target == work / "20200304_IW2.dim"


def test_templates_stop_at_names_that_do_not_exist():
    text = (resource("graphs") / "split.xml.j2").read_text()
    with pytest.raises(UndefinedError, match="orbit_typo"):
        _environment().from_string(text.replace("job.orbit_type", "job.orbit_typo")).render(
            job=split(), has=lambda *_: True
        )
