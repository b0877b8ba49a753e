"""
Any graph, ours or another's, held against what a version of SNAP accepts, and against what it would do in silence.

gpt checks little before it works for an hour: it takes a boolean it does not know for false, sends the edges of two
nodes of one name to the first, and adds a Write where it finds none. Here is the form of the graph: XML, nodes,
edges. Values are judged in ``lint_values``, the order of the work in ``lint_order``.
"""

import difflib
from collections.abc import Iterator
from pathlib import Path

from snapstamps.config.faults import nearest
from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.graph import Graph, Node, SourceLink, parse_graph, read_graph
from snapstamps.snap.lint_findings import GraphFinding, LintReport, about, worst_first
from snapstamps.snap.lint_order import check_order
from snapstamps.snap.lint_values import check_settings
from snapstamps.snap.operators import NEWEST, Operator, Sources, operators, require_supported

_VERSION = "1.0"
_SLIP = 0.85
"""Likeness of two names from which one is a slip of the other; SNAP has far more operators than the table."""


def lint_file(path: Path, version: SnapVersion) -> LintReport:
    """
    Check a graph file.

    Parameters
    ----------
    path : Path
        The graph.
    version : SnapVersion
        The SNAP that is to run it.

    Raises
    ------
    InputError
        If the file cannot be read, or the version is too old.
    DataError
        If it is not a graph at all.
    """
    return LintReport(path, version, _findings(read_graph(path), version))


def lint_text(text: str | bytes, version: SnapVersion) -> LintReport:
    """
    Check the text of a graph.

    Raises
    ------
    InputError
        If the version is too old.
    DataError
        If it is not a graph at all.
    """
    return LintReport(None, version, _findings(parse_graph(text), version))


def _findings(graph: Graph, version: SnapVersion) -> tuple[GraphFinding, ...]:
    require_supported(version)
    found = [*_check_frame(graph, version), *_check_ids(graph), *_check_cycles(graph), *_check_end(graph)]
    for node in graph.nodes:
        operator = operators().get(node.operator)
        if operator is None or version < operator.since:
            found.append(_unknown_operator(node, operator, version))
            continue
        found += [*_check_sources(graph, node, operator), *check_settings(node, operator, version)]
    found += check_order(graph, version)
    return worst_first(found)


def _check_frame(graph: Graph, version: SnapVersion) -> Iterator[GraphFinding]:
    if graph.version != _VERSION:
        what = "the graph has no <version>" if graph.version is None else f"its <version> is {graph.version!r}"
        yield GraphFinding(
            "version-element", "error", 1, "", what, "gpt refuses it", f"write <version>{_VERSION}</version>"
        )
    if not graph.nodes:
        yield GraphFinding("no-nodes", "error", 1, "", "the graph has no node", "there is nothing to do", "add nodes")
    for path, line in graph.strays:
        parent, _, element = path.partition("/")
        why = "gpt stops at elements that it does not know, with a long message of its XML reader"
        yield GraphFinding(
            "unknown-element", "error", line, "", f"<{element}> has no place in a {parent}", why, "remove it"
        )
    if version.major > NEWEST.major:
        yield GraphFinding(
            "newer-snap",
            "info",
            1,
            "",
            f"SNAP {version} is newer than what is known here",
            f"it is taken for SNAP {NEWEST.major}",
            "look for a newer snapstamps",
        )


def _check_ids(graph: Graph) -> Iterator[GraphFinding]:
    seen: set[str] = set()
    for node in graph.nodes:
        if not node.id:
            yield about(
                node, "error", "no-id", "a node has no id", "no other node can take its product", "give it an id"
            )
        elif node.id in seen:
            yield about(
                node,
                "error",
                "duplicate-id",
                f"the id {node.id!r} stands there twice",
                "gpt says nothing, sends all edges to the first of them, and never reaches this one",
                "give each node an id of its own",
            )
        seen.add(node.id)


