"""
A run held against a paper, line by line: equal, close, different, or not comparable, with the tolerance of each line.

It is a report, not a test: a difference may lie in the run, in the paper, or in what the paper does not say.
"""

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Literal

import numpy as np

from snapstamps.config.profile import BaselinesTold, Profile, ScenesTold, Statement
from snapstamps.config.profile_shapes import outline
from snapstamps.kernels.coherence_model import (
    mean_coherence,
    modelled_coherence,
    pairwise_differences,
    perpendicular_from_one_master,
)
from snapstamps.results.paper_measures import Measured, measure
from snapstamps.results.table import PsTable

Verdict = Literal["equal", "close", "different", "not comparable"]
VERDICTS: tuple[Verdict, ...] = ("equal", "close", "different", "not comparable")

_DATES_CLOSE = 0.9
"""Share of the paper's dates from which on a stack is close to it."""
_METRES_EQUAL, _METRES_CLOSE = 2.0, 10.0
"""Largest difference of a baseline, m: a baseline changes by some metres across a swath, and no paper says where it
holds."""
_COHERENCE_CLOSE = 0.005
"""A master whose mean modelled coherence is so near the best is as good as that."""
_MOST_NAMED = 4


@dataclass(frozen=True)
class PaperLine:
    """
    One line of the comparison.

    Attributes
    ----------
    key : str
        Of the statement.
    paper, source : str
        What the paper says, in our words, and where.
    run : str
        What the run has.
    verdict : str
        One of ``VERDICTS``.
    tolerance : str
        What counts as equal and as close.
    note : str
        How it was measured, or why it was not.
    """

    key: str
    paper: str
    source: str
    run: str
    verdict: Verdict
    tolerance: str
    note: str


