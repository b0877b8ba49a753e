"""Step 5, merge, against StaMPS's own results, and on small sets of patches."""

import numpy as np
import pytest

from snapstamps.engines.base import RunContext
from snapstamps.engines.native import step5_merge
from snapstamps.model.errors import DataError
from snapstamps.stamps import limits
from snapstamps.stamps.empty import mark_empty
from snapstamps.stamps.store import StampsStore

MERGED = ("ps2", "ph2", "rc2", "pm2", "bp2", "la2", "hgt2")
OUTPUTS = (*MERGED, "inc2", "ifgstd2", "psver")
N_DATES, MASTER = 6, 2
DAY = 737000.0 + 12 * np.arange(N_DATES)


@pytest.fixture
def merging(linked):
    """Give a function that makes a working folder whose patches are linked to those of another."""

    def make(stamps):
        parent = linked(stamps, ())
        names = StampsStore(stamps).patch_names()
        parent.file("patch.list").write_text("".join(f"{name}\n" for name in names))
        for name in names:
            linked(stamps / name, (*MERGED, "patch_noover.in", "no_ps_info"), f"stamps/{name}")
        return parent

    return make


def assert_as_stamps(ours, theirs):
    for artefact in (*MERGED, "inc2"):
        for field, value in theirs.read(artefact).items():
            if field == "ph_rc":
                np.testing.assert_allclose(ours.read(artefact).ph_rc, value, atol=4e-7)
            else:
                np.testing.assert_array_equal(ours.read(artefact)[field], value, err_msg=f"{artefact}.{field}")
    np.testing.assert_allclose(ours.read("ifgstd2").ifg_std, theirs.read("ifgstd2").ifg_std, atol=1e-3)


def test_one_patch_is_merged_as_stamps_merges_it(reference_s, merging, parms_of, context):
    store = merging(reference_s / "stamps")
    step5_merge.run(store, parms_of("merge"), context)
    assert_as_stamps(store, StampsStore(reference_s / "stamps"))
    assert store.read("psver").psver == 2


def test_two_patches_are_merged_as_stamps_merges_them(whole_reference, merging, parms_of, context):
    stamps = whole_reference / "S2" / "stamps"
    store = merging(stamps)
    step5_merge.run(store, parms_of("merge"), context)
    assert_as_stamps(store, StampsStore(stamps))


def test_resampling_agrees_with_stamps(reference_s, merging, variants, parms_of, context):
    store = merging(reference_s / "stamps")
    step5_merge.run(store, parms_of("merge", merge_resample_size=100, merge_standard_dev=0.5), context)
    expected, pm, pixels = variants("merge"), store.read("pm2"), store.read("ps2").ij[:, 1:].astype(int)
    assert len(pixels) == len(expected["pixels"])
    # single-precision weights leave the order of a few neighbours open, in StaMPS and here
    ours, theirs = (np.lexsort(list_of.T) for list_of in (pixels, expected["pixels"]))
    np.testing.assert_array_equal(pixels[ours], expected["pixels"][theirs])
    np.testing.assert_allclose(pm.K_ps[ours], expected["K_ps"][theirs], atol=1e-8)
    np.testing.assert_allclose(pm.coh_ps[ours], expected["coh_ps"][theirs], atol=1e-6)
    np.testing.assert_allclose(pm.ph_res.sum(axis=1)[ours], expected["ph_res_sum"][theirs], atol=5e-3)
    np.testing.assert_allclose(store.read("ifgstd2").ifg_std, expected["ifg_std"], atol=1e-3)
    assert not store.has("phuw2")


