"""What the engine octave does not do: parameter values that it refuses by name, before any work."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from snapstamps.model.errors import InputError


def refuse_unsupported(values: Mapping[str, Any], functions: Path) -> None:
    """
    Refuse parameter values that StaMPS, or what stands around it here, cannot work with.

    Parameters
    ----------
    values : mapping
        StaMPS's parameters; those that are absent have their defaults, which are supported.
    functions : Path
        StaMPS's ``.m`` files.

    Raises
    ------
    InputError
        Naming the parameter, its value, why, and what to do.
    """
    if values.get("small_baseline_flag", "n") != "n":
        raise _refused("small_baseline_flag", values, "candidates and steps are those of a single master", '"n"')
    if values.get("quick_est_gamma_flag", "y") != "y" and not (functions / "ps_est_gamma.m").is_file():
        raise _refused("quick_est_gamma_flag", values, "this StaMPS has no ps_est_gamma.m", '"y"')


def _refused(name: str, values: Mapping[str, Any], why: str, supported: str) -> InputError:
    return InputError(
        f"the engine octave does not support {name} = {values[name]!r}",
        where=f"stamps.parms.{name}",
        why=why,
        remedy=f"set it to {supported}",
    )
