"""
The twin of a profile: a simulated scene with the dates, baselines and geometry of a paper.

Nothing in a twin is measured: its ground, its motions and its PS are put in. What a run finds there tells whether the
processing finds what is there, and nothing about the country.
"""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

import numpy as np

from snapstamps.config.profile import BaselinesTold, Profile
from snapstamps.config.profile_shapes import centre_of, feature, outline
from snapstamps.model.errors import InputError
from snapstamps.simulate.geometry import Geometry, make_geometry
from snapstamps.simulate.presets import preset
from snapstamps.simulate.spec import SceneSpec, make_spec


def twin_spec(profile: Profile, *, small: bool = False) -> SceneSpec:
    """
    Return the scene of a profile's twin.

    Parameters
    ----------
    profile : Profile
        Its ``[twin]`` describes the scene; places are named by its areas.
    small : bool
        Whether the coarse variant is wanted.

    Returns
    -------
    SceneSpec

    Raises
    ------
    InputError
        If the profile has no twin, or it is not valid.
    """
    twin = profile.twin
    if twin is None:
        raise InputError(f"the profile {profile.name} has no twin")
    if twin.preset:
        return preset(twin.preset)
    if profile.baselines is None or profile.scenes is None:
        raise InputError(f"the profile {profile.name} has neither dates nor baselines, so it can have no twin")
    values = {**twin.scene, **(twin.small if small else {})}
    signed = signed_baselines(profile.baselines)
    values |= {
        "dates": tuple(signed),
        "master": profile.scenes.master.value,
        "perpendicular_m": tuple(signed.values()),
    }
    parts = {key: values.pop(key, ()) for key in ("cover", "motions", "zones")}
    geometry = make_geometry(make_spec(values, where=profile.name))
    values["cover"] = tuple(_placed(part, profile, geometry) for part in parts["cover"])
    values["motions"] = tuple(_placed(part, profile, geometry) for part in parts["motions"])
    values["zones"] = _zones(parts["zones"], profile)
    return make_spec(values, where=profile.name)


def signed_baselines(told: BaselinesTold) -> dict[date, float]:
    """
    Return the baselines by date, m; magnitudes get signs that alternate from row to row, which is our choice.

    Examples
    --------
    >>> rows = [{"date": date(2020, 1, day), "perpendicular_m": m} for day, m in ((1, 5.0), (13, 0.0), (25, 7.0))]
    >>> table = BaselinesTold(source="", signed=False, note="", rows=rows)
    >>> list(signed_baselines(table).values())
    [5.0, 0.0, 7.0]
    """
    rows = enumerate(told.by_date.items())
    return {day: metres if told.signed or not number % 2 or not metres else -metres for number, (day, metres) in rows}


def _placed(part: Mapping[str, Any], profile: Profile, geometry: Geometry) -> dict[str, Any]:
    """Return a cover or a motion whose place is told in metres; ``area`` is an area's name, metres are added to it."""
    values = dict(part)
    name = values.pop("area", None)
    if name is not None:
        longitude, latitude = (np.array(value) for value in centre_of(profile.place(name)))
        east, north = (float(metres) for metres in geometry.local(longitude, latitude))
        values["east_m"] = east + values.get("east_m", 0.0)
        values["north_m"] = north + values.get("north_m", 0.0)
    return values


def _zones(parts: Iterable[Mapping[str, Any]], profile: Profile) -> dict[str, Any] | None:
    """Return zones as GeoJSON, each with the outline of the area that it names."""
    features = []
    for part in parts:
        values = dict(part)
        name = values.pop("area")
        features.append(feature({"name": name, **values}, outline(profile.place(name))))
    return {"type": "FeatureCollection", "features": features} if features else None
