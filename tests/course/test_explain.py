"""Whatever the program knows by a name can be explained by it, from the same pages as the documentation."""

import io
import json

import pytest
from rich.console import Console
from typer.testing import CliRunner

from snapstamps.cli.explain import plain_text, print_rich
from snapstamps.cli.main import app
from snapstamps.config.describe import option_infos
from snapstamps.course.explain import explain
from snapstamps.course.markdown import page_sections
from snapstamps.course.topics import Kind, find_topics, topics
from snapstamps.model.errors import InputError
from snapstamps.snap.stages import SNAP_STAGES
from snapstamps.stamps.artefacts import ARTEFACTS
from snapstamps.stamps.parms import definitions
from snapstamps.stamps.steps import CANDIDATE_FILES, STEPS

LOOKS = "What a good and a bad result look like"


def text_of(word: str) -> str:
    return "\n".join(plain_text(explain(topic)) for topic in find_topics(word))


def test_everything_with_a_name_is_a_topic():
    names = {topic.name for topic in topics()}
    stages = {"prepare", "check", "candidates", "stamps", "export", "report", *(row.name for row in SNAP_STAGES)}
    known = {*(step.key for step in STEPS), *stages, *definitions(), *option_infos(), *ARTEFACTS, "parms"}
    assert known - names == set()
    assert [name for name in CANDIDATE_FILES if not find_topics(name)] == []


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_a_step_is_found_by_number_name_and_key_and_tells_all(step):
    for word in (str(step.number), step.name, step.key, f"Step {step.number}"):
        assert step.key in [topic.name for topic in find_topics(word)]
    text = text_of(step.key)
    for wanted in ("What it does, and why", "In and out", "matter", LOOKS, "In StaMPS", "References"):
        assert wanted in text
    assert all(name in text for name in (*step.reads, *step.writes, *step.parms, *step.stamps_functions))
    assert "Hooper" in text
    assert "generate:" not in text


@pytest.mark.parametrize("row", SNAP_STAGES, ids=lambda row: row.name)
def test_a_stage_of_snap_says_what_good_and_bad_look_like(row):
    text = plain_text(explain(next(topic for topic in topics() if topic.name == row.name)))
    assert row.sentence in text
    assert "Good: " in text
    assert "Bad: " in text
    assert all(operator in text for operator in row.operators)


@pytest.mark.parametrize("name", [name for name, parm in definitions().items() if parm.steps and not parm.from_data])
def test_a_parameter_tells_which_way_to_turn_it_and_what_follows(name):
    sections = {section.heading: section.text for section in explain(find_topics(name)[0]).sections}
    assert f"`{name}" in sections["Which way"]
    assert definitions()[name].explanation in sections["What it does"]
    assert any(heading.startswith("What a good and a bad result") for heading in sections)
    assert "In StaMPS, and in papers" in sections


@pytest.mark.parametrize("name", ARTEFACTS)
def test_a_file_tells_its_variables_and_how_a_good_one_looks(name):
    found = find_topics(f"{name}.mat")
    assert [topic.name for topic in found] == [name]
    text = plain_text(explain(found[0]))
    assert "Good: " in text
    assert "Bad: " in text
    assert all(f"| {field.name} |" in text for field in ARTEFACTS[name])


def test_no_heading_of_the_page_of_files_is_left_without_a_file():
    named = {name for section in page_sections("files.md")[1:] for name in section.heading.split(", ")}
    assert named == {*ARTEFACTS, "parms"}


def test_a_name_without_its_number_stands_for_both_versions():
    assert [topic.name for topic in find_topics("pm")] == ["pm1", "pm2"]


def test_words_of_the_field_lead_from_one_name_to_the_other():
    assert "master" in text_of("reference")
    assert find_topics("K_ps")[0].kind is Kind.VARIABLE
    assert "look-angle error" in text_of("SCLA").lower()
    assert "side pixel" in text_of("side pixel").lower()


@pytest.mark.parametrize(("word", "nearest"), [("wead", "4_weed"), ("unwrap_gridsize", "unwrap_grid_size")])
def test_an_unknown_word_gets_the_nearest_names(word, nearest):
    with pytest.raises(InputError, match=nearest):
        find_topics(word)


def test_every_topic_can_be_told_on_a_terminal():
    for topic in topics():
        told = explain(topic)
        assert told.sections, topic
        assert all(section.heading for section in told.sections)
    screen = io.StringIO()
    print_rich(explain(find_topics("weed")[0]), Console(file=screen, width=100, force_terminal=True))
    assert "ps_std" in screen.getvalue()
    assert "\x1b[" in screen.getvalue()


def test_the_list_and_an_explanation_as_json():
    runner = CliRunner()
    rows = json.loads(runner.invoke(app, ["explain", "--json"]).stdout)
    assert {"name": "4_weed", "kind": "step", "sentence": STEPS[3].sentence} in rows
    told = json.loads(runner.invoke(app, ["explain", "clap_win", "--json"]).stdout)
    assert told[0]["kind"] == "parameter"
    plain_list = runner.invoke(app, ["explain"]).stdout
    assert len(plain_list.splitlines()) == len(rows)


def test_in_a_pipe_there_are_neither_colours_nor_signs_of_markdown():
    text = CliRunner().invoke(app, ["explain", "4"]).stdout
    assert "\x1b" not in text
    assert "**" not in text
    assert "```" not in text
