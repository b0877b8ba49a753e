"""``snapstamps decompose``: vertical and east-west velocities from several passes."""

from pathlib import Path
from typing import Annotated

import typer

from snapstamps.cli.answers import print_files, print_json
from snapstamps.cli.common import AsJson
from snapstamps.cli.reference import parse_point


def decompose(
    files: Annotated[
        list[Path],
        typer.Argument(metavar="ASC.gpkg DSC.gpkg…", help="Results of passes that look from different sides."),
    ],
    *,
    cell: Annotated[float, typer.Option(min=1, help="Size of the cells (m).")] = 100.0,
    least: Annotated[int, typer.Option(min=1, help="PS of each pass that a cell must hold.")] = 1,
    point: Annotated[
        str | None, typer.Option(metavar="LON,LAT", help="Refer all passes to this place first.", show_default="keep")
    ] = None,
    radius: Annotated[float, typer.Option(min=0, help="About that place (m); 0: the nearest PS.")] = 200.0,
    out: Annotated[
        Path, typer.Option(metavar="NAME", help="NAME.tif and NAME.gpkg are written.", show_default="decomposed")
    ] = Path("decomposed"),
    as_json: AsJson = False,
) -> None:
    """
    Turn velocities along two or more lines of sight into vertical and east-west ones, on a grid; north counts as zero.

    Example: snapstamps decompose ascending/products/velocity.gpkg descending/products/velocity.gpkg --point 105.8,21.6
    """
    import numpy as np

    from snapstamps.results.decompose import NEEDED_COLUMNS, decompose_results
    from snapstamps.results.decompose_files import about_decomposition, write_cells, write_raster
    from snapstamps.results.measured import read_measured
    from snapstamps.results.reference_area import ReferenceArea
    from snapstamps.results.rereference import rereferenced, shift_to

    passes = [read_measured(path, needed=NEEDED_COLUMNS) for path in files]
    if point is not None:
        area = ReferenceArea.point(*parse_point(point), radius)
        passes = [rereferenced(each, shift_to(each, area)) for each in passes]
    result = decompose_results(passes, cell=cell, least=least)
    facts = about_decomposition(passes, result)
    written = [out.with_name(f"{out.name}.tif"), out.with_name(f"{out.name}.gpkg")]
    write_raster(result, written[0], facts)
    write_cells(result, written[1], facts)
    motion = result.motion
    ranges = {name: np.percentile(getattr(motion, name), [1, 50, 99]).tolist() for name in ("up", "east")}
    deviations = {name: float(np.median(getattr(motion, f"{name}_std"))) for name in ("up", "east")}
    north = {"up": float(np.median(motion.north_to_up)), "east": float(np.median(motion.north_to_east))}
    if as_json:
        content = {"cells": len(result.numbers), "cells_seen_once": result.n_seen_once, "percentiles_1_50_99": ranges}
        print_json({**content, "median_std": deviations, "per_mm_yr_of_north": north, "files": written})
        return
    typer.echo(f"{len(result.numbers):,} cells of {cell:g} m; {result.n_seen_once:,} more were seen by one pass only")
    for name, (low, middle, high) in ranges.items():
        typer.echo(
            f"{name:<5} {low:+.1f} … {high:+.1f} mm/yr (1st to 99th percentile), median {middle:+.1f}, "
            f"typical deviation {deviations[name]:.1f}; 1 mm/yr to the north would add {north[name]:+.2f}"
        )
    if point is None:
        typer.echo("each pass keeps its own reference: --point LON,LAT refers all of them to one place")
    print_files(written)
