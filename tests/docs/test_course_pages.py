"""The pages of the course: the road leads to pages that exist, and no command goes without words of its own."""

import re

import of_commands
import of_road
import of_snap2stamps
from documentation import DOCS, pages

from snapstamps.config.snap2stamps import RULES
from snapstamps.snap.stages import SNAP_STAGES
from snapstamps.stamps.steps import STEPS


def test_the_road_shows_every_stage_once_and_leads_to_its_page():
    boxes = [box for band in of_road.bands() for box in band.boxes]
    titles = [box.title for box in boxes]
    wanted = [row.name for row in SNAP_STAGES] + [f"{step.number} {step.name}" for step in STEPS]
    assert [title for title in titles if title in wanted] == wanted
    assert {"check", "candidates", "export", "report"} <= set(titles)
    for box in boxes:
        page, _, anchor = box.page.partition("#")
        text = (DOCS / f"{page}.md").read_text()
        assert not anchor or re.search(rf"^### {re.escape(anchor)}$", text, re.MULTILINE), box
    drawn = of_road.road()
    assert drawn.count("<a href=") == len(boxes)


def test_the_names_of_files_stay_inside_their_boxes():
    assert of_road._wrapped(("ps2", "ph2"), 150) == ["ps2 ph2"]
    assert of_road._wrapped(("uw_grid",) * 9, 100) == ["uw_grid", "uw_grid"[:12] + " …"]


def test_every_command_is_told_of_in_words_and_not_only_in_the_list():
    texts = [page.text for page in pages() if page.name != "docs/commands.md"]
    untold = [name for name in of_commands.names() if not any(f"snapstamps {name}" in text for text in texts)]
    assert untold == []


def test_the_table_of_snap2stamps_has_every_key():
    text = of_snap2stamps.snap2stamps()
    assert [name for name in RULES if f"| `{name}` |" not in text] == []