def write_patch(parent, name, pixels, *, box, coherence=0.8, mark=0.0, bperp=0.0):
    """Write a patch after step 5, correct; ``mark`` is put into the height, to tell the patches apart."""
    store = StampsStore(parent.path / name)
    store.path.mkdir(parents=True)
    pixels = np.asarray(pixels).reshape(-1, 2)
    n = len(pixels)
    rng = np.random.default_rng(11)
    store.file("patch_noover.in").write_text("".join(f"{value}\n" for value in box))
    number = np.arange(1, n + 1)
    store.write(
        "ps2",
        ij=np.column_stack([number, pixels]),
        # about 14 m per line northwards, 4 m per sample eastwards, in single precision as step 1 has them
        lonlat=([105.8, 21.6] + pixels[:, ::-1] * [4e-5, 1.3e-4]).astype(np.float32),
        xy=np.column_stack([number, pixels[:, 1] * 4.0, pixels[:, 0] * 14.0]),
        bperp=np.where(np.arange(N_DATES) == MASTER, 0, 50.0 + bperp),
        day=DAY,
        master_day=DAY[MASTER],
        master_ix=MASTER + 1,
        n_ifg=N_DATES,
        n_image=N_DATES,
        n_ps=n,
        ll0=[0.0, 0.0],
        mean_incidence=0.6 + bperp / 100,
        mean_range=8e5,
    )
    unit = np.exp(1j * rng.uniform(-3, 3, (n, N_DATES)))
    slaves = np.delete(np.arange(N_DATES), MASTER)
    store.write("ph2", ph=7 * unit)
    store.write("rc2", ph_rc=7 * unit, ph_reref=unit)
    store.write(
        "pm2",
        ph_patch=unit[:, slaves],
        K_ps=np.zeros(n),
        C_ps=np.zeros(n),
        coh_ps=np.broadcast_to(coherence, n),
        ph_res=np.zeros((n, N_DATES - 1)),
    )
    store.write("bp2", bperp_mat=np.full((n, N_DATES - 1), 50.0))
    store.write("la2", la=np.full(n, 0.6))
    store.write("hgt2", hgt=np.full(n, mark) + number / 1000)
    return store


LEFT_BOX, RIGHT_BOX = (1, 10, 1, 20), (11, 20, 1, 20)
"""First and last sample, first and last line, from 1."""

SHARED = [[3, 8], [5, 9], [7, 12], [9, 11]]
LEFT_ONLY, RIGHT_ONLY = [[2, 2], [6, 13]], [[4, 17], [8, 7]]


@pytest.fixture
def parent(tmp_path):
    store = StampsStore(tmp_path / "stamps")
    store.path.mkdir()
    return store


def two_patches(parent, *, order=("PATCH_1", "PATCH_2")):
    write_patch(parent, "PATCH_1", LEFT_ONLY + SHARED, box=LEFT_BOX, mark=100.0)
    write_patch(parent, "PATCH_2", SHARED + RIGHT_ONLY, box=RIGHT_BOX, mark=200.0, bperp=6.0)
    parent.file("patch.list").write_text("".join(f"{name}\n" for name in order))


def merged_pixels(store):
    return sorted(map(tuple, store.read("ps2").ij[:, 1:].astype(int).tolist()))


@pytest.mark.parametrize("quirks", ["mend", "reproduce"])
def test_a_pixel_that_any_patch_selected_survives_exactly_once(quirks, parent, parms_of):
    two_patches(parent)
    step5_merge.run(parent, parms_of("merge"), RunContext(quirks=quirks))
    assert merged_pixels(parent) == sorted(map(tuple, LEFT_ONLY + SHARED + RIGHT_ONLY))


def test_the_values_of_a_pixel_are_those_of_the_patch_that_owns_it(parent, parms_of, context):
    two_patches(parent)
    step5_merge.run(parent, parms_of("merge"), context)
    samples, height = parent.read("ps2").ij[:, 2], parent.read("hgt2").hgt
    only_left = [tuple(p) in map(tuple, LEFT_ONLY) for p in parent.read("ps2").ij[:, 1:]]
    only_right = [tuple(p) in map(tuple, RIGHT_ONLY) for p in parent.read("ps2").ij[:, 1:]]
    from_left = ((samples < 10) | only_left) & ~np.array(only_right)
    np.testing.assert_array_equal(height < 200, from_left)


def test_with_mended_quirks_the_order_of_the_patches_does_not_matter(tmp_path, parms_of):
    results = []
    for at, order in enumerate([("PATCH_1", "PATCH_2"), ("PATCH_2", "PATCH_1")]):
        parent = StampsStore(tmp_path / f"stamps{at}")
        parent.path.mkdir()
        two_patches(parent, order=order)
        step5_merge.run(parent, parms_of("merge"), RunContext())
        results.append({name: parent.read(name) for name in (*MERGED, "ifgstd2")})
    for name, first in results[0].items():
        for field, value in first.items():
            np.testing.assert_allclose(results[1][name][field], value, rtol=1e-12, err_msg=f"{name}.{field}")


