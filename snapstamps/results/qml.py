"""
Styles in QML, the form in which QGIS keeps them.

The legend of a graduated layer shows no heading of its own unless the user has asked QGIS for it. So the unit and the
sign stand in a class that no value can reach, with a symbol that is not drawn, at the top.
"""

import math
from collections.abc import Sequence
from xml.sax.saxutils import quoteattr

from snapstamps.results.velocity_classes import LEGEND, VelocityClass

FAR = 1e9
"""Stands for infinity, which QGIS's ranges do not know; mm/yr."""

HEADING_RANGE = (2 * FAR, 2 * FAR)
"""Limits of the class that is a heading."""

_HEAD = """<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>
<qgis version="3.16" styleCategories="Symbology|Fields">"""
_DOT_MM = 1.8
_NO_COLOUR = "0,0,0,0"


def velocity_qml(classes: Sequence[VelocityClass]) -> str:
    """
    Return the style of the points.

    Parameters
    ----------
    classes : sequence of VelocityClass
        See :func:`snapstamps.results.velocity_classes.velocity_classes`.

    Returns
    -------
    str
        QML: graduated by ``velocity``.
    """
    rows = [(*HEADING_RANGE, LEGEND, _NO_COLOUR)]
    rows += [(_finite(each.lower), _finite(each.upper), each.label, _rgba(each.colour)) for each in classes]
    ranges = [
        f'   <range symbol="{number}" lower="{lower:.6f}" upper="{upper:.6f}" label={quoteattr(label)} render="true"/>'
        for number, (lower, upper, label, _) in enumerate(rows)
    ]
    symbols = [_marker(number, colour) for number, (*_, colour) in enumerate(rows)]
    return "\n".join(
        [
            _HEAD,
            ' <renderer-v2 type="graduatedSymbol" attr="velocity" graduatedMethod="GraduatedColor" symbollevels="0">',
            "  <ranges>",
            *ranges,
            "  </ranges>",
            "  <symbols>",
            *symbols,
            "  </symbols>",
            '  <classificationMethod id="Custom">',
            '   <symmetricMode enabled="1" symmetrypoint="0" astride="1"/>',
            '   <labelFormat format="%1 to %2 mm/yr" labelprecision="2" trimtrailingzeroes="1"/>',
            "  </classificationMethod>",
            " </renderer-v2>",
            f' <aliases><alias field="velocity" index="-1" name={quoteattr(LEGEND)}/></aliases>',
            " <layerGeometryType>0</layerGeometryType>",
            "</qgis>",
        ]
    )


def outline_qml(colour: str, *, dashed: bool = False) -> str:
    """
    Return the style of an area that is to be seen through: its outline.

    Parameters
    ----------
    colour : str
        ``#rrggbb``.
    dashed : bool
        Dashed instead of solid.
    """
    options = {
        "style": "no",
        "color": _NO_COLOUR,
        "outline_color": _rgba(colour),
        "outline_style": "dash" if dashed else "solid",
        "outline_width": "0.5",
        "outline_width_unit": "MM",
    }
    return "\n".join(
        [
            _HEAD,
            ' <renderer-v2 type="singleSymbol" symbollevels="0">',
            "  <symbols>",
            _symbol("fill", 0, "SimpleFill", options),
            "  </symbols>",
            " </renderer-v2>",
            " <layerGeometryType>2</layerGeometryType>",
            "</qgis>",
        ]
    )


def _marker(number: int, colour: str) -> str:
    options = {
        "name": "circle",
        "color": colour,
        "outline_style": "no",
        "outline_color": colour,
        "size": f"{_DOT_MM:g}",
        "size_unit": "MM",
    }
    return _symbol("marker", number, "SimpleMarker", options)


def _symbol(kind: str, number: int, layer: str, options: dict[str, str]) -> str:
    """Return a symbol with one layer; its options both as QGIS writes them since 3.20 and as it did before."""
    new = [f'     <Option type="QString" name="{name}" value="{value}"/>' for name, value in options.items()]
    old = [f'    <prop k="{name}" v="{value}"/>' for name, value in options.items()]
    return "\n".join(
        [
            f'   <symbol type="{kind}" name="{number}" alpha="1" clip_to_extent="1" force_rhr="0">',
            f'    <layer class="{layer}" enabled="1" locked="0" pass="0">',
            '    <Option type="Map">',
            *new,
            "    </Option>",
            *old,
            "    </layer>",
            "   </symbol>",
        ]
    )


def _finite(limit: float) -> float:
    return math.copysign(FAR, limit) if math.isinf(limit) else limit


def _rgba(colour: str) -> str:
    return ",".join(str(int(colour[start : start + 2], 16)) for start in (1, 3, 5)) + ",255"
