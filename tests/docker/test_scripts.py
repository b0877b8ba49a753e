"""What else runs while an image is built, and the check of the images where it cannot run."""

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest
from documentation import ROOT

STAMPS_FILES = (
    "stamps.m",
    "ps_load_initial_gamma.m",
    "ps_est_gamma_quick.m",
    "ps_select.m",
    "ps_weed.m",
    "ps_unwrap.m",
)


@pytest.fixture
def stamps(tmp_path: Path) -> Path:
    """A folder as StaMPS's release has it."""
    folder = tmp_path / "StaMPS-4.1-beta"
    (folder / "matlab").mkdir(parents=True)
    for name in STAMPS_FILES:
        (folder / "matlab" / name).write_text("% StaMPS/MTI Version 4.0b6\n")
    (folder / "src").mkdir()
    (folder / "src" / "selpsc.c").write_text("int main() {}\n")
    (folder / "LICENSE").write_text("GPL\n")
    return folder


def test_only_the_functions_and_the_licence_are_taken_from_the_release_of_stamps(stamps, docker_folder, tmp_path):
    archive = tmp_path / "release.tar.gz"
    with tarfile.open(archive, "w:gz") as packed:
        packed.add(stamps, arcname=stamps.name)
    target = tmp_path / "taken"
    script = docker_folder / "scripts" / "get_stamps.sh"
    subprocess.run([script, archive.as_uri(), target], check=True, capture_output=True)
    assert {str(path.relative_to(target)) for path in target.rglob("*") if path.is_file()} == {
        "LICENSE",
        *(f"matlab/{name}" for name in STAMPS_FILES),
    }


def test_another_stamps_than_expected_is_refused_unless_any_will_do(stamps, docker_folder):
    def check(expected: str) -> subprocess.CompletedProcess[str]:
        words = [sys.executable, docker_folder / "scripts" / "check_stamps.py", stamps, expected]
        return subprocess.run(
            words, capture_output=True, text=True, check=False, env={**os.environ, "PYTHONPATH": str(ROOT)}
        )

    refused = check("74f941a9f456f793")
    assert refused.returncode == 1
    assert "not the StaMPS that is expected" in refused.stderr
    accepted = check("any")
    assert accepted.returncode == 0
    assert accepted.stdout.startswith("StaMPS 4.0b6, digest ")


@pytest.mark.skipif(
    os.getuid() != 0, reason="as root the check would start an engine of its own; so root becomes nobody"
)
def test_the_check_says_why_it_cannot_run(tmp_path):
    place = tmp_path / "bin"
    place.mkdir()
    tmp_path.chmod(0o755)
    program = place / "snapstamps"
    program.write_text("#!/bin/sh\n")
    program.chmod(0o755)
    if shutil.which("docker") is None:
        pytest.skip("needs a client of Docker")
    nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    script = ROOT / "docker" / "check.sh"
    if subprocess.run([*nobody, "test", "-x", script], check=False).returncode:
        pytest.skip("others than root cannot reach this folder")
    done = subprocess.run(
        [*nobody, script, "core"],
        env={"PATH": os.environ["PATH"], "SNAPSTAMPS": "/bin/true", "DOCKER_HOST": "unix:///nonexistent"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )  # fmt: skip
    assert done.returncode == 77
    assert "not checked here: no engine of Docker answers, and only root could start one" in done.stdout


CLIENT = """#!/bin/sh
case "$1 $2" in
"build --help") echo "--secret" ;;
"build "*) echo "#5 {words}"; exit {built} ;;
"run "*) echo "docker: {words}" >&2; exit 125 ;;
esac
"""
"""A client whose engine answers and has the base image; but it can build nothing, or start nothing."""


@pytest.mark.parametrize(
    ("built", "words", "why"),
    [
        (1, "no route to host", "a build comes to nothing here: #5 no route to host"),
        (0, "operation not permitted", "a container cannot be started here: docker: operation not permitted"),
    ],
)
def test_an_engine_that_can_do_nothing_is_no_fault_of_the_images(built, words, why, docker_folder, tmp_path):
    client = tmp_path / "docker"
    client.write_text(CLIENT.format(built=built, words=words))
    client.chmod(0o755)
    done = subprocess.run(
        [docker_folder / "check.sh", "core"],
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "SNAPSTAMPS": "/bin/true"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 77, done.stderr
    assert f"not checked here: {why}\n" in done.stdout


def test_the_check_explains_itself(docker_folder):
    done = subprocess.run([docker_folder / "check.sh", "--help"], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "--within SECONDS" in done.stdout
    assert "a stand-in\ntakes the place of ESA's installer" in done.stdout
