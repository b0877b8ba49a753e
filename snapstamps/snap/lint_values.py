"""The parameters of a node: known to this SNAP, of the right type, in their set or interval, and read as written."""

import math
import re
from collections.abc import Iterator

import shapely
from shapely.errors import ShapelyError

from snapstamps.config.faults import nearest
from snapstamps.config.phrases import alternatives
from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.graph import Node, Setting
from snapstamps.snap.lint_findings import GraphFinding, about
from snapstamps.snap.operators import EXTERNAL_DEM, Operator, Parameter, height_models

RESAMPLING = (
    "NEAREST_NEIGHBOUR",
    "BILINEAR_INTERPOLATION",
    "CUBIC_CONVOLUTION",
    "BICUBIC_INTERPOLATION",
    "BISINC_5_POINT_INTERPOLATION",
    "BISINC_11_POINT_INTERPOLATION",
    "BISINC_21_POINT_INTERPOLATION",
)
"""Names that SNAP looks up only while it runs."""

_INTEGER = re.compile(r"[+-]?\d+")
_NUMBER = re.compile(r"[+-]?(NaN|Infinity|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?[fFdD]?)")
_RECTANGLE = re.compile(r"\s*\d+\s*,\s*\d+\s*,\s*[1-9]\d*\s*,\s*[1-9]\d*\s*")
_PLACEHOLDER = re.compile(r"\$\{[^}]*\}|\$[A-Za-z_][\w.]*")
_ADJACENT = re.compile(r"\$\{[^}]*\}\$")
_INT_RANGE = range(-(2**31), 2**31)


def check_settings(node: Node, operator: Operator, version: SnapVersion) -> Iterator[GraphFinding]:
    """
    Judge every parameter of a node.

    Parameters
    ----------
    node : Node
        Of the graph.
    operator : Operator
        Of the node.
    version : SnapVersion
        That is to run it.

    Yields
    ------
    GraphFinding
    """
    given: dict[str, Setting] = {}
    for setting in node.settings:
        parameter = operator.parameter(setting.name, version)
        if parameter is None:
            yield _unknown(node, operator, setting, version)
            continue
        if parameter.name in given:
            yield about(
                (node, setting),
                "warning",
                "set-twice",
                f"{setting.name} is set twice",
                "only one of the values counts",
                "leave one of them",
            )
        given[parameter.name] = setting
        yield from _check_value(node, setting, parameter, version)
    for parameter in operator.parameters.values():
        if parameter.required and parameter.exists_in(version) and parameter.name not in given:
            yield about(
                node,
                "error",
                "not-set",
                f"{operator.name} needs {parameter.name}",
                "gpt says that its value must be given",
                f"add <{parameter.name}>",
            )
    yield from _check_defaults(node, operator, version, given)


def _unknown(node: Node, operator: Operator, setting: Setting, version: SnapVersion) -> GraphFinding:
    refused = f"gpt says: Operator '{operator.java_class}': Unknown element '{setting.name}'"
    known = [p for p in operator.parameters.values() if setting.name in {p.name, p.field}]
    if known and not known[0].exists_in(version):
        remedy = f"leave it out; it came with SNAP {known[0].since}"
    elif known:
        remedy = f"SNAP {version} calls it {known[0].field}"
    else:
        names = [name for p in operator.parameters.values() for name in p.names_in(version)]
        near = nearest(setting.name, names)
        remedy = f"did you mean {near}?" if near else f"it has: {', '.join(names) or 'no parameters'}"
    what = f"{operator.name} of SNAP {version} has no parameter {setting.name!r}"
    return about((node, setting), "error", "unknown-parameter", what, refused, remedy)


