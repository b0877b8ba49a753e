"""The report over HTTP, for this machine alone."""

import gzip
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

LOOPBACK = "127.0.0.1"
TILES = "https://tile.openstreetmap.org/{z}/{x}/{y}.png"
"""An online map; its servers want to be told which page asks, which a page opened as a file cannot do."""

_NAMES = frozenset({LOOPBACK, "localhost"})


class _Handler(BaseHTTPRequestHandler):
    """Gives the report, and nothing else."""

    server_version = "snapstamps"
    sys_version = ""

    def __init__(self, *args: Any, report: Path, tiles: bool, **more: Any) -> None:
        self._report = report
        self._tiles = tiles
        super().__init__(*args, **more)

    def do_GET(self) -> None:
        """Answer with the report, as it is now."""
        # another name for this address is a page elsewhere that wants to read ours (DNS rebinding)
        if urlsplit(f"//{self.headers.get('Host', '')}").hostname not in _NAMES:
            self.send_error(403)
            return
        if urlsplit(self.path).path not in {"/", f"/{self._report.name}"}:
            self.send_error(404)
            return
        page = self._report.read_text(encoding="utf-8")
        content = gzip.compress((with_tiles(page) if self._tiles else page).encode("utf-8"), 1)
        self.send_response(200)
        headers = {
            "Content-Type": "text/html; charset=utf-8",
            "Content-Encoding": "gzip",
            "Content-Length": str(len(content)),
            "Cache-Control": "no-store",
            "X-Content-Type-Options": "nosniff",
            "X-Frame-Options": "DENY",
            "Referrer-Policy": "strict-origin-when-cross-origin",
        }
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Say nothing of every request."""


def report_server(report: Path, *, port: int = 0, tiles: bool = False) -> ThreadingHTTPServer:
    """
    Prepare a server on the loopback address; ``serve_forever`` runs it.

    Parameters
    ----------
    report : Path
        ``report.html``.
    port : int
        0: any free one.
    tiles : bool
        Offer an online map behind the scatterers.

    Returns
    -------
    ThreadingHTTPServer
        To be closed after use.

    Raises
    ------
    OSError
        If the port is taken.
    """
    return ThreadingHTTPServer((LOOPBACK, port), partial(_Handler, report=report, tiles=tiles))


def with_tiles(page: str) -> str:
    """
    Return the page with an online map among its backgrounds, and leave to load its pictures.

    Parameters
    ----------
    page : str
        HTML of the report.

    Returns
    -------
    str
    """
    origin = TILES.partition("/{z}")[0]
    allowed = page.replace("img-src data: blob:", f"img-src data: blob: {origin}", 1)
    return allowed.replace('data-tiles=""', f'data-tiles="{TILES}"', 1)
