"""Archives and folders of strangers lead nowhere outside themselves."""

import stat
import zipfile

import pytest
from simulated_safe import Pass, write_safe, write_zip

from snapstamps.formats.safe import read_scene
from snapstamps.model.errors import DataError

ONE = Pass(n_bursts=1, swaths=("IW2",))


def test_a_link_in_a_zip_file_is_not_followed(tmp_path):
    """The manifest is a symbolic link, as tar and zip of Unix store one: its content is the name of its target."""
    secret = tmp_path / "manifest_elsewhere.safe"
    secret.write_text("<a/>")
    source = write_zip(tmp_path, ONE)
    hostile = tmp_path / "hostile.zip"
    with zipfile.ZipFile(source) as sound, zipfile.ZipFile(hostile, "w") as archive:
        for member in sound.infolist():
            content = sound.read(member)
            if member.filename.endswith("manifest.safe"):
                member.external_attr = (stat.S_IFLNK | 0o777) << 16
                content = str(secret).encode()
            archive.writestr(member, content)
    with pytest.raises(DataError, match="not sound XML"):
        read_scene(hostile)


@pytest.mark.parametrize("pattern", ["manifest.safe", "annotation/*.xml"])
def test_a_link_that_leads_out_of_a_product_is_refused(tmp_path, pattern):
    root = write_safe(tmp_path, ONE)
    inside = next(root.glob(pattern))
    outside = tmp_path / "outside.xml"
    inside.rename(outside)
    inside.symlink_to(outside)
    with pytest.raises(DataError, match="a link that leads out of it"):
        read_scene(root)


def test_a_link_within_a_product_and_a_link_to_a_product_are_welcome(tmp_path):
    root = write_safe(tmp_path, ONE)
    inside = next(root.glob("annotation/*.xml"))
    moved = inside.rename(root / "annotation" / "moved")
    inside.symlink_to(moved.name)
    (tmp_path / "scenes").mkdir()
    link = tmp_path / "scenes" / root.name
    link.symlink_to(root, target_is_directory=True)
    assert read_scene(link).name == root.name.removesuffix(".SAFE")


def test_a_link_of_an_image_may_lead_anywhere_since_it_is_not_read(tmp_path):
    root = write_safe(tmp_path, ONE)
    image = next(root.glob("measurement/*.tiff"))
    image.rename(tmp_path / "image.tiff")
    image.symlink_to(tmp_path / "image.tiff")
    assert read_scene(root).missing == ()
