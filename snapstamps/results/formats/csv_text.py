"""CSV as streams of decimals."""

from collections.abc import Iterable, Sequence
from pathlib import Path

import pyarrow as pa
from pyarrow import csv

from snapstamps.formats.atomic import atomic_path
from snapstamps.formats.csv_field import safe_text


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
