"""``snapstamps paper``, ``snapstamps profile diff``, and what ``new`` and ``simulate`` do with a profile."""

import csv
import json

import geopandas
import pytest
import shapely

from snapstamps.cli.main import main
from snapstamps.config.profile import load_paper
from snapstamps.config.project import Project
from snapstamps.engines import choose
from snapstamps.external import octave
from snapstamps.model.errors import InputError
from snapstamps.pipeline.paper import PAPER_CHECK
from snapstamps.pipeline.runner import project_states, run_project
from snapstamps.pipeline.state import Condition


@pytest.fixture
def call(capsys):
    """Give a function that types a command and returns its exit code and what it prints."""

    def type_in(*words) -> tuple[int, str]:
        with pytest.raises(SystemExit) as end:
            main([str(word) for word in words])
        output = capsys.readouterr()
        return int(end.value.code or 0), output.out + output.err

    return type_in


@pytest.fixture
def said(call):
    """Give a function that types a command that must end well."""

    def type_in(*words) -> str:
        code, output = call(*words)
        assert code == 0, output
        return output

    return type_in


def test_the_list_names_both_papers(said):
    listed = json.loads(said("paper", "list", "--json"))
    assert [(each["name"], each["scenes"], each["master"]) for each in listed] == [
        ("thai_nguyen_2022", 44, "2020-03-04"),
        ("yen_bai_2021", 27, "2020-03-18"),
    ]
    assert "descending" in said("paper", "list")


def test_every_value_is_shown_with_its_origin(said):
    text = said("paper", "show", "yen_bai_2021")
    assert "swaths = IW1  [section 4.1]" in text
    assert "track = 164  [our choice, because" in text
    assert "(printed: 2020-07-22; our choice, because" in text
    shown = json.loads(said("paper", "show", "yen_bai_2021", "--json"))
    assert shown["software"]["snap"] == {"value": "7.0", "source": "abstract", "our_choice": ""}
    assert len(shown["baselines"]["rows"]) == 27


def test_an_unknown_paper_is_the_users_fault(call):
    code, text = call("paper", "show", "hanoi_2030")
    assert code == 2
    assert "thai_nguyen_2022" in text


