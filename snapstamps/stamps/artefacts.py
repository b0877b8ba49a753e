"""
The registry of StaMPS's files: artefact name -> fields, classes, shapes, units, meaning.

This table is the contract between the engines. ``StampsStore`` reads and writes nothing that does not
stand here, in the classes and shapes that stand here, which are those that StaMPS itself stores.

Shapes are written with letters. One letter is a column vector (stored n x 1), ``("1", n)`` a row;
both come to Python as one-dimensional arrays. ``()`` is a scalar (stored 1 x 1).

======== ==================================================================
letter   meaning
======== ==================================================================
n_all    candidates of a patch as the candidates stage left them
n_cand   of those, the ones with coordinates and phase on all dates
n_init   candidates that pass the first threshold of step 3
n_kept   of those, kept by step 3
n_dedup  of those, left after neighbours, zero heights and duplicates
n_ps     persistent scatterers
n_ifg    interferograms, without the master (StaMPS's bperp_mat columns)
n_scenes dates, with the master (StaMPS's stored ``n_ifg``)
n_used   interferograms that are not dropped
n_usedsc dates that are not dropped
n_deramp dates from which step 8 takes a plane
n_thr    n_init, or 1 for one threshold for all
n_win    cells of the CLAP window
n_i, n_j rows and columns of a grid; n_i1, n_j1 one less
n_node   occupied cells of the unwrapping grid
n_edge   edges between them
======== ==================================================================
"""

from dataclasses import dataclass
from typing import Literal

FieldClass = Literal["double", "single", "complex", "logical", "char", "sparse", "any"]


@dataclass(frozen=True)
class Field:
    """
    One variable of a ``.mat`` file.

    Attributes
    ----------
    name : str
        StaMPS's own name.
    kind : str
        Stored class; ``complex`` is single complex.
    shape : tuple of str
        Letters or numbers; see the module's table.
    unit : str
        Physical unit, or ``-``.
    meaning : str
        One phrase.
    may_be_empty : bool
        Stored as ``[]`` where it does not apply.
    optional : bool
        Absent from some of StaMPS's own files.
    """

    name: str
    kind: FieldClass
    shape: tuple[str, ...]
    unit: str
    meaning: str
    may_be_empty: bool = False
    optional: bool = False


def _f(
    name: str,
    kind: FieldClass,
    shape: str,
    unit: str,
    meaning: str,
    *,
    may_be_empty: bool = False,
    optional: bool = False,
) -> Field:
    return Field(name, kind, tuple(shape.split()), unit, meaning, may_be_empty, optional)


def _ps(n: str) -> tuple[Field, ...]:
    """Fields of ps1 and ps2, with the letter of their row number."""
    return (
        _f("ij", "double", f"{n} 3", "-", "running number from 1, azimuth line, range sample (both from 0)"),
        _f("lonlat", "double", f"{n} 2", "degrees", "longitude, latitude"),
        _f("xy", "single", f"{n} 3", "m", "running number, local x, local y; sorted by y, then x"),
        _f("bperp", "single", "n_scenes", "m", "mean perpendicular baseline, 0 at the master"),
        _f("day", "double", "n_scenes", "days", "MATLAB datenum, ascending, master included"),
        _f("master_day", "double", "", "days", "MATLAB datenum of the master"),
        _f("master_ix", "double", "", "-", "position of the master in day, from 1"),
        _f("n_ifg", "double", "", "-", "number of dates, master included"),
        _f("n_image", "double", "", "-", "number of dates, master included"),
        _f("n_ps", "double", "", "-", "number of rows"),
        _f("ll0", "double", "1 2", "degrees", "origin of the local coordinates: longitude, latitude"),
        _f("mean_incidence", "double", "", "rad", "mean incidence angle"),
        _f("mean_range", "double", "", "m", "centre range of the header"),
    )


def _pm(n: str) -> tuple[Field, ...]:
    return (
        _f("ph_patch", "complex", f"{n} n_ifg", "-", "filtered phase of the surroundings, unit modulus"),
        _f("K_ps", "double", n, "rad/m", "spatially uncorrelated look-angle (DEM) error"),
        _f("C_ps", "double", n, "rad", "noise of the master"),
        _f("coh_ps", "double", n, "-", "temporal coherence gamma"),
        _f("ph_res", "single", f"{n} n_ifg", "rad", "residual phase"),
    )


