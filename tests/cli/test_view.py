"""view: opens the file, or serves it on this machine only; says what is missing."""

import shutil
import webbrowser

import pytest

from snapstamps.cli import main as cli
from snapstamps.results.report import serve


def call(*words: str) -> int:
    with pytest.raises(SystemExit) as ended:
        cli.main(list(words))
    return int(ended.value.code or 0)


@pytest.fixture
def opened(monkeypatch):
    """The addresses that a browser was asked to open."""
    addresses: list[str] = []
    monkeypatch.setattr(webbrowser, "open", lambda address: addresses.append(address) or True)
    return addresses


def test_it_opens_the_file(tiny_project, opened, capsys):
    assert call("view", "-C", str(tiny_project)) == 0
    path = tiny_project / "products" / "report.html"
    assert opened == [path.as_uri()]
    assert str(path) in capsys.readouterr().out


def test_it_only_tells_where_the_file_is_if_so_asked(tiny_project, opened):
    assert call("view", "-C", str(tiny_project), "--no-browser") == 0
    assert opened == []


def test_without_a_browser_it_says_so(tiny_project, monkeypatch, capsys):
    monkeypatch.setattr(webbrowser, "open", lambda _address: False)
    assert call("view", "-C", str(tiny_project)) == 0
    assert "--serve" in capsys.readouterr().out


@pytest.mark.parametrize("switch", ["--serve", "--tiles"])
def test_it_serves_on_the_loopback_address_until_it_is_stopped(tiny_project, opened, monkeypatch, capsys, switch):
    def stop(_server):
        raise KeyboardInterrupt

    monkeypatch.setattr(serve.ThreadingHTTPServer, "serve_forever", stop)
    assert call("view", "-C", str(tiny_project), switch) == 130
    assert opened[0].startswith("http://127.0.0.1:")
    assert opened[0] in capsys.readouterr().out


def test_without_a_report_it_says_what_makes_one(tiny_project, tmp_path, opened, capsys):
    shutil.copy(tiny_project / "snapstamps.toml", tmp_path)
    assert call("view", "-C", str(tmp_path)) == 4
    assert "snapstamps report" in capsys.readouterr().err
    assert opened == []
