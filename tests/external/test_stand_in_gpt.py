"""
The stand-in of gpt is as strict as gpt: its messages and exit codes, what it accepts, what it writes.

It shares no code with the makers and checkers of graphs, so that where both agree, both read the table alike.
"""

import subprocess
from pathlib import Path

import numpy as np
import pytest
from fakes.safe import write_safe
from fakes.snap_gpt.graph import adds_a_write, fill_template, read_graph
from fakes.snap_gpt.pairs import deburst
from fakes.snap_gpt.product import Product
from fakes.snap_gpt.run import Run
from fakes.snap_gpt.table import GptError, Table
from fakes.snap_gpt.world import World
from graph_jobs import RELEASES, all_jobs, coregister, split, stamps_export
from hypothesis import given, settings
from hypothesis import strategies as st
from snap_worlds import SnapWorld, make_world

from snapstamps.formats.dimap import read_attributes
from snapstamps.formats.stamps_export import open_stack
from snapstamps.model.errors import DataError, ToolError
from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.chain import Cut
from snapstamps.snap.gate import check_export
from snapstamps.snap.lint import lint_text
from snapstamps.snap.lint_findings import GraphFinding
from snapstamps.snap.render import render_graph

CHECKED = Path(__file__).resolve().parents[3] / "shared" / "facts" / "snap" / "checked_graphs"
V13 = SnapVersion(13)
PAIR = render_graph(coregister(V13), V13)
SPLIT = render_graph(split(), V13)
EXPORT = render_graph(stamps_export(), V13)


@pytest.mark.parametrize("version", RELEASES, ids=str)
def test_it_accepts_all_our_graphs_in_every_release(version):
    for name, job in all_jobs(version).items():
        text = render_graph(job, version)
        assert read_graph(text, Table(str(version))), name
        assert adds_a_write(text, Table(str(version))) is None


def test_a_graph_for_a_newer_release_is_refused_by_an_older_one():
    with pytest.raises(
        GptError, match=r"\[NodeId: spectral_diversity\] Operator 'SpectralDiversityOp': Unknown element"
    ):
        read_graph(PAIR.replace("Copernicus 30m Global DEM", "SRTM 3Sec"), Table("7.0.4"))
    with pytest.raises(GptError, match="Unknown element 'outputFlatEarthPhase'"):
        read_graph(PAIR, Table("10.0.0"))


@pytest.mark.skipif(not CHECKED.is_dir(), reason="needs the checked graphs (../shared/facts), not part of the project")
@pytest.mark.parametrize("release", range(7, 15))
def test_it_accepts_and_refuses_the_checked_graphs_as_snap_did(release):
    for path in CHECKED.glob("*.xml"):
        made_for = int(path.stem.rpartition("_")[2])
        text = path.read_text()
        newer = (made_for >= 9 and release < 8 and "esdEstimator" in text) or (
            made_for >= 13 and release < 11 and "outputTopoPhase>" in text
        )
        if newer:
            with pytest.raises(GptError, match="Unknown element"):
                read_graph(text, Table(str(release)))
        else:
            read_graph(text, Table(str(release)))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (SPLIT.replace(">Write<", ">Writes<"), "Unknown operator name 'Writes'."),
        (SPLIT.replace(">TOPSAR-Split<", ">Split<"), "SPI not found for operator 'Split'"),
        (
            SPLIT.replace("subswath", "subSwath"),
            "[NodeId: split_IW2] Operator 'TOPSARSplitOp': Unknown element 'subSwath'",
        ),
        (SPLIT.replace("<firstBurstIndex>3", "<firstBurstIndex>abc"), "'abc' cannot be converted to a integer."),
        (SPLIT.replace("<firstBurstIndex>3", "<firstBurstIndex>4.0"), "'4.0' cannot be converted to a integer."),
        (
            SPLIT.replace("<firstBurstIndex>3", "<firstBurstIndex>0"),
            "Value for 'First burst index' is out of range [1,*).",
        ),
        (SPLIT.replace(" (Auto Download)", ""), "Value for 'Orbit type' is invalid: 'Sentinel Precise'"),
        (PAIR.replace("<cohThreshold>0.3", "<cohThreshold>0,3"), "'0,3' cannot be converted to a double."),
        (PAIR.replace('refid="slave"', 'refid="slv"'), "Missing source 'slv' in node 'back_geocoding'"),
        (EXPORT.replace('refid="interferogram"', 'refid="coregistered"'), "duplicated source node id"),
        (SPLIT.replace("<version>1.0</version>", ""), "No version is specified in the graph XML."),
        (SPLIT.replace(">1.0<", ">1.1<"), "Wrong version given"),
        (SPLIT.replace("/data/slc", "/a & b"), "ConversionException"),
        (SPLIT.replace("<sources/>", "<source/>"), "UnknownFieldException"),
        (
            SPLIT.replace('<sourceProduct refid="orbit_IW2"/>', ""),
            "Mandatory source product (field 'sourceProduct') not set.",
        ),
        (EXPORT.replace("<file>/data/run/ifg/20230331_20230319.dim</file>", "<file/>"), "must be given"),
    ],
)
def test_it_refuses_with_the_words_of_gpt(text, message):
    with pytest.raises(GptError) as caught:
        read_graph(text, Table("13.0.1"))
    assert message in str(caught.value)


