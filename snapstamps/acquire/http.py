"""
Asking a server for a file, with the login shown to the login host alone.

Redirections lead from the archive to the login host and back, and from there to a store with a signed address.
Python's own handler would carry the authorisation header along to any of them; this one shows it only where it
belongs.
"""

import http.client
import http.cookiejar
import socket
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import IO, Any
from urllib.parse import urlsplit

from snapstamps import __version__
from snapstamps.acquire.credentials import EARTHDATA_HOST, Credentials
from snapstamps.acquire.refusals import Answer

TIMEOUT_SECONDS = 60.0
"""Longest silence of a server, in connecting and between two pieces of a file."""
_BODY_BYTES = 20_000
_TOKEN_HOSTS = ("asf.alaska.edu", "earthdata.nasa.gov", "earthdatacloud.nasa.gov")
NETWORK_ERRORS = (OSError, http.client.HTTPException)
"""What a broken connection can raise; `urllib.error.URLError` and time-outs are among them."""


@dataclass(frozen=True)
class Login:
    """
    Whom to show a login to.

    Attributes
    ----------
    credentials : Credentials or None
        From `find_credentials`.
    password_host : str
        The only host that gets name and password.
    token_hosts : tuple of str
        Hosts, with all below them, that get a token.
    """

    credentials: Credentials | None = None
    password_host: str = EARTHDATA_HOST
    token_hosts: tuple[str, ...] = _TOKEN_HOSTS

    def header_for(self, url: str) -> str | None:
        """Return the authorisation for an address, or None where it must see none."""
        parts = urlsplit(url)
        host = parts.hostname or ""
        if self.credentials is None or (parts.scheme != "https" and host not in {"127.0.0.1", "localhost"}):
            return None
        if self.credentials.token:
            trusted = any(host == name or host.endswith(f".{name}") for name in self.token_hosts)
            return self.credentials.bearer if trusted else None
        return self.credentials.basic if host == self.password_host else None


class _Redirections(urllib.request.HTTPRedirectHandler):
    """Gives every request of a chain the authorisation that its own host may see, and no other."""

    def __init__(self, login: Login) -> None:
        self._login = login

    def redirect_request(
        self, req: urllib.request.Request, fp: IO[bytes], code: int, msg: str, headers: Any, newurl: str
    ) -> urllib.request.Request | None:
        if urlsplit(newurl).scheme not in {"http", "https"}:
            raise urllib.error.HTTPError(req.full_url, code, "redirection to no web address", headers, fp)
        request = super().redirect_request(req, fp, code, msg, headers, newurl)
        if request is not None:
            request.remove_header("Authorization")
            _authorise(request, self._login)
        return request


def _authorise(request: urllib.request.Request, login: Login) -> None:
    header = login.header_for(request.full_url)
    if header is not None:
        request.add_unredirected_header("Authorization", header)


class Client:
    """
    One session: its cookies hold the login between files.

    Parameters
    ----------
    login : Login, optional
        None is shown by default.
    timeout : float, optional
        Longest silence, s.
    """

    def __init__(self, login: Login | None = None, *, timeout: float = TIMEOUT_SECONDS) -> None:
        self._login = login or Login()
        self._timeout = timeout
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _Redirections(self._login)
        )

    def get(self, url: str, headers: dict[str, str] | None = None) -> http.client.HTTPResponse:
        """
        Ask for an address.

        Parameters
        ----------
        url : str
            http or https.
        headers : dict of str to str, optional
            Added to ours.

        Returns
        -------
        HTTPResponse
            With status 200 or 206; to be closed.

        Raises
        ------
        RefusedError
            For any other answer.
        OSError, http.client.HTTPException
            If the connection fails or the server is silent for too long.
        """
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError(f"{url!r} is not a web address")
        request = urllib.request.Request(  # noqa: S310 - the scheme was looked at
            url, headers={"User-Agent": f"snapstamps/{__version__}", "Accept-Encoding": "identity", **(headers or {})}
        )
        _authorise(request, self._login)
        try:
            response = self._opener.open(request, timeout=self._timeout)
        except urllib.error.HTTPError as error:
            with error:
                body = _beginning(error)
            raise RefusedError(
                Answer(url, error.code, body, self._login.credentials is not None), error.headers.get("Retry-After")
            ) from None
        if response.status not in {200, 206}:
            with response:
                raise RefusedError(
                    Answer(url, response.status, _beginning(response), self._login.credentials is not None),
                    response.headers.get("Retry-After"),
                )
        return response  # type: ignore[no-any-return]


def _beginning(stream: IO[bytes]) -> str:
    try:
        return stream.read(_BODY_BYTES).decode("utf-8", errors="replace")
    except (OSError, http.client.HTTPException, socket.timeout):  # noqa: UP041 - named for the reader
        return ""


class RefusedError(Exception):
    """
    The server answered, but not with the file.

    Attributes
    ----------
    answer : Answer
        What it said.
    retry_after : float or None
        Seconds that it asks to wait.
    """

    def __init__(self, answer: Answer, retry_after: str | None) -> None:
        super().__init__(f"HTTP status {answer.status}")
        self.answer = answer
        try:
            self.retry_after = None if retry_after is None else max(0.0, float(retry_after))
        except ValueError:  # a date; our own waiting time serves as well
            self.retry_after = None
