"""
THE TABLE: the steps of StaMPS in order, what each reads, writes, and listens to.

Everything else looks here: the plan (what is stale), the parameter view (what a step may see), the
engines (what to do), the documentation (one page per row).
"""

from dataclasses import dataclass
from enum import Enum


class Scope(Enum):
    """Where a step works: inside each PATCH_n, or once in the parent folder."""

    PATCH = "patch"
    STACK = "stack"


@dataclass(frozen=True)
class Step:
    """
    One row of the table.

    Attributes
    ----------
    number : int
        StaMPS's number; 5 has two rows.
    name : str
        Our one-word name.
    scope : Scope
        In each patch, or in the parent.
    reads : tuple of str
        Artefacts or files that must be there; ``merge`` reads those of the patches.
    writes : tuple of str
        Artefacts that the step leaves.
    may_read : tuple of str
        Artefacts read where they exist.
    parms : tuple of str
        StaMPS parameters that the step listens to; no other is visible to it.
    stamps_functions : tuple of str
        Where StaMPS does it.
    sentence : str
        What it does.
    """

    number: int
    name: str
    scope: Scope
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    may_read: tuple[str, ...]
    parms: tuple[str, ...]
    stamps_functions: tuple[str, ...]
    sentence: str

    @property
    def key(self) -> str:
        """Return the name used in files and logs, such as ``4_weed``."""
        return f"{self.number}_{self.name}"


CANDIDATE_FILES = (
    "pscands.1.ij",
    "pscands.1.ll",
    "pscands.1.hgt",
    "pscands.1.ph",
    "pscands.1.da",
)
"""What the candidates stage leaves in each patch for step 1."""

_CLAP = ("clap_win", "clap_low_pass_wavelength", "clap_alpha", "clap_beta")
_REFERENCE = ("ref_lon", "ref_lat", "ref_centre_lonlat", "ref_radius")

