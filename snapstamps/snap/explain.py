"""What a graph does, node by node, in words: the teaching side of ``snapstamps graph show``."""

import textwrap
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from snapstamps.config.resources import resource
from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.graph import Graph, Node
from snapstamps.snap.operators import operators

_WIDTH = 100


@dataclass(frozen=True)
class SettingExplanation:
    """
    One parameter as it is set.

    Attributes
    ----------
    name, text : str
        As in the graph.
    meaning : str
        What the parameter does; may be empty.
    why : str
        Why it has this value; may be empty.
    default : str or None
        SNAP's own value in this version.
    """

    name: str
    text: str
    meaning: str
    why: str
    default: str | None


@dataclass(frozen=True)
class NodeExplanation:
    """
    One node.

    Attributes
    ----------
    id, operator : str
        As in the graph.
    sources : tuple of str
        Ids of the nodes that it takes in, in order.
    does : str
        What it does and why it is there; empty for an operator that is not explained.
    settings : tuple of SettingExplanation
        In order.
    """

    id: str
    operator: str
    sources: tuple[str, ...]
    does: str
    settings: tuple[SettingExplanation, ...]


def explain_graph(graph: Graph, version: SnapVersion) -> tuple[NodeExplanation, ...]:
    """
    Explain every node of a graph.

    Parameters
    ----------
    graph : Graph
        Ours or another; operators that we do not use are named only.
    version : SnapVersion
        Whose defaults count.
    """
    return tuple(_explain(node, version) for node in graph.nodes)


def explanation_text(nodes: tuple[NodeExplanation, ...]) -> str:
    """
    Return explanations as text; what an operator does is told at its first node only.

    Parameters
    ----------
    nodes : tuple of NodeExplanation
        From `explain_graph`.
    """
    told: set[str] = set()
    blocks = []
    for number, node in enumerate(nodes, start=1):
        source = f"   <- {', '.join(node.sources)}" if node.sources else ""
        lines = [f"{number}. {node.id}: {node.operator}{source}"]
        if node.operator not in told:
            lines += _wrapped(node.does, "   ")
        for setting in node.settings:
            lines += _setting_lines(setting, brief=node.operator in told)
        told.add(node.operator)
        blocks.append("\n".join(lines))
    return "\n\n".join(blocks)


@cache
def _lessons() -> Mapping[str, dict[str, Any]]:
    with resource("graphs/lessons.toml").open("rb") as stream:
        return tomllib.load(stream)


def _explain(node: Node, version: SnapVersion) -> NodeExplanation:
    lesson = _lessons().get(node.operator, {})
    operator = operators().get(node.operator)
    settings = []
    for setting in node.settings:
        parameter = operator.parameter(setting.name, version) if operator else None
        settings.append(
            SettingExplanation(
                name=setting.name,
                text=setting.text,
                meaning=parameter.meaning if parameter else "",
                why=lesson.get("why", {}).get(setting.name, ""),
                default=parameter.default_in(version) if parameter else None,
            )
        )
    sources = tuple(link.node for link in node.sources)
    return NodeExplanation(node.id, node.operator, sources, lesson.get("does", ""), tuple(settings))


def _setting_lines(setting: SettingExplanation, *, brief: bool) -> list[str]:
    other = setting.default not in {None, setting.text} and _number(setting.default) != _number(setting.text)
    default = f"   (SNAP's default: {setting.default})" if other else ""
    lines = [f"     {setting.name} = {setting.text}{default}"]
    if not brief:
        lines += _wrapped(" ".join(text for text in (setting.meaning, setting.why) if text), "         ")
    return lines


def _number(text: str | None) -> object:
    try:
        return float(text or "")
    except ValueError:
        return text


def _wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, _WIDTH, initial_indent=indent, subsequent_indent=indent, break_long_words=False)
