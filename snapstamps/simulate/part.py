"""The base of every part of a scene's description."""

from pydantic import BaseModel, ConfigDict


class Part(BaseModel):
    """What all parts share: no unknown keys, no change after making, no infinite numbers."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
