"""Folders whose names a shell would run: nothing is run, and everything works."""

import os
import shutil
from pathlib import Path

import pytest
from faults.client import Server
from faults.ladder import artefacts, environment_of, rung_of
from faults.table import STAGES
from stamps_stand_in import HOME

ODD = "a b;$(touch owned)`touch owned`&touch owned|'\"<>*?[x]#%~"
"""Almost all that a shell takes for its own; `owned` would be the file that it makes."""


@pytest.fixture(scope="module")
def odd(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("odd") / ODD
    folder.mkdir()
    return folder


def do(server: Server, ladder: Path, key: str, area: Path, **env: str) -> None:
    """Do a stage in a folder of an odd name, standing in it; it must come to the files of an ordinary one."""
    stage = STAGES[key]
    rung = rung_of(ladder, key)
    area.parent.mkdir(parents=True)
    if rung.before is not None:
        shutil.copytree(rung.before, area, symlinks=True)
    words = ["simulate", str(area)] if key == "simulate" else [*stage.words, "-C", str(area)]
    ended = server.run(words, root=area, env={**environment_of(ladder, stage), **env}, cwd=area.parent)
    assert ended.code == 0, ended.err
    assert artefacts(area, stage) == artefacts(rung.after, stage)
    assert not [path for path in area.parent.rglob("*") if path.name == "owned"]


@pytest.mark.parametrize("key", ["simulate", "6_native", "report"])
def test_a_project_in_a_folder_of_an_odd_name_comes_to_the_same_files(key, server, ladder, odd):
    # the folder's own name is the title of the products, so that one is ordinary
    do(server, ladder, key, odd / key / "area")


@pytest.mark.usefixtures("with_octave")
def test_stamps_in_a_folder_of_an_odd_name_works_on_a_project_in_another(server, ladder, odd):
    home = odd / "stamps home"
    shutil.copytree(HOME, home)
    do(server, ladder, "4_octave", odd / "octave" / "area", SNAPSTAMPS_STAMPS__HOME=str(home))


def test_snap_in_a_folder_of_an_odd_name_prepares_a_project_in_another(server, ladder, odd):
    home = odd / "snap home"
    shutil.copytree(ladder / "world" / "snap", home)
    program = home / "bin" / "gpt"
    program.write_text(f"#!/bin/sh\nexec '{ladder / 'world' / 'snap' / 'bin' / 'gpt'}' \"$@\"\n")
    do(server, ladder, "prepare", odd / "prepare" / "area", SNAPSTAMPS_SNAP__HOME=str(home))


def test_an_export_in_a_folder_of_an_odd_name_is_read(server, ladder, odd):
    export = odd / "exports" / next((ladder / "scene").iterdir()).name
    shutil.copytree(next((ladder / "scene").iterdir()), export, copy_function=os.link)
    area = odd / "new" / "area"
    for words in (["new", str(area), "--from-export", str(export)], ["candidates", "-C", str(area)]):
        if words[0] == "candidates":
            assert server.run(["run", "--to", "check", "-C", str(area)], root=area, cwd=odd).code == 0
        ended = server.run(words, root=area, cwd=odd)
        assert ended.code == 0, ended.err
    stage = STAGES["candidates"]
    wanted = artefacts(rung_of(ladder, "candidates").after, stage)
    found = artefacts(area, stage)
    assert {name for name in wanted if name.startswith("stamps/PATCH_1")} <= set(found)
    assert not list(odd.rglob("owned"))
