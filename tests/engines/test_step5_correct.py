"""Step 5, correct, against StaMPS's own result and on small patches."""

import numpy as np
import pytest

from snapstamps.engines.native import step5_correct
from snapstamps.model.errors import DataError
from snapstamps.stamps.empty import empty_since, mark_empty
from snapstamps.stamps.store import StampsStore

INPUTS = ("ps2", "ph2", "pm2", "bp2")


@pytest.fixture
def patch_s(reference_s, linked):
    """Give a patch of scene S after StaMPS's own step 4."""
    return linked(reference_s / "stamps" / "PATCH_1", INPUTS, "stamps/PATCH_1")


def test_step_5_leaves_what_stamps_leaves(patch_s, reference_s, parms_of, context):
    step5_correct.run(patch_s, parms_of("correct"), context)
    ours = patch_s.read("rc2")
    theirs = StampsStore(reference_s / "stamps" / "PATCH_1").read("rc2")
    np.testing.assert_allclose(ours.ph_rc / np.abs(theirs.ph_rc), theirs.ph_rc / np.abs(theirs.ph_rc), atol=4e-7)
    np.testing.assert_array_equal(ours.ph_reref, theirs.ph_reref)


def test_the_master_is_turned_by_its_noise_alone(patch_s, parms_of, context):
    step5_correct.run(patch_s, parms_of("correct"), context)
    master = int(patch_s.read("ps2").master_ix) - 1
    rc = patch_s.read("rc2")
    np.testing.assert_allclose(rc.ph_rc[:, master], np.exp(-1j * patch_s.read("pm2").C_ps), atol=1e-6)
    assert (rc.ph_reref[:, master] == 1).all()


def test_the_corrected_phase_is_nearer_to_the_surroundings(patch_s, parms_of, context):
    step5_correct.run(patch_s, parms_of("correct"), context)
    rc, raw = patch_s.read("rc2"), patch_s.read("ph2").ph
    slaves = np.arange(raw.shape[1]) != int(patch_s.read("ps2").master_ix) - 1

    def spread(phase):
        return np.angle(phase * np.conj(rc.ph_reref))[:, slaves].std()

    assert spread(rc.ph_rc) < 0.8 * spread(raw)


def test_a_patch_that_is_empty_already_is_passed_over(tmp_path, parms_of, context):
    store = StampsStore(tmp_path)
    mark_empty(store, 4)
    step5_correct.run(store, parms_of("correct"), context)
    assert store.read("no_ps_info").stamps_step_no_ps.tolist() == [0, 0, 0, 1, 1]
    assert not store.has("rc2")


def test_a_mark_that_it_left_before_is_forgotten(patch_s, parms_of, context):
    mark_empty(patch_s, 5)
    step5_correct.run(patch_s, parms_of("correct"), context)
    assert empty_since(patch_s) is None


def test_a_missing_artefact_is_named(tmp_path, parms_of, context):
    with pytest.raises(DataError, match=r"ps2\.mat is missing"):
        step5_correct.run(StampsStore(tmp_path), parms_of("correct"), context)
