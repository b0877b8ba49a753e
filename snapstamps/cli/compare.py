"""``snapstamps compare``: results against survey points, along roads and rivers, by communes and mines."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from snapstamps.cli.answers import ResultsFile, print_files, print_json, print_rows, results_file
from snapstamps.cli.common import HERE, AsJson, ProjectFolder

if TYPE_CHECKING:
    from snapstamps.results.compare import Compared, CompareRule
    from snapstamps.results.measured import Measured

_POINT_COLUMNS = {
    "name": "", "n_ps": "d", "nearest_m": ",.0f", "velocity": "+.1f", "velocity_std": ".1f", "motion": "",
    "survey": "+.1f", "difference": "+.1f", "agreement": "",
}  # fmt: skip
_AREA_COLUMNS = {
    "rank": "d", "name": "", "n_ps": ",d", "mean": "+.1f", "p5": "+.1f", "p95": "+.1f", "fastest": "+.1f",
    "share_above": ".0%", "answer": "",
}  # fmt: skip
_LINE_COLUMNS = {
    "name": "", "km": ".1f", "n_ps": ",d", "median": "+.1f", "fastest": "+.1f", "fastest_at_km": ".1f",
    "above_threshold": "d",
}  # fmt: skip
_File = Path | None


def compare(
    file: ResultsFile = None,
    *,
    project: ProjectFolder = HERE,
    points: Annotated[
        _File, typer.Option(metavar="FILE", help="Survey points: vector file, or CSV (lon, lat).")
    ] = None,
    lines: Annotated[_File, typer.Option(metavar="FILE", help="Roads, rivers: a profile of velocities each.")] = None,
    areas: Annotated[_File, typer.Option(metavar="FILE", help="Communes, mines: statistics and ranking.")] = None,
    radius: Annotated[float, typer.Option(min=0.1, help="PS count up to this distance (m).")] = 50.0,
    threshold: Annotated[float, typer.Option(min=0, help="Speed from which something moves (mm/yr).")] = 5.0,
    sigmas: Annotated[float, typer.Option(min=0, help="Standard deviations that make it significant.")] = 2.0,
    step: Annotated[float, typer.Option(min=1, help="Lines: length over which is averaged (m).")] = 200.0,
    least: Annotated[int, typer.Option(min=1, help="Areas: PS below which there is no rank.")] = 10,
    remove_bias: Annotated[bool, typer.Option("--remove-bias", help="Take out the mean difference first.")] = False,
    name_column: Annotated[str | None, typer.Option(metavar="NAME", help="Column that holds the names.")] = None,
    crs: Annotated[str | None, typer.Option(metavar="EPSG:…", help="CRS of files that name none.")] = None,
    charts: Annotated[bool, typer.Option("--charts/--no-charts", help="Draw a PNG per point and line.")] = True,
    out: Annotated[
        _File, typer.Option(metavar="DIR", help="Where the answers go; compare, beside the results.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Compare velocities with survey points (GNSS, levelling, field codes), along lines, and by areas.

    Example: snapstamps compare --points survey.gpkg --radius 50
    """
    from snapstamps.model.errors import InputError
    from snapstamps.results.compare import CompareRule, Known, compare
    from snapstamps.results.measured import LOOK, NEEDED, read_measured
    from snapstamps.results.places import read_places
    from snapstamps.results.survey import read_survey

    if points is None and lines is None and areas is None:
        raise InputError("nothing to compare with", remedy="--points, --lines or --areas with a file")
    measured = read_measured(results_file(file, project), needed=(*NEEDED, *LOOK))
    known = Known(
        points=() if points is None else read_survey(points, name_column=name_column, crs=crs),
        lines=None if lines is None else read_places(lines, "lines", name_column=name_column, crs=crs),
        areas=None if areas is None else read_places(areas, "areas", name_column=name_column, crs=crs),
    )
    rule = CompareRule(radius, threshold, sigmas, step, least, remove_bias, charts)
    done = compare(measured, known, rule, out or measured.path.parent / "compare")
    if as_json:
        print_json(_content(done))
        return
    _show(measured, done, rule)
    print_files(done.files)


def _content(done: "Compared") -> dict[str, Any]:
    from snapstamps.results.compare import area_row, point_row, step_rows

    points = done.points
    return {
        "points": [point_row(match) for match in points.matches],
        "summary": {
            "compared": points.n_compared,
            "bias": points.bias,
            "rmse": points.rmse,
            "rmse_without_bias": points.rmse_unbiased,
            "correlation": points.correlation,
            "offset_taken_out": points.offset,
        },
        "lines": [row for profile in done.lines for row in step_rows(profile)],
        "areas": [area_row(area) for area in done.areas],
        "files": list(done.files),
    }


def _show(measured: "Measured", done: "Compared", rule: "CompareRule") -> None:
    from snapstamps.results.compare import area_row, line_row, point_row

    points = done.points
    if points.matches:
        print_rows([point_row(match) for match in points.matches], _POINT_COLUMNS)
        empty = sum(match.ps.n_ps == 0 for match in points.matches)
        typer.echo(f"{len(points.matches)} survey points, {empty} of them without PS within reach")
        if not any(match.survey or match.point.series for match in points.matches):
            typer.echo("the survey holds no values known by their names: velocity…, or date with displacement…")
        if points.n_compared:
            typer.echo(
                f"PS minus survey at {points.n_compared} points: bias {points.bias:+.2f}, RMSE {points.rmse:.2f}, "
                f"without bias {points.rmse_unbiased:.2f} mm/yr, correlation {points.correlation:.2f}"
            )
            if rule.remove_bias:
                told = (
                    f"{points.offset:+.2f} mm/yr were taken out"
                    if points.offset
                    else "too few points: nothing taken out"
                )
                typer.echo(f"bias: {told} before the points were judged")
    if done.lines:
        print_rows([line_row(measured, profile) for profile in done.lines], _LINE_COLUMNS)
    if done.areas:
        print_rows([area_row(area) for area in done.areas], _AREA_COLUMNS)
        typer.echo(f"share_above: PS with |velocity| > {rule.threshold:g} mm/yr")
