"""StampsExport: the checks of the real one, and its files."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
from fakes.passes import window
from fakes.snap_gpt.product import Product, parse_snap_date
from fakes.snap_gpt.run import Run
from fakes.snap_gpt.table import GptError

from snapstamps.simulate.baselines import make_baselines
from snapstamps.simulate.geometry import PULSE_RATE
from snapstamps.simulate.headers import base_file, dem_header, pixel_corner, slc_header, utm_grid


def stamps_export(run: Run, values: dict, *products: Product) -> None:
    _check(run, values, products)
    stack, ifg = products
    folder = Path(str(values["targetFolder"]))
    for name in ("rslc", "diff0", "geo", "dem"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    seen = window(run.world.geometry, ifg.segments[0][0], ifg.first_sample, ifg.height, ifg.width)
    seen = replace(seen, latitude=run.world.geometry.latitude, longitude=run.world.geometry.longitude)
    master = _date(stack.bands[0].name.split("_")[-1])
    par = slc_header(seen, master, faults=run.world.spec.snap_faults)
    for product in products:
        for band in product.bands:
            if band.name.startswith("i_") and not band.is_virtual:
                _write_complex(run, folder, product, band.name, par)
    _write_ground(folder, ifg, f"{master:%Y%m%d}", par)
    _write_heights(folder, ifg, seen, run)


def _check(run: Run, values: dict, products: tuple[Product, ...]) -> None:
    if len(products) != 2:
        raise GptError(
            "Input requires a coregistered stack (1st product) and an interferogram product of at least "
            "4 interferograms"
        )
    if not values["psiFormat"]:
        raise GptError("SBAS format is not yet supported.")
    for product in products:
        if product.abstracted.get("coregistered_stack") != "1":
            raise GptError("Input should be a coregistered stack.")
        if product.abstracted.get("SAMPLE_TYPE") != "COMPLEX":
            raise GptError("Input should be a Single Look Complex(SLC) product.")
        if product.in_bursts and any(re.search(r"_(IW|EW)\d", band.name) for band in product.bands):
            raise GptError("Source product should first be deburst.")
    stack, ifg = products
    same = (stack.width, stack.height, stack.segments, stack.first_sample)
    if same != (ifg.width, ifg.height, ifg.segments, ifg.first_sample):
        raise GptError("Source products do not have compatible dimensions and geocoding.")
    marks = ("ref", "mst") if run.table.version[0] >= 14 else ("mst",)
    if not any(mark in band.name for band in stack.bands for mark in marks):
        raise GptError(
            "The 1st product should be a stack of coregistered SLC products, the 2nd should be interferogram"
        )
    if not values["targetFolder"]:
        raise GptError("Please add a target folder")
    names = [band.name for band in (*stack.bands, *ifg.bands)]
    if not any(name.startswith("elevation") for name in names):
        raise GptError("Elevation band required. Please add an elevation band to the interferogram product.")
    if not {"orthorectifiedLat", "orthorectifiedLon"} <= set(names):
        raise GptError("Orthorectified lat/lon bands required. Please add the bands to the interferogram product.")


def _date(token: str):
    return parse_snap_date(token).date()


def _write_complex(run: Run, folder: Path, product: Product, name: str, par: str) -> None:
    real, imaginary = product.band(name), product.band(name.replace("i_", "q_", 1))
    assert real is not None
    assert imaginary is not None
    values = (product.pixels(real) + 1j * product.pixels(imaginary)).astype(">c8")
    tokens = name.split("_")
    if not name.startswith("i_ifg"):
        if run.fault == "short_slc":
            values = values[:-1]
        stem = folder / "rslc" / f"{_date(tokens[-1]):%Y%m%d}.rslc"
        values.tofile(stem)
        stem.with_name(stem.name + ".par").write_text(par)
        return
    if run.fault == "no_diff":
        return
    master, slave = _date(tokens[-2]), _date(tokens[-1])
    stem = folder / "diff0" / f"{master:%Y%m%d}_{slave:%Y%m%d}.diff"
    values.tofile(stem)
    stem.with_name(stem.name + ".par").write_text(par)
    spec = run.world.spec
    known = make_baselines(spec)
    shift = (product.segments[0][0] + product.height / 2 - spec.n_lines / 2) / PULSE_RATE
    here = replace(
        known,
        cross=known.cross + known.cross_rate * shift,
        normal=known.normal + known.normal_rate * shift,
        n_lines=product.height,
    )
    text = base_file(here, spec.days.index(slave), faults=spec.snap_faults)
    if run.fault == "nan_base":
        text = re.sub(r"(?m)^(initial_\S+\t0\.0000000)\t\S+\t\S+", r"\1\tNaN\tNaN", text)
    stem.with_suffix(".base").write_text(text)


def _write_ground(folder: Path, ifg: Product, master: str, par: str) -> None:
    for band, ending in (("orthorectifiedLat", "lat"), ("orthorectifiedLon", "lon")):
        found = ifg.band(band)
        assert found is not None
        ifg.pixels(found).astype(">f4").tofile(folder / "geo" / f"{master}.{ending}")
        (folder / "geo" / f"{master}.{ending}.par").write_text(par)


def _write_heights(folder: Path, ifg: Product, seen, run: Run) -> None:
    band = ifg.band("elevation")
    assert band is not None
    ifg.pixels(band).astype(">f4").tofile(folder / "geo" / f"{band.name}_dem.rdc")
    grid = utm_grid(seen, run.world.spec.terrain.height_m)
    size = (ifg.width, ifg.height)
    corner = pixel_corner(seen, grid)
    (folder / "geo" / f"{band.name}_dem.rdc.par").write_text(dem_header(ifg.name, corner, size=size, projected=False))
    (folder / "dem" / "projected_dem.par").write_text(
        dem_header("projected_dem", grid, size=(grid.width, grid.length), projected=True)
    )
    np.zeros(grid.width * grid.length, ">f4").tofile(folder / "dem" / "projected_dem.rslc")
