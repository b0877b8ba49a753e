"""The page: everything in one file, which needs nothing from elsewhere and runs no script but its own."""

import base64
import hashlib
import json
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from snapstamps.results.about import removed_from
from snapstamps.results.compare_areas import LEAST, THRESHOLD, AreaStatistics, Moving, area_statistics
from snapstamps.results.figures.sheet import Sheet
from snapstamps.results.overview import Overview
from snapstamps.results.paper import PaperComparison
from snapstamps.results.provenance import CONFIGURATION
from snapstamps.results.quality import Check, NoisyDate, worst_dates
from snapstamps.results.report.baseline_signs import BaselineSigns
from snapstamps.results.report.facts import facts_of, head_facts
from snapstamps.results.report.methods import MethodsText
from snapstamps.results.report.payload import payload, shown
from snapstamps.results.report.pictures import picture_of
from snapstamps.results.report.timeline import Stage

_PARTS = Path(__file__).resolve().parent / "page"
_SCRIPTS = ("data.js", "charts.js", "map.js", "start.js")
_VERDICTS = {"good": "good", "look": "have a look", "poor": "poor"}
_PAPER_COLOURS = {"equal": "good", "close": "look", "different": "poor", "not comparable": ""}
_WRAPPING = ('() => {\n"use strict";var Plotly', '(() => {\n"use strict";var Plotly', "}));", "})));")


@dataclass(frozen=True)
class Change:
    """
    An option that differs from its default.

    Attributes
    ----------
    key, value, default, origin : str
        As ``snapstamps params`` shows them.
    """

    key: str
    value: str
    default: str
    origin: str


