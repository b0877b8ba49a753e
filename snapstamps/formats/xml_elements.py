"""
XML of others, read without trust: a tree of the elements that are wanted.

A document type or an entity, which neither ESA nor SNAP writes, is refused, so that no file can make the
reader expand or open anything; depth and size have limits. Names are taken without their namespace prefix.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from typing import BinaryIO, NoReturn
from xml.parsers import expat

from snapstamps.model.errors import DataError

MAX_DEPTH = 100
MAX_ELEMENTS = 2_000_000
MAX_BYTES = 512 * 2**20
_CHUNK = 1 << 18


@dataclass(slots=True)
class Element:
    """
    One element of a document.

    Attributes
    ----------
    tag : str
        Its name without a namespace prefix.
    attributes : dict of str to str
        As written.
    text : str
        What stands before its first child and between its children.
    children : list of Element
        In the order of the document.
    """

    tag: str
    attributes: dict[str, str]
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def find(self, path: str) -> "Element | None":
        """Return the first element at a path of tags such as ``adsHeader/swath``, or None."""
        return next(self.all(path), None)

    def all(self, path: str) -> Iterator["Element"]:
        """Give all elements at a path of tags."""
        head, _, rest = path.partition("/")
        for child in self.children:
            if child.tag == head:
                if rest:
                    yield from child.all(rest)
                else:
                    yield child

    def below(self, tag: str) -> Iterator["Element"]:
        """Give all elements of a tag, however deep, in the order of the document."""
        for child in self.children:
            if child.tag == tag:
                yield child
            yield from child.below(tag)

    def value(self, path: str) -> str:
        """
        Return the stripped text at a path.

        Raises
        ------
        LookupError
            If there is no such element.
        """
        found = self.find(path)
        if found is None:
            raise LookupError(f"it has no {path}")
        return found.text.strip()


class _RefusedError(Exception):
    """The document holds what it must not hold, or too much."""


class _TreeBuilder:
    """Builds the tree; elements whose tag is unwanted are passed over with all that is in them."""

    def __init__(self, without: Collection[str], finished: Callable[[Element], bool] | None) -> None:
        self.root: Element | None = None
        self.stopped = False
        self._without = frozenset(without)
        self._finished = finished
        self._open: list[Element] = []
        self._texts: list[list[str]] = []
        self._passed_over = 0
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if self._passed_over or tag in self._without:
            self._passed_over += 1
            if self._passed_over > MAX_DEPTH:
                raise _RefusedError("its elements are nested too deeply")
            return
        self._count += 1
        if len(self._open) >= MAX_DEPTH or self._count > MAX_ELEMENTS:
            raise _RefusedError("it has too many elements, or they are nested too deeply")
        element = Element(tag, attributes)
        if self._open:
            self._open[-1].children.append(element)
        else:
            self.root = element
        self._open.append(element)
        self._texts.append([])

    def text(self, data: str) -> None:
        if self._texts and not self._passed_over:
            self._texts[-1].append(data)

    def end(self, _name: str) -> None:
        if self._passed_over:
            self._passed_over -= 1
            return
        element = self._open.pop()
        element.text = "".join(self._texts.pop())
        if self._finished is not None and self._finished(element):
            self.stopped = True


def read_elements(
    stream: BinaryIO,
    where: str,
    *,
    without: Collection[str] = (),
    until: Callable[[Element], bool] | None = None,
) -> Element:
    """
    Read a document as a tree.

    Parameters
    ----------
    stream : binary stream
        The document.
    where : str
        What messages call it.
    without : collection of str
        Tags that are left out with all that is in them; most of an annotation is of no use here.
    until : callable, optional
        Asked at the end of every element; where it says True reading stops soon after. What follows is then
        neither read nor checked.

    Returns
    -------
    Element
        The root.

    Raises
    ------
    DataError
        If it is not well-formed XML, ends too early, declares a document type or an entity, or is too large.
    """
    builder = _TreeBuilder(without, until)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    parser.CharacterDataHandler = builder.text
    parser.StartDoctypeDeclHandler = _refuse
    parser.EntityDeclHandler = _refuse
    parser.ExternalEntityRefHandler = _refuse
    try:
        for chunk in _chunks(stream):
            parser.Parse(chunk, not chunk)
            if builder.stopped:
                break
    except (expat.ExpatError, _RefusedError, LookupError, ValueError) as error:  # LookupError: an unknown encoding
        if builder.stopped and builder.root is not None:
            return builder.root
        raise DataError("this is not sound XML", where=where, why=str(error)) from error
    if builder.root is None:
        raise DataError("this is not sound XML", where=where, why="it holds no element")
    return builder.root


def _chunks(stream: BinaryIO) -> Iterator[bytes]:
    """Give the document in pieces, the last of them empty."""
    n_bytes = 0
    while chunk := stream.read(_CHUNK):
        n_bytes += len(chunk)
        if n_bytes > MAX_BYTES:
            raise _RefusedError(f"it is larger than {MAX_BYTES // 2**20} MiB")
        yield chunk
    yield b""


def _refuse(*_declaration: object) -> NoReturn:
    raise _RefusedError("it declares a document type or an entity, which such files never do")
