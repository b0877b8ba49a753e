"""
Undisturbed work, stage by stage: before each stage a copy of the project, after it what came out.

A cell begins with the copy before its stage, and must come to what came out without its fault.
"""

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

from faults.client import Server
from faults.table import STAGES, Stage
from scene_projects import make_scene_project
from snap_worlds import make_world, small_spec
from stamps_stand_in import HOME

from snapstamps.config.load import resolve
from snapstamps.journal import digest_of
from snapstamps.pipeline.create import create_project
from snapstamps.simulate.spec import read_spec
from snapstamps.stamps.steps import STEPS, Scope

_LISTS_OF_PATHS = frozenset(
    {"rsc.txt", "calamp.in", "calamp.out", "selpsc.in", "pscphase.in", "pscdem.in", "psclonlat.in"}
)
_NOT_OF_THE_STAND_IN = ("parms.mat", "patch.list_old", "snaphu.")
"""What StaMPS leaves beside its results, and the stand-in for it does not."""
_TOLD = frozenset({".log", ".html", ".lock"})
"""Logs tell times and folders, the report when things were done, a lock who is at work."""


@dataclass(frozen=True)
class Rung:
    """
    One stage of the undisturbed work.

    Attributes
    ----------
    before, after : Path
        The folder before and after it (before: None where there was nothing).
    moments : int
        Files that it opened for writing and renamed.
    """

    before: Path | None
    after: Path
    moments: int


def artefacts(folder: Path, stage: Stage) -> dict[str, str]:
    """Return the digests of all files of a folder that must be the same after any fault."""
    if stage.engine == "gpt":
        places = sorted(folder.glob("INSAR_*"))
    elif stage.name == "simulate":
        places = [folder]
    else:
        places = [folder / "stamps", folder / "products"]
    found = {}
    for place in places:
        for path in sorted(place.rglob("*")):
            if not path.is_file() or path.suffix in _TOLD or path.name in _LISTS_OF_PATHS:
                continue
            if stage.engine != "octave" or not path.name.startswith(_NOT_OF_THE_STAND_IN):
                found[str(path.relative_to(folder))] = digest_of(path)
    return found


def build(folder: Path, tiny_scene: Path) -> None:
    """Do all stages undisturbed in a folder, and keep a copy of every state."""
    server = Server()
    try:
        moments = {"simulate": _simulate(server, folder), **_run_stages(server, folder, tiny_scene)}
        moments["prepare"] = _prepare(server, folder)
    finally:
        server.close()
    (folder / "moments.json").write_text(json.dumps(moments))


def make_area(area: Path, export: Path, scene: Path) -> None:
    """Make a project of an export that lies elsewhere."""
    table = {
        "stamps": {"parms": read_spec(scene / "scene.json").recommended_parms},
        "stamps_export": {"folder": str(export)},
        "run": {"workers": 1},
        "export": {"figures": [], "bootstrap": 10},
    }
    create_project(area, resolve(table, environment={}, overrides={}).options)


def rung_of(ladder: Path, key: str) -> Rung:
    """Return the rung of a stage; both engines share it, since both must come to the same files."""
    name = key.replace("octave", "native")
    before = ladder / name / "before"
    counts = json.loads((ladder / "moments.json").read_text())
    return Rung(before if before.is_dir() else None, ladder / name / "after", counts[name])


def export_of(ladder: Path) -> Path:
    """Return the simulated export that all cells share."""
    return next((ladder / "scene").glob("INSAR_*"))


def environment_of(ladder: Path, stage: Stage) -> dict[str, str]:
    """Return what the stand-in for StaMPS needs to know."""
    if stage.engine != "octave":
        return {}
    return {
        "SNAPSTAMPS_STAMPS__HOME": str(HOME),
        "SNAPSTAMPS_TEST_RESULTS": str(ladder / "results"),
        "SNAPSTAMPS_TEST_DOES": "take",
    }


def _simulate(server: Server, folder: Path) -> int:
    target = folder / "simulate" / "after"
    target.parent.mkdir(parents=True)
    ended = server.run(["simulate", str(target)], root=target)
    assert ended.code == 0, ended.err
    return ended.moments


def _run_stages(server: Server, folder: Path, tiny_scene: Path) -> dict[str, int]:
    export = next(tiny_scene.glob("INSAR_*"))
    shutil.copytree(export, folder / "scene" / export.name)
    area = folder / "work" / "area"
    make_area(area, export_of(folder), tiny_scene)
    assert server.run(["run", "--to", "check", "-C", str(area)], root=area).code == 0
    moments = {}
    for key, stage in STAGES.items():
        if key == "simulate" or stage.is_foreign:
            continue
        shutil.copytree(area, folder / key / "before")
        ended = server.run([*stage.words, "-C", str(area)], root=area)
        assert ended.code == 0, ended.err
        moments[key] = ended.moments
        shutil.copytree(area, folder / key / "after")
    for step in STEPS:
        place = "PATCH_1" if step.scope is Scope.PATCH else "stamps"
        target = folder / "results" / f"{step.number}_{place}"
        target.mkdir(parents=True)
        source = folder / f"{step.number}_native" / "after" / "stamps" / ("" if place == "stamps" else place)
        for name in step.writes:
            shutil.copyfile(source / f"{name}.mat", target / f"{name}.mat")
    return moments


def _prepare(server: Server, folder: Path) -> int:
    """Prepare all pairs, then take one of them back: that one is what the cells do."""
    world = make_world(folder / "world", small_spec(n_dates=3), with_pixels=True)
    area = folder / "work" / "scenes"
    make_scene_project(world, area, snap__keep="all")
    ended = server.run(["prepare", "-C", str(area)], root=area)
    assert ended.code == 0, ended.err
    shutil.copytree(area, folder / "prepare" / "after")
    journal = area / "logs" / "journal.jsonl"
    records = [json.loads(line) for line in journal.read_text().splitlines()]
    last = max(r["unit"].rpartition("/")[2] for r in records if r["unit"].startswith("stamps_export/"))
    undone = [record for record in records if record["unit"].endswith(last)]
    for record in undone:
        for name in record["outputs"]:
            path = area / name
            shutil.rmtree(path.with_suffix(".data"), ignore_errors=True)
            path.unlink(missing_ok=True)
    journal.write_text("".join(json.dumps(record) + "\n" for record in records if record not in undone))
    shutil.copytree(area, folder / "prepare" / "before")
    again = server.run(["prepare", "-C", str(area)], root=area)
    assert again.code == 0, again.err
    return again.moments
