"""One cell of the matrix: a stage, disturbed in one way, looked at, and done again."""

import os
import random
import shutil
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from faults.client import Ended, Running, Server
from faults.ladder import artefacts, environment_of, export_of, make_area, rung_of
from faults.places import SmallDisk, may_mount, read_only, room_of
from faults.table import STAGES, codes_of
from stamps_stand_in import mark_processes, processes_left, wait_for

from snapstamps.config.project import Project
from snapstamps.formats.atomic import TEMPORARY_MARK
from snapstamps.journal import JOURNAL_NAME, FileMark, Journal
from snapstamps.pipeline.runner import project_states
from snapstamps.pipeline.state import Condition

_SIGNALS = {"kill": signal.SIGKILL, "term": signal.SIGTERM, "interrupt": signal.SIGINT}
_AT_WORK = {"octave": "octave import worker", "gpt": "fakes/gpt"}


class Cell:
    """
    A cell at work.

    Parameters
    ----------
    fault, key : str
        Its column and its row.
    server : Server
        Who runs commands.
    ladder : Path
        The undisturbed work.
    place : Path
        An empty folder for this cell.
    """

    def __init__(self, fault: str, key: str, server: Server, ladder: Path, place: Path) -> None:
        self.kind, self.key = fault, key
        self.stage = STAGES[key]
        self.server, self.ladder, self.place = server, ladder, place
        self.rung = rung_of(ladder, key)
        self.area = place / "area"
        self.chance = random.Random(f"{fault} {key}")
        # what StaMPS writes itself is no moment: there are only our script, its log, and the journal
        moments = 4 if self.stage.engine == "octave" else self.rung.moments
        self.at = self.chance.randint(2, max(2, moments - 1))
        self.env = environment_of(ladder, self.stage)
        self.token = mark_processes(self.env)
        self.disk: SmallDisk | None = None

    def try_it(self) -> None:
        """Disturb the stage, look at what is left, make it good, and compare with the undisturbed work."""
        way: dict[str, Callable[[], None]] = {
            "kill": self._end_by_signal,
            "term": self._end_by_signal,
            "interrupt": self._end_by_signal,
            "disk": self._fill_the_disk,
            "readonly": self._forbid_writing,
            "quota": self._use_up_the_quota,
            "corrupted": self._damage_a_result,
            "truncated": self._cut_an_input,
            "clock": self._let_the_clock_jump,
            "two": self._run_two,
            "memory": self._run_out_of_memory,
        }
        try:
            way[self.kind]()
        finally:
            if self.disk is not None:
                self.disk.close()

    # the faults

    def _end_by_signal(self) -> None:
        self._begin()
        number = _SIGNALS[self.kind]
        if self.stage.is_foreign:
            running = self._start(SNAPSTAMPS_TEST_DOES="hang,take")
            wait_for(self.token, _AT_WORK[self.stage.engine])
            time.sleep(self.chance.uniform(0.1, 1.0))
            os.kill(running.pid, number)
            ended = self.server.wait(running)
        else:
            ended = self._run({"kind": "signal", "signal": int(number), "at": self.at})
        if self.kind != "kill":
            assert "interrupted; what was finished is kept" in ended.err
        self._look(ended)
        self._do_again()

    def _fill_the_disk(self) -> None:
        if not may_mount():
            self._begin()
            self._refused_from_a_write_on("ENOSPC", ("disk is full", "no space left"), late=False)
            return
        before, after = room_of(self.rung.before), room_of(self.rung.after)
        room = max(16 * 1024, int((after - before) * self.chance.uniform(0.2, 0.8)))
        self.disk = SmallDisk(self.place, before + room)
        self._begin()
        ended = self._run({"kind": "plenty"})
        self._look(ended)
        self.disk.grow()
        self._do_again()

    def _forbid_writing(self) -> None:
        self._begin()
        self.area.mkdir(exist_ok=True)
        with read_only(self.area):
            ended = self._run(None)
        assert "permission" in ended.err or "Read-only file system" in ended.err or "may only be read" in ended.err
        self._look(ended)
        self._do_again()

    def _use_up_the_quota(self) -> None:
        self._begin()
        self._refused_from_a_write_on("EDQUOT", ("quota",), late=self.chance.random() < 0.5)

    def _refused_from_a_write_on(self, errno: str, words: tuple[str, ...], *, late: bool) -> None:
        ended = self._run({"kind": "refuse", "errno": errno, "late": late, "at": self.at})
        assert any(word in ended.err.lower() for word in words), ended.err
        self._look(ended)
        self._do_again()

    def _damage_a_result(self) -> None:
        shutil.copytree(self.rung.after, self.area, symlinks=True)
        target = self.chance.choice(self._results())
        overwrite(target)
        ended = self._run(None)
        self._look(ended)
        assert "nothing to do" not in ended.out, f"{target} was taken for whole"
        self._compare()

    def _cut_an_input(self) -> None:
        """Take the second half of an input away; of our own results, the maker is then asked for again."""
        if self.key == "simulate":
            self._cut_a_description()
            return
        if self.key == "candidates":
            self._cut_a_raster()
            return
        self._begin()
        target = self.chance.choice(self._inputs())
        os.truncate(target, target.stat().st_size // 2)
        ended = self._run(None)
        self._look(ended)
        if ended.code:
            assert target.stem in ended.err or "which is stale" in ended.err, ended.err
            self._heal()
            self._do_again()
        else:
            self._compare()

    def _cut_a_description(self) -> None:
        self._begin()
        spec = self.place / "scene.json"
        whole = (self.rung.after / "scene.json").read_text()
        spec.write_text(whole[: len(whole) // 2])
        self._look(self._run(None, "--spec", str(spec)))
        spec.write_text(whole)
        self._do_again("--spec", str(spec))

    def _cut_a_raster(self) -> None:
        export = self.place / export_of(self.ladder).name
        shutil.copytree(export_of(self.ladder), export, copy_function=shutil.copy2)
        make_area(self.area, export, self.ladder / "simulate" / "after")
        assert self.server.run(["run", "--to", "check", "-C", str(self.area)], root=self.area).code == 0
        target = self.chance.choice(sorted(export.glob("*/*.rslc")) + sorted(export.glob("*/*.diff")))
        whole, times = target.read_bytes(), target.stat()
        os.truncate(target, len(whole) // 2)
        ended = self._run(None)
        assert target.name in ended.err or "which is stale" in ended.err
        self._look(ended)
        target.write_bytes(whole)
        os.utime(target, ns=(times.st_atime_ns, times.st_mtime_ns))
        self._do_again()

    def _let_the_clock_jump(self) -> None:
        self._begin()
        days = self.chance.choice((-400.0, -0.5, 0.5, 400.0))
        ended = self._run({"kind": "clock", "days": days, "at": self.at})
        self._look(ended)
        self._compare()
        if self.key != "simulate":
            again = self._run(None)
            assert (again.code, "nothing to do" in again.out) == (0, True), again.out + again.err

    def _run_two(self) -> None:
        self._begin()
        first = self._start(fault={"kind": "signal", "signal": int(signal.SIGSTOP), "at": self.at})
        assert self.server.stands_still(first), "the first run ended before the second began"
        second = self._run(None)
        os.kill(first.pid, signal.SIGCONT)
        assert f"process {first.pid} on {socket.gethostname()}, since 20" in second.err, second.err
        ended = self.server.wait(first)
        self._look(second)
        assert ended.code == 0, ended.err
        self._compare()

    def _run_out_of_memory(self) -> None:
        self._begin()
        if self.stage.engine == "octave":
            ended = self._run(None, SNAPSTAMPS_TEST_DOES="memory")
        elif self.stage.engine == "gpt":
            ended = self._run(None, FAKE_GPT_FAIL="heap")
        else:
            ended = self._run({"kind": "memory", "at": self.at})
        assert "memory" in ended.err, ended.err
        self._look(ended)
        self._do_again()

    # what all share

    def _begin(self) -> None:
        self.place.mkdir(parents=True, exist_ok=True)
        if self.rung.before is not None:
            shutil.copytree(self.rung.before, self.area, symlinks=True)

    def _words(self, *more: str) -> list[str]:
        if self.key == "simulate":
            return ["simulate", str(self.area), *more]
        return [*self.stage.words, "-C", str(self.area), *more]

    def _start(self, *more: str, fault: dict[str, Any] | None = None, **env: str) -> Running:
        environment = {**self.env, **env}
        return self.server.start(self._words(*more), root=self.area, fault=fault, env=environment)

    def _run(self, fault: dict[str, Any] | None, *more: str, **env: str) -> Ended:
        return self.server.wait(self._start(*more, fault=fault, **env))

    def _look(self, ended: Ended) -> None:
        """Look at what a fault has left: the exit code, the message, no orphan, nothing half."""
        assert ended.code in codes_of(self.kind, self.key), f"exit code {ended.code}: {ended.err}{ended.out}"
        assert "Traceback" not in ended.err
        if ended.code > 0:
            assert ended.err.rstrip().splitlines(), "no message"
            assert any(line.startswith("snapstamps: ") for line in ended.err.splitlines()), ended.err
            assert "bug in snapstamps" not in ended.err
        assert processes_left(self.token) == []
        if not self.area.is_dir():
            return
        if not self.stage.is_foreign:
            self._require_nothing_half()
        if self.key != "simulate":
            self._require_done_is_whole()

    def _require_nothing_half(self) -> None:
        """Every file that bears a name is one of before or one of after, whole."""
        if self.kind == "truncated":  # the cut itself is half
            return
        before = {} if self.rung.before is None else artefacts(self.rung.before, self.stage)
        after = artefacts(self.rung.after, self.stage)
        for name, digest in artefacts(self.area, self.stage).items():
            # scratch has names with a dot; that none of it stays is looked at in the end
            if not any(part.startswith(".") for part in Path(name).parts):
                assert digest in {before.get(name), after.get(name)}, f"{name} is half"

    def _require_done_is_whole(self) -> None:
        """What the journal calls done is there, and is what was written."""
        project = Project.open(self.area, environment={})
        records = Journal(project.logs_folder / JOURNAL_NAME).last_done()
        for state in project_states(project):
            if state.condition is not Condition.DONE or state.unit.stage == "prepare":
                continue
            for name, mark in records[state.unit.name].outputs.items():
                path = self.area / name
                if mark.digest and path in state.unit.writes:
                    assert FileMark.of(path).same_content(mark), f"{name} is not what {state.unit.name} left"

    def _do_again(self, *more: str) -> None:
        """Type the same command again."""
        force = ["--force"] if self.key == "simulate" and self.area.is_dir() else []
        ended = self._run(None, *more, *force)
        assert ended.code == 0, ended.err
        assert processes_left(self.token) == []
        self._compare()

    def _compare(self) -> None:
        wanted, found = artefacts(self.rung.after, self.stage), artefacts(self.area, self.stage)
        if self.kind != "clock":
            left = [name for name in found if TEMPORARY_MARK in name]
            assert not left, f"left behind: {left}"
        assert {name: found.get(name) for name in wanted} == wanted
        assert set(found) <= set(wanted), f"more than without the fault: {set(found) - set(wanted)}"

    def _heal(self) -> None:
        """Let what was cut be made again by its maker."""
        if self.stage.step:
            words = [["run", "--to", "candidates"], ["stamps", "--steps", f"1-{self.stage.step}"]]
        else:
            words = [["run", "--to", self.key]]
        for command in words:
            ended = self.server.run([*command, "-C", str(self.area)], root=self.area)
            assert ended.code == 0, ended.err

    def _results(self) -> list[Path]:
        """Return the results of the stage, whole."""
        project = Project.open(self.area, environment={})
        records = Journal(project.logs_folder / JOURNAL_NAME).last_done()
        mine = [record for name, record in records.items() if self._is_mine(name)]
        names = {name for record in mine for name, mark in record.outputs.items() if mark.size > 8}
        return sorted(path for name in names if (path := self.area / name).is_file())

    def _inputs(self) -> list[Path]:
        """Return inputs of the stage that other stages of ours have made."""
        units = [s.unit for s in project_states(Project.open(self.area, environment={})) if self._is_mine(s.unit.name)]
        units = [unit for unit in units if unit.stage != "prepare" or unit.name.startswith("coregister/")]
        if self.stage.engine == "gpt":
            return sorted((self.area / "slave").glob("*.data/*.img"))
        return sorted(
            path
            for path in units[0].reads
            if path.is_file()
            and path.is_relative_to(self.area)
            and path.name != "psver.mat"
            and path.stat().st_size > 200
        )

    def _is_mine(self, unit: str) -> bool:
        if self.stage.step:
            return unit.rpartition("/")[2].startswith(f"{self.stage.step}_")
        if self.stage.engine == "gpt":
            return unit.startswith(("coregister/", "stamps_export/"))
        return unit == self.key


def overwrite(path: Path) -> None:
    """Put other bytes into the middle of a file; its size stays."""
    content = bytearray(path.read_bytes())
    middle = len(content) // 2
    piece = content[middle : middle + 16]
    content[middle : middle + 16] = bytes(byte ^ 0x5A for byte in piece)
    path.write_bytes(bytes(content))
