"""A project folder: its options, and where its parts lie."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from snapstamps.config.load import CONFIG_NAME, DEFAULT_ORIGIN, load
from snapstamps.config.options import Options
from snapstamps.config.stamps_parms import parm_defaults
from snapstamps.model.errors import InputError
from snapstamps.model.paths import expanded

PLAN_NAME = "prepare.json"
"""What a project that begins with scenes is to do with SNAP; it names the master."""


@dataclass(frozen=True)
class Project:
    """
    One project.

    Attributes
    ----------
    folder : Path
        The project folder, absolute.
    options : Options
        What ``snapstamps.toml``, the environment and the command line say.
    origins : mapping of str to str
        Dotted key -> where its value comes from; keys that have their default are absent.
    """

    folder: Path
    options: Options
    origins: Mapping[str, str]

    @classmethod
    def open(
        cls,
        folder: Path,
        *,
        overrides: Mapping[str, object] | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> Self:
        """
        Open a project folder.

        Parameters
        ----------
        folder : Path
            Holds ``snapstamps.toml``.
        overrides : mapping of str to object, optional
            Dotted key -> value from the command line.
        environment : mapping of str to str, optional
            Variables; default those of the process.

        Raises
        ------
        InputError
            If it is not a project, or its configuration is wrong.
        """
        folder = expanded(folder).absolute()
        path = folder / CONFIG_NAME
        if not path.is_file():
            raise InputError(
                f"this is not a snapstamps project: it has no {CONFIG_NAME}",
                where=folder,
                remedy="snapstamps new DIR --from-export INSAR_…, or -C with the project's folder",
            )
        loaded = load(path, environment=environment, overrides=overrides)
        return cls(folder, loaded.options, loaded.origins)

    @property
    def config_file(self) -> Path:
        """Return the path of ``snapstamps.toml``."""
        return self.folder / CONFIG_NAME

    @property
    def export_folder(self) -> Path:
        """
        Return the ``INSAR_<master>`` folder: the configured one, else the only one of the project.

        Raises
        ------
        InputError
            If it does not exist, or if there are several.
        """
        option = self.options.stamps_export.folder
        if option is not None:
            folder = self.path_of(option)
            if not folder.is_dir():
                raise InputError(
                    "the folder that SNAP exported is missing",
                    where=folder,
                    remedy=f"correct [stamps_export] folder in {CONFIG_NAME}",
                )
            return folder
        found = sorted(path for path in self.folder.glob("INSAR_*") if path.is_dir())
        planned = [path for path in found if path.name == self._planned_export()]
        if len(found) == 1 or planned:
            return (planned or found)[0]
        raise InputError(
            f"{len(found)} INSAR_… folders in the project; one is needed",
            where=self.folder,
            why="\n".join(path.name for path in found) or None,
            remedy=f"name it: [stamps_export] folder in {CONFIG_NAME}",
        )

    def _planned_export(self) -> str:
        """Return the name of the export that the preparation makes; empty without one."""
        try:
            plan = json.loads((self.folder / PLAN_NAME).read_text(encoding="utf-8"))
            return f"INSAR_{plan['master'].replace('-', '')}"
        except (OSError, ValueError, LookupError, AttributeError, TypeError):
            return ""  # who needs the plan itself says what is wrong with it

    @property
    def stamps_folder(self) -> Path:
        """Return StaMPS's working folder."""
        return self.path_of(self.options.stamps.folder)

    @property
    def products_folder(self) -> Path:
        """Return the folder of the results."""
        return self.folder / "products"

    @property
    def logs_folder(self) -> Path:
        """Return the folder of the journal and of the logs."""
        return self.folder / "logs"

    @property
    def parms(self) -> dict[str, Any]:
        """Return all StaMPS parameters: the defaults, and what the user set."""
        return {**parm_defaults(), **self.options.stamps.parms}

    def path_of(self, path: Path) -> Path:
        """Return a configured path as an absolute one; relative ones start at the project folder."""
        return self.folder / expanded(path)

    def origin(self, key: str) -> str:
        """Return where the value of a dotted key, such as ``stamps.engine``, comes from."""
        return self.origins.get(key, DEFAULT_ORIGIN)
