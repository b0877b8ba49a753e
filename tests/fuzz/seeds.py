"""Sound files to begin with: small ones of every form that is read, made by code."""

import io
import zipfile
from pathlib import Path

import geopandas
import numpy as np
import scipy.io
import scipy.sparse
import shapely
from simulated_safe import Pass, annotation, manifest, write_orbit_file, write_zip

from snapstamps.config.options import Options
from snapstamps.config.template import commented_file
from snapstamps.simulate.export import write_headers
from snapstamps.simulate.scene import Scene
from snapstamps.simulate.spec import SceneSpec, spec_json

SMALL_PASS = Pass(n_bursts=1)
MANIFEST = manifest(SMALL_PASS).encode()
ANNOTATION = annotation(SMALL_PASS, "IW2", "VV").encode()
SQUARE = "POLYGON ((105 21, 106 21, 106 22, 105 22, 105 21))"
ZIPPED_SUFFIXES = (".shp", ".shx", ".dbf", ".prj")


def gamma_headers(folder: Path, kind: str) -> list[bytes]:
    """Headers of a simulated export, with SNAP's faults and without."""
    found = []
    for faults in (False, True):
        spec = SceneSpec(n_lines=40, n_samples=60, n_dates=3, snap_faults=faults)
        export = folder / f"export_{faults}"
        for part in ("rslc", "diff0", "geo", "dem"):
            (export / part).mkdir(parents=True)
        write_headers(export, Scene(spec))
        found += [path.read_bytes() for path in sorted(export.rglob(f"*.{kind}"))[:2]]
    return found


def orbit_files(folder: Path) -> list[bytes]:
    """An orbit file with few vectors."""
    return [write_orbit_file(folder, SMALL_PASS, step=200.0).read_bytes()]


def zipped(content: bytes, name: str) -> bytes:
    """A zip file with one member."""
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo(name), content)
    return target.getvalue()


def safe_zips(folder: Path) -> list[bytes]:
    """A whole product as a zip file, of one sub-swath."""
    return [write_zip(folder, Pass(n_bursts=1, swaths=("IW2",))).read_bytes()]


def manifests(_folder: Path) -> list[bytes]:
    """A manifest."""
    return [MANIFEST]


def annotations(_folder: Path) -> list[bytes]:
    """An annotation of one burst."""
    return [ANNOTATION]


def dimap_headers(_folder: Path) -> list[bytes]:
    """The header of a SNAP product with all that is read of one."""
    orbit = "".join(
        f'<MDElem name="orbit_vector{k}"><MDATTR name="time">05-MAY-2019 12:00:{k:02d}.0</MDATTR>'
        + "".join(f'<MDATTR name="{name}">{k + 1}.5</MDATTR>' for name in _VECTOR)
        + "</MDElem>"
        for k in range(2)
    )
    own = "".join(f'<MDATTR name="{name}">{value}</MDATTR>' for name, value in _ACQUISITION.items())
    doppler = (
        '<MDElem name="Doppler_Centroid_Coefficients"><MDElem name="dop_coef_list.1"><MDElem name="coefficient.1">'
        '<MDATTR name="dop_coef">1.5</MDATTR></MDElem></MDElem></MDElem>'
    )
    band = (
        "<Spectral_Band_Info><BAND_INDEX>0</BAND_INDEX><BAND_NAME>i_a</BAND_NAME><BAND_RASTER_WIDTH>4"
        "</BAND_RASTER_WIDTH><BAND_RASTER_HEIGHT>6</BAND_RASTER_HEIGHT><DATA_TYPE>float32</DATA_TYPE>"
        "</Spectral_Band_Info>"
    )
    text = (
        '<?xml version="1.0" encoding="ISO-8859-1"?>\n<Dimap_Document><Dataset_Id><DATASET_NAME>p</DATASET_NAME>'
        "</Dataset_Id><Raster_Dimensions><NCOLS>4</NCOLS><NROWS>6</NROWS></Raster_Dimensions>"
        '<Data_Access><Data_File><DATA_FILE_PATH href="fuzzed.data/i_a.hdr"/><BAND_INDEX>0</BAND_INDEX></Data_File>'
        f"</Data_Access><Image_Interpretation>{band}</Image_Interpretation><Dataset_Sources>"
        f'<MDElem name="metadata"><MDElem name="Abstracted_Metadata">{own}'
        f'<MDElem name="Orbit_State_Vectors">{orbit}</MDElem>{doppler}<MDElem name="ESD Measurement"/>'
        '<MDElem name="Baselines"/></MDElem><MDElem name="Processing_Graph"><MDElem name="node.0">'
        '<MDATTR name="operator">TOPSAR-Split</MDATTR></MDElem></MDElem></MDElem></Dataset_Sources></Dimap_Document>'
    )
    return [text.encode("latin-1")]


