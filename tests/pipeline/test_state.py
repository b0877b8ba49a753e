"""What is stale follows from the rules: exactly what declares a change, and what comes after it."""

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapstamps.journal import FileMark, Record
from snapstamps.pipeline.state import Condition, states_of
from snapstamps.pipeline.unit import Unit


class World:
    """A chain of pretended units, whose files hold what made them."""

    def __init__(self, root: Path, units: list[Unit]) -> None:
        self.root = root
        self.units = units
        self.records: dict[str, Record] = {}

    def do(self, unit: Unit) -> None:
        inputs = {path.name: FileMark.of(path) for path in unit.reads}
        for path in unit.writes:
            path.write_text(f"{path.name} {sorted(unit.parms.items())} {[p.read_text() for p in unit.reads]}")
        outputs = {path.name: FileMark.of(path) for path in unit.writes}
        self.records[unit.name] = Record(
            unit=unit.name,
            outcome="done",
            started="",
            seconds=0.0,
            parms=dict(unit.parms),
            inputs=inputs,
            outputs=outputs,
        )

    def pending(self) -> list[str]:
        states = states_of(self.units, self.records, self.root)
        return [state.unit.name for state in states if state.condition is not Condition.DONE]

    def do_all(self) -> list[str]:
        done = []
        while pending := self.pending():
            self.do(next(unit for unit in self.units if unit.name == pending[0]))
            done.append(pending[0])
            assert len(done) < 50, "it never ends"
        return done

    def change(self, name: str, **parms) -> None:
        self.units = [replace(u, parms={**u.parms, **parms}) if u.name == name else u for u in self.units]

    def content(self) -> dict[str, str]:
        return {path.name: path.read_text() for path in sorted(self.root.iterdir())}


def unit(root: Path, name: str, reads: str, writes: str, after: str) -> Unit:
    def paths(names):
        return tuple(root / n for n in names.split())

    return Unit(name, "stamps", paths(reads), paths(writes), {"p": 1}, tuple(after.split()))


@pytest.fixture
def chain(tmp_path) -> World:
    (tmp_path / "raw").write_text("raw")
    rows = [("a", "raw", "x", ""), ("b", "x", "y", "a"), ("c", "x y", "z", "b"), ("d", "z", "w", "c")]
    return World(tmp_path, [unit(tmp_path, *row) for row in rows])


@pytest.fixture
def rounds(tmp_path) -> World:
    """As steps 6 and 7 in two rounds, then 8: both rounds write the same files, and the second reads the first's."""
    rows = [
        ("merge", "", "ps", ""),
        ("6", "ps", "phuw", "merge"),
        ("7", "ps phuw", "scla", "6"),
        ("6@2", "ps scla", "phuw", "7"),
        ("7@2", "ps phuw", "scla", "6@2"),
        ("8", "phuw scla", "scn", "7@2"),
    ]
    return World(tmp_path, [unit(tmp_path, *row) for row in rows])


def test_nothing_done_is_all_missing_then_all_done(chain):
    assert chain.pending() == ["a", "b", "c", "d"]
    assert chain.do_all() == ["a", "b", "c", "d"]
    assert chain.pending() == []


def test_a_changed_parameter_makes_stale_its_unit_and_what_follows(chain):
    chain.do_all()
    chain.change("c", p=2)
    assert chain.pending() == ["c", "d"]
    states = states_of(chain.units, chain.records, chain.root)
    assert states[2].reason == "p was 1, now 2"
    assert states[3].reason == "follows c"


def test_a_new_parameter_counts_as_changed_and_back_is_done_again(chain):
    chain.do_all()
    chain.change("b", q="y")
    assert chain.pending() == ["b", "c", "d"]
    chain.units[1].parms.pop("q")
    assert chain.pending() == []


def test_a_missing_or_changed_output_is_made_again(chain):
    chain.do_all()
    (chain.root / "y").unlink()
    assert chain.pending() == ["b", "c", "d"]
    chain.do_all()
    (chain.root / "w").write_text("scribbled over")
    assert chain.pending() == ["d"]


def test_a_changed_input_from_outside_makes_all_stale(chain):
    chain.do_all()
    (chain.root / "raw").write_text("other")
    assert chain.pending() == ["a", "b", "c", "d"]


def test_a_unit_done_anew_makes_stale_what_read_its_old_result(chain):
    chain.do_all()
    chain.change("a", p=5)
    chain.do(chain.units[0])
    assert chain.pending() == ["b", "c", "d"]


def test_two_rounds_that_write_the_same_files_are_done_once(rounds):
    assert rounds.do_all() == ["6", "7", "6@2", "7@2", "8"] or rounds.do_all() == []
    assert rounds.pending() == []


def test_a_change_in_the_first_round_needs_what_the_second_has_overwritten(rounds):
    rounds.do_all()
    wanted = rounds.content()
    rounds.change("7", p=2)
    rounds.change("7@2", p=2)
    assert rounds.pending() == ["6", "7", "6@2", "7@2", "8"], "phuw of round 1 is gone, so 6 must be done again"
    rounds.do_all()
    rounds.change("7", p=1)
    rounds.change("7@2", p=1)
    rounds.do_all()
    assert rounds.content() == wanted


def test_a_change_of_the_last_unit_touches_no_round(rounds):
    rounds.do_all()
    rounds.change("8", p=2)
    assert rounds.pending() == ["8"]


@settings(max_examples=60)
@given(kills=st.dictionaries(st.integers(0, 30), st.integers(0, 2), max_size=8))
def test_killed_anywhere_any_number_of_times_it_ends_in_the_same_files(tmp_path_factory, kills):
    """A kill loses the record of the unit at work, whose files may be old, new, or partly both."""
    root = tmp_path_factory.mktemp("world")
    rows = [
        ("merge", "", "ps", ""),
        ("6", "ps", "phuw", "merge"),
        ("7", "ps phuw", "scla smooth", "6"),
        ("6@2", "ps smooth", "phuw", "7"),
        ("7@2", "ps phuw", "scla smooth", "6@2"),
        ("8", "phuw scla", "scn", "7@2"),
    ]
    world = World(root, [unit(root, *row) for row in rows])
    world.do_all()
    wanted = world.content()
    for path in root.iterdir():
        path.unlink()
    world.records.clear()
    for turn in range(60):
        pending = world.pending()
        if not pending:
            break
        at_work = next(u for u in world.units if u.name == pending[0])
        before = dict(world.records)
        world.do(at_work)
        if turn in kills:
            world.records = before
            for path in at_work.writes[kills[turn] :]:
                path.unlink()
    else:
        raise AssertionError("it never ends")
    assert world.content() == wanted
