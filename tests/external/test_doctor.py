"""The doctor finds what is there, and has a remedy for what is not."""

import re
import shutil
import tomllib
from pathlib import Path

import pytest

from snapstamps.external import doctor
from snapstamps.external.doctor import PURPOSES, Finding, examine

PYPROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
STAND_IN = Path(__file__).resolve().parents[1] / "octave" / "stand_in_stamps"


def by_name(findings: list[Finding]) -> dict[str, Finding]:
    return {finding.name: finding for finding in findings}


def program(folder: Path, name: str, code: str = "exit 0") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{code}\n")
    path.chmod(0o755)
    return path


@pytest.fixture
def bare(tmp_path, monkeypatch) -> Path:
    """A machine on which nothing is installed: a folder that is all of PATH, and an empty home."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("SNAPSTAMPS_STAMPS_HOME", "SNAP_HOME"):
        monkeypatch.delenv(name, raising=False)
    return folder


def test_every_package_that_is_asked_for_is_looked_for_and_has_a_purpose(tmp_path):
    project = tomllib.loads(PYPROJECT.read_text())["project"]
    named = {re.match(r"[\w-]+", word)[0] for word in project["dependencies"]}
    found = [finding for finding in examine(tmp_path) if finding.group == "Python"]
    names = [finding.name for finding in found]
    assert len(names) == len(set(names))
    assert {"numpy", "scipy", "pydantic", "oct2py", "snaphu"} <= set(names)
    assert not {"pytest", "ruff", "mkdocs"} & set(names)
    assert named <= PURPOSES.keys()
    assert all(finding.purpose for finding in found)


def test_without_metadata_the_known_packages_are_looked_for(tmp_path, monkeypatch):
    def requires(name: str) -> list[str]:
        raise doctor.PackageNotFoundError(name)

    monkeypatch.setattr(doctor, "requires", requires)
    assert {"numpy", "oct2py"} <= by_name(examine(tmp_path)).keys()


def test_on_a_bare_machine_everything_absent_has_a_remedy(bare, tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "find_snaphu", lambda: None)
    findings = examine(tmp_path)
    found = by_name(findings)
    for name in ("Octave", "StaMPS", "gpt", "bash", "setpriv"):
        assert found[name].status == "absent", name
    assert (found["snaphu"].status, found["triangle"].status) == ("stand-in", "stand-in")
    assert all(finding.remedy for finding in findings if finding.status != "found")
    assert not any(finding.status == "missing" for finding in findings)


def test_a_missing_package_is_missing_and_an_extra_one_absent(tmp_path, monkeypatch):
    real = doctor.version

    def version(name: str) -> str:
        if name in {"scipy", "oct2py"}:
            raise doctor.PackageNotFoundError(name)
        return real(name)

    monkeypatch.setattr(doctor, "version", version)
    found = by_name(examine(tmp_path))
    assert found["scipy"].status == "missing"
    assert found["oct2py"].status == "absent"
    assert found["oct2py"].remedy == "pip install 'snapstamps[octave]'"


def test_stamps_is_known_by_its_digest(bare, tmp_path, monkeypatch):
    found = by_name(examine(tmp_path, stamps=STAND_IN))["StaMPS"]
    assert found.status == "warning"
    assert "edited" in found.remedy
    digest = re.search(r"\((\w+)\)", found.version)[1]
    monkeypatch.setitem(doctor.UNEDITED, digest, "the stand-in of the tests")
    found = by_name(examine(tmp_path, stamps=STAND_IN))["StaMPS"]
    assert (found.status, found.version) == ("found", "0.0-stand-in (the stand-in of the tests)")


@pytest.mark.skipif(shutil.which("octave-cli") is None, reason="needs GNU Octave")
def test_it_is_told_which_of_our_functions_octave_needs_and_why(tmp_path):
    found = by_name(examine(tmp_path))["compat"]
    lacks, otherwise = found.purpose.split("; it does otherwise than MATLAB: ")
    assert "gausswin" in lacks
    assert "save" in otherwise
    assert "gausswin" not in otherwise


def test_an_octave_that_does_not_answer_is_a_warning(bare, tmp_path):
    program(bare, "octave-cli", "exit 1")
    found = by_name(examine(tmp_path))
    assert found["compat"].status == "warning"
    assert found["Octave"].version == "unknown"


def test_snap_is_found_with_version_and_memory(bare, tmp_path):
    gpt = program(tmp_path / "esa-snap" / "bin", "gpt")
    (gpt.parent.parent / "VERSION.txt").write_text("10.0.0\n")
    found = by_name(examine(tmp_path))
    assert found["gpt"].version == "10.0.0"
    assert (found["gpt memory"].status, found["gpt memory"].version) == ("warning", "not set")
    (gpt.parent / "gpt.vmoptions").write_text("# memory\n-Xms64m\n-Xmx2G\n")
    found = by_name(examine(tmp_path, snap=gpt.parent.parent))["gpt memory"]
    assert (found.status, found.version) == ("found", "2 GiB")
    (gpt.parent / "gpt.vmoptions").write_text("-Xmx900000G\n")
    assert by_name(examine(tmp_path))["gpt memory"].status == "warning"


def test_java_tells_its_version_on_the_wrong_stream(bare, tmp_path):
    program(bare, "java", "echo 'openjdk version \"17.0.15\" 2025-04-15' >&2")
    assert by_name(examine(tmp_path))["Java"].version == "17.0.15"


def test_a_folder_that_may_not_be_written_is_missing(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "_writable", lambda path: path != tmp_path)
    found = [finding for finding in examine(tmp_path) if finding.name == "writable folder"]
    assert [finding.status for finding in found] == ["missing", "found"]
    assert found[0].remedy


def test_a_folder_that_does_not_exist_yet_is_looked_at_where_it_will_be(tmp_path):
    found = by_name(examine(tmp_path / "not" / "yet"))["disk"]
    assert found.where == str(tmp_path)


def test_little_memory_little_disk_and_an_odd_locale_are_warnings(tmp_path, monkeypatch):
    monkeypatch.setattr(doctor, "_memory", lambda: 2**30)
    monkeypatch.setattr(doctor, "_LEAST_DISK", 2**80)
    monkeypatch.setattr(doctor.locale, "getpreferredencoding", lambda **_: "ANSI_X3.4-1968")
    found = by_name(examine(tmp_path))
    for name in ("memory", "disk", "locale"):
        assert found[name].status == "warning", name
        assert found[name].remedy
