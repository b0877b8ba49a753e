"""The order of the work: what stands before what, which product comes first, and what would be lost on the way."""

import re
from collections.abc import Callable, Iterator
from pathlib import PurePath
from typing import Literal

from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.choices import POLARISATIONS
from snapstamps.snap.graph import Graph, Node
from snapstamps.snap.lint_findings import GraphFinding, about
from snapstamps.snap.operators import operators

_SWATH = re.compile(r"(IW[1-3]|EW[1-5])")
_MAKES_INTERFEROGRAM = frozenset({"Interferogram", "TopoPhaseRemoval"})
_MAKES_STACK = frozenset({"Back-Geocoding", "DEM-Assisted-Coregistration", "CreateStack"})
_IFG_PATH = re.compile(r"(^|[^a-z])(ifg|ifgs|interferograms?)([^a-z]|$)", re.IGNORECASE)
_STACK_PATH = re.compile(r"(^|[^a-z])(coreg\w*|stack)([^a-z]|$)", re.IGNORECASE)
_ZIP_NAME = re.compile(r"s1.*\.zip", re.IGNORECASE)


def check_order(graph: Graph, version: SnapVersion) -> Iterator[GraphFinding]:
    """
    Judge what the nodes of a graph do together.

    Parameters
    ----------
    graph : Graph
        The graph.
    version : SnapVersion
        That is to run it.

    Yields
    ------
    GraphFinding
    """
    for node in graph.nodes:
        check = _CHECKS.get(node.operator)
        if check is not None:
            yield from check(graph, node, version)


def _check_read(_graph: Graph, node: Node, _version: SnapVersion) -> Iterator[GraphFinding]:
    name = PurePath(node.value("file") or "").name
    if name.lower().endswith(".zip") and not _ZIP_NAME.fullmatch(name):
        yield about(
            node,
            "error",
            "zip-name",
            f"the name of {name} does not begin with S1",
            "SNAP knows a zipped Sentinel-1 scene by its name: No product reader found",
            "give it back the name that it was delivered with",
        )


def _check_split(graph: Graph, node: Node, _version: SnapVersion) -> Iterator[GraphFinding]:
    swath, polarisations = node.value("subswath"), node.value("selectedPolarisations")
    if swath and "$" not in swath and not _SWATH.fullmatch(swath):
        yield about(
            node,
            "error",
            "swath",
            f"{swath!r} is not a sub-swath",
            "SNAP does not find it, and stops with the bare message -1",
            "write IW1, IW2 or IW3",
        )
    if polarisations and "$" not in polarisations and set(_words(polarisations)) - set(POLARISATIONS):
        yield about(
            node,
            "error",
            "polarisation",
            f"{polarisations!r} is not a polarisation",
            "SNAP silently takes all polarisations then",
            f"write one of {', '.join(POLARISATIONS)}",
        )
    if any(source.operator == "Apply-Orbit-File" for source in graph.upstream(node)):
        yield about(
            node,
            "info",
            "orbit-before-split",
            "the orbit is applied before the split",
            "SNAP fits one cubic to state vectors of the whole scene then, which costs centimetres to decimetres",
            "put Apply-Orbit-File behind TOPSAR-Split",
        )


def _check_orbit(_graph: Graph, node: Node, _version: SnapVersion) -> Iterator[GraphFinding]:
    if (node.value("continueOnFail") or "").lower() == "true":
        yield about(
            node,
            "warning",
            "orbit-optional",
            "a missing orbit file is accepted",
            "the coarse orbit of the product stays, with only a warning in the log",
            "write continueOnFail false",
        )


def _check_coregistration(_graph: Graph, node: Node, _version: SnapVersion) -> Iterator[GraphFinding]:
    if len(node.sources) == 1:
        yield about(
            node,
            "error",
            "one-product",
            f"{node.operator} has one product",
            "a stack needs a master and at least one slave",
            "add the slave as second source, behind the master",
        )


def _check_interferogram(_graph: Graph, node: Node, _version: SnapVersion) -> Iterator[GraphFinding]:
    topography = (node.value("subtractTopographicPhase") or "false").lower() == "true"
    for name in ("outputElevation", "outputLatLon"):
        if not topography and (node.value(name) or "").lower() == "true":
            yield about(
                node,
                "warning",
                "no-effect",
                f"{name} does nothing here",
                "Interferogram makes this band only together with subtractTopographicPhase",
                "write subtractTopographicPhase true, or let TopoPhaseRemoval make the band",
            )


