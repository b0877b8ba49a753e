"""The native engine: StaMPS's steps in numpy and numba, proven against StaMPS field by field."""

from importlib import import_module
from typing import Any

import snapstamps
from snapstamps.engines.base import RunContext
from snapstamps.engines.native.limits import refuse_unsupported
from snapstamps.stamps.parms import ParmsView
from snapstamps.stamps.steps import Step
from snapstamps.stamps.store import StampsStore


class NativeEngine:
    """
    Does the steps of StaMPS without StaMPS.

    Every row of the table of steps has its module here: row ``4_weed`` is ``step4_weed``, which is
    imported when it is needed.
    """

    name = "native"

    def version(self) -> str:
        """Return what the journal records as the engine's version: that of the package."""
        return snapstamps.__version__

    def refuse(self, values: dict[str, Any]) -> None:
        """
        Refuse, before any work, parameter values that this engine does not support.

        Parameters
        ----------
        values : dict
            StaMPS's parameters.

        Raises
        ------
        InputError
            Naming the parameter, its value, and where else it works.
        """
        refuse_unsupported(values)

    def run(self, step: Step, store: StampsStore, parms: ParmsView, context: RunContext) -> None:
        """
        Do one unit of work in ``store.path`` and leave StaMPS's own artefacts there.

        Parameters
        ----------
        step : Step
            Row of the table of steps.
        store : StampsStore
            The patch, or the working folder for steps of the stack.
        parms : ParmsView
            What the step may see of the parameters.
        context : RunContext
            Of this run.

        Raises
        ------
        SnapstampsError
            With cause and remedy.
        """
        import_module(f"snapstamps.engines.native.step{step.key}").run(store, parms, context)
