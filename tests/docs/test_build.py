"""The site builds without a warning, and loads nothing from elsewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest
from documentation import ROOT

pytest.importorskip("mkdocs", reason="needs the extra docs")


@pytest.mark.slow
def test_the_site_builds_strictly_and_needs_no_network(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(tmp_path / "site")]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "WARNING -" not in done.stderr
    pages = list((tmp_path / "site").rglob("*.html"))
    assert len(pages) > 30
    for path in pages:
        text = path.read_text(encoding="utf-8")
        assert not re.findall(r'<(?:script|img|iframe|source)[^>]+src="?(?:https?:)?//', text), path
        assert not re.findall(r'<link[^>]+(?:stylesheet|preconnect|icon)[^>]+href="?(?:https?:)?//', text), path
    assert list((tmp_path / "site").rglob("*.py")) == []
    assert (tmp_path / "site" / "search" / "search_index.js").stat().st_size > 10_000
