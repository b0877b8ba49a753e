"""Step 3 against StaMPS's own results, under other parameters, and where little or nothing is selected."""

import numpy as np
import pytest

from snapstamps.engines.base import RunContext
from snapstamps.engines.native import step3_select
from snapstamps.model.errors import InputError
from snapstamps.stamps.empty import empty_since
from snapstamps.stamps.store import StampsStore

INPUTS = ("ps1", "ph1", "pm1", "da1", "bp1")
BASELINE_RANGE = 190.0
"""About the range of the mean baselines of scene S, m: turns slopes into rad."""

EXACT = ("ix", "keep_ix", "ifg_index", "max_percent_rand", "clap_alpha", "clap_beta", "n_win", "gamma_stdev_reject")
TOLERANCES = {"K_ps2": 3e-4 / BASELINE_RANGE, "coh_ps2": 2e-4, "coh_thresh": 1e-5, "coh_thresh_coeffs": 1e-4}
PHASES = {"C_ps2": 1e-3, "ph_res2": 1e-3}

VARIANTS = {
    "percent": {"select_method": "PERCENT"},
    "percent_dropped_beta": {"select_method": "PERCENT", "percent_rand": 5.0, "drop_ifg_index": [1, 20]},
    "dropped": {"drop_ifg_index": [3, 9, 11, 17]},
    "noreest": {"select_reest_gamma_flag": "n"},
    "alpha": {"clap_alpha": 0.8, "clap_beta": 0.5},
}
"""Parameters with which StaMPS selected in scene S; what came out stands in tests/data/variants/select.npz."""


@pytest.fixture
def patch_s(inputs_s, linked):
    """Give a patch of scene S after StaMPS's own steps 1 and 2."""
    return linked(inputs_s, INPUTS)


def phase_difference(ours, theirs):
    return np.abs(np.angle(np.exp(1j * (np.asarray(ours, dtype=float) - theirs))))


def test_step_3_leaves_what_stamps_leaves(patch_s, reference_s, parms_of, context):
    theirs = StampsStore(reference_s / "stamps" / "PATCH_1").read("select1")
    step3_select.run(patch_s, parms_of("select"), context)
    ours = patch_s.read("select1")
    assert set(ours) == set(theirs) == {*EXACT, *TOLERANCES, *PHASES, "ph_patch2", "small_baseline_flag"}
    for field in EXACT:
        np.testing.assert_array_equal(ours[field], theirs[field], err_msg=field)
    for field, tolerance in TOLERANCES.items():
        np.testing.assert_allclose(ours[field], theirs[field], rtol=0, atol=tolerance, err_msg=field)
    for field, tolerance in PHASES.items():
        assert phase_difference(ours[field], theirs[field]).max() < tolerance, field
    assert np.abs(np.angle(ours.ph_patch2 * np.conj(theirs.ph_patch2))).max() < 1e-3
    np.testing.assert_allclose(np.abs(ours.ph_patch2), np.abs(theirs.ph_patch2), rtol=1e-3, atol=1e-5)
    assert ours.small_baseline_flag == "n"
    assert context.notes == []
    assert empty_since(patch_s) is None


def test_nearly_all_candidates_agree_to_single_precision(patch_s, reference_file, parms_of, context):
    folder = reference_file("stamps/PATCH_1/pm1.mat").parent
    theirs = StampsStore(folder).read("select1")
    step3_select.run(patch_s, parms_of("select"), context)
    ours = patch_s.read("select1")
    assert np.quantile(np.abs(ours.coh_ps2 - theirs.coh_ps2), 0.99) < 1e-6
    assert np.quantile(np.abs(ours.K_ps2 - theirs.K_ps2), 0.99) * BASELINE_RANGE < 1e-5
    assert np.quantile(phase_difference(ours.ph_res2, theirs.ph_res2), 0.99) < 1e-5
    np.testing.assert_allclose(ours.coh_thresh, theirs.coh_thresh, rtol=0, atol=1e-6)


@pytest.mark.parametrize("variant", VARIANTS)
def test_step_3_agrees_with_stamps_under_other_parameters(variant, patch_s, variants, parms_of, context):
    theirs = variants("select")
    step3_select.run(patch_s, parms_of("select", **VARIANTS[variant]), context)
    ours = patch_s.read("select1")
    np.testing.assert_array_equal(ours.ix, theirs[f"{variant}_ix"])
    np.testing.assert_array_equal(ours.keep_ix, theirs[f"{variant}_keep_ix"])
    np.testing.assert_array_equal(ours.ifg_index, theirs[f"{variant}_ifg_index"])
    some = slice(None, None, int(theirs["stride"]))
    for field, tolerance in (("coh_thresh", 1e-5), ("coh_ps2", 2e-4), ("K_ps2", 3e-4 / BASELINE_RANGE)):
        np.testing.assert_allclose(
            ours[field][some], theirs[f"{variant}_{field}"], rtol=0, atol=tolerance, err_msg=field
        )


def test_mending_changes_nothing_in_the_regular_case(patch_s, parms_of, context):
    step3_select.run(patch_s, parms_of("select"), context)
    reproduced = patch_s.file("select1").read_bytes()
    mending = RunContext(quirks="mend")
    step3_select.run(patch_s, parms_of("select"), mending)
    assert patch_s.file("select1").read_bytes() == reproduced
    assert mending.notes == []


