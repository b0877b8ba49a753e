"""``snapstamps demo``: a simulated scene, from its export to velocities and their error."""

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.display import run_display

if TYPE_CHECKING:
    from snapstamps.pipeline.demo import DemoResult


def demo(
    folder: Annotated[Path, typer.Option(help="Where the scene and its results go.")] = Path("demo"),
    *,
    preset: Annotated[str, typer.Option(help="tiny, demo, class or large (a million PS).")] = "demo",
) -> None:
    """
    Simulate a scene with known truth, process it, and show the velocities with their error.

    Example: snapstamps demo --folder my-demo
    """
    from snapstamps.pipeline.demo import run_demo

    start = time.monotonic()
    with run_display() as reporter:
        result = run_demo(folder, scene=preset, reporter=reporter)
    _show(result, time.monotonic() - start)


def _show(result: "DemoResult", seconds: float) -> None:
    truth = result.truth
    rows = [
        ("PS", f"{truth.n_ps:,} ({truth.false_share:.1%} that no simulated scatterer explains)"),
        ("simulated PS found", f"{truth.n_peaks_found:,} of {truth.n_peaks:,}"),
        ("velocity, 1st to 99th percentile", f"{truth.velocity_range[0]:.1f} … {truth.velocity_range[1]:.1f} mm/yr"),
        ("error against the truth (RMSE)", f"{truth.velocity_rmse:.2f} mm/yr"),
        ("correlation with the truth", f"{truth.velocity_correlation:.3f}"),
    ]
    for name, value in rows:
        typer.echo(f"{name:<34} {value}")
    typer.echo("")
    _show_times(result, seconds)
    typer.echo("")
    for path in sorted(result.project.products_folder.iterdir()):
        typer.echo(str(path))


def _show_times(result: "DemoResult", seconds: float) -> None:
    """Print what the stages took, beside what was estimated for them; nothing of stages that were done before."""
    from snapstamps.pipeline.estimate import seconds_by_stage

    took = seconds_by_stage(result.records)
    rows = [(stage.name, took[stage.name], stage.work) for stage in result.estimate.stages if stage.name in took]
    if rows:
        typer.echo(f"  {'':<22} {'took':>9} {'estimated':>11}")
        rows.append(("all stages", sum(row[1] for row in rows), sum(row[2] for row in rows)))
    for name, taken, expected in rows:
        typer.echo(f"  {name:<22} {taken:7.2f} s {expected:9.2f} s")
    typer.echo(f"  {'by the clock':<22} {seconds:7.2f} s")
