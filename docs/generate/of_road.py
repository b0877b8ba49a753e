"""The road in one picture, from the tables of the stages: a drawing whose boxes lead to their pages."""

from dataclasses import dataclass
from html import escape

from snapstamps.snap.stages import SNAP_STAGES
from snapstamps.stamps.steps import Step, patch_steps, stack_steps

_WIDTH, _BOX_HEIGHT, _BAND, _LEFT, _GAP = 940, 58, 104, 128, 14
_LINES = 2
_HEAD = """\
<svg class="road" viewBox="0 0 {width} {height}" role="img" aria-label="The stages in their order"
 xmlns="http://www.w3.org/2000/svg">
<defs><marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">
<path d="M0 0L8 4L0 8z" fill="currentColor"/></marker></defs>"""


@dataclass(frozen=True)
class Box:
    """
    One stage or step.

    Attributes
    ----------
    title : str
        In the box.
    page : str
        Where it leads to, without ending, with an anchor if need be.
    files : tuple of str
        What it leaves, in small letters.
    """

    title: str
    page: str
    files: tuple[str, ...]


@dataclass(frozen=True)
class Band:
    """
    One row of the picture.

    Attributes
    ----------
    name, note : str
        To the left of it.
    boxes : tuple of Box
        From left to right.
    """

    name: str
    note: str
    boxes: tuple[Box, ...]


def bands() -> tuple[Band, ...]:
    """Return the rows of the picture, in the order of the work."""
    snap = tuple(Box(row.name, f"snap/stages#{row.name}", row.writes) for row in SNAP_STAGES)
    first = (
        Box("check", "steps/check", ("repaired headers", "sign of baselines")),
        Box("candidates", "steps/candidates", ("pscands.1.*", "patch.in", "parms.mat")),
    )
    last = (
        Box("export", "steps/export", ("velocity.gpkg", "other forms")),
        Box("report", "steps/report", ("report.html", "figures, methods")),
    )
    return (
        Band("SNAP", "one run of gpt each", snap),
        Band("from the export", "INSAR_<master>", first),
        Band("StaMPS", "in each patch", tuple(_of_step(step) for step in patch_steps())),
        Band("StaMPS", "the whole scene", tuple(_of_step(step) for step in stack_steps())),
        Band("results", "products/", last),
    )


def _of_step(step: Step) -> Box:
    files = tuple(name for name in step.writes if name != "psver")
    return Box(f"{step.number} {step.name}", f"steps/{step.key}", files)


def road() -> str:
    """Return the picture as SVG that stands in the page."""
    rows = bands()
    height = len(rows) * _BAND + 10
    parts = [_HEAD.format(width=_WIDTH + 4, height=height)]
    for number, band in enumerate(rows):
        parts += _band(band, 10 + number * _BAND, is_last=number == len(rows) - 1)
    return "\n".join([*parts, "</svg>"]) + "\n"


def _band(band: Band, top: int, *, is_last: bool) -> list[str]:
    middle = top + _BOX_HEIGHT / 2
    left = float(_LEFT)
    parts = [
        f'<text x="0" y="{middle - 4}" class="band">{escape(band.name)}</text>',
        f'<text x="0" y="{middle + 12}" class="file">{escape(band.note)}</text>',
    ]
    width = (_WIDTH - _LEFT - (len(band.boxes) - 1) * _GAP) / max(len(band.boxes), 4)
    for place, box in enumerate(band.boxes):
        left = _LEFT + place * (width + _GAP)
        if place:
            parts.append(_arrow(left - _GAP, middle, left - 1, middle))
        parts += _box(box, left, top, width)
    if not is_last:
        parts.append(_turn(left + width / 2, top + _BOX_HEIGHT, _LEFT + 30, top + _BAND - 2))
    return parts


def _box(box: Box, left: float, top: float, width: float) -> list[str]:
    page, _, anchor = box.page.partition("#")
    target = f"{page}.html" + (f"#{anchor}" if anchor else "")
    lines = _wrapped(box.files, width)
    texts = [
        f'<text x="{left + 8:.0f}" y="{top + 34 + 13 * row}" class="file">{escape(line)}</text>'
        for row, line in enumerate(lines)
    ]
    return [
        f'<a href="{target}"><rect x="{left:.0f}" y="{top}" width="{width:.0f}" height="{_BOX_HEIGHT}" rx="5"/>',
        f'<text x="{left + 8:.0f}" y="{top + 18}" class="stage">{escape(box.title)}</text>',
        *texts,
        "</a>",
    ]


def _arrow(x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<path d="M{x1:.0f} {y1:.0f}L{x2:.0f} {y2:.0f}" class="arrow" marker-end="url(#tip)"/>'


def _turn(x1: float, y1: float, x2: float, y2: float) -> str:
    """Return an arrow from the end of a row to the beginning of the next."""
    between = (y1 + y2) / 2
    return f'<path d="M{x1:.0f} {y1:.0f}V{between:.0f}H{x2:.0f}V{y2:.0f}" class="arrow" marker-end="url(#tip)"/>'


def _wrapped(files: tuple[str, ...], width: float) -> list[str]:
    """Return the names in as many lines as there is room for; what does not fit becomes an ellipsis."""
    letters = int((width - 14) / 5.9)
    lines = [""]
    for name in files:
        longer = f"{lines[-1]} {name}".strip()
        if len(longer) <= letters:
            lines[-1] = longer
        elif len(lines) < _LINES:
            lines.append(name)
        else:
            lines[-1] = f"{lines[-1][: letters - 2]} …"
            break
    return lines
