"""
Small Sentinel-1 scenes (SAFE folders) and orbit files around a simulated scene.

Their XML has the structure of ESA's, with what a reader may ask for. Bursts are short, so that products stay small:
the frame is the simulated scene with a margin, and every pixel, time and orbit agrees with it.
"""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path

import numpy as np
from fakes.passes import TRACK, Pass, window

from snapstamps.model.units import SPEED_OF_LIGHT
from snapstamps.simulate.geometry import LINE_TIME, PULSE_RATE, RADAR_FREQUENCY
from snapstamps.simulate.spec import SceneSpec

OVERLAP = 12
"""Lines that two bursts share."""
MARGIN = 24
"""Lines and samples around the simulated scene."""
SWATH_OVERLAP = 40
SIDE = 80
"""Samples of a sub-swath beside the scene."""
FIRST_BURST_ID = 100_000
STAMP = "%Y-%m-%dT%H:%M:%S.%f"
_TINY_TIFF = b"II*\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00"


@dataclass(frozen=True)
class Layout:
    """Bursts and sub-swaths of a frame, in lines and samples of the simulated scene, which lies in `scene_in`."""

    n_lines: int
    n_samples: int
    scene_in: tuple[str, ...] = ("IW2",)
    swaths: tuple[str, ...] = ("IW1", "IW2", "IW3")
    n_bursts: int = 3

    @property
    def burst_step(self) -> int:
        return math.ceil((self.n_lines + 2 * MARGIN - OVERLAP) / self.n_bursts)

    @property
    def lines_per_burst(self) -> int:
        return self.burst_step + OVERLAP

    def samples_of(self, swath: str) -> tuple[int, int]:
        """First sample and number of samples of a sub-swath; neighbours overlap."""
        number = self.swaths.index(swath) - self.swaths.index(self.scene_in[0])
        total = self.n_samples + 2 * MARGIN
        edges = np.linspace(0, total, len(self.scene_in) + 1).astype(int)
        if number < 0:
            first, last = (number * SIDE, (number + 1) * SIDE)
        elif number >= len(self.scene_in):
            beyond = number - len(self.scene_in)
            first, last = total + beyond * SIDE, total + (beyond + 1) * SIDE
        else:
            first, last = int(edges[number]), int(edges[number + 1])
        half = SWATH_OVERLAP // 2
        return first - half - MARGIN, last - first + SWATH_OVERLAP

    def first_line(self, burst: int) -> int:
        return burst * self.burst_step - MARGIN


def layout_of(spec: SceneSpec, scene_in: tuple[str, ...] = ("IW2",), *, n_bursts: int = 3) -> Layout:
    return Layout(spec.n_lines, spec.n_samples, scene_in, n_bursts=n_bursts)


def scene_name(spec: SceneSpec, day: date, *, unique: str = "A1B2") -> str:
    one = Pass(spec, day)
    start, stop = (f"{moment:%Y%m%dT%H%M%S}" for moment in (one.start, one.start + timedelta(seconds=27)))
    return f"S1A_IW_SLC__1SDV_{start}_{stop}_{one.absolute_orbit:06d}_{one.absolute_orbit * 8 % 0xFFFFFF:06X}_{unique}"


def write_safe(
    folder: Path,
    spec: SceneSpec,
    day: date,
    *,
    layout: Layout | None = None,
    polarisations: tuple[str, ...] = ("VV",),
    bursts: range | None = None,
    slices: tuple[int, int] = (1, 1),
    unique: str = "A1B2",
) -> Path:
    """
    Write the scene of one date; return its .SAFE folder.

    `bursts` takes some of the layout's bursts only, as a slice does; `slices` are its number and the number of all.
    """
    frame = layout or layout_of(spec)
    chosen = bursts or range(frame.n_bursts)
    name = scene_name(spec, day, unique=unique)
    safe = folder / f"{name}.SAFE"
    (safe / "annotation").mkdir(parents=True)
    (safe / "measurement").mkdir()
    one = Pass(spec, day)
    number = 0
    for polarisation in polarisations:
        for swath in frame.swaths:
            number += 1
            stem = (
                f"s1a-{swath.lower()}-slc-{polarisation.lower()}-{name[17:32].lower()}-{name[33:48].lower()}-"
                f"{name[49:55]}-{name[56:62].lower()}-{number:03d}"
            )
            annotation = _annotation(one, frame, swath, polarisation, chosen, slices)
            (safe / "annotation" / f"{stem}.xml").write_text(annotation)
            (safe / "measurement" / f"{stem}.tiff").write_bytes(_TINY_TIFF)
    (safe / "manifest.safe").write_text(_manifest(one, frame, polarisations, chosen, slices))
    return safe


