"""
What was done: one line of JSON per unit of work, appended when it has ended.

``status``, resume and the report are views of this file. A line counts only when it is whole: a killed
run may leave half of its last line, which is ignored.
"""

import fcntl
import hashlib
import json
import math
import os
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

JOURNAL_NAME = "journal.jsonl"
_BLOCK = 2**22


@dataclass(frozen=True)
class FileMark:
    """
    What a file was: enough to tell later whether it still is.

    Attributes
    ----------
    size : int
        Bytes.
    mtime : int
        Time of the last change, nanoseconds.
    digest : str
        BLAKE2b of the content; empty where only size and time are kept (large inputs of others).
    """

    size: int
    mtime: int
    digest: str = ""

    @classmethod
    def of(cls, path: Path, *, content: bool = True) -> "FileMark":
        """
        Mark a file.

        Parameters
        ----------
        path : Path
            An existing file.
        content : bool
            Read it for its digest, too.

        Raises
        ------
        OSError
            If it cannot be read.
        """
        status = path.stat()
        return cls(status.st_size, status.st_mtime_ns, digest_of(path) if content else "")

    def still_holds(self, path: Path) -> bool:
        """Tell whether the file is unchanged: by size and time, else, if only touched, by content."""
        try:
            status = path.stat()
        except OSError:
            return False
        if status.st_size != self.size:
            return False
        if status.st_mtime_ns == self.mtime:
            return True
        return bool(self.digest) and digest_of(path) == self.digest

    def same_content(self, other: "FileMark") -> bool:
        """Tell whether two marks are of the same content, as far as the marks can tell."""
        if self.digest and other.digest:
            return self.digest == other.digest
        return (self.size, self.mtime) == (other.size, other.mtime)


@dataclass(frozen=True)
class Record:
    """
    One unit of work that ended.

    Attributes
    ----------
    unit : str
        Its name in the plan, such as ``PATCH_1/2_gamma``.
    outcome : {"done", "failed"}
        How it ended.
    started : str
        UTC, ISO 8601.
    seconds : float
        Wall time.
    engine : str
        Who did it.
    versions : dict
        Program -> version.
    parms : dict
        Values of all that the unit listens to.
    inputs, outputs : dict of str to FileMark
        By path, relative to the project where inside.
    counts : dict
        Such as ``ps_in`` and ``ps_out``.
    peak_memory : int
        Bytes.
    notes : list of str
        Choices made and mendings that acted.
    error : str
        The message, if it failed.
    """

    unit: str
    outcome: Literal["done", "failed"]
    started: str
    seconds: float
    engine: str = ""
    versions: dict[str, str] = field(default_factory=dict)
    parms: dict[str, Any] = field(default_factory=dict)
    inputs: dict[str, FileMark] = field(default_factory=dict)
    outputs: dict[str, FileMark] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    peak_memory: int = 0
    notes: list[str] = field(default_factory=list)
    error: str = ""


class Journal:
    """
    The journal of a project.

    Parameters
    ----------
    path : Path
        ``logs/journal.jsonl``; made with the first record.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    def append(self, record: Record) -> None:
        """
        Add one line, whole and flushed to disk; several processes may do so at the same time.

        Raises
        ------
        OSError
            If the disk is full or may not be written.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        line = json.dumps(plain(asdict(record)), ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n"
        # Unbuffered: what could not be written must not be tried once more when the file is closed.
        with self.path.open("ab+", buffering=0) as stream:
            fcntl.flock(stream, fcntl.LOCK_EX)
            end = stream.seek(0, os.SEEK_END)
            try:
                # A run that was killed while it wrote may have left half a line: end it first.
                if end > 0:
                    stream.seek(-1, os.SEEK_END)
                    if stream.read(1) != b"\n":
                        line = "\n" + line
                rest = memoryview(line.encode("utf-8"))
                while rest:
                    rest = rest[stream.write(rest) :]
                os.fsync(stream.fileno())
            except OSError as error:
                stream.truncate(end)  # a full disk may have taken the beginning of the line
                error.filename = error.filename or str(self.path)
                raise

    def records(self) -> list[Record]:
        """Return all whole records in the order in which they ended."""
        if not self.path.is_file():
            return []
        return list(_parse(self.path.read_text(encoding="utf-8", errors="replace").splitlines()))

    def last_done(self) -> dict[str, Record]:
        """Return, per unit, the last record that ended well."""
        return {record.unit: record for record in self.records() if record.outcome == "done"}


def utc_now() -> str:
    """
    Return the time as the journal keeps it: UTC, ISO 8601, whole seconds.

    The only look at the clock of the day in a run: nothing is decided by it, since clocks may jump.
    """
    return datetime.now(UTC).isoformat(timespec="seconds")


def plain(value: Any) -> Any:
    """
    Return a value as the journal keeps it: lists for tuples, text for the numbers that JSON lacks.

    Examples
    --------
    >>> plain({"ref_lon": (float("-inf"), 2.0)})
    {'ref_lon': ['-inf', 2.0]}
    """
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    return value


def digest_of(path: Path) -> str:
    """Return the BLAKE2b digest (16 bytes, hexadecimal) of a file's content."""
    digest = hashlib.blake2b(digest_size=16)
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()


def _parse(lines: Iterable[str]) -> Iterable[Record]:
    for line in lines:
        try:
            content = json.loads(line)
            yield Record(**{**content, "inputs": _marks(content["inputs"]), "outputs": _marks(content["outputs"])})
        except (ValueError, TypeError, KeyError, AttributeError):
            continue


def _marks(content: Mapping[str, Mapping[str, Any]]) -> dict[str, FileMark]:
    return {name: FileMark(**mark) for name, mark in content.items()}
