"""install_snap.sh up to the download and beyond, with a stand-in for ESA's installer."""

import hashlib
import http.server
import os
import subprocess
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

INSTALLER = """#!/bin/sh
set -eu
printf '%s\\n' "$@" >"$PROOF/words"
while [ $# -gt 0 ]; do
    case $1 in
        -dir) folder=$2; shift ;;
        -varfile) cp "$2" "$PROOF/answers"; shift ;;
    esac
    shift
done
mkdir -p "$folder/bin"
printf '#!/bin/sh\\n' >"$folder/bin/gpt"
chmod +x "$folder/bin/gpt"
"""


@pytest.fixture
def installer(tmp_path: Path) -> Path:
    path = tmp_path / "site" / "esa-snap.sh"
    path.parent.mkdir()
    path.write_text(INSTALLER)
    return path


@pytest.fixture
def site(installer: Path) -> Iterator[str]:
    """The address of a server on this machine that has the installer."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *words: object) -> None: ...

    server = http.server.ThreadingHTTPServer(
        ("127.0.0.1", 0), lambda *words: Quiet(*words, directory=str(installer.parent))
    )
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def install(docker_folder: Path, tmp_path: Path):
    """Give a function that runs the script; the folder and the digest are right unless they are given."""

    def run(version: str = "7", folder: str | None = None, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [docker_folder / "install_snap.sh", version, folder or str(tmp_path / "snap")],
            env={"PATH": os.environ["PATH"], "PROOF": str(tmp_path), **variables},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize("scheme", ["http", "file"])
def test_snap_is_installed_without_a_question(scheme, installer, site, install, tmp_path):
    url = f"{site}/{installer.name}" if scheme == "http" else installer.as_uri()
    done = install(SNAP_URL=url, SNAP_SHA256=digest(installer))
    assert done.returncode == 0, done.stderr
    assert os.access(tmp_path / "snap" / "bin" / "gpt", os.X_OK)
    answers = dict(line.split("=", 1) for line in (tmp_path / "answers").read_text().splitlines())
    assert answers["sys.installationDir"] == str(tmp_path / "snap")
    assert answers["sys.component.S1TBX$Boolean"] == "true"
    assert answers["forcePython$Boolean"] == "false"
    words = (tmp_path / "words").read_text().splitlines()
    assert words[:4] == ["-q", "-overwrite", "-dir", str(tmp_path / "snap")]


def test_another_file_than_expected_is_not_run(installer, install, tmp_path):
    expected = digest(installer)
    installer.write_text(INSTALLER + "# changed on the way\n")
    done = install(SNAP_URL=installer.as_uri(), SNAP_SHA256=expected)
    assert done.returncode == 3
    assert "not what was expected" in done.stderr
    assert digest(installer) in done.stderr
    assert not (tmp_path / "words").exists()


def test_an_installer_that_fails_or_leaves_nothing_is_told(installer, install):
    for content, told in (("exit 7\n", "installer failed"), ("exit 0\n", "left no")):
        installer.write_text(content)
        done = install(SNAP_URL=installer.as_uri(), SNAP_SHA256=digest(installer))
        assert done.returncode == 3
        assert told in done.stderr


def test_a_failed_download_is_told(site, install):
    done = install(SNAP_URL=f"{site}/absent.sh", SNAP_SHA256="0" * 64)
    assert done.returncode == 3
    assert "the download failed" in done.stderr


def test_the_table_knows_one_installer_for_each_version(docker_folder):
    rows = [
        line.split("\t")
        for line in (docker_folder / "snap_installers.tsv").read_text().splitlines()
        if not line.startswith("#")
    ]
    assert [row[0] for row in rows] == [str(number) for number in range(7, 14)]
    for version, url, known in rows:
        assert url.startswith("https://")
        assert url.endswith(".sh")
        assert f"/{version}.0/" in url or f"/{version}_0/" in url
        assert known == "-" or len(known) == 64


@pytest.mark.parametrize("version", [str(number) for number in range(7, 14)])
def test_without_a_digest_nothing_is_fetched(install, version):
    done = install(version)
    assert done.returncode == 2
    assert "digest" in done.stderr
    assert f"esa.int/step/snap/{version}" in done.stderr or "esa.int/downloads/7.0" in done.stderr


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ({"version": "7; touch PWNED"}, "the version is a number"),
        ({"version": "$(touch PWNED)"}, "the version is a number"),
        ({"version": ""}, "the version is a number"),
        ({"version": "99"}, "no installer of SNAP 99"),
        ({"folder": "/opt/a$(touch PWNED)"}, "an absolute path"),
        ({"folder": "relative"}, "an absolute path"),
        ({"folder": "/opt/a b"}, "an absolute path"),
        ({"SNAP_URL": "scp://elsewhere/x", "SNAP_SHA256": "0" * 64}, "https, http or file"),
        ({"SNAP_URL": "-o/etc/passwd", "SNAP_SHA256": "0" * 64}, "https, http or file"),
        ({"SNAP_URL": "https://x/$(touch PWNED)"}, "digest"),
        ({"SNAP_URL": "http://x/snap.sh", "SNAP_SHA256": "unverified"}, "only https"),
        ({"SNAP_SHA256": "`touch PWNED`"}, "no digest"),
        ({"SNAP_SHA256": "ABC"}, "no digest"),
    ],
)
def test_wrong_words_are_refused_and_never_executed(install, tmp_path, monkeypatch, words, told):
    monkeypatch.chdir(tmp_path)
    done = install(**words)
    assert done.returncode == 2
    assert told in done.stderr
    assert not list(tmp_path.rglob("PWNED"))
    assert not (tmp_path / "words").exists()


def test_an_address_with_shell_characters_is_an_address(install, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    done = install(SNAP_URL=f"file://{tmp_path}/$(touch PWNED);x", SNAP_SHA256="0" * 64)
    assert done.returncode == 3
    assert not list(tmp_path.rglob("PWNED"))
