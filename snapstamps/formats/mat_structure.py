"""
Whether a MATLAB v5/v7 file is built as one, before scipy reads it.

scipy trusts the type codes in a file: a damaged one makes it index beyond its tables, and the process
dies without a message. So the tags of all elements are walked first. Data are skipped, and compressed
variables are decompressed once, because their checksum proves all that is in them.
"""

import math
import struct
import zlib
from pathlib import Path
from typing import BinaryIO

HEADER_BYTES = 128

_MATRIX, _COMPRESSED = 14, 15
_ITEM_BYTES = {1: 1, 2: 1, 3: 2, 4: 2, 5: 4, 6: 4, 7: 4, 9: 8, 12: 8, 13: 8, 16: 1, 17: 2, 18: 4}
"""Bytes per value of each type of data."""
_CELL, _STRUCT, _OBJECT, _CHAR, _SPARSE, _NUMBERS = 1, 2, 3, 4, 5, range(6, 16)
_COMPLEX_FLAG = 0x0800
_DEEPEST = 32
_CHUNK = 1 << 20


def check_structure(path: Path) -> None:
    """
    Check that a file is a sound MATLAB v5/v7 file.

    Parameters
    ----------
    path : Path
        The file.

    Raises
    ------
    ValueError
        Saying what is unsound.
    OSError
        If it cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        header = stream.read(HEADER_BYTES)
        order = {b"IM": "<", b"MI": ">"}.get(header[126:128])
        if len(header) < HEADER_BYTES or order is None or 0 in header[:4]:
            raise ValueError("it does not begin as a MATLAB v5/v7 file")
        walker = _Walker(stream, order)
        while stream.tell() < size:
            walker.variable(size)


class _Walker:
    """Steps through the elements of an open file."""

    def __init__(self, stream: BinaryIO, order: str) -> None:
        self._stream = stream
        self._order = order

    def variable(self, end: int) -> None:
        """Step over one variable that must end at ``end`` or before."""
        kind, n_bytes, after = self._tag(end)
        if kind == _MATRIX:
            self._matrix(after, depth=0)
        elif kind == _COMPRESSED:
            # compressed variables are not padded to eight bytes
            after = self._stream.tell() + n_bytes
            self._compressed(n_bytes)
        else:
            raise ValueError(f"a variable of unknown kind {kind}")
        self._stream.seek(after)

    def _tag(self, end: int) -> tuple[int, int, int]:
        """Read a tag; return kind, bytes, and where the element ends."""
        raw = self._read(8)
        first, second = struct.unpack(f"{self._order}II", raw)
        if first >> 16:  # up to four bytes of data lie in the tag itself
            self._stream.seek(-4, 1)
            kind, n_bytes, after = first & 0xFFFF, first >> 16, self._stream.tell() + 4
            fits = n_bytes <= 4
        else:
            kind, n_bytes = first, second
            after = self._stream.tell() + -(-n_bytes // 8) * 8
            fits = self._stream.tell() + n_bytes <= end
        if not fits:
            raise ValueError("an element goes on beyond the end of what holds it")
        return kind, n_bytes, min(after, end)

    def _data(self, end: int) -> tuple[bytes | None, int]:
        """Step over an element of data; return it if it is short, and the number of its values."""
        kind, n_bytes, after = self._tag(end)
        if kind not in _ITEM_BYTES or n_bytes % _ITEM_BYTES[kind]:
            raise ValueError(f"data of unknown type {kind}")
        content = self._read(n_bytes) if n_bytes <= 256 else None
        self._stream.seek(after)
        return content, n_bytes // _ITEM_BYTES[kind]

    def _matrix(self, end: int, *, depth: int) -> None:
        if depth > _DEEPEST:
            raise ValueError("cells or structures too deep within one another")
        if self._stream.tell() == end:
            return  # an empty cell is an element without anything in it
        flags, n_flags = self._data(end)
        dimensions, n_dimensions = self._data(end)
        if flags is None or n_flags != 2 or dimensions is None or not 2 <= n_dimensions <= 32:
            raise ValueError("an array without class or dimensions")
        (word,) = struct.unpack(f"{self._order}I", flags[:4])
        shape = struct.unpack(f"{self._order}{n_dimensions}i", dimensions)
        if min(shape) < 0:
            raise ValueError("an array of negative size")
        self._data(end)  # the name
        array_class, parts = word & 0xFF, 2 if word & _COMPLEX_FLAG else 1
        if array_class in _NUMBERS or array_class == _CHAR:
            counts = [self._data(end)[1] for _ in range(parts)]
            # a string may be stored as UTF-8, of which one letter takes several bytes
            sound = array_class == _CHAR or all(count == math.prod(shape) for count in counts)
        elif array_class == _SPARSE:
            _, column_starts, *_ = [self._data(end)[1] for _ in range(2 + parts)]
            sound = column_starts == shape[-1] + 1
        elif array_class in {_CELL, _STRUCT, _OBJECT}:
            n_fields = 1 if array_class == _CELL else self._fields(array_class, end)
            sound = self._members(end, depth) == n_fields * math.prod(shape)
        else:
            raise ValueError(f"an array of unknown class {array_class}")
        if not sound:
            raise ValueError("an array with more or fewer values than its dimensions say")

    def _fields(self, array_class: int, end: int) -> int:
        """Step over the field names of a structure; return how many there are."""
        if array_class == _OBJECT:
            self._data(end)  # the name of its class
        length, n_lengths = self._data(end)
        if length is None or n_lengths != 1 or len(length) != 4:
            raise ValueError("a structure without the length of its field names")
        (longest,) = struct.unpack(f"{self._order}i", length)
        _, n_letters = self._data(end)
        if longest < 1 or n_letters % longest:
            raise ValueError("a structure with broken field names")
        return int(n_letters // longest)

    def _members(self, end: int, depth: int) -> int:
        """Step over the cells or fields up to the end; return how many there were."""
        count = 0
        while self._stream.tell() < end:
            kind, _, after = self._tag(end)
            if kind != _MATRIX:
                raise ValueError("a cell or field that is no array")
            self._matrix(after, depth=depth + 1)
            self._stream.seek(after)
            count += 1
        return count

    def _compressed(self, n_bytes: int) -> None:
        unpacker = zlib.decompressobj()
        left = n_bytes
        while left and not unpacker.eof:
            chunk = self._read(min(left, _CHUNK))
            left -= len(chunk)
            while chunk:
                unpacker.decompress(chunk, _CHUNK)
                chunk = unpacker.unconsumed_tail
        if not unpacker.eof:
            raise ValueError("a compressed variable ends too early")

    def _read(self, n_bytes: int) -> bytes:
        content = self._stream.read(n_bytes)
        if len(content) != n_bytes:
            raise ValueError("the file ends within a variable")
        return content