def _unknown_operator(node: Node, operator: Operator | None, version: SnapVersion) -> GraphFinding:
    if not node.operator:
        return about(
            node, "error", "no-operator", "the node has no <operator>", "gpt refuses it", "name what it is to do"
        )
    if operator is not None:
        return about(
            node,
            "error",
            "operator-too-new",
            f"SNAP {version} has no operator {node.operator}",
            f"it came with SNAP {operator.since}",
            "use a newer SNAP, or leave the node out",
        )
    near = nearest(node.operator, operators())
    if near is not None and _same_letters(near, node.operator):
        return about(
            node,
            "error",
            "unknown-operator",
            f"there is no operator {node.operator!r}",
            "gpt refuses the graph: the name counts to the letter",
            f"did you mean {near}?",
        )
    return about(
        node,
        "warning",
        "unknown-operator",
        f"the operator {node.operator!r} is not known here",
        "the table holds the operators of a PSInSAR chain, SNAP has more; its name and parameters are not checked",
        (f"did you mean {near}? Else " if near else "") + f"`gpt -h {node.operator}` tells whether SNAP has it",
    )


def _same_letters(one: str, other: str) -> bool:
    """Tell whether two names are so close that one must be a slip of the other."""
    first, second = ("".join(filter(str.isalnum, name)).lower() for name in (one, other))
    return difflib.SequenceMatcher(None, first, second).ratio() > _SLIP


def _check_sources(graph: Graph, node: Node, operator: Operator) -> Iterator[GraphFinding]:
    for link in node.sources:
        if graph.node(link.node) is None:
            near = nearest(link.node, [other.id for other in graph.nodes])
            yield about(
                (node, link),
                "error",
                "missing-source",
                f"its source {link.node!r} is no node of this graph",
                "gpt refuses the graph",
                f"did you mean {near!r}?" if near else "name an id that exists",
            )
    names = [link.node for link in node.sources]
    for link in {link.node: link for link in node.sources if names.count(link.node) > 1}.values():
        yield about(
            (node, link),
            "error",
            "source-twice",
            f"it takes {link.node!r} twice",
            "gpt refuses the same refid twice in one <sources>",
            "name each source once",
        )
    yield from _check_source_names(node, operator)


def _check_source_names(node: Node, operator: Operator) -> Iterator[GraphFinding]:
    if operator.sources is Sources.NONE and node.sources:
        yield about(
            (node, node.sources[0]),
            "warning",
            "needless-source",
            f"{operator.name} takes no source",
            "what it is given is not used",
            "write <sources/>",
        )
    elif operator.sources is Sources.MANY and not node.sources:
        yield about(
            node, "error", "no-source", f"{operator.name} has no source", "gpt refuses the graph", "add its sources"
        )
    elif operator.sources is Sources.ONE and not any(_takes(operator, link) for link in node.sources):
        given = ", ".join(link.name for link in node.sources)
        yield about(
            node,
            "error",
            "no-source",
            f"{operator.name} has no source" + (f" under a name that it knows (given: {given})" if given else ""),
            "gpt says: Mandatory source product (field 'sourceProduct') not set.",
            f"write <{operator.source_names[-1]} refid=…/>",
        )


def _takes(operator: Operator, link: SourceLink) -> bool:
    return link.name in operator.source_names


def _check_cycles(graph: Graph) -> Iterator[GraphFinding]:
    for node in graph.nodes:
        if node.id and graph.node(node.id) is node and any(other.id == node.id for other in graph.upstream(node)):
            yield about(
                node,
                "error",
                "cycle",
                f"{node.id} depends on itself",
                "gpt cannot begin anywhere",
                "follow its sources upwards and cut the circle",
            )


def _check_end(graph: Graph) -> Iterator[GraphFinding]:
    """Find nodes whose product nobody takes, and the Write that gpt would add."""
    if not graph.nodes:
        return
    known = operators()
    taken = {link.node for node in graph.nodes for link in node.sources}
    for node in graph.nodes[:-1]:
        operator = known.get(node.operator)
        if node.id not in taken and operator is not None and not operator.writes_itself:
            yield about(
                node,
                "warning",
                "unused-node",
                f"nobody takes the product of {node.id}",
                "it is opened, and never computed",
                "leave it out, or connect it",
            )
    last = graph.nodes[-1]
    operator = known.get(last.operator)
    if any(node.operator == "Write" for node in graph.nodes) or operator is None or operator.writes_itself:
        return
    ends = [node.id for node in graph.nodes if node.operator in known and known[node.operator].writes_itself]
    yield about(
        last,
        "warning",
        "silent-write",
        f"gpt would add a Write behind {last.id}",
        f"the last node of the file is {last.operator}, and no node is a Write: the whole product would be copied to "
        "target.dim in the folder where gpt runs, or to the file of -t",
        f"put {ends[0]} last" if ends else "end the graph with a Write",
    )
