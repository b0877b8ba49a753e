"""What servers say when they refuse, each in one sentence with what to do about it."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from snapstamps.acquire.credentials import HOW_TO_LOG_IN
from snapstamps.model.errors import DataError, InputError, SnapstampsError, ToolError

_EULA = re.compile(r"eula|end user licen[cs]e|study area|approved? application|not authorized.{0,20}application", re.I)
_QUOTA = re.compile(r"quota|too many (concurrent )?(requests|flows|connections)|rate limit|throttl", re.I)
_RETRIED = frozenset({408, 425, 429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Answer:
    """
    An answer that is not the file.

    Attributes
    ----------
    url : str
        What was asked for.
    status : int
        HTTP status.
    body : str
        Its first lines.
    logged_in : bool
        Whether we had a login to show.
    """

    url: str
    status: int
    body: str
    logged_in: bool


def is_passing(answer: Answer) -> bool:
    """Tell whether the same request may be answered a little later."""
    return answer.status in _RETRIED or (answer.status == 403 and bool(_QUOTA.search(answer.body)))


def refusal(answer: Answer) -> SnapstampsError:
    """
    Return the error that an answer is.

    Parameters
    ----------
    answer : Answer
        From the server.

    Returns
    -------
    SnapstampsError
        `InputError` where the user can mend it (login, EULA), `ToolError` where the server must, `DataError`
        where the file does not exist.
    """
    host = urlsplit(answer.url).hostname or "the server"
    where = without_secrets(answer.url)
    if answer.status in {400, 401, 403} and _EULA.search(answer.body):
        return InputError(
            f"{host} wants its licence (EULA) accepted first",
            where=where,
            why="the login is right, but this account has not agreed to the terms or lacks a study area",
            remedy="log in once at https://search.asf.alaska.edu, start a download there and accept what it asks",
        )
    if answer.status == 429 or (answer.status in {403, 503} and _QUOTA.search(answer.body)):
        return ToolError(
            f"{host} refuses more downloads for now (quota)",
            where=where,
            why="too much was asked for in too short a time",
            remedy="the same command later; what is there is kept, and it goes on from where it stopped",
        )
    if answer.status in {401, 403}:
        return _login_refused(host, where, logged_in=answer.logged_in)
    if answer.status in {404, 410}:
        return DataError(f"{host} has no such file", where=where, remedy="search again; the list may be old")
    if answer.status == 202:
        what, when = "keeps this file offline and is fetching it from its archive", "in some hours"
    else:
        what, when = (
            f"failed to deliver a file (HTTP status {answer.status})",
            "later; it goes on from where it stopped",
        )
    return ToolError(f"{host} {what}", where=where, remedy=f"the same command {when}")


def _login_refused(host: str, where: str, *, logged_in: bool) -> InputError:
    if not logged_in:
        return InputError(f"{host} asks for a login", where=where, why="none was found", remedy=HOW_TO_LOG_IN)
    return InputError(
        f"{host} does not accept the login",
        where=where,
        why="name, password or token is wrong, or the token has expired",
        remedy=HOW_TO_LOG_IN,
    )


def unreachable(url: str, reason: object) -> ToolError:
    """Return the error for a server that does not answer at all."""
    host = urlsplit(url).hostname or url
    return ToolError(
        f"{host} cannot be reached",
        where=without_secrets(url),
        why=f"{reason}".strip() or "no connection",
        remedy="check the network and the proxy; what is there is kept, and the same command goes on",
    )


def without_secrets(url: str) -> str:
    """
    Return an address without its query, in which signatures and tokens travel, and without a login.

    Examples
    --------
    >>> without_secrets("https://me:secret@host.org/a/b.zip?X-Amz-Signature=42")
    'https://host.org/a/b.zip'
    """
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port else ""
    return f"{parts.scheme}://{parts.hostname or ''}{port}{parts.path}"
