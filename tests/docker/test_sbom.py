"""The bill of materials is valid SPDX and names what is installed."""

import json
import shutil
import warnings
from importlib.metadata import version
from types import SimpleNamespace

import pytest


@pytest.fixture
def document(sbom, tmp_path, monkeypatch):
    """A whole bill of materials of this very Python, of Debian's packages where there are any, StaMPS and SNAP."""
    stamps, snap = tmp_path / "StaMPS", tmp_path / "snap"
    (stamps / "matlab").mkdir(parents=True)
    (stamps / "matlab" / "stamps.m").write_text("% StaMPS/MTI Version 4.0b6\n")
    snap.mkdir()
    (snap / "VERSION.txt").write_text("7.0\n")
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1700000000")
    if shutil.which("dpkg-query") is None:
        monkeypatch.setattr(sbom, "of_debian", lambda: iter(()))
    target = tmp_path / "share" / "sbom.spdx.json"
    sbom.main([str(target), "--name", "snapstamps-full", "--stamps", str(stamps), "--snap", str(snap)])
    return target


def test_the_document_is_valid_spdx(document):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of the libraries below the validator
        parse_anything = pytest.importorskip("spdx_tools.spdx.parser.parse_anything", reason="needs spdx-tools")
        validation = pytest.importorskip("spdx_tools.spdx.validation.document_validator")
        parsed = parse_anything.parse_file(str(document))
        messages = validation.validate_full_spdx_document(parsed)
    assert [message.validation_message for message in messages] == []
    assert len(parsed.packages) > 20


def test_it_names_python_debian_stamps_and_snap_with_their_versions(document):
    found = {row["name"]: row for row in json.loads(document.read_text())["packages"]}
    assert found["numpy"]["versionInfo"] == version("numpy")
    assert found["numpy"]["externalRefs"][0]["referenceLocator"] == f"pkg:pypi/numpy@{version('numpy')}"
    assert found["StaMPS"]["versionInfo"] == "4.0b6"
    assert found["ESA SNAP"]["versionInfo"] == "7.0"
    if shutil.which("dpkg-query"):
        assert found["bash"]["externalRefs"][0]["referenceLocator"].startswith("pkg:deb/debian/bash@")


@pytest.mark.parametrize("content", [None, "", "  \n"])
def test_a_snap_that_does_not_tell_its_version_is_listed_all_the_same(sbom, tmp_path, content):
    if content is not None:
        (tmp_path / "VERSION.txt").write_text(content)
    row = sbom.of_snap(tmp_path)
    assert (row["name"], row["versionInfo"]) == ("ESA SNAP", "NOASSERTION")


def test_the_image_contains_every_package_once(document):
    content = json.loads(document.read_text())
    names = [row["SPDXID"] for row in content["packages"]]
    assert len(names) == len(set(names))
    contained = [row["relatedSpdxElement"] for row in content["relationships"] if row["relationshipType"] == "CONTAINS"]
    assert sorted(contained) == sorted(set(names) - {"SPDXRef-image"})
    assert content["creationInfo"]["created"] == "2023-11-14T22:13:20Z"


@pytest.mark.parametrize(
    ("fields", "told"),
    [({"License": "do what you like"}, "NOASSERTION"), ({"License-Expression": "MIT"}, "MIT")],
)
def test_licences_are_told_only_as_expressions(sbom, fields, told):
    assert sbom.licence_of(SimpleNamespace(metadata=fields)) == told