def test_a_strange_boolean_is_false_without_a_word_and_an_empty_element_is_nothing():
    nodes = {n.id: n for n in read_graph(PAIR.replace("<includeCoherence>true", "<includeCoherence>yes"), Table("13"))}
    assert nodes["interferogram"].values["includeCoherence"] is False
    nodes = {n.id: n for n in read_graph(PAIR.replace("<cohWinAz>3</cohWinAz>", "<cohWinAz/>"), Table("13"))}
    assert nodes["interferogram"].values["cohWinAz"] is None


def test_the_second_node_of_one_id_is_never_reached():
    text = PAIR.replace('<node id="slave">', '<node id="master">').replace('refid="slave"', 'refid="x"')
    with pytest.raises(GptError, match="Missing source 'x'"):
        read_graph(text, Table("13"))
    twice = SPLIT.replace("</graph>", SPLIT[SPLIT.index('  <node id="write_IW2"') :])
    assert len(read_graph(twice, Table("13"))) == len(read_graph(SPLIT, Table("13")))


def test_template_variables_are_replaced_as_gpt_replaces_them():
    values = {"a": "1", "b": "2"}
    assert fill_template("${a} $b ${c}", values) == "1 2 ${c}"
    assert fill_template("${a}${b}", values) == "1${b}"


_MUTATIONS = st.lists(
    st.tuples(
        st.sampled_from(
            [">true<", ">false<", ">3<", ">512<", ">0.3<", ">VV<", "refid=", "<operator>", "cohWinAz", "Inv Quadratic"]
        ),
        st.sampled_from(
            [">yes<", ">3.0<", "><", ">-1<", ">1e3<", "ref=", "<operator>X", "cohWinAzimuth", "linear", ">6<"]
        ),
    ),
    min_size=1,
    max_size=3,
)


def findings_of(text: str, version: str):
    """What the linter finds; broken XML is a single error."""
    try:
        return lint_text(text, SnapVersion.parse(version)).findings
    except DataError:
        return (GraphFinding("broken", "error", 1, "", "", "", ""),)


@given(_MUTATIONS, st.sampled_from(["7.0.4", "9.0.0", "13.0.1", "14.0.0"]))
@settings(max_examples=100)
def test_what_gpt_refuses_the_linter_calls_an_error(mutations, version):
    text = PAIR
    for old, new in mutations:
        text = text.replace(old, new, 1)
    try:
        read_graph(text, Table(version))
    except GptError as error:
        findings = findings_of(text, version)
        unknown_operator = "SPI not found" in str(error)  # SNAP has more operators than the table: a warning
        told = any(f.severity == "error" or unknown_operator for f in findings)
    else:
        told = True
    assert told


@pytest.fixture(scope="module")
def world(tmp_path_factory) -> SnapWorld:
    return make_world(tmp_path_factory.mktemp("world"), with_pixels=True)


@pytest.fixture(scope="module")
def project(world, tmp_path_factory) -> Path:
    """One pair through the whole chain."""
    folder = tmp_path_factory.mktemp("project")
    chain, slave = world.chain(folder), world.slaves[0]
    for day in (chain.master, slave):
        assert world.run(chain.split_job(day, (world.scenes[day],), world.cuts()), folder, "split").warnings == ()
    world.run(chain.coregister_job(slave, "IW2"), folder)
    world.run(chain.stamps_export_job(slave), folder)
    return folder


