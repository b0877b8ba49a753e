"""What was done, from the journal: one row per stage or step, patches together."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from snapstamps.journal import Record
from snapstamps.stamps.steps import STEPS

_STAGES = {
    "prepare": ("Plan", "Chooses scenes, bursts, orbits and the master."),
    "split": ("Split", "SNAP cuts out the bursts of the area and applies the orbits."),
    "coregister": ("Coregister", "SNAP brings every slave onto the master and forms the interferograms."),
    "merge": ("Merge", "SNAP joins the sub-swaths of each pair."),
    "stamps_export": ("StampsExport", "SNAP writes what StaMPS reads."),
    "check": ("Check", "Holds the export against what StaMPS will need, and repairs SNAP's header faults."),
    "candidates": ("Candidates", "Chooses the pixels whose amplitude is steady."),
    "export": ("Export", "Turns phase into velocities and time series."),
}
_ROUND = re.compile(r"@(\d+)$")


@dataclass(frozen=True)
class Stage:
    """
    One row of the timeline.

    Attributes
    ----------
    key : str
        Of the stage or step: ``split``, ``check``, ``2_gamma`` …
    title, sentence : str
        What it is called, and what it did.
    started : str
        UTC, of the first unit of work.
    seconds : float
        Of work, over all patches.
    ps_in, ps_out : int or None
        Scatterers before and after, over all patches.
    units : int
        Units of work: patches for steps 1 to 5, dates or pairs for SNAP's stages.
    engine : str
        Who did it, with its version.
    memory : int
        Largest peak, bytes.
    notes : tuple of str
        Choices made and mendings that acted.
    """

    key: str
    title: str
    sentence: str
    started: str
    seconds: float
    ps_in: int | None
    ps_out: int | None
    units: int
    engine: str
    memory: int
    notes: tuple[str, ...]

    @property
    def unit_noun(self) -> str:
        """Return what its units of work are called."""
        return "patches" if self.key[:1].isdigit() else "runs"


def timeline(records: Sequence[Record]) -> tuple[Stage, ...]:
    """
    Put the records of a run together.

    Parameters
    ----------
    records : sequence of Record
        The last good record of every unit, in the order of the units.

    Returns
    -------
    tuple of Stage
    """
    groups: dict[str, list[Record]] = {}
    for record in records:
        groups.setdefault(_key(record.unit), []).append(record)
    return tuple(_stage(key, group) for key, group in groups.items())


def counts_of(stages: Sequence[Stage]) -> dict[str, int]:
    """Return the scatterers after the steps that choose: ``candidates``, ``select``, ``weed``; those that are known."""
    chosen = {"candidates": "candidates", "3_select": "select", "4_weed": "weed"}
    return {chosen[stage.key]: stage.ps_out for stage in stages if stage.key in chosen and stage.ps_out is not None}


def _key(unit: str) -> str:
    """
    Return what a unit of work counts to: the step of a patch, the stage of a date or pair.

    Examples
    --------
    >>> [_key(unit) for unit in ("PATCH_2/4_weed", "split/20200304", "6_unwrap@2")]
    ['4_weed', 'split', '6_unwrap@2']
    """
    head, _, tail = unit.partition("/")
    return tail if head.startswith("PATCH_") else head


def _stage(key: str, records: Sequence[Record]) -> Stage:
    return Stage(
        key=key,
        title=_title(key),
        sentence=_sentence(key),
        started=min(record.started for record in records),
        seconds=sum(record.seconds for record in records),
        ps_in=_total(records, "ps_in"),
        ps_out=_total(records, "candidates") if key == "candidates" else _total(records, "ps_out"),
        units=len(records),
        engine=", ".join(dict.fromkeys(_engine(record) for record in records)),
        memory=max(record.peak_memory for record in records),
        notes=tuple(dict.fromkeys(note for record in records for note in record.notes)),
    )


def _title(key: str) -> str:
    base = _ROUND.sub("", key)
    step = next((step for step in STEPS if step.key == base), None)
    title = _STAGES.get(base, (base, ""))[0] if step is None else f"{step.number} {step.name}"
    found = _ROUND.search(key)
    return f"{title}, round {found[1]}" if found else title


def _sentence(key: str) -> str:
    base = _ROUND.sub("", key)
    step = next((step for step in STEPS if step.key == base), None)
    return _STAGES.get(base, ("", ""))[1] if step is None else step.sentence


def _total(records: Sequence[Record], count: str) -> int | None:
    known = [record.counts[count] for record in records if count in record.counts]
    return sum(known) if known else None


def _engine(record: Record) -> str:
    version = record.versions.get(record.engine, "")
    return f"{record.engine} {version}".strip()
