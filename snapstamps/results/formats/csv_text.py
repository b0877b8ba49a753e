"""CSV as streams of decimals, and text that no spreadsheet takes for a formula."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from snapstamps.formats.atomic import atomic_path

_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def safe_text(text: str) -> str:
    r"""
    Return text as a field of a CSV file: never a formula, quoted where it must be.

    Spreadsheets run what begins with one of ``= + - @``, a tab or a carriage return. An apostrophe before it makes
    text of it.

    Examples
    --------
    >>> [safe_text(text) for text in ("=HYPERLINK(A1)", "S1A_IW", "a, b")]
    ["'=HYPERLINK(A1)", 'S1A_IW', '"a, b"']
    """
    guarded = f"'{text}" if text.startswith(_FORMULA) else text
    if any(character in guarded for character in ',"\r\n'):
        return '"' + guarded.replace('"', '""') + '"'
    return guarded


def write_csv(path: Path, head: Sequence[Sequence[str]], batches: Iterable[pa.RecordBatch], schema: pa.Schema) -> None:
    """
    Write a CSV file of numbers, atomically.

    Parameters
    ----------
    path : Path
        Target.
    head : sequence of sequence of str
        Lines of text before the numbers.
    batches : iterable of pyarrow.RecordBatch
        Numbers; null is an empty field.
    schema : pyarrow.Schema
        Of the batches.

    Raises
    ------
    OSError
        If the file cannot be written.
    """
    options = csv.WriteOptions(include_header=False, quoting_style="none")
    with atomic_path(path) as part, part.open("wb") as stream:
        for line in head:
            stream.write((",".join(safe_text(field) for field in line) + "\n").encode())
        with csv.CSVWriter(stream, schema, write_options=options) as writer:
            for batch in batches:
                writer.write_batch(batch)
