"""Step 4 against StaMPS's own results, and on small patches whose outcome is known."""

import logging
from datetime import date

import numpy as np
import pytest

from snapstamps.engines.base import RunContext
from snapstamps.engines.native import step4_weed
from snapstamps.model.errors import InputError
from snapstamps.model.units import datenum
from snapstamps.stamps.empty import empty_since, mark_empty
from snapstamps.stamps.store import StampsStore

INPUTS = ("ps1", "ph1", "pm1", "bp1", "la1", "hgt1")
OUTPUTS = ("weed1", "ps2", "ph2", "pm2", "bp2", "la2", "hgt2", "psver")
N_DATES, MASTER = 12, 5

VARIANTS = {
    "neighbours": {"weed_neighbours": "y"},
    "zero_elevation": {"weed_zero_elevation": "y"},
    "neighbours_zero_elevation": {"weed_neighbours": "y", "weed_zero_elevation": "y"},
    "max_noise": {"weed_max_noise": 1.2, "weed_standard_dev": 0.6},
    "dropped": {"drop_ifg_index": [3, 9, 17]},
    "short_window": {"weed_time_win": 40.0},
}
"""Parameters with which StaMPS weeded scene S; what came out stands in tests/data/variants/weed.npz."""


@pytest.fixture
def patch_s(inputs_s, reference_s, linked):
    """Give a patch of scene S after StaMPS's own step 3."""
    store = linked(inputs_s, INPUTS, "stamps/PATCH_1")
    store.file("select1").symlink_to(reference_s / "stamps" / "PATCH_1" / "select1.mat")
    return store


def test_step_4_leaves_what_stamps_leaves(patch_s, reference_s, parms_of, context):
    step4_weed.run(patch_s, parms_of("weed"), context)
    stamps = StampsStore(reference_s / "stamps" / "PATCH_1")
    ours, theirs = patch_s.read("weed1"), stamps.read("weed1")
    for exact in ("ix_weed", "ix_weed2", "ifg_index"):
        np.testing.assert_array_equal(ours[exact], theirs[exact], err_msg=exact)
    np.testing.assert_allclose(ours.ps_std, theirs.ps_std, atol=1e-4)
    np.testing.assert_allclose(ours.ps_max, theirs.ps_max, atol=2e-3)
    for artefact in ("ps2", "ph2", "bp2", "la2", "hgt2"):
        for field, value in stamps.read(artefact).items():
            ours = patch_s.read(artefact)[field]
            # equal to the bit, but for the last one of angles where our step 1 made the inputs
            np.testing.assert_allclose(ours, value, rtol=1e-12, err_msg=f"{artefact}.{field}")
    pm, of_stamps = patch_s.read("pm2"), stamps.read("pm2")
    for field in ("K_ps", "C_ps", "coh_ps", "ph_res"):
        np.testing.assert_array_equal(pm[field], of_stamps[field], err_msg=field)
    assert np.abs(np.angle(pm.ph_patch * np.conj(of_stamps.ph_patch))).max() < 1e-3  # of step 2
    assert patch_s.read("psver").psver == 2


@pytest.mark.parametrize("variant", VARIANTS)
def test_step_4_agrees_with_stamps_under_other_parameters(variant, patch_s, variants, parms_of, context):
    if "zero" in variant:
        height = patch_s.read("hgt1").hgt
        patch_s.write("hgt1", hgt=height - np.median(height))
    step4_weed.run(patch_s, parms_of("weed", **VARIANTS[variant]), context)
    expected, weed = variants("weed"), patch_s.read("weed1")
    np.testing.assert_array_equal(np.packbits(weed.ix_weed), expected[f"{variant}_ix_weed"])
    np.testing.assert_array_equal(np.packbits(weed.ix_weed2), expected[f"{variant}_ix_weed2"])
    np.testing.assert_allclose(weed.ps_std[::8], expected[f"{variant}_ps_std"], atol=1e-4)
    np.testing.assert_allclose(weed.ps_max[::8], expected[f"{variant}_ps_max"], atol=2e-3)


