"""Step 2 against StaMPS's own results, and where patches are small or lack values."""

import numpy as np
import pytest

from snapstamps.engines.base import RunContext
from snapstamps.engines.native import step2_gamma
from snapstamps.model.errors import DataError
from snapstamps.stamps.store import StampsStore

INPUTS = ("ps1", "ph1", "bp1", "la1", "da1")
BASELINE_RANGE = 190.0
"""About the range of the mean baselines of scene S, m: turns slopes into rad."""

EXACT = ("N_opt", "grid_ij", "grid_size", "n_trial_wraps", "Nr_max_nz_ix", "coh_bins", "i_loop", "step_number")
TOLERANCES = {
    "coh_ps": 2e-4,
    "coh_ps_save": 2e-4,
    "K_ps": 3e-4 / BASELINE_RANGE,
    "ph_grid": 1e-3,
    "ph_weight": 1e-3,
    "low_pass": 1e-12,
    "gamma_change_save": 1e-6,
    "Nr": 1.0,
}
ANGLES = {"ph_patch": 1e-3}
PHASES = {"C_ps": 1e-3, "ph_res": 1e-3}
"""What is asked, per field; what is reached is given in the test of what is usual."""

VARIANTS = {
    "nulls": {},
    "snr": {"filter_weighting": "SNR"},
    "others": {
        "clap_alpha": 0.8,
        "clap_beta": 0.5,
        "clap_win": 24,
        "clap_low_pass_wavelength": 500.0,
        "filter_grid_size": 40.0,
        "max_topo_err": 60.0,
        "gamma_max_iterations": 6,
        "gamma_change_convergence": 0.01,
    },
}
"""Parameters with which StaMPS estimated gamma in scene S; what came out stands in tests/data/variants/gamma.npz."""


@pytest.fixture
def patch_s(inputs_s, linked):
    """Give a patch of scene S after StaMPS's own step 1."""
    return linked(inputs_s, INPUTS)


@pytest.fixture(scope="module")
def part_of(inputs_s, tmp_path_factory):
    """Give a function that writes the candidates of scene S within a box (m) as a patch of its own."""

    def cut(width, height, change=None):
        source = StampsStore(inputs_s)
        store = StampsStore(tmp_path_factory.mktemp("part"))
        data = {name: dict(source.read(name)) for name in INPUTS}
        xy = data["ps1"]["xy"][:, 1:]
        inside = ((xy - xy.min(axis=0)) <= [width, height]).all(axis=1)
        for fields in data.values():
            for name, value in fields.items():
                if np.ndim(value) and len(value) == inside.size and name != "sort_ix":
                    fields[name] = value[inside]
        data["ps1"]["n_ps"] = int(inside.sum())
        if change:
            change(data)
        for name, fields in data.items():
            store.write(name, **fields)
        return store

    return cut


def phase_difference(ours, theirs):
    return np.abs(np.angle(np.exp(1j * (ours.astype(float) - theirs))))


def test_step_2_leaves_what_stamps_leaves(patch_s, reference_file, parms_of, context):
    theirs = StampsStore(reference_file("stamps/PATCH_1/pm1.mat").parent).read("pm1")
    step2_gamma.run(patch_s, parms_of("gamma"), context)
    ours = patch_s.read("pm1")
    assert set(ours) == set(theirs) == {*EXACT, *TOLERANCES, *ANGLES, *PHASES}
    for field in theirs:
        assert np.shape(ours[field]) == np.shape(theirs[field]), field
    for field in EXACT:
        np.testing.assert_array_equal(ours[field], theirs[field], err_msg=field)
    for field, tolerance in TOLERANCES.items():
        np.testing.assert_allclose(ours[field], theirs[field], rtol=0, atol=tolerance, err_msg=field)
    for field, tolerance in ANGLES.items():
        assert np.abs(np.angle(ours[field] * np.conj(theirs[field]))).max() < tolerance, field
    for field, tolerance in PHASES.items():
        assert phase_difference(ours[field], theirs[field]).max() < tolerance, field
    assert context.notes == []


def test_nearly_all_candidates_agree_to_single_precision(patch_s, reference_file, parms_of, context):
    theirs = StampsStore(reference_file("stamps/PATCH_1/pm1.mat").parent).read("pm1")
    step2_gamma.run(patch_s, parms_of("gamma"), context)
    ours = patch_s.read("pm1")
    assert np.quantile(np.abs(ours.coh_ps - theirs.coh_ps), 0.99) < 1e-6
    assert np.quantile(np.abs(ours.K_ps - theirs.K_ps), 0.99) * BASELINE_RANGE < 1e-5
    assert np.quantile(phase_difference(ours.ph_res, theirs.ph_res), 0.99) < 1e-5


