"""Sentinel-1 products of a made-up satellite: manifests and annotations that are true to one another, no images."""

import zipfile
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from snapstamps.kernels.orbit import Orbit, fit_orbit, ground_point, position_at, velocity_at

PERIOD = 12 * 86_400 / 175
RADIUS = 7_071_000.0
INCLINATION = np.radians(98.18)
EARTH_RATE = 7.292115e-5
LIGHT = 299_792_458.0
BURST_CYCLE = 2.758273
PREAMBLE = 2.299849
RANGE_RATE = 64_345_238.12571428
SLANT_RANGES = {"IW1": 799_000.0, "IW2": 845_000.0, "IW3": 902_000.0}
PHASES = {"IW1": 0.0, "IW2": 0.3, "IW3": 0.69}
LINES, SAMPLES, LINE_INTERVAL = 1500, 20_000, 2.0555563e-3


@dataclass(frozen=True)
class Pass:
    """
    One slice of one pass.

    Attributes
    ----------
    node : datetime
        When the satellite crossed the equator northwards; its second tells the repeat apart.
    track : int
        Relative orbit number.
    first_burst : int
        Bursts between the node and the first one of the slice.
    n_bursts : int
        Of every sub-swath.
    cross, radial : float
        Offset of the orbit to the right and upwards, m.
    """

    node: datetime = datetime(2020, 3, 4, 10, 40, tzinfo=UTC)
    track: int = 55
    first_burst: int = 120
    n_bursts: int = 3
    cross: float = 0.0
    radial: float = 0.0
    mission: str = "S1A"
    direction: str = "ASCENDING"
    polarisations: tuple[str, ...] = ("VV",)
    swaths: tuple[str, ...] = ("IW1", "IW2", "IW3")
    slice_number: int = 5
    datatake: int = 201_000
    processor: str = "003.20"
    processed: datetime = datetime(2020, 3, 4, 15, 0, tzinfo=UTC)
    unique: str = "0001"
    with_images: bool = True
    doppler: float = 1.5

    def later(self, days: int, **changes: object) -> "Pass":
        """Return the same pass some days later."""
        moved = replace(self, node=self.node + timedelta(days=days), processed=self.processed + timedelta(days=days))
        return replace(moved, **{"datatake": self.datatake + days, **changes})

    @property
    def sensing_start(self) -> float:
        """Seconds from the node to the first burst of the slice."""
        node_of_cycle = (self.track - 1) * PERIOD
        first = np.ceil((node_of_cycle - PREAMBLE) / BURST_CYCLE) + self.first_burst
        return float(first * BURST_CYCLE + PREAMBLE - node_of_cycle)

    @property
    def start(self) -> datetime:
        """First line of the slice."""
        return self.node + timedelta(seconds=self.sensing_start)

    @property
    def stop(self) -> datetime:
        """About its last line."""
        return self.start + timedelta(seconds=(self.n_bursts + 1) * BURST_CYCLE + 0.4)

    @property
    def absolute_orbit(self) -> int:
        """A number of orbit that belongs to the track."""
        offset = {"S1A": 73, "S1B": 27}.get(self.mission, 0)
        cycles = (self.node - datetime(2014, 4, 1, tzinfo=UTC)) // timedelta(days=12)
        return offset + 175 * cycles + self.track - 1

    @property
    def name(self) -> str:
        """The product's name."""
        return (
            f"{self.mission}_IW_SLC__1SDV_{self.start:%Y%m%dT%H%M%S}_{self.stop:%Y%m%dT%H%M%S}_"
            f"{self.absolute_orbit:06d}_{self.datatake:06X}_{self.unique}"
        )

    def orbit(self) -> Orbit:
        """The satellite's way, in seconds from the node."""
        return fit_orbit(*state_vectors(self, np.arange(self.sensing_start - 70, self.sensing_start + 90, 10.0)))


