"""A product in the hands of the stand-in: size, bands, metadata; and BEAM-DIMAP on disk."""

import copy
import xml.etree.ElementTree as ET
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
DTYPES = {"int16": ">i2", "float32": ">f4"}
Tree = dict[str, "Tree | str"]
BURST_LIST = ("Original_Product_Metadata", "annotation", "iw", "product", "swathTiming", "burstList")


Source = Callable[[int, int, int, int], np.ndarray]
"""Gives the values of a window: first line, first sample, lines, samples; counted from the scene's first pixel."""


@dataclass
class Band:
    """One band; `source` makes its values only when they are written; a virtual one has none."""

    name: str
    kind: str
    unit: str
    source: Source | None = None
    expression: str = ""

    @property
    def is_virtual(self) -> bool:
        return self.source is None


@dataclass
class Product:
    """
    What flows from node to node.

    Its rows are segments of lines, (first line, number of lines): one for each burst, or a single one.
    """

    name: str
    first_sample: int
    width: int
    segments: list[tuple[int, int]]
    bands: list[Band]
    metadata: Tree
    history: list[tuple[str, str, dict[str, str]]] = field(default_factory=list)

    @property
    def height(self) -> int:
        return sum(lines for _, lines in self.segments)

    @property
    def burst_list(self) -> Tree:
        """The metadata element whose count tells whether there are bursts."""
        part: Tree = self.metadata
        for name in BURST_LIST:
            part = part.setdefault(name, {})  # type: ignore[assignment]
        return part

    @property
    def in_bursts(self) -> bool:
        return self.burst_list.get("count", "0") != "0"

    def pixels(self, band: Band) -> np.ndarray:
        assert band.source is not None
        if not self.width or not self.height:
            return np.zeros((self.height, self.width))
        parts = [band.source(line, self.first_sample, lines, self.width) for line, lines in self.segments]
        return np.vstack(parts) if parts else np.zeros((0, self.width))

    @property
    def abstracted(self) -> Tree:
        return self.metadata.setdefault("Abstracted_Metadata", {})  # type: ignore[return-value]

    def band(self, start: str) -> Band | None:
        return next((band for band in self.bands if band.name.startswith(start)), None)

    def like(self, **changes) -> "Product":
        """A changed copy, whose metadata are its own."""
        return replace(self, **{"metadata": copy.deepcopy(self.metadata), "history": list(self.history), **changes})

    @property
    def first_line_time(self) -> datetime:
        return read_time(str(self.abstracted["first_line_time"]))

    @property
    def date_name(self) -> str:
        return snap_date(self.first_line_time)


def snap_date(moment: datetime) -> str:
    return f"{moment.day:02d}{MONTHS[moment.month - 1]}{moment.year}"


def parse_snap_date(text: str) -> datetime:
    return datetime(int(text[5:]), MONTHS.index(text[2:5]) + 1, int(text[:2]), tzinfo=UTC)


def write_time(moment: datetime) -> str:
    return f"{moment.day:02d}-{MONTHS[moment.month - 1].upper()}-{moment:%Y %H:%M:%S.%f}"


def read_time(text: str) -> datetime:
    day, clock = text.split()
    number, month, year = day.split("-")
    names = [name.upper() for name in MONTHS]
    hours, minutes, seconds = clock.split(":")
    whole, _, part = seconds.partition(".")
    return datetime(
        int(year),
        names.index(month) + 1,
        int(number),
        int(hours),
        int(minutes),
        int(whole),
        int((part or "0").ljust(6, "0")),
        UTC,
    )


def complex_bands(tag: str, kind: str, values: Source) -> list[Band]:
    """i, q and the virtual intensity of complex values."""
    return [
        Band(f"i_{tag}", kind, "real", lambda *window: values(*window).real),
        Band(f"q_{tag}", kind, "imaginary", lambda *window: values(*window).imag),
        Band(f"Intensity_{tag}", "float32", "intensity", None, f"i_{tag} * i_{tag} + q_{tag} * q_{tag}"),
    ]


