"""``snapstamps reference``: another reference for finished results."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.answers import ResultsFile, print_files, print_json, results_file
from snapstamps.cli.common import HERE, AsJson, ProjectFolder

if TYPE_CHECKING:
    from snapstamps.results.reference_area import ReferenceArea


def reference(
    file: ResultsFile = None,
    *,
    project: ProjectFolder = HERE,
    point: Annotated[str | None, typer.Option(metavar="LON,LAT", help="A place that is taken to be stable.")] = None,
    radius: Annotated[float, typer.Option(min=0, help="About that place (m); 0: the nearest PS.")] = 0.0,
    polygon: Annotated[Path | None, typer.Option(metavar="FILE", help="Or polygons, in any vector format.")] = None,
    mean: Annotated[bool, typer.Option("--mean", help="Or the mean of all PS.")] = False,
    out: Annotated[
        Path | None,
        typer.Option(metavar="FILE.gpkg", help="The new file; …_referenced.gpkg, beside the results."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """
    Write a copy of the results whose velocities and displacements refer to another place; nothing runs again.

    Example: snapstamps reference --point 105.846,21.033 --radius 100
    """
    from snapstamps.model.errors import InputError
    from snapstamps.results.measured import read_measured
    from snapstamps.results.rereference import shift_to, write_rereferenced

    area = _area(point, radius, polygon, mean=mean)
    measured = read_measured(results_file(file, project), needed=("velocity",))
    target = out or measured.path.with_name(f"{measured.path.stem}_referenced.gpkg")
    if target.absolute() == measured.path.absolute():
        raise InputError("the results are not overwritten", where=target, remedy="another name in --out")
    shift = shift_to(measured, area)
    write_rereferenced(measured, shift, target)
    if as_json:
        facts = {"reference": shift.description, "ps": len(shift.rows), "spread_of_reference": shift.spread}
        print_json({**facts, "added_to_velocities": -shift.velocity, "files": [target]})
        return
    typer.echo(f"reference: {shift.description}; {-shift.velocity:+.2f} mm/yr were added to all velocities")
    if len(shift.rows) > 1:
        typer.echo(f"the velocities of the reference differ by {shift.spread:.2f} mm/yr among each other")
    print_files([target])


def parse_point(text: str) -> tuple[float, float]:
    """
    Return longitude and latitude.

    Raises
    ------
    InputError
        If they are no two numbers.

    Examples
    --------
    >>> parse_point("105.846, 21.033")
    (105.846, 21.033)
    """
    from snapstamps.model.errors import InputError

    try:
        lon, lat = (float(word) for word in text.split(","))
    except ValueError as error:
        raise InputError(
            f"{text!r} is not longitude and latitude", where="--point", remedy="such as --point 105.846,21.033"
        ) from error
    return lon, lat


def _area(point: str | None, radius: float, polygon: Path | None, *, mean: bool) -> "ReferenceArea":
    from snapstamps.model.errors import InputError
    from snapstamps.results.reference_area import ReferenceArea

    if (point is not None) + (polygon is not None) + mean != 1:
        raise InputError("one reference is needed", remedy="one of --point LON,LAT, --polygon FILE, --mean")
    if point is not None:
        return ReferenceArea.point(*parse_point(point), radius)
    if polygon is not None:
        return ReferenceArea.of_file(polygon)
    return ReferenceArea.everything()