def state_vectors(one: Pass, seconds: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Times, positions and velocities in the earth-fixed frame; a circle above a turning earth."""

    def position(time: np.ndarray) -> np.ndarray:
        angle = 2 * np.pi * time / PERIOD
        node = 2 * np.pi * (-one.track * 12 / 175)
        plane = np.stack(
            (np.cos(angle), np.sin(angle) * np.cos(INCLINATION), np.sin(angle) * np.sin(INCLINATION)), axis=-1
        )
        pole = np.array([0.0, -np.sin(INCLINATION), np.cos(INCLINATION)])
        place = plane * (RADIUS + one.radial) - one.cross * pole
        turn = node - EARTH_RATE * time
        x, y, z = place.T
        return np.stack((x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn), z), axis=-1)

    step = 0.01
    velocity = (
        8 * (position(seconds + step) - position(seconds - step))
        - (position(seconds + 2 * step) - position(seconds - 2 * step))
    ) / (12 * step)
    return seconds, position(seconds), velocity


def write_safe(folder: Path, one: Pass | None = None) -> Path:
    """Write a ``.SAFE`` folder; return it."""
    one = one or Pass()
    root = folder / f"{one.name}.SAFE"
    (root / "annotation").mkdir(parents=True)
    (root / "measurement").mkdir()
    (root / "manifest.safe").write_text(manifest(one))
    for polarisation in one.polarisations:
        for swath in one.swaths:
            stem = f"{one.mission.lower()}-{swath.lower()}-slc-{polarisation.lower()}-{one.start:%Y%m%dt%H%M%S}-1"
            (root / "annotation" / f"{stem}.xml").write_text(annotation(one, swath, polarisation))
            if one.with_images:
                (root / "measurement" / f"{stem}.tiff").write_bytes(b"II*\0")
    return root


def write_zip(folder: Path, one: Pass | None = None, *, name: str = "", prefix: str = "") -> Path:
    """Write a zip file of a product; return it."""
    one = one or Pass()
    scratch = folder / "unzipped"
    root = write_safe(scratch, one)
    target = folder / (name or f"{one.name}.zip")
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(root.rglob("*")):
            if file.is_file():
                archive.write(file, prefix + file.relative_to(scratch).as_posix())
            file.chmod(0o700)
    for file in sorted(root.rglob("*"), reverse=True):
        file.unlink() if file.is_file() else file.rmdir()
    root.rmdir()
    scratch.rmdir()
    return target


def manifest(one: Pass) -> str:
    corners = " ".join(f"{lat:.6f},{lon:.6f}" for lon, lat in _corners(one))
    channels = "".join(
        f"<s:transmitterReceiverPolarisation>{p}</s:transmitterReceiverPolarisation>" for p in one.polarisations
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xfdu:XFDU xmlns:xfdu="urn:x" xmlns:safe="http://s" xmlns:s="http://l" xmlns:gml="http://g"><metadataSection>
<safe:processing name="SLC Post Processing" stop="{_iso(one.processed)}"><safe:facility>
<safe:software name="Sentinel-1 IPF" version="{one.processor}"/></safe:facility></safe:processing>
<safe:platform><safe:number>{one.mission[2]}</safe:number><s:mode>IW</s:mode></safe:platform>
<safe:orbitReference><safe:orbitNumber type="start">{one.absolute_orbit}</safe:orbitNumber>
<safe:relativeOrbitNumber type="start">{one.track}</safe:relativeOrbitNumber>
<s:pass>{one.direction}</s:pass></safe:orbitReference>
<s:info><s:missionDataTakeID>{one.datatake}</s:missionDataTakeID>{channels}<s:productType>SLC</s:productType>
<s:sliceProductFlag>true</s:sliceProductFlag><s:sliceNumber>{one.slice_number}</s:sliceNumber>
<s:totalSlices>9</s:totalSlices></s:info>
<safe:acquisitionPeriod><safe:startTime>{_iso(one.start)}</safe:startTime><safe:stopTime>{_iso(one.stop)}</safe:stopTime>
</safe:acquisitionPeriod><gml:coordinates>{corners}</gml:coordinates></metadataSection></xfdu:XFDU>
"""


def annotation(one: Pass, swath: str, polarisation: str) -> str:
    orbit = one.orbit()
    sensing = [one.sensing_start + (PHASES[swath] + k) * BURST_CYCLE for k in range(one.n_bursts)]
    azimuth = [time - 1.1 for time in sensing]
    last = azimuth[-1] + (LINES - 1) * LINE_INTERVAL
    bursts = "".join(
        f"<burst><azimuthTime>{_at(one, a)}</azimuthTime><azimuthAnxTime>{a:.6f}</azimuthAnxTime>"
        f"<sensingTime>{_at(one, s)}</sensingTime><firstValidSample>-1 -1</firstValidSample></burst>"
        for a, s in zip(azimuth, sensing, strict=True)
    )
    rows = [(k * LINES, time) for k, time in enumerate(azimuth)] + [(one.n_bursts * LINES - 1, last)]
    grid = "".join(_grid_point(orbit, swath, line, time, pixel) for line, time in rows for pixel in (0, SAMPLES - 1))
    times, positions, velocities = state_vectors(one, np.arange(one.sensing_start - 70, one.sensing_start + 90, 10.0))
    vectors = "".join(
        f"<orbit><time>{_at(one, t)}</time><frame>Earth Fixed</frame><position>{_xyz(p)}</position>"
        f"<velocity>{_xyz(v)}</velocity></orbit>"
        for t, p, v in zip(times, positions, velocities, strict=True)
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<product><adsHeader><missionId>{one.mission}</missionId><polarisation>{polarisation}</polarisation>
<swath>{swath}</swath><missionDataTakeId>{one.datatake}</missionDataTakeId></adsHeader>
<qualityInformation><useless>1</useless></qualityInformation>
<generalAnnotation><productInformation><rangeSamplingRate>{RANGE_RATE:.15e}</rangeSamplingRate>
<radarFrequency>5.405000454334350e+09</radarFrequency></productInformation>
<orbitList>{vectors}</orbitList></generalAnnotation>
<imageAnnotation><imageInformation><productFirstLineUtcTime>{_at(one, azimuth[0])}</productFirstLineUtcTime>
<productLastLineUtcTime>{_at(one, last)}</productLastLineUtcTime><ascendingNodeTime>{_iso(one.node)}</ascendingNodeTime>
<slantRangeTime>{2 * SLANT_RANGES[swath] / LIGHT:.15e}</slantRangeTime><rangePixelSpacing>2.329562</rangePixelSpacing>
<azimuthPixelSpacing>13.9</azimuthPixelSpacing><azimuthTimeInterval>{LINE_INTERVAL:.15e}</azimuthTimeInterval>
<numberOfSamples>{SAMPLES}</numberOfSamples><numberOfLines>{one.n_bursts * LINES}</numberOfLines>
</imageInformation></imageAnnotation>
<dopplerCentroid><dcEstimateList><dcEstimate><geometryDcPolynomial>{one.doppler} 0 0</geometryDcPolynomial>
</dcEstimate></dcEstimateList></dopplerCentroid>
<swathTiming><linesPerBurst>{LINES}</linesPerBurst><burstList>{bursts}</burstList></swathTiming>
<geolocationGrid><geolocationGridPointList>{grid}</geolocationGridPointList></geolocationGrid></product>
"""


def write_orbit_file(folder: Path, one: Pass, *, kind: str = "POEORB", step: float = 10.0) -> Path:
    """Write an orbit file that covers a pass by half an hour on both sides; return it."""
    seconds = np.arange(round(one.sensing_start) - 1800, round(one.sensing_start) + 1800, step)
    start, stop = (one.node + timedelta(seconds=float(t)) for t in (seconds[0], seconds[-1]))
    created = stop + timedelta(days=20)
    stem = f"{one.mission}_OPER_AUX_{kind}_OPOD_{created:%Y%m%dT%H%M%S}_V{start:%Y%m%dT%H%M%S}_{stop:%Y%m%dT%H%M%S}"
    times, positions, velocities = state_vectors(one, seconds)
    vectors = "".join(
        f"<OSV><UTC>UTC={_at(one, t)}</UTC>"
        + "".join(f'<{tag} unit="m">{value:.6f}</{tag}>' for tag, value in zip("XYZ", p, strict=True))
        + "".join(f'<V{tag} unit="m/s">{value:.6f}</V{tag}>' for tag, value in zip("XYZ", v, strict=True))
        + "<Quality>NOMINAL</Quality></OSV>\n"
        for t, p, v in zip(times, positions, velocities, strict=True)
    )
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{stem}.EOF"
    path.write_text(
        f"<?xml version='1.0'?><Earth_Explorer_File><Earth_Explorer_Header><Fixed_Header><File_Name>{stem}</File_Name>"
        f"<Mission>Sentinel-1{one.mission[2]}</Mission><File_Type>AUX_{kind}</File_Type></Fixed_Header><Variable_Header>"
        "<Ref_Frame>EARTH_FIXED</Ref_Frame><Time_Reference>UTC</Time_Reference></Variable_Header></Earth_Explorer_Header>"
        f"<Data_Block><List_of_OSVs>\n{vectors}</List_of_OSVs></Data_Block></Earth_Explorer_File>"
    )
    return path


def lonlat(point: np.ndarray) -> tuple[float, float]:
    """Longitude and latitude of a point on the ellipsoid, degrees."""
    flattening = 1 / 298.257223563
    latitude = np.arctan2(point[2], np.hypot(point[0], point[1]) * (1 - flattening) ** 2)
    return float(np.degrees(np.arctan2(point[1], point[0]))), float(np.degrees(latitude))


def burst_centre(one: Pass, swath: str, number: int) -> tuple[float, float]:
    """Longitude and latitude of the middle of a burst, from 1."""
    time = one.sensing_start + (PHASES[swath] + number - 0.5) * BURST_CYCLE - 1.1
    return lonlat(ground_point(one.orbit(), time, SLANT_RANGES[swath] + SAMPLES / 2 * 2.329562))


def satellite(one: Pass, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """Position and velocity at a time after the node."""
    return position_at(one.orbit(), seconds), velocity_at(one.orbit(), seconds)


def _corners(one: Pass) -> list[tuple[float, float]]:
    orbit, stop = one.orbit(), one.sensing_start + one.n_bursts * BURST_CYCLE
    return [
        lonlat(ground_point(orbit, time, slant_range))
        for time, slant_range in (
            (one.sensing_start, 799_000.0),
            (one.sensing_start, 950_000.0),
            (stop, 950_000.0),
            (stop, 799_000.0),
        )
    ]


def _grid_point(orbit: Orbit, swath: str, line: int, time: float, pixel: int) -> str:
    lon, lat = lonlat(ground_point(orbit, time, SLANT_RANGES[swath] + pixel * LIGHT / 2 / RANGE_RATE))
    return (
        f"<geolocationGridPoint><line>{line}</line><pixel>{pixel}</pixel><latitude>{lat:.12e}</latitude>"
        f"<longitude>{lon:.12e}</longitude></geolocationGridPoint>"
    )


def _xyz(values: np.ndarray) -> str:
    return "".join(f"<{tag}>{value:.6f}</{tag}>" for tag, value in zip("xyz", values, strict=True))


def _iso(time: datetime) -> str:
    return time.replace(tzinfo=None).isoformat(timespec="microseconds")


def _at(one: Pass, seconds: float) -> str:
    return _iso(one.node + timedelta(seconds=float(seconds)))
