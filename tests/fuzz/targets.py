"""
THE TABLE of what is read from strangers: for each reader, sound files to begin with and how it is called.

A reader may give a value or one of our own errors, never anything else, whatever the bytes are.
"""

import contextlib
import tempfile
import warnings
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from fuzz import seeds

from snapstamps.config.load import load
from snapstamps.formats.dimap import read_numbers
from snapstamps.formats.dimap_orbit import read_product_orbits
from snapstamps.formats.dimap_product import read_product
from snapstamps.formats.eof import read_orbit_file
from snapstamps.formats.gamma_par import GammaHeader, read_baseline
from snapstamps.formats.mat import read_mat
from snapstamps.formats.safe import read_scene
from snapstamps.model.errors import SnapstampsError
from snapstamps.results.places import read_places
from snapstamps.simulate.spec import read_spec
from snapstamps.snap.aoi import read_aoi
from snapstamps.snap.graph import read_graph

ORBIT_NAME = "S1A_OPER_AUX_POEORB_OPOD_20200325T000000_V20200303T225942_20200305T005942.EOF"
ANNOTATION_NAME = "annotation/s1a-iw2-slc-vv-20200304t104520-1.xml"


@dataclass(frozen=True)
class Target:
    """
    One reader.

    Attributes
    ----------
    reads : str
        What the documentation calls it.
    seeds : callable
        Folder to work in -> sound files.
    parse : callable
        Bytes, folder to work in -> nothing; raises whatever the reader raises.
    tokens : tuple of str
        Words of the form, which a fuzzer would take long to guess.
    """

    reads: str
    seeds: Callable[[Path], list[bytes]]
    parse: Callable[[bytes, Path], None]
    tokens: tuple[str, ...] = ()


def _par(content: bytes, folder: Path) -> None:
    path = _written(content, folder / "20200304.rslc.par")
    header = GammaHeader.read(path)
    assert header.to_bytes() == content
    for key in ("range_samples", "azimuth_lines", "heading", "near_range_slc", "center_time"):
        header.text(key)
        _passing(header.number, key)
    _passing(header.numbers, "date", 3)


def _base(content: bytes, folder: Path) -> None:
    read_baseline(_written(content, folder / "20200304_20200316.base"))


def _eof(content: bytes, folder: Path) -> None:
    read_orbit_file(_written(content, folder / ORBIT_NAME))


def _eof_zip(content: bytes, folder: Path) -> None:
    read_orbit_file(_written(content, folder / f"{ORBIT_NAME}.zip"))


def _manifest(content: bytes, folder: Path) -> None:
    _written(seeds.ANNOTATION, folder / "a.SAFE" / ANNOTATION_NAME)
    _written(content, folder / "a.SAFE" / "manifest.safe")
    read_scene(folder / "a.SAFE")


def _annotation(content: bytes, folder: Path) -> None:
    _written(seeds.MANIFEST, folder / "a.SAFE" / "manifest.safe")
    _written(content, folder / "a.SAFE" / ANNOTATION_NAME)
    read_scene(folder / "a.SAFE")


def _safe_zip(content: bytes, folder: Path) -> None:
    read_scene(_written(content, folder / "a.zip"))


def _dimap(content: bytes, folder: Path) -> None:
    path = _written(content, folder / "fuzzed.dim")
    _passing(read_product_orbits, path)
    _passing(read_numbers, path, ("range_spacing", "line_time_interval"))
    read_product(path)


def _toml(content: bytes, folder: Path) -> None:
    load(_written(content, folder / "snapstamps.toml"), environment={})


def _mat(content: bytes, folder: Path) -> None:
    read_mat(_written(content, folder / "pm1.mat"))


def _aoi_text(content: bytes, folder: Path) -> None:
    text = content.decode("utf-8", errors="replace").replace("\0", " ")
    read_aoi(text, folder=folder)


def _aoi_file(content: bytes, folder: Path, *, suffix: str) -> None:
    read_aoi(_written(content, folder / f"area{suffix}"))


def _aoi_shp(content: bytes, folder: Path) -> None:
    for suffix, part in zip(seeds.ZIPPED_SUFFIXES, seeds.parted(content), strict=True):
        _written(part, folder / f"area{suffix}")
    read_aoi(folder / "area.shp")