@pytest.mark.parametrize("variant", VARIANTS)
def test_step_2_agrees_with_stamps_under_other_parameters(variant, patch_s, variants, parms_of, context):
    theirs = variants("gamma")
    if variant == "nulls":
        phase = patch_s.read("ph1").ph.copy()
        phase[theirs["null_candidate"], theirs["null_date"]] = 0
        patch_s.write("ph1", ph=phase)
    step2_gamma.run(patch_s, parms_of("gamma", **VARIANTS[variant]), context)
    ours = patch_s.read("pm1")
    some = slice(None, None, int(theirs["stride"]))
    assert ours.i_loop == theirs[f"{variant}_i_loop"]
    assert ours.n_trial_wraps == theirs[f"{variant}_n_trial_wraps"]
    np.testing.assert_allclose(ours.Nr, theirs[f"{variant}_Nr"], rtol=0, atol=1.0)
    np.testing.assert_allclose(ours.coh_ps[some], theirs[f"{variant}_coh_ps"], rtol=0, atol=2e-4)
    np.testing.assert_allclose(ours.K_ps[some], theirs[f"{variant}_K_ps"], rtol=0, atol=3e-4 / BASELINE_RANGE)


def test_mending_changes_nothing_in_the_regular_case(patch_s, parms_of, context):
    step2_gamma.run(patch_s, parms_of("gamma"), context)
    reproduced = patch_s.file("pm1").read_bytes()
    mending = RunContext(quirks="mend")
    step2_gamma.run(patch_s, parms_of("gamma"), mending)
    assert patch_s.file("pm1").read_bytes() == reproduced
    assert mending.notes == []


def test_lacking_values_are_mended_with_a_note(part_of, parms_of):
    def punch(data):
        data["ph1"]["ph"][[5, 90, 91], [0, 3, 3]] = 0

    store = part_of(1500, 1500, punch)
    mending, reproducing = RunContext(quirks="mend"), RunContext(quirks="reproduce")
    step2_gamma.run(store, parms_of("gamma"), mending)
    assert len(mending.notes) == 1
    assert "3 candidates without a value" in mending.notes[0]
    mended = store.read("pm1")
    assert np.isnan(mended.K_ps).sum() == 3
    assert np.isfinite(mended.ph_grid).all()
    step2_gamma.run(store, parms_of("gamma"), reproducing)
    assert np.isnan(store.read("pm1").ph_grid).any()
    assert reproducing.notes == []


def test_a_small_patch_is_padded_with_a_note(part_of, parms_of):
    store = part_of(1000, 1050)
    context = RunContext(quirks="mend")
    step2_gamma.run(store, parms_of("gamma"), context)
    pm = store.read("pm1")
    assert min(pm.ph_grid.shape[:2]) < 24
    assert pm.coh_ps.max() > 0.9
    assert "padded to the filter's 24" in context.notes[0]


def test_a_small_patch_keeps_most_of_what_it_finds_as_part_of_a_larger_one(part_of, parms_of):
    context = RunContext(quirks="mend")
    small, large = part_of(1050, 1050), part_of(2000, 2000)
    for store in (small, large):
        step2_gamma.run(store, parms_of("gamma"), context)
    coherence = {
        tuple(pixel): value for pixel, value in zip(large.read("ps1").ij[:, 1:], large.read("pm1").coh_ps, strict=True)
    }
    same = np.array([coherence[tuple(pixel)] for pixel in small.read("ps1").ij[:, 1:]])
    assert np.corrcoef(same, small.read("pm1").coh_ps)[0, 1] > 0.9


def test_where_stamps_aborts_reproducing_it_is_refused(part_of, parms_of, context):
    with pytest.raises(DataError, match="too few for the filter's window") as caught:
        step2_gamma.run(part_of(1000, 2000), parms_of("gamma"), context)
    assert 'stamps.quirks = "mend"' in caught.value.message()


def test_where_stamps_finds_nothing_reproducing_finds_nothing(part_of, parms_of, context):
    store = part_of(800, 2000)
    step2_gamma.run(store, parms_of("gamma"), context)
    assert store.read("pm1").coh_ps.max() == 0


@pytest.mark.parametrize(
    "changes",
    [
        {"filter_weighting": "SNR"},
        {"clap_alpha": 0.8, "clap_beta": 0.5},
        {"filter_grid_size": 40.0},
        {"clap_win": 24},
        {"clap_low_pass_wavelength": 500.0},
        {"max_topo_err": 60.0},
        {"gamma_max_iterations": 1},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_every_parameter_matters_and_still_gives_coherences(changes, part_of, parms_of, context):
    store = part_of(1700, 1700)
    step2_gamma.run(store, parms_of("gamma"), context)
    plain = store.read("pm1").coh_ps
    step2_gamma.run(store, parms_of("gamma", **changes), context)
    coherence = store.read("pm1").coh_ps
    assert not np.array_equal(coherence, plain)
    assert ((coherence > 0) & (coherence <= 1)).all()
    assert np.corrcoef(coherence, plain)[0, 1] > 0.8