def write_orbit_file(auxdata: Path, spec: SceneSpec, day: date, *, kind: str = "POEORB") -> Path:
    """Write the orbit of one date to where SNAP looks for it; vectors for ten minutes around the scene."""
    one = Pass(spec, day)
    before, after = day - timedelta(days=1), day + timedelta(days=1)
    validity = f"V{before:%Y%m%d}T225942_{after:%Y%m%d}T005942"
    name = f"S1A_OPER_AUX_{kind}_OPOD_{day + timedelta(days=20):%Y%m%d}T080000_{validity}"
    folder = auxdata / "Orbits" / "Sentinel-1" / kind / "S1A" / f"{day:%Y}" / f"{day:%m}"
    folder.mkdir(parents=True, exist_ok=True)
    first = one.start.replace(microsecond=0) - timedelta(minutes=5)
    vectors = []
    for number in range(61):
        moment = first + timedelta(seconds=10 * number)
        position, velocity = one.orbit((moment - one.start).total_seconds())
        axes = "".join(f'<{axis} unit="m">{x:.6f}</{axis}>' for axis, x in zip("XYZ", position, strict=True))
        speeds = "".join(f'<V{axis} unit="m/s">{x:.6f}</V{axis}>' for axis, x in zip("XYZ", velocity, strict=True))
        tai = moment + timedelta(seconds=37)
        vectors.append(
            f"<OSV><TAI>TAI={tai:{STAMP}}</TAI><UTC>UTC={moment:{STAMP}}</UTC><UT1>UT1={moment:{STAMP}}</UT1>"
            f"<Absolute_Orbit>+{one.absolute_orbit}</Absolute_Orbit>{axes}{speeds}<Quality>NOMINAL</Quality></OSV>"
        )
    path = folder / f"{name}.EOF"
    path.write_text(
        '<?xml version="1.0" ?>\n<Earth_Explorer_File><Earth_Explorer_Header><Fixed_Header>'
        f"<File_Name>{name}</File_Name><Mission>Sentinel-1A</Mission><File_Type>AUX_{kind}</File_Type>"
        f"<Validity_Period><Validity_Start>UTC={before:%Y-%m-%d}T22:59:42</Validity_Start>"
        f"<Validity_Stop>UTC={after:%Y-%m-%d}T00:59:42</Validity_Stop></Validity_Period></Fixed_Header>"
        "<Variable_Header><Ref_Frame>EARTH_FIXED</Ref_Frame><Time_Reference>UTC</Time_Reference></Variable_Header>"
        f'</Earth_Explorer_Header><Data_Block type="xml"><List_of_OSVs count="{len(vectors)}">\n'
        + "\n".join(vectors)
        + "\n</List_of_OSVs></Data_Block></Earth_Explorer_File>\n"
    )
    return path


def area_wkt(spec: SceneSpec, *, inset: int = 2) -> str:
    """WKT of the ground that the simulated scene covers (height of its terrain), a little inside its edges."""
    geometry = Pass(spec, spec.master_day).geometry
    corners = []
    for line, sample in ((inset, inset), (inset, -1 - inset), (-1 - inset, -1 - inset), (-1 - inset, inset)):
        place = geometry.place(line % spec.n_lines, spec.terrain.height_m)
        corners.append(f"{place.longitude[sample]:.7f} {place.latitude[sample]:.7f}")
    return f"POLYGON (({', '.join([*corners, corners[0]])}))"


def _frame_geometry(one: Pass, frame: Layout, swath: str, bursts: range):
    first_sample, n_samples = frame.samples_of(swath)
    first_line = frame.first_line(bursts[0])
    n_lines = frame.first_line(bursts[-1]) + frame.lines_per_burst - first_line
    return first_line, first_sample, window(one.geometry, first_line, first_sample, n_lines, n_samples)


