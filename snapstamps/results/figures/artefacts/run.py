"""Which function draws which artefact, and the file that is made of it."""

from collections.abc import Callable
from pathlib import Path

from snapstamps.model.errors import InputError
from snapstamps.results.figures.artefacts import corrections, phase, scatterers, stability, tables, unwrapping
from snapstamps.results.figures.artefacts.source import Source
from snapstamps.results.figures.sheet import Sheet, write_sheet

PLOTS: dict[str, Callable[[Source], Sheet]] = {
    "psver": tables.draw_version,
    "no_ps_info": tables.draw_empty_steps,
    "ps1": scatterers.draw_ps,
    "ph1": phase.draw_interferograms,
    "bp1": scatterers.draw_bperp,
    "la1": scatterers.draw_angles,
    "da1": scatterers.draw_dispersion,
    "hgt1": scatterers.draw_heights,
    "pm1": stability.draw_stability,
    "select1": stability.draw_selection,
    "weed1": stability.draw_weeding,
    "ps2": scatterers.draw_ps,
    "ph2": phase.draw_interferograms,
    "pm2": stability.draw_stability,
    "bp2": scatterers.draw_bperp,
    "la2": scatterers.draw_angles,
    "inc2": scatterers.draw_angles,
    "hgt2": scatterers.draw_heights,
    "rc2": phase.draw_corrected,
    "ifgstd2": stability.draw_date_noise,
    "phuw2": phase.draw_unwrapped,
    "uw_grid": unwrapping.draw_grid,
    "uw_interp": unwrapping.draw_network,
    "uw_space_time": unwrapping.draw_series,
    "uw_phaseuw": unwrapping.draw_solution,
    "scla2": corrections.draw_scla,
    "scla_smooth2": corrections.draw_scla,
    "scn2": phase.draw_slave_noise,
    "mean_v": corrections.draw_line,
    "mv2": corrections.draw_velocity,
    "parms": tables.draw_parms,
    "mean_amp": scatterers.draw_mean_amplitude,
}
"""Artefact -> what draws it."""
KINDS = ("png", "pdf", "svg")


def draw_artefact(source: Source) -> Sheet:
    """
    Draw an artefact.

    Parameters
    ----------
    source : Source
        What, and where.

    Returns
    -------
    Sheet

    Raises
    ------
    InputError
        If the date asked for is not there.
    DataError
        If the file is damaged.
    """
    return PLOTS[source.name](source)


def write_artefact(source: Source, path: Path) -> Path:
    """
    Draw an artefact into a file.

    Parameters
    ----------
    source : Source
        What, and where.
    path : Path
        Ending with ``.png``, ``.pdf`` or ``.svg``; its folder is made if need be.

    Returns
    -------
    Path
        The file.

    Raises
    ------
    InputError
        If the file is to be of another kind, or the date asked for is not there.
    DataError
        If the artefact is damaged.
    """
    kind = path.suffix.removeprefix(".").lower()
    if kind not in KINDS:
        raise InputError(
            f"{path.name} is no kind of picture that can be written",
            remedy=f"a name that ends with .{', .'.join(KINDS)}",
        )
    sheet = draw_artefact(source)
    path.parent.mkdir(parents=True, exist_ok=True)
    return write_sheet(sheet, path.parent, path.stem, [kind])[0]
