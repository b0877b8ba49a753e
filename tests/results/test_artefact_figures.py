"""Every file that a step leaves can be drawn, from a project or from a folder of StaMPS."""

import io
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

import snapstamps as ss
from snapstamps.cli.main import app
from snapstamps.model.errors import InputError
from snapstamps.results.figures.artefacts.panels import about_median, robust_limits, symmetric
from snapstamps.results.figures.artefacts.run import PLOTS, draw_artefact
from snapstamps.results.figures.artefacts.source import OTHERS, Source, drawable, find_source
from snapstamps.stamps.artefacts import ARTEFACTS
from snapstamps.stamps.parms import read_parms, write_parms
from snapstamps.stamps.store import StampsStore

OF_STAMPS_ONLY = {"mean_v", "mv2"}
"""Written by StaMPS's own plot functions: taken from the stored results of real StaMPS."""


@pytest.fixture
def folder_of(tiny_project: Path, reference_s: Path):
    """Give a function that returns the StaMPS folder that holds an artefact."""
    return lambda name: reference_s / "stamps" if name in OF_STAMPS_ONLY else tiny_project / "stamps"


def picture(source: Source) -> Image.Image:
    """Draw and render, coarsely."""
    part = io.BytesIO()
    draw_artefact(source).figure.savefig(part, format="png", dpi=40)
    return Image.open(part)


def test_every_row_of_the_registry_has_a_drawing_and_no_other_has():
    assert set(PLOTS) == {*ARTEFACTS, *OTHERS}


@pytest.mark.parametrize("name", PLOTS)
def test_every_artefact_is_drawn(name, folder_of):
    source = find_source(folder_of(name), name)
    assert source.name == name
    sheet = draw_artefact(source)
    texts = [text.get_text() for text in sheet.figure.texts]
    assert any(name in text for text in texts)
    assert len(picture(source).convert("RGB").getcolors(1 << 24) or []) > 20  # not an empty sheet


@pytest.mark.parametrize("name", ["ph1", "ph2", "rc2", "phuw2", "scn2"])
def test_one_interferogram_is_drawn_large_and_differs_from_another(name, tiny_project):
    folder = tiny_project / "stamps"
    first, again, other = (picture(find_source(folder, name, ifg=ifg)) for ifg in ("2", "2019-01-17", "5"))
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()


def test_a_name_without_number_is_the_latest_version_that_is_there(tiny_project, tmp_path):
    assert find_source(tiny_project / "stamps", "pm").name == "pm2"
    assert find_source(tiny_project / "stamps", "select").name == "select1"
    only_first = tmp_path / "PATCH_1"
    only_first.mkdir()
    for name in ("ps1", "pm1"):
        shutil.copy(tiny_project / "stamps" / "PATCH_1" / f"{name}.mat", only_first)
    assert find_source(only_first, "pm.mat").name == "pm1"


def test_the_columns_of_the_unwrapping_are_those_of_the_dates_that_were_not_dropped(tiny_project, tmp_path):
    folder = tmp_path / "stamps"
    folder.mkdir()
    for name in ("ps2", "parms"):
        shutil.copy(tiny_project / "stamps" / f"{name}.mat", folder)
    parms = read_parms(folder / "parms.mat")
    write_parms(folder / "parms.mat", {**parms, "drop_ifg_index": [2, 4]})
    source = Source(StampsStore(folder), "uw_grid", "5")
    n_scenes = len(source.days)
    assert source.master > 5
    assert source.column(n_scenes - 1) == 4  # all slaves: dates 1, 2, 3, 4, 5
    assert source.column(n_scenes - 3) == 2  # dates 1, 3, 5
    with pytest.raises(InputError, match="dropped"):
        Source(StampsStore(folder), "uw_grid", "4").column(n_scenes - 3)


def test_without_a_date_the_one_farthest_from_the_master_is_shown(tiny_project):
    source = find_source(tiny_project / "stamps", "uw_grid")
    away = [abs((day - source.days[source.master]).days) for day in source.days]
    assert away[source.date] == max(away)


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("pmm1", {}, "nearest is pm1"),
        ("mv2", {}, "there is no mv2.mat yet"),
        ("pm1", {"patch": "7"}, "there is no PATCH_7"),
        ("ph2", {"ifg": "99"}, "18 dates"),
        ("ph2", {"ifg": "2020-01-01"}, "no date"),
        ("ph2", {"ifg": "2019-04-23"}, "is the master"),
    ],
)
def test_what_is_not_there_is_told_with_what_to_do(name, options, message, tiny_project, tmp_path):
    with pytest.raises(InputError, match=message):
        ss.plot(tiny_project, name, out=tmp_path / "x.png", **options)


def test_neither_project_nor_stamps_folder_is_an_error(tmp_path):
    with pytest.raises(InputError, match="neither a project"):
        ss.plot(tmp_path, "pm1")


def test_a_picture_of_another_kind_is_refused(tmp_path):
    write_parms(tmp_path / "parms.mat", {"n_cores": 1})
    with pytest.raises(InputError, match="ends with"):
        ss.plot(tmp_path, "parms", out=tmp_path / "x.doc")


def test_the_command_draws_from_a_project_and_from_a_folder_of_stamps(tiny_project, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    runner = CliRunner()
    out = tmp_path / "new" / "noise.svg"
    done = runner.invoke(app, ["plot", "ifgstd2", "-C", str(tiny_project), "--out", str(out)])
    assert done.exit_code == 0, done.output
    assert out.read_text().startswith("<?xml")
    done = runner.invoke(app, ["plot", "psver", "-C", str(tiny_project / "stamps"), "--json"])
    assert json.loads(done.stdout)["file"] == str(tmp_path / "psver.png")
    with Image.open(tmp_path / "psver.png") as drawn:
        assert drawn.width > 500


def test_without_a_name_the_command_lists_what_is_there(tiny_project):
    done = CliRunner().invoke(app, ["plot", "-C", str(tiny_project), "--json"])
    rows = json.loads(done.stdout)
    assert [(row["artefact"], row["patch"]) for row in rows] == drawable(tiny_project / "stamps")
    assert {"pm1", "uw_grid", "parms", "mean_amp"} <= {row["artefact"] for row in rows}
    assert all(row["what"] for row in rows)


def test_values_about_their_median_and_limits_do_not_trip_over_nothing():
    nothing = np.full(3, np.nan)
    assert np.isnan(about_median(nothing)).all()
    assert robust_limits(nothing) == (0.0, 1.0)
    assert symmetric(nothing) == (-1.0, 1.0)