def test_a_merged_row_is_one_scatterer_in_all_artefacts(parent, parms_of, context):
    two_patches(parent)
    step5_merge.run(parent, parms_of("merge"), context)
    rc, ph, pm = parent.read("rc2"), parent.read("ph2").ph, parent.read("pm2")
    slaves = np.delete(np.arange(N_DATES), MASTER)
    np.testing.assert_allclose(rc.ph_rc, ph / 7, atol=1e-6)
    np.testing.assert_allclose(rc.ph_reref, ph / 7, atol=1e-6)
    np.testing.assert_allclose(pm.ph_patch, ph[:, slaves] / 7, atol=1e-6)
    xy = parent.read("ps2").xy
    np.testing.assert_array_equal(xy[:, 0], np.arange(1, 9))
    assert np.all(np.diff(xy[:, 2]) >= 0)


def test_numbers_of_the_whole_scene_are_of_all_patches_or_as_stamps_of_the_last(parent, parms_of):
    two_patches(parent)
    step5_merge.run(parent, parms_of("merge"), RunContext(quirks="reproduce"))
    last = parent.read("ps2")
    assert last.bperp.tolist() == [56, 56, 0, 56, 56, 56]
    assert last.ll0.tolist() == [0, 0]
    mending = RunContext()
    step5_merge.run(parent, parms_of("merge"), mending)
    whole = parent.read("ps2")
    assert whole.bperp.tolist() == [53, 53, 0, 53, 53, 53]  # four scatterers of each
    assert whole.mean_incidence == pytest.approx(0.63)
    np.testing.assert_allclose(whole.ll0, (whole.lonlat.max(axis=0) + whole.lonlat.min(axis=0)) / 2)
    assert any("not of the last patch" in note for note in mending.notes)


def test_of_two_pixels_at_one_position_the_more_coherent_one_is_taken(parent, parms_of, context):
    two_patches(parent)
    right = StampsStore(parent.path / "PATCH_2")
    ps = right.read("ps2")
    lonlat = ps.lonlat.copy()
    lonlat[-1] = StampsStore(parent.path / "PATCH_1").read("ps2").lonlat[0]
    right.write("ps2", **{**ps, "lonlat": lonlat})
    pm = right.read("pm2")
    right.write("pm2", **{**pm, "coh_ps": np.full(6, 0.9)})
    step5_merge.run(parent, parms_of("merge"), context)
    assert tuple(RIGHT_ONLY[-1]) in merged_pixels(parent)
    assert tuple(LEFT_ONLY[0]) not in merged_pixels(parent)


def test_a_patch_without_scatterers_is_left_out_of_the_list_and_remembered(parent, parms_of, context):
    two_patches(parent)
    mark_empty(StampsStore(parent.path / "PATCH_1"), 3)
    step5_merge.run(parent, parms_of("merge"), context)
    assert merged_pixels(parent) == sorted(map(tuple, SHARED + RIGHT_ONLY))
    assert parent.file("patch.list").read_text() == "PATCH_2\n"
    assert parent.file("patch.list_old").read_text() == "PATCH_1\nPATCH_2\n"


def test_a_patch_that_has_scatterers_again_comes_back(parent, parms_of, context):
    two_patches(parent)
    left = StampsStore(parent.path / "PATCH_1")
    mark_empty(left, 3)
    step5_merge.run(parent, parms_of("merge"), context)
    left.delete("no_ps_info")
    step5_merge.run(parent, parms_of("merge"), context)
    assert len(merged_pixels(parent)) == 8
    assert parent.file("patch.list").read_text() == "PATCH_1\nPATCH_2\n"


def test_no_scatterers_in_any_patch_end_with_what_to_change(parent, parms_of, context):
    two_patches(parent)
    mark_empty(StampsStore(parent.path / "PATCH_1"), 4)
    mark_empty(StampsStore(parent.path / "PATCH_2"), 3)
    with pytest.raises(DataError, match="no patch has scatterers left") as error:
        step5_merge.run(parent, parms_of("merge"), context)
    assert "PATCH_1: none after step 4\nPATCH_2: none after step 3" in error.value.why
    assert "amplitude_dispersion" in error.value.remedy
    assert parent.file("patch.list").read_text() == "PATCH_1\nPATCH_2\n"


