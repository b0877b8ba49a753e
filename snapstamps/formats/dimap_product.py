"""
What a SNAP product in BEAM-DIMAP is: its size, bands with their files, and the metadata that the chain goes by.

Only the header is read here. That it exists proves nothing: SNAP writes it, and rasters in their full length,
before the first pixel.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from snapstamps.formats.dimap_header import read_dimap_header
from snapstamps.formats.dimap_orbit import SLAVE_ROOTS
from snapstamps.formats.xml_elements import Element
from snapstamps.kernels.arrays import Array
from snapstamps.model.errors import DataError

_DTYPES = {
    "int8": ">i1",
    "uint8": ">u1",
    "int16": ">i2",
    "uint16": ">u2",
    "int32": ">i4",
    "float32": ">f4",
    "float64": ">f8",
}
_LEFT_OUT = ("Image_Display", "Geoposition", "Coordinate_Reference_System", "Tie_Point_Grids", "Image_Statistics")
_NOT_A_SLAVE = "Original_Product_Metadata"


@dataclass(frozen=True)
class DimapBand:
    """
    One band.

    Attributes
    ----------
    name : str
        Such as ``i_IW2_VV``.
    kind : str
        Data type in SNAP's words, such as ``float32``.
    unit : str
        Such as ``real``.
    width, height : int
        Pixels.
    file : Path or None
        Its raster (``.img``); None for a virtual band.
    """

    name: str
    kind: str
    unit: str
    width: int
    height: int
    file: Path | None

    @property
    def n_bytes(self) -> int:
        """Return the size that its raster must have."""
        return self.width * self.height * np.dtype(_DTYPES[self.kind]).itemsize

    def pixels(self) -> Array:
        """
        Return its raster as a read-only map, shape (n_lines, n_samples).

        Raises
        ------
        DataError
            If it is virtual, or its file is missing or of another size.
        """
        if self.file is None:
            raise DataError(f"the band {self.name} has no raster")
        fault = self.fault()
        if fault is not None:
            raise DataError(fault, where=self.file)
        return np.memmap(self.file, _DTYPES[self.kind], "r", shape=(self.height, self.width))

    def fault(self) -> str | None:
        """Return what is wrong with the size of its raster, or None."""
        if self.file is None:
            return None
        if not self.file.is_file():
            return f"the raster of the band {self.name} is missing"
        size = self.file.stat().st_size
        if size != self.n_bytes:
            return f"the raster of the band {self.name} has {size} bytes instead of {self.n_bytes}"
        return None


@dataclass(frozen=True)
class DimapStep:
    """One node of a product's history: SNAP's operator, and the version of SNAP that ran it."""

    operator: str
    version: str


@dataclass(frozen=True)
class DimapProduct:
    """
    The header of a product.

    Attributes
    ----------
    path : Path
        The ``.dim``.
    name : str
        Of the product.
    width, height : int
        Pixels: range samples and azimuth lines.
    bands : tuple of DimapBand
        In order.
    attributes : dict of str to str
        Of the abstracted metadata.
    n_bursts : int or None
        Bursts that are not joined; 0 after deburst, None where nothing tells.
    slaves : tuple of str
        Names of the metadata elements of the slaves.
    slave_metadata : str
        What the element that holds them is called; empty if there is none.
    esd_shifts : dict of str to float
        Azimuth shift that spectral diversity found, by sub-swath, pixels.
    history : tuple of DimapStep
        What was done, in order.
    """

    path: Path
    name: str
    width: int
    height: int
    bands: tuple[DimapBand, ...]
    attributes: dict[str, str]
    n_bursts: int | None
    slaves: tuple[str, ...]
    slave_metadata: str
    esd_shifts: dict[str, float]
    history: tuple[DimapStep, ...]

    def real_bands(self, prefix: str = "") -> tuple[DimapBand, ...]:
        """Return the bands with a raster whose names begin so."""
        return tuple(band for band in self.bands if band.file is not None and band.name.startswith(prefix))

    def band(self, name: str) -> DimapBand | None:
        """Return a band by its name, or None."""
        return next((band for band in self.bands if band.name == name), None)

    @property
    def version(self) -> str:
        """Return the version of SNAP that wrote it; empty where the history tells none."""
        return next((step.version for step in reversed(self.history) if step.version), "")


def read_product(path: Path) -> DimapProduct:
    """
    Read the header of a SNAP product.

    Parameters
    ----------
    path : Path
        The ``.dim``.

    Returns
    -------
    DimapProduct

    Raises
    ------
    InputError
        If the file is missing or cannot be read.
    DataError
        If it is no sound header, or of a form that SNAP's radar toolbox does not write.
    """
    root = read_dimap_header(path, without=_LEFT_OUT)
    try:
        return _product(path, root)
    except (LookupError, ValueError) as error:
        raise DataError(f"{path.name} is not a sound header of a SNAP product", where=path, why=str(error)) from error


def _product(path: Path, root: Element) -> DimapProduct:
    metadata = _named(root.find("Dataset_Sources"), "metadata")
    own = _named(metadata, "Abstracted_Metadata")
    slaves = next((found for name in SLAVE_ROOTS if (found := _named(metadata, name)) is not None), None)
    return DimapProduct(
        path=path,
        name=root.value("Dataset_Id/DATASET_NAME"),
        width=int(root.value("Raster_Dimensions/NCOLS")),
        height=int(root.value("Raster_Dimensions/NROWS")),
        bands=tuple(_bands(path, root)),
        attributes=_attributes(own),
        n_bursts=_n_bursts(metadata),
        slaves=tuple(_name(child) for child in _elements(slaves) if _name(child) != _NOT_A_SLAVE),
        slave_metadata="" if slaves is None else _name(slaves),
        esd_shifts=dict(_esd_shifts(own)),
        history=tuple(_history(metadata)),
    )


def _bands(path: Path, root: Element) -> Iterator[DimapBand]:
    hrefs: dict[str, str] = {}
    for item in root.all("Data_Access/Data_File"):
        place = item.find("DATA_FILE_PATH")
        if place is not None:
            hrefs[item.value("BAND_INDEX")] = place.attributes["href"]
    for info in root.all("Image_Interpretation/Spectral_Band_Info"):
        href = hrefs.get(info.value("BAND_INDEX"))
        kind = info.value("DATA_TYPE")
        if href is not None and kind not in _DTYPES:
            raise ValueError(f"the band {info.value('BAND_NAME')} is of the type {kind!r}")
        # SNAP writes / on every system, but products may have been made on Windows by others
        file = None if href is None else (path.parent / href.replace("\\", "/")).with_suffix(".img")
        unit = info.find("PHYSICAL_UNIT")
        yield DimapBand(
            name=info.value("BAND_NAME"),
            kind=kind,
            unit="" if unit is None else unit.text.strip(),
            width=int(info.value("BAND_RASTER_WIDTH")),
            height=int(info.value("BAND_RASTER_HEIGHT")),
            file=file,
        )


def _n_bursts(metadata: Element | None) -> int | None:
    """Return what the annotation's list of bursts counts; Deburst sets it to 0."""
    annotations = _named(_named(metadata, "Original_Product_Metadata"), "annotation")
    element = next(_elements(annotations), None)  # the split leaves one
    for name in ("product", "swathTiming", "burstList"):
        element = _named(element, name)
    count = _attributes(element).get("count")
    return None if count is None else int(count)


def _esd_shifts(own: Element | None) -> Iterator[tuple[str, float]]:
    """Give the azimuth shifts: ESD Measurement / pair / Overall_Range_Azimuth_Shift / sub-swath."""
    for pair in _elements(_named(own, "ESD Measurement")):
        for swath in _elements(_named(pair, "Overall_Range_Azimuth_Shift")):
            for name, text in _attributes(swath).items():
                if "azimuth" in name.lower():
                    yield _name(swath), float(text)


def _history(metadata: Element | None) -> Iterator[DimapStep]:
    for node in _elements(_named(metadata, "Processing_Graph")):
        values = _attributes(node)
        yield DimapStep(values.get("operator", ""), values.get("moduleVersion", ""))


def _elements(element: Element | None) -> Iterator[Element]:
    if element is not None:
        yield from element.all("MDElem")


def _named(element: Element | None, name: str) -> Element | None:
    return next((child for child in _elements(element) if _name(child) == name), None)


def _name(element: Element) -> str:
    return element.attributes.get("name", "")


def _attributes(element: Element | None) -> dict[str, str]:
    if element is None:
        return {}
    return {one.attributes.get("name", ""): one.text.strip() for one in element.all("MDATTR")}
