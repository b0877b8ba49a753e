"""The sign of the baselines of a project's export: tested against the orbits at hand; corrected, kept, or refused."""

import logging
from collections.abc import Callable
from datetime import date
from pathlib import Path

from snapstamps.config.project import Project
from snapstamps.kernels.orbit import Orbit
from snapstamps.model.errors import DataError
from snapstamps.pipeline.snap_plan import current_plan, has_scenes
from snapstamps.snap.export_compare import (
    BaselineComparison,
    compare_baselines,
    correct_baselines,
    named,
    write_comparison,
)
from snapstamps.snap.export_orbits import orbits_in, orbits_of_plan
from snapstamps.snap.findings import BASELINE_SIGN_NOTE

log = logging.getLogger(__name__)

COMPARISON_NAME = "baselines.json"
"""In ``logs``: the baselines of the export beside those of the orbits."""
_PRODUCT_FOLDERS = ("master", "slave", "coregistered")
_KEEP = 'stamps_export.baselines = "keep" uses the files as they are'
_NAME_ORBITS = "name a folder of split products, scenes or orbit files: [stamps_export] orbits"


def comparison_file(project: Project) -> Path:
    """Return where the check leaves the baselines of the export beside those of the orbits."""
    return project.logs_folder / COMPARISON_NAME


def project_orbits(project: Project) -> dict[date, Orbit]:
    """
    Return the orbits of the export's dates that are at hand.

    Parameters
    ----------
    project : Project
        Its plan, the configured place, the configured product, and its own products are looked at, in this order.
    """
    options = project.options.stamps_export
    places = [project.path_of(path) for path in (options.orbits, options.product) if path is not None]
    places += [project.folder / name for name in _PRODUCT_FOLDERS]
    plan = current_plan(project) if has_scenes(project) else None
    orbits = {} if plan is None else orbits_of_plan(plan)
    for place in places if not orbits else ():
        if place.exists():
            orbits = {**orbits_in(place, project.export_folder), **orbits}
    return orbits


def settle_baseline_sign(project: Project) -> str:
    """
    Do with the sign of the baselines what the configuration says, as far as the orbits prove it.

    Parameters
    ----------
    project : Project
        With an export that has passed the gate.

    Returns
    -------
    str
        What was found and done, for the journal and the report.

    Raises
    ------
    DataError
        If the sign must be known and is not, or pairs contradict one another.
    """
    orbits = project_orbits(project)
    comparison = compare_baselines(project.export_folder, orbits) if orbits else None
    if comparison is None:
        comparison_file(project).unlink(missing_ok=True)  # what an earlier check found holds no longer
    else:
        write_comparison(comparison, comparison_file(project))
        for line in comparison.table():
            log.info("%s", line)
    wanted = project.options.stamps_export.baselines
    settle: dict[str, Callable[[Path, BaselineComparison | None], str]] = {
        "correct": _correct,
        "keep": _keep,
        "stop": _stop,
    }
    said = settle[wanted](project.export_folder, comparison)
    if comparison is not None and comparison.uncorrected:
        # once more, because the table tells which files are corrected
        write_comparison(compare_baselines(project.export_folder, orbits), comparison_file(project))
    return said


def _correct(folder: Path, comparison: BaselineComparison | None) -> str:
    if comparison is None or comparison.verdict == "undecided":
        return _unknown(comparison)
    if comparison.verdict == "mixed":
        raise _contradiction(folder, comparison)
    if comparison.verdict == "given":
        return f"sign of the baselines: as the orbits prove, right in all {len(comparison.pairs)} pairs"
    changed = correct_baselines(comparison)
    done = f"{len(changed)} corrected now" if changed else "corrected before"
    return (
        f"sign of the baselines: the orbits prove it wrong as SNAP wrote it (up to {comparison.largest_error:.1f} m); "
        f"{done}, the originals are kept as .orig"
    )


def _keep(_folder: Path, comparison: BaselineComparison | None) -> str:
    if comparison is None or comparison.verdict == "undecided":
        return _unknown(comparison)
    if comparison.verdict == "given":
        return "sign of the baselines: as the orbits prove, right"
    corrected = len(comparison.pairs) - len(comparison.uncorrected)
    if comparison.verdict == "flipped" and corrected == len(comparison.pairs):
        return "sign of the baselines: wrong as SNAP wrote it, corrected before"
    text = (
        "sign of the baselines: kept as it is, though the orbits prove it wrong: "
        f"up to {comparison.largest_error:.1f} m, correlation with the true baselines {comparison.correlation:.2f}; "
        "DEM errors suffer, and velocities of short stacks"
    )
    log.warning("%s", text)
    return text


def _stop(folder: Path, comparison: BaselineComparison | None) -> str:
    if comparison is not None and comparison.verdict == "mixed":
        raise _contradiction(folder, comparison)
    if comparison is None or comparison.verdict == "undecided":
        raise DataError(
            "the sign of the third number of the .base files is not known",
            where=folder,
            why=BASELINE_SIGN_NOTE if comparison is None else _why_undecided(comparison),
            remedy=f"{_NAME_ORBITS}; {_KEEP}",
        )
    if comparison.verdict == "flipped" and comparison.uncorrected:
        raise DataError(
            "the orbits prove that the third number of the .base files has the wrong sign",
            where=folder,
            why=f"perpendicular baselines are wrong by up to {comparison.largest_error:.1f} m",
            remedy=f'stamps_export.baselines = "correct"; {_KEEP}',
        )
    return "sign of the baselines: right, as the orbits prove"


def _unknown(comparison: BaselineComparison | None) -> str:
    why = "no orbits are at hand" if comparison is None else _why_undecided(comparison)
    text = f"sign of the baselines: unknown, used as it is ({why}); {_NAME_ORBITS}"
    log.warning("%s", text)
    return text


def _why_undecided(comparison: BaselineComparison) -> str:
    if comparison.without_orbit:
        return f"no orbit is at hand of {named(comparison.without_orbit)}"
    return "the third numbers are too small to tell"


def _contradiction(folder: Path, comparison: BaselineComparison) -> DataError:
    strange = [pair.slave for pair in comparison.strange]
    if strange:
        what = f"the baselines of {named(strange)} agree with the orbits with neither sign"
        why = "SNAP 7 to 13 write wrong numbers, without an error, for a pair that they do not find in the metadata"
    else:
        what = "the third number of the .base files has one sign in some pairs and the other in others"
        why = "the pairs were exported by different programs, or some of them were changed by hand"
    lines = "\n".join((why, *comparison.table()))
    return DataError(what, where=folder / "diff0", why=lines, remedy=f"export these pairs again; {_KEEP}")
