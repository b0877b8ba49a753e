"""The Python face of a project: open it, run it, look at it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from snapstamps.config.project import Project as ConfiguredProject
from snapstamps.journal import Record
from snapstamps.model.errors import DataError, InputError
from snapstamps.pipeline.report import Reporter
from snapstamps.pipeline.runner import Request, project_states, run_project
from snapstamps.pipeline.state import UnitState
from snapstamps.pipeline.units import STAGES

if TYPE_CHECKING:
    import geopandas

RESULT_NAME = "velocity.gpkg"


class Project(ConfiguredProject):
    """A project folder that can be run and looked at."""

    def run(
        self,
        *,
        since: str = STAGES[0],
        to: str = STAGES[-1],
        steps: tuple[int, int] = (1, 8),
        redo: bool = False,
        engine: str | None = None,
        reporter: Reporter | None = None,
    ) -> list[Record]:
        """
        Do everything that is not done yet, as ``snapstamps run`` does.

        Parameters
        ----------
        since, to : str
            First and last stage; see ``STAGES``.
        steps : tuple of int
            First and last step of StaMPS.
        redo : bool
            Do again what is done, too.
        engine : str, optional
            Instead of the configured one.
        reporter : Reporter, optional
            Listens.

        Returns
        -------
        list of Record
            What was done, in order.

        Raises
        ------
        SnapstampsError
            With the cause and what to try.
        """
        for stage in (since, to):
            if stage not in STAGES:
                raise InputError(f"there is no stage {stage!r}", remedy=f"one of {', '.join(STAGES)}")
        return run_project(self, Request(since, to, steps, redo, engine), reporter)

    def states(self) -> list[UnitState]:
        """Tell of every unit of work whether it is done, stale (and why) or missing."""
        return project_states(self)

    def results(self) -> "geopandas.GeoDataFrame":
        """
        Read the results: velocity, deviation, coherence, displacements DYYYYMMDD.

        Raises
        ------
        DataError
            If nothing was exported yet.
        """
        import geopandas  # noqa: PLC0415 - loads slowly, and most runs do not need it

        path = self.products_folder / RESULT_NAME
        if not path.is_file():
            raise DataError("there are no results yet", where=path, remedy="project.run(), or `snapstamps run`")
        return geopandas.read_file(path, layer="ps")


def open(folder: str | Path, **overrides: Any) -> Project:  # noqa: A001 - reads as snapstamps.open
    """
    Open a project folder.

    Parameters
    ----------
    folder : str or Path
        Holds ``snapstamps.toml``.
    **overrides
        Options in the place of those of the file, ``section__key=value``.

    Returns
    -------
    Project

    Raises
    ------
    InputError
        If it is not a project, or its configuration is wrong.
    """
    return Project.open(Path(folder), overrides={name.replace("__", "."): value for name, value in overrides.items()})
