"""``snapstamps paper``: the papers whose processing is kept as profiles; a project of one; a run held against one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from snapstamps.cli.common import HERE, AsJson, ProjectFolder, open_project

if TYPE_CHECKING:
    from snapstamps.config.profile import Profile
    from snapstamps.results.paper import PaperComparison

paper = typer.Typer(
    name="paper", no_args_is_help=True, rich_markup_mode=None, help="Papers as profiles: show, begin, compare."
)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Of the paper's profile, such as thai_nguyen_2022.")]


@paper.command("list")
def list_papers(as_json: AsJson = False) -> None:
    """
    List the papers.

    Example: snapstamps paper list
    """
    from snapstamps.cli.answers import print_json, print_rows
    from snapstamps.config.profile import load_paper, paper_names

    rows = [_summary(load_paper(name)) for name in paper_names()]
    if as_json:
        print_json(rows)
        return
    print_rows(rows, {"name": "", "scenes": "d", "first": "", "last": "", "master": "", "direction": "", "subject": ""})


@paper.command("show")
def show(name: Name, as_json: AsJson = False) -> None:
    """
    Show a profile: every value with where the paper says it, or why we chose it.

    Example: snapstamps paper show thai_nguyen_2022
    """
    from snapstamps.cli.answers import print_json
    from snapstamps.config.profile import load_paper

    profile = load_paper(name)
    if as_json:
        print_json(profile.model_dump(mode="json"))
        return
    typer.echo("\n".join(_lines(profile)))


@paper.command("new")
def new_paper(
    name: Name,
    directory: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="The project folder. Default: the profile's name.")
    ] = None,
) -> None:
    """
    Make a project as the paper did it: options, area, places, and the list of the scenes to download.

    Example: snapstamps paper new thai_nguyen_2022
    """
    from snapstamps.cli.new import new
    from snapstamps.config.profile import load_paper

    new(directory or Path(load_paper(name).name), profile=name)


@paper.command("check")
def check_paper(
    name: Annotated[
        str | None, typer.Argument(metavar="[NAME]", help="Of the paper's profile. Default: the project's.")
    ] = None,
    *,
    project: ProjectFolder = HERE,
    as_json: AsJson = False,
) -> None:
    """
    Hold a finished run against the paper, line by line: equal, close, different, not comparable.

    The comparison goes into report.html and products/paper_check.json. Differences are no error: the exit code is 0.

    Example: snapstamps paper check thai_nguyen_2022
    """
    from snapstamps.cli.answers import print_json
    from snapstamps.cli.display import run_display
    from snapstamps.model.errors import InputError
    from snapstamps.pipeline.paper_check import paper_check

    opened = open_project(project)
    wanted = name or opened.options.project.profile
    if not wanted:
        raise InputError("the project follows no paper", where=opened.folder, remedy="snapstamps paper check NAME")
    with run_display() as reporter:
        comparison = paper_check(opened, wanted, reporter)
    if as_json:
        print_json(comparison.as_dict())
        return
    _print_comparison(comparison, opened.products_folder)
    if opened.options.project.profile != comparison.profile:
        typer.echo(f'to keep it in the report: [project] profile = "{comparison.profile}" in snapstamps.toml')


def _summary(profile: "Profile") -> dict[str, Any]:
    scenes = profile.scenes
    if scenes is None:
        raise ValueError(f"{profile.name} is not the profile of a paper")
    return {
        "name": profile.name,
        "title": profile.title,
        "subject": profile.subject,
        "scenes": scenes.count.value,
        "first": str(scenes.first.value),
        "last": str(scenes.last.value),
        "master": str(scenes.master.value),
        "direction": scenes.direction.value,
        "track": scenes.track.value,
        "swaths": list(scenes.swaths.value),
    }


def _lines(profile: "Profile") -> list[str]:
    """Return a profile for people: value, and in brackets where it comes from."""
    from snapstamps.config.profile_diff import plain_text

    lines = [f"{profile.name}: {profile.subject}"]

    def told(heading: str, values: dict[str, Any]) -> None:
        lines.extend(["", heading])
        lines.extend(f"  {key} = {plain_text(value.value)}  [{value.origin}]" for key, value in values.items())

    if profile.scenes is not None:
        told("scenes", {key: getattr(profile.scenes, key) for key in type(profile.scenes).model_fields})
    if profile.area is not None:
        told("area", {"aoi": profile.area.aoi})
    told("software", profile.software)
    told("processing", profile.processing)
    lines.extend(["", "areas"])
    for place in profile.areas:
        where = ", ".join(f"{number:g}" for number in place.centre or place.line[0])
        lines.append(f"  {place.name} ({place.kind}, near {where})  [{place.source}; position: our choice]")
    if profile.baselines is not None:
        lines.extend(["", f"dates and perpendicular baselines, m  [{profile.baselines.source}]"])
        for row in profile.baselines.rows:
            printed = "" if row.printed == row.used else f"  (printed: {row.printed}; our choice, {row.our_choice})"
            lines.append(f"  {row.used}  {row.perpendicular_m:8.2f}{printed}")
        lines.append(f"  {profile.baselines.note}")
    told("options of snapstamps.toml", profile.options)
    lines.extend(["", "statements that `paper check` compares"])
    lines.extend(f"  {each.text}  [{each.source}]" for each in profile.statements)
    return lines


def _print_comparison(comparison: "PaperComparison", products: Path) -> None:
    if comparison.simulated:
        typer.echo("this export was simulated: what agrees here was put in, and tells nothing about the country\n")
    for line in comparison.lines:
        typer.echo(f"{line.verdict:<15} {line.paper}  [{line.source}]")
        typer.echo(f"{'':15} run: {line.run}")
        told = "; ".join(text for text in (line.tolerance, line.note) if text not in {"", "-"})
        typer.echo(f"{'':15} {told}")
    counts = ", ".join(f"{count} {verdict}" for verdict, count in comparison.counts.items())
    typer.echo(f"\n{comparison.title}: {counts}")
    typer.echo(f"  {products / 'report.html'}\n  {products / 'paper_check.json'}")