@dataclass(frozen=True)
class PaperComparison:
    """
    A run beside a paper.

    Attributes
    ----------
    profile, title : str
        Of the paper's profile.
    simulated : bool
        Whether the export was simulated: then what agrees was put in.
    lines : tuple of PaperLine
        Scenes first, then the paper's results.
    """

    profile: str
    title: str
    simulated: bool
    lines: tuple[PaperLine, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many lines have each verdict."""
        return {verdict: sum(line.verdict == verdict for line in self.lines) for verdict in VERDICTS}

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain values."""
        return {
            "profile": self.profile,
            "title": self.title,
            "simulated": self.simulated,
            "counts": self.counts,
            "lines": [asdict(line) for line in self.lines],
        }

    def json(self) -> str:
        """Return it as JSON text."""
        return json.dumps(self.as_dict(), indent=1, ensure_ascii=False) + "\n"


def read_comparison(text: str) -> PaperComparison:
    """Return what :meth:`PaperComparison.json` wrote."""
    content = json.loads(text)
    lines = tuple(PaperLine(**line) for line in content["lines"])
    return PaperComparison(content["profile"], content["title"], content["simulated"], lines)


@dataclass(frozen=True)
class RunBaselines:
    """
    The perpendicular baselines of a run, by date, m.

    Attributes
    ----------
    values : mapping of date to float
        0 at the master.
    source : str
        Where they come from.
    other_sign : mapping of date to float
        What the ``.base`` files give with the other sign of their third number; empty where they are not at hand.
    """

    values: Mapping[date, float]
    source: str
    other_sign: Mapping[date, float]


def compare_with_paper(
    profile: Profile,
    table: PsTable,
    baselines: RunBaselines,
    *,
    changed: Sequence[str] = (),
    simulated: bool = False,
) -> PaperComparison:
    """
    Hold a run against a paper.

    Parameters
    ----------
    profile : Profile
        Of the paper.
    table : PsTable
        The results.
    baselines : RunBaselines
        Of the run, the master included.
    changed : sequence of str
        Options that the run has otherwise than the profile.
    simulated : bool
        Whether the export was simulated.

    Returns
    -------
    PaperComparison

    Raises
    ------
    ValueError
        If the profile is not that of a paper.
    """
    if profile.scenes is None or profile.baselines is None:
        raise ValueError(f"{profile.name} is not the profile of a paper")
    lines = [
        _dates(profile.baselines, profile.scenes, sorted(baselines.values)),
        _master(profile.scenes, table.master),
        *_baselines(profile.baselines, baselines),
        _modelled_master(profile.scenes, baselines),
        _options(profile, changed),
        *(_statement(statement, profile, table) for statement in profile.statements),
    ]
    return PaperComparison(profile.name, profile.title, simulated, tuple(lines))


def _dates(told: BaselinesTold, scenes: ScenesTold, days: Sequence[date]) -> PaperLine:
    wanted = set(told.by_date)
    common, missing, extra = wanted & set(days), sorted(wanted - set(days)), sorted(set(days) - wanted)
    share = len(common) / len(wanted)
    same = not missing and not extra
    verdict: Verdict = "equal" if same else "close" if share >= _DATES_CLOSE and not extra else "different"
    notes = [f"missing: {_named(missing)}"] if missing else []
    notes += [f"not in the paper: {_named(extra)}"] if extra else []
    notes += [
        f"{row.printed} of the paper is used as {row.used} (our choice, {row.our_choice})"
        for row in told.rows
        if row.printed != row.used
    ]
    return PaperLine(
        "dates",
        f"{scenes.count.value} dates, {scenes.first.value} to {scenes.last.value}",
        f"{scenes.count.source}; {told.source}",
        f"{len(days)} dates, {days[0]} to {days[-1]}; {len(common)} in common",
        verdict,
        f"equal: the same dates; close: {_DATES_CLOSE:.0%} of them and no others",
        "; ".join(notes),
    )


def _master(scenes: ScenesTold, master: date) -> PaperLine:
    told = scenes.master.value
    verdict: Verdict = "equal" if master == told else "different"
    return PaperLine("master", f"Master {told}", scenes.master.source, f"{master}", verdict, "equal: the same day", "")


def _baselines(told: BaselinesTold, run: RunBaselines) -> list[PaperLine]:
    lines = [_baseline_line("baselines", told, run.values, run.source)]
    if run.other_sign and lines[0].verdict != "equal":
        # only said where it explains something: SNAP's sign is then what differs, not the scenes
        other = _baseline_line(
            "baselines_other_sign", told, run.other_sign, "with the other sign of the .base files' third number"
        )
        if VERDICTS.index(other.verdict) < VERDICTS.index(lines[0].verdict):
            lines.append(other)
    return lines


def _baseline_line(key: str, told: BaselinesTold, values: Mapping[date, float], source: str) -> PaperLine:
    common = [day for day in told.by_date if day in values]
    paper = np.array([told.by_date[day] for day in common])
    run = np.array([values[day] for day in common])
    kind = "signed" if told.signed else "magnitudes"
    low, high = min(told.by_date.values()), max(told.by_date.values())
    text = f"{len(told.rows)} perpendicular baselines ({kind}), {_number(low)} to {_number(high)} m"
    tolerance = f"equal: all within {_METRES_EQUAL:g} m; close: all within {_METRES_CLOSE:g} m"
    if len(common) < 2:
        return PaperLine(key, text, told.source, "-", "not comparable", tolerance, "no dates in common")
    flipped = False
    if told.signed:
        same, other = np.abs(run - paper).max(), np.abs(-run - paper).max()
        flipped, worst = other < same, float(min(same, other))
    else:
        worst = float(np.abs(np.abs(run) - np.abs(paper)).max())
    verdict: Verdict = "equal" if worst <= _METRES_EQUAL else "close" if worst <= _METRES_CLOSE else "different"
    note = "the other common sign, which is a convention" if flipped else ""
    return PaperLine(key, text, told.source, f"largest difference {worst:.2f} m ({source})", verdict, tolerance, note)


def _modelled_master(scenes: ScenesTold, run: RunBaselines) -> PaperLine:
    days = sorted(run.values)
    metres = np.array([run.values[day] for day in days])
    time = np.array([(day - days[0]).days for day in days], dtype=np.float64)
    coherence = modelled_coherence(perpendicular_from_one_master(metres), pairwise_differences(time))
    mean = mean_coherence(coherence)
    best = int(np.argmax(mean))
    told = scenes.master.value
    tolerance = f"equal: the best is the paper's; close: the paper's lacks at most {_COHERENCE_CLOSE:g}"
    verdict: Verdict = "not comparable"
    if told in days:
        lacking = float(mean[best] - mean[days.index(told)])
        verdict = "equal" if days[best] == told else "close" if lacking <= _COHERENCE_CLOSE else "different"
    found = f"best: {days[best]}, mean modelled coherence {mean[best]:.4f}"
    if days[best] != told and told in days:
        found += f" (that of the paper: {mean[days.index(told)]:.4f})"
    return PaperLine(
        "master_by_coherence",
        f"The master has the highest modelled coherence: {told}",
        scenes.master.source,
        found,
        verdict,
        tolerance,
        f"SNAP's model, baselines: {run.source}",
    )


def _options(profile: Profile, changed: Sequence[str]) -> PaperLine:
    told = f"{len(profile.options)} options, set from the paper or chosen"
    verdict: Verdict = "different" if changed else "equal"
    found = f"otherwise: {', '.join(changed)}" if changed else "all the same"
    return PaperLine(
        "options", told, f"snapstamps paper show {profile.name}", found, verdict, "equal: the same values", ""
    )


def _statement(statement: Statement, profile: Profile, table: PsTable) -> PaperLine:
    place = profile.place(statement.area) if statement.area else None
    found = measure(statement, table, None if place is None else outline(place))
    tolerance = _tolerance(statement)
    notes = [statement.our_choice and f"interval: our choice, {statement.our_choice}"]
    if found is None:
        why = statement.why or f"no PS in {statement.area}: nothing is known there"
        return PaperLine(
            statement.key, statement.text, statement.source, "-", "not comparable", tolerance, _joined([why, *notes])
        )
    beyond = _beyond(statement, found)
    verdict: Verdict = "different"
    if math.isfinite(beyond) and beyond <= statement.equal_within:
        verdict = "equal"
    elif math.isfinite(beyond) and beyond <= statement.equal_within + statement.close_within:
        verdict = "close"
    counted = f"{found.n_ps:,} PS" + (f" in {statement.area}" if statement.area else "")
    return PaperLine(
        statement.key, statement.text, statement.source, _text(found, statement.unit), verdict, tolerance,
        _joined([f"{found.how}; {counted}", *notes]),
    )  # fmt: skip


def _beyond(statement: Statement, found: Measured) -> float:
    """Return how far what was found lies outside the paper's interval."""
    if math.isnan(found.low):
        return math.nan
    return max(statement.low - found.low, found.high - statement.high, 0.0)


def _tolerance(statement: Statement) -> str:
    if statement.measure == "not_comparable":
        return "-"
    if statement.low == statement.high:
        wanted = _number(statement.low)
        return f"equal: within {statement.equal_within:g} of {wanted}; close: within {_widest(statement):g}"
    low, high = _number(statement.low), _number(statement.high)
    wanted = f"at least {low}" if math.isinf(statement.high) else f"{low} to {high}"
    beyond = f" or {statement.equal_within:g} beyond" if statement.equal_within else ""
    return f"equal: {wanted}{beyond}; close: up to {_widest(statement):g} beyond"


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "\N{MINUS SIGN}")


def _widest(statement: Statement) -> float:
    return statement.equal_within + statement.close_within


def _text(found: Measured, unit: str) -> str:
    if math.isnan(found.low):
        return "none"
    form = "{:,.0f}" if unit == "PS" else "{:.2f}" if unit.startswith(("share", "PS per")) else "{:+.1f}"
    numbers = (
        form.format(found.low) if found.low == found.high else f"{form.format(found.low)} to {form.format(found.high)}"
    )
    short = unit if unit in {"mm", "mm/yr", "PS"} else ""
    return f"{numbers} {short}".strip().replace("-", "\N{MINUS SIGN}")


def _joined(notes: Sequence[str]) -> str:
    return "; ".join(note for note in notes if note)


def _named(days: Sequence[date]) -> str:
    shown = ", ".join(str(day) for day in days[:_MOST_NAMED])
    return shown if len(days) <= _MOST_NAMED else f"{shown} and {len(days) - _MOST_NAMED} more"
