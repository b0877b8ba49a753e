"""
The forms of the results, written one after the other, or shared out among workers.

Every form is a file of its own that one process must write from its beginning to its end, so a form is the smallest
piece of this work. A worker reads the results from StaMPS's folder itself: sending them would be slower on a cluster.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from snapstamps.formats.atomic import remove_leftovers_below
from snapstamps.results.arrow_table import Progress
from snapstamps.results.collect import Origin, collect_results
from snapstamps.results.formats.base import Format, Results

WORTH_SHARING = 20_000_000
"""Numbers besides those of the GeoPackage from which on a worker's start, and its reading, pay."""


@dataclass(frozen=True)
class Workers:
    """
    Who can write forms side by side.

    Attributes
    ----------
    count : int
        How many at the most.
    completed : callable
        ``completed(function, items)`` yields number and result of each item as they come.
    arrived : callable, optional
        Waits for files, given with their bytes, that were written on other machines.
    """

    count: int
    completed: Callable[[Callable[[Any], Any], Iterable[Any]], Iterator[tuple[int, Any]]]
    arrived: Callable[[Mapping[Path, int]], None] | None = None


def write_forms(
    results: Results,
    formats: Sequence[Format],
    folder: Path,
    *,
    origin: Origin,
    workers: Workers | None,
    progress: Progress,
) -> list[Path]:
    """
    Write forms of the results; who writes them changes no byte.

    Parameters
    ----------
    results : Results
        What to write.
    formats : sequence of Format
        The forms.
    folder : Path
        The products folder.
    origin : Origin
        What the results were made from, for the workers.
    workers : Workers or None
        Who helps, where that is worth it.
    progress : callable
        ``progress(done, total)`` in scatterers, of all forms together.

    Returns
    -------
    list of Path
        In the order of the forms.

    Raises
    ------
    DataError
        If a form cannot hold the results, or a file cannot be written.
    """
    n_ps, total = len(results.table), len(results.table) * len(formats)
    if workers is None or workers.count < 2 or not _is_worth_it(results, len(formats)):
        files: list[Path] = []
        for number, each in enumerate(formats):
            files += each.write(results, folder, progress=_part_of(progress, number * n_ps, total))
        return files
    shares = [
        _Share(origin, folder, tuple(formats[number] for number in numbers))
        for numbers in even_shares([each.effort for each in formats], workers.count)
    ]
    written: dict[str, dict[Path, int]] = {}
    for _, of_share in workers.completed(_write_share, shares):
        written |= of_share
        progress(len(written) * n_ps, total)
    sizes_of = {path: size for each in formats for path, size in written[each.name].items()}
    if workers.arrived is not None:
        workers.arrived(sizes_of)
    remove_leftovers_below(folder)  # of workers that died; their shares were done again
    return list(sizes_of)


def even_shares(sizes: Sequence[float], count: int) -> list[list[int]]:
    """
    Share things out so that the largest share is small: the largest thing first, each to whoever has least.

    Parameters
    ----------
    sizes : sequence of float
        Of the things.
    count : int
        Shares, at the most.

    Returns
    -------
    list of list of int
        Numbers of the things, ascending; no share is empty.

    Examples
    --------
    >>> even_shares([9, 2, 3, 5], 2)
    [[0], [1, 2, 3]]
    """
    shares: list[list[int]] = [[] for _ in range(min(count, len(sizes)))]
    for number in sorted(range(len(sizes)), key=lambda number: -sizes[number]):
        min(shares, key=lambda share: (sum(sizes[one] for one in share), len(share))).append(number)
    return [sorted(share) for share in shares]


@dataclass(frozen=True)
class _Share:
    """What one worker writes."""

    origin: Origin
    folder: Path
    formats: tuple[Format, ...]

    @property
    def name(self) -> str:
        """Return what messages call it."""
        return f"the forms {', '.join(each.name for each in self.formats)}"


def _write_share(share: _Share) -> dict[str, dict[Path, int]]:
    """Write some forms, in a worker; return the files of each, with their bytes."""
    results = collect_results(share.origin)
    written = {each.name: each.write(results, share.folder, progress=_unseen) for each in share.formats}
    return {name: {path: path.stat().st_size for path in files} for name, files in written.items()}


def _is_worth_it(results: Results, n_formats: int) -> bool:
    return len(results.table) * len(results.table.dates) * (n_formats - 1) >= WORTH_SHARING


def _part_of(progress: Progress, before: int, total: int) -> Progress:
    """Return the progress of one of several forms, which all go through the same scatterers."""
    return lambda done, _of_this_form: progress(before + done, total)


def _unseen(_done: int, _total: int) -> None:
    """Show nothing: a worker has no terminal."""
