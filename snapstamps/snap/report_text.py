"""The gate's report as people read it: on a screen, in a pipe, in a log."""

import shlex
import textwrap
from collections.abc import Callable, Sequence

from snapstamps.snap.findings import Report, group
from snapstamps.snap.repair import HeaderRepair

WIDTH = 110
"""Longest line; a pipe has no width of its own."""


def render_report(report: Report, *, emphasise: Callable[[str, str], str] | None = None) -> str:
    """
    Write a report as text.

    Parameters
    ----------
    report : Report
        From `check_export`.
    emphasise : callable, optional
        ``emphasise(text, severity)`` gives the text with its colour; plain by default.

    Returns
    -------
    str
        Lines without a final line end.
    """
    size = "size unknown" if report.width is None else f"{report.width} samples x {report.length} lines"
    lines = [f"{report.folder.name or report.folder}: {report.n_scenes} dates, {size}: {_summary(report)}"]
    for item in group(report.findings):
        finding = item.finding
        label = f"{finding.severity.upper():8}"
        lines.append("")
        head = f"{_files(item.files)}: {finding.what}"
        lines.extend(_wrapped(head, emphasise(label, finding.severity) if emphasise else label))
        lines.extend(_wrapped(f"why: {finding.why}", " " * 8))
        lines.extend(_wrapped(f"do:  {finding.remedy}", " " * 8))
    for note in report.notes:
        lines.append("")
        lines.extend(_wrapped(note, "NOTE    "))
    if report.repairable:
        n = len({finding.file for finding in report.repairable})
        headers = f"{n} {'header' if n == 1 else 'headers'}"
        lines.extend(("", f"`snapstamps check {shlex.quote(str(report.folder))} --repair` would correct {headers}."))
    return "\n".join(lines)


def render_repairs(repairs: Sequence[HeaderRepair], *, dry_run: bool) -> str:
    """
    Say what a repair did, or would do: one line per value, headers with the same changes together.

    Parameters
    ----------
    repairs : sequence of HeaderRepair
        From `repair_export`.
    dry_run : bool
        Whether nothing was written.
    """
    if not repairs:
        return "No header needs repair."
    verb = "would be repaired" if dry_run else "repaired; the originals are beside them as .orig"
    lines = [f"{len(repairs)} {'header' if len(repairs) == 1 else 'headers'} {verb}:"]
    alike: dict[tuple[tuple[str, str, str], ...], list[str]] = {}
    for repair in repairs:
        alike.setdefault(tuple((c.key, c.old, c.new) for c in repair.changes), []).append(repair.file)
    for changes, files in alike.items():
        lines.append(f"  {_files(tuple(files))}")
        lines.extend(f"    {key}: {old} -> {new}" for key, old, new in changes)
    return "\n".join(lines)


def _summary(report: Report) -> str:
    counts = [(report.count("error"), "error"), (report.count("warning"), "warning"), (report.count("info"), "info")]
    words = [f"{count} {noun}{'s' if count > 1 else ''}" for count, noun in counts if count]
    return ", ".join(words) if words else "no findings"


def _files(files: tuple[str, ...]) -> str:
    others = len(files) - 1
    return files[0] if not others else f"{files[0]} and {others} {'other' if others == 1 else 'others'}"


def _wrapped(text: str, label: str) -> list[str]:
    lines = textwrap.wrap(text, WIDTH - 8, break_long_words=False, break_on_hyphens=False)
    return [f"{label}{lines[0]}", *(f"{' ' * 8}{line}" for line in lines[1:])]
