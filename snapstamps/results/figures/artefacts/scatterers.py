"""Candidates and PS as such: where they are, their heights, angles, baselines and amplitudes."""

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes

from snapstamps.kernels.arrays import Array
from snapstamps.model.errors import DataError
from snapstamps.results.figures.artefacts.panels import Panel, bars, compose, histogram, image, points
from snapstamps.results.figures.artefacts.source import Source
from snapstamps.results.figures.artefacts.tables import words
from snapstamps.results.figures.panels import INK, SMALL, draw_baselines
from snapstamps.results.figures.sheet import Sheet


def draw_ps(source: Source) -> Sheet:
    """Draw where the points are and when the images were taken."""
    values = source.values
    line = values.ij[:, 1].astype(np.float64)

    def star(axes: Axes) -> None:
        draw_baselines(axes, source.days, source.bperp, source.master, source.used)

    def places(axes: Axes) -> None:
        axes.scatter(values.xy[:, 1] / 1000, values.xy[:, 2] / 1000, s=1, color="#2d7ba5", linewidths=0)
        axes.set_xlabel("local x (km)", fontsize=SMALL, color=INK)
        axes.set_ylabel("local y (km)", fontsize=SMALL, color=INK)

    kind = "candidates" if source.name == "ps1" else "PS"
    panels = [
        Panel("places, coloured by azimuth line", points(source, line, "line, from 0")),
        Panel("local coordinates", places),
        Panel("", star),
    ]
    return compose(source, f"{len(line):,} {kind}, {len(source.days)} dates", panels)


def draw_heights(source: Source) -> Sheet:
    """Draw the heights of the DEM."""
    return _map_and_histogram(source, source.values.hgt, "heights of the DEM", "height (m)")


def draw_angles(source: Source) -> Sheet:
    """Draw incidence angles, which StaMPS calls look angles; those of ``inc2`` are empty for SNAP."""
    angle = source.values[source.name[:-1]]
    if angle.size == 0:
        return words(source, "empty", "For SNAP it is: la2 holds the incidence angles.")
    return _map_and_histogram(source, np.degrees(angle), "incidence angles", "incidence (degrees)")


def draw_dispersion(source: Source) -> Sheet:
    """Draw amplitude dispersion."""
    return _map_and_histogram(source, source.values.D_A, "amplitude dispersion", "D_A")


def draw_bperp(source: Source) -> Sheet:
    """Draw perpendicular baselines: their mean, and how they change over the scene."""
    matrix = source.values.bperp_mat.astype(np.float64)
    mean, spread = (np.zeros(len(source.days)) for _ in range(2))
    mean[source.slaves], spread[source.slaves] = matrix.mean(axis=0), np.ptp(matrix, axis=0)
    one = matrix[:, source.column(matrix.shape[1])]
    panels = [
        Panel("mean of each date", bars(source, mean, "perpendicular baseline (m)")),
        Panel("largest minus smallest over the scene", bars(source, spread, "difference (m)")),
        Panel(source.date_text, points(source, one, "perpendicular baseline (m)")),
    ]
    return compose(source, "perpendicular baselines", panels)


def draw_mean_amplitude(source: Source) -> Sheet:
    """Draw the mean amplitude of a patch in radar geometry."""
    limits = [int(word) for word in source.store.file("patch.in").read_text().split()]
    shape = (limits[3] - limits[2] + 1, limits[1] - limits[0] + 1)
    amplitude = np.fromfile(source.store.file("mean_amp.flt"), dtype="<f4")
    if amplitude.size != shape[0] * shape[1]:
        raise DataError("mean_amp.flt and patch.in do not fit together", where=source.store.path)
    known = amplitude[amplitude > 0]
    middle = float(np.median(known)) if known.size else 1.0
    with np.errstate(divide="ignore"):
        decibel = 20 * np.log10(amplitude.reshape(shape).astype(np.float64) / middle)
    drawn = image(
        decibel, "amplitude (dB about the median)", mpl.colormaps["gray"], limits=(-10, 14), of_cells="range sample"
    )
    return compose(source, "mean amplitude, first line below", [Panel("azimuth line upwards", drawn)])


def _map_and_histogram(source: Source, values: Array, title: str, label: str) -> Sheet:
    panels = [Panel("map", points(source, values, label)), Panel("distribution", histogram(values, label))]
    return compose(source, title, panels)
