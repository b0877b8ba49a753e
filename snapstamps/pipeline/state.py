"""
What is done, what is stale and why, what is missing: the journal held against the configuration and the disk.

The rules, for the units in their order:

1. A unit without a record is missing.
2. Other parameters than those recorded: stale.
3. It follows a unit that is not done: stale.
4. An input is not what it was when the unit was done: stale.
5. An output is gone or changed, and no later unit that is done has rewritten it: stale. What may be deleted once
   it has served may be gone.
6. A unit that must be done needs its inputs as their makers left them; a maker whose output a later round has
   rewritten must be done again, too.

Rules 5 and 6 may add units, whose followers then become stale; so they are applied until nothing changes.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from snapstamps.journal import FileMark, Record, plain
from snapstamps.pipeline.unit import Unit

TAKEN_OVER = "taken over"
"""The engine of a unit that somebody else did before the folder became a project."""
LEFT_OUT = "left out"
"""The engine of a unit that failed and was left out, as the configuration allows: it has no results."""


class Condition(Enum):
    """Where a unit stands."""

    DONE = "done"
    STALE = "stale"
    MISSING = "missing"


@dataclass(frozen=True)
class UnitState:
    """
    A unit and where it stands.

    Attributes
    ----------
    unit : Unit
        The unit.
    condition : Condition
        Done, stale or missing.
    reason : str
        Why, if it is not done.
    record : Record or None
        How it was last done.
    """

    unit: Unit
    condition: Condition
    reason: str
    record: Record | None


def key_of(path: Path, root: Path) -> str:
    """Return a file's name in the journal: relative to the project where it lies inside."""
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return str(path)


def states_of(units: Sequence[Unit], records: Mapping[str, Record], root: Path) -> list[UnitState]:
    """
    Tell for every unit whether it is done.

    Parameters
    ----------
    units : sequence of Unit
        In order.
    records : mapping of str to Record
        The last good record of every unit.
    root : Path
        The project folder.

    Returns
    -------
    list of UnitState
        In the same order.
    """
    return _Evaluation(units, records, root).states()


class _Evaluation:
    def __init__(self, units: Sequence[Unit], records: Mapping[str, Record], root: Path) -> None:
        self.units = units
        self.records = records
        self.root = root
        self.index = {unit.name: number for number, unit in enumerate(units)}
        self.reasons: dict[str, tuple[Condition, str]] = {}
        self._holds: dict[tuple[str, FileMark], bool] = {}

    def states(self) -> list[UnitState]:
        for unit in self.units:
            self._judge(unit)
        while self._apply_disk_rules():
            for unit in self.units:
                self._judge(unit)
        return [
            UnitState(unit, *self.reasons.get(unit.name, (Condition.DONE, "")), self.records.get(unit.name))
            for unit in self.units
        ]

    def _judge(self, unit: Unit) -> None:
        """Apply rules 1 to 4."""
        if unit.name in self.reasons:
            return
        record = self.records.get(unit.name)
        if record is None:
            self.reasons[unit.name] = (Condition.MISSING, "not done yet")
            return
        reason = self._changed_parms(unit, record) or self._follows(unit) or self._changed_input(unit, record)
        if reason:
            self.reasons[unit.name] = (Condition.STALE, reason)

    def _changed_parms(self, unit: Unit, record: Record) -> str:
        now = plain(unit.parms)
        for name in {**record.parms, **now}:
            old, new = record.parms.get(name), now.get(name)
            if json.dumps(old) != json.dumps(new):
                return f"{name} was {_shown(old)}, now {_shown(new)}"
        return ""

    def _follows(self, unit: Unit) -> str:
        for name in unit.after:
            if name in self.reasons:
                return f"follows {name}"
        return ""

    def _changed_input(self, unit: Unit, record: Record) -> str:
        for name, mark in record.inputs.items():
            maker = self._maker(name, before=unit)
            if maker is None:
                if not self._intact(name, mark):
                    return f"{name} has changed"
            elif not mark.same_content(self.records[maker.name].outputs[name]):
                return f"{name} was made anew"
        added = {key_of(path, self.root) for path in unit.reads if path.is_file()} - record.inputs.keys()
        if unit.notices_new and added and record.engine != TAKEN_OVER:
            return f"{min(added)} is new"
        return ""

    def _apply_disk_rules(self) -> bool:
        """Apply rules 5 and 6; tell whether a unit was added to those that must be done."""
        before = len(self.reasons)
        for unit in self.units:
            record = self.records.get(unit.name)
            if unit.name not in self.reasons and record is not None:
                if reason := self._damaged(unit, record):
                    self.reasons[unit.name] = (Condition.STALE, reason)
            elif unit.name in self.reasons:
                self._need_inputs_of(unit)
        return len(self.reasons) > before

    def _damaged(self, unit: Unit, record: Record) -> str:
        for path in unit.leaves if record.engine != LEFT_OUT else ():
            if not path.exists():
                return f"{key_of(path, self.root)} is missing"
        for name, mark in record.outputs.items():
            if unit.passing and not (self.root / name).exists():
                continue  # deleted after it has served
            if self._last_done_writer(name) is unit and not self._intact(name, mark):
                return f"{name} {'has changed' if (self.root / name).exists() else 'is missing'}"
        return ""

    def _need_inputs_of(self, unit: Unit) -> None:
        for path in (*unit.reads, *unit.needs):
            name = key_of(path, self.root)
            maker = self._maker(name, before=unit)
            if maker is None or maker.name in self.reasons:
                continue
            if not self._intact(name, self.records[maker.name].outputs[name]):
                self.reasons[maker.name] = (Condition.STALE, f"{name} is needed again")

    def _maker(self, name: str, *, before: Unit) -> Unit | None:
        """Return the last unit before this one whose record tells that it made a file."""
        for unit in reversed(self.units[: self.index[before.name]]):
            record = self.records.get(unit.name)
            if record is not None and name in record.outputs:
                return unit
        return None

    def _last_done_writer(self, name: str) -> Unit | None:
        for unit in reversed(self.units):
            record = self.records.get(unit.name)
            if record is not None and unit.name not in self.reasons and name in record.outputs:
                return unit
        return None

    def _intact(self, name: str, mark: FileMark) -> bool:
        if (name, mark) not in self._holds:
            self._holds[name, mark] = mark.still_holds(self.root / name)
        return self._holds[name, mark]


def _shown(value: object) -> str:
    if value is None:
        return "not set"
    return f"{value:g}" if isinstance(value, float) else json.dumps(value, ensure_ascii=False).strip('"')