def start_files(product: Product, dim: Path) -> list[Path]:
    """Write the header, and every raster in its full length but empty, as SNAP does before the first tile."""
    folder = dim.with_suffix(".data")
    folder.mkdir(parents=True, exist_ok=True)
    rasters = []
    for band in product.bands:
        if band.is_virtual:
            continue
        path = folder / f"{band.name}.img"
        with path.open("wb") as stream:
            stream.truncate(product.width * product.height * np.dtype(DTYPES[band.kind]).itemsize)
        path.with_suffix(".hdr").write_text(
            f"ENVI\ndescription = {{{band.name}}}\nsamples = {product.width}\nlines = {product.height}\nbands = 1\n"
            f"header offset = 0\nfile type = ENVI Standard\ndata type = {2 if band.kind == 'int16' else 4}\n"
            "interleave = bsq\nbyte order = 1\n"
        )
        rasters.append(path)
    dim.write_text(header(product, folder.name), encoding="iso-8859-1")
    return rasters


def fill_files(product: Product, dim: Path) -> None:
    """Write the values."""
    for band in product.bands:
        if not band.is_virtual:
            values = product.pixels(band)
            assert values.shape == (product.height, product.width), f"fake gpt: {band.name} is {values.shape}"
            if band.kind == "int16":
                values = np.rint(values)
            values.astype(DTYPES[band.kind]).tofile(dim.with_suffix(".data") / f"{band.name}.img")
    dim.write_text(header(product, dim.with_suffix(".data").name), encoding="iso-8859-1")


def header(product: Product, folder: str) -> str:
    """The .dim."""
    real = [(index, band) for index, band in enumerate(product.bands) if not band.is_virtual]
    files = "".join(
        f'<Data_File><DATA_FILE_PATH href="{folder}/{band.name}.hdr"/><BAND_INDEX>{index}</BAND_INDEX></Data_File>\n'
        for index, band in real
    )
    bands = "".join(_band_info(index, band, product) for index, band in enumerate(product.bands))
    metadata = "".join(_element(name, part) for name, part in product.metadata.items()) + _processing_graph(product)
    start, stop = (product.abstracted.get(f"{end}_line_time", "") for end in ("first", "last"))
    return (
        f'<?xml version="1.0" encoding="ISO-8859-1"?>\n<Dimap_Document name="{product.name}.dim">\n'
        '<Metadata_Id><METADATA_FORMAT version="2.13.0">DIMAP</METADATA_FORMAT>'
        "<METADATA_PROFILE>BEAM-DATAMODEL-V1</METADATA_PROFILE></Metadata_Id>\n"
        f"<Dataset_Id><DATASET_SERIES>BEAM-PRODUCT</DATASET_SERIES><DATASET_NAME>{product.name}</DATASET_NAME></Dataset_Id>\n"
        f"<Production><PRODUCT_TYPE>SLC</PRODUCT_TYPE>"
        f"<PRODUCT_SCENE_RASTER_START_TIME>{start}</PRODUCT_SCENE_RASTER_START_TIME>"
        f"<PRODUCT_SCENE_RASTER_STOP_TIME>{stop}</PRODUCT_SCENE_RASTER_STOP_TIME></Production>\n"
        f"<Raster_Dimensions><NCOLS>{product.width}</NCOLS><NROWS>{product.height}</NROWS>"
        f"<NBANDS>{len(product.bands)}</NBANDS></Raster_Dimensions>\n"
        f"<Data_Access><DATA_FILE_FORMAT>ENVI</DATA_FILE_FORMAT>\n{files}</Data_Access>\n"
        f"<Image_Interpretation>\n{bands}</Image_Interpretation>\n"
        f'<Dataset_Sources><MDElem name="metadata">\n{metadata}</MDElem></Dataset_Sources>\n</Dimap_Document>\n'
    )


def _band_info(index: int, band: Band, product: Product) -> str:
    virtual = f"<VIRTUAL_BAND>true</VIRTUAL_BAND><EXPRESSION>{band.expression}</EXPRESSION>" if band.is_virtual else ""
    return (
        f"<Spectral_Band_Info><BAND_INDEX>{index}</BAND_INDEX><BAND_NAME>{band.name}</BAND_NAME>"
        f"<BAND_RASTER_WIDTH>{product.width}</BAND_RASTER_WIDTH><BAND_RASTER_HEIGHT>{product.height}</BAND_RASTER_HEIGHT>"
        f"<DATA_TYPE>{band.kind}</DATA_TYPE><PHYSICAL_UNIT>{band.unit}</PHYSICAL_UNIT><SCALING_FACTOR>1.0</SCALING_FACTOR>"
        "<SCALING_OFFSET>0.0</SCALING_OFFSET><LOG10_SCALED>false</LOG10_SCALED><NO_DATA_VALUE_USED>true</NO_DATA_VALUE_USED>"
        f"<NO_DATA_VALUE>0.0</NO_DATA_VALUE>{virtual}</Spectral_Band_Info>\n"
    )


