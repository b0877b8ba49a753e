"""Small grids and scenes with known unwrapped phase, for the tests of step 6."""

from pathlib import Path

import numpy as np

from snapstamps.kernels.unwrap_cost import UNITS_PER_CYCLE, ArcCosts, GridProblem, to_int16
from snapstamps.stamps.store import StampsStore

TWO_PI = 2 * np.pi


def wrapped_difference(phase, axis):
    """Difference of neighbours, wrapped to the nearest."""
    difference = np.diff(phase, axis=axis)
    return difference - TWO_PI * np.rint(difference / TWO_PI)


def problem_of(phase, *, expected=None, variance=None, unknown=None):
    """The problem of a grid whose neighbours are expected to differ as ``expected`` (default: as they truly do)."""
    expected = phase if expected is None else expected
    wrapped = np.exp(1j * phase).astype(np.complex64)
    arcs = []
    for axis in (0, 1):
        deviation = wrapped_difference(np.angle(wrapped), axis) - np.diff(expected, axis=axis)
        known = np.ones(deviation.shape, dtype=bool) if unknown is None else ~unknown[axis]
        arcs.append(
            ArcCosts(
                offset=np.where(known, to_int16(deviation / TWO_PI * UNITS_PER_CYCLE), np.int16(0)),
                variance=np.where(known, 5 if variance is None else variance[axis], 1).astype(np.int16),
                has_statistics=known,
                joins_nodes=np.ones(deviation.shape, dtype=bool),
            )
        )
    return GridProblem(wrapped, *arcs)


def rough_problem(seed, shape=(18, 23), *, noise=0.8, unknown_share=0.0):
    """A smooth surface under noise, so that there are residues; expectations that are nearly right."""
    rng = np.random.default_rng(seed)
    y, x = np.mgrid[: shape[0], : shape[1]]
    truth = 6 * np.sin(x / 6 + rng.random()) + 5 * np.cos(y / 7) + 0.2 * x
    phase = truth + noise * rng.standard_normal(shape)
    axes_shapes = ((shape[0] - 1, shape[1]), (shape[0], shape[1] - 1))
    return problem_of(
        phase,
        expected=truth + 0.2 * rng.standard_normal(shape),
        variance=[rng.integers(1, 40, size) for size in axes_shapes],
        unknown=[rng.random(size) < unknown_share for size in axes_shapes],
    )


def objective(problem, unwrapped):
    """What an unwrapped grid costs, in exact arithmetic."""
    wrapped = np.angle(problem.wrapped.astype(np.complex128))
    total = 0.0
    for axis, costs in enumerate((problem.vertical, problem.horizontal)):
        step = np.diff(np.asarray(unwrapped, dtype=np.float64), axis=axis)
        cycles = np.rint((step - wrapped_difference(wrapped, axis)) / TWO_PI)
        quadratic = (UNITS_PER_CYCLE * cycles + costs.offset) ** 2 / costs.variance
        total += np.where(costs.has_statistics, quadratic, np.abs(cycles)).sum()
    return total


def bowl(xy, days):
    """A subsiding bowl of 40 rad depth over a span of 1 km and the time, rad, shape (n_ps, n_scenes)."""
    radius = np.hypot(xy[:, 0] - 500, xy[:, 1] - 450)
    return 40 * np.exp(-((radius / 260) ** 2))[:, None] * (days / np.ptp(days))


def write_scene(folder: Path, *, n_ps=1500, n_scenes=12, master=5, noise=0.15, seed=3):
    """
    Write what step 6 reads, for a bowl over 1 km x 0.9 km; return the store and the true phase.

    The true phase is that of every date against the master.
    """
    rng = np.random.default_rng(seed)
    folder.mkdir(parents=True, exist_ok=True)
    store = StampsStore(folder)
    xy = (rng.random((n_ps, 2)) * [1000, 900]).astype(np.float32)
    xy = xy[np.lexsort((xy[:, 0], xy[:, 1]))]
    day = 737_000.0 + 12 * np.arange(n_scenes)
    bperp = (80 * rng.standard_normal(n_scenes)).astype(np.float32)
    bperp[master] = 0
    truth = bowl(xy, day - day[master])
    phase = truth + noise * rng.standard_normal(truth.shape)
    phase[:, master] = 0
    K_ps = 0.002 * rng.standard_normal(n_ps)
    slaves = np.delete(np.arange(n_scenes), master)
    bperp_mat = np.tile(bperp[slaves], (n_ps, 1))
    corrected = np.exp(1j * phase)
    corrected[:, slaves] *= np.exp(-1j * K_ps.astype(np.float32)[:, None] * bperp_mat)
    store.write(
        "ps2",
        ij=np.zeros((n_ps, 3)),
        lonlat=np.zeros((n_ps, 2)),
        xy=np.column_stack([np.arange(1, n_ps + 1), xy]),
        bperp=bperp,
        day=day,
        master_day=day[master],
        master_ix=master + 1,
        n_ifg=n_scenes,
        n_image=n_scenes,
        n_ps=n_ps,
        ll0=[12, 42],
        mean_incidence=0.64,
        mean_range=850_000,
    )
    store.write("rc2", ph_rc=corrected, ph_reref=np.ones((n_ps, n_scenes)))
    store.write(
        "pm2",
        ph_patch=np.exp(1j * truth[:, slaves]),
        K_ps=K_ps,
        C_ps=np.zeros(n_ps),
        coh_ps=np.ones(n_ps),
        ph_res=np.zeros((n_ps, n_scenes - 1)),
    )
    store.write("bp2", bperp_mat=bperp_mat)
    return store, phase
