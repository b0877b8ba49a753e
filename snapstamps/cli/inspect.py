"""``snapstamps inspect``: what is in a SNAP product, or in a Sentinel-1 scene."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from snapstamps.cli.common import AsJson

if TYPE_CHECKING:
    from snapstamps.snap.inspection import Inspection


def inspect(
    product: Annotated[Path, typer.Argument(metavar="PRODUCT", help="A .dim, or a .SAFE folder or zip file.")],
    *,
    snappy: Annotated[
        bool, typer.Option("--snappy/--no-snappy", help="Ask SNAP through esa-snappy, where it is installed.")
    ] = True,
    as_json: AsJson = False,
) -> None:
    """
    Show what a SNAP product or a scene holds: size, bands, footprint, metadata that matter, and how it was made.

    SNAP itself is asked where esa-snappy is installed and configured; else the header is read directly.

    Example: snapstamps inspect coregistered/20200304_20200316.dim
    """
    from snapstamps.snap.inspection import inspect_product

    seen = inspect_product(product, with_snappy=snappy)
    if as_json:
        typer.echo(json.dumps(seen.as_dict(), indent=2, ensure_ascii=False))
        return
    typer.echo("\n".join(_lines(seen)))


def _lines(seen: "Inspection") -> list[str]:
    lines = [f"{seen.name}", f"read by {seen.reader}{f' ({seen.note})' if seen.note else ''}"]
    if seen.width is not None:
        lines.append(f"{seen.width} samples x {seen.height} lines")
    lines += [f"{key}: {value}" for key, value in seen.facts.items()]
    if seen.footprint:
        lines.append("footprint: " + ", ".join(f"{lon:.4f} {lat:.4f}" for lon, lat in seen.footprint))
    lines += [f"  {band.name:40} {band.kind:8} {band.unit}".rstrip() for band in seen.bands]
    return lines