def write_patch(path, xy, *, noise=0.1, pixels=None, coherence=None, height=None, keep=None, seed=1):
    """Write a patch after step 3: scatterers with look-angle errors, velocities and the noise asked for."""
    n = len(xy)
    rng = np.random.default_rng(seed)
    store = StampsStore(path)
    store.path.mkdir(parents=True)
    day = datenum(date(2019, 1, 5)) + 12.0 * np.arange(N_DATES)
    bperp = np.where(np.arange(N_DATES) == MASTER, 0, rng.normal(0, 70, N_DATES)).astype(np.float32)
    slaves = np.delete(np.arange(N_DATES), MASTER)
    K, C = rng.normal(0, 0.01, n), rng.normal(0, 0.05, n)
    phase = np.outer(rng.normal(0, 1e-3, n), day - day[MASTER]) + np.outer(K, bperp) + C[:, None]
    phase += np.broadcast_to(np.asarray(noise), n)[:, None] * rng.normal(0, 1, (n, N_DATES))
    phase[:, MASTER] = 0
    number = np.arange(1, n + 1)
    pixels = 3 * np.column_stack([number, number]) if pixels is None else np.asarray(pixels)
    numbers = {"n_ifg": N_DATES, "n_image": N_DATES, "n_ps": n, "mean_incidence": 0.6, "mean_range": 8e5}
    store.write(
        "ps1",
        ij=np.column_stack([number, pixels]),
        lonlat=np.column_stack([105 + number / 1e4, 21 + number / 1e4]),
        xy=np.column_stack([number, np.asarray(xy)]),
        bperp=bperp,
        day=day,
        master_day=day[MASTER],
        master_ix=MASTER + 1,
        ll0=[105.0, 21.0],
        sort_ix=number,
        **numbers,
    )
    store.write("ph1", ph=np.exp(1j * phase))
    store.write("bp1", bperp_mat=np.tile(bperp[slaves], (n, 1)))
    store.write("la1", la=np.full(n, 0.6))
    store.write("hgt1", hgt=np.full(n, 50.0) if height is None else height)
    coherence = np.linspace(0.5, 0.9, n) if coherence is None else coherence
    nothing, unit = np.zeros(n), np.ones((n, N_DATES - 1))
    of_pm = {"ph_patch": unit, "K_ps": nothing, "C_ps": nothing, "coh_ps": coherence, "ph_res": unit}
    store.write("pm1", **of_pm, **dict.fromkeys(("N_opt", "coh_ps_save"), nothing), **unused_pm1(n))
    store.write(
        "select1",
        ix=number,
        keep_ix=np.ones(n, dtype=bool) if keep is None else keep,
        ph_patch2=unit,
        ph_res2=unit,
        K_ps2=K,
        C_ps2=C,
        coh_ps2=coherence,
        coh_thresh=np.full(n, 0.3),
        ifg_index=np.arange(1, N_DATES),
        small_baseline_flag="n",
        **dict.fromkeys(("clap_alpha", "clap_beta", "n_win", "max_percent_rand", "gamma_stdev_reject"), 1),
    )
    return store


def unused_pm1(n):
    """Return the fields of pm1 that step 4 never looks at."""
    bins = np.zeros(100)
    scalars = ("grid_size", "n_trial_wraps", "Nr_max_nz_ix", "gamma_change_save", "i_loop", "step_number")
    return {
        "ph_grid": np.zeros((2, 2, N_DATES - 1)),
        "grid_ij": np.ones((n, 2)),
        "low_pass": np.zeros((2, 2)),
        "ph_weight": np.zeros((n, N_DATES - 1)),
        "Nr": bins,
        "coh_bins": bins,
        **dict.fromkeys(scalars, 1),
    }


def scattered(n, seed=6):
    return np.random.default_rng(seed).uniform(-900, 900, (n, 2))


def kept_of(store):
    """Return the step-1 numbers of what is left, from 0."""
    return (store.read("ps2").ij[:, 0] - 1).astype(int).tolist()


def test_a_scatterer_of_pure_noise_is_dropped_and_the_coherent_ones_stay(tmp_path, parms_of, context):
    noise = np.full(30, 0.1)
    noise[11] = 5.0
    store = write_patch(tmp_path / "PATCH_1", scattered(30), noise=noise)
    step4_weed.run(store, parms_of("weed"), context)
    assert kept_of(store) == [k for k in range(30) if k != 11]
    weed = store.read("weed1")
    assert weed.ps_std[11] > 1.0
    assert np.delete(weed.ps_std, 11).max() < 0.5