def test_a_split_product_is_a_beam_dimap_of_the_right_size_with_a_precise_orbit(world, project):
    dim = world.chain(project).split_product(world.spec.master_day, "IW2")
    seen = read_attributes(dim, ["orbit_state_vector_file", "num_output_lines", "num_samples_per_line", "SWATH"])
    assert seen["SWATH"] == "IW2"
    assert "POEORB" in seen["orbit_state_vector_file"]
    rasters = sorted(dim.with_suffix(".data").glob("*.img"))
    assert [path.name for path in rasters] == ["i_IW2_VV.img", "q_IW2_VV.img"]
    pixels = int(seen["num_output_lines"]) * int(seen["num_samples_per_line"])
    assert {path.stat().st_size for path in rasters} == {2 * pixels}
    assert int(seen["num_output_lines"]) == world.layout.lines_per_burst * world.layout.n_bursts


def test_a_pair_has_the_bands_of_snap_and_the_size_of_the_area(world, project):
    chain, slave = world.chain(project), world.slaves[0]
    stack = {path.stem for path in chain.coregistered(slave).with_suffix(".data").glob("*.img")}
    assert stack == {f"{part}_IW2_VV_{tag}" for part in "iq" for tag in ("mst_17Jan2019", "slv1_05Jan2019")}
    ifg = {path.stem for path in chain.interferogram(slave).with_suffix(".data").glob("*.img")}
    tag = "VV_17Jan2019_05Jan2019"
    assert ifg == {
        f"i_ifg_{tag}",
        f"q_ifg_{tag}",
        f"coh_IW2_{tag}",
        "elevation",
        "orthorectifiedLat",
        "orthorectifiedLon",
    }
    for product in (chain.coregistered(slave), chain.interferogram(slave)):
        seen = read_attributes(product, ["num_output_lines", "num_samples_per_line", "coregistered_stack"])
        assert seen == {"num_output_lines": "40", "num_samples_per_line": "80", "coregistered_stack": "1"}


def test_the_export_is_the_simulated_scene_but_for_the_rounding_of_its_integers(world, project):
    export = world.chain(project).export_folder
    stack = open_stack(export)
    assert (len(stack.slcs), stack.length, stack.width) == (2, 40, 80)
    simulated = next((world.folder / "scene").glob("INSAR_*"))
    for name in ("rslc/20190117.rslc", "rslc/20190105.rslc"):
        one, two = (np.fromfile(folder / name, ">c8") for folder in (simulated, export))
        assert np.abs(one - two).max() < 0.71
    name = "diff0/20190117_20190105.base"
    assert (export / name).read_text() == (simulated / name).read_text()
    assert np.array_equal(
        np.fromfile(export / "geo/20190117.lat", ">f4"), np.fromfile(simulated / "geo/20190117.lat", ">f4")
    )
    assert check_export(export).errors == ()


def test_several_sub_swaths_of_snap_14_come_to_the_same_export(tmp_path):
    world = make_world(tmp_path, version="14.0.0", scene_in=("IW2", "IW3"), with_pixels=True)
    chain, slave = world.chain(tmp_path / "p"), world.slaves[0]
    for day in (chain.master, slave):
        world.run(chain.split_job(day, (world.scenes[day],), world.cuts()), tmp_path)
    for swath in chain.swaths:
        world.run(chain.coregister_job(slave, swath), tmp_path)
    world.run(chain.merge_job(slave), tmp_path)
    world.run(chain.stamps_export_job(slave), tmp_path)
    assert (chain.coregistered(slave).with_suffix(".data") / "i_VV_ref_17Jan2019.img").is_file()
    one = np.fromfile(chain.export_folder / "rslc/20190105.rslc", ">c8")
    two = np.fromfile(next((tmp_path / "scene").glob("INSAR_*")) / "rslc/20190105.rslc", ">c8")
    assert np.abs(one - two).max() < 0.71


@pytest.mark.parametrize(("version", "lines"), [("12.0.0", 20), ("12.0.1", 21)])
def test_the_size_after_deburst_depends_on_the_release(world, version, lines):
    run = Run(version, Table(version), World(world.folder / "scene"), Path(), None)
    times = {"first_line_time": "01-JAN-2020 00:00:00.000000", "last_line_time": "01-JAN-2020 00:00:10.000000"}
    metadata = {"Abstracted_Metadata": {"line_time_interval": "0.5", **times}}
    product = Product("p", 0, 5, [(0, 12), (9, 12)], [], metadata)
    product.burst_list["count"] = "2"
    assert deburst(run, {}, product).height == lines


