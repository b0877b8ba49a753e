"""The pages say everything that there is, and nothing that there is not."""

import doctest
import re
from pathlib import Path

import hooks
import md_table
import of_commands
import of_contract
import pyogrio
import pytest
from documentation import DOCS, ROOT, Page, page, pages

import snapstamps
from snapstamps.config.describe import option_infos, sections
from snapstamps.engines.choose import create_engine
from snapstamps.engines.native.limits import LIMITS
from snapstamps.model.errors import InputError
from snapstamps.pipeline.truth_check import check_against_truth
from snapstamps.results.phase import QUANTITIES
from snapstamps.snap.gate import check_export
from snapstamps.stamps.artefacts import ARTEFACTS
from snapstamps.stamps.parms import definitions
from snapstamps.stamps.steps import STEPS

STEP_HEADINGS = ("What it does, and why", "In and out", "What a good and a bad result look like", "In StaMPS")
PICTURE_BYTES = 300_000
PLACES = r"(?:snapstamps|tests|docs|benchmarks|stamps_templates|graphs|docker|tools)"


def generated(name: str) -> str:
    """Return a page with its tables."""
    return hooks.generated(page(name).text, where=name)


def test_every_page_gets_what_it_asks_for() -> None:
    for each in pages():
        text = hooks.generated(each.text, where=each.name)
        assert "<!-- generate" not in text
        assert "made from the code by `make docs`" not in text


def test_every_command_and_option_has_its_line() -> None:
    text = generated("commands.md")
    chapters = dict(re.findall(r"^## ([\w ]+)\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    for command, words in of_commands.option_names().items():
        chapter = chapters[command] if command else text
        for word in words:
            assert re.search(rf"`[^`]*{re.escape(word)}\b", chapter), f"{command} {word}"
    assert len(of_commands.names()) >= 10


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.key)
def test_every_step_has_page_code_and_proof(step) -> None:
    text = generated(f"steps/{step.key}.md")
    assert text.startswith(f"# {step.number} ")
    assert (ROOT / "snapstamps" / "engines" / "native" / f"step{step.key}.py").is_file()
    assert (ROOT / "tests" / "engines" / f"test_step{step.key}.py").is_file()
    named = (*step.reads, *step.writes, *step.may_read, *step.parms, *step.stamps_functions)
    assert [name for name in named if f"`{name}`" not in text] == []


@pytest.mark.parametrize("name", ["check", "candidates", "export", "report", *(step.key for step in STEPS)])
def test_every_stage_is_explained_in_the_same_way(name: str) -> None:
    text = page(f"steps/{name}.md").text
    wanted = STEP_HEADINGS if name not in {"export", "report"} else tuple(h for h in STEP_HEADINGS if h != "In and out")
    places = [text.find(f"## {heading}") for heading in wanted]
    assert -1 not in places
    assert places == sorted(places)
    assert "matter" in text


def test_every_option_and_parameter_stands_on_its_page() -> None:
    options, parameters = generated("options.md"), generated("parameters.md")
    assert [info.name for info in option_infos().values() if f"| `{info.key}` |" not in options] == []
    assert [section for section in sections() if f"## [{section}]" not in options] == []
    assert [name for name in definitions() if f"| `{name}` |" not in parameters] == []


def test_every_artefact_and_every_limit_stands_on_its_page() -> None:
    formats, limits = generated("formats.md"), generated("limits.md")
    for artefact, fields in ARTEFACTS.items():
        assert all(f"| `{artefact}` | `{field.name}` |" in formats for field in fields)
    assert all(f"`{limit.parameter}`" in limits for limit in LIMITS)


def test_every_column_of_the_results_is_explained(tiny_project: Path) -> None:
    info = pyogrio.read_info(tiny_project / "products" / "velocity.gpkg", layer="ps")
    text = page("steps/export.md").text
    rows = [line.split("|") for line in text.splitlines() if line.startswith("| `")]
    explained = {name: row[2].strip() for row in rows for name in re.findall(r"`(\w+)`", row[1])}
    for name in info["fields"]:
        known = "DYYYYMMDD" if re.fullmatch(r"D\d{8}", name) else name
        assert info["layer_metadata"][known].partition(";")[0] == explained[known], name


def test_every_finding_of_a_simulated_export_is_in_the_list_of_codes(tiny_scene: Path) -> None:
    report = check_export(next(tiny_scene.glob("INSAR_*")))
    assert {finding.code for finding in report.findings} <= set(of_contract.finding_codes())
    assert len(of_contract.finding_codes()) > 20


def test_every_quantity_and_every_public_name_is_told() -> None:
    conventions, python = page("conventions.md").text, page("how-to/python.md").text
    assert [name for name in QUANTITIES if not re.search(rf"^\| `{name}`", conventions, re.MULTILINE)] == []
    told = {"Project": "project.run", "stamps": "ss.stamps.read"}
    assert [name for name in snapstamps.__all__ if told.get(name, f"ss.{name}") not in python] == []


def test_the_figures_of_the_small_scene_are_those_that_come_out(tiny_scene: Path, tiny_project: Path) -> None:
    found = check_against_truth(tiny_project / "stamps", tiny_scene / "truth.npz")
    row = next(line for line in page("validation.md").text.splitlines() if line.startswith("| `tiny`"))
    cells = [cell.strip().replace(" ", "") for cell in row.strip("|").split("|")]
    assert cells[1:4] == [f"{found.n_peaks_found}of{found.n_peaks}", str(found.n_ps), f"{found.false_share:.1%}"]
    assert float(cells[4]) == pytest.approx(found.velocity_rmse, abs=0.02)
    assert float(cells[5]) == pytest.approx(found.velocity_correlation, abs=0.002)


def test_the_pages_know_whether_the_octave_engine_is_there() -> None:
    try:
        create_engine("octave")
        absent = False
    except InputError as error:
        absent = "not part of this version" in str(error)
    assert ("is not part of this version" in page("limits.md").text) == absent


@pytest.mark.parametrize("each", pages(), ids=lambda each: each.name)
def test_no_page_names_a_file_that_is_missing(each: Page) -> None:
    named = re.findall(rf"`({PLACES}/[\w./-]+)`", each.text)
    assert [name for name in named if not (ROOT / name).exists()] == []
    links = re.findall(r"\]\((?!https?:)([^)#\s]+)", each.text)
    assert [link for link in links if not (each.path.parent / link).exists()] == []


def test_pictures_are_small_and_all_are_shown() -> None:
    pictures = {path.name: path for path in (DOCS / "pictures").glob("*.png")}
    text = "".join(each.text for each in pages())
    assert [name for name, path in pictures.items() if path.stat().st_size > PICTURE_BYTES] == []
    assert [name for name in pictures if f"pictures/{name}" not in text] == []


def test_an_unknown_request_is_an_error() -> None:
    with pytest.raises(Exception, match="nothing generates 'weather'"):
        hooks.generated("<!-- generate: weather -->")


def test_the_examples_in_the_generators_hold() -> None:
    assert doctest.testmod(md_table).failed == 0


def test_the_fault_matrix_of_the_page_is_that_of_the_tests() -> None:
    text = generated("robustness.md")
    header = next(line for line in text.splitlines() if line.startswith("| ") and "kill -9" in line)
    assert header.count("|") - 2 == 11, "eleven faults beside the stage"
    assert sum(line.startswith("| step ") for line in text.splitlines()) == 16, "eight steps on two engines"
    assert "signal 9" in text
    assert "[^1]: a simulation keeps no journal" in text
