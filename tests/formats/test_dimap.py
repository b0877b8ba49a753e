"""BEAM-DIMAP headers: the product's own attributes, and no trust in the file."""

from pathlib import Path

import pytest

from snapstamps.formats.dimap import read_attributes, read_numbers
from snapstamps.model.errors import DataError, InputError

SHARED_DIMAP = Path(__file__).resolve().parents[3] / "shared" / "data" / "snap_dimap"
NAMES = ("range_spacing", "azimuth_spacing", "MISSION")


def document(inside: str, *, prologue: str = "") -> str:
    return (
        f'<?xml version="1.0" encoding="ISO-8859-1"?>\n{prologue}<Dimap_Document><Dataset_Sources>'
        f'<MDElem name="metadata"><MDElem name="Abstracted_Metadata">{inside}</MDElem></MDElem>'
        "</Dataset_Sources></Dimap_Document>"
    )


def attribute(name: str, value: object) -> str:
    return f'<MDATTR name="{name}" unit="m" type="float64" mode="rw">{value}</MDATTR>'


@pytest.fixture
def dim(tmp_path):
    def write(text: str) -> Path:
        path = tmp_path / "stack.dim"
        path.write_text(text, encoding="latin-1")
        return path

    return write


def test_the_products_own_attributes_are_read_and_not_those_of_bands_or_slaves(dim):
    decoy = attribute("range_spacing", 1.0)
    inside = (
        f'<MDElem name="Band_IW1_VV">{decoy}</MDElem>{attribute("range_spacing", 2.329562)}'
        f'{attribute("MISSION", " SENTINEL-1A ")}<MDElem name="Abstracted_Metadata">{decoy}</MDElem>'
    )
    assert read_attributes(dim(document(inside)), NAMES) == {"range_spacing": "2.329562", "MISSION": "SENTINEL-1A"}


def test_what_snap_does_not_know_is_left_out_of_the_numbers(dim):
    inside = attribute("range_spacing", 99999.0) + attribute("azimuth_spacing", "NaN") + attribute("MISSION", "ERS")
    assert read_numbers(dim(document(inside)), NAMES) == {}


def test_letters_of_latin1_are_read_as_they_are(dim):
    assert read_attributes(dim(document(attribute("MISSION", "Ü-1"))), NAMES) == {"MISSION": "Ü-1"}


def test_reading_stops_after_the_abstracted_metadata(dim):
    text = document(attribute("range_spacing", 2.3))
    text = text.replace("</MDElem></MDElem>", "</MDElem>" + "<x>" * 40_000 + "<<<")
    assert read_numbers(dim(text), NAMES) == {"range_spacing": 2.3}


def test_an_attribute_across_two_chunks_is_whole(dim, monkeypatch):
    monkeypatch.setattr("snapstamps.formats.dimap._CHUNK", 7)
    assert read_numbers(dim(document(attribute("range_spacing", 2.329562))), NAMES) == {"range_spacing": 2.329562}


@pytest.mark.parametrize(
    "prologue",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        '<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE x SYSTEM "http://localhost/x.dtd">',
    ],
)
def test_document_types_and_entities_are_refused(dim, prologue):
    with pytest.raises(DataError, match="document type"):
        read_attributes(dim(document(attribute("MISSION", "x"), prologue=prologue)), NAMES)


@pytest.mark.parametrize("text", ["", "not xml", "<Dimap_Document>", document("<a></b>")])
def test_what_is_no_sound_xml_is_a_data_error(dim, text):
    with pytest.raises(DataError, match=r"stack\.dim is not a sound"):
        read_attributes(dim(text), NAMES)


def test_xml_of_another_kind_is_a_data_error(dim):
    with pytest.raises(DataError, match="no abstracted metadata"):
        read_attributes(dim("<Dimap_Document></Dimap_Document>"), NAMES)


def test_a_missing_product_is_the_users_error(tmp_path):
    with pytest.raises(InputError, match=r"no\.dim cannot be read"):
        read_attributes(tmp_path / "no.dim", NAMES)


def test_a_real_header_of_snap_is_read():
    found = sorted(SHARED_DIMAP.glob("*.dim"))
    if not found:
        pytest.skip("needs the real SNAP header (../shared/data/snap_dimap), which is not part of the project")
    assert read_numbers(found[0], ("range_spacing", "azimuth_spacing", "lat_pixel_res")) == {
        "range_spacing": 2.329562,
        "azimuth_spacing": 14.028,
    }