def _graph(content: bytes, folder: Path) -> None:
    read_graph(_written(content, folder / "graph.xml"))


def _points(content: bytes, folder: Path) -> None:
    read_places(_written(content, folder / "points.csv"), "points")


def _spec(content: bytes, folder: Path) -> None:
    read_spec(_written(content, folder / "scene.json"))


_XML = ("<!DOCTYPE ", "<!ENTITY ", "]]>", "&#0;", "<a/>", 'encoding="UTF-16"', "nan", "inf", "-1", "1e999")
_NUMBERS = ("nan", "inf", "-inf", "1e999", "0", "-1", "99999999999999999999")

TARGETS: dict[str, Target] = {
    "par": Target("headers of Gamma (.par)", partial(seeds.gamma_headers, kind="par"), _par, _NUMBERS),
    "base": Target("baselines of Gamma (.base)", partial(seeds.gamma_headers, kind="base"), _base, _NUMBERS),
    "eof": Target("orbit files (.EOF)", seeds.orbit_files, _eof, _XML),
    "eof_zip": Target(
        "orbit files (.EOF.zip)",
        lambda folder: [seeds.zipped(content, ORBIT_NAME) for content in seeds.orbit_files(folder)],
        _eof_zip,
    ),
    "safe_manifest": Target("manifests of SAFE folders", seeds.manifests, _manifest, _XML),
    "safe_annotation": Target("annotations of SAFE folders", seeds.annotations, _annotation, _XML),
    "safe_zip": Target("SAFE products in zip files", seeds.safe_zips, _safe_zip, ("../", "PK\x05\x06")),
    "dimap": Target("headers of SNAP products (.dim)", seeds.dimap_headers, _dimap, _XML),
    "toml": Target("snapstamps.toml", seeds.configurations, _toml, (*_NUMBERS, "[stamps.parms]", "[[", "'''", "{")),
    "mat": Target("MATLAB files (.mat)", seeds.mat_files, _mat),
    "aoi_text": Target("areas as WKT, EWKT or a box", seeds.areas_as_wkt, _aoi_text, (*_NUMBERS, "SRID=", "EMPTY")),
    "aoi_geojson": Target(
        "areas as GeoJSON",
        partial(seeds.areas_as_file, suffix=".geojson"),
        partial(_aoi_file, suffix=".geojson"),
        (*_NUMBERS, '"crs"', "null", "[[", '"GeometryCollection"'),
    ),
    "aoi_kml": Target(
        "areas as KML", partial(seeds.areas_as_file, suffix=".kml"), partial(_aoi_file, suffix=".kml"), _XML
    ),
    "aoi_gpkg": Target(
        "areas as GeoPackage", partial(seeds.areas_as_file, suffix=".gpkg"), partial(_aoi_file, suffix=".gpkg")
    ),
    "aoi_shp": Target("areas as shapefile", partial(seeds.areas_as_file, suffix=".shp"), _aoi_shp),
    "graph": Target("graphs of SNAP", seeds.graphs, _graph, _XML),
    "points": Target("tables of survey points (.csv)", seeds.points, _points, _NUMBERS),
    "spec": Target("scene.json of a simulation", seeds.scene_specs, _spec, (*_NUMBERS, "NaN", "null", "[[[")),
}


def try_one(name: str, content: bytes, folder: Path) -> bool:
    """
    Give some bytes to a reader; tell whether it took them for sound.

    What is not one of our own errors goes on upwards.
    """
    target = TARGETS[name]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # libraries warn of what they mend themselves
        try:
            target.parse(content, folder)
        except SnapstampsError as error:
            if not str(error).strip():
                raise AssertionError("an error without a message") from error
            return False
        return True


def seeds_of(name: str) -> list[bytes]:
    """The sound files of a reader."""
    with tempfile.TemporaryDirectory() as folder:
        return TARGETS[name].seeds(Path(folder))


def _written(content: bytes, path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def _passing(function: Callable[..., object], *arguments: object) -> None:
    """Call, and go on where it refuses with our own error."""
    with contextlib.suppress(SnapstampsError):
        function(*arguments)