def _annotation(one: Pass, frame: Layout, swath: str, polarisation: str, bursts: range, slices: tuple[int, int]) -> str:
    first_line, _, geometry = _frame_geometry(one, frame, swath, bursts)
    start, stop = one.line_time(first_line), one.line_time(first_line + geometry.n_lines - 1)
    passes = "Ascending" if one.spec.direction == "ascending" else "Descending"
    heading = one.spec.heading if one.spec.heading <= 180 else one.spec.heading - 360
    slice_list = "".join(
        f"<slice><sliceNumber>{n + 1}</sliceNumber><sensingStartTime>{start:{STAMP}}</sensingStartTime>"
        f"<sensingStopTime>{stop:{STAMP}}</sensingStopTime></slice>"
        for n in range(slices[1])
    )
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<product>
  <adsHeader><missionId>S1A</missionId><productType>SLC</productType><polarisation>{polarisation}</polarisation>
    <mode>IW</mode><swath>{swath}</swath><startTime>{start:{STAMP}}</startTime><stopTime>{stop:{STAMP}}</stopTime>
    <absoluteOrbitNumber>{one.absolute_orbit}</absoluteOrbitNumber>
    <missionDataTakeId>{one.absolute_orbit * 8}</missionDataTakeId>
    <imageNumber>001</imageNumber></adsHeader>
  <generalAnnotation>
    <productInformation><pass>{passes}</pass><platformHeading>{heading}</platformHeading>
      <projection>Slant Range</projection>
      <rangeSamplingRate>{SPEED_OF_LIGHT / 2 / one.spec.range_spacing_m:.15e}</rangeSamplingRate>
      <radarFrequency>{RADAR_FREQUENCY:.15e}</radarFrequency></productInformation>
    <downlinkInformationList count="1"><downlinkInformation><swath>{swath}</swath><prf>{PULSE_RATE:.15e}</prf>
    </downlinkInformation></downlinkInformationList>
    {_orbit_list(one)}
  </generalAnnotation>
  <imageAnnotation>
    <imageInformation>
      <productFirstLineUtcTime>{start:{STAMP}}</productFirstLineUtcTime>
      <productLastLineUtcTime>{stop:{STAMP}}</productLastLineUtcTime>
      <ascendingNodeTime>{start - timedelta(seconds=600):{STAMP}}</ascendingNodeTime>
      <productComposition>{"Slice" if slices[1] > 1 else "Individual"}</productComposition>
      <sliceNumber>{slices[0]}</sliceNumber><sliceList count="{slices[1]}">{slice_list}</sliceList>
      <slantRangeTime>{2 * geometry.near_range / SPEED_OF_LIGHT:.15e}</slantRangeTime><pixelValue>Complex</pixelValue>
      <rangePixelSpacing>{one.spec.range_spacing_m:.6e}</rangePixelSpacing>
      <azimuthPixelSpacing>{one.spec.azimuth_spacing_m:.6e}</azimuthPixelSpacing>
      <azimuthTimeInterval>{LINE_TIME:.15e}</azimuthTimeInterval>
      <azimuthFrequency>{PULSE_RATE:.15e}</azimuthFrequency>
      <numberOfSamples>{geometry.n_samples}</numberOfSamples>
      <numberOfLines>{frame.lines_per_burst * len(bursts)}</numberOfLines>
      <incidenceAngleMidSwath>{one.spec.incidence_deg}</incidenceAngleMidSwath>
    </imageInformation>
  </imageAnnotation>
  <dopplerCentroid><dcEstimateList count="1"><dcEstimate><azimuthTime>{start:{STAMP}}</azimuthTime>
    <t0>{2 * geometry.near_range / SPEED_OF_LIGHT:.15e}</t0>
    <geometryDcPolynomial count="3">{one.day.day / 10:.6e} 0.000000e+00 0.000000e+00</geometryDcPolynomial>
    <dataDcPolynomial count="3">{one.day.day / 10:.6e} 0.000000e+00 0.000000e+00</dataDcPolynomial>
  </dcEstimate></dcEstimateList></dopplerCentroid>
  {_swath_timing(one, frame, bursts, geometry.n_samples)}
  {_grid(one, frame, bursts, geometry)}
