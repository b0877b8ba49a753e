"""Everything that can be explained, and how a word finds it."""

import difflib
import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from snapstamps.config.describe import option_infos
from snapstamps.course.markdown import page_sections
from snapstamps.model.errors import InputError
from snapstamps.snap.stages import SNAP_STAGES
from snapstamps.stamps.artefacts import ARTEFACTS
from snapstamps.stamps.parms import definitions
from snapstamps.stamps.steps import STEPS

PARMS = "parms"
"""The file of the parameters, which is no row of the registry: its variables are the parameters."""
STAGE_PAGES = {
    "prepare": "snap/stages.md",
    "check": "steps/check.md",
    "candidates": "steps/candidates.md",
    "export": "steps/export.md",
    "report": "steps/report.md",
}
"""Stages that have a page of their own."""
_FILE_ROW = re.compile(r"^\| (?P<names>`[^|]+`) \| (?P<meaning>[^|]+) \|$", re.MULTILINE)
_WORD = re.compile(r"^\*\*(?P<words>.+?)\*\* — (?P<meaning>.+?)(?=\n\n|\Z)", re.MULTILINE | re.DOTALL)
_SUGGESTIONS = 5


class Kind(IntEnum):
    """What a topic is; of topics of one name, those of the least number come first."""

    STEP = 1
    STAGE = 2
    PARAMETER = 3
    OPTION = 4
    FILE = 5
    VARIABLE = 6
    WORD = 7


