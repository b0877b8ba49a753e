"""Operators on a pair: coregistration, interferogram, deburst, heights, merge, crop."""

import re
import sys
from datetime import datetime
from itertools import pairwise

import numpy as np
from fakes.snap_gpt.product import Band, Product, complex_bands, read_time, snap_date, write_time
from fakes.snap_gpt.run import Run
from fakes.snap_gpt.table import GptError

from snapstamps.simulate.baselines import make_baselines

RESAMPLINGS = {
    "NEAREST_NEIGHBOUR",
    "BILINEAR_INTERPOLATION",
    "CUBIC_CONVOLUTION",
    "BICUBIC_INTERPOLATION",
    "BISINC_5_POINT_INTERPOLATION",
    "BISINC_11_POINT_INTERPOLATION",
    "BISINC_21_POINT_INTERPOLATION",
}
NO_HEIGHT = -32768.0


def back_geocoding(run: Run, values: dict, master: Product, *slaves: Product) -> Product:
    products = (master, *slaves)
    if len(products) != 2:
        raise GptError("Please select two source products")
    for product in products:
        _require_slc(product)
        if not product.in_bursts:
            raise GptError("Split product is expected.")
    _same(products, "SWATH", "Same sub-swath is expected.")
    _same(products, "mds1_tx_rx_polar", "Same polarization is expected.")
    _check_model(run, values)
    return _stack(run, master, slaves[0])


def dem_assisted(run: Run, values: dict, master: Product, *slaves: Product) -> Product:
    for product in (master, *slaves):
        _require_slc(product)
        if str(product.abstracted["MISSION"]).startswith("SENTINEL-1"):
            raise GptError("For coregistration of S-1 TOPS SLC products, please use S-1 Back Geocoding")
    _check_model(run, values)
    return _stack(run, master, slaves[0])


def _stack(run: Run, master: Product, slave: Product) -> Product:
    master_word, slave_word, slave_metadata, master_list, slave_list = run.words
    out = master.like(name=f"{master.name}_Stack")
    out.abstracted["coregistered_stack"] = "1"
    tag = (master.band("i_") or master.bands[0]).name.removeprefix("i_")
    bands, names = [], {}
    for product, word, kind, key in (
        (master, master_word, "int16", master_list),
        (slave, f"{slave_word}1", "float32", slave_list),
    ):
        source = _complex(product, "i_")
        if key == slave_list and run.fault in {"empty_slave", "silent_empty_slave"}:
            source = _nothing
            if run.fault == "empty_slave":
                print("SEVERE: BackGeocodingOp: Unable to get elevation model", file=sys.stderr)
        made = complex_bands(f"{tag}_{word}_{product.date_name}", kind, source)
        bands += made
        names[key] = " ".join(band.name for band in made if not band.is_virtual)
    out.bands = bands
    child = {**slave.abstracted, slave_list: names[slave_list]}
    out.metadata[slave_metadata] = {master_list: names[master_list], f"{slave.name}_{slave.date_name}": child}
    out.abstracted["Baselines"] = _baselines(run, master.first_line_time, slave.first_line_time)  # type: ignore[assignment]
    return out