def render(
    view: Overview,
    *,
    stages: Sequence[Stage],
    checks: Sequence[Check],
    text: MethodsText,
    provenance: Mapping[str, str],
    changed: Sequence[Change],
    thumbnails: Mapping[str, Sheet],
    signs: BaselineSigns | None = None,
    paper: PaperComparison | None = None,
) -> str:
    """
    Make the page.

    Parameters
    ----------
    view : Overview
        The run.
    stages : sequence of Stage
        Its timeline.
    checks : sequence of Check
        Its quality.
    text : MethodsText
        Its methods and citations.
    provenance : mapping of str to str
        How the results were made.
    changed : sequence of Change
        Options that differ from their defaults.
    thumbnails : mapping of str to Sheet
        What they show -> the interferograms at a glance.
    signs : BaselineSigns, optional
        What the check found of the sign of SNAP's baselines.
    paper : PaperComparison, optional
        The run beside a paper.

    Returns
    -------
    str
        HTML.
    """
    table = view.table
    kept = shown(table)
    arrays = payload(view, kept.rows)
    script, library = page_script(), plotly_script()
    worst = worst_dates(view)
    environment = Environment(
        autoescape=True, undefined=StrictUndefined, loader=FileSystemLoader(_PARTS), keep_trailing_newline=True
    )
    environment.filters["minus"] = _with_minus
    return environment.get_template("report.html.j2").render(
        policy=content_policy(script, library),
        css=Markup((_PARTS / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        script=Markup(script),  # noqa: S704 - our own files
        library=_compressed(library),
        payload=_json(facts_of(view, arrays, worst)),
        arrays=arrays,
        name=view.name,
        software=provenance.get("software", "snapstamps"),
        n_ps=len(table),
        first=min(table.dates).isoformat(),
        last=max(table.dates).isoformat(),
        master=table.master.isoformat(),
        reference=table.series.reference.description,
        removed=removed_from(table.velocity.quantity),
        thinning=kept.rule,
        facts=head_facts(view),
        checks=checks,
        verdicts=_VERDICTS,
        distributions=view.distributions,
        notes=table.notes,
        stages=stages,
        most_seconds=max([stage.seconds for stage in stages], default=0.0) or 1.0,
        all_seconds=sum(stage.seconds for stage in stages),
        signs=signs,
        most_ps=max([stage.ps_out or 0 for stage in stages], default=0) or 1,
        worst=[_with_number(view, date) for date in worst],
        dates=_dates(view),
        pictures=[picture_of(sheet, text) for text, sheet in thumbnails.items()],
        areas=_areas(view),
        paper=paper,
        paper_colours=_PAPER_COLOURS,
        fast=THRESHOLD,
        least=LEAST,
        methods={heading: paragraph.replace("@", "") for heading, paragraph in text.paragraphs.items()},
        bibtex=text.bibtex(),
        provenance=[(k.replace("_", " "), v) for k, v in provenance.items() if v and k != CONFIGURATION],
        changed=changed,
    )


def page_script() -> str:
    """Return the page's own script."""
    parts = ((_PARTS / name).read_text(encoding="utf-8") for name in _SCRIPTS)
    return '(() => {\n"use strict";\n' + "\n".join(parts) + "})();"


@cache
def plotly_script() -> str:
    """
    Return plotly's script, as its package has it, but for two parentheses.

    A function that is called at once starts twice as fast where parentheses tell the browser so: it is then not
    parsed a second time.
    """
    text = (files("plotly") / "package_data" / "plotly.min.js").read_text(encoding="utf-8")
    start, started, end, ended = _WRAPPING
    head, found, rest = text.partition(start)
    body, found_end, tail = rest.rpartition(end)
    return head + started + body + ended + tail if found and found_end else text


@cache
def _compressed(text: str) -> str:
    """Return text as base64 of its compressed bytes; the library is the same for every page."""
    return base64.b64encode(zlib.compress(text.encode("utf-8"), 9)).decode("ascii")


def content_policy(*scripts: str) -> str:
    """
    Return the content security policy: nothing from elsewhere, and no script but these, known by their digests.

    These may make functions of text, since plotly's WebGL part (regl) does so with texts of its own.

    Parameters
    ----------
    *scripts : str
        The exact text of all scripts.
    """
    digests = (base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii") for script in scripts)
    allowed = " ".join(f"'sha256-{digest}'" for digest in digests)
    return (
        f"default-src 'none'; script-src {allowed} 'unsafe-eval'; style-src 'unsafe-inline'; img-src data: blob:; "
        "base-uri 'none'; form-action 'none'"
    )


def _json(content: Mapping[str, Any]) -> Markup:
    """Return JSON that cannot end the element it stands in."""
    text = json.dumps(content, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for letter in "<>&":
        text = text.replace(letter, f"\\u{ord(letter):04x}")
    return Markup(text)  # noqa: S704 - nothing in it can be taken for markup


def _with_minus(number: str) -> str:
    """Return a signed number with a true minus, and zero without a sign."""
    return number.replace("-", "\N{MINUS SIGN}") if number.strip("+-0.") else number.lstrip("+-")


def _areas(view: Overview) -> tuple[AreaStatistics, ...]:
    table, areas = view.table, view.overlays.areas
    moving = Moving(table.lonlat, table["velocity"], table["velocity_std"])
    return area_statistics(moving, [area.name for area in areas], [area.shape for area in areas]) if areas else ()


def _with_number(view: Overview, date: NoisyDate) -> dict[str, Any]:
    """Return a noisy date with its number, by which drop_ifg_index names it."""
    return {**vars(date), "number": view.days.index(date.day) + 1}


def _dates(view: Overview) -> list[dict[str, Any]]:
    noise = [None if value != value else float(value) for value in view.noise]  # noqa: PLR0124 - NaN is not itself
    return [
        {
            "number": number,
            "day": day.isoformat(),
            "bperp": float(bperp),
            "days": (day - view.table.master).days,
            "noise": value,
            "master": day == view.table.master,
            "used": bool(used),
        }
        for number, (day, bperp, used, value) in enumerate(
            zip(view.days, view.bperp, view.used, noise, strict=True), start=1
        )
    ]
