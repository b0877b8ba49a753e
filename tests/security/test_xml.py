"""XML of strangers: no entity is expanded, nothing outside is opened, whatever the form."""

import resource
import time
from pathlib import Path

import pytest
from fuzz.targets import TARGETS, seeds_of

from snapstamps.formats.safe import read_scene
from snapstamps.model.errors import SnapstampsError

READERS = ("eof", "safe_manifest", "safe_annotation", "dimap", "aoi_kml", "graph")
LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
BOMB = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'
ROOM = 300 * 2**20


def with_prologue(content: bytes, prologue: str, entity: str) -> bytes:
    """Put a document type before a sound document, and a reference to its entity into it."""
    text = content.decode("latin-1")
    declaration, mark, rest = text.partition("?>") if text.startswith("<?xml") else ("", "", text)
    first_text = rest.index(">", rest.index("</")) + 1
    return f"{declaration}{mark}{prologue}{rest[:first_text]}{entity}{rest[first_text:]}".encode("latin-1")


@pytest.mark.parametrize("name", READERS)
def test_a_bomb_of_entities_is_refused_at_once(name, tmp_path):
    content = with_prologue(seeds_of(name)[0], BOMB, "&l9;")
    before, start = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, time.process_time()
    with pytest.raises(SnapstampsError):
        TARGETS[name].parse(content, tmp_path)
    assert time.process_time() - start < 5
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < ROOM


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize(
    "prologue",
    ['<!DOCTYPE x [<!ENTITY secret SYSTEM "{file}">]>', '<!DOCTYPE x SYSTEM "{file}">'],
    ids=["entity", "type"],
)
def test_no_file_outside_is_opened(name, prologue, tmp_path, monkeypatch):
    secret = tmp_path / "secret.dtd"
    secret.write_text('<!ENTITY secret "the password">')
    opened = []
    plain = Path.open
    monkeypatch.setattr(Path, "open", lambda self, *a, **k: opened.append(self) or plain(self, *a, **k))
    entity = "&secret;" if "ENTITY" in prologue else ""
    content = with_prologue(seeds_of(name)[0], prologue.format(file=secret.as_uri()), entity)
    work = tmp_path / "work"
    work.mkdir()
    if name == "aoi_kml" and not entity:
        TARGETS[name].parse(content, work)  # GDAL passes over a document type, and does not follow it
    else:
        with pytest.raises(SnapstampsError) as refused:
            TARGETS[name].parse(content, work)
        assert "password" not in str(refused.value)
    assert secret not in opened


def test_coordinates_of_a_drawing_cannot_come_from_another_file(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("105,21 106,21 106,22 105,21")
    text = seeds_of("aoi_kml")[0].decode()
    inside = text.partition("<coordinates>")[2].partition("</coordinates>")[0]
    assert inside
    prologue = f'<!DOCTYPE kml [<!ENTITY secret SYSTEM "{secret.as_uri()}">]><kml'
    hostile = text.replace(inside, "&secret;").replace("<kml", prologue, 1)
    with pytest.raises(SnapstampsError):
        TARGETS["aoi_kml"].parse(hostile.encode(), tmp_path)


def test_an_unknown_encoding_is_refused_in_our_own_words(tmp_path):
    folder = tmp_path / "a.SAFE"
    folder.mkdir()
    (folder / "manifest.safe").write_text('<?xml version="1.0" encoding="klingon"?><a/>')
    with pytest.raises(SnapstampsError, match="klingon"):
        read_scene(folder)