def test_what_is_left_keeps_its_numbers_and_its_values(tmp_path, parms_of, context):
    keep = np.arange(20) % 3 > 0
    store = write_patch(tmp_path / "PATCH_1", scattered(20), keep=keep)
    step4_weed.run(store, parms_of("weed"), context)
    rows = np.flatnonzero(keep)
    assert kept_of(store) == rows.tolist()
    np.testing.assert_array_equal(store.read("ph2").ph, store.read("ph1").ph[rows])
    np.testing.assert_array_equal(store.read("pm2").K_ps, store.read("select1").K_ps2[rows])
    assert store.read("ps2").n_ps == rows.size
    assert store.read("weed1").ix_weed.shape == rows.shape


def test_the_noise_may_be_limited_by_its_largest_value(tmp_path, parms_of, context):
    store = write_patch(tmp_path / "PATCH_1", scattered(25), noise=0.3)
    step4_weed.run(store, parms_of("weed", weed_max_noise=0.5), context)
    weed = store.read("weed1")
    np.testing.assert_array_equal(weed.ix_weed2, weed.ps_max < 0.5)
    assert 0 < weed.ix_weed2.sum() < 25


def test_limits_beyond_pi_switch_the_noise_test_off(tmp_path, parms_of, context):
    store = write_patch(tmp_path / "PATCH_1", scattered(9), noise=3.0)
    step4_weed.run(store, parms_of("weed", weed_standard_dev=np.inf), context)
    weed = store.read("weed1")
    assert weed.ix_weed.all()
    assert not weed.ps_std.any()
    assert not weed.ps_max.any()


def test_of_two_scatterers_at_one_place_the_more_coherent_one_stays(tmp_path, parms_of, context):
    xy = scattered(12)
    xy[7] = xy[2]
    store = write_patch(tmp_path / "PATCH_1", xy)
    step4_weed.run(store, parms_of("weed"), context)
    weed = store.read("weed1")
    assert kept_of(store) == [k for k in range(12) if k != 2]
    assert (weed.ix_weed.size, weed.ix_weed2.size) == (12, 11)


def test_side_lobes_go_where_neighbours_are_unwanted(tmp_path, parms_of, context):
    pixels = 5 * np.column_stack([np.arange(12), np.arange(12)])
    pixels[4] = pixels[3] + [0, 1]
    store = write_patch(tmp_path / "PATCH_1", scattered(12), pixels=pixels)
    step4_weed.run(store, parms_of("weed"), context)
    assert len(kept_of(store)) == 12
    step4_weed.run(store, parms_of("weed", weed_neighbours="y"), context)
    assert kept_of(store) == [k for k in range(12) if k != 3]


def test_the_sea_goes_where_height_zero_is_unwanted(tmp_path, parms_of, context):
    height = np.full(12, 20.0)
    height[[0, 5]] = [0.0, -2.0]
    store = write_patch(tmp_path / "PATCH_1", scattered(12), height=height)
    step4_weed.run(store, parms_of("weed"), context)
    assert len(kept_of(store)) == 12
    step4_weed.run(store, parms_of("weed", weed_zero_elevation="y"), context)
    assert kept_of(store) == [1, 2, 3, 4, 6, 7, 8, 9, 10, 11]


def test_a_pixel_at_sea_may_still_outdo_its_neighbour_on_land(tmp_path, parms_of, context):
    pixels = 5 * np.column_stack([np.arange(12), np.arange(12)])
    pixels[4] = pixels[3] + [0, 1]
    height = np.where(np.arange(12) == 4, 0.0, 20.0)
    store = write_patch(tmp_path / "PATCH_1", scattered(12), pixels=pixels, height=height)
    step4_weed.run(store, parms_of("weed", weed_neighbours="y", weed_zero_elevation="y"), context)
    assert {3, 4}.isdisjoint(kept_of(store))


@pytest.mark.parametrize("n", [0, 1, 2])
def test_a_patch_with_fewer_than_three_pixels_ends_empty(n, tmp_path, parms_of, context):
    store = write_patch(tmp_path / "PATCH_1", scattered(5), keep=np.arange(5) < n)
    step4_weed.run(store, parms_of("weed"), context)
    assert empty_since(store) == 4
    weed = store.read("weed1")
    assert weed.ix_weed.tolist() == [False] * n
    assert np.isinf(weed.ps_std).all()
    assert store.read("ps2").n_ps == 0
    assert store.read("ps2").xy.shape == (0, 3)
    assert bool(context.notes) == (n > 0)


