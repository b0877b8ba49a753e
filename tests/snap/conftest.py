"""A small export of SNAP's StampsExport, clean or with SNAP's header faults, to plant further faults in."""

import math
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from snapstamps.formats.gamma_par import java_double

WGS84 = (6378137.0, 6356752.314245179)
LINE_TIME = 0.0020555563


def ellipsoid_radius(angle: float) -> float:
    """The formula of GRAPHS section 10; SNAP hands it degrees, the right argument is radians."""
    a, b = WGS84
    c, s = math.cos(angle), math.sin(angle)
    return math.sqrt(((a * a * c) ** 2 + (b * b * s) ** 2) / ((a * c) ** 2 + (b * s) ** 2))


@dataclass(frozen=True)
class HeaderTruth:
    """What a right header says; `text` writes it as SNAP does, with any of SNAP's faults."""

    width: int = 40
    length: int = 30
    latitude: float = 21.03
    longitude: float = 105.5
    near: float = 800_000.0
    sensor_radius: float = 7_076_000.0
    range_spacing: float = 2.329562
    azimuth_spacing: float = 13.94
    start: float = 39_600.125
    sensor: str = "SENTINEL-1A"
    line_time: float = LINE_TIME

    def values(self, faults: frozenset[str]) -> dict[str, str]:
        """The words after each key, units included."""
        spacing, azimuth = self.range_spacing, self.azimuth_spacing
        range_text = str(math.floor(spacing + 0.5)) if "range-spacing" in faults else java_double(spacing)
        azimuth_text = str(math.floor(azimuth + 0.5)) if "azimuth-spacing" in faults else java_double(azimuth)
        day = 0.5 if "half-times" in faults else 1.0
        lasts = (self.length - 1) * self.line_time
        radius = ellipsoid_radius(self.latitude if "earth-radius" in faults else math.radians(self.latitude))
        middle, last = (0, 0) if "ranges" in faults else (self.width / 2, self.width - 1)
        j = java_double
        return {
            "title": "S1A_IW_SLC__1SDV_20200106_Stack_ifg",
            "sensor": self.sensor,
            "date": "2020  1  6",
            "start_time": f"{j(day * self.start)}\ts",
            "center_time": f"{j(day * (self.start + lasts / 2))}\ts",
            "end_time": f"{j(day * (self.start + lasts))}\ts",
            "azimuth_line_time": j(self.line_time),
            "range_samples": str(self.width),
            "azimuth_lines": str(self.length),
            "range_looks": "1",
            "azimuth_looks": "1",
            "image_format": "FCOMPLEX",
            "image_geometry": "SLANT_RANGE",
            "center_latitude": f"{j(self.latitude)}\tdegrees",
            "center_longitude": f"{j(self.longitude)}\tdegrees",
            "heading": f"{j(347.9)}\tdegrees",
            "range_pixel_spacing": f"{range_text}\tm",
            "azimuth_pixel_spacing": f"{azimuth_text}\tm",
            "radar_frequency": f"{j(5405000454.33435)}\tHz",
            "prf": f"{j(1717.128973878037)}\tHz",
            "azimuth_proc_bandwidth": f"{j(327.0)}\tHz",
            "sar_to_earth_center": f"{j(self.sensor_radius)}\tm",
            "earth_radius_below_sensor": f"{j(radius)}\tm",
            "earth_semi_major_axis": f"{j(WGS84[0])}\tm",
            "earth_semi_minor_axis": f"{j(WGS84[1])}\tm",
            "near_range_slc": f"{j(self.near)}\tm",
            "center_range_slc": f"{j(self.near + middle * spacing)}\tm",
            "far_range_slc": f"{j(self.near + last * spacing)}\tm",
            **self._state_vectors(day),
        }

    def _state_vectors(self, day: float) -> dict[str, str]:
        """Three vectors at 10 s on a circle."""
        speed, interval, radius = 7_590.0, 10.0, self.sensor_radius
        words = {
            "number_of_state_vectors": "3",
            "time_of_first_state_vector": f"{java_double(day * (self.start - interval))}\ts",
            "state_vector_interval": f"{java_double(day * interval)}\ts",
        }
        for n in range(3):
            angle = (n - 1) * interval * speed / radius
            position = (radius * math.cos(angle), 0.0, radius * math.sin(angle))
            velocity = (-speed * math.sin(angle), 0.0, speed * math.cos(angle))
            words[f"state_vector_position_{n + 1}"] = "\t".join(map(java_double, position)) + "\tm   m   m"
            words[f"state_vector_velocity_{n + 1}"] = "\t".join(map(java_double, velocity)) + "\tm/s m/s m/s"
        return words

    def text(self, *faults: str) -> str:
        """The whole file."""
        return "".join(f"{key}:\t{value}\n" for key, value in self.values(frozenset(faults)).items())


SNAPS_FAULTS = ("range-spacing", "azimuth-spacing", "earth-radius", "ranges", "half-times")


