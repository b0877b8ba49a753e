"""
Profiles: what a paper says of its processing, where it says it, and what we chose where it says nothing.

A profile is a TOML file in ``snapstamps/profiles``. Every value carries its source, or our reason; one without
either is an error, so that nobody takes a choice of ours for a fact of the paper. The text is our own.
"""

import tomllib
from datetime import date
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, Strict, ValidationError, model_validator

from snapstamps.config.describe import PARMS_KEY
from snapstamps.config.load import resolve
from snapstamps.config.options import Options
from snapstamps.config.resources import package_folder
from snapstamps.config.stamps_parms import PREFIX
from snapstamps.model.errors import DataError, InputError

T = TypeVar("T")
Position = Annotated[tuple[float, float], Strict(False)]
Words = Annotated[tuple[str, ...], Strict(False)]
Measure = Literal[
    "ps_count", "velocity_lowest", "velocity_highest", "velocity_median", "velocity_of_moving", "share_slow",
    "displacement_lowest", "displacement_inside", "drop_largest", "density_ratio", "not_comparable",
]  # fmt: skip
"""What of a run a statement is held against; explained in ``snapstamps.results.paper_measures``."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Told(_Part, Generic[T]):
    """A value, and where the paper says it, or why we chose it."""

    value: T
    source: str = ""
    our_choice: str = ""

    @model_validator(mode="after")
    def _has_an_origin(self) -> Self:
        if bool(self.source) == bool(self.our_choice):
            raise ValueError("a value has a source or is our_choice, and not both")
        if self.our_choice and not self.our_choice.startswith("because "):
            raise ValueError('our_choice tells its reason: "because …"')
        return self

    @property
    def origin(self) -> str:
        """Return where the value comes from, in one phrase."""
        return self.source or f"our choice, {self.our_choice}"


class ScenesTold(_Part):
    """The scenes of a paper."""

    count: Told[int]
    mission: Told[str]
    mode: Told[str]
    level: Told[str]
    polarisation: Told[str]
    swaths: Told[Words]
    first: Told[date]
    last: Told[date]
    master: Told[date]
    direction: Told[Literal["ascending", "descending"]]
    track: Told[int]
    archive: Told[str]


class SceneRow(_Part):
    """One row of a paper's table of dates and baselines (m); a date that cannot be right has two forms."""

    printed: date = Field(alias="date_as_printed")
    used: date = Field(alias="date_used")
    perpendicular_m: float
    our_choice: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_date_is_both(cls, values: dict[str, Any]) -> dict[str, Any]:
        if "date" not in values:
            return values
        day = values["date"]
        return {"date_as_printed": day, "date_used": day, **{k: v for k, v in values.items() if k != "date"}}

    @model_validator(mode="after")
    def _a_change_has_a_reason(self) -> Self:
        if (self.printed != self.used) != bool(self.our_choice):
            raise ValueError("a date that is used otherwise than printed needs our_choice, and only that")
        return self


class BaselinesTold(_Part):
    """The table of dates and perpendicular baselines; ``signed`` is false where it holds magnitudes."""

    source: str
    signed: bool
    note: str
    rows: Annotated[tuple[SceneRow, ...], Strict(False)]

    @property
    def by_date(self) -> dict[date, float]:
        """Return the baselines (m) by the dates that are used, ascending."""
        return {row.used: row.perpendicular_m for row in sorted(self.rows, key=lambda row: row.used)}


class Place(_Part):
    """A named area: a circle about ``centre``, or a strip along ``line``; positions in longitude and latitude."""

    name: str
    kind: Literal["mine", "city", "commune", "road"]
    letter: str = ""
    centre: Position | None = None
    line: Annotated[tuple[Position, ...], Strict(False)] = ()
    radius_m: float = Field(gt=0, le=100_000)
    source: str
    our_choice: str

    @model_validator(mode="after")
    def _lies_somewhere(self) -> Self:
        if (self.centre is None) == (len(self.line) < 2):
            raise ValueError("an area has a centre or a line of at least two points")
        return self


class Area(_Part):
    """The area of interest: west, south, east, north in degrees."""

    note: str
    aoi: Told[Annotated[tuple[float, float, float, float], Strict(False)]]


class Statement(_Part):
    """One statement of a paper, and the interval (``low`` to ``high``) that a run is held against."""

    key: str
    text: str
    source: str
    measure: Measure
    unit: str
    area: str = ""
    low: float = 0.0
    high: float = 0.0
    equal_within: float = Field(0.0, ge=0)
    close_within: float = Field(0.0, ge=0)
    first: date | None = Field(None, alias="from")
    last: date | None = Field(None, alias="to")
    our_choice: str = ""
    why: str = ""


