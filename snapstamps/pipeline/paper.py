"""A project beside the paper whose profile it follows: what the comparison needs, gathered from disk."""

import contextlib
import json
import math
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import numpy as np

from snapstamps.config.describe import option_infos, value_in
from snapstamps.config.options import Options
from snapstamps.config.profile import Profile, load_profile
from snapstamps.config.project import Project
from snapstamps.config.stamps_parms import PREFIX, parm_defaults, same_value
from snapstamps.formats.gamma_par import read_baseline
from snapstamps.formats.stamps_export import open_stack
from snapstamps.kernels.baseline import perpendicular_of_components
from snapstamps.model.errors import SnapstampsError
from snapstamps.pipeline.baseline_sign import COMPARISON_NAME
from snapstamps.results.overview import Overview
from snapstamps.results.paper import PaperComparison, RunBaselines, compare_with_paper
from snapstamps.simulate.run import SPEC_NAME
from snapstamps.stamps.store import StampsStore

PAPER_CHECK = "paper_check.json"
"""Among the products: the comparison, which the report shows, too."""

_ITS_OWN = frozenset({"project.name", "project.aoi", "scenes.folder", "export.areas", "export.lines", "export.formats"})
"""Options that say where things lie or what is written; a run is no other for them."""
_EARTH_OVER_ORBIT = 6_371.0 / 7_071.0
"""Radius of the earth over that of Sentinel-1's orbit: sin(look) = ratio sin(incidence)."""


def paper_of(project: Project) -> Profile | None:
    """
    Return the profile of the paper that a project follows; None where it follows none.

    Raises
    ------
    InputError
        If ``project.profile`` names no profile.
    """
    name = project.options.project.profile
    profile = load_profile(name) if name else None
    return profile if profile is not None and profile.kind == "paper" else None


def compare_project(project: Project, profile: Profile, view: Overview) -> PaperComparison:
    """
    Hold a finished run against a paper.

    Parameters
    ----------
    project : Project
        Its options, its export as far as it is there, its log of the orbits.
    profile : Profile
        Of the paper.
    view : Overview
        The results.
    """
    return compare_with_paper(
        profile,
        view.table,
        _run_baselines(project, view),
        changed=otherwise_than(profile, project.options),
        simulated=is_simulated(project),
    )


def otherwise_than(profile: Profile, options: Options) -> tuple[str, ...]:
    """Return the options that a project has otherwise than a profile, as ``key = value``."""
    wanted, infos = profile.settings(), option_infos()
    found = []
    for key in profile.options:
        if key in _ITS_OWN:
            continue
        if key.startswith(PREFIX):
            parm = key.removeprefix(PREFIX)
            here, there = ({**parm_defaults(), **each.stamps.parms}[parm] for each in (options, wanted))
        else:
            here, there = value_in(options, infos[key]), value_in(wanted, infos[key])
        if not same_value(here, there):
            found.append(f"{key} = {here}")
    return tuple(found)


def is_simulated(project: Project) -> bool:
    """Tell whether the export of a project was simulated: its description then lies beside it."""
    places = [project.folder]
    with contextlib.suppress(SnapstampsError):  # the export may be gone, or not be there yet
        places.append(project.export_folder.parent)
    return any((place / SPEC_NAME).is_file() for place in places)


def _run_baselines(project: Project, view: Overview) -> RunBaselines:
    """Return the baselines: from the orbits where the check of the export had them, else as StaMPS took them."""
    taken = {day: float(metres) for day, metres in zip(view.days, view.bperp, strict=True)}
    proven = _from_orbits(project.logs_folder / COMPARISON_NAME)
    if set(proven) >= set(taken) - {view.table.master}:
        return RunBaselines({day: proven.get(day, 0.0) for day in taken}, "from the orbits", {})
    return RunBaselines(taken, "as StaMPS took them from the .base files", _other_sign(project, view.store, taken))


def _from_orbits(path: Path) -> dict[date, float]:
    try:
        pairs = json.loads(path.read_text(encoding="utf-8"))["pairs"]
        return {date.fromisoformat(pair["slave"]): float(pair["perpendicular"]) for pair in pairs}
    except (OSError, ValueError, LookupError, TypeError):
        return {}


def _other_sign(project: Project, store: StampsStore, taken: Mapping[date, float]) -> dict[date, float]:
    """Return what the ``.base`` files give with the other sign of their third number; empty without them."""
    try:
        stack = open_stack(project.export_folder)
        written = {ifg.slave: read_baseline(ifg.base).initial for ifg in stack.interferograms}
        incidence = float(np.median(store.read("la2", "la").la))
    except SnapstampsError:
        return {}
    look = math.asin(_EARTH_OVER_ORBIT * math.sin(incidence))
    other = {day: float(perpendicular_of_components(c, -n, look)) for day, (_, c, n) in written.items()}
    return {day: other.get(day, 0.0) for day in taken}
