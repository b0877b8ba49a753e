"""
A graph of SNAP's gpt as data: its nodes, where their sources come from, and their parameters.

The XML is read with expat, without document types, entities or anything outside the file, so that no graph can
make the reader expand or open something. Every element keeps its line for messages.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from snapstamps.model.errors import DataError, InputError

_DEEPEST = 100


@dataclass(frozen=True)
class SourceLink:
    """
    One source of a node.

    Attributes
    ----------
    name : str
        Element name, such as ``sourceProduct.1``.
    node : str
        Id of the node that it comes from.
    line : int
        Where it stands.
    """

    name: str
    node: str
    line: int


@dataclass(frozen=True)
class Setting:
    """
    One parameter of a node.

    Attributes
    ----------
    name : str
        Element name.
    text : str
        Its text, without surrounding white space; empty for an element with children.
    nested : bool
        Whether it has elements of its own.
    line : int
        Where it stands.
    """

    name: str
    text: str
    nested: bool
    line: int


@dataclass(frozen=True)
class Node:
    """
    One node of a graph.

    Attributes
    ----------
    id : str
        Its name; empty if it has none.
    operator : str
        What it does.
    sources : tuple of SourceLink
        In order.
    settings : tuple of Setting
        In order.
    line : int
        Where it begins.
    """

    id: str
    operator: str
    sources: tuple[SourceLink, ...]
    settings: tuple[Setting, ...]
    line: int

    def value(self, *names: str) -> str | None:
        """Return the text of the last setting that bears one of the names, or None."""
        texts = [setting.text for setting in self.settings if setting.name in names]
        return texts[-1] if texts else None


@dataclass(frozen=True)
class Graph:
    """
    A graph.

    Attributes
    ----------
    version : str or None
        Text of its version element.
    nodes : tuple of Node
        In the order of the file.
    strays : tuple of (str, int)
        Elements that gpt does not know at their place, as a path, each with its line.
    """

    version: str | None
    nodes: tuple[Node, ...]
    strays: tuple[tuple[str, int], ...] = ()

    def node(self, name: str) -> Node | None:
        """Return the node that edges to an id lead to (the first of that id), or None."""
        return next((node for node in self.nodes if node.id == name), None)

    def upstream(self, node: Node) -> tuple[Node, ...]:
        """Return all nodes that a node depends on, without itself; cycles do no harm."""
        found: dict[str, Node] = {}
        waiting = [link.node for link in node.sources]
        while waiting:
            name = waiting.pop()
            source = self.node(name)
            if source is not None and name not in found:
                found[name] = source
                waiting += [link.node for link in source.sources]
        return tuple(found.values())


@dataclass
class _Element:
    tag: str
    attributes: dict[str, str]
    line: int
    text: str = ""
    children: list["_Element"] = field(default_factory=list)

    def child(self, tag: str) -> "_Element | None":
        return next((child for child in self.children if child.tag == tag), None)


class _RefusedError(Exception):
    """The document holds what a graph never holds."""


def read_graph(path: Path) -> Graph:
    """
    Read a graph file.

    Raises
    ------
    InputError
        If it is missing or cannot be read.
    DataError
        If it is no graph.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError("the graph cannot be read", where=path, why=error.strerror) from error
    return parse_graph(content, where=path)


def parse_graph(content: str | bytes, *, where: Path | str | None = None) -> Graph:
    """
    Read a graph from its text.

    Parameters
    ----------
    content : str or bytes
        The XML; bytes may declare their encoding.
    where : Path or str, optional
        Named in errors.

    Raises
    ------
    DataError
        If the XML is broken, declares a document type or entities, or is not a graph.
    """
    root = _tree(content, where)
    if root.tag != "graph":
        raise DataError(
            f"the root element is <{root.tag}>, not <graph>", where=where, remedy="name a graph made for SNAP's gpt"
        )
    version = root.child("version")
    strays = [(f"graph/{child.tag}", child.line) for child in root.children if child.tag not in _IN_GRAPH]
    nodes = []
    for element in root.children:
        if element.tag == "node":
            nodes.append(_node(element))
            strays += [
                (f"node/{child.tag}", child.line)
                for child in element.children
                if child.tag not in {"operator", "sources", "parameters"}
            ]
    return Graph(None if version is None else version.text.strip(), tuple(nodes), tuple(strays))


_IN_GRAPH = frozenset({"version", "header", "node", "applicationData"})


def _node(element: _Element) -> Node:
    operator = element.child("operator")
    sources = element.child("sources")
    parameters = element.child("parameters")
    return Node(
        id=element.attributes.get("id", ""),
        operator="" if operator is None else operator.text.strip(),
        sources=tuple(link for child in (sources.children if sources else ()) for link in _links(child)),
        settings=tuple(
            Setting(child.tag, "" if child.children else child.text.strip(), bool(child.children), child.line)
            for child in (parameters.children if parameters else ())
        ),
        line=element.line,
    )


def _links(element: _Element) -> list[SourceLink]:
    """Return the sources of one element: its refid, or node ids separated by commas as its text."""
    if "refid" in element.attributes:
        return [SourceLink(element.tag, element.attributes["refid"], element.line)]
    names = [name.strip() for name in element.text.split(",")]
    return [SourceLink(element.tag, name, element.line) for name in names]


def _tree(content: str | bytes, where: Path | str | None) -> _Element:
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root = _Element("", {}, 0)
    stack = [root]

    def start(tag: str, attributes: dict[str, str]) -> None:
        element = _Element(tag, attributes, parser.CurrentLineNumber)
        stack[-1].children.append(element)
        stack.append(element)
        if len(stack) > _DEEPEST:
            raise _RefusedError(f"its elements are nested deeper than {_DEEPEST}")

    def end(_tag: str) -> None:
        stack.pop()

    def text(data: str) -> None:
        stack[-1].text += data

    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    parser.StartDoctypeDeclHandler = parser.EntityDeclHandler = parser.ExternalEntityRefHandler = _refuse
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, _RefusedError, UnicodeError, LookupError) as error:
        raise DataError(
            "the graph is not sound XML",
            where=where,
            why=str(error),
            remedy="write & as &amp; and < as &lt;, and close every element",
        ) from error
    return root.children[0]


def _refuse(*_declaration: object) -> NoReturn:
    raise _RefusedError("it declares a document type or an entity, which no graph needs")
