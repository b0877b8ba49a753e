"""Dependencies: each is justified, pinned, and listed with its licence; the audit, the workflow and the notes hold."""

import importlib.util
import re
import subprocess
import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from types import ModuleType

import pytest
import yaml
from documentation import DOCS, ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
EXTRAS: dict[str, list[str]] = PROJECT["optional-dependencies"]
DEVELOPERS = {"test", "check", "docs"}


def plain(name: str) -> str:
    """Return the name of a package as indexes compare it."""
    return re.sub(r"[-_.]+", "-", re.split(r"[\s<>=!~;\[]", name)[0]).lower()


def asked_for() -> dict[str, set[str]]:
    """Return package -> extras that bring it; ``always`` for what snapstamps itself needs."""
    found: dict[str, set[str]] = {plain(line): {"always"} for line in PROJECT["dependencies"]}
    for extra, lines in EXTRAS.items():
        for line in lines:
            found.setdefault(plain(line), set()).add(extra)
    return found


def rows_of(page: str, heading: str = "") -> list[list[str]]:
    """Return the rows of the tables of a page, from a heading on."""
    text = (DOCS / page).read_text(encoding="utf-8").split(heading, 1)[-1].split("\n## ", 1)[0]
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines() if line.startswith("|")]
    return [row for row in rows if row[0] != "package" and not set(row[0]) <= {"-"}]


def tool(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_every_dependency_has_its_reason_and_no_other_has_one():
    table = {
        plain(row[0]): set(re.sub("`", "", row[1]).split(", "))
        for row in rows_of("architecture.md", "## What it depends on")
    }
    assert table == asked_for()
    assert all(len(row[2]) > 10 for row in rows_of("architecture.md", "## What it depends on"))


def test_every_dependency_is_pinned_once_and_within_its_bounds():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").split()
    assert all(re.fullmatch(r"[\w.-]+==[\w.]+", line) for line in lines)
    pins = {plain(line): line.split("==")[1] for line in lines}
    assert len(pins) == len(lines)
    assert sorted(asked_for().keys() - pins.keys()) == []
    assert lines == sorted(lines, key=str.lower)
    for line in [*PROJECT["dependencies"], *(line for extra in EXTRAS.values() for line in extra)]:
        least = line.partition(">=")[2]
        assert numbers(pins[plain(line)]) >= numbers(least), line


def numbers(version: str) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", version))


def test_what_is_installed_here_has_the_pinned_version():
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").split())
    installed = {}
    for name in pins:
        try:
            installed[name] = distribution(name).version
        except PackageNotFoundError:
            continue
    assert len(installed) > 30
    assert {name: (found, pins[name]) for name, found in installed.items() if found != pins[name]} == {}


def test_every_dependency_has_its_licence_and_it_is_the_declared_one():
    told = {plain(row[0]): row[1] for row in rows_of("licences.md", "## Python packages")}
    assert set(told) == set(asked_for())
    declared = {}
    for name in told:
        try:
            declared[name] = distribution(name).metadata.get("License-Expression")
        except PackageNotFoundError:
            continue
    assert {name: found for name, found in declared.items() if found and found != told[name]} == {}


def test_what_is_not_free_for_commercial_use_is_named():
    text = (DOCS / "licences.md").read_text(encoding="utf-8")
    names = [row[0] for row in rows_of("licences.md", "## What is not free for commercial use")]
    assert {"snaphu", "triangle"} <= set(names)
    labels = re.findall(r'non-commercial="([^"]+)"', (ROOT / "docker" / "Dockerfile").read_text(encoding="utf-8"))
    assert {name for label in labels for name in label.split(", ")} <= set(names)
    assert f"`{PROJECT['license']}`" in text


def test_only_what_is_named_brings_snaphu():
    assert asked_for()["snaphu"] == {"snaphu", "test"}
    assert "triangle" not in asked_for()


@pytest.mark.parametrize(
    ("rows", "said", "code"),
    [
        ([{"name": "a", "version": "1", "vulns": []}], "1 package audited, none is known", 0),
        ([{"name": "a", "skip_reason": "not found"}], "not audited: no advisory", 0),
        (
            [
                {"name": "a", "version": "1", "vulns": [{"id": "CVE-1", "fix_versions": ["2"]}]},
                {"name": "b", "skip_reason": "not found"},
            ],
            "a 1: CVE-1, mended in 2\nnot audited: b\n1 package audited, 1 known",
            1,
        ),
    ],
)
def test_the_audit_says_what_it_found_and_what_it_could_not_look_at(rows, said, code):
    text, found = tool("audit").verdict(rows)
    assert text.startswith(said)
    assert found == code


def test_the_notes_of_a_release_are_its_section_of_the_changelog():
    words = [sys.executable, ROOT / "tools" / "release_notes.py"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert done.stdout.startswith("### ")
    assert "\n## " not in done.stdout
    absent = subprocess.run([*words, "99.0.0"], capture_output=True, text=True, check=False)
    assert (absent.returncode, absent.stderr) == (1, "CHANGELOG.md says nothing of 99.0.0\n")


@pytest.fixture
def workflow() -> dict[str, object]:
    return yaml.safe_load((ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8"))


def test_the_workflow_runs_what_developers_run(workflow):
    jobs = workflow["jobs"]
    assert {"lint", "test", "docs", "container"} <= set(jobs)
    commands = {name: " ".join(step.get("run", "") for step in job["steps"]) for name, job in jobs.items()}
    targets = set(re.findall(r"^([\w./$()-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    for word in re.findall(r"make (\S+)", " ".join(commands.values())):
        assert word in targets or word == ".venv/.installed"
    assert "make check" in commands["lint"]
    assert "make test" in commands["test"]
    assert "make docs" in commands["docs"]
    assert "docker/check.sh core octave full" in commands["container"]


def test_the_workflow_covers_the_supported_versions_of_python(workflow):
    versions = workflow["jobs"]["test"]["strategy"]["matrix"]["python"]
    assert versions == ["3.11", "3.12", "3.13"]
    assert PROJECT["requires-python"] == f">={versions[0]}"


def test_the_workflow_may_only_read_ends_in_time_and_uses_pinned_actions(workflow):
    assert workflow["permissions"] == {"contents": "read"}
    for name, job in workflow["jobs"].items():
        assert 0 < job["timeout-minutes"] <= 90, name
        assert not job["runs-on"].endswith("latest"), name
        for step in job["steps"]:
            assert set(step) <= {"uses", "with", "run"}
            if "uses" in step:
                assert re.fullmatch(r"actions/[\w-]+@(v\d+|[0-9a-f]{40})", step["uses"]), step
            # what others may choose, such as the name of a branch, never becomes a part of a command
            assert "${{" not in step.get("run", "")


def test_the_checklist_names_what_there_is():
    text = (DOCS / "releasing.md").read_text(encoding="utf-8")
    for word in re.findall(r"`make ([a-z-]+)`", text):
        assert re.search(rf"^{word}:", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    for word in ("docker/check.sh", "tools/release_notes.py", "docs/validation.md"):
        assert word in text
        assert Path(ROOT / word).is_file()
