"""Writing with GDAL: its options put back, its errors made clear, nothing left beside a broken file."""

import contextlib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyarrow as pa
import pyogrio

from snapstamps.model.errors import DataError


class Stream:
    """
    Batches on their way into GDAL, which remember what went wrong.

    On its way through Arrow and GDAL an error, an interrupt too, loses its kind.

    Parameters
    ----------
    schema : pyarrow.Schema
        Of the batches.
    batches : iterable of pyarrow.RecordBatch
        Made while they are written.

    Attributes
    ----------
    failure : BaseException or None
        What the making of a batch has raised.
    """

    def __init__(self, schema: pa.Schema, batches: Iterable[pa.RecordBatch]) -> None:
        self.schema = schema
        self.failure: BaseException | None = None
        self._batches = batches

    def reader(self) -> pa.RecordBatchReader:
        """Return what writers take."""
        return pa.RecordBatchReader.from_batches(self.schema, self._remembering())

    def _remembering(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._batches
        except BaseException as error:
            self.failure = error
            raise


@contextlib.contextmanager
def gdal_errors(path: Path, stream: Stream) -> Iterator[None]:
    """
    Turn what GDAL refuses into one clear error.

    Parameters
    ----------
    path : Path
        The product, for the message.
    stream : Stream
        What is being written.

    Raises
    ------
    DataError
        If GDAL cannot write the file.
    BaseException
        What the stream itself has raised.
    """
    try:
        yield
    except RuntimeError as error:  # the root of pyogrio's errors
        if stream.failure is not None:
            raise stream.failure from None
        raise DataError(
            f"{path.name} cannot be written",
            where=path,
            why=str(error),
            remedy="look at the free disk space and at the permissions of the folder",
        ) from error


@contextlib.contextmanager
def gdal_options(options: Mapping[str, str]) -> Iterator[None]:
    """Set options of GDAL, and put back what they were."""
    before = {name: pyogrio.get_gdal_config_option(name) for name in options}
    pyogrio.set_gdal_config_options(dict(options))
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options(before)
