"""What ``snapstamps watch`` leaves: a layer of points, and a picture of the clearest cases."""

from pathlib import Path
from typing import Any

import numpy as np
import shapely
from matplotlib.dates import date2num
from matplotlib.ticker import MaxNLocator

from snapstamps.kernels.arrays import IntArray
from snapstamps.results.answer_files import about_answer, write_layers
from snapstamps.results.figures.panels import INK, SMALL, date_axis, style
from snapstamps.results.figures.sheet import Sheet
from snapstamps.results.measured import Measured
from snapstamps.results.watch import NEIGHBOURS_M, Watch, usual_motion

LAYER = "watch"
_SHOWN = 6
_COLOUR, _ALARM = "#06548b", "#ab4814"
_WIDTH, _HEIGHT, _GAP = 4.25, 1.55, 0.62


def clearest(found: Watch) -> IntArray:
    """Return the places of the alarmed scatterers among the watched ones, the least probable first."""
    places = np.flatnonzero(found.alarm)
    return places[np.argsort(found.anomalies.p[places], kind="stable")]


def watch_row(measured: Measured, found: Watch, place: int) -> dict[str, Any]:
    """Return a watched scatterer as one row; the same names in all files and in JSON."""
    row = int(found.rows[place])
    size, size_std, unit = found.size_of(place)
    number = measured.columns.get("id")
    return {
        "id": int(number[row]) if number is not None and np.isfinite(number[row]) else row + 1,
        "lon": float(measured.lonlat[row, 0]),
        "lat": float(measured.lonlat[row, 1]),
        "alarm": bool(found.alarm[place]),
        "kind": found.kind_of(place),
        "since": found.since(place).isoformat(),
        "size": size,
        "size_std": size_std,
        "unit": unit,
        "p": float(found.anomalies.p[place]),
        "q": float(found.q[place]),
        "neighbours": int(found.neighbours[place]),
        "neighbours_alarmed": int(found.neighbours_alarmed[place]),
        "velocity": float(measured["velocity"][row]),
        "seasonal_p": float(found.wave_p[place]),
        "seasonal_mm": float(found.wave_mm[place]),
        "seasonal_day": float(found.wave_day[place]),
    }


def write_watch(measured: Measured, found: Watch, path: Path, *, everything: bool = False) -> None:
    """
    Write the alarmed scatterers, or all that were watched, as the layer ``watch`` of a GeoPackage, atomically.

    Parameters
    ----------
    measured : Measured
        The results.
    found : Watch
        What was found.
    path : Path
        Target, ending in ``.gpkg``.
    everything : bool
        Write those without an alarm too.

    Raises
    ------
    DataError, OSError
        If the file cannot be written.
    """
    places = np.arange(len(found.rows)) if everything else clearest(found)
    rows = [watch_row(measured, found, int(place)) for place in places]
    noise = found.noise
    facts = about_answer(
        [measured],
        f"{int(found.alarm.sum())} of {len(found.rows)} PS move unusually",
        alarm=f"p <= {found.rate:g}: the rate of false alarms among PS that do nothing unusual",
        expected_false_alarms=f"{found.expected_false:.1f} if nothing were unusual anywhere",
        p="probability of a departure as clear as this one where nothing is unusual, over all kinds and dates",
        q="false-discovery rate at which the PS would still be kept, all PS taken together (Benjamini-Hochberg)",
        kinds=", ".join(f"{each.departure.name} ({each.departure.unit})" for each in found.anomalies.found),
        usual="a line and a yearly wave" if found.seasonal else "a line",
        noise=f"{noise.share:.0%} of its variance correlated over {noise.days:.0f} days" if noise.share else "white",
        neighbours=f"other PS within {NEIGHBOURS_M:g} m",
        seasonal="yearly wave: probability by chance, amplitude, day of the year of its maximum; raises no alarm",
    )
    write_layers(path, {LAYER: (rows, [shapely.Point(row["lon"], row["lat"]) for row in rows])}, facts)


def draw_watch(measured: Measured, found: Watch) -> Sheet:
    """
    Draw the series of the clearest alarms, with their usual motion and the date from which it does not hold.

    Parameters
    ----------
    measured : Measured
        The results.
    found : Watch
        What was found.

    Returns
    -------
    Sheet
    """
    places = clearest(found)[:_SHOWN]
    n_rows = max(1, -(-len(places) // 2))
    sheet = Sheet.blank(0.7 + 2 * (_WIDTH + 0.55) - 0.25, n_rows * (_HEIGHT + _GAP) + 1.25)
    sheet.title(0.7, "Unusual movement: displacement towards the satellite (mm)")
    counted = f"{int(found.alarm.sum()):,} of {len(found.rows):,} PS alarmed"
    text = f"{counted}; about {found.expected_false:,.0f} would be by chance. Line: what is usual"
    sheet.write(0.7, sheet.height - 0.6, text, fontsize=SMALL)
    if len(places) == 0:
        sheet.write(0.7, 0.6, "nothing unusual", fontsize=SMALL)
        return sheet
    every = measured.displacement(found.rows[places])
    columns = [measured.dates.index(day) for day in found.dates]
    days = np.array(found.dates, dtype="datetime64[D]")
    usual = usual_motion(found, every[:, columns])
    for number, place in enumerate(places):
        row, column = divmod(number, 2)
        bottom = sheet.height - 1.0 - (row + 1) * _HEIGHT - row * _GAP
        axes = sheet.axes(0.7 + column * (_WIDTH + 0.55), bottom, _WIDTH, _HEIGHT)
        style(axes)
        axes.plot(days, usual[number], color=_COLOUR, lw=1.1, alpha=0.8, zorder=2)
        axes.plot(days, every[number, columns], "o", ms=4, color=_COLOUR, mec="white", mew=0.5, zorder=3)
        if found.kind_of(int(place)) != "acceleration":
            since = date2num(found.since(int(place)))  # type: ignore[no-untyped-call]
            axes.axvline(float(since), color=_ALARM, lw=1.0, ls=(0, (4, 3)), zorder=1)
        size, deviation, unit = found.size_of(int(place))
        ident = watch_row(measured, found, int(place))["id"]
        text = f"{found.kind_of(int(place))} {size:+.1f} ± {deviation:.1f} {unit}, p = {found.anomalies.p[place]:.1g}"
        axes.set_title(f"PS {ident}:  {text}".replace("-", "\N{MINUS SIGN}"), fontsize=SMALL, color=INK, loc="left")
        axes.margins(x=0.04, y=0.12)
        axes.yaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 5, 10]))
        date_axis(axes)
    return sheet
