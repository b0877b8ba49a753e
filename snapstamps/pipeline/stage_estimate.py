"""What one stage is expected to take."""

from dataclasses import dataclass


@dataclass(frozen=True)
class StageEstimate:
    """
    What one stage or step is expected to take, and what it took.

    Attributes
    ----------
    name : str
        Stage or step.
    units : int
        Units of work.
    work : float
        Seconds of all units together, as one after the other.
    seconds : float
        By the clock, with as many units side by side as fit.
    memory : int
        Bytes of those that are side by side.
    disk : int
        Bytes that stay.
    basis : str
        Where the numbers come from.
    happened : float or None
        Seconds of the units that are done, to be held against ``work``.
    """

    name: str
    units: int
    work: float
    seconds: float
    memory: int
    disk: int
    basis: str
    happened: float | None
