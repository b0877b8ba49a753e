"""
BEAM-DIMAP headers (``.dim``): attributes of SNAP's abstracted metadata.

The file is read as a stream, up to the end of the abstracted metadata only. A document type or an entity,
neither of which SNAP writes, is refused, so that no file can make the reader expand or open anything.
"""

import math
from collections.abc import Collection
from pathlib import Path
from typing import NoReturn
from xml.parsers import expat

from snapstamps.model.errors import DataError, InputError

ABSTRACTED = ("metadata", "Abstracted_Metadata")
"""The MDElem names that lead to the attributes of the product itself (not of its slaves or bands)."""

NOT_SET = 99999.0
"""What SNAP writes where a number is not known."""

_CHUNK = 1 << 16


class _RefusedError(Exception):
    """The document holds what a SNAP header never holds."""


class _AttributeReader:
    """Collects the wanted attributes that stand directly under the abstracted metadata."""

    def __init__(self, wanted: Collection[str]) -> None:
        self.wanted = frozenset(wanted)
        self.found: dict[str, str] = {}
        self.finished = False
        self._elements: list[str] = []
        self._attribute: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = attributes.get("name", "")
        if tag == "MDElem":
            self._elements.append(name)
        elif tag == "MDATTR" and tuple(self._elements) == ABSTRACTED and name in self.wanted:
            self._attribute = name
            self.found[name] = ""

    def text(self, data: str) -> None:
        if self._attribute is not None:
            self.found[self._attribute] += data

    def end(self, tag: str) -> None:
        if tag == "MDATTR":
            self._attribute = None
        elif tag == "MDElem" and self._elements:
            self.finished = self.finished or tuple(self._elements) == ABSTRACTED
            self._elements.pop()


def read_attributes(path: Path, names: Collection[str]) -> dict[str, str]:
    """
    Read attributes of the abstracted metadata of a SNAP product.

    Parameters
    ----------
    path : Path
        The ``.dim`` file.
    names : collection of str
        Attribute names, such as ``range_spacing``.

    Returns
    -------
    dict of str to str
        The stripped texts of those that are there.

    Raises
    ------
    InputError
        If the file is missing or cannot be read.
    DataError
        If it is not a BEAM-DIMAP header, or is damaged.
    """
    reader = _AttributeReader(names)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        with path.open("rb") as stream:
            while not reader.finished:
                chunk = stream.read(_CHUNK)
                parser.Parse(chunk, not chunk)
                if not chunk:
                    break
    except OSError as error:
        raise InputError(
            f"the SNAP product {path.name} cannot be read", where=path, why=error.strerror, remedy="name its .dim file"
        ) from error
    except (expat.ExpatError, _RefusedError, LookupError, ValueError) as error:  # LookupError: an unknown encoding
        raise DataError(f"{path.name} is not a sound BEAM-DIMAP header", where=path, why=str(error)) from error
    if not reader.finished:
        raise DataError(f"{path.name} has no abstracted metadata", where=path, remedy="name the .dim of a SNAP product")
    return {name: text.strip() for name, text in reader.found.items()}


def read_numbers(path: Path, names: Collection[str]) -> dict[str, float]:
    """
    Read numeric attributes of the abstracted metadata; those that SNAP left unset are left out.

    Raises
    ------
    InputError, DataError
        As `read_attributes`.
    """
    numbers: dict[str, float] = {}
    for name, text in read_attributes(path, names).items():
        try:
            number = float(text)
        except ValueError:
            continue
        if math.isfinite(number) and number != NOT_SET:
            numbers[name] = number
    return numbers


def _refuse(*_declaration: object) -> NoReturn:
    raise _RefusedError("it declares a document type or an entity, which SNAP never writes")
