"""
Crews: who does the units of work. One person alone, processes on this machine, workers of a cluster.

A stage hands a function and its items to a crew and need not know which one it is. Whatever the crew, the results are
the same, an error in a unit ends the work with that error, and a worker that dies is replaced.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from snapstamps.model.errors import ToolError

Work = Callable[[Any], Any]

ATTEMPTS = 3
"""How often a unit is begun at most when the workers that do it die."""


class Crew(ABC):
    """
    Does units of work.

    Attributes
    ----------
    workers : int
        How many units are in work at the same time.
    """

    workers: int = 1

    @abstractmethod
    def completed(
        self, function: Work, items: Iterable[Any], *, at_most: int | None = None
    ) -> Iterator[tuple[int, Any]]:
        """
        Apply a function to items, and yield number and result of each as they come.

        Items are drawn only as workers become free, since each may hold much memory.

        Parameters
        ----------
        function : callable
            Of one item; it and the items can be sent to another process.
        items : iterable
            The units.
        at_most : int, optional
            How many may be in work at the same time, where that is fewer than there are workers.

        Raises
        ------
        SnapstampsError
            As the function raises it; or that workers died over a unit again and again.
        """

    def in_order(self, function: Work, items: Iterable[Any]) -> list[Any]:
        """
        Apply a function to items and return the results in the order of the items: the crew as a ``Mapper``.

        Parameters
        ----------
        function, items
            As for :meth:`completed`.
        """
        results = dict(self.completed(function, items))
        return [results[number] for number in range(len(results))]

    @property
    def remote(self) -> bool:
        """Tell whether the workers may be on other machines."""
        return False


class Alone(Crew):
    """Does one unit after the other, in this process."""

    def completed(
        self,
        function: Work,
        items: Iterable[Any],
        *,
        at_most: int | None = None,  # noqa: ARG002 - one is the fewest
    ) -> Iterator[tuple[int, Any]]:
        """Apply a function to items; see `Crew.completed`."""
        for number, item in enumerate(items):
            yield number, function(item)


def name_of(item: object, number: int) -> str:
    """Return what a message calls a unit: its own name where it has one, else its number."""
    return str(getattr(item, "name", "") or f"unit {number + 1}")


def died_again(item: object, number: int, *, remedy: str) -> ToolError:
    """
    Return the error of a unit whose workers died again and again.

    Parameters
    ----------
    item : object
        The unit.
    number : int
        Its number, from 0.
    remedy : str
        What to try.
    """
    return ToolError(
        f"the worker that did {name_of(item, number)} was killed {ATTEMPTS} times",
        why="most often the system ended it for lack of memory; what was finished is kept",
        remedy=remedy,
    )
