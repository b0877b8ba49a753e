"""
Graphs for SNAP's gpt from the templates in ``graphs/``: same job, same version, same text.

gpt reads the text twice: once as a template of its own, in which ``$name`` stands for a variable, then as XML in
the encoding of the machine. So nothing of a value may look like a variable that gpt always has, and what is not
ASCII is written as a character reference.
"""

import math
import re
from functools import cache
from pathlib import Path

import jinja2

from snapstamps.config.resources import resource
from snapstamps.model.errors import InputError
from snapstamps.model.snap_version import SnapVersion
from snapstamps.snap.choices import Crop
from snapstamps.snap.jobs import Job, SplitJob, check_for_version
from snapstamps.snap.operators import has_parameter, require_supported

_NOT_XML = re.compile(r"[^\u0020-\ud7ff\ue000-\ufffd]")
_GPT_VARIABLE = re.compile(r"\$\{?\s*sourceProducts")


def render_graph(job: Job, version: SnapVersion) -> str:
    """
    Return the graph that does a job.

    Parameters
    ----------
    job : SplitJob, CoregisterJob, MergeJob, StampsExportJob or StripmapJob
        What to do; paths must be absolute, because gpt runs in a folder of its own.
    version : SnapVersion
        The SNAP that will run it.

    Returns
    -------
    str
        XML of ASCII characters, ending in a line end.

    Raises
    ------
    InputError
        If the version is too old or lacks what the job needs, or a path cannot stand in a graph.
    """
    require_supported(version)
    check_for_version(job, version)
    for path in job.paths:
        _check_path(path)
    for text in _texts(job):
        _check_text(text, what="the area")
    text = _environment().get_template(job.template).render(job=job, has=_Knows(version))
    # no value holds a line end, so that empty lines are the templates' own
    lines = [line for line in text.split("\n") if line.strip()]
    return ("\n".join(lines) + "\n").encode("ascii", "xmlcharrefreplace").decode("ascii")


class _Knows:
    """Answers the templates whether the SNAP at hand has a parameter."""

    def __init__(self, version: SnapVersion) -> None:
        self._version = version

    def __call__(self, operator: str, parameter: str) -> bool:
        return has_parameter(operator, parameter, self._version)


@cache
def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(resource("graphs")),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["flag"] = lambda value: "true" if value else "false"
    environment.filters["number"] = _number
    return environment


def _number(value: float) -> str:
    """Return a number as Java reads it."""
    return "NaN" if math.isnan(value) else repr(float(value))


def _texts(job: Job) -> tuple[str, ...]:
    """Return the texts of a job that come from a user and are no paths."""
    if isinstance(job, SplitJob):
        return tuple(swath.aoi for swath in job.swaths if swath.aoi is not None)
    crop: Crop | None = getattr(job, "crop", None)
    return () if crop is None else (crop.text,)


def _check_path(path: Path) -> None:
    if not path.is_absolute():
        raise InputError("a path in a graph must be absolute", where=path, why="gpt runs in a folder of its own")
    _check_text(str(path), what="the path")


def _check_text(text: str, *, what: str) -> None:
    """Stop at a text that SNAP would not read as it is written."""
    found = _NOT_XML.search(text)
    reason = None
    if found is not None:
        reason = f"the character {found.group()!r} cannot stand in a graph"
    elif not text or text != text.strip():
        reason = "SNAP cuts white space at the ends off"
    elif _GPT_VARIABLE.search(text):
        reason = "gpt would put a list of products in place of $sourceProducts"
    if reason is not None:
        raise InputError(f"{what} cannot be handed to SNAP", where=repr(text), why=reason, remedy="rename it")
