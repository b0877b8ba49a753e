"""What the linter has to say about a graph: one finding each, and all of them as text."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.graph import Node, Setting, SourceLink

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")


@dataclass(frozen=True)
class GraphFinding:
    """
    One thing that is not as it should be.

    Attributes
    ----------
    code : str
        Short name of the kind, for scripts.
    severity : {"error", "warning", "info"}
        error: gpt refuses the graph, or does something else than is written. warning: results may suffer. info:
        good to know.
    line : int
        In the file.
    node : str
        Id of the node; empty for the graph itself.
    what, why, remedy : str
        The fact, why it matters, what to do.
    """

    code: str
    severity: Severity
    line: int
    node: str
    what: str
    why: str
    remedy: str


@dataclass(frozen=True)
class LintReport:
    """
    What the linter found in one graph.

    Attributes
    ----------
    file : Path or None
        The graph.
    version : SnapVersion
        The SNAP that it was held against.
    findings : tuple of GraphFinding
        Worst first, then by line.
    """

    file: Path | None
    version: SnapVersion
    findings: tuple[GraphFinding, ...]

    @property
    def errors(self) -> tuple[GraphFinding, ...]:
        """Return the findings for which the graph should not be run."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        return {
            "file": None if self.file is None else str(self.file),
            "snap_version": str(self.version),
            "clean": not self.findings,
            "findings": [asdict(finding) for finding in self.findings],
        }

    def text(self) -> str:
        """Return the report for people."""
        name = "the graph" if self.file is None else self.file.name
        if not self.findings:
            return f"{name}: nothing to say against it, for SNAP {self.version}"
        counts = [f"{count} {word}{'s' * (count != 1)}" for word in SEVERITIES if (count := self._count(word))]
        blocks = [f"{name}, for SNAP {self.version}: {', '.join(counts)}"]
        for finding in self.findings:
            place = f"line {finding.line}" + (f", node {finding.node}" if finding.node else "")
            blocks.append(f"{finding.severity}: {finding.what} ({place})\n  {finding.why}\n  Do: {finding.remedy}")
        return "\n".join(blocks)

    def _count(self, severity: Severity) -> int:
        return sum(finding.severity == severity for finding in self.findings)


def about(
    place: Node | tuple[Node, Setting | SourceLink], severity: Severity, code: str, what: str, why: str, remedy: str
) -> GraphFinding:
    """
    Return a finding about a node, or about one line of it.

    Parameters
    ----------
    place : Node, or tuple of Node and Setting or SourceLink
        What is meant.
    severity, code, what, why, remedy : str
        See `GraphFinding`.
    """
    node, part = place if isinstance(place, tuple) else (place, place)
    return GraphFinding(code, severity, part.line, node.id, what, why, remedy)


def worst_first(findings: Sequence[GraphFinding]) -> tuple[GraphFinding, ...]:
    """Order findings by severity, then by line."""
    return tuple(sorted(findings, key=lambda finding: (SEVERITIES.index(finding.severity), finding.line)))
