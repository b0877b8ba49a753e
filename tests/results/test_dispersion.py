"""D_A, looked up by pixel among the candidates of the patches."""

import shutil

import numpy as np
from results_folder import expected_dispersion

from snapstamps.results.dispersion import amplitude_dispersion
from snapstamps.stamps.store import StampsStore


def lookup(store, *, resampled=False):
    return amplitude_dispersion(store, store.read("ps2").ij, resampled=resampled)


def test_every_ps_finds_its_own_candidate(store):
    result = lookup(store)
    np.testing.assert_allclose(result.values, expected_dispersion(store), rtol=1e-6)
    assert result.note == ""


def test_a_patch_that_is_gone_leaves_its_ps_without(store):
    shutil.rmtree(store.path / "PATCH_1")
    result = lookup(store)
    assert np.isnan(result.values).all()
    assert result.note == "d_a is empty for all PS: the candidates of their patches are not at hand"


def test_without_a_list_of_patches_none_is_known(store):
    (store.path / "patch.list").unlink()
    assert np.isnan(lookup(store).values).all()


def test_ps_of_other_patches_than_those_at_hand_are_counted(store):
    ij = store.read("ps2").ij.copy()
    ij[:7, 2] += 100_000
    result = amplitude_dispersion(store, ij, resampled=False)
    assert np.flatnonzero(np.isnan(result.values)).tolist() == list(range(7))
    assert result.note.startswith("d_a is empty for 7 of 300 PS")


def test_after_resampling_rows_are_no_pixels_any_more(store):
    result = lookup(store, resampled=True)
    assert np.isnan(result.values).all()
    assert "merge_resample_size" in result.note


def test_damaged_lists_are_not_believed(store):
    patch = store.path / "PATCH_1"
    for damage in ("0.3\n0.4\n", "0.3\nx\n", ""):
        (patch / "pscands.1.da").write_text(damage)
        assert np.isnan(lookup(store).values).all()


def test_the_results_of_step_1_say_the_same(reference_file):
    stamps = reference_file("stamps/PATCH_1/da1.mat").parent.parent
    store = StampsStore(stamps)
    ij = store.read("ps2").ij
    from_step_1 = amplitude_dispersion(store, ij, resampled=False).values
    file_order = np.loadtxt(stamps / "PATCH_1" / "pscands.1.da")
    pixels = np.loadtxt(stamps / "PATCH_1" / "pscands.1.ij", dtype=int)[:, 1:]
    known = {tuple(pixel): value for pixel, value in zip(pixels.tolist(), file_order, strict=True)}
    expected = [known[int(line), int(sample)] for line, sample in ij[:, 1:]]
    np.testing.assert_array_equal(from_step_1, expected)


def test_two_patches_serve_all_scatterers(whole_reference):
    store = StampsStore(whole_reference / "S2" / "stamps")
    result = lookup(store)
    assert not np.isnan(result.values).any()
    one_patch = StampsStore(whole_reference / "S" / "stamps")
    pixel_of = {
        tuple(p): d for p, d in zip(one_patch.read("ps2").ij[:, 1:].tolist(), lookup(one_patch).values, strict=True)
    }
    both = [
        (d, pixel_of[tuple(p)])
        for p, d in zip(store.read("ps2").ij[:, 1:].tolist(), result.values, strict=True)
        if tuple(p) in pixel_of
    ]
    assert len(both) > 2000
    np.testing.assert_allclose(*np.array(both).T, atol=2e-6)
