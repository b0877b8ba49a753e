"""``snapstamps simulate``: a scene with known truth, written as SNAP would have exported it."""

import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from snapstamps.cli.common import SESSION, AsJson, DryRun

if TYPE_CHECKING:
    from snapstamps.simulate.run import Progress, SceneSize
    from snapstamps.simulate.spec import SceneSpec

_Number = float | None


def simulate(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Where INSAR_<master> and truth.npz go.")] = Path(),
    *,
    preset: Annotated[str, typer.Option(help="tiny, demo, class or large; the other options change it.")] = "tiny",
    spec: Annotated[Path | None, typer.Option(help="A scene.json to start from instead of a preset.")] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="The twin of a paper: its dates, baselines and geometry.")
    ] = None,
    small: Annotated[bool, typer.Option("--small", help="With --profile: the coarse variant of the twin.")] = False,
    seed: Annotated[int | None, typer.Option(help="Same seed, same scene.")] = None,
    lines: Annotated[int | None, typer.Option(help="Azimuth lines (about 13.9 m each).")] = None,
    samples: Annotated[int | None, typer.Option(help="Range samples (about 3.8 m of ground each).")] = None,
    latitude: Annotated[_Number, typer.Option(help="Latitude of the centre (degrees).")] = None,
    longitude: Annotated[_Number, typer.Option(help="Longitude of the centre (degrees).")] = None,
    direction: Annotated[str | None, typer.Option(help="ascending or descending.")] = None,
    heading: Annotated[_Number, typer.Option(help="Azimuth of flight (degrees).")] = None,
    incidence: Annotated[_Number, typer.Option(help="Incidence at the centre (30 to 45 degrees).")] = None,
    dates: Annotated[str | None, typer.Option(help="All dates, as YYYYMMDD,YYYYMMDD,…")] = None,
    start: Annotated[str | None, typer.Option(help="First date of the cadence (YYYYMMDD).")] = None,
    cadence: Annotated[int | None, typer.Option(help="Days from date to date.")] = None,
    count: Annotated[int | None, typer.Option(help="Number of dates, missing ones included.")] = None,
    missing: Annotated[str | None, typer.Option(help="Dates that are missing, as YYYYMMDD,…")] = None,
    master: Annotated[str | None, typer.Option(help="Date of the master (YYYYMMDD; the middle one).")] = None,
    ps_density: Annotated[_Number, typer.Option(help="PS per square kilometre outside all covers.")] = None,
    signal_to_clutter: Annotated[_Number, typer.Option(help="Median signal-to-clutter ratio of PS (dB).")] = None,
    coherence: Annotated[_Number, typer.Option(help="Coherence time of the clutter (days).")] = None,
    relief: Annotated[_Number, typer.Option(help="Scale of the hills (m).")] = None,
    dem_error: Annotated[_Number, typer.Option(help="Deviation of the PS's heights from the DEM (m).")] = None,
    turbulence: Annotated[_Number, typer.Option(help="Turbulent atmosphere of a date (rad).")] = None,
    stratified: Annotated[_Number, typer.Option(help="Stratified atmosphere (rad per km of height).")] = None,
    ramp: Annotated[_Number, typer.Option(help="Orbit ramp across the scene (rad).")] = None,
    oscillator: Annotated[_Number, typer.Option(help="Constant phase of a date (rad).")] = None,
    zero_pixels: Annotated[_Number, typer.Option(help="Share of pixels that are zero in one date.")] = None,
    gap: Annotated[
        list[str] | None, typer.Option(metavar="FIRST:COUNT[:YYYYMMDD,…]", help="Lines of zeros; repeatable.")
    ] = None,
    zones: Annotated[Path | None, typer.Option(help="GeoJSON of zones that move.")] = None,
    still: Annotated[bool, typer.Option("--still", help="Without the preset's own motions and covers.")] = False,
    snap_faults: Annotated[
        bool | None, typer.Option("--snap-faults/--no-snap-faults", help="Headers and baselines as SNAP writes them.")
    ] = None,
    force: Annotated[bool, typer.Option("--force", help="Replace an earlier simulation of the same master.")] = False,
    dry_run: DryRun = False,
    as_json: AsJson = False,
) -> None:
    """
    Write a simulated export INSAR_<master>, its truth (truth.npz) and its description (scene.json).

    What has no option here (motions, covers, single gaps) is set in scene.json: make one, edit it, give it as --spec.

    Example: snapstamps simulate my-scene --preset demo --direction descending --seed 3
    """
    from snapstamps.pipeline.lock import run_lock
    from snapstamps.simulate.presets import preset as preset_of
    from snapstamps.simulate.run import expected_ps, scene_size, simulate_export
    from snapstamps.simulate.spec import make_spec, read_spec

    if profile is not None:
        base = _twin(profile, spec, small=small)
    else:
        base = preset_of(preset) if spec is None else read_spec(spec)
    given: dict[str, Any] = {
        "seed": seed,
        "n_lines": lines,
        "n_samples": samples,
        "latitude": latitude,
        "longitude": longitude,
        "direction": direction,
        "heading_deg": heading,
        "incidence_deg": incidence,
        "dates": _days(dates, "--dates"),
        "first_date": _day(start, "--start"),
        "cadence_days": cadence,
        "n_dates": count,
        "missing_dates": _days(missing, "--missing"),
        "master": _day(master, "--master"),
        "zero_pixels": zero_pixels,
        "gaps": None if gap is None else [_gap(text) for text in gap],
        "zones": None if zones is None else _read_zones(zones),
        "snap_faults": snap_faults,
        "scatterers": {
            "ps_per_km2": ps_density,
            "signal_to_clutter_db": signal_to_clutter,
            "coherence_days": coherence,
        },
        "terrain": {"relief_m": relief, "dem_error_m": dem_error},
        "atmosphere": {"turbulence_rad": turbulence, "stratified_rad_per_km": stratified, "ramp_rad": ramp},
        "noise": {"oscillator_rad": oscillator},
    }
    if still:
        given |= {"motions": (), "cover": ()}
    values = base.model_dump()
    if any(option is not None for option in (dates, start, cadence, count)):
        # other dates make those of the base, its missing ones, its master and its baselines meaningless
        values |= {"dates": (), "missing_dates": (), "master": None, "perpendicular_m": ()}
    scene = make_spec(_merged(values, given))
    size = scene_size(scene)
    if dry_run:
        _show(scene, size, expected_ps(scene), as_json=as_json)
        return
    lock = run_lock(folder / ".simulate.lock", "another simulation is being written here", folder)
    with lock, _progress_bar() as progress:
        insar = simulate_export(scene, folder, progress=progress, overwrite=force)
    _report(scene, size, insar, as_json=as_json)