def _baselines(run: Run, master: datetime, slave: datetime) -> dict:
    spec = run.world.spec
    index = spec.days.index(slave.date())
    look = run.world.geometry.look[[spec.n_samples // 2]]
    perpendicular = make_baselines(spec).perpendicular(spec.n_lines / 2, look)[index, 0]
    days = (master.date() - slave.date()).days
    old = run.table.version[0] < 10
    ref, sec = ("Master: ", "Slave: ") if old else ("Ref_", "Secondary_")
    numbers = {"Perp Baseline": repr(float(perpendicular)), "Temp Baseline": repr(float(days))}
    return {f"{ref}{snap_date(master)}": {f"{sec}{snap_date(slave)}": numbers}}


def spectral_diversity(run: Run, _values: dict, stack: Product) -> Product:
    _require_stack(stack)
    bursts = len(stack.segments)
    if bursts < 2:
        print(
            "java.lang.ArrayIndexOutOfBoundsException: Index 0 out of bounds for length 0\n"
            "\tat org.esa.s1tbx.sentinel1.gpf.SpectralDiversityOp.estimateAzimuthOffset(SpectralDiversityOp.java:1)",
            file=sys.stderr,
        )
        raise GptError("Index 0 out of bounds for length 0" if run.table.version[0] >= 10 else "0")
    out = stack.like()
    pair = "_".join(sorted({band.name.split("_")[-1] for band in stack.bands}))
    swath = str(stack.abstracted["SWATH"])
    out.abstracted["ESD Measurement"] = {  # type: ignore[assignment]
        pair: {"Overall_Range_Azimuth_Shift": {swath: {"rangeShift": "0.0012", "azimuthShift": "-0.0007"}}}
    }
    return out


def interferogram(run: Run, values: dict, stack: Product) -> Product:
    _require_stack(stack)
    master = next(b for b in stack.bands if re.match(r"i_.*_(mst|ref)_", b.name))
    slave = next(b for b in stack.bands if re.match(r"i_.*_(slv|sec)\d*_", b.name))
    one, two = (_complex(stack, band.name) for band in (master, slave))
    words = master.name.split("_")
    tag = "_".join([*words[1:-2], words[-1], slave.name.split("_")[-1]])
    out = stack.like(name=f"{stack.name}_Ifg")
    out.bands = complex_bands(f"ifg_{tag}", "float32", lambda *w: one(*w) * np.conj(two(*w)))
    out.bands.append(Band(f"Phase_ifg_{tag}", "float32", "phase", None, f"atan2(q_ifg_{tag}, i_ifg_{tag})"))
    if values["includeCoherence"]:
        out.bands.append(Band(f"coh_{tag}", "float32", "coherence", lambda *w: _coherence(one(*w), two(*w))))
    if values["subtractTopographicPhase"]:
        _check_model(run, values)
        out.bands += _ground_bands(run, heights=values["outputElevation"], positions=values["outputLatLon"])
    return out


def deburst(run: Run, _values: dict, product: Product) -> Product:
    if not product.in_bursts:
        raise GptError("Source product should be SLC burst product")
    interval = float(str(product.abstracted["line_time_interval"]))
    first, last = (read_time(str(product.abstracted[name])) for name in ("first_line_time", "last_line_time"))
    lines = (last - first).total_seconds() / interval
    whole = int(lines + 0.5 + 1) if run.table.version >= (12, 0, 1) else int(lines + 1e-6)
    out = product.like(name=f"{product.name}_Deb", segments=[(product.segments[0][0], whole)])
    out.burst_list.clear()
    out.burst_list["count"] = "0"
    out.abstracted["num_output_lines"] = str(whole)
    out.abstracted["last_line_time"] = write_time(run.world.line_time(first.date(), product.segments[0][0] + whole - 1))
    return out


def topographic_phase(run: Run, values: dict, product: Product) -> Product:
    if product.in_bursts:
        raise GptError("Source product should first be deburst.")
    band = product.band("i_ifg_")
    if band is None:
        raise GptError("Product must be interferogram")
    _check_model(run, values)
    pieces = band.name.split("_")[2:]
    tag = "_".join(piece for piece in pieces if not re.fullmatch(r"(IW|EW)\d", piece))
    out = product.like(name=f"{product.name}_DInSAR")
    source = _complex(product, "i_ifg_")
    out.bands = complex_bands(f"ifg_{tag}", "float32", source)
    out.bands[2].name = f"Intensity_ifg_srd_{tag}"
    out.bands += [band for band in product.bands if band.name.startswith("coh_")]
    out.bands += _ground_bands(run, heights=values["outputElevationBand"], positions=values["outputLatLonBands"])
    return out


def merge(_run: Run, values: dict, *products: Product) -> Product:
    if any(product.in_bursts for product in products):
        raise GptError("Source product should first be deburst.")
    ordered = sorted(products, key=lambda product: str(product.abstracted["SWATH"]))
    numbers = [int(str(product.abstracted["SWATH"])[-1]) for product in ordered]
    if numbers != list(range(numbers[0], numbers[0] + len(numbers))) or len(numbers) < 2:
        raise GptError("Isolate sub-swath detected in source products")
    _same(products, "PRODUCT", "Source products are not from the same Sentinel-1 product")
    if len({len(product.bands) for product in products}) > 1:
        raise GptError("Source products should have the same number of bands")
    polarisation = str(values["selectedPolarisations"] or ordered[0].abstracted["mds1_tx_rx_polar"])
    edges = [(left.first_sample + left.width + right.first_sample) // 2 for left, right in pairwise(ordered)]
    bands = []
    for bands_of_swaths in zip(*(product.bands for product in ordered), strict=True):
        first = bands_of_swaths[0]
        if polarisation not in first.name:
            continue
        name = re.sub(r"_(IW|EW)\d", "", first.name)
        expression = re.sub(r"_(IW|EW)\d", "", first.expression)
        source = None if first.is_virtual else _side_by_side([band.source for band in bands_of_swaths], edges)
        bands.append(Band(name, first.kind, first.unit, source, expression))
    lines = [product.segments[0] for product in ordered]
    top, bottom = min(first for first, _ in lines), max(first + count for first, count in lines)
    left = ordered[0].first_sample
    width = ordered[-1].first_sample + ordered[-1].width - left
    out = ordered[0].like(first_sample=left, width=width, segments=[(top, bottom - top)], bands=bands)
    out.abstracted["SWATH"] = "IW"
    out.abstracted.update({"num_output_lines": str(bottom - top), "num_samples_per_line": str(width)})
    return out


def subset(run: Run, values: dict, product: Product) -> Product:
    top, left, lines, samples = product.segments[0][0], product.first_sample, product.height, product.width
    if product.in_bursts:
        raise GptError("Subset of bursts is not simulated")
    if values["geoRegion"]:
        import shapely  # noqa: PLC0415 - takes time, and only some runs need it

        ring = list(shapely.from_wkt(str(values["geoRegion"])).exterior.coords)
        y, x, h, w = run.world.pixel_window(ring)
    elif values["region"]:
        x, y, w, h = values["region"]
        x, y = x + left, y + top
    else:
        x, y, w, h = left, top, samples, lines
    bottom, right = min(y + h, top + lines), min(x + w, left + samples)
    y, x = max(y, top), max(x, left)
    h, w = bottom - y, right - x
    if run.fault == "other_size":
        h -= 1
    if h <= 0 or w <= 0 or run.fault == "outside":
        print(f"WARNING: SubsetOp: No intersection with source product boundary {product.name}", file=sys.stderr)
        x, y, w, h = left, top, 0, 0
    out = product.like(name=f"Subset_{product.name}", first_sample=x, width=w, segments=[(y, h)])
    if not values["copyMetadata"]:
        out.metadata = {}
        return out
    day = product.first_line_time.date()
    out.abstracted.update(
        {
            "first_line_time": write_time(run.world.line_time(day, y)),
            "last_line_time": write_time(run.world.line_time(day, y + max(h, 1) - 1)),
            "slant_range_to_first_pixel": repr(run.world.slant_range(x)),
            "num_output_lines": str(h),
            "num_samples_per_line": str(w),
            "subset_offset_x": str(x - left),
            "subset_offset_y": str(y - top),
        }
    )
    region = {"SubRegion.x": x - left, "SubRegion.y": y - top, "SubRegion.width": w, "SubRegion.height": h}
    out.metadata["history"] = {"SubsetInfo": {name: str(value) for name, value in region.items()}}
    if run.fault == "lost_slave_metadata":
        out.metadata.pop(run.words[2], None)
    return out


def _complex(product: Product, start: str):
    """The complex values of the first band that begins so."""
    real = product.band(start)
    if real is None:
        raise GptError("Input should be a Single Look Complex(SLC) product.")
    imaginary = product.band(real.name.replace("i_", "q_", 1))
    assert real.source is not None
    assert imaginary is not None
    assert imaginary.source is not None
    one, two = real.source, imaginary.source
    return lambda *window: one(*window) + 1j * two(*window)


def _nothing(_line: int, _sample: int, lines: int, samples: int) -> np.ndarray:
    return np.zeros((lines, samples), np.complex64)


def _coherence(one: np.ndarray, two: np.ndarray) -> np.ndarray:
    power = np.sqrt(np.mean(np.abs(one) ** 2) * np.mean(np.abs(two) ** 2))
    value = abs(np.mean(one * np.conj(two))) / power if power else 0.0
    return np.full(one.shape, max(value, 0.3 if power else 0.0))


def _ground_bands(run: Run, *, heights: object, positions: object) -> list[Band]:
    def ground(what: str):
        if what == "height" and run.fault == "no_heights":
            return lambda _line, _sample, lines, samples: np.full((lines, samples), NO_HEIGHT)
        return lambda *window: run.world.ground(what, *window)

    bands = [Band("elevation", "float32", "meters", ground("height"))] if heights else []
    if positions:
        bands += [
            Band("orthorectifiedLat", "float32", "deg", ground("latitude")),
            Band("orthorectifiedLon", "float32", "deg", ground("longitude")),
        ]
    return bands


def _side_by_side(sources: list, edges: list[int]):
    def source(line: int, sample: int, lines: int, samples: int) -> np.ndarray:
        out = np.zeros((lines, samples))
        bounds = [sample, *(min(max(edge, sample), sample + samples) for edge in edges), sample + samples]
        for one, left, right in zip(sources, bounds, bounds[1:], strict=False):
            if right > left:
                out[:, left - sample : right - sample] = one(line, left, lines, right - left)
        return out

    return source


def _require_slc(product: Product) -> None:
    if not isinstance(product, Product):
        raise GptError("Split product is expected.")
    if "MISSION" not in product.abstracted:
        raise GptError("Input should be a SAR product")
    if product.abstracted.get("SAMPLE_TYPE") != "COMPLEX":
        raise GptError("Input should be a Single Look Complex(SLC) product.")


def _require_stack(product: Product) -> None:
    _require_slc(product)
    if product.abstracted.get("coregistered_stack") != "1":
        raise GptError("Input should be a coregistered stack.")


def _same(products: tuple[Product, ...], name: str, message: str) -> None:
    if len({str(product.abstracted.get(name)) for product in products}) > 1:
        raise GptError(message)


def _check_model(run: Run, values: dict) -> None:
    name, file = str(values["demName"]), values.get("externalDEMFile")
    if file is None and (name not in run.table.models or name == "External DEM"):
        raise GptError(f"The DEM '{name}' is not supported.")
    if "SRTM" in name and abs(run.world.spec.latitude) > 60:
        raise GptError("Entire image is outside of SRTM valid area.\nPlease use another DEM.")
    for key in ("demResamplingMethod", "resamplingType"):
        if values.get(key) is not None and values[key] not in RESAMPLINGS:
            raise GptError(f"Resampling method {values[key]} is invalid")