@dataclass
class Export:
    """A written export."""

    folder: Path
    dates: tuple[str, ...]
    truth: HeaderTruth = field(default_factory=HeaderTruth)

    @property
    def master(self) -> str:
        return self.dates[0]

    @property
    def slaves(self) -> tuple[str, ...]:
        return self.dates[1:]

    def headers(self) -> list[Path]:
        """All headers that SNAP makes alike."""
        patterns = ("rslc/*.rslc.par", "diff0/*.diff.par", "geo/*.l??.par")
        return sorted(path for pattern in patterns for path in self.folder.glob(pattern))

    def write(self, *faults: str) -> "Export":
        for name in ("rslc", "diff0", "geo", "dem"):
            (self.folder / name).mkdir(parents=True, exist_ok=True)
        rng = np.random.default_rng(7)
        header = self.truth.text(*faults)
        for day in self.dates:
            self.write_complex(f"rslc/{day}.rslc", rng)
            (self.folder / f"rslc/{day}.rslc.par").write_text(header)
        for n, slave in enumerate(self.slaves):
            stem = f"diff0/{self.master}_{slave}"
            self.write_complex(f"{stem}.diff", rng)
            (self.folder / f"{stem}.diff.par").write_text(header)
            (self.folder / f"{stem}.base").write_text(base_text(40.0 - 17 * n, 12.5 + n, 0.1, -0.2))
        lines, samples = np.mgrid[0 : self.truth.length, 0 : self.truth.width]
        lon = self.truth.longitude + 1e-4 * (samples - self.truth.width / 2)
        lat = self.truth.latitude - 1e-4 * (lines - self.truth.length / 2)
        for suffix, values in (("lon", lon), ("lat", lat)):
            values.astype(">f4").tofile(self.folder / f"geo/{self.master}.{suffix}")
            (self.folder / f"geo/{self.master}.{suffix}.par").write_text(header)
        (20 + 0.1 * lines).astype(">f4").tofile(self.folder / "geo/elevation_dem.rdc")
        (self.folder / "geo/elevation_dem.rdc.par").write_text(f"title:\televation\nwidth:\t{self.truth.width}\n")
        (self.folder / "dem/projected_dem.rslc").write_bytes(b"\0" * 64)
        (self.folder / "dem/projected_dem.par").write_text("title:\tprojected_dem\n")
        return self

    def write_complex(self, name: str, rng: np.random.Generator) -> None:
        values = rng.standard_normal((self.truth.length, self.truth.width, 2)).astype(">f4")
        values[0] = 0  # SNAP leaves edges without data at every date
        values.tofile(self.folder / name)

    def change(self, name: str, edit: Callable[[np.ndarray], None], dtype: str = ">c8") -> None:
        """Change the values of a raster in place."""
        values = np.fromfile(self.folder / name, dtype=dtype).reshape(self.truth.length, self.truth.width)
        edit(values)
        values.tofile(self.folder / name)

    def contents(self) -> dict[str, bytes]:
        """Every file's bytes, to see what changed."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


def base_text(cross: float, normal: float, cross_rate: float, normal_rate: float) -> str:
    """A .base file as EXPORT_LAYOUT section 6 has it."""
    zeros = "0.0000000        0.0000000        0.0000000"
    return (
        f"initial_baseline(TCN):\t0.0000000\t{java_double(cross)}\t{java_double(normal)}\tm   m   m\n"
        f"initial_baseline_rate:\t0.0000000\t{java_double(cross_rate)}\t{java_double(normal_rate)}\tm/s   m/s   m/s\n"
        f"precision_baseline(TCN):\t{zeros}   m   m   m\n"
        f"precision_baseline_rate:\t{zeros}   m/s m/s m/s\n"
        "unwrap_phase_constant:\t0.00000     radians\n"
    )


@pytest.fixture
def base_file():
    return base_text


@pytest.fixture(scope="session")
def header_truth():
    """The class that writes headers, right or with SNAP's faults."""
    return HeaderTruth


@pytest.fixture(scope="session")
def snaps_faults() -> tuple[str, ...]:
    return SNAPS_FAULTS


@pytest.fixture
def make_export(tmp_path: Path):
    """Give a function that writes an export with the header faults named."""

    def make(*faults: str, n_dates: int = 6, truth: HeaderTruth | None = None) -> Export:
        dates = ("20200106", "20200118", "20200130", "20200211", "20200223", "20200306")[:n_dates]
        return Export(tmp_path / "INSAR_20200106", dates, truth or HeaderTruth()).write(*faults)

    return make


@pytest.fixture
def export(make_export) -> Export:
    """A clean export."""
    return make_export()


@pytest.fixture
def dim(tmp_path: Path):
    """Give a function that writes a SNAP product's header with the attributes given."""

    def write(name: str = "stack.dim", **attributes: object) -> Path:
        rows = "".join(
            f'<MDATTR name="{key}" type="float64" mode="rw">{value}</MDATTR>' for key, value in attributes.items()
        )
        decoy = '<MDATTR name="range_spacing" type="float64" mode="rw">1.0</MDATTR>'
        path = tmp_path / name
        path.write_text(
            '<?xml version="1.0" encoding="ISO-8859-1"?>\n<Dimap_Document name="x"><Dataset_Sources>'
            f'<MDElem name="metadata"><MDElem name="Slave_Metadata"><MDElem name="s1">{decoy}</MDElem></MDElem>'
            f'<MDElem name="Abstracted_Metadata">{rows}<MDElem name="Band_IW1_VV">{decoy}</MDElem></MDElem>'
            "</MDElem></Dataset_Sources></Dimap_Document>\n",
            encoding="latin-1",
        )
        return path

    return write
