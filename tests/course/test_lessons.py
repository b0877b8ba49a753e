"""The lessons run as scripts and as notebooks, and their pages show what comes out."""

import json
import os
import sys
from pathlib import Path

import nbformat
import pytest
from documentation import DOCS, ROOT
from nbclient import NotebookClient
from typer.testing import CliRunner

from snapstamps.cli.main import app
from snapstamps.course.bench import FOLDER_VARIABLE, SCENE_VARIABLE
from snapstamps.course.lessons import Lesson, cells_of, copy_lesson, lesson_of, lessons
from snapstamps.model.errors import InputError
from snapstamps.stamps.artefacts import ARTEFACTS

sys.path.insert(0, str(DOCS / "generate"))
sys.path.insert(0, str(DOCS / "pictures"))
import of_lessons

import lessons as maker

PICTURE_BYTES = 300_000
OF_STAMPS_ONLY = {"mean_v", "mv2"}
BESIDE = {"psver", "no_ps_info", "ph2", "pm2", "bp2", "la2", "inc2", "hgt2"}
"""Files that hold the same as another one, or a mark."""


@pytest.fixture(scope="module")
def bench_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that the lessons share."""
    return tmp_path_factory.mktemp("bench")


def by_slug(lesson: Lesson) -> str:
    return lesson.slug


@pytest.mark.parametrize("lesson", lessons(), ids=by_slug)
def test_every_lesson_runs_as_a_script_on_the_small_scene(lesson, bench_folder, monkeypatch, capsys):
    monkeypatch.setenv(SCENE_VARIABLE, "tiny")
    monkeypatch.setenv(FOLDER_VARIABLE, str(bench_folder))
    names = {"__name__": "__main__"}
    exec(compile(lesson.script.read_text(), str(lesson.script), "exec"), names)
    shown = names["bench"].shown
    assert len(shown) >= (1 if lesson.number == 2 else 4)
    assert all(picture.path.name.startswith(f"{lesson.number}_") for picture in shown)
    assert len({picture.path for picture in shown}) == len(shown)
    assert all(picture.path.read_bytes().startswith(b"\x89PNG") for picture in shown)
    assert capsys.readouterr().out.strip()


@pytest.mark.parametrize("lesson", lessons(), ids=by_slug)
def test_every_notebook_runs_in_jupyter(lesson, bench_folder, tmp_path):
    notebook = nbformat.read(lesson.notebook, as_version=4)
    environment = {**os.environ, SCENE_VARIABLE: "tiny", FOLDER_VARIABLE: str(bench_folder)}
    client = NotebookClient(notebook, timeout=300, resources={"metadata": {"path": str(tmp_path)}})
    client.execute(env=environment)
    kinds = {kind for cell in notebook.cells for output in cell.get("outputs", []) for kind in output.get("data", {})}
    assert "image/png" in kinds


@pytest.mark.parametrize("lesson", lessons(), ids=by_slug)
def test_the_notebook_is_that_of_the_script(lesson):
    assert lesson.notebook.read_text(encoding="utf-8") == maker.notebook_text(lesson)


@pytest.mark.parametrize("lesson", lessons(), ids=by_slug)
def test_every_lesson_has_exercises_with_solutions_and_something_broken(lesson):
    text = "\n".join(cell.text for cell in lesson.cells if not cell.is_code)
    solutions = text.count("<summary>Solution</summary>")
    assert solutions >= 2
    assert text.count("</details>") == solutions
    assert "## Break it: " in text


@pytest.mark.parametrize("lesson", lessons(), ids=by_slug)
def test_the_page_shows_what_came_out_of_the_cells_as_they_are(lesson):
    kept = of_lessons.outputs(lesson)
    code = [cell.text for cell in lesson.cells if cell.is_code]
    assert [text.splitlines()[0] for text in code if of_lessons.digest(text) not in kept] == []
    page = of_lessons.lesson(str(lesson.number))
    assert page.startswith(f"# {lesson.number} ")
    for output in kept.values():
        assert all(f"../pictures/lessons/{name}" in page for name in output["pictures"])


def test_there_are_eight_and_every_one_has_its_page():
    assert [lesson.number for lesson in lessons()] == list(range(1, 9))
    assert {path.stem for path in (DOCS / "lessons").glob("*.md")} == {lesson.slug for lesson in lessons()}
    configuration = (ROOT / "mkdocs.yml").read_text()
    assert all(f"lessons/{lesson.slug}.md" in configuration for lesson in lessons())


def test_every_file_of_stamps_is_drawn_in_some_lesson():
    text = "\n".join(lesson.script.read_text() for lesson in lessons())
    drawn = {name for name in (*ARTEFACTS, "mean_amp") if f'bench.show("{name}"' in text}
    assert set(ARTEFACTS) - drawn - OF_STAMPS_ONLY - BESIDE == set()


def test_the_pictures_of_the_pages_are_small_and_all_are_shown():
    kept = json.loads((DOCS / "pictures" / "lessons.json").read_text())
    shown = {name for outputs in kept.values() for output in outputs for name in output["pictures"]}
    files = {path.name: path.stat().st_size for path in (DOCS / "pictures" / "lessons").glob("*.png")}
    assert set(files) == shown
    assert [name for name, size in files.items() if size > PICTURE_BYTES] == []


def test_cells_of_a_script_come_in_their_order_and_without_their_marks():
    code = "# a comment\nprint(1)\n\n\ndef f():\n    pass"
    text = f"# ---\n# x\n# ---\n\n# %% [markdown]\n# # A\n#\n# b\n\n# %%\n{code}\n"
    first, second = cells_of(text)
    assert (first.text, first.is_code) == ("# A\n\nb", False)
    assert (second.text, second.is_code) == (code, True)


def test_a_copy_never_overwrites_somebodys_work(tmp_path):
    path = copy_lesson(lesson_of(3), tmp_path / "new", script=True)
    assert path.read_text() == lesson_of(3).script.read_text()
    with pytest.raises(InputError, match="not overwritten"):
        copy_lesson(lesson_of(3), tmp_path / "new", script=True)
    assert copy_lesson(lesson_of(3), tmp_path / "new").suffix == ".ipynb"


def test_the_command_lists_and_copies(tmp_path):
    runner = CliRunner()
    assert [row["number"] for row in json.loads(runner.invoke(app, ["lesson", "--json"]).stdout)] == list(range(1, 9))
    done = runner.invoke(app, ["lesson", "2", "--to", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert (tmp_path / "lesson_2_graphs.ipynb").is_file()
    assert isinstance(runner.invoke(app, ["lesson", "9"]).exception, InputError)


def test_jupyter_that_is_absent_is_told(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    done = CliRunner().invoke(app, ["lesson", "1", "--to", str(tmp_path), "--open"])
    assert "Jupyter is not installed" in str(done.exception)
