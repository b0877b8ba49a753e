"""XML is read without trust."""

import io
from xml.sax.saxutils import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.formats import xml_elements
from snapstamps.formats.xml_elements import read_elements
from snapstamps.model.errors import DataError

TEXT = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), exclude_characters="￾￿"))


def read(text, **options):
    return read_elements(io.BytesIO(text if isinstance(text, bytes) else text.encode()), "it", **options)


@given(TEXT, st.lists(TEXT, max_size=4))
def test_any_text_comes_back_as_it_was(before, children):
    inside = "".join(f"<p:b>{escape(child)}</p:b>" for child in children)
    root = read(f'<p:a xmlns:p="u">{escape(before)}{inside}</p:a>')
    assert root.tag == "a"
    assert root.text == before
    assert [child.text for child in root.all("b")] == children


def test_paths_and_depths_are_found():
    root = read("<a><b><c>1</c></b><b><c> 2 </c><c>3</c></b></a>")
    assert [one.text for one in root.all("b/c")] == ["1", " 2 ", "3"]
    assert [one.text for one in root.below("c")] == ["1", " 2 ", "3"]
    assert root.value("b/c") == "1"
    assert root.find("b/d") is None
    with pytest.raises(LookupError, match="b/d"):
        root.value("b/d")


def test_what_is_of_no_use_is_passed_over_with_all_in_it():
    root = read("<a><junk><b>1<junk/></b></junk><b>2</b></a>", without=("junk",))
    assert [one.text for one in root.below("b")] == ["2"]


def test_reading_stops_where_it_is_told(monkeypatch):
    monkeypatch.setattr(xml_elements, "_CHUNK", 8)
    root = read("<a><b>1</b><b>2</b><b>" + "<" * 50, until=lambda element: element.text == "2")
    assert [one.text for one in root.below("b")][:2] == ["1", "2"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<a>",
        "<a></b>",
        "plain",
        b"\xff\xfe<a/>",
        "<!DOCTYPE a><a/>",
        '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>',
        '<!DOCTYPE a SYSTEM "file:///etc/passwd"><a/>',
        "<a>&undefined;</a>",
        "<a>" * 200 + "</a>" * 200,
        "<junk>" + "<a>" * 200 + "</a>" * 200 + "</junk>",
    ],
)
def test_what_is_unsound_or_asks_for_more_is_refused(text):
    with pytest.raises(DataError, match="not sound XML"):
        read(text, without=("junk",))


def test_a_document_without_end_is_refused(monkeypatch):
    monkeypatch.setattr(xml_elements, "MAX_BYTES", 1000)
    monkeypatch.setattr(xml_elements, "_CHUNK", 100)
    with pytest.raises(DataError):
        read("<a>" + "x" * 5000 + "</a>")
    monkeypatch.setattr(xml_elements, "MAX_ELEMENTS", 10)
    with pytest.raises(DataError):
        read("<a>" + "<b/>" * 20 + "</a>")