ARTEFACTS: dict[str, tuple[Field, ...]] = {
    "psver": (_f("psver", "double", "", "-", "version of the PS files in force: 1, from step 4 on 2"),),
    "no_ps_info": (_f("stamps_step_no_ps", "double", "5", "-", "1 where that step left no PS"),),
    "ps1": (*_ps("n_cand"), _f("sort_ix", "double", "n_all", "-", "file order -> sorted order, from 1")),
    "ph1": (_f("ph", "complex", "n_cand n_scenes", "-", "interferogram values, master column 1"),),
    "bp1": (_f("bperp_mat", "single", "n_cand n_ifg", "m", "perpendicular baseline"),),
    "la1": (_f("la", "double", "n_cand", "rad", "incidence angle (StaMPS calls it look angle)"),),
    "da1": (_f("D_A", "double", "n_cand", "-", "amplitude dispersion"),),
    "hgt1": (_f("hgt", "double", "n_cand", "m", "height"),),
    "pm1": (
        *_pm("n_cand"),
        _f("N_opt", "double", "n_cand", "-", "1 once fitted, 0 if never"),
        _f("ph_grid", "complex", "n_i n_j n_ifg", "-", "weighted phase sums of the grid cells"),
        _f("grid_ij", "single", "n_cand 2", "-", "cell row (y) and column (x), from 1"),
        _f("grid_size", "double", "", "m", "cell size"),
        _f("low_pass", "double", "n_win n_win", "-", "low-pass response, FFT order"),
        _f("ph_weight", "complex", "n_cand n_ifg", "-", "weighted phase of every candidate"),
        _f("n_trial_wraps", "single", "", "cycles", "search range of the fit"),
        _f("Nr", "double", "1 100", "-", "coherence histogram of random phase, rescaled"),
        _f("Nr_max_nz_ix", "double", "", "-", "its last non-empty bin, from 1"),
        _f("coh_bins", "double", "1 100", "-", "bin centres"),
        _f("coh_ps_save", "double", "n_cand", "-", "coherence of the last iteration, once more"),
        _f("gamma_change_save", "double", "", "-", "rms change of coherence"),
        _f("i_loop", "double", "", "-", "iterations done"),
        _f("step_number", "double", "", "-", "StaMPS's internal state"),
    ),
    "select1": (
        _f("ix", "double", "n_init", "-", "rows of the candidates, from 1"),
        _f("keep_ix", "logical", "n_init", "-", "kept after re-estimation"),
        _f("ph_patch2", "complex", "n_init n_ifg", "-", "filtered phase without the own cell"),
        _f("ph_res2", "single", "n_init n_ifg", "rad", "residual phase"),
        _f("K_ps2", "double", "n_init", "rad/m", "look-angle error"),
        _f("C_ps2", "double", "n_init", "rad", "noise of the master"),
        _f("coh_ps2", "double", "n_init", "-", "coherence"),
        _f("coh_thresh", "double", "n_thr", "-", "threshold of every row (or one for all)"),
        _f("coh_thresh_coeffs", "double", "1 2", "-", "threshold as a line over D_A", may_be_empty=True),
        _f("clap_alpha", "double", "", "-", "parameter used"),
        _f("clap_beta", "double", "", "-", "parameter used"),
        _f("n_win", "double", "", "cells", "parameter used"),
        _f("max_percent_rand", "single", "", "percent or -", "accepted random pixels (per bin)"),
        _f("gamma_stdev_reject", "double", "", "-", "parameter used"),
        _f("small_baseline_flag", "char", "", "-", "parameter used"),
        _f("ifg_index", "double", "1 n_used", "-", "interferograms used, without master, from 1"),
    ),
    "weed1": (
        _f("ix_weed", "logical", "n_kept", "-", "survives, of the PS kept by step 3"),
        _f("ix_weed2", "logical", "n_dedup", "-", "survives, of those without neighbours and duplicates"),
        _f("ps_std", "single", "n_dedup", "rad", "noise: standard deviation of the best arc"),
        _f("ps_max", "single", "n_dedup", "rad", "noise: maximum of the best arc"),
        _f("ifg_index", "double", "1 n_usedsc", "-", "dates used, from 1"),
    ),
    "ps2": _ps("n_ps"),
    "ph2": (_f("ph", "complex", "n_ps n_scenes", "-", "interferogram values, master column 1"),),
    "pm2": _pm("n_ps"),
    "bp2": (_f("bperp_mat", "single", "n_ps n_ifg", "m", "perpendicular baseline"),),
    "la2": (_f("la", "double", "n_ps", "rad", "incidence angle"),),
    "inc2": (_f("inc", "double", "n_ps", "rad", "incidence angle (empty for SNAP)", may_be_empty=True),),
    "hgt2": (_f("hgt", "double", "n_ps", "m", "height"),),
    "rc2": (
        _f("ph_rc", "complex", "n_ps n_scenes", "-", "phase without look-angle error and master noise"),
        _f("ph_reref", "complex", "n_ps n_scenes", "-", "filtered phase of the surroundings, 1 at the master"),
    ),
    "ifgstd2": (_f("ifg_std", "single", "n_scenes", "degrees", "noise of every date"),),
    "phuw2": (
        _f("ph_uw", "single", "n_ps n_scenes", "rad", "unwrapped phase, 0 at the master"),
        _f(
            "msd",
            "single",
            "n_scenes",
            "rad^2",
            "mean square difference of neighbouring cells",
            optional=True,
        ),
    ),
    "uw_grid": (
        _f("ph", "complex", "n_node n_used", "-", "filtered cell phase; modulus of the cell sum"),
        _f("ph_in", "complex", "n_ps n_used", "-", "wrapped input"),
        _f("ph_lowpass", "any", "0 0", "-", "unused", may_be_empty=True),
        _f("ph_uw_predef", "any", "0 0", "-", "unused", may_be_empty=True),
        _f("ph_in_predef", "any", "0 0", "-", "unused", may_be_empty=True),
        _f("xy", "double", "n_node 3", "m", "number, x, y of the cell centre"),
        _f("ij", "double", "n_node 2", "-", "row and column, from 1"),
        _f("nzix", "logical", "n_i n_j", "-", "occupied cells"),
        _f("grid_x_min", "single", "", "m", "smallest x"),
        _f("grid_y_min", "single", "", "m", "smallest y"),
        _f("n_i", "single", "", "-", "rows"),
        _f("n_j", "single", "", "-", "columns"),
        _f("n_ifg", "double", "", "-", "interferograms used"),
        _f("n_ps", "double", "", "-", "occupied cells"),
        _f("grid_ij", "single", "n_ps 2", "-", "cell of every PS, from 1"),
        _f("pix_size", "double", "", "m", "cell size"),
    ),
    "uw_interp": (
        _f("Z", "double", "n_i n_j", "-", "nearest node of every cell, from 1"),
        _f("edgs", "double", "n_edge 3", "-", "number, node, node; from 1"),
        _f("n_edge", "double", "", "-", "edges"),
        _f("rowix", "double", "n_i1 n_j", "-", "signed edge of vertical neighbours, 0: same node"),
        _f("colix", "double", "n_i n_j1", "-", "signed edge of horizontal neighbours"),
    ),
    "uw_space_time": (
        _f("dph_space_uw", "single", "n_edge n_used", "rad", "unwrapped edge series"),
        _f("dph_noise", "single", "n_edge n_used", "rad", "its noise; NaN where there are no statistics"),
        _f("G", "double", "n_used n_scenes", "-", "interferograms from dates"),
        _f("spread", "sparse", "n_edge n_used", "cycles", "extra spread of the costs"),
        _f("ifreq_ij", "any", "0 0", "-", "unused", may_be_empty=True),
        _f("jfreq_ij", "any", "0 0", "-", "unused", may_be_empty=True),
        _f("shaky_ix", "any", "0 0", "-", "unused", may_be_empty=True),
        _f("predef_ix", "any", "0 0", "-", "unused", may_be_empty=True),
    ),
    "uw_phaseuw": (
        _f("ph_uw", "single", "n_node n_used", "rad", "unwrapped node phase"),
        _f("msd", "double", "n_used", "rad^2", "mean square difference of neighbouring cells"),
    ),
    "scla2": (
        _f("K_ps_uw", "double", "n_ps", "rad/m", "spatially correlated look-angle error"),
        _f("C_ps_uw", "single", "n_ps", "rad", "atmosphere and orbit error of the master"),
        _f("ph_scla", "single", "n_ps n_scenes", "rad", "phase of the look-angle error"),
        _f("ph_ramp", "double", "n_ps n_scenes", "rad", "planes removed before", may_be_empty=True),
        _f("ifg_vcm", "double", "n_scenes n_scenes", "rad^2", "covariance of the dates"),
    ),
    "scla_smooth2": (
        _f("K_ps_uw", "double", "n_ps", "rad/m", "as scla2, clipped to the neighbours' range"),
        _f("C_ps_uw", "single", "n_ps", "rad", "likewise"),
        _f("ph_scla", "single", "n_ps n_scenes", "rad", "phase of the look-angle error"),
        _f("ph_ramp", "double", "n_ps n_scenes", "rad", "planes removed before", may_be_empty=True),
    ),
    "scn2": (
        _f("ph_scn_slave", "double", "n_ps n_scenes", "rad", "atmosphere and orbit error of the slaves"),
        _f("ph_hpt", "single", "n_ps n_usedsc", "rad", "high-pass in time"),
        _f("ph_ramp", "double", "n_ps n_deramp", "rad", "planes removed before"),
    ),
    "mean_v": (_f("m", "single", "2 n_ps", "rad, rad/day", "intercept and slope of the last v product"),),
    "mv2": (
        _f("mean_v", "single", "n_ps", "mm/yr", "velocity, positive AWAY from the satellite"),
        _f("mean_v_std", "single", "n_ps", "mm/yr", "its bootstrap standard deviation"),
        _f("n_boot", "double", "", "-", "draws"),
        _f("subtract_switches", "char", "", "-", "what was subtracted"),
    ),
}


def fields_of(artefact: str) -> tuple[Field, ...]:
    """
    Return the fields of an artefact.

    Raises
    ------
    KeyError
        If the registry does not know it.
    """
    return ARTEFACTS[artefact]
