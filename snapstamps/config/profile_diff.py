"""Where two profiles differ, or one profile and StaMPS's defaults: facts of the papers first, then the options."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from snapstamps.config.describe import option_infos, value_in
from snapstamps.config.options import Options
from snapstamps.config.profile import Profile, Told, load_profile
from snapstamps.config.stamps_parms import PREFIX, parm_defaults

STAMPS_DEFAULTS = "stamps-defaults"
"""Stands for StaMPS's own defaults (and those of snapstamps, where StaMPS has no such option)."""
_NOT_TOLD = "-"


@dataclass(frozen=True)
class ProfileDifference:
    """
    One line of the comparison.

    Attributes
    ----------
    what : str
        A fact such as ``scenes.master``, or the dotted key of an option.
    one, other : str
        Their values as text; ``-`` where there is none.
    one_origin, other_origin : str
        Where each comes from.
    """

    what: str
    one: str
    other: str
    one_origin: str
    other_origin: str


def profile_diff(one: str, other: str) -> tuple[ProfileDifference, ...]:
    """
    Compare two profiles.

    Parameters
    ----------
    one, other : str
        Names of profiles; ``stamps-defaults`` for StaMPS's defaults, against which only options are compared.

    Returns
    -------
    tuple of ProfileDifference
        Only what differs.

    Raises
    ------
    InputError
        If there is no such profile.
    """
    profiles = [None if name == STAMPS_DEFAULTS else load_profile(name) for name in (one, other)]
    facts = [{} if profile is None else _facts(profile) for profile in profiles]
    rows = [_row(key, *facts) for key in dict.fromkeys((*facts[0], *facts[1]))] if None not in profiles else []
    keys = dict.fromkeys(key for profile in profiles if profile is not None for key in profile.options)
    options = [_options(profile, keys) for profile in profiles]
    rows += [_row(key, *options) for key in keys]
    return tuple(row for row in rows if row.one != row.other)


def _row(key: str, one: Mapping[str, tuple[str, str]], other: Mapping[str, tuple[str, str]]) -> ProfileDifference:
    nothing = (_NOT_TOLD, "")
    (left, left_origin), (right, right_origin) = one.get(key, nothing), other.get(key, nothing)
    return ProfileDifference(key, left, right, left_origin, right_origin)


def _facts(profile: Profile) -> dict[str, tuple[str, str]]:
    """Return what is told of a paper, as text with its origin."""
    facts: dict[str, tuple[str, str]] = {}
    if profile.scenes is not None:
        facts |= {f"scenes.{name}": _told(getattr(profile.scenes, name)) for name in type(profile.scenes).model_fields}
    if profile.baselines is not None:
        kind = "signed" if profile.baselines.signed else "magnitudes"
        facts["baselines"] = (kind, profile.baselines.source)
    if profile.area is not None:
        facts["area.aoi"] = _told(profile.area.aoi)
    facts |= {f"software.{name}": _told(told) for name, told in profile.software.items()}
    facts |= {f"processing.{name}": _told(told) for name, told in profile.processing.items()}
    return facts


def _told(told: Told[Any]) -> tuple[str, str]:
    return plain_text(told.value), told.origin


def plain_text(value: object) -> str:
    """
    Return a value for people.

    Examples
    --------
    >>> plain_text(("IW1", "IW2")), plain_text(200.0), plain_text("VV")
    ('IW1, IW2', '200', 'VV')
    """
    if isinstance(value, list | tuple):
        return ", ".join(plain_text(item) for item in value)
    return f"{value:g}" if isinstance(value, float) else str(value)


def _options(profile: Profile | None, keys: Mapping[str, None]) -> dict[str, tuple[str, str]]:
    """Return the options of these keys: a profile's own, else the defaults."""
    options = Options() if profile is None else profile.settings()
    told = {} if profile is None else profile.options
    parms = {**parm_defaults(), **options.stamps.parms}
    found = {}
    for key in keys:
        value = parms[key.removeprefix(PREFIX)] if key.startswith(PREFIX) else value_in(options, option_infos()[key])
        found[key] = (
            plain_text("" if value is None else value) or '""',
            told[key].origin if key in told else "default",
        )
    return found
