"""The stand-in archive, and a wall against the real network."""

import socket

import pytest
from fakes.archive_server import Archive, archive_server


@pytest.fixture(autouse=True)
def _no_network(monkeypatch):
    """Let connections reach this machine only."""
    real = socket.getaddrinfo

    def local_only(host, *arguments, **options):
        if host not in {"127.0.0.1", "localhost", "::1", None}:
            raise OSError(f"a test asked for {host}")
        return real(host, *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", local_only)
    for name in ("http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "all_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
def archive() -> Archive:
    """A running archive."""
    with archive_server() as running:
        yield running