def test_a_release_cannot_export_the_stack_of_snap_14(tmp_path):
    world = make_world(tmp_path, version="14.0.0")
    chain, slave = world.chain(tmp_path / "p"), world.slaves[0]
    for day in (chain.master, slave):
        world.run(chain.split_job(day, (world.scenes[day],), world.cuts()), tmp_path)
    world.run(chain.coregister_job(slave, "IW2"), tmp_path)
    (tmp_path / "snap" / "VERSION.txt").write_text("13.0.1")
    with pytest.raises(ToolError, match="made by SNAP 14"):
        world.run(chain.stamps_export_job(slave), tmp_path)


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        (("IW2</subswath>", "EW5</subswath>"), "did not find the sub-swath"),
        ((".SAFE</file>", ".SAF</file>"), "is not there"),
        (("<selectedPolarisations>VV", "<selectedPolarisations>HH"), None),
        (
            ("<lastBurstIndex>3</lastBurstIndex>", "<lastBurstIndex>3</lastBurstIndex><wktAoi>POINT (0 0)</wktAoi>"),
            "no burst",
        ),
    ],
)
def test_what_only_the_data_can_tell_is_told_while_it_works(world, tmp_path, change, cause):
    chain = world.chain(tmp_path)
    text = render_graph(chain.split_job(chain.master, (world.scenes[chain.master],), world.cuts()), world.snap.version)
    text = text.replace(*change)
    if cause is None:  # a wrong polarisation is taken for all of them
        world.run_text(text, tmp_path)
        assert len(list((tmp_path / "master").glob("*.data/i_*.img"))) == 1
        return
    with pytest.raises(ToolError, match=cause):
        world.run_text(text, tmp_path)


def test_slices_are_joined_and_strangers_refused(tmp_path, world):
    day, chain = world.spec.master_day, world.chain(tmp_path / "p")
    parts = [
        write_safe(
            tmp_path / "s",
            world.spec,
            day,
            layout=world.layout,
            bursts=bursts,
            slices=(number, 2),
            unique=f"000{number}",
        )
        for number, bursts in ((1, range(2)), (2, range(2, 3)))
    ]
    world.run(chain.split_job(day, tuple(reversed(parts)), world.cuts()), tmp_path)
    seen = read_attributes(chain.split_product(day, "IW2"), ["num_output_lines"])
    assert int(seen["num_output_lines"]) == 3 * world.layout.lines_per_burst
    other = write_safe(tmp_path / "s", world.spec, day, layout=world.layout, slices=(7, 9), unique="0007")
    with pytest.raises(ToolError, match="do not follow one another"):
        world.run(chain.split_job(day, (parts[0], other), world.cuts()), tmp_path)


def test_one_burst_and_spectral_diversity_do_not_go_together(world, tmp_path):
    chain, slave = world.chain(tmp_path), world.slaves[0]
    cuts = {"IW2": Cut(2, 2)}
    for day in (chain.master, slave):
        world.run(chain.split_job(day, (world.scenes[day],), cuts), tmp_path)
    with pytest.raises(ToolError, match="one burst"):
        world.run(chain.coregister_job(slave, "IW2"), tmp_path)


def test_without_a_write_node_the_product_appears_as_target_dim(world, tmp_path):
    chain = world.chain(tmp_path)
    text = render_graph(chain.split_job(chain.master, (world.scenes[chain.master],), world.cuts()), world.snap.version)
    world.run_text(text[: text.index('  <node id="write_IW2"')] + "</graph>\n", tmp_path, "auto")
    assert (tmp_path / "work/auto/target.dim").is_file()


def test_its_command_line_is_that_of_gpt(world, tmp_path):
    def call(*words: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([world.snap.gpt, *words], capture_output=True, text=True, check=False, cwd=tmp_path)

    assert "SNAP Release version 13.0.1" in call("--diag").stdout
    assert "Error: Unknown operator name 'Nothing'." in call("Nothing").stderr
    (tmp_path / "g.xml").write_text(SPLIT)
    answer = call(str(tmp_path / "g.xml"), "-zz")
    assert (answer.returncode, "Error: Unknown option '-zz'" in answer.stderr) == (1, True)
    answer = call(str(tmp_path / "g.xml"))
    assert answer.returncode == 1
    assert " done." in answer.stdout
    assert "does not exist" in answer.stderr
