"""Headers of SNAP products: a real one, and what is wrong with rasters."""

from pathlib import Path

import numpy as np
import pytest

from snapstamps.formats.dimap_product import read_product
from snapstamps.model.errors import DataError, InputError
from snapstamps.snap.product_content import finite_share, known_heights_share, mean_of, nonzero_share, range_of

REAL = Path(__file__).resolve().parents[3] / "shared" / "data" / "snap_dimap"
HEADER = """<?xml version="1.0" encoding="ISO-8859-1"?>
<Dimap_Document><Dataset_Id><DATASET_NAME>p</DATASET_NAME></Dataset_Id>
<Raster_Dimensions><NCOLS>4</NCOLS><NROWS>6</NROWS></Raster_Dimensions>
<Data_Access><Data_File><DATA_FILE_PATH href="p.data/i_a.hdr"/><BAND_INDEX>0</BAND_INDEX></Data_File>
<Data_File><DATA_FILE_PATH href="p.data\\q_a.hdr"/><BAND_INDEX>1</BAND_INDEX></Data_File></Data_Access>
<Image_Interpretation>{bands}</Image_Interpretation>
<Dataset_Sources><MDElem name="metadata"><MDElem name="Abstracted_Metadata">
<MDATTR name="SWATH">IW2</MDATTR><MDElem name="ESD Measurement"><MDElem name="pair">
<MDElem name="Overall_Range_Azimuth_Shift"><MDElem name="IW2">
<MDATTR name="azimuthShift">-0.07</MDATTR></MDElem></MDElem>
</MDElem></MDElem></MDElem></MDElem></Dataset_Sources></Dimap_Document>
"""
BAND = (
    "<Spectral_Band_Info><BAND_INDEX>{0}</BAND_INDEX><BAND_NAME>{1}</BAND_NAME><BAND_RASTER_WIDTH>4</BAND_RASTER_WIDTH>"
    "<BAND_RASTER_HEIGHT>6</BAND_RASTER_HEIGHT><DATA_TYPE>float32</DATA_TYPE></Spectral_Band_Info>"
)


@pytest.fixture
def product(tmp_path) -> Path:
    (tmp_path / "p.data").mkdir()
    for name in ("i_a", "q_a"):
        np.arange(24, dtype=">f4").tofile(tmp_path / "p.data" / f"{name}.img")
    bands = "".join(BAND.format(*band) for band in ((0, "i_a"), (1, "q_a"), (2, "Intensity_a")))
    (tmp_path / "p.dim").write_text(HEADER.format(bands=bands))
    return tmp_path / "p.dim"


@pytest.mark.skipif(
    not REAL.is_dir(), reason="needs the real header (../shared/data), which is not part of the project"
)
def test_a_real_split_product_of_snap_13_is_read():
    seen = read_product(next(REAL.glob("*.dim")))
    assert (seen.width, seen.height, seen.n_bursts) == (20513, 1488, 1)
    assert [band.name for band in seen.real_bands()] == ["i_IW1_VH", "q_IW1_VH"]
    assert [step.operator for step in seen.history] == ["TOPSAR-Split", "Write"]
    assert seen.version == "13.0.0.0"
    assert seen.attributes["MISSION"] == "SENTINEL-1A"
    assert seen.slaves == ()


def test_bands_have_rasters_and_virtual_ones_have_none(product):
    seen = read_product(product)
    assert [band.name for band in seen.real_bands()] == ["i_a", "q_a"]
    assert seen.band("Intensity_a").file is None
    assert seen.real_bands()[1].pixels()[5, 3] == 23
    assert seen.esd_shifts == {"IW2": -0.07}
    assert seen.n_bursts is None


def test_a_missing_or_cut_raster_is_told(product):
    raster = product.with_suffix(".data") / "q_a.img"
    raster.write_bytes(b"1234")
    band = read_product(product).band("q_a")
    assert band.fault() == "the raster of the band q_a has 4 bytes instead of 96"
    raster.unlink()
    with pytest.raises(DataError, match="is missing"):
        band.pixels()
    with pytest.raises(DataError, match="no raster"):
        read_product(product).band("Intensity_a").pixels()


def test_what_is_no_header_is_one_clear_error(product):
    with pytest.raises(InputError, match="cannot be read"):
        read_product(product.with_name("gone.dim"))
    product.write_text(product.read_text().replace("<NCOLS>4</NCOLS>", ""))
    with pytest.raises(DataError, match="not a sound header"):
        read_product(product)


def test_shares_are_those_of_the_pixels(product):
    values = np.zeros((6, 4), ">f4")
    values[3:] = [1.0, 2.0, np.nan, -32768.0]
    for name in ("i_a", "q_a"):
        values.tofile(product.with_suffix(".data") / f"{name}.img")
    one, two = read_product(product).real_bands()
    assert nonzero_share(one, two, n_bursts=2) == (0.0, 1.0)
    assert finite_share(one) == pytest.approx(0.5 * 0.75)
    assert known_heights_share(one) == pytest.approx(0.5 + 0.5 * 0.5)
    assert mean_of(one) == pytest.approx((1 + 2 - 32768) / 3)
    assert range_of(one) == (-32768, 2)