def _check_value(node: Node, setting: Setting, parameter: Parameter, version: SnapVersion) -> Iterator[GraphFinding]:
    if parameter.kind == "nested":
        return
    text, place = setting.text, (node, setting)
    if setting.nested:
        yield about(
            place,
            "error",
            "nested",
            f"{setting.name} holds elements",
            f"it should hold {_what(parameter)}",
            "write a text",
        )
    elif not text:
        yield about(
            place,
            "error" if parameter.required else "warning",
            "empty",
            f"{setting.name} is empty",
            "SNAP takes an empty element for no value at all, not for its default, and may stop later at null",
            "leave the element out, or give it a value",
        )
    elif _PLACEHOLDER.search(text):
        yield _placeholder(node, setting)
    else:
        yield from _check_kind(node, setting, parameter, version)


def _placeholder(node: Node, setting: Setting) -> GraphFinding:
    if _ADJACENT.search(setting.text):
        return about(
            (node, setting),
            "error",
            "adjacent-variables",
            f"{setting.name} has two variables side by side",
            "gpt skips the character behind a variable, so that the second one is not replaced",
            "put a character between them, or write the values",
        )
    return about(
        (node, setting),
        "info",
        "variable",
        f"{setting.name} holds a variable: {setting.text}",
        "its value is not checked; without -P or -p gpt leaves the text as it is, without an error",
        "give it with -P, or write the value",
    )


def _check_kind(node: Node, setting: Setting, parameter: Parameter, version: SnapVersion) -> Iterator[GraphFinding]:
    match parameter.kind:
        case "flag":
            yield from _check_flag(node, setting)
        case "integer" | "number":
            yield from _check_number(node, setting, parameter, version)
        case "rectangle":
            if not _RECTANGLE.fullmatch(setting.text):
                yield _bad(node, setting, "is not a window in pixels", "write x,y,width,height, such as 0,0,2000,1500")
        case "geometry":
            yield from _check_wkt(node, setting)
        case _:
            yield from _check_text(node, setting, parameter, version)


def _check_flag(node: Node, setting: Setting) -> Iterator[GraphFinding]:
    text = setting.text
    if text.lower() in {"true", "false"}:
        return
    if _NUMBER.fullmatch(text):
        value = "false" if float(text.rstrip("fFdD")) == 0 else "true"
        what = f"{setting.name} = {text!r} is read as {value}"
        why = "SNAP takes any number but 0 for true"
        yield about((node, setting), "warning", "flag-number", what, why, f"write {value}")
        return
    what = f"{setting.name} = {text!r} is silently read as false"
    why = "SNAP knows true and false only, and takes any other word for false without an error"
    yield about((node, setting), "error", "flag", what, why, "write true or false")


def _check_number(node: Node, setting: Setting, parameter: Parameter, version: SnapVersion) -> Iterator[GraphFinding]:
    text, whole = setting.text, parameter.kind == "integer"
    if not (_INTEGER if whole else _NUMBER).fullmatch(text):
        remedy = "write a number with a point, without unit" if not whole else "write a whole number, without a point"
        yield _bad(node, setting, f"is not {_what(parameter)}", remedy)
        return
    value = float(text.rstrip("fFdD")) if not whole else int(text)
    if whole and value not in _INT_RANGE:
        yield _bad(node, setting, "is too large for SNAP", "write a smaller number")
    elif parameter.interval is not None and (math.isnan(value) or not parameter.interval.holds(value)):
        yield _bad(
            node, setting, f"is outside {parameter.interval.text}", f"write a number in {parameter.interval.text}"
        )
    elif parameter.values and value not in {float(allowed) for allowed in parameter.values_in(version)}:
        yield _bad(node, setting, "is not allowed", f"write {alternatives(parameter.values_in(version))}")


