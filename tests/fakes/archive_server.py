"""
A strict archive on the loopback device: files, a login host of its own, and every way to fail that archives have.

It refuses what a real one refuses (a range beyond the file, a login at the wrong door) and remembers every request,
so that tests can see who was shown what. It shares no code with the client.
"""

import base64
import hashlib
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

USER, PASSWORD, TOKEN = "reader", "s3cret-word", "t0ken-of-mine"


@dataclass
class Request:
    """One request as it came."""

    host: str
    path: str
    range: str | None
    if_range: str | None
    authorization: str | None
    cookie: str | None


@dataclass
class Archive:
    """
    What the server has and how it behaves.

    Attributes
    ----------
    files : dict of str to bytes
        By path.
    behaviour : list
        Taken one by one, each by one request for a file: "ok", "cut:N" (line breaks after N bytes), "hang",
        "whole" (ignores the range), or (status, body) with optional headers.
    login : bool
        Whether files need a login, by redirection to the login host.
    """

    files: dict[str, bytes] = field(default_factory=dict)
    behaviour: list[object] = field(default_factory=list)
    login: bool = False
    requests: list[Request] = field(default_factory=list)
    address: str = ""
    login_address: str = ""
    released: threading.Event = field(default_factory=threading.Event)
    etag: Callable[[bytes], str] = lambda content: f'"{hashlib.sha256(content).hexdigest()[:16]}"'

    def url(self, path: str) -> str:
        """Return the address of a file."""
        return f"{self.address}{path}"

    def asked(self, path: str) -> list[Request]:
        """Return the requests for a file."""
        return [request for request in self.requests if request.path == path]


@contextmanager
def archive_server() -> Iterator[Archive]:
    """Run the archive at 127.0.0.1 and its login host at localhost, until the block ends."""
    archive = Archive()

    class Handler(_Handler):
        state = archive

    server = _Server(("127.0.0.1", 0), Handler)
    archive.address = f"http://127.0.0.1:{server.server_port}"
    archive.login_address = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    try:
        yield archive
    finally:
        archive.released.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, _request: object, _client: object) -> None:
        """Say nothing of a client that went away."""


class _Handler(BaseHTTPRequestHandler):
    state: Archive
    protocol_version = "HTTP/1.0"

    def log_message(self, *_words: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        """Answer."""
        host = (self.headers.get("Host") or "").split(":")[0]
        self.state.requests.append(
            Request(
                host,
                self.path,
                self.headers.get("Range"),
                self.headers.get("If-Range"),
                self.headers.get("Authorization"),
                self.headers.get("Cookie"),
            )
        )
        if self.path.startswith("/login"):
            self._answer_login(host)
        elif self.state.login and "session=open" not in (self.headers.get("Cookie") or "") and not self._has_token():
            self._redirect(f"{self.state.login_address}/login?back={self.path}")
        else:
            self._answer_file()

    def _has_token(self) -> bool:
        return self.headers.get("Authorization") == f"Bearer {TOKEN}"

    def _answer_login(self, host: str) -> None:
        right = "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self.path.startswith("/login-done"):
            self.send_response(302)
            self.send_header("Set-Cookie", "session=open; Path=/")
            self.send_header("Location", self.path.partition("back=")[2])
            self.end_headers()
        elif host == "localhost" and self.headers.get("Authorization") == right:
            self._redirect(f"{self.state.address}/login-done?back={self.path.partition('back=')[2]}")
        else:
            self._plain(401, b"HTTP Basic: Access denied.")

    def _redirect(self, location: str) -> None:
        self.send_response(302)
        self.send_header("Location", location)
        self.end_headers()

    def _plain(self, status: int, body: bytes, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def _answer_file(self) -> None:
        behaviour = self.state.behaviour.pop(0) if self.state.behaviour else "ok"
        if isinstance(behaviour, tuple):
            status, body, *headers = behaviour
            self._plain(status, body.encode(), headers[0] if headers else None)
            return
        content = self.state.files.get(self.path.partition("?")[0])
        if content is None:
            self._plain(404, b"no such key")
            return
        if behaviour == "hang":
            self.state.released.wait(20)
            return
        first = self._first_byte(content) if behaviour != "whole" else 0
        if first is None:
            self._plain(416, b"range not satisfiable")
            return
        body = content[first:]
        self.send_response(206 if first else 200)
        self.send_header("ETag", self.state.etag(content))
        self.send_header("Content-Type", "application/zip")
        self.send_header("Content-Length", str(len(body)))
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(content) - 1}/{len(content)}")
        self.end_headers()
        cut = int(str(behaviour).partition(":")[2]) if str(behaviour).startswith("cut:") else len(body)
        self.wfile.write(body[:cut])

    def _first_byte(self, content: bytes) -> int | None:
        """Return where the wanted range begins, 0 for all, None where it lies outside."""
        wanted = self.headers.get("Range")
        if not wanted or self.headers.get("If-Range", self.state.etag(content)) != self.state.etag(content):
            return 0
        first = int(wanted.removeprefix("bytes=").partition("-")[0])
        return first if first < len(content) else None