def test_without_reestimation_all_that_pass_are_kept_as_step_2_left_them(patch_s, parms_of, context):
    step3_select.run(patch_s, parms_of("select", select_reest_gamma_flag="n"), context)
    selected, pm = patch_s.read("select1"), patch_s.read("pm1")
    rows = selected.ix.astype(int) - 1
    assert selected.keep_ix.all()
    assert selected.coh_thresh.size == pm.coh_ps.size
    for ours, theirs in (("K_ps2", "K_ps"), ("C_ps2", "C_ps"), ("coh_ps2", "coh_ps"), ("ph_res2", "ph_res")):
        np.testing.assert_array_equal(selected[ours], pm[theirs][rows])
    np.testing.assert_array_equal(selected.ph_patch2, pm.ph_patch[rows])


def test_dropped_dates_count_the_master_and_leave_no_residual(patch_s, parms_of, context):
    master = int(patch_s.read("ps1").master_ix)
    step3_select.run(patch_s, parms_of("select", drop_ifg_index=[2, master, master + 1]), context)
    selected = patch_s.read("select1")
    dropped = [2, master]
    assert selected.ifg_index.tolist() == [number for number in range(1, 20) if number not in dropped]
    unused = np.array(dropped) - 1
    assert not selected.ph_res2[:, unused].any()
    assert np.abs(np.delete(selected.ph_res2, unused, axis=1)).max() > 1


def test_dates_that_do_not_exist_are_refused(patch_s, parms_of, context):
    with pytest.raises(InputError, match="drop_ifg_index names 0, 21, but there are 20 dates"):
        step3_select.run(patch_s, parms_of("select", drop_ifg_index=[21, 3, 0]), context)
    with pytest.raises(InputError, match="leaves no interferogram"):
        step3_select.run(patch_s, parms_of("select", drop_ifg_index=list(range(1, 21))), context)


def test_accepting_less_noise_selects_fewer(patch_s, parms_of, context):
    kept = []
    for density in (2.0, 20.0, 100.0):
        step3_select.run(patch_s, parms_of("select", density_rand=density), context)
        kept.append(patch_s.read("select1").keep_ix.sum())
    assert 0 < kept[0] < kept[1] < kept[2]


@pytest.mark.parametrize("reestimate", ["y", "n"])
def test_where_nothing_is_coherent_the_patch_is_marked_empty(reestimate, patch_s, parms_of, context):
    pm = dict(patch_s.read("pm1"))
    pm["coh_ps"] = np.zeros_like(pm["coh_ps"])
    patch_s.write("pm1", **pm)
    step3_select.run(patch_s, parms_of("select", select_reest_gamma_flag=reestimate), context)
    assert empty_since(patch_s) == 3
    assert patch_s.read("select1").ix.size == 0


def narrowed(store, n_columns):
    """Leave only the candidates in the first columns of the grid."""
    pm = store.read("pm1")
    inside = pm.grid_ij[:, 1] <= n_columns
    for name in INPUTS:
        fields = dict(store.read(name))
        for field, value in fields.items():
            if np.ndim(value) and len(value) == inside.size and field != "sort_ix":
                fields[field] = value[inside]
        if name == "pm1":
            fields["ph_grid"] = fields["ph_grid"][:, :n_columns]
        store.write(name, **fields)


def test_a_grid_smaller_than_the_window_keeps_nothing_in_stamps_and_is_padded_when_mended(patch_s, parms_of, context):
    step3_select.run(patch_s, parms_of("select"), context)
    whole = patch_s.read("select1")
    kept_before = {tuple(pixel) for pixel in patch_s.read("ps1").ij[whole.ix[whole.keep_ix].astype(int) - 1, 1:]}
    narrowed(patch_s, 28)
    step3_select.run(patch_s, parms_of("select"), context)
    assert not patch_s.read("select1").keep_ix.any()
    assert np.isnan(patch_s.read("select1").coh_ps2).all()
    assert empty_since(patch_s) == 3
    assert "nothing is kept" in context.notes[0]

    mending = RunContext(quirks="mend")
    step3_select.run(patch_s, parms_of("select"), mending)
    part = patch_s.read("select1")
    kept = {tuple(pixel) for pixel in patch_s.read("ps1").ij[part.ix[part.keep_ix].astype(int) - 1, 1:]}
    assert len(kept) > 500
    assert len(kept & kept_before) > 0.9 * len(kept)
    assert "padded to clap_win = 32" in mending.notes[0]


def test_cells_that_stamps_lost_count_as_empty(patch_s, parms_of, context):
    pm = dict(patch_s.read("pm1"))
    grid = pm["ph_grid"].copy()
    grid[40, 20] = np.nan
    pm["ph_grid"] = grid
    patch_s.write("pm1", **pm)
    step3_select.run(patch_s, parms_of("select"), context)
    assert np.isfinite(patch_s.read("select1").coh_ps2).all()


def test_a_singular_fit_of_the_threshold_is_mended_with_a_note(patch_s, parms_of, context):
    step3_select.run(patch_s, parms_of("select", density_rand=1e-6), context)
    assert "too few distinct counts" in context.notes[0]
    thresholds = patch_s.read("select1").coh_thresh
    assert ((thresholds > 0.5) & (thresholds < 1.1)).all()
