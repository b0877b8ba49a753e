"""Answers as files: tables as CSV, layers of a GeoPackage, each with what it means."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas
import pandas as pd
import pyarrow as pa
import pyogrio

from snapstamps.formats.atomic import atomic_path, write_text
from snapstamps.formats.csv_fields import guarded
from snapstamps.model.errors import DataError, InputError
from snapstamps.results.gdal_writing import gdal_options
from snapstamps.results.geopackage import ABOUT_LAYER
from snapstamps.results.gpkg_check import require_whole
from snapstamps.results.measured import Measured

Row = Mapping[str, Any]
_KEPT = ("title", "sign", "quantity", "reference", "first_date", "last_date", "software")


def about_answer(measured: Sequence[Measured], content: str, **facts: str) -> dict[str, str]:
    """
    Say what an answer is, and of which results.

    Parameters
    ----------
    measured : sequence of Measured
        The results asked; the first one names the area.
    content : str
        One sentence.
    **facts : str
        What else a reader must know.

    Returns
    -------
    dict of str to str
    """
    kept = {key: measured[0].about[key] for key in _KEPT if key in measured[0].about} if len(measured) == 1 else {}
    return {"content": content, "results": ", ".join(each.path.name for each in measured), **kept, **facts}


def write_csv(path: Path, rows: Sequence[Row]) -> None:
    """Write rows as CSV (UTF-8, comma), atomically; missing numbers are empty, and no name becomes a formula."""
    harmless = [{key: _harmless(value) for key, value in row.items()} for row in rows]
    write_text(path, pd.DataFrame(harmless).to_csv(index=False, float_format="%.8g", lineterminator="\n"))


def _harmless(value: Any) -> Any:
    """Return a name that is no formula, and no line of its own: pandas does not quote a carriage return."""
    return guarded(value.replace("\r", " ")) if isinstance(value, str) else value


def write_layers(
    path: Path,
    layers: Mapping[str, tuple[Sequence[Row], Sequence[Any]]],
    about: Mapping[str, str],
    *,
    crs: str = "EPSG:4326",
) -> None:
    """
    Write layers and the table ``about`` as a GeoPackage, atomically; equal answers give equal bytes.

    Parameters
    ----------
    path : Path
        Target, ending in ``.gpkg``.
    layers : mapping of str to (rows, geometries)
        By name of the layer; empty ones are left out.
    about : mapping of str to str
        What they mean.
    crs : str
        Of the geometries.

    Raises
    ------
    DataError
        If GDAL cannot write the file.
    """
    stamp = f"{about.get('last_date', '2000-01-01')}T00:00:00.000Z"
    with atomic_path(path) as part, gdal_options({"OGR_CURRENT_DATE": stamp}):
        part.unlink()  # GDAL wants to make the file itself
        try:
            for name, (rows, shapes) in layers.items():
                if len(rows):
                    frame = geopandas.GeoDataFrame(pd.DataFrame(list(rows)), geometry=list(shapes), crs=crs)
                    pyogrio.write_dataframe(frame, part, layer=name, driver="GPKG", promote_to_multi=False)
            facts = pa.table({"key": list(about), "value": list(about.values())})
            pyogrio.write_arrow(facts, part, layer=ABOUT_LAYER, driver="GPKG")
        except RuntimeError as error:  # the root of pyogrio's errors
            raise DataError(f"{path.name} cannot be written", where=path, why=str(error)) from error
        require_whole(part, path)


def make_folder(folder: Path) -> Path:
    """
    Make a folder for answers.

    Raises
    ------
    InputError
        If it cannot be made.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError("the folder of the answers cannot be made", where=folder, why=error.strerror) from error
    return folder


def file_names(kind: str, names: Sequence[str]) -> list[str]:
    """
    Return a file name, without its ending, for each of many names, all of them different.

    Examples
    --------
    >>> file_names("point", ["YB120252.L2", "a/b", "a b"])
    ['point_YB120252.L2', 'point_a_b', 'point_a_b_2']
    """
    taken: dict[str, int] = {}
    result = []
    for name in names:
        plain = re.sub(r"[^\w.-]+", "_", name).strip("_.") or "unnamed"
        taken[plain] = taken.get(plain, 0) + 1
        result.append(f"{kind}_{plain}" + (f"_{taken[plain]}" if taken[plain] > 1 else ""))
    return result
