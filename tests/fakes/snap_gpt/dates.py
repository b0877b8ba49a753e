"""Operators on one date: Read, SliceAssembly, TOPSAR-Split, Apply-Orbit-File."""

import re
import sys
import xml.etree.ElementTree as ET
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from fakes.snap_gpt.product import Product, Tree, complex_bands, read_dimap, write_time
from fakes.snap_gpt.run import Run
from fakes.snap_gpt.scenes import Scene, SwathInfo, join, read_scene
from fakes.snap_gpt.table import GptError

from snapstamps.simulate.geometry import LINE_TIME


def read(run: Run, values: dict) -> Product | Scene:
    path = Path(str(values["file"]))
    if not path.exists():
        raise GptError(f"Specified 'file' [{path}] does not exist.")
    if path.suffix == ".dim":
        return read_dimap(path, run.world.first_line, run.world.first_sample)
    return read_scene(path)


def slice_assembly(_run: Run, _values: dict, *scenes: Product | Scene) -> Scene:
    if len(scenes) < 2 or not all(isinstance(scene, Scene) for scene in scenes):
        raise GptError("Slice assembly needs at least two slice products")
    return join(list(scenes))  # type: ignore[arg-type]


def split(run: Run, values: dict, scene: Product | Scene) -> Product:
    several = isinstance(scene, Scene) and len({info.swath for info in scene.swaths}) > 1
    if not isinstance(scene, Scene) or not (several or values.get("enableSingleSwathMode")):
        raise GptError("Source product should be multi sub-swath SLC burst product")
    swaths = [info for info in scene.swaths if info.swath == values["subswath"]]
    if not swaths:
        raise GptError("-1")
    wanted = [info for info in swaths if info.polarisation in str(values["selectedPolarisations"]).split(",")]
    chosen = swaths if not wanted or run.fault == "all_polarisations" else wanted
    first, last = _bursts(swaths[0], values)
    info = chosen[0]
    times = info.bursts[first - 1 : last]
    product = Product(
        name=f"{scene.name}_split",
        first_sample=run.world.first_sample(info.slant_range),
        width=info.samples,
        segments=[(run.world.first_line(time), info.lines_per_burst) for time in times],
        bands=[],
        metadata={"Abstracted_Metadata": _abstracted(scene, info, times)},
    )
    for number, time in enumerate(times):
        product.burst_list[f"burst{number + 1}"] = write_time(time)
    product.burst_list["count"] = str(len(times))
    day = times[0].date()

    def slc(*window: int):
        return run.world.slc(day, *window)

    for one in chosen:
        product.bands += complex_bands(f"{one.swath}_{one.polarisation}", "int16", slc)
    return product


def _bursts(info: SwathInfo, values: dict) -> tuple[int, int]:
    first, last = int(values["firstBurstIndex"]), min(int(values["lastBurstIndex"]), len(info.bursts))
    if values["wktAoi"]:
        import shapely  # noqa: PLC0415 - takes time, and only some runs need it

        area = shapely.from_wkt(str(values["wktAoi"]))
        touched = [n for n in range(first, last + 1) if shapely.Polygon(info.corners[n - 1]).intersects(area)]
        if not touched:
            raise GptError("wktAOI does not overlap any burst")
        first, last = touched[0], touched[-1]
    if first > last:
        raise GptError("Index 9 out of bounds")
    return first, last


def _abstracted(scene: Scene, info: SwathInfo, times: list[datetime]) -> Tree:
    interval = float(info.values["line_time_interval"])
    stop = times[-1] + timedelta(seconds=(info.lines_per_burst - 1) * interval)
    return {
        "PRODUCT": scene.name,
        "PRODUCT_TYPE": "SLC",
        "MISSION": scene.mission,
        "ACQUISITION_MODE": "IW",
        "antenna_pointing": "right",
        "SWATH": info.swath,
        "REL_ORBIT": scene.track,
        "ABS_ORBIT": scene.absolute_orbit,
        "first_line_time": write_time(times[0]),
        "last_line_time": write_time(stop),
        "PASS": scene.direction,
        "SAMPLE_TYPE": "COMPLEX",
        "mds1_tx_rx_polar": info.polarisation,
        **{name: value for name, value in info.values.items() if name != "doppler"},
        "num_output_lines": str(info.lines_per_burst * len(times)),
        "num_samples_per_line": str(info.samples),
        "subset_offset_x": "0",
        "subset_offset_y": "0",
        "slant_range_to_first_pixel": repr(info.slant_range),
        "coregistered_stack": "0",
        "orbit_state_vector_file": "-",
        "Orbit_State_Vectors": {
            f"orbit_vector{number + 1}": {
                **vector,
                "time": write_time(datetime.fromisoformat(vector["time"]).replace(tzinfo=UTC)),
            }
            for number, vector in enumerate(info.orbit)
        },
        "Doppler_Centroid_Coefficients": {
            "dop_coef_list.1": {
                "zero_doppler_time": write_time(times[0]),
                **{
                    f"coefficient.{number + 1}": {"dop_coef": text}
                    for number, text in enumerate(info.values["doppler"].split())
                },
            }
        },
    }


