"""What the integrity gate has to say: findings, the report, and the stop that it can be for a pipeline."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from snapstamps.model.errors import DataError

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")

BASELINE_SIGN_NOTE = (
    "The sign of the third number (N) of the .base files is unknown. SNAP 7 to 14 write it positive upwards, StaMPS "
    "takes it as positive downwards; the perpendicular baseline is then wrong by 2 N sin(look): 28.9 m where 107.6 m "
    "is true, in one real pair. DEM errors, and velocities of short stacks, suffer from it. The export cannot tell, "
    "because every header carries the master's orbit; the orbits of the slaves can. Nothing is flipped without them."
)


_NAMED = 3
"""Files named in one line before the rest is only counted."""


@dataclass(frozen=True)
class Finding:
    """
    One thing that is not as it should be.

    Attributes
    ----------
    code : str
        Short name of the kind, for scripts.
    severity : {"error", "warning", "info"}
        error: StaMPS would fail or give wrong numbers without a word. warning: results suffer. info: good to
        know, StaMPS does not read it.
    file : str
        Path relative to the export, ``.`` for the export itself.
    what : str
        The fact, without the file's name.
    why : str
        Why it matters.
    remedy : str
        What to do.
    repairable : bool
        Whether ``check --repair`` corrects it.
    """

    code: str
    severity: Severity
    file: str
    what: str
    why: str
    remedy: str
    repairable: bool = False


@dataclass(frozen=True)
class Report:
    """
    What the gate found in one export.

    Attributes
    ----------
    folder : Path
        The export.
    n_scenes : int
        Dates, the master's included.
    width, length : int or None
        Range samples and azimuth lines; None where no header tells.
    findings : tuple of Finding
        Worst first; empty for a clean export.
    baseline_sign : str
        Of the third number of the ``.base`` files, as they are now; ``unknown`` without orbits.
    notes : tuple of str
        What is always said, and is no finding.
    """

    folder: Path
    n_scenes: int
    width: int | None
    length: int | None
    findings: tuple[Finding, ...]
    baseline_sign: Literal["unknown", "right", "wrong"] = "unknown"
    notes: tuple[str, ...] = (BASELINE_SIGN_NOTE,)

    @property
    def errors(self) -> tuple[Finding, ...]:
        """Return the findings that stop the work."""
        return tuple(finding for finding in self.findings if finding.severity == "error")

    @property
    def repairable(self) -> tuple[Finding, ...]:
        """Return the findings that ``check --repair`` corrects."""
        return tuple(finding for finding in self.findings if finding.repairable)

    def count(self, severity: Severity) -> int:
        """Return the number of findings of a severity."""
        return sum(finding.severity == severity for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        return {**asdict(self), "folder": str(self.folder), "clean": not self.findings}


@dataclass(frozen=True)
class FindingGroup:
    """Findings that say the same of several files; the first stands for all."""

    finding: Finding
    files: tuple[str, ...]


def group(findings: Sequence[Finding]) -> tuple[FindingGroup, ...]:
    """Put findings together that differ in the file only; order as the first of each."""
    files: dict[tuple[str, ...], list[str]] = {}
    first: dict[tuple[str, ...], Finding] = {}
    for finding in findings:
        key = (finding.severity, finding.code, finding.what, finding.why, finding.remedy)
        first.setdefault(key, finding)
        files.setdefault(key, []).append(finding.file)
    return tuple(FindingGroup(first[key], tuple(names)) for key, names in files.items())


def worst_first(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Order findings by severity; within one severity the order stays."""
    return tuple(sorted(findings, key=lambda finding: SEVERITIES.index(finding.severity)))


def require_clean(report: Report) -> None:
    """
    Stop where the gate found errors; warnings and infos pass.

    Parameters
    ----------
    report : Report
        From `check_export`.

    Raises
    ------
    DataError
        Listing every error with its remedy.
    """
    errors = report.errors
    if not errors:
        return
    lines = [
        f"{_named(found.files)}: {found.finding.what} ({found.finding.why}). Do: {found.finding.remedy}"
        for found in group(errors)
    ]
    raise DataError(
        f"the export has {len(errors)} {'error' if len(errors) == 1 else 'errors'}",
        where=report.folder,
        why="\n".join(lines),
        remedy="mend these; `snapstamps check` shows the warnings as well",
    )


def _named(files: Sequence[str]) -> str:
    """Name the first files, and say how many more there are."""
    shown = ", ".join(files[:_NAMED])
    return shown if len(files) <= _NAMED else f"{shown} and {len(files) - _NAMED} more"
