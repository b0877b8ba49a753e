"""``snapstamps hotspots``: clusters of significant movement."""

from pathlib import Path
from typing import Annotated

import typer

from snapstamps.cli.answers import ResultsFile, print_files, print_json, print_rows, results_file
from snapstamps.cli.common import HERE, AsJson, ProjectFolder

_COLUMNS = {
    "rank": "d", "direction": "", "n_ps": "d", "n_inside": "d", "median": "+.1f", "fastest": "+.1f",
    "square_km": ".3f", "lon": ".5f", "lat": ".5f",
}  # fmt: skip
_SHOWN = 20


def hotspots(
    file: ResultsFile = None,
    *,
    project: ProjectFolder = HERE,
    threshold: Annotated[float, typer.Option(min=0, help="Least speed of a PS (mm/yr).")] = 5.0,
    sigmas: Annotated[float, typer.Option(min=0, help="Standard deviations that a velocity must reach.")] = 3.0,
    reach: Annotated[float, typer.Option(min=1, help="Distance of neighbours (m).")] = 100.0,
    least: Annotated[int, typer.Option(min=2, help="PS within reach that make a cluster.")] = 5,
    rank_by: Annotated[str, typer.Option(help="total (sum of speeds), speed (median) or ps (how many).")] = "total",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE.gpkg", help="Where the polygons go; hotspots.gpkg, beside the results.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Find where the ground moves for sure: clusters of significant velocities, ranked, as polygons.

    Example: snapstamps hotspots --threshold 10
    """
    from snapstamps.model.errors import InputError
    from snapstamps.results.hotspots import RANKINGS, HotspotRule, find_hotspots, hotspot_row, write_hotspots
    from snapstamps.results.measured import read_measured

    ranking = next((name for name in RANKINGS if name == rank_by), None)
    if ranking is None:
        raise InputError(f"there is no ranking {rank_by!r}", where="--rank-by", remedy=f"one of {', '.join(RANKINGS)}")
    measured = read_measured(results_file(file, project))
    rule = HotspotRule(threshold, sigmas, reach, least, ranking)
    found = find_hotspots(measured, rule)
    target = out or measured.path.with_name("hotspots.gpkg")
    write_hotspots(measured, found, rule, target)
    rows = [hotspot_row(each) for each in found.hotspots]
    if as_json:
        counts = {"ps": found.n_ps, "significant": found.n_significant, "expected_by_chance": found.by_chance}
        print_json({"hotspots": rows, **counts, "files": [target]})
        return
    print_rows(rows[:_SHOWN], _COLUMNS)
    typer.echo(
        f"{len(rows)} hotspots; {found.n_significant:,} of {found.n_ps:,} PS are significant, "
        f"{found.by_chance:.1f} would be by chance"
    )
    print_files([target])
