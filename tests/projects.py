"""Projects of simulated scenes, for tests."""

import shutil
from pathlib import Path

from snapstamps.config.load import resolve
from snapstamps.config.project import Project
from snapstamps.pipeline.create import create_project
from snapstamps.simulate.spec import read_spec


def make_project(scene: Path, folder: Path, **stamps_parms: object) -> Project:
    """Copy a simulated export into a folder and make a project of it, with the parameters that suit the scene."""
    for export in scene.glob("INSAR_*"):
        shutil.copytree(export, folder / export.name, dirs_exist_ok=True)
    parms = {**read_spec(scene / "scene.json").recommended_parms, **stamps_parms}
    options = resolve(
        {"stamps": {"parms": parms}, "run": {"workers": 1}, "export": {"figures": []}}, environment={}, overrides={}
    ).options
    return create_project(folder, options)