def _element(name: str, part: "Tree | str") -> str:
    if isinstance(part, str):
        escaped = _quoted(part)[1:-1]
        return f'<MDATTR name={_quoted(name)} type="ascii" mode="rw">{escaped}</MDATTR>\n'
    return f"<MDElem name={_quoted(name)}>\n{''.join(_element(*item) for item in part.items())}</MDElem>\n"


def _quoted(text: str) -> str:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return f'"{text}"'


def _processing_graph(product: Product) -> str:
    nodes = {
        f"node.{index}": {
            "id": f"{operator}$1",
            "operator": operator,
            "moduleVersion": version,
            "parameters": dict(values),
        }
        for index, (operator, version, values) in enumerate(product.history)
    }
    return _element("Processing_Graph", nodes) if nodes else ""  # type: ignore[arg-type]


def read_dimap(dim: Path, first_line_of: Callable[[datetime], int], first_sample_of: Callable[[float], int]) -> Product:
    """Open a product that the stand-in wrote; the functions tell where its pixels lie in the scene."""
    root = ET.fromstring(dim.read_bytes())
    width, height = (int(root.findtext(f"Raster_Dimensions/{name}") or 0) for name in ("NCOLS", "NROWS"))
    top = root.find("Dataset_Sources/MDElem")
    parts = {element.get("name") or "": element for element in (top if top is not None else ())}
    graph = parts.pop("Processing_Graph", ())
    product = Product(
        name=root.findtext("Dataset_Id/DATASET_NAME") or "",
        first_sample=0,
        width=width,
        segments=[(0, height)],
        bands=[],
        metadata={name: _tree(element) for name, element in parts.items()},
        history=[(_text(node, "operator"), _text(node, "moduleVersion"), {}) for node in graph],
    )
    if "first_line_time" in product.abstracted:
        product.first_sample = first_sample_of(float(str(product.abstracted["slant_range_to_first_pixel"])))
        product.segments = [(first_line_of(product.first_line_time), height)]
    if product.in_bursts:
        times = [value for name, value in product.burst_list.items() if name.startswith("burst")]
        lines = height // len(times)
        product.segments = [(first_line_of(read_time(str(time))), lines) for time in times]
    _open_bands(product, root, dim)
    return product


def _open_bands(product: Product, root: ET.Element, dim: Path) -> None:
    hrefs = {
        item.findtext("BAND_INDEX"): item.find("DATA_FILE_PATH").get("href")  # type: ignore[union-attr]
        for item in root.iter("Data_File")
    }
    for info in root.iter("Spectral_Band_Info"):
        name, kind = info.findtext("BAND_NAME") or "", info.findtext("DATA_TYPE") or ""
        href = hrefs.get(info.findtext("BAND_INDEX"))
        source = None
        if href is not None:
            path = (dim.parent / href).with_suffix(".img")
            size = product.width * product.height * np.dtype(DTYPES[kind]).itemsize
            if not path.is_file() or path.stat().st_size < size:
                raise OSError(f"cannot read the band {name} of {dim.name}")
            source = _file_source(path, kind, product)
        product.bands.append(
            Band(name, kind, info.findtext("PHYSICAL_UNIT") or "", source, info.findtext("EXPRESSION") or "")
        )


def _file_source(path: Path, kind: str, product: Product) -> Source:
    """Read any window from a raster; a line that two bursts hold comes from the one whose middle is nearer."""
    segments, first_sample, width = list(product.segments), product.first_sample, product.width
    height = product.height

    def source(line: int, sample: int, lines: int, samples: int) -> np.ndarray:
        raster = np.fromfile(path, DTYPES[kind]).reshape(height, width)
        out = np.zeros((lines, samples), np.float64)
        starts = np.cumsum([0, *(count for _, count in segments)])
        left, right = max(sample, first_sample), min(sample + samples, first_sample + width)
        for row in range(lines):
            held = [
                (abs(line + row - first - count / 2), start + line + row - first)
                for (first, count), start in zip(segments, starts, strict=False)
                if first <= line + row < first + count
            ]
            if held and right > left:
                out[row, left - sample : right - sample] = raster[
                    min(held)[1], left - first_sample : right - first_sample
                ]
        return out

    return source


def _tree(element: ET.Element) -> Tree:
    return {child.get("name") or "": (child.text or "") if child.tag == "MDATTR" else _tree(child) for child in element}


def _text(element: ET.Element, name: str) -> str:
    return next((child.text or "" for child in element if child.get("name") == name), "")
