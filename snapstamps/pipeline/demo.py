"""The demonstration: a simulated scene from its export to velocities, and their error against the truth."""

from dataclasses import dataclass
from pathlib import Path

from snapstamps.config.load import CONFIG_NAME, resolve
from snapstamps.config.project import Project
from snapstamps.journal import Record
from snapstamps.model.errors import InputError
from snapstamps.pipeline.create import create_project
from snapstamps.pipeline.estimate import Estimate, estimate_project
from snapstamps.pipeline.report import Reporter
from snapstamps.pipeline.runner import run_project
from snapstamps.pipeline.truth_check import TruthCheck, check_against_truth
from snapstamps.simulate.presets import preset
from snapstamps.simulate.run import simulate_export
from snapstamps.simulate.spec import read_spec
from snapstamps.simulate.truth import TRUTH_NAME

SPEC_NAME = "scene.json"


@dataclass(frozen=True)
class DemoResult:
    """
    What the demonstration came to.

    Attributes
    ----------
    project : Project
        Its project.
    records : list of Record
        What was done now.
    estimate : Estimate
        What was expected of it before.
    truth : TruthCheck
        How good the velocities are.
    """

    project: Project
    records: list[Record]
    estimate: Estimate
    truth: TruthCheck


def run_demo(folder: Path, *, scene: str, reporter: Reporter) -> DemoResult:
    """
    Simulate a scene, process it, and compare the velocities with the truth.

    Parameters
    ----------
    folder : Path
        Gets the scene and the project; what an earlier demonstration left there is gone on with.
    scene : str
        Name of a preset.
    reporter : Reporter
        Listens.

    Raises
    ------
    InputError
        If the folder holds something else.
    """
    spec = preset(scene)
    simulated = folder / SPEC_NAME
    if not (simulated.is_file() and read_spec(simulated) == spec and (folder / TRUTH_NAME).is_file()):
        if (folder / CONFIG_NAME).exists():
            raise InputError(
                "the folder holds another project", where=folder, remedy="another --folder, or delete this one"
            )
        reporter.started("simulate", 0, 1)
        simulate_export(spec, folder, progress=reporter.progress, overwrite=True)
    if not (folder / CONFIG_NAME).exists():
        table = {
            "project": {"name": f"snapstamps demonstration ({scene})"},
            "stamps": {"parms": dict(spec.recommended_parms)},
        }
        create_project(folder, resolve(table, environment={}, overrides={}).options)
    project = Project.open(folder)
    estimate = estimate_project(project)
    records = run_project(project, reporter=reporter)
    truth = check_against_truth(project.stamps_folder, folder / TRUTH_NAME, quantity=project.options.export.quantity)
    return DemoResult(project, records, estimate, truth)