def _check_text(node: Node, setting: Setting, parameter: Parameter, version: SnapVersion) -> Iterator[GraphFinding]:
    allowed = parameter.values_in(version)
    if allowed and setting.text not in allowed:
        near = nearest(setting.text, allowed)
        words = f"did you mean {near!r}?" if near else f"write {alternatives([repr(word) for word in allowed])}"
        yield _bad(node, setting, f"is not allowed in SNAP {version}", words)
    elif parameter.name == "demName":
        yield from _check_height_model(node, setting, version)
    elif not allowed and parameter.name in {"demResamplingMethod", "resamplingType", "imgResamplingMethod"}:
        names = (*RESAMPLING, "DELAUNAY_INTERPOLATION", "NONE")
        if setting.text not in names:
            near = nearest(setting.text, names)
            remedy = f"did you mean {near}?" if near else f"write {alternatives(RESAMPLING)}"
            yield _late(node, setting, f"Resampling method {setting.text} is invalid", remedy)
    elif parameter.name == "wktAoi":
        yield from _check_wkt(node, setting)


def _check_height_model(node: Node, setting: Setting, version: SnapVersion) -> Iterator[GraphFinding]:
    name, file = setting.text, node.value("externalDEMFile")
    models = height_models()
    since = models.get(name)
    if since is not None and version < since:
        yield _late(node, setting, f"The DEM '{name}' is not supported.", f"it came with SNAP {since}; take another")
    elif since is None and file is None:
        near = nearest(name.removesuffix(" (Auto Download)"), models)
        remedy = f"did you mean {near!r}?" if near else f"write one of {', '.join(models)}"
        yield _late(node, setting, f"The DEM '{name}' is not supported.", remedy)
    elif name == EXTERNAL_DEM and file is None:
        yield about(
            (node, setting),
            "error",
            "no-dem-file",
            "an external height model without a file",
            "SNAP has no heights then",
            "add externalDEMFile and externalDEMNoDataValue",
        )
    elif "SRTM" in name and file is not None:
        why = "SNAP goes by the name: with SRTM in it, scenes beyond 60 degrees of latitude are refused"
        yield about(
            (node, setting),
            "warning",
            "dem-name",
            f"an own height model is called {name!r}",
            why,
            f"write demName {EXTERNAL_DEM}",
        )


def _check_wkt(node: Node, setting: Setting) -> Iterator[GraphFinding]:
    try:
        geometry = shapely.from_wkt(setting.text)
    except ShapelyError:
        yield _bad(node, setting, "is not WKT", "such as POLYGON ((105.7 20.9, 106 20.9, 106 21.1, 105.7 20.9))")
        return
    west, south, east, north = geometry.bounds
    if geometry.is_empty or west < -180 or east > 180 or south < -90 or north > 90:
        yield _bad(node, setting, "lies outside the earth", "write longitude before latitude, in degrees")


def _check_defaults(
    node: Node, operator: Operator, version: SnapVersion, given: dict[str, Setting]
) -> Iterator[GraphFinding]:
    """Tell of parameters left to a default that is not the same in every release."""
    without_heights = "subtractTopographicPhase" in operator.parameters and not _is_true(
        node, "subtractTopographicPhase"
    )
    for parameter in operator.parameters.values():
        steps = parameter.defaults
        if len(steps) < 2 or parameter.name in given or not parameter.exists_in(version):
            continue
        if parameter.name == "demName" and without_heights:
            continue
        course = ", ".join(f"{text} from SNAP {since}" for since, text in steps)
        yield about(
            node,
            "info",
            "default-differs",
            f"{parameter.name} is left to its default",
            f"it is not the same in every release: {course}",
            f"write <{parameter.name}>",
        )


def _is_true(node: Node, name: str) -> bool:
    return (node.value(name) or "").lower() == "true"


def _what(parameter: Parameter) -> str:
    words = {"integer": "a whole number", "number": "a number", "flag": "true or false"}
    return words.get(parameter.kind, "a text")


def _bad(node: Node, setting: Setting, why: str, remedy: str) -> GraphFinding:
    what = f"{setting.name} = {setting.text!r} {why}"
    return about((node, setting), "error", "bad-value", what, "gpt refuses the graph", remedy)


def _late(node: Node, setting: Setting, message: str, remedy: str) -> GraphFinding:
    what = f"{setting.name} = {setting.text!r} is not known"
    why = f"SNAP finds out only while it works: {message}"
    return about((node, setting), "error", "late-refusal", what, why, remedy)
