"""
Our graphs against the graphs that SNAP's own reader accepted (facts, not part of the project): same work, same values.

What is compared is meaning, not text: the products that are written or exported, and how each comes about. Names of
nodes, the order of nodes and of parameters, and white space do not count. There is no difference in any value; if
one is ever wanted, it must be named here, with its reason.
"""

from pathlib import Path

import pytest
from graph_jobs import OWN_MODEL, assembly, coregister, merge, split, stamps_export, stripmap

from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.graph import Graph, Node, parse_graph, read_graph
from snapstamps.snap.jobs import Job
from snapstamps.snap.render import render_graph

CHECKED = Path(__file__).resolve().parents[3] / "shared" / "facts" / "snap" / "checked_graphs"
KINDS = {
    "split": lambda _: split(),
    "split_assembly": lambda _: assembly(),
    "pair_removal": coregister,
    "pair_swath_only": lambda version: coregister(version, topography="later"),
    "pair_topo_in_ifg_1burst_extdem": lambda version: coregister(
        version, topography="in_interferogram", bursts=1, height_model=OWN_MODEL
    ),
    "merge": merge,
    "export": lambda _: stamps_export(),
    "stripmap": stripmap,
}


def made(graph: Graph, node: Node) -> tuple:
    """How a product comes about: operator, values, and the same of its sources in their order."""
    sources = []
    for link in node.sources:
        source = graph.node(link.node)
        assert source is not None
        sources.append(made(graph, source))
    return node.operator, tuple(sorted((s.name, s.text) for s in node.settings)), tuple(sources)


def meaning(graph: Graph) -> tuple:
    """All that a graph leaves behind, and that its last node is one that writes."""
    taken = {link.node for node in graph.nodes for link in node.sources}
    ends = [node for node in graph.nodes if node.id not in taken]
    return graph.version, graph.nodes[-1].operator, sorted(made(graph, node) for node in ends)


@pytest.mark.skipif(not CHECKED.is_dir(), reason="needs the checked graphs (../shared/facts), not part of the project")
@pytest.mark.parametrize("major", [7, 9, 13, 14])
@pytest.mark.parametrize("kind", KINDS)
def test_our_graph_does_what_the_checked_graph_does(kind, major):
    job: Job = KINDS[kind](SnapVersion(major))
    ours = parse_graph(render_graph(job, SnapVersion(major)))
    assert meaning(ours) == meaning(read_graph(CHECKED / f"{kind}_{major}.xml"))


@pytest.mark.skipif(not CHECKED.is_dir(), reason="needs the checked graphs (../shared/facts), not part of the project")
def test_every_checked_graph_has_its_counterpart():
    assert {path.stem for path in CHECKED.glob("*.xml")} == {
        f"{kind}_{major}" for kind in KINDS for major in (7, 9, 13, 14)
    }


def test_the_comparison_sees_a_changed_value_and_a_changed_order():
    text = render_graph(stamps_export(), SnapVersion(13))
    other = text.replace('refid="coregistered"', 'refid="x"').replace('refid="interferogram"', 'refid="coregistered"')
    other = other.replace('refid="x"', 'refid="interferogram"')
    assert meaning(parse_graph(other)) != meaning(parse_graph(text))
    assert meaning(parse_graph(text.replace(">true<", ">false<"))) != meaning(parse_graph(text))