STEPS: tuple[Step, ...] = (
    Step(
        1,
        "load",
        Scope.PATCH,
        reads=CANDIDATE_FILES,
        writes=("ps1", "ph1", "bp1", "la1", "da1", "hgt1", "psver"),
        may_read=(),
        parms=(),
        stamps_functions=("ps_load_initial_gamma",),
        sentence="Reads the candidates of a patch, computes baselines and local coordinates, and sorts them.",
    ),
    Step(
        2,
        "gamma",
        Scope.PATCH,
        reads=("ps1", "ph1", "bp1", "la1", "da1"),
        writes=("pm1",),
        may_read=(),
        parms=(
            "filter_grid_size",
            "filter_weighting",
            *_CLAP,
            "max_topo_err",
            "gamma_change_convergence",
            "gamma_max_iterations",
            "lambda",
        ),
        stamps_functions=("ps_est_gamma_quick", "clap_filt", "ps_topofit"),
        sentence="Estimates how stable the phase of every candidate is, against that of its surroundings.",
    ),
    Step(
        3,
        "select",
        Scope.PATCH,
        reads=("ps1", "ph1", "pm1", "da1", "bp1"),
        writes=("select1",),
        may_read=(),
        parms=(
            "select_method",
            "density_rand",
            "percent_rand",
            "gamma_stdev_reject",
            "select_reest_gamma_flag",
            "slc_osf",
            "drop_ifg_index",
            "filter_grid_size",
            *_CLAP,
        ),
        stamps_functions=("ps_select", "clap_filt_patch", "ps_topofit"),
        sentence="Selects the candidates whose coherence random phase would hardly reach.",
    ),
    Step(
        4,
        "weed",
        Scope.PATCH,
        reads=("ps1", "ph1", "pm1", "select1", "bp1", "la1", "hgt1"),
        writes=("weed1", "ps2", "ph2", "pm2", "bp2", "la2", "hgt2", "psver"),
        may_read=(),
        parms=(
            "weed_time_win",
            "weed_standard_dev",
            "weed_max_noise",
            "weed_zero_elevation",
            "weed_neighbours",
            "drop_ifg_index",
        ),
        stamps_functions=("ps_weed",),
        sentence="Drops side lobes, duplicates and scatterers that are noisy against all their neighbours.",
    ),
    Step(
        5,
        "correct",
        Scope.PATCH,
        reads=("ps2", "ph2", "pm2", "bp2"),
        writes=("rc2",),
        may_read=(),
        parms=(),
        stamps_functions=("ps_correct_phase",),
        sentence="Takes the look-angle error and the noise of the master out of the phase.",
    ),
    Step(
        5,
        "merge",
        Scope.STACK,
        reads=("ps2", "ph2", "rc2", "pm2", "bp2", "la2", "hgt2"),
        writes=("ps2", "ph2", "rc2", "pm2", "bp2", "la2", "inc2", "hgt2", "ifgstd2", "psver"),
        may_read=(),
        parms=("merge_resample_size", "merge_standard_dev", "heading"),
        stamps_functions=("ps_merge_patches", "ps_calc_ifg_std"),
        sentence="Joins the patches, and measures the noise of every date.",
    ),
    Step(
        6,
        "unwrap",
        Scope.STACK,
        reads=("ps2", "rc2", "pm2", "bp2"),
        writes=("phuw2", "uw_grid", "uw_interp", "uw_space_time", "uw_phaseuw"),
        may_read=("scla_smooth2",),
        parms=(
            "unwrap_method",
            "unwrap_patch_phase",
            "drop_ifg_index",
            "unwrap_la_error_flag",
            "unwrap_spatial_cost_func_flag",
            "unwrap_prefilter_flag",
            "unwrap_grid_size",
            "unwrap_gold_n_win",
            "unwrap_gold_alpha",
            "unwrap_time_win",
            "max_topo_err",
            "scla_deramp",
            "subtr_tropo",
            "lambda",
        ),
        stamps_functions=("ps_unwrap", "uw_3d", "uw_grid_wrapped", "uw_interp", "uw_sb_unwrap_space_time"),
        sentence="Unwraps every interferogram on a grid, guided by what the time series suggest.",
    ),
    Step(
        7,
        "scla",
        Scope.STACK,
        reads=("ps2", "phuw2", "bp2", "ifgstd2"),
        writes=("scla2", "scla_smooth2"),
        may_read=("deramp_degree.mat",),
        parms=("scla_method", "scla_deramp", "scla_drop_index", "drop_ifg_index", "subtr_tropo", *_REFERENCE),
        stamps_functions=("ps_calc_scla", "ps_smooth_scla", "ps_deramp"),
        sentence="Estimates the spatially correlated look-angle error, and the master's atmosphere and orbit error.",
    ),
    Step(
        8,
        "scn",
        Scope.STACK,
        reads=("ps2", "phuw2", "scla2"),
        writes=("scn2",),
        may_read=(),
        parms=(
            "scn_wavelength",
            "scn_time_win",
            "scn_deramp_ifg",
            "scn_kriging_flag",
            "drop_ifg_index",
            "subtr_tropo",
        ),
        stamps_functions=("ps_scn_filt",),
        sentence="Filters the spatially correlated noise of the slaves out of the time series.",
    ),
)


def step_named(name: str) -> Step:
    """
    Return the row of a name, such as ``weed``.

    Raises
    ------
    KeyError
        If there is none.

    Examples
    --------
    >>> step_named("weed").number
    4
    """
    for step in STEPS:
        if step.name == name:
            return step
    raise KeyError(name)


def patch_steps() -> tuple[Step, ...]:
    """Return the rows done in each patch, in order."""
    return tuple(step for step in STEPS if step.scope is Scope.PATCH)


def stack_steps() -> tuple[Step, ...]:
    """Return the rows done once in the parent folder, in order."""
    return tuple(step for step in STEPS if step.scope is Scope.STACK)