def _twin(name: str, spec: Path | None, *, small: bool) -> "SceneSpec":
    from snapstamps.config.profile import load_profile
    from snapstamps.model.errors import InputError
    from snapstamps.simulate.twin import twin_spec

    if spec is not None:
        raise InputError("--profile and --spec exclude each other", remedy="give one of them")
    return twin_spec(load_profile(name), small=small)


def _merged(base: Mapping[str, Any], given: Mapping[str, Any]) -> dict[str, Any]:
    """Return the base with what was given; None is not given."""
    merged = dict(base)
    for key, value in given.items():
        if isinstance(value, Mapping) and key != "zones":
            merged[key] = _merged(base[key], value)
        elif value is not None:
            merged[key] = value
    return merged


def _day(text: str | None, option: str) -> Any:
    from snapstamps.model.errors import InputError
    from snapstamps.model.units import parse_yyyymmdd

    if text is None:
        return None
    try:
        return parse_yyyymmdd(text.strip())
    except ValueError as error:
        raise InputError(f"{text.strip()!r} is not a date", where=option, remedy="such as 20200304") from error


def _days(text: str | None, option: str) -> Any:
    return None if text is None else [_day(word, option) for word in text.split(",")]


def _gap(text: str) -> dict[str, Any]:
    from snapstamps.model.errors import InputError

    first, _, rest = text.partition(":")
    count, _, days = rest.partition(":")
    if not (first.isdecimal() and count.isdecimal()):
        raise InputError(
            f"{text!r} is not of the form FIRST:COUNT[:dates]", where="--gap", remedy="such as --gap 40:12:20200304"
        )
    return {"first_line": int(first), "n_lines": int(count), "dates": _days(days, "--gap") if days else ()}


def _read_zones(path: Path) -> Any:
    import json

    from snapstamps.model.errors import InputError

    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise InputError("the zones cannot be read as GeoJSON", where=path, why=str(error)) from error


def _facts(scene: "SceneSpec", size: "SceneSize") -> dict[str, Any]:
    return {
        "name": scene.name,
        "n_lines": size.n_lines,
        "n_samples": size.n_samples,
        "n_scenes": size.n_scenes,
        "along_km": round(size.along_km, 3),
        "across_km": round(size.across_km, 3),
        "export_bytes": size.export_bytes,
        "truth_bytes": size.truth_bytes,
        "memory_bytes": size.memory_bytes,
    }


def _show(scene: "SceneSpec", size: "SceneSize", n_ps: int, *, as_json: bool) -> None:
    import json

    if as_json:
        typer.echo(json.dumps({**_facts(scene, size), "disk_bytes": size.disk_bytes, "expected_ps": n_ps}, indent=2))
        return
    typer.echo(
        f"scene {scene.name}: {size.n_lines} lines x {size.n_samples} samples x {size.n_scenes} dates, "
        f"{size.along_km:.1f} x {size.across_km:.1f} km, about {n_ps:,} PS\n"
        f"disk: {size.export_bytes / 1e6:,.0f} MB export, {size.truth_bytes / 1e6:,.0f} MB truth "
        f"({size.disk_bytes / 1e6:,.0f} MB while it is made); memory: about {size.memory_bytes / 1e6:,.0f} MB"
    )


def _report(scene: "SceneSpec", size: "SceneSize", insar: Path, *, as_json: bool) -> None:
    import json

    if as_json:
        paths = {"export": str(insar), "truth": str(insar.parent / "truth.npz")}
        typer.echo(json.dumps({**_facts(scene, size), **paths, "recommended_parms": scene.recommended_parms}, indent=2))
        return
    typer.echo(f"{insar}: {size.n_scenes} dates, {size.n_lines} lines x {size.n_samples} samples")
    if scene.recommended_parms:
        typer.echo("parameters that suit a scene of this size ([stamps.parms] of snapstamps.toml):")
        for name, value in scene.recommended_parms.items():
            typer.echo(f"  {name} = {json.dumps(value)}")


@contextmanager
def _progress_bar() -> Iterator["Progress | None"]:
    """Show the lines done, on a terminal that did not ask for quiet."""
    if SESSION.quiet or not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("simulating lines"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