def test_new_makes_the_ready_project(said, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = said("paper", "new", "yen_bai_2021")
    folder = tmp_path / "yen_bai_2021"
    options = Project.open(folder, environment={}).options
    assert options.project.profile == "yen_bai_2021"
    assert (options.scenes.track, options.scenes.swaths) == (164, ("IW1",))
    assert options.stamps_export.baselines == "keep"
    assert "snapstamps scenes download -C yen_bai_2021 --days yen_bai_2021/scenes.csv" in text
    with (folder / "scenes.csv").open() as lines:
        assert [row["date"] for row in csv.DictReader(lines)] == [
            str(day) for day in load_paper("yen_bai_2021").baselines.by_date
        ]
    areas = geopandas.read_file(folder / "areas.geojson")
    assert list(areas.name)[:3] == ["Lang Thip", "Chau Que Ha", "Phong Du Thuong"]
    assert areas.position.str.startswith("because the paper gives no coordinates").all()
    aoi = geopandas.read_file(folder / "aoi.geojson").union_all()
    assert aoi.contains(shapely.union_all(areas.geometry))
    assert (geopandas.read_file(folder / "roads.geojson").geom_type == "LineString").all()


def test_the_scene_list_suits_the_search(said, tmp_path):
    said("paper", "new", "thai_nguyen_2022", tmp_path / "area")
    text = said("scenes", "search", "-C", tmp_path / "area", "--days", tmp_path / "area" / "scenes.csv", "--dry-run")
    assert "track 128, ascending, VV; only the 44 days of" in text


def test_a_file_of_the_users_is_not_overwritten(call, tmp_path):
    (tmp_path / "areas.geojson").write_text("mine")
    code, text = call("new", tmp_path, "--profile", "thai_nguyen_2022")
    assert code == 2
    assert "areas.geojson exists already" in text
    assert not (tmp_path / "snapstamps.toml").exists()


def test_a_profile_may_begin_with_an_export(said, tiny_scene, tmp_path):
    export = next(tiny_scene.glob("INSAR_*"))
    said("new", tmp_path / "area", "--profile", "thai_nguyen_2022", "--from-export", export, "--name", "Twin")
    options = Project.open(tmp_path / "area", environment={}).options
    assert options.scenes.folder is None
    assert options.stamps_export.folder == export
    assert options.project.name == "Twin"


def test_a_profile_and_taken_options_exclude_each_other(call, tmp_path):
    code, text = call("new", tmp_path, "--profile", "teaching", "--from", "velocity.gpkg")
    assert code == 2
    assert "--from and --profile exclude each other" in text


def test_a_teaching_project_has_its_options_and_no_other_files(said, tmp_path):
    said("new", tmp_path / "area", "--profile", "teaching")
    assert [path.name for path in (tmp_path / "area").iterdir()] == ["snapstamps.toml"]
    assert Project.open(tmp_path / "area", environment={}).parms["unwrap_grid_size"] == 100


def test_another_run_is_compared_honestly_and_the_report_shows_it(said, finished):
    text = said("paper", "check", "thai_nguyen_2022", "-C", finished)
    assert "this export was simulated" not in text  # its description does not lie beside it
    assert "not comparable  PS in the coal mine sank by 40 to 60 mm in all" in text
    assert "no PS in Phan Me coal mine" in text
    assert '[project] profile = "thai_nguyen_2022"' in text
    kept = json.loads((finished / "products" / PAPER_CHECK).read_text())
    verdicts = {line["key"]: line["verdict"] for line in kept["lines"]}
    assert (verdicts["dates"], verdicts["master"]) == ("different", "different")
    assert verdicts["city_stable"] == "not comparable"
    page = (finished / "products" / "report.html").read_text()
    assert "Beside the paper: Thai Nguyen (2022)" in page
    assert page.count(">not comparable</td>") == kept["counts"]["not comparable"] > 0


def test_a_project_that_names_its_paper_is_compared_by_every_run(said, finished):
    config = finished / "snapstamps.toml"
    config.write_text(config.read_text().replace('#profile = ""', 'profile = "yen_bai_2021"'))
    (finished / "scene.json").write_text("{}")
    project = Project.open(finished, environment={})
    stale = [state.unit.name for state in project_states(project) if state.condition is not Condition.DONE]
    assert stale == ["report"]
    run_project(project)
    shown = json.loads(said("paper", "check", "-C", finished, "--json"))
    assert shown["profile"] == "yen_bai_2021"
    assert shown["simulated"] is True
    assert "simulated: what agrees here was put in" in (finished / "products" / "report.html").read_text()
    assert "nothing to do" in said("report", "-C", finished)


def test_a_run_without_results_cannot_be_compared(call, said, tmp_path, tiny_scene):
    export = next(tiny_scene.glob("INSAR_*"))
    said("new", tmp_path / "area", "--from-export", export)
    code, text = call("paper", "check", "thai_nguyen_2022", "-C", tmp_path / "area")
    assert code == 2
    assert "snapstamps run" in text
    code, text = call("paper", "check", "-C", tmp_path / "area")
    assert code == 2
    assert "follows no paper" in text


def test_two_profiles_differ_in_facts_and_options(said):
    rows = {
        row["what"]: row for row in json.loads(said("profile", "diff", "thai_nguyen_2022", "yen_bai_2021", "--json"))
    }
    assert (rows["scenes.count"]["one"], rows["scenes.count"]["other"]) == ("44", "27")
    assert rows["scenes.swaths"]["one_origin"] == "Table 1"
    assert rows["export.formats"]["other"] == "gpkg, shp"
    assert "scenes.polarisation" not in rows
    assert "stamps.quirks" not in rows


def test_a_profile_differs_from_stamps_defaults_in_what_it_sets(said):
    rows = {row["what"]: row for row in json.loads(said("profile", "diff", "teaching", "--json"))}
    assert (rows["stamps.parms.unwrap_grid_size"]["one"], rows["stamps.parms.unwrap_grid_size"]["other"]) == (
        "100",
        "200",
    )
    assert "stamps.parms.unwrap_method" not in rows
    papers = said("profile", "diff", "thai_nguyen_2022", "stamps-defaults")
    assert "stamps.parms.unwrap_method" not in papers  # 3D is the default
    assert "reproduce" in papers
    assert "do not differ" in said("profile", "diff", "teaching", "teaching")


def test_the_twin_is_told_before_it_is_made(said, call):
    facts = json.loads(said("simulate", "x", "--profile", "thai_nguyen_2022", "--dry-run", "--json"))
    assert facts["n_scenes"] == 44
    assert facts["expected_ps"] > 5000
    small = json.loads(said("simulate", "x", "--profile", "thai_nguyen_2022", "--small", "--dry-run", "--json"))
    assert small["export_bytes"] < 0.6 * facts["export_bytes"]
    code, text = call("simulate", "x", "--profile", "thai_nguyen_2022", "--spec", "scene.json")
    assert code == 2
    assert "exclude each other" in text


def test_other_dates_take_the_papers_baselines_away(said, tmp_path):
    size = ("--lines", 20, "--samples", 40, "--dates", "20200101,20200113", "--still")
    said("simulate", tmp_path, "--profile", "yen_bai_2021", *size)
    spec = json.loads((tmp_path / "scene.json").read_text())
    assert spec["perpendicular_m"] == []
    assert len(spec["dates"]) == 2


@pytest.mark.parametrize(("is_there", "engine"), [(True, "octave"), (False, "native")])
def test_auto_takes_the_original_where_a_paper_asks_for_it_and_it_is_found(monkeypatch, is_there, engine):
    def find(*_args, **_options):
        if not is_there:
            raise InputError("StaMPS is not found")

    monkeypatch.setattr(octave, "find_stamps", find)
    monkeypatch.setattr(octave, "find_octave", find)
    asked = []
    monkeypatch.setattr("snapstamps.engines.octave.engine.OctaveEngine", asked.append)
    choose.create_engine("auto", prefer_original=True)
    assert bool(asked) == (engine == "octave")
    asked.clear()
    choose.create_engine("auto")
    assert not asked