class Twin(_Part):
    """The simulated scene with a profile's dates, baselines and geometry; ``scene`` is checked by the simulator."""

    reason: str
    preset: str = ""
    scene: dict[str, Any] = Field(default_factory=dict)
    small: dict[str, Any] = Field(default_factory=dict)


class Profile(_Part):
    """A whole profile; ``scenes``, ``area`` and ``baselines`` are there for papers only."""

    name: str
    kind: Literal["paper", "options"]
    title: str
    subject: str
    scenes: ScenesTold | None = None
    area: Area | None = None
    areas: Annotated[tuple[Place, ...], Strict(False)] = ()
    software: dict[str, Told[str]] = Field(default_factory=dict)
    processing: dict[str, Told[str | float]] = Field(default_factory=dict)
    baselines: BaselinesTold | None = None
    options: dict[str, Told[Any]]
    statements: Annotated[tuple[Statement, ...], Strict(False)] = ()
    twin: Twin | None = None

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if self.kind == "paper" and None in (self.scenes, self.area, self.baselines):
            raise ValueError("the profile of a paper has scenes, area and baselines")
        names = {place.name for place in self.areas}
        strange = {statement.area for statement in self.statements} - names - {""}
        if strange:
            raise ValueError(f"statements name areas that are not there: {', '.join(sorted(strange))}")
        if self.scenes is not None and self.baselines is not None:
            days = set(self.baselines.by_date)
            if len(days) != self.scenes.count.value or self.scenes.master.value not in days:
                raise ValueError("the table of baselines does not have the dates that are told of the scenes")
        return self

    def place(self, name: str) -> Place:
        """
        Return an area by its name.

        Raises
        ------
        InputError
            If there is none of the name.
        """
        for place in self.areas:
            if place.name == name:
                return place
        raise InputError(f"the profile {self.name} has no area {name!r}", where="areas")

    def table(self) -> dict[str, dict[str, Any]]:
        """Return the options that the profile sets, by section, as ``snapstamps.toml`` holds them."""
        table: dict[str, dict[str, Any]] = {"project": {"profile": self.name}}
        for key, told in self.options.items():
            section, _, name = key.partition(".")
            if key.startswith(PREFIX):
                table.setdefault(section, {}).setdefault(PARMS_KEY, {})[key.removeprefix(PREFIX)] = told.value
            else:
                table.setdefault(section, {})[name] = told.value
        return table

    def settings(self) -> Options:
        """Return all options as the profile sets them, the rest being defaults."""
        return resolve(self.table(), where=profile_path(self.name), environment={}).options


def profile_names() -> tuple[str, ...]:
    """Return the names of all profiles that ship with the program."""
    return tuple(sorted(path.stem for path in package_folder("profiles").glob("*.toml")))


def paper_names() -> tuple[str, ...]:
    """Return the names of the profiles of papers."""
    return tuple(name for name in profile_names() if load_profile(name).kind == "paper")


def follows_paper(name: str) -> bool:
    """
    Tell whether a project with this profile follows a paper; an empty name follows nothing.

    Raises
    ------
    InputError
        If there is no such profile.
    """
    return bool(name) and load_profile(name).kind == "paper"


def profile_path(name: str) -> Path:
    """
    Return the file of a profile.

    Raises
    ------
    InputError
        If there is no such profile.
    """
    if name not in profile_names():
        raise InputError(f"there is no profile {name!r}", remedy=f"one of {', '.join(profile_names())}")
    return package_folder("profiles") / f"{name}.toml"


def load_profile(name: str) -> Profile:
    """
    Read a profile.

    Parameters
    ----------
    name : str
        Such as ``thai_nguyen_2022``.

    Returns
    -------
    Profile

    Raises
    ------
    InputError
        If there is no such profile.
    DataError
        If its file is damaged.
    """
    path = profile_path(name)
    return parse_profile(path.read_text(encoding="utf-8"), where=path)


def load_paper(name: str) -> Profile:
    """
    Read the profile of a paper.

    Raises
    ------
    InputError
        If there is no such profile, or it is not that of a paper.
    DataError
        If its file is damaged.
    """
    profile = load_profile(name)
    if profile.kind != "paper":
        raise InputError(f"{name} is a profile of options, not of a paper", remedy=f"one of {', '.join(paper_names())}")
    return profile


def parse_profile(text: str, *, where: Path | None = None) -> Profile:
    """
    Check the text of a profile.

    Raises
    ------
    DataError
        Naming each wrong field.
    """
    try:
        return Profile.model_validate(tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise DataError("the profile is not TOML", where=where, why=str(error)) from error
    except ValidationError as error:
        lines = [f"{'.'.join(map(str, item['loc']))}: {item['msg']}" for item in error.errors()]
        raise DataError("the profile is not valid", where=where, why="\n".join(lines)) from error
