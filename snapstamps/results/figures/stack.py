"""The stack: baselines over time, and the noise of every interferogram."""

import numpy as np
from matplotlib.patches import Patch

from snapstamps.results.figures.panels import INK, SMALL, date_axis, draw_baselines, style
from snapstamps.results.figures.sheet import Sheet
from snapstamps.results.overview import Overview
from snapstamps.results.quality import worst_dates

CALM, NOISY, DROPPED = "#2d7ba5", "#ab4814", "#c9c9c9"


def draw_stack(view: Overview) -> Sheet:
    """
    Draw perpendicular baselines, every slave joined to the master.

    Parameters
    ----------
    view : Overview
        The run.

    Returns
    -------
    Sheet
    """
    sheet = Sheet.blank(7.2, 4.0)
    sheet.title(0.75, "Baselines")
    draw_baselines(sheet.axes(0.75, 0.55, 6.2, 2.75), view.days, view.bperp, view.master, view.used)
    return sheet


def draw_noise(view: Overview) -> Sheet:
    """
    Draw the noise of every interferogram as bars over time, the noisy ones in another colour.

    Parameters
    ----------
    view : Overview
        The run.

    Returns
    -------
    Sheet
    """
    sheet = Sheet.blank(7.2, 4.0)
    sheet.title(0.75, "Noise of the interferograms")
    axes = sheet.axes(0.75, 0.55, 6.2, 2.75)
    style(axes)
    days = np.array(view.days, dtype="datetime64[D]")
    noisy = {date.day for date in worst_dates(view) if date.conspicuous}
    colours = [
        DROPPED if not used else NOISY if day in noisy else CALM for day, used in zip(view.days, view.used, strict=True)
    ]
    width = 0.75 * float(np.min(np.diff(days).astype(int))) if len(days) > 1 else 1.0
    axes.bar(days, np.nan_to_num(view.noise), width=width, color=colours, linewidth=0)
    known = view.noise[np.isfinite(view.noise)]
    line = axes.axhline(float(np.median(known)) if known.size else np.nan, color=INK, lw=0.8, ls=(0, (4, 3)))
    line.set_label("median")
    axes.axvline(days[view.master], color=INK, lw=0.8)
    axes.annotate("master", (days[view.master], 1.01), xycoords=("data", "axes fraction"), fontsize=SMALL, ha="center")
    axes.set_ylabel("noise (degrees)", fontsize=SMALL, color=INK)
    names = {CALM: "slave", NOISY: "conspicuous", DROPPED: "dropped"}
    patches = [Patch(color=colour, label=names[colour]) for colour in names if colour in colours]
    handles = [*patches, *([line] if known.size else [])]
    axes.legend(
        handles=handles, fontsize=SMALL, frameon=False, loc="lower right", bbox_to_anchor=(1, 1.04), ncols=len(handles)
    )
    date_axis(axes)
    return sheet
