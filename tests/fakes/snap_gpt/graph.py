"""Reading a graph as gpt does: template variables, XML, nodes, sources, parameters; with gpt's own messages."""

import re
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field

from fakes.snap_gpt.table import GptError, Table

_DEBUG = "\n---- Debugging information ----\ncause-message       : {}\n-------------------------------"


@dataclass
class Node:
    id: str
    operator: str
    sources: list[tuple[str, str]]
    values: dict[str, object] = field(default_factory=dict)
    given: set[str] = field(default_factory=set)


def fill_template(text: str, variables: dict[str, str]) -> str:
    """Replace variables; the character behind a closing brace is swallowed unscanned, as in all versions."""
    out, at = [], 0
    for match in re.finditer(r"\$\{([^}]*)\}|\$([A-Za-z_][\w.]*)", text):
        if match.start() < at:
            continue
        key = match[1] if match[1] is not None else match[2]
        out.append(text[at : match.start()])
        out.append(variables.get(key, match[0]))
        at = match.end()
        if match[1] is not None and text[at : at + 1] == "$":
            out.append("$")
            at += 1
    out.append(text[at:])
    return "".join(out)


def read_graph(text: str, table: Table) -> list[Node]:
    """Return the nodes that gpt would run; raise with gpt's message otherwise."""
    try:
        root = ET.fromstring(text)
    except ET.ParseError as error:
        raise GptError("com.thoughtworks.xstream.converters.ConversionException: " + _DEBUG.format(error)) from error
    if root.tag != "graph":
        raise GptError(f"com.thoughtworks.xstream.mapper.CannotResolveClassException: {root.tag}")
    for child in root:
        if child.tag not in {"version", "header", "node", "applicationData"}:
            raise GptError(f"com.thoughtworks.xstream.converters.reflection.UnknownFieldException: {child.tag}")
    version = root.findtext("version")
    if version is None:
        raise GptError("No version is specified in the graph XML.")
    if version.strip() != "1.0":
        raise GptError(f"Wrong version given: {version.strip()}")
    elements = root.findall("node")
    if not elements:
        raise GptError("Empty graph")
    nodes = [_node(element) for element in elements]
    _check_operators(nodes, table)
    for node, element in zip(nodes, elements, strict=True):
        _set_values(node, element.find("parameters"), table)
    return _connected(nodes, table)


def _node(element: ET.Element) -> Node:
    for child in element:
        if child.tag not in {"operator", "sources", "parameters"}:
            raise GptError(f"com.thoughtworks.xstream.converters.reflection.UnknownFieldException: {child.tag}")
    sources: list[tuple[str, str]] = []
    for child in element.find("sources") if element.find("sources") is not None else ():
        names = [child.get("refid")] if child.get("refid") else [name.strip() for name in (child.text or "").split(",")]
        for name in names:
            if name in [other for _, other in sources]:
                message = _DEBUG.format("duplicated source node id")
                raise GptError("com.thoughtworks.xstream.converters.ConversionException: " + message)
            sources.append((child.tag, str(name)))
    return Node(element.get("id") or "", (element.findtext("operator") or "").strip(), sources)


def _check_operators(nodes: list[Node], table: Table) -> None:
    if nodes[-1].operator not in table.operators:
        raise GptError(f"Unknown operator name '{nodes[-1].operator}'.")
    for node in nodes:
        if node.operator not in table.operators:
            raise GptError(f"SPI not found for operator '{node.operator}'")


def _set_values(node: Node, parameters: ET.Element | None, table: Table) -> None:
    names = table.parameters(node.operator)
    prefix = f"[NodeId: {node.id}] Operator '{table.operators[node.operator]['class']}': "
    for name, row in dict(names.values()).items():
        node.values[name] = table.convert(name, {**row, "required": False}, table.default(row))
    try:
        for child in parameters if parameters is not None else ():
            name, row = _known(child.tag, names)
            if row["type"] == "nested":
                continue
            node.values[name] = table.convert(name, row, child.text)
            node.given.add(name)
        for name, row in dict(names.values()).items():
            if row.get("required") and node.values[name] is None:
                table.convert(name, row, None)
    except GptError as error:
        raise GptError(prefix + str(error)) from error


def _known(element: str, names: dict[str, tuple[str, dict]]) -> tuple[str, dict]:
    if element not in names:
        raise GptError(f"Unknown element '{element}'")
    return names[element]


def _connected(nodes: list[Node], table: Table) -> list[Node]:
    """Resolve sources; of two nodes of one id the second is never reached."""
    first: dict[str, Node] = {}
    for node in nodes:
        first.setdefault(node.id, node)
    for node in first.values():
        for _, name in node.sources:
            if name not in first:
                raise GptError(f"Missing source '{name}' in node '{node.id}'")
        row = table.operators[node.operator]
        known = {row.get("source"), row.get("field")} - {None}
        missing = row["sources"] == "one" and not any(tag in known for tag, _ in node.sources)
        if missing or (row["sources"] == "many" and not node.sources):
            raise GptError(
                f"[NodeId: {node.id}] Operator '{row['class']}': Mandatory source product "
                f"(field '{row.get('field', 'sourceProduct')}') not set."
            )
    return _in_order(list(first.values()), first)


def _in_order(nodes: list[Node], by_id: dict[str, Node]) -> list[Node]:
    done: list[Node] = []

    def visit(node: Node, path: tuple[str, ...]) -> None:
        if node.id in path:
            raise GptError("java.lang.StackOverflowError")
        if node not in done:
            for _, name in node.sources:
                visit(by_id[name], (*path, node.id))
            done.append(node)

    for node in nodes:
        visit(node, ())
    return done


def adds_a_write(text: str, table: Table) -> str | None:
    """Return the id of the node behind which gpt adds a Write, or None."""
    nodes = ET.fromstring(text).findall("node")
    operators = [(node.findtext("operator") or "").strip() for node in nodes]
    if "Write" in operators or table.operators[operators[-1]].get("writes_itself"):
        return None
    return nodes[-1].get("id")