</product>
"""


def _orbit_list(one: Pass) -> str:
    first = one.start - timedelta(seconds=70)
    items = []
    for number in range(15):
        moment = first + timedelta(seconds=10 * number)
        vectors = one.orbit((moment - one.start).total_seconds())
        parts = [
            f"<{name}>"
            + "".join(f"<{axis}>{x:.15e}</{axis}>" for axis, x in zip("xyz", vector, strict=True))
            + f"</{name}>"
            for name, vector in zip(("position", "velocity"), vectors, strict=True)
        ]
        items.append(f"<orbit><time>{moment:{STAMP}}</time><frame>Earth Fixed</frame>{''.join(parts)}</orbit>")
    return f'<orbitList count="{len(items)}">{"".join(items)}</orbitList>'


def _swath_timing(one: Pass, frame: Layout, bursts: range, n_samples: int) -> str:
    lines = frame.lines_per_burst
    first_valid = " ".join(["-1"] + ["2"] * (lines - 2) + ["-1"])
    last_valid = " ".join(["-1"] + [str(n_samples - 3)] * (lines - 2) + ["-1"])
    items = []
    for burst in bursts:
        moment = one.line_time(frame.first_line(burst))
        items.append(
            f"<burst><azimuthTime>{moment:{STAMP}}</azimuthTime><azimuthAnxTime>6.0e+02</azimuthAnxTime>"
            f"<sensingTime>{moment:{STAMP}}</sensingTime><byteOffset>{1000 + burst}</byteOffset>"
            f'<firstValidSample count="{lines}">{first_valid}</firstValidSample>'
            f'<lastValidSample count="{lines}">{last_valid}</lastValidSample>'
            f'<burstId absolute="{one.absolute_orbit * 1000 + burst}">{FIRST_BURST_ID + burst}</burstId></burst>'
        )
    return (
        f"<swathTiming><linesPerBurst>{lines}</linesPerBurst><samplesPerBurst>{n_samples}</samplesPerBurst>"
        f'<burstList count="{len(items)}">{"".join(items)}</burstList></swathTiming>'
    )


def _grid(one: Pass, frame: Layout, bursts: range, geometry) -> str:
    """The geolocation grid: a row at the first line of each burst and one at the last line of all."""
    rows = [(index * frame.lines_per_burst, frame.first_line(burst)) for index, burst in enumerate(bursts)]
    rows.append((len(bursts) * frame.lines_per_burst - 1, frame.first_line(bursts[-1]) + frame.lines_per_burst - 1))
    columns = np.linspace(0, geometry.n_samples - 1, 11).astype(int)
    points = []
    for line, scene_line in rows:
        place = geometry.place(scene_line - frame.first_line(bursts[0]), one.spec.terrain.height_m)
        moment: datetime = one.line_time(scene_line)
        for pixel in columns:
            points.append(
                f"<geolocationGridPoint><azimuthTime>{moment:{STAMP}}</azimuthTime>"
                f"<slantRangeTime>{2 * geometry.slant_range[pixel] / SPEED_OF_LIGHT:.15e}</slantRangeTime>"
                f"<line>{line}</line><pixel>{pixel}</pixel><latitude>{place.latitude[pixel]:.15e}</latitude>"
                f"<longitude>{place.longitude[pixel]:.15e}</longitude><height>{one.spec.terrain.height_m:.6e}</height>"
                f"<incidenceAngle>{math.degrees(geometry.incidence[pixel]):.15e}</incidenceAngle>"
                f"<elevationAngle>{math.degrees(geometry.look[pixel]):.15e}</elevationAngle></geolocationGridPoint>"
            )
    return (
        f'<geolocationGrid><geolocationGridPointList count="{len(points)}">{"".join(points)}'
        "</geolocationGridPointList></geolocationGrid>"
    )


def _manifest(one: Pass, frame: Layout, polarisations: tuple[str, ...], bursts: range, slices: tuple[int, int]) -> str:
    corners = []
    for swath, ends in ((frame.swaths[0], (0,)), (frame.swaths[-1], (-1,))):
        _, _, geometry = _frame_geometry(one, frame, swath, bursts)
        for line in (0, geometry.n_lines - 1):
            place = geometry.place(line, 0.0)
            corners += [(place.latitude[end], place.longitude[end]) for end in ends]
    ring = [corners[index] for index in (0, 2, 3, 1)]
    first_line, _, geometry = _frame_geometry(one, frame, frame.swaths[0], bursts)
    start, stop = one.line_time(first_line), one.line_time(first_line + geometry.n_lines - 1)
    orbits = "".join(
        f'<safe:{tag} type="{end}">{number}</safe:{tag}>'
        for tag, number in (("orbitNumber", one.absolute_orbit), ("relativeOrbitNumber", TRACK))
        for end in ("start", "stop")
    )
    channels = "".join(
        f"<s1sarl1:transmitterReceiverPolarisation>{name}</s1sarl1:transmitterReceiverPolarisation>"
        for name in polarisations
    )
    swaths = "".join(f"<s1sarl1:swath>{name}</s1sarl1:swath>" for name in frame.swaths)
    coordinates = " ".join(f"{lat:.6f},{lon:.6f}" for lat, lon in ring)
    processed = one.start + timedelta(hours=3)
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<xfdu:XFDU xmlns:gml="http://www.opengis.net/gml"
 xmlns:xfdu="urn:ccsds:schema:xfdu:1"
 xmlns:safe="http://www.esa.int/safe/sentinel-1.0"
 xmlns:s1="http://www.esa.int/safe/sentinel-1.0/sentinel-1"
 xmlns:s1sarl1="http://www.esa.int/safe/sentinel-1.0/sentinel-1/sar/level-1"
 version="esa/safe/sentinel-1.0/sentinel-1/sar/level-1/slc/standard/iwdp">
<metadataSection>
<metadataObject ID="processing"><metadataWrap><xmlData>
<safe:processing name="SLC Post Processing" start="{processed:{STAMP}}"
 stop="{processed + timedelta(minutes=10):{STAMP}}">
<safe:facility country="Italy" name="Copernicus Ground Segment" organisation="ESA">
<safe:software name="Sentinel-1 IPF" version="003.52"/></safe:facility>
</safe:processing></xmlData></metadataWrap></metadataObject>
<metadataObject ID="platform"><metadataWrap><xmlData><safe:platform>
<safe:nssdcIdentifier>2014-016A</safe:nssdcIdentifier>
<safe:familyName>SENTINEL-1</safe:familyName><safe:number>A</safe:number><safe:instrument>
<safe:familyName abbreviation="SAR">Synthetic Aperture Radar</safe:familyName>
<safe:extension><s1sarl1:instrumentMode><s1sarl1:mode>IW</s1sarl1:mode>{swaths}</s1sarl1:instrumentMode></safe:extension>
</safe:instrument></safe:platform></xmlData></metadataWrap></metadataObject>
<metadataObject ID="measurementOrbitReference"><metadataWrap><xmlData><safe:orbitReference>{orbits}
<safe:extension><s1:orbitProperties><s1:pass>{one.spec.direction.upper()}</s1:pass>
<s1:ascendingNodeTime>{start - timedelta(seconds=600):{STAMP}}</s1:ascendingNodeTime></s1:orbitProperties>
</safe:extension></safe:orbitReference></xmlData></metadataWrap></metadataObject>
<metadataObject ID="generalProductInformation"><metadataWrap><xmlData><s1sarl1:standAloneProductInformation>
<s1sarl1:instrumentConfigurationID>7</s1sarl1:instrumentConfigurationID>
<s1sarl1:missionDataTakeID>{one.absolute_orbit * 8}</s1sarl1:missionDataTakeID>
{channels}<s1sarl1:productClass>S</s1sarl1:productClass>
<s1sarl1:productComposition>{"Slice" if slices[1] > 1 else "Individual"}</s1sarl1:productComposition>
<s1sarl1:productType>SLC</s1sarl1:productType><s1sarl1:productTimelinessCategory>Fast-24h</s1sarl1:productTimelinessCategory>
<s1sarl1:sliceProductFlag>{"true" if slices[1] > 1 else "false"}</s1sarl1:sliceProductFlag>
<s1sarl1:sliceNumber>{slices[0]}</s1sarl1:sliceNumber><s1sarl1:totalSlices>{slices[1]}</s1sarl1:totalSlices>
</s1sarl1:standAloneProductInformation></xmlData></metadataWrap></metadataObject>
<metadataObject ID="acquisitionPeriod"><metadataWrap><xmlData><safe:acquisitionPeriod>
<safe:startTime>{start:{STAMP}}</safe:startTime>
<safe:stopTime>{stop:{STAMP}}</safe:stopTime>
</safe:acquisitionPeriod></xmlData></metadataWrap></metadataObject>
<metadataObject ID="measurementFrameSet"><metadataWrap><xmlData><safe:frameSet><safe:frame>
<safe:footPrint srsName="http://www.opengis.net/gml/srs/epsg.xml#4326">
<gml:coordinates>{coordinates}</gml:coordinates>
</safe:footPrint></safe:frame></safe:frameSet></xmlData></metadataWrap></metadataObject>
</metadataSection>
</xfdu:XFDU>
"""
