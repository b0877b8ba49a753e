"""The CLAP filter as the parameters set it; steps 2 and 3 use the same."""

from snapstamps.kernels.clap import Clap
from snapstamps.stamps.parms import ParmsView


def clap_of(parms: ParmsView) -> Clap:
    """
    Return the filter.

    Parameters
    ----------
    parms : ParmsView
        Of step 2 or 3.

    Returns
    -------
    Clap
    """
    return Clap.of(
        n_win=int(parms["clap_win"]),
        grid_size=float(parms["filter_grid_size"]),
        wavelength=float(parms["clap_low_pass_wavelength"]),
        alpha=float(parms["clap_alpha"]),
        beta=float(parms["clap_beta"]),
    )
