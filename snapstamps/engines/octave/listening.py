"""What StaMPS prints while it works, understood: how far it is, what it counts, why it stopped."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

_TOTALS = re.compile(r"(\d+) (?:PS candidates to process|PS selected initially)|Number of points per ifg\s*: (\d+)")
_DONE = re.compile(r"(\d+) (?:PS processed|patches re-estimated|coherences re-estimated)")
_OF = re.compile(r"Processing \w+ (\d+) of (\d+)")
_COUNTS = re.compile(r"^PS_\w+: (\d+ (?:PS|ps) .*)")
_KEPT_LINES = 12
_STACK_HEADING = "error: called from"
_OURS = re.compile(r"(^|/)(_pyeval|evalin|source|step\d\w*)(\.m)? at line ")


@dataclass
class Listener:
    """
    Hears the lines of one step.

    Attributes
    ----------
    progress : callable
        ``progress(done, total)``.
    count : callable
        Gets a line in which StaMPS tells how many scatterers are left.
    last_line : str
        The line that a script prints at its end.
    tail : list of str
        The last lines that were not empty.
    has_ended : bool
        Whether the last line came.
    """

    progress: Callable[[int, int], None]
    count: Callable[[str], None]
    last_line: str
    tail: list[str] = field(default_factory=list)
    has_ended: bool = False
    _total: int = 0

    def hear(self, line: str) -> None:
        """Take a line."""
        text = line.strip()
        if not text:
            return
        self.tail = [*self.tail, text][-_KEPT_LINES:]
        # StaMPS may have left a line open before it.
        self.has_ended = self.has_ended or text.endswith(self.last_line)
        if match := _TOTALS.search(text):
            self._total = int(match[1] or match[2])
        if match := _OF.search(text):
            self.progress(int(match[1]), int(match[2]))
        elif (match := _DONE.search(text)) and self._total:
            self.progress(min(int(match[1]), self._total), self._total)
        if match := _COUNTS.search(text):
            self.count(match[1])


@dataclass(frozen=True)
class Failure:
    """
    An error of Octave or MATLAB.

    Attributes
    ----------
    message : str
        What it says; may have several lines.
    stack : tuple of str
        Where, the innermost function first: ``ps_weed at line 316, column 13``.
    """

    message: str
    stack: tuple[str, ...]

    def text(self) -> str:
        """Return both."""
        if not self.stack:
            return self.message
        return "\n".join([self.message, "StaMPS was in:", *(f"  {place}" for place in self.stack)])


def parse_failure(text: str) -> Failure:
    r"""
    Take an error of oct2py apart; what belongs to our own way of starting StaMPS is left out.

    Parameters
    ----------
    text : str
        As raised.

    Examples
    --------
    >>> parse_failure("Octave evaluation error:\nerror: no PS\nerror: called from:\n    ps_weed at line 3, column 1")
    Failure(message='no PS', stack=('ps_weed at line 3, column 1',))
    """
    text = text.removeprefix("Octave evaluation error:\n")
    message, _, stack = text.partition("\n" + _STACK_HEADING)
    places = [line.strip() for line in stack.splitlines()[1:] if " at line " in line]
    return Failure(
        message.removeprefix("error: ").strip(),
        tuple(place for place in places if not _OURS.search(place)),
    )


REMEDIES = (
    ("Minimum dimension of the resampled grid", "a smaller stamps.parms.unwrap_grid_size"),
    ("out of memory", "smaller patches (candidates.patches), or fewer run.workers"),
    ("stopped for the keyboard", "look for NaN or zeros in the interferograms: snapstamps check"),
    ("snaphu", "the last lines of snaphu.log in the same folder"),
    ("triangle", "the points of the step lie on one line or are fewer than three: fewer, larger patches"),
    ("undefined", "snapstamps doctor: this StaMPS may be edited or of another version"),
    ("No space left", "free disk space, then the same command"),
)
"""What is in an error's text, and what to try then; the first that fits counts."""


def remedy_for(text: str) -> str:
    """Return what to try after an error; the log and the script always tell more."""
    return next(
        (remedy for phrase, remedy in REMEDIES if phrase in text), "run the script by hand, and look at the log"
    )
