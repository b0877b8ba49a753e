"""
Large files over bad lines: fetched in pieces, resumed, verified, and only then given their name.

What arrived of a file stays beside it as ``NAME.part``, with ``NAME.part.json`` to tell of which version of the
file it is. The next attempt, or the next run, asks for the rest only; where the server has another version by
then it starts anew.
"""

import errno
import hashlib
import json
import logging
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from snapstamps.acquire.http import NETWORK_ERRORS, Client, RefusedError
from snapstamps.acquire.refusals import is_passing, refusal, unreachable
from snapstamps.formats.atomic import flush_folder, write_text
from snapstamps.model.errors import DataError, ToolError

PARTIAL_ENDING = ".part"
ATTEMPTS = 5
"""In a row without a byte gained."""
FIRST_PAUSE_SECONDS = 2.0
LONGEST_PAUSE_SECONDS = 120.0
_PIECE = 1 << 20
_ROOM_LEFT = 64 * 2**20
_DISK_ERRORS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS, errno.EIO})

Progress = Callable[[int, int | None], None]
"""Told the bytes that are there, and the size where it is known."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Wanted:
    """
    A file to fetch.

    Attributes
    ----------
    url : str
        Where from.
    target : Path
        Where to; its folder must exist.
    size : int or None
        Bytes, where they are known beforehand.
    md5 : str
        Checksum in hexadecimal digits; empty where it is not known.
    """

    url: str
    target: Path
    size: int | None = None
    md5: str = ""


def no_progress(_done: int, _total: int | None) -> None:
    """Tell nobody."""


def is_there(wanted: Wanted) -> bool:
    """Tell whether a file is there with the right size; its checksum was looked at when it got its name."""
    return wanted.target.is_file() and (wanted.size is None or wanted.target.stat().st_size == wanted.size)


def fetch_file(
    wanted: Wanted,
    client: Client,
    *,
    check: Callable[[Path], None] | None = None,
    progress: Progress = no_progress,
    sleep: Callable[[float], None] = time.sleep,
) -> Path:
    """
    Fetch a file, unless it is there.

    Parameters
    ----------
    wanted : Wanted
        What, and where to.
    client : Client
        Who asks.
    check : callable, optional
        Looks at the finished file before it gets its name, and raises `DataError` where it is not sound.
    progress : callable, optional
        Told about every piece.
    sleep : callable, optional
        Waits between attempts.

    Returns
    -------
    Path
        ``wanted.target``.

    Raises
    ------
    InputError
        If the server wants a login or an agreement.
    ToolError
        If it cannot be reached, fails, or refuses for now; what arrived is kept.
    DataError
        If there is no such file, no room for it, or what arrives is not what was announced.
    """
    if is_there(wanted):
        return wanted.target
    part = wanted.target.with_name(wanted.target.name + PARTIAL_ENDING)
    failures, spoiled = 0, False
    while True:
        before = _size(part)
        try:
            _fetch_rest(wanted, client, part, progress)
        except RefusedError as error:
            failure, wish = refusal(error.answer), error.retry_after
            if not is_passing(error.answer):
                raise failure from None
        except NETWORK_ERRORS as error:
            if _is_of_the_disk(error):
                raise
            failure, wish = unreachable(wanted.url, getattr(error, "reason", None) or error), None
        else:
            wrong = _verify(wanted, part, check)
            if wrong is None:
                return _name(wanted, part)
            _forget(part)
            # what was put together from two runs may have been two versions; what came in one piece was not
            if spoiled or not before:
                raise wrong
            spoiled = True
            continue
        # on a bad line every attempt that gets on is a good one
        failures = 1 if _size(part) > before else failures + 1
        if failures == ATTEMPTS:
            raise failure
        pause = FIRST_PAUSE_SECONDS * 2 ** (failures - 1) if wish is None else wish
        _log.warning("%s: %s; trying again", wanted.target.name, failure.what)
        sleep(min(pause, LONGEST_PAUSE_SECONDS))


def _size(part: Path) -> int:
    return part.stat().st_size if part.exists() else 0


def _is_of_the_disk(error: BaseException) -> bool:
    """Tell whether it is our disk that failed, not the network."""
    return isinstance(error, OSError) and (error.filename is not None or error.errno in _DISK_ERRORS)


def _fetch_rest(wanted: Wanted, client: Client, part: Path, progress: Progress) -> None:
    """Append what is missing of a file to its part; raise where the line breaks before the end."""
    have = _size(part)
    version = _version_of(part) if have else ""
    if have and wanted.size is not None and have >= wanted.size:
        if have == wanted.size:
            return
        _forget(part)
        have = 0
    headers = {"Range": f"bytes={have}-"} if have else {}
    if have and version:
        headers["If-Range"] = version
    try:
        response = client.get(wanted.url, headers)
    except RefusedError as error:
        if error.answer.status != 416 or not have:
            raise
        _forget(part)  # the part is longer than the file: it was another one
        have, response = 0, client.get(wanted.url)
    with response:
        if have and not _continues(response.status, response.headers.get("Content-Range"), have):
            have = 0
        _refuse_page(wanted, response.headers.get("Content-Type", ""))
        announced = response.headers.get("Content-Length")
        total = have + int(announced) if announced and announced.isdigit() else wanted.size
        _require_room(wanted, part, have, total)
        _remember(part, response.headers.get("ETag") or response.headers.get("Last-Modified") or "")
        with part.open("ab" if have else "wb") as stream:
            progress(have, total)
            while piece := response.read(_PIECE):
                stream.write(piece)
                have += len(piece)
                progress(have, total)
    if total is not None and have < total:
        raise ConnectionError(f"the line broke after {have} of {total} bytes")


def _continues(status: int, content_range: str | None, have: int) -> bool:
    """Tell whether an answer goes on where the part ends; 200 means the whole file from its beginning."""
    return status == 206 and (content_range or "").startswith(f"bytes {have}-")


def _refuse_page(wanted: Wanted, content_type: str) -> None:
    if content_type.lower().startswith("text/html") and wanted.target.suffix.lower() not in {".html", ".htm"}:
        raise ToolError(
            "the server sent a web page instead of the file",
            where=wanted.target.name,
            why="a page to log in, to accept terms, or of a proxy",
            remedy="open https://search.asf.alaska.edu, log in, and download one scene there; check the proxy",
        )


def _require_room(wanted: Wanted, part: Path, have: int, total: int | None) -> None:
    free = shutil.disk_usage(part.parent).free
    if total is not None and total - have + _ROOM_LEFT > free:
        raise DataError(
            f"there is no room for {wanted.target.name}",
            where=part.parent,
            why=f"{(total - have) / 2**30:.1f} GiB are to come, {free / 2**30:.1f} GiB are free",
            remedy="make room, or name another folder",
        )


def _verify(wanted: Wanted, part: Path, check: Callable[[Path], None] | None) -> DataError | None:
    """Compare the finished part with what was announced; return what is wrong, or None."""
    size = part.stat().st_size
    if wanted.size is not None and size != wanted.size:
        return _not_as_announced(wanted, f"{size} bytes instead of {wanted.size}")
    if wanted.md5:
        digest = hashlib.md5(usedforsecurity=False)
        with part.open("rb") as stream:
            while piece := stream.read(_PIECE):
                digest.update(piece)
        if digest.hexdigest() != wanted.md5.lower():
            return _not_as_announced(wanted, "its checksum (md5) differs")
    if check is not None:
        try:
            check(part)
        except DataError as error:
            return error
    return None


def _not_as_announced(wanted: Wanted, why: str) -> DataError:
    return DataError(
        f"{wanted.target.name} did not arrive as it was announced", where=wanted.target, why=why, remedy="try again"
    )


def _name(wanted: Wanted, part: Path) -> Path:
    part.replace(wanted.target)
    _note_of(part).unlink(missing_ok=True)
    flush_folder(wanted.target.parent)
    return wanted.target


def _forget(part: Path) -> None:
    part.unlink(missing_ok=True)
    _note_of(part).unlink(missing_ok=True)


def _note_of(part: Path) -> Path:
    return part.with_name(part.name + ".json")


def _remember(part: Path, version: str) -> None:
    write_text(_note_of(part), json.dumps({"version": version}) + "\n")


def _version_of(part: Path) -> str:
    """Return the server's mark of the version that a part is of; empty where it is not known."""
    try:
        note = json.loads(_note_of(part).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return ""
    version = note.get("version") if isinstance(note, dict) else None
    # weak marks must not be used to go on with a file (RFC 9110, 13.1.5)
    return version if isinstance(version, str) and not version.startswith("W/") else ""
