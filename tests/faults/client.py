"""The face of the server for the tests: start a command with a fault, wait for its end, read what it said."""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Ended:
    """How a command ended: exit code (negative: signal), what it printed, how many writes it did."""

    code: int
    out: str
    err: str
    moments: int


@dataclass
class Running:
    """A command at work."""

    pid: int
    out: Path
    err: Path
    count: Path


class Server:
    """One process that has everything imported, and forks."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="snapstamps-faults-"))
        paths = os.pathsep.join([str(ROOT), str(ROOT / "tests")])
        self._process = subprocess.Popen(
            [sys.executable, "-m", "faults.server"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **_ONE_THREAD, "PYTHONPATH": paths, "MPLBACKEND": "Agg"},
        )
        self._number = 0
        self._answer()

    def start(
        self,
        words: list[str],
        *,
        root: Path,
        fault: dict[str, Any] | None = None,
        env: dict[str, str] | None = None,
        cwd: Path | None = None,
    ) -> Running:
        """Start a command; writes below `root` are the moments of its fault."""
        self._number += 1
        out, err, count = (self.folder / f"{self._number}.{name}" for name in ("out", "err", "count"))
        request = {
            "words": words,
            "root": str(root),
            "fault": fault,
            "env": env or {},
            "cwd": str(cwd or self.folder),
            "out": str(out),
            "err": str(err),
            "count": str(count),
        }
        return Running(int(self._ask({"run": request})["pid"]), out, err, count)

    def stands_still(self, running: Running) -> bool:
        """Wait until a command stands still; False if it ended before."""
        return bool(self._ask({"wait": running.pid})["stopped"])

    def wait(self, running: Running) -> Ended:
        """Wait for the end of a command."""
        code = int(self._ask({"wait": running.pid})["code"])
        moments = int(running.count.read_text()) if running.count.exists() else 0
        return Ended(code, running.out.read_text(), running.err.read_text(), moments)

    def run(self, words: list[str], **options: Any) -> Ended:
        """Run a command to its end."""
        return self.wait(self.start(words, **options))

    def close(self) -> None:
        """End the server."""
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                stream.close()
        self._process.wait(timeout=30)

    def _ask(self, request: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return self._answer()

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, "the server of the fault tests has died"
        return json.loads(line)