def _check_topography(graph: Graph, node: Node, _version: SnapVersion) -> Iterator[GraphFinding]:
    before = {source.operator for source in graph.upstream(node)}
    if "Back-Geocoding" in before and "TOPSAR-Deburst" not in before:
        yield about(
            node,
            "error",
            "not-deburst",
            "the bursts are not joined yet",
            "gpt stops with: Source product should first be deburst.",
            "put TOPSAR-Deburst before TopoPhaseRemoval",
        )


def _check_merge(graph: Graph, node: Node, _version: SnapVersion) -> Iterator[GraphFinding]:
    if any(source.operator == "TopoPhaseRemoval" for source in graph.upstream(node)):
        yield about(
            node,
            "warning",
            "bands-lost",
            "heights and positions are made before the merge",
            "TOPSAR-Merge drops bands without a polarisation in their name; StampsExport then misses elevation",
            "put TopoPhaseRemoval behind TOPSAR-Merge",
        )


def _check_subset(graph: Graph, node: Node, version: SnapVersion) -> Iterator[GraphFinding]:
    parameter = operators()["Subset"].parameters["copyMetadata"]
    if (node.value("copyMetadata") or parameter.default_in(version) or "").lower() == "false":
        yield about(
            node,
            "warning",
            "metadata-lost",
            f"the metadata are not copied (the default of SNAP {version} where it is not written)"
            if node.value("copyMetadata") is None
            else "the metadata are not copied",
            "orbit, dates and Doppler are lost; the next SAR operator says: Input should be a SAR product",
            "write copyMetadata true",
        )
    if node.value("region") and node.value("geoRegion"):
        yield about(
            node,
            "warning",
            "two-regions",
            "region and geoRegion are both set",
            "geoRegion wins, region has no effect",
            "leave one",
        )
    if any(source.operator == "Subset" for source in graph.upstream(node)):
        yield about(
            node,
            "warning",
            "second-subset",
            "a Subset behind a Subset",
            "it overwrites the offsets of the first one in the metadata, instead of adding to them",
            "cut once, at the end",
        )


def _check_export(graph: Graph, node: Node, _version: SnapVersion) -> Iterator[GraphFinding]:
    if (node.value("psiFormat") or "true").lower() == "false":
        yield about(
            node,
            "error",
            "psi-format",
            "psiFormat is false",
            "gpt stops with: SBAS format is not yet supported.",
            "write true",
        )
    if not node.value("targetFolder"):
        yield about(
            node,
            "error",
            "target-folder",
            "there is no targetFolder",
            "gpt stops with: Please add a target folder",
            "add it",
        )
    if len(node.sources) != 2:
        yield about(
            node,
            "error",
            "export-sources",
            f"StampsExport has {len(node.sources)} sources",
            "it takes exactly two",
            "first the coregistered stack, second the interferogram",
        )
        return
    first, second = (_content(graph, graph.node(link.node)) for link in node.sources)
    if first == "interferogram" or second == "stack":
        yield about(
            (node, node.sources[0]),
            "error",
            "export-order",
            "the sources of StampsExport are the wrong way round, as far as the nodes and file names tell",
            "SNAP takes the date of the master from the first band of the first product, which must be the stack",
            "first the coregistered stack, second the interferogram",
        )


def _content(graph: Graph, node: Node | None) -> Literal["stack", "interferogram"] | None:
    """Return what a node gives, by what made it; of a product that is read, by its path."""
    if node is None:
        return None
    made_by = {source.operator for source in (node, *graph.upstream(node))}
    if made_by & _MAKES_INTERFEROGRAM:
        return "interferogram"
    if made_by & _MAKES_STACK:
        return "stack"
    reads = (
        [node] if node.operator == "Read" else [source for source in graph.upstream(node) if source.operator == "Read"]
    )
    places = ["/".join(PurePath(read.value("file") or "").parts[-2:]) for read in reads]
    found_ifg, found_stack = (any(map(form.search, places)) for form in (_IFG_PATH, _STACK_PATH))
    if found_ifg == found_stack:
        return None
    return "interferogram" if found_ifg else "stack"


def _words(text: str) -> list[str]:
    return [word.strip() for word in text.split(",")]


_Check = Callable[[Graph, Node, SnapVersion], Iterator[GraphFinding]]
_CHECKS: dict[str, _Check] = {
    "Read": _check_read,
    "TOPSAR-Split": _check_split,
    "Apply-Orbit-File": _check_orbit,
    "Back-Geocoding": _check_coregistration,
    "DEM-Assisted-Coregistration": _check_coregistration,
    "Interferogram": _check_interferogram,
    "TopoPhaseRemoval": _check_topography,
    "TOPSAR-Merge": _check_merge,
    "Subset": _check_subset,
    "StampsExport": _check_export,
}
