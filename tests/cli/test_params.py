"""``snapstamps params`` shows what is set, to what, by whom, and who listens."""

import io
import json

import pytest
import typer
from rich.console import Console
from typer.testing import CliRunner

from snapstamps.cli.params import HEADINGS, option_rows, params, parm_rows, print_table
from snapstamps.config.describe import option_infos
from snapstamps.model.errors import InputError
from snapstamps.stamps.parms import defaults, definitions, write_parms

app = typer.Typer()
app.command()(params)

CONFIG = """
[stamps]
engine = "native"
[stamps.parms]
unwrap_grid_size = 70
scla_deramp = "y"
clap_win = 32
"""


@pytest.fixture
def outside(tmp_path, monkeypatch):
    """The current folder is no project."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def project(outside):
    """The current folder is a project with three parameters set, one of them to its default."""
    (outside / "snapstamps.toml").write_text(CONFIG)
    return outside


def run(*words: str) -> str:
    result = CliRunner().invoke(app, words, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def rows_of(*words: str) -> list[dict[str, str]]:
    """Return the plain table as rows."""
    lines = run(*words).splitlines()
    assert lines[0].split("\t") == list(HEADINGS)
    return [dict(zip(HEADINGS, line.split("\t"), strict=True)) for line in lines[1:]]


def test_outside_a_project_all_defaults_are_shown_in_stamps_order(outside):
    rows = rows_of()
    assert [row["name"] for row in rows] == list(definitions())
    assert all(row["value"] == row["default"] for row in rows)
    assert rows_of("--changed") == []


def test_a_row_tells_value_default_unit_steps_origin_and_explanation(project):
    (row,) = rows_of("scla_deramp")
    assert row == {
        "name": "scla_deramp",
        "value": '"y"',
        "default": '"n"',
        "unit": "-",
        "steps": "6_unwrap,7_scla",
        "origin": "file",
        "explanation": definitions()["scla_deramp"].explanation,
    }


def test_inside_a_project_what_differs_comes_first_or_alone(project):
    assert [row["name"] for row in rows_of()][:2] == ["unwrap_grid_size", "scla_deramp"]
    assert len(rows_of()) == len(definitions())
    assert [row["name"] for row in rows_of("--changed")] == ["unwrap_grid_size", "scla_deramp"]


def test_all_shows_every_option_and_where_it_comes_from(project, monkeypatch):
    monkeypatch.setenv("SNAPSTAMPS_RUN__WORKERS", "3")
    rows = {row["name"]: row for row in rows_of("--all")}
    assert set(rows) == set(option_infos()) | set(definitions())
    assert (rows["stamps.engine"]["value"], rows["stamps.engine"]["origin"]) == ('"native"', "file")
    assert (rows["run.workers"]["value"], rows["run.workers"]["origin"]) == ("3", "SNAPSTAMPS_RUN__WORKERS")
    assert (rows["run.memory"]["value"], rows["run.memory"]["origin"]) == ('"auto"', "default")
    assert rows["clap_win"]["origin"] == "file"
    assert [row["name"] for row in rows_of("--all", "--changed")] == [
        "stamps.engine",
        "run.workers",
        "unwrap_grid_size",
        "scla_deramp",
    ]


def test_a_beginning_stands_for_all_names_that_begin_so(project):
    assert {row["name"] for row in rows_of("weed_", "run.workers")} == {
        *(name for name in definitions() if name.startswith("weed_")),
        "run.workers",
    }
    assert [row["name"] for row in rows_of("stamps.parms.clap_win")] == ["clap_win"]


def test_a_name_that_is_none_gets_the_nearest(project):
    with pytest.raises(InputError, match="the nearest is unwrap_grid_size"):
        run("unwrap_gridsize")
    with pytest.raises(InputError, match="no parameter xyzzy"):
        run("xyzzy")


def test_what_the_data_set_is_read_from_parms_mat(project):
    assert rows_of("lambda")[0]["value"] == "nan"
    (project / "stamps").mkdir()
    write_parms(project / "stamps" / "parms.mat", {**defaults(), "lambda": 0.0555, "unwrap_grid_size": 5.0})
    (row,) = rows_of("lambda")
    assert (row["value"], row["origin"]) == ("0.0555", "data")
    assert rows_of("unwrap_grid_size")[0]["value"] == "70", "the configuration rules, not the file"
    assert "lambda" not in {row["name"] for row in rows_of("--changed")}


def test_json_is_valid_and_typed_with_infinite_numbers_as_text(project):
    rows = {row["name"]: row for row in json.loads(run("--all", "--json"), parse_constant=pytest.fail)}
    assert rows["unwrap_grid_size"]["value"] == 70
    assert rows["weed_max_noise"]["value"] == "inf"
    assert rows["ref_lon"]["default"] == ["-inf", "inf"]
    assert rows["candidates.overlap"]["value"] == [50, 50]
    assert rows["stamps.folder"]["value"] == "stamps"
    assert rows["stamps_export.repair"]["value"] is True
    assert rows["scla_deramp"]["steps"] == ["6_unwrap", "7_scla"]


def test_another_project_is_named_by_its_folder_and_must_be_one(project, tmp_path_factory, monkeypatch):
    monkeypatch.chdir(tmp_path_factory.mktemp("elsewhere"))
    assert [row["name"] for row in rows_of("--changed", "-C", str(project))] == ["unwrap_grid_size", "scla_deramp"]
    with pytest.raises(InputError, match="not a snapstamps project"):
        run("-C", ".")


@pytest.mark.parametrize("width", [60, 80, 200])
def test_on_a_terminal_every_name_and_value_is_shown_whole(width):
    rows = [*option_rows(None), *parm_rows(None)]
    stream = io.StringIO()
    print_table(rows, Console(file=stream, width=width, color_system=None), whole=False)
    text = stream.getvalue()
    assert max(len(line) for line in text.splitlines()) <= width
    assert [row.name for row in rows if row.name not in text] == []
    assert "Cell size of the grid" in text
    assert "smaller cells follow" not in text


def test_on_a_terminal_one_parameter_is_explained_whole():
    rows = [row for row in parm_rows(None) if row.name == "unwrap_grid_size"]
    stream = io.StringIO()
    print_table(rows, Console(file=stream, width=80, color_system=None), whole=True)
    text = " ".join(stream.getvalue().split())
    assert text.startswith("unwrap_grid_size = 200 m (default; step 6)")
    assert definitions()["unwrap_grid_size"].explanation in text


class Terminal(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_no_tabs(project, monkeypatch):
    terminal = Terminal()
    monkeypatch.setattr("sys.stdout", terminal)
    params(names=["clap_win"])
    assert "clap_win = 32 cells (file; steps 2, 3)" in terminal.getvalue()
    assert "\t" not in terminal.getvalue()
