"""What the check says of the sign of the baselines, once they were compared with orbits."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Literal

from snapstamps.formats.stamps_export import open_stack
from snapstamps.snap.export_compare import BaselineComparison, PairBaseline, named
from snapstamps.snap.findings import Finding, Report, worst_first

_KEPT = 'set [stamps_export] baselines = "keep" to use the files as they are'


def with_signs(report: Report, comparison: BaselineComparison) -> Report:
    """
    Return a report that says what the orbits prove, where it said that nothing is known.

    Parameters
    ----------
    report : Report
        Of an export without errors.
    comparison : BaselineComparison
        Of the same export.
    """
    found = tuple(_findings(comparison))
    return replace(
        report,
        findings=worst_first((*report.findings, *found)),
        baseline_sign=_sign(comparison),
        notes=(_note(comparison), *(report.notes if comparison.verdict == "undecided" else ())),
    )


def _sign(comparison: BaselineComparison) -> Literal["unknown", "right", "wrong"]:
    """Return what the sign is now, in the files."""
    match comparison.verdict:
        case "flipped":
            return "wrong" if comparison.uncorrected else "right"
        case "given":
            return "right"
    return "unknown"


def _note(comparison: BaselineComparison) -> str:
    pairs = f"{len(comparison.pairs)} pairs"
    match comparison.verdict:
        case "given":
            return f"The third number of the .base files has the right sign in all {pairs}: the orbits prove it."
        case "mixed":
            return f"The baselines of {pairs} were compared with those of the orbits; they contradict one another."
        case "undecided" if comparison.without_orbit:
            return f"Orbits are at hand, but none of {named(comparison.without_orbit)}."
        case "undecided":
            return "Orbits are at hand, but the third numbers are too small to tell their sign."
    error = f"by up to {comparison.largest_error:.1f} m"
    if comparison.uncorrected:
        return f"The baselines of {pairs} were compared with those of the orbits: they are wrong {error}."
    return f"The third number of the .base files had the wrong sign ({error}); it is corrected in all {pairs}."


def _findings(comparison: BaselineComparison) -> Iterator[Finding]:
    files = {ifg.slave: f"diff0/{ifg.base.name}" for ifg in open_stack(comparison.folder).interferograms}
    for pair in comparison.pairs:
        if comparison.verdict == "flipped" and not pair.corrected:
            yield Finding(
                "baseline-sign",
                "warning",
                files[pair.slave],
                "has the wrong sign in its third number",
                f"the orbits prove it; perpendicular baselines are wrong by up to {comparison.largest_error:.1f} m, "
                "and with them DEM errors, and velocities of short stacks",
                'a run, or `check --repair`, corrects it and keeps the original, unless baselines = "keep"',
                repairable=True,
            )
        elif comparison.verdict == "mixed" and pair.decisive and not pair.flipped_agrees:
            yield _contradiction(files[pair.slave], pair)


def _contradiction(file: str, pair: PairBaseline) -> Finding:
    if pair.given_agrees:
        what = "agrees with the orbits as it is given, unlike other pairs"
    else:
        what = "agrees with the orbits with neither sign"
    return Finding(
        "baseline-contradiction",
        "error",
        file,
        what,
        f"{pair.orbit:.1f} m by the orbits, {pair.given:.1f} m as given, {pair.flipped:.1f} m with the other sign",
        f"export this pair again, or {_KEPT}",
    )
