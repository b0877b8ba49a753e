"""KMZ: the points for Google Earth, thinned, in classes of velocity that can be switched on and off."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.sax.saxutils import escape

import numpy as np

from snapstamps.formats.atomic import atomic_path
from snapstamps.kernels.arrays import IntArray
from snapstamps.results.arrow_table import Progress
from snapstamps.results.formats.base import STEM, Format, Results, describe
from snapstamps.results.thinning import thin
from snapstamps.results.velocity_classes import LEGEND, VelocityClass, class_numbers, velocity_classes

POINT_LIMIT = 20_000
"""Points with which Google Earth still moves."""

_FIELDS = {"velocity": 2, "velocity_std": 2, "coherence": 3, "height": 1, "dem_error": 1}
"""Columns in the balloons, with their digits after the point."""

_DOT = "files/dot.png"
_DOT_PIXELS = 16
_DOT_SCALE = 0.35
_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The earliest time of a zip file; not the clock, so that equal results give equal bytes."""


class Kmz(Format):
    """A folder per class, fast towards the satellite first."""

    name = "kmz"
    files = (f"{STEM}.kmz",)
    content = "Velocity, its deviation, coherence, height and DEM error; at most 20 000 PS, thinned by a rule it states"
    readers = "Google Earth"

    def write(self, results: Results, folder: Path, *, progress: Progress) -> tuple[Path, ...]:
        """Write ``velocity.kmz``."""
        path = folder / f"{STEM}.kmz"
        table = results.table
        known = np.flatnonzero(np.isfinite(table["velocity"]))
        thinned = thin(table.lonlat, table["coherence"], known, limit=POINT_LIMIT)
        with atomic_path(path) as part, zipfile.ZipFile(part, "w") as archive:
            with archive.open(_entry("doc.kml"), "w", force_zip64=True) as stream:
                for text in _document(results, thinned.rows, thinned.rule):
                    stream.write(text.encode())
            archive.writestr(_entry(_DOT), _white_dot(_DOT_PIXELS))
        progress(len(table), len(table))
        return (path,)


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, date_time=_EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry


def _document(results: Results, rows: IntArray, rule: str) -> Iterator[str]:
    """Yield the text of ``doc.kml``."""
    velocity = results.table["velocity"]
    classes = velocity_classes(velocity)
    numbers = class_numbers(velocity[rows], classes)
    about = describe(results, more={"points": rule})
    # escaped twice, since Google Earth takes a description for HTML
    yield '<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
    yield f"<name>{_text(f'{results.name}: {LEGEND}')}</name>\n<description>{_text(escape(about))}</description>\n"
    for number, each in enumerate(classes):
        yield _style(number, each)
    yield '<Schema name="ps" id="ps">' + "".join(
        f'<SimpleField type="{kind}" name="{name}"/>'
        for name, kind in (("id", "int"), *((name, "double") for name in _FIELDS))
    )
    yield "</Schema>\n"
    for number, each in reversed(list(enumerate(classes))):
        yield f"<Folder><name>{_text(each.label)}</name>\n"
        yield from _placemarks(results, rows[numbers == number], number)
        yield "</Folder>\n"
    yield "</Document>\n</kml>\n"


def _placemarks(results: Results, rows: IntArray, number: int) -> Iterator[str]:
    table = results.table
    columns = {name: table[name][rows] for name in _FIELDS}
    for index, (row, identity) in enumerate(zip(rows, table["id"][rows], strict=True)):
        lon, lat = table.lonlat[row]
        values = [("id", str(identity))]
        values += [(name, f"{columns[name][index]:.{digits}f}") for name, digits in _FIELDS.items()]
        data = "".join(f'<SimpleData name="{name}">{value}</SimpleData>' for name, value in values if value != "nan")
        yield (
            f'<Placemark><styleUrl>#c{number}</styleUrl><ExtendedData><SchemaData schemaUrl="#ps">{data}'
            f"</SchemaData></ExtendedData><Point><coordinates>{lon:.7f},{lat:.7f}</coordinates></Point></Placemark>\n"
        )


def _style(number: int, each: VelocityClass) -> str:
    red, green, blue = (each.colour[start : start + 2] for start in (1, 3, 5))
    return (
        f'<Style id="c{number}"><IconStyle><color>ff{blue}{green}{red}</color><scale>{_DOT_SCALE}</scale>'
        f"<Icon><href>{_DOT}</href></Icon></IconStyle><LabelStyle><scale>0</scale></LabelStyle></Style>\n"
    )


def _text(text: str) -> str:
    """Return text for XML, without the control characters that XML cannot hold."""
    return escape("".join(letter for letter in text if letter >= " " or letter in "\n\t"))


def _white_dot(pixels: int) -> bytes:
    """Return a white disc as PNG (grey and alpha); Google Earth multiplies it with the colour of the class."""
    axis = np.arange(pixels) - (pixels - 1) / 2
    distance = np.hypot(axis[:, None], axis[None, :])
    alpha = np.clip(pixels / 2 - distance, 0, 1) * 255
    grey_alpha = np.stack([np.full_like(alpha, 255), alpha], axis=-1).astype(np.uint8)
    lines = b"".join(b"\0" + line.tobytes() for line in grey_alpha)
    header = struct.pack(">IIBBBBB", pixels, pixels, 8, 4, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(lines, 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, data) for kind, data in chunks)


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
