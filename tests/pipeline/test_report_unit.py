"""The report as a unit of work: what makes it stale, what it is told, what it survives."""

import shutil

import geopandas
import pytest
import shapely

from snapstamps.config.project import Project
from snapstamps.pipeline.runner import Request, project_states, run_project
from snapstamps.pipeline.stages import changed_options, do_report
from snapstamps.pipeline.state import Condition


def not_done(project: Project) -> list[str]:
    return [state.unit.name for state in project_states(project) if state.condition is not Condition.DONE]


def with_export(folder, **options) -> Project:
    return Project.open(folder, overrides={f"export.{name}": value for name, value in options.items()})


@pytest.fixture
def folder(finished):
    """A finished project."""
    return finished


def write_areas(folder, side):
    square = shapely.box(105.847, 21.028, 105.847 + side, 21.028 + side)
    geopandas.GeoDataFrame({"name": ["Mine"]}, geometry=[square], crs=4326).to_file(folder / "areas.geojson")


def test_areas_make_only_the_report_stale_and_so_does_a_change_of_their_file(folder):
    write_areas(folder, 0.004)
    project = with_export(folder, areas="areas.geojson")
    assert not_done(project) == ["report"]
    run_project(project)
    assert not_done(project) == []
    assert "Mine" in (folder / "products" / "report.html").read_text()
    write_areas(folder, 0.006)
    (state,) = [state for state in project_states(project) if state.condition is not Condition.DONE]
    assert (state.unit.name, state.reason) == ("report", "areas.geojson has changed")


def test_another_quantity_makes_the_export_and_the_report_stale(folder):
    assert not_done(with_export(folder, quantity="v-d")) == ["export", "report"]


def test_a_reference_makes_export_and_report_stale_and_nothing_else(folder):
    assert not_done(with_export(folder, reference="mean")) == ["export", "report"]
    write_areas(folder, 0.004)
    project = with_export(folder, reference="areas.geojson")
    assert not_done(project) == ["export", "report"]
    run_project(project)
    for product in ("report.html", "methods.md"):
        assert "PS, inside areas.geojson" in (folder / "products" / product).read_text()
    assert not_done(project) == []
    write_areas(folder, 0.006)
    assert not_done(project) == ["export", "report"]


def test_the_area_of_interest_is_a_layer_of_the_results(folder):
    write_areas(folder, 0.004)
    project = Project.open(folder, overrides={"project.aoi": "areas.geojson"})
    run_project(project, Request(first="export", last="export"))
    gpkg = folder / "products" / "velocity.gpkg"
    (area,) = geopandas.read_file(gpkg, layer="aoi").itertuples()
    assert area.geometry.equals_exact(shapely.box(105.847, 21.028, 105.851, 21.032), 1e-9, normalize=True)
    assert area.description == "area of interest of the project"
    inside = geopandas.read_file(gpkg, layer="ps").intersects(area.geometry)
    assert area.ps == inside.sum() > 10


def test_the_export_alone_leaves_the_report_to_be_done(folder):
    project = with_export(folder, quantity="v-d")
    assert [record.unit for record in run_project(project, Request(first="export", last="export"))] == ["export"]
    assert not_done(project) == ["report"]


def test_a_deleted_report_is_made_again_with_the_same_bytes(folder):
    path = folder / "products" / "report.html"
    run_project(Project.open(folder), Request(first="report", last="report", redo=True))
    before = path.read_bytes()
    path.unlink()
    assert not_done(Project.open(folder)) == ["report"]
    run_project(Project.open(folder))
    assert path.read_bytes() == before


def test_it_needs_no_export_folder_any_more(folder):
    shutil.rmtree(next(folder.glob("INSAR_*")))
    project = with_export(folder, background="hillshade", figures=["svg"])
    unit = next(state.unit for state in project_states(project) if state.unit.name == "report")
    names = {path.name for path in do_report(project, unit, lambda _done, _total: None).outputs}
    assert names >= {"report.html", "methods.md", "CITATION.bib", "velocity_map.svg"}


def test_a_missing_vector_file_stops_it_and_leaves_the_old_report(folder):
    before = (folder / "products" / "report.html").read_bytes()
    with pytest.raises(Exception, match=r"no such vector file(.|\n)*gone\.gpkg"):
        run_project(with_export(folder, areas="gone.gpkg"))
    assert (folder / "products" / "report.html").read_bytes() == before


def test_what_differs_from_the_defaults_is_told_with_its_origin(folder):
    changes = {change.key: change for change in changed_options(with_export(folder, quantity="v-d"))}
    assert (changes["export.quantity"].value, changes["export.quantity"].default) == ('"v-d"', '"v-do"')
    assert changes["stamps.parms.unwrap_grid_size"].value == "50"
    assert changes["stamps.parms.unwrap_grid_size"].origin != "default"
    assert "stamps.engine" not in changes