def test_the_placeholder_of_stamps_is_written_only_to_reproduce_it(parent, parms_of):
    two_patches(parent)
    step5_merge.run(parent, parms_of("merge"), RunContext(quirks="reproduce"))
    assert parent.read("phuw2").ph_uw.shape == (8, N_DATES)
    assert not parent.read("phuw2").ph_uw.any()
    step5_merge.run(parent, parms_of("merge"), RunContext())
    assert not parent.has("phuw2")


def test_patches_with_different_dates_do_not_fit(parent, parms_of, context):
    two_patches(parent)
    right = StampsStore(parent.path / "PATCH_2")
    right.write("ps2", **{**right.read("ps2"), "day": DAY + 1})
    with pytest.raises(DataError, match="PATCH_2 has other dates than PATCH_1"):
        step5_merge.run(parent, parms_of("merge"), context)


def test_without_a_heading_nothing_is_merged(parent, parms_of, context):
    two_patches(parent)
    with pytest.raises(DataError, match="heading"):
        step5_merge.run(parent, parms_of("merge", heading=np.nan), context)


def test_what_no_file_can_hold_stops_before_the_work(parent, parms_of, context, monkeypatch):
    two_patches(parent)
    monkeypatch.setattr(limits, "MAX_VARIABLE_BYTES", 8 * N_DATES * 8 - 1)
    with pytest.raises(DataError, match="merge_resample_size"):
        step5_merge.run(parent, parms_of("merge"), context)
    assert not parent.has("ps2")


@pytest.mark.parametrize("text", ["1\n2\n3\n", "a b c d"])
def test_a_damaged_patch_file_is_named(text, parent, parms_of, context):
    two_patches(parent)
    StampsStore(parent.path / "PATCH_1").file("patch_noover.in").write_text(text)
    with pytest.raises(DataError, match=r"patch_noover\.in does not hold four whole numbers"):
        step5_merge.run(parent, parms_of("merge"), context)


def test_a_missing_patch_file_is_named(parent, parms_of, context):
    two_patches(parent)
    StampsStore(parent.path / "PATCH_1").file("patch_noover.in").unlink()
    with pytest.raises(DataError, match=r"patch_noover\.in is missing"):
        step5_merge.run(parent, parms_of("merge"), context)


@pytest.mark.parametrize("quirks", ["mend", "reproduce"])
def test_resampling_leaves_one_scatterer_per_cell_of_what_a_patch_owns(quirks, parent, parms_of):
    two_patches(parent)
    step5_merge.run(parent, parms_of("merge", merge_resample_size=1e5), RunContext(quirks=quirks))
    ps, height = parent.read("ps2"), parent.read("hgt2").hgt
    assert ps.n_ps == 2
    # each patch takes the mean of its own: [2 2] [3 8] [5 9] and [7 12] [9 11] [4 17]
    assert merged_pixels(parent) == [(3, 6), (7, 13)]
    np.testing.assert_allclose(sorted(height), [100 + 0.008 / 3, 200 + 0.012 / 3], rtol=1e-6)
    np.testing.assert_allclose(np.abs(parent.read("rc2").ph_rc), 1, rtol=1e-5)


def test_mended_resampling_averages_residual_phases(parent, parms_of):
    two_patches(parent)
    for name in ("PATCH_1", "PATCH_2"):
        patch = StampsStore(parent.path / name)
        pm = patch.read("pm2")
        patch.write("pm2", **{**pm, "ph_res": np.full_like(pm.ph_res, 0.25)})
    step5_merge.run(parent, parms_of("merge", merge_resample_size=1e5), RunContext())
    np.testing.assert_allclose(parent.read("pm2").ph_res, 0.25, rtol=1e-6)
    step5_merge.run(parent, parms_of("merge", merge_resample_size=1e5), RunContext(quirks="reproduce"))
    assert (parent.read("pm2").ph_res > 0.5).all()  # the sum of three with their weights


def test_cells_that_are_all_too_noisy_end_with_what_to_change(parent, parms_of, context):
    two_patches(parent)
    with pytest.raises(DataError, match="merge_standard_dev"):
        step5_merge.run(parent, parms_of("merge", merge_resample_size=50, merge_standard_dev=1e-3), context)


def test_running_it_again_gives_the_same_bytes(parent, parms_of, context):
    two_patches(parent)
    step5_merge.run(parent, parms_of("merge"), context)
    first = {name: parent.file(name).read_bytes() for name in OUTPUTS}
    step5_merge.run(parent, parms_of("merge"), context)
    assert {name: parent.file(name).read_bytes() for name in OUTPUTS} == first
