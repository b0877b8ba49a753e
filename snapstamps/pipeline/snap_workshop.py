"""What all runs of SNAP in a project share: which SNAP, the choices of the chain, and what each gpt may use."""

from snapstamps.config.project import Project
from snapstamps.external.gpt import SnapInstallation, find_snap, machine, plan_resources
from snapstamps.model.errors import DataError
from snapstamps.pipeline.snap_plan import current_plan, plan_path
from snapstamps.pipeline.snap_units import chain_of
from snapstamps.snap.prepare_plan import PreparePlan
from snapstamps.snap.run import Workshop


def installed_snap(project: Project) -> SnapInstallation:
    """
    Find the SNAP of a project.

    Raises
    ------
    InputError, ToolError
        If it is not found, or its version cannot be told.
    """
    home = project.options.snap.home
    return find_snap(None if home is None else project.path_of(home))


def open_workshop(
    project: Project, plan: PreparePlan | None = None, *, snap: SnapInstallation | None = None
) -> Workshop:
    """
    Find SNAP, and share the machine among its processes.

    Parameters
    ----------
    project : Project
        The project.
    plan : PreparePlan, optional
        The one that is kept, by default.
    snap : SnapInstallation, optional
        Looked for by default.

    Raises
    ------
    InputError, ToolError
        If SNAP is not found, or its version cannot be told.
    """
    options = project.options.snap
    plan = plan or current_plan(project)
    if plan is None:
        raise DataError("there is no plan yet", where=plan_path(project), remedy="`snapstamps prepare`")
    heap = None if options.heap == "auto" else options.heap
    cluster = project.options.cluster
    # on a cluster each worker, which is a machine of its own, runs one gpt
    share = (*machine(), options.workers) if cluster.kind == "none" else (cluster.cores, cluster.memory, 1)
    return Workshop(
        snap=snap or installed_snap(project),
        plan=plan,
        chain=chain_of(project, plan),
        resources=plan_resources(*share[:2], heap=heap, processes=share[2]),
        timeout=3600 * options.timeout,
        silence=60 * options.silence,
        orbits=project.options.scenes.orbits,
    )
