"""What the native engine does not do: parameter values that it refuses by name, before any work."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from snapstamps.model.errors import InputError

OCTAVE = "run it with --engine octave (the real StaMPS)"


@dataclass(frozen=True)
class Limit:
    """
    One parameter and what of it is supported.

    Attributes
    ----------
    parameter : str
        StaMPS's name.
    supports : callable
        Tells whether a value is supported.
    supported : str
        The values that are, in words.
    why : str
        What the others would need.
    elsewhere : str
        Where they work, or what to set instead.
    """

    parameter: str
    supports: Callable[[Any], bool]
    supported: str
    why: str
    elsewhere: str = OCTAVE


def _is(*values: Any) -> Callable[[Any], bool]:
    return lambda value: value in values


LIMITS: tuple[Limit, ...] = (
    Limit("small_baseline_flag", _is("n"), '"n"', "the native engine works with a single master"),
    Limit("subtr_tropo", _is("n"), '"n"', "it does not know the corrections of the TRAIN toolbox"),
    Limit("scn_kriging_flag", _is("n"), '"n"', "it filters space with a Gaussian only, not with kriging"),
    Limit(
        "unwrap_spatial_cost_func_flag",
        _is("n"),
        '"n"',
        "it has the costs from time series only, not those from space",
    ),
    Limit(
        "unwrap_method",
        _is("3D", "3D_NEW", "3D_FULL"),
        '"3D", "3D_NEW" and "3D_FULL", which are the same with a single master',
        "it has no other way to let time guide the unwrapping",
    ),
    Limit(
        "unwrap_hold_good_values",
        _is("n"),
        '"n"',
        "it acts in small-baseline processing only; with a single master StaMPS itself takes n",
        'set it to "n"',
    ),
    Limit(
        "quick_est_gamma_flag",
        _is("y"),
        '"y"',
        "step 2 has the quick estimation only, as has StaMPS 4.1, where the other one is missing",
        'set it to "y"; releases of StaMPS that have the other one run with --engine octave',
    ),
    Limit("slc_osf", lambda value: value <= 1, "1", "it takes images as they are sampled, not oversampled"),
    Limit(
        "gamma_stdev_reject",
        lambda value: value <= 0,
        "0",
        "it has no bootstrap of the coherence; StaMPS 4.1 misspells the function that should do it and stops",
        "set it to 0; with that call corrected in your StaMPS, run it with --engine octave",
    ),
    Limit(
        "clap_win",
        lambda value: value > 0 and value % 8 == 0,
        "multiples of 8",
        "the windows of the filter overlap by fractions of it that must be whole cells",
        "take the nearest multiple of 8; odd sizes are left to --engine octave",
    ),
)


def refuse_unsupported(values: Mapping[str, Any]) -> None:
    """
    Refuse parameter values that the native engine does not support.

    Parameters
    ----------
    values : mapping
        StaMPS's parameters; those that are absent have their defaults, which are supported.

    Raises
    ------
    InputError
        Naming the first such parameter, its value, why, and where it works.
    """
    for limit in LIMITS:
        value = values.get(limit.parameter)
        if value is not None and not limit.supports(value):
            raise InputError(
                f"the native engine does not support {limit.parameter} = {value!r}",
                where=f"stamps.parms.{limit.parameter}",
                why=f"{limit.why}\nsupported: {limit.supported}",
                remedy=limit.elsewhere,
            )
