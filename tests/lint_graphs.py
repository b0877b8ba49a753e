"""Graphs for the tests of the linter: ours, small ones, and how they are spoiled."""

from graph_jobs import coregister, split, stamps_export

from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.lint import lint_text
from snapstamps.snap.lint_findings import GraphFinding
from snapstamps.snap.render import render_graph

V13 = SnapVersion(13)
PAIR = render_graph(coregister(V13), V13)
SPLIT = render_graph(split(), V13)
EXPORT = render_graph(stamps_export(), V13)


def changed(text: str, old: str, new: str) -> str:
    assert old in text
    return text.replace(old, new, 1)


def found(text: str, version: SnapVersion = V13) -> dict[str, str]:
    """Codes with their severity."""
    return {finding.code: finding.severity for finding in lint_text(text, version).findings}


def only(text: str, version: SnapVersion = V13) -> GraphFinding:
    findings = lint_text(text, version).findings
    assert len(findings) == 1, findings
    return findings[0]


def graph(*nodes: str) -> str:
    return f'<graph id="Graph"><version>1.0</version>{"".join(nodes)}</graph>'


def node(name: str, operator: str, sources: str = "", parameters: str = "") -> str:
    return (
        f'<node id="{name}"><operator>{operator}</operator><sources>{sources}</sources>'
        f"<parameters>{parameters}</parameters></node>"
    )


READ = node("read", "Read", "", "<file>/a.dim</file>")
WRITE = node(
    "write",
    "Write",
    '<sourceProduct refid="{0}"/>',
    "<file>/b.dim</file><writeEntireTileRows>false</writeEntireTileRows>",
)


def one(operator: str, parameters: str) -> str:
    """A graph with one node between Read and Write."""
    return graph(READ, node("x", operator, '<sourceProduct refid="read"/>', parameters), WRITE.format("x"))