def test_three_pixels_are_enough(tmp_path, parms_of, context):
    store = write_patch(tmp_path / "PATCH_1", [[0, 0], [100, 10], [50, 90]])
    step4_weed.run(store, parms_of("weed"), context)
    assert kept_of(store) == [0, 1, 2]
    assert empty_since(store) is None


def test_pixels_on_one_line_are_weeded_along_it(tmp_path, parms_of, context):
    along = np.random.default_rng(4).permutation(20) * 100.0
    inside = int(np.flatnonzero(along == 1000)[0])
    noise = np.full(20, 0.1)
    noise[inside] = 5.0
    store = write_patch(tmp_path / "PATCH_1", np.column_stack([along, 2 * along]), noise=noise)
    step4_weed.run(store, parms_of("weed"), context)
    assert kept_of(store) == [k for k in range(20) if k != inside]
    assert "on one line" in context.notes[0]


def test_dropped_dates_do_not_count(tmp_path, parms_of, context):
    store = write_patch(tmp_path / "PATCH_1", scattered(20))
    phase = store.read("ph1").ph.copy()
    phase[:, 2] = np.exp(1j * np.random.default_rng(3).uniform(-np.pi, np.pi, 20))
    store.write("ph1", ph=phase)
    step4_weed.run(store, parms_of("weed"), context)
    noisy = store.read("weed1").ps_std
    step4_weed.run(store, parms_of("weed", drop_ifg_index=[3]), context)
    weed = store.read("weed1")
    assert np.median(weed.ps_std) < 0.5 * np.median(noisy)
    assert weed.ifg_index.tolist() == [1, 2, *range(4, 13)]


@pytest.mark.parametrize(("dropped", "message"), [(list(range(1, 12)), "leaves 1 of 12"), ([13], "date 13")])
def test_dates_dropped_without_sense_are_refused(dropped, message, tmp_path, parms_of, context):
    store = write_patch(tmp_path / "PATCH_1", scattered(5))
    with pytest.raises(InputError, match=message):
        step4_weed.run(store, parms_of("weed", drop_ifg_index=dropped), context)


def test_what_later_steps_made_of_other_scatterers_is_deleted(tmp_path, parms_of, context):
    store = write_patch(tmp_path / "PATCH_1", scattered(5))
    stale = [store.file(name) for name in ("scla2", "scla_smooth2", "scn2", "aps2")]
    for path in stale:
        path.write_bytes(b"old")
    step4_weed.run(store, parms_of("weed"), context)
    assert not any(path.exists() for path in stale)


def test_a_patch_that_is_empty_already_is_passed_over(tmp_path, parms_of, context):
    store = StampsStore(tmp_path)
    mark_empty(store, 3)
    step4_weed.run(store, parms_of("weed"), context)
    assert store.read("no_ps_info").stamps_step_no_ps.tolist() == [0, 0, 1, 1, 0]
    assert not store.has("weed1")


def test_a_patch_that_was_empty_is_not_any_more_after_a_better_run(tmp_path, parms_of, context):
    store = write_patch(tmp_path / "PATCH_1", scattered(12), noise=2.0)
    step4_weed.run(store, parms_of("weed", weed_standard_dev=0.01), context)
    assert empty_since(store) == 4
    step4_weed.run(store, parms_of("weed", weed_standard_dev=np.inf), context)
    assert empty_since(store) is None


def test_the_log_tells_the_counts_in_one_line(tmp_path, parms_of, caplog):
    store = write_patch(tmp_path / "PATCH_1", scattered(15))
    with caplog.at_level(logging.INFO, logger="snapstamps.engines"):
        step4_weed.run(store, parms_of("weed"), RunContext())
    assert caplog.messages == ["PATCH_1: 15 pixels -> 15 without side lobes and duplicates -> 15 PS"]


def test_running_it_again_gives_the_same_bytes(tmp_path, parms_of, context):
    store = write_patch(tmp_path / "PATCH_1", scattered(15))
    step4_weed.run(store, parms_of("weed"), context)
    first = {name: store.file(name).read_bytes() for name in OUTPUTS}
    step4_weed.run(store, parms_of("weed"), context)
    assert {name: store.file(name).read_bytes() for name in OUTPUTS} == first