def apply_orbit(run: Run, values: dict, product: Product) -> Product:
    if not isinstance(product, Product):
        raise GptError("Apply-Orbit-File of a whole scene is not simulated; split first")
    wanted = "POEORB" if "Precise" in str(values["orbitType"]) else "RESORB"
    if not str(product.abstracted["MISSION"]).startswith("SENTINEL-1"):
        raise GptError(f"{values['orbitType']} is not suitable for a {product.abstracted['MISSION']} product")
    moment = product.first_line_time
    kinds = [wanted, "RESORB" if wanted == "POEORB" else "POEORB"]
    if run.fault == "other_orbit":
        kinds = kinds[1:]
    found = (
        None if run.fault == "no_orbit" else next((f for kind in kinds if (f := _orbit_file(run, kind, moment))), None)
    )
    if found is None:
        message = (
            f"No valid orbit file found for {write_time(moment)}\nOrbit files may be downloaded from "
            f"http://step.esa.int/auxdata/orbits/\nand placed in {run.auxdata / 'Orbits' / 'Sentinel-1' / wanted}"
        )
        if not values["continueOnFail"]:
            raise GptError(message)
        print(f"WARNING: ApplyOrbitFileOp: ApplyOrbit ignoring error and continuing: {message}", file=sys.stderr)
        return product.like()
    if wanted not in found.name:
        other = "Restituted" if wanted == "POEORB" else "Precise"
        print(f"WARNING: ApplyOrbitFileOp: Using Sentinel {other} {found.name} instead", file=sys.stderr)
    out = product.like(name=f"{product.name}_Orb")
    kind = "Precise" if wanted == "POEORB" else "Restituted"
    out.abstracted["orbit_state_vector_file"] = f"Sentinel {kind}  {found.name}"
    out.abstracted["Orbit_State_Vectors"] = _vectors(found, product)  # type: ignore[assignment]
    return out


def _orbit_file(run: Run, kind: str, moment: datetime) -> Path | None:
    """SNAP looks in the month of the acquisition, and goes by the name alone."""
    folder = run.auxdata / "Orbits" / "Sentinel-1" / kind / "S1A" / f"{moment:%Y}" / f"{moment:%m}"
    for path in sorted(folder.glob(f"S1A_OPER_AUX_{kind}_OPOD_*")):
        match = re.search(r"_V(\d{8}T\d{6})_(\d{8}T\d{6})\.(EOF|EOF\.zip)$", path.name)
        if match is None:
            continue
        start, stop = (datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC) for text in match.group(1, 2))
        if start <= moment < stop:
            return path
    return None


def _vectors(path: Path, product: Product) -> Tree:
    """One vector per second from 10 s before the product to 10 s after it, between the file's by cubics."""
    known = []
    for item in ET.fromstring(path.read_text()).iter("OSV"):
        time = datetime.fromisoformat((item.findtext("UTC") or "")[4:]).replace(tzinfo=UTC)
        known.append((time, [float(item.findtext(axis) or 0) for axis in ("X", "Y", "Z", "VX", "VY", "VZ")]))
    lines = product.segments[-1][0] + product.segments[-1][1] - product.segments[0][0]
    start = product.first_line_time - timedelta(seconds=10)
    seconds = int(20 + lines * LINE_TIME) + 1
    return {
        f"orbit_vector{number + 1}": _between(known, start + timedelta(seconds=number)) for number in range(seconds + 1)
    }


def _between(known: list[tuple[datetime, list[float]]], time: datetime) -> Tree:
    before, after = next(((a, b) for a, b in pairwise(known) if a[0] <= time <= b[0]), (None, None))
    if before is None or after is None:
        raise GptError(f"No valid orbit file found for {write_time(time)}")
    span = (after[0] - before[0]).total_seconds()
    u = (time - before[0]).total_seconds() / span
    out: Tree = {"time": write_time(time)}
    for axis, name in enumerate("xyz"):
        p, q, m, n = before[1][axis], after[1][axis], span * before[1][axis + 3], span * after[1][axis + 3]
        a, b = 2 * p - 2 * q + m + n, -3 * p + 3 * q - 2 * m - n
        out[f"{name}_pos"] = repr(a * u**3 + b * u**2 + m * u + p)
        out[f"{name}_vel"] = repr((3 * a * u**2 + 2 * b * u + m) / span)
    return out
