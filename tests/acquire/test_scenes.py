"""Scenes from the archive: verified products, and one failure does not stop the others."""

import pytest
from simulated_safe import Pass, write_zip

from snapstamps.acquire.http import Client
from snapstamps.acquire.scenes import download_scenes, wanted_files
from snapstamps.acquire.search import RemoteScene
from snapstamps.formats.safe import read_scene
from snapstamps.model.errors import DataError, InputError

PASS = Pass(swaths=("IW2",))


@pytest.fixture
def scene(archive, tmp_path):
    """A product in the archive."""
    (tmp_path / "made").mkdir()
    content = write_zip(tmp_path / "made", PASS).read_bytes()
    path = f"/SLC/{PASS.name}.zip"
    archive.files[path] = content
    return RemoteScene(
        PASS.name, archive.url(path), len(content), "", PASS.start.isoformat(), 55, 1, "ASCENDING", "VV", 1, 1.0, ""
    )


def test_a_scene_that_was_fetched_can_be_read(scene, tmp_path):
    (done,) = download_scenes(wanted_files([scene], tmp_path / "scenes"), Client())
    assert not done.was_there
    assert read_scene(done.path).name == PASS.name


def test_a_scene_that_was_unpacked_is_not_wanted(scene, tmp_path):
    (tmp_path / f"{PASS.name}.SAFE").mkdir()
    assert wanted_files([scene], tmp_path) == []


def test_what_is_no_product_gets_no_name_and_the_others_still_come(scene, archive, tmp_path):
    archive.files["/SLC/bad.zip"] = b"not a zip"
    bad = RemoteScene("bad", archive.url("/SLC/bad.zip"), None, "", "", 55, 1, "ASCENDING", "VV", 1, 1.0, "")
    first, second = download_scenes(wanted_files([bad, scene], tmp_path / "scenes"), Client())
    assert isinstance(first.failure, DataError)
    assert first.path is None
    assert second.path is not None


def test_a_missing_login_stops_at_once(scene, archive, tmp_path):
    archive.behaviour = [(401, "denied")]
    with pytest.raises(InputError, match="login"):
        download_scenes(wanted_files([scene, scene], tmp_path / "scenes"), Client())
    assert len(archive.requests) == 1