@dataclass(frozen=True)
class Topic:
    """
    One thing that can be explained.

    Attributes
    ----------
    kind : Kind
        What it is.
    name : str
        Its proper name, such as ``4_weed`` or ``pm1``.
    sentence : str
        What it is, in short.
    aliases : tuple of str
        Other words for it, in lower case.
    """

    kind: Kind
    name: str
    sentence: str
    aliases: tuple[str, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """Return every word that finds it, in lower case."""
        return (self.name.lower(), *self.aliases)


@cache
def topics() -> tuple[Topic, ...]:
    """Return everything that can be explained, in the order of the work."""
    return (*_steps(), *_stages(), *_parameters(), *_options(), *_files(), *_variables(), *_words())


def find_topics(words: str) -> tuple[Topic, ...]:
    """
    Return what a word means: most often one topic, several where it has several meanings of one rank.

    Parameters
    ----------
    words : str
        Name of a step (or its number), stage, parameter, option, file, variable or term, in any case.

    Raises
    ------
    InputError
        If nothing is called so; the nearest names are told.

    Examples
    --------
    >>> [topic.name for topic in find_topics("4")], [topic.name for topic in find_topics("pm1.mat")]
    (['4_weed'], ['pm1'])
    """
    wanted = " ".join(words.lower().split()).removeprefix("step ").removesuffix(".mat")
    found = [topic for topic in topics() if wanted in topic.words]
    if not found:
        raise _unknown(words, wanted)
    strongest = [topic for topic in found if topic.kind <= Kind.STAGE]
    # a short name of an option is often a term of the field as well
    return tuple(strongest or [topic for topic in found if topic.kind in {found[0].kind, Kind.WORD}])


def _unknown(words: str, wanted: str) -> InputError:
    names = {word: topic.name for topic in reversed(topics()) for word in topic.words}
    near = difflib.get_close_matches(wanted, names, n=_SUGGESTIONS, cutoff=0.55)
    near += [word for word in names if wanted and wanted in word][: _SUGGESTIONS - len(near)]
    nearest = list(dict.fromkeys(names[word] for word in near))
    return InputError(
        f"nothing here is called {words!r}",
        why=f"the nearest: {', '.join(nearest)}" if nearest else None,
        remedy="`snapstamps explain` alone lists everything that can be explained",
    )


def _steps() -> list[Topic]:
    return [Topic(Kind.STEP, step.key, step.sentence, (str(step.number), step.name)) for step in STEPS]


def _stages() -> list[Topic]:
    sentences = {
        "prepare": "From Sentinel-1 scenes to the export, with SNAP.",
        "check": "Reads the export once, finds what would make StaMPS fail or lie, and repairs the headers.",
        "candidates": "Chooses the pixels with a steady amplitude.",
        "export": "Turns unwrapped phase into velocities and displacements on a map.",
        "report": "Writes the page, the figures and the methods of a run.",
    }
    rows = [Topic(Kind.STAGE, name, text) for name, text in sentences.items()]
    snap = [Topic(Kind.STAGE, row.name, row.sentence) for row in SNAP_STAGES]
    whole = Topic(Kind.STAGE, "stamps", "Steps 1 to 8: from candidates to the unwrapped, corrected phase of the PS.")
    return [rows[0], *snap, *rows[1:3], whole, *rows[3:]]


def _parameters() -> list[Topic]:
    return [Topic(Kind.PARAMETER, name, _first(parm.explanation)) for name, parm in definitions().items()]


def _options() -> list[Topic]:
    return [
        Topic(Kind.OPTION, name, _first(info.description), (info.key.lower(), f"[{info.section}] {info.key}".lower()))
        for name, info in option_infos().items()
    ]


def _files() -> list[Topic]:
    found = []
    for section in page_sections("files.md"):
        for name in section.heading.split(", "):
            if name in ARTEFACTS or name == PARMS:
                aliases = (name[:-1],) if name[-1].isdigit() else ()
                found.append(Topic(Kind.FILE, name, _first(section.text), aliases))
    for synonyms, meaning in plain_files().items():
        found.append(Topic(Kind.FILE, synonyms[0], meaning, tuple(name.lower() for name in synonyms)))
    return found


@cache
def plain_files() -> dict[tuple[str, ...], str]:
    """Return the files that are no ``.mat``: names -> content, as the page of the formats tells."""
    found = {}
    for section in page_sections("formats.md"):
        if section.heading in {"The export of SNAP", "The working folder"}:
            for row in _FILE_ROW.finditer(section.text):
                names = re.findall(r"`([^`]+)`", row["names"])
                if names != ["parms.mat"]:
                    bare = [name.rpartition("/")[2] for name in names]
                    kinds = [name.rpartition(".")[2] for name in bare if name[:1].isupper()]  # of MASTER.lon: lon
                    found[tuple(dict.fromkeys((*names, *bare, *kinds)))] = row["meaning"].strip()
    return found


def _variables() -> list[Topic]:
    meanings: dict[str, str] = {}
    for fields in ARTEFACTS.values():
        for field in fields:
            meanings.setdefault(field.name, field.meaning)
    return [Topic(Kind.VARIABLE, name, meaning) for name, meaning in meanings.items()]


def _words() -> list[Topic]:
    return [
        Topic(Kind.WORD, words[0], _first(meaning), tuple(word.lower() for word in words))
        for words, meaning in glossary().items()
    ]


@cache
def glossary() -> dict[tuple[str, ...], str]:
    """Return the terms of the glossary with their meanings, Markdown."""
    found: dict[tuple[str, ...], str] = {}
    for section in page_sections("glossary.md"):
        for row in re.finditer(
            r"^\| (?P<here>[^|]+) \| (?P<there>[^|]*) \| (?P<meaning>[^|]+) \|$", section.text, re.M
        ):
            if row["here"] != "word here":
                words = [word.strip(" `") for word in f"{row['here']}, {row['there']}".split(",") if word.strip()]
                found[tuple(words)] = row["meaning"].strip()
        for entry in _WORD.finditer(section.text):
            words = [word.strip() for word in re.split(r"[,;]", entry["words"])]
            found[tuple(words)] = " ".join(entry["meaning"].split())
    return found


def _first(text: str) -> str:
    """Return the first sentence of a text, on one line."""
    line = " ".join(text.split("\n\n", 1)[0].split())
    match = re.match(r".+?\.(?= |$)", line)
    return match[0] if match else line
