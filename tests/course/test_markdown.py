"""The pages are read as text, and nothing of them is lost on the way."""

from hypothesis import given
from hypothesis import strategies as st

from snapstamps.course.markdown import bullets, code_blocks, for_terminal, linked, page_sections, plain

WORD = st.from_regex(r"[a-z]{1,12}", fullmatch=True)


def test_a_heading_inside_a_block_of_code_is_no_heading():
    headings = [section.heading for section in page_sections("snap/stages.md")]
    assert headings[0] == "The stages of SNAP"
    assert "split" in headings
    assert len(headings) == len(set(headings))


@given(st.lists(WORD, min_size=1))
def test_every_bullet_is_found_however_it_is_broken(words):
    text = "".join(f"- {word}\n  and {word}\n" for word in words)
    assert bullets(f"\n{text}\nafter\n") == [f"{word} and {word}" for word in words]


@given(WORD, WORD)
def test_links_keep_their_words_and_formulas_their_signs(word, target):
    text = f"See [{word}]({target}.md).\n\n```text\na * b * c `d`\n```\n"
    assert linked(text) == [f"{target}.md"]
    assert code_blocks(text) == ["a * b * c `d`"]
    assert plain(text) == f"See {word}.\n\n    a * b * c `d`"


def test_a_picture_is_told_of_and_not_shown():
    assert for_terminal("![A curve](x.png)\ntext") == "(picture in the documentation: A curve)\n\ntext"