def configurations(_folder: Path) -> list[bytes]:
    """The commented file of a new project, and a short one."""
    short = (
        "[project]\naoi = [105.0, 21.0, 106.0, 22.0]\n[stamps.parms]\nunwrap_grid_size = 200\nref_lon = [-inf, inf]\n"
    )
    return [commented_file(Options()).encode(), short.encode()]


def mat_files(_folder: Path) -> list[bytes]:
    """MATLAB files of all classes, compressed and not."""
    values = {
        "n_ps": 3.0,
        "ph": np.array([[1 + 2j, 0], [3, 4j]], np.complex64),
        "keep_ix": np.array([True, False]),
        "text": "gamma",
        "sparse": scipy.sparse.csc_matrix(np.eye(3)),
        "structure": {"a": 1.0, "b": "x"},
        "cell": np.array(["one", 2.0], dtype=object),
        "bytes": np.arange(5, dtype=np.uint8),
    }
    found = []
    for compressed in (False, True):
        target = io.BytesIO()
        scipy.io.savemat(target, values, do_compression=compressed)
        found.append(target.getvalue())
    return found


def areas_as_wkt(_folder: Path) -> list[bytes]:
    """What may stand in the option aoi itself."""
    return [
        SQUARE.encode(),
        b"SRID=32648;POLYGON ((500000 2300000, 510000 2300000, 510000 2310000, 500000 2300000))",
        b"MULTIPOLYGON (((105 21, 106 21, 106 22, 105 21)), ((107 21, 108 21, 108 22, 107 21)))",
        b"[105, 21, 106, 22]",
    ]


def areas_as_file(folder: Path, suffix: str) -> list[bytes]:
    """An area of interest as a vector file."""
    driver = {".geojson": "GeoJSON", ".kml": "KML", ".gpkg": "GPKG", ".shp": "ESRI Shapefile"}[suffix]
    frame = geopandas.GeoDataFrame({"name": ["area"]}, geometry=[shapely.from_wkt(SQUARE)], crs="EPSG:4326")
    target = folder / f"area{suffix}"
    frame.to_file(target, driver=driver)
    if suffix != ".shp":
        return [target.read_bytes()]
    return [joined([target.with_suffix(part).read_bytes() for part in ZIPPED_SUFFIXES])]


def joined(parts: list[bytes]) -> bytes:
    """The files of one shapefile as one text of bytes: the lengths first."""
    return b"".join(len(part).to_bytes(2, "big") for part in parts) + b"".join(parts)


def parted(content: bytes) -> list[bytes]:
    """Undo `joined`, whatever has become of it."""
    n = len(ZIPPED_SUFFIXES)
    lengths = [int.from_bytes(content[2 * k : 2 * k + 2], "big") for k in range(n)]
    parts, at = [], 2 * n
    for length in lengths:
        parts.append(content[at : at + length])
        at += length
    return parts


def scene_specs(_folder: Path) -> list[bytes]:
    """A scene.json."""
    return [spec_json(SceneSpec(n_lines=40, n_samples=60, n_dates=3)).encode()]


_VECTOR = ("x_pos", "y_pos", "z_pos", "x_vel", "y_vel", "z_vel")
_ACQUISITION = {
    "PRODUCT": "S1A_IW_SLC",
    "MISSION": "SENTINEL-1A",
    "orbit_state_vector_file": "Sentinel Precise S1A_OPER_AUX_POEORB_x.EOF",
    "first_line_time": "05-MAY-2019 12:00:01.5",
    "last_line_time": "05-MAY-2019 12:00:04.5",
    "line_time_interval": "0.002",
    "slant_range_to_first_pixel": "800000.0",
    "range_sampling_rate": "64.0",
    "radar_frequency": "5405.0",
    "num_output_lines": "1500",
    "num_samples_per_line": "20000",
    "range_spacing": "2.33",
}


def graphs(_folder: Path) -> list[bytes]:
    """A graph for SNAP."""
    text = (
        '<graph id="g"><version>1.0</version><node id="read"><operator>Read</operator><sources/>'
        "<parameters><file>a.dim</file></parameters></node>"
        '<node id="write"><operator>Write</operator><sources><sourceProduct refid="read"/></sources>'
        "<parameters><file>${target}</file><formatName>BEAM-DIMAP</formatName></parameters></node></graph>"
    )
    return [text.encode()]


def points(_folder: Path) -> list[bytes]:
    """A table of levelling points."""
    return [b"name,lon,lat,velocity_mm_yr\nA,105.1,21.2,-3.5\n=B,105.2,21.3,0.5\n"]
