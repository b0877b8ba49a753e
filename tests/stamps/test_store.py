"""StampsStore writes and reads exactly what the registry says, in StaMPS's classes and shapes."""

import copy
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import scipy.sparse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from snapstamps.model.errors import DataError
from snapstamps.stamps.artefacts import ARTEFACTS, Field, fields_of
from snapstamps.stamps.store import StampsStore

STORED_CLASS = {"complex": "single", "sparse": "sparse"}


@pytest.fixture
def store(tmp_path):
    return StampsStore(tmp_path)


def lengths_of(field: Field, letters: dict[str, int]) -> tuple[int, ...]:
    return tuple(int(letter) if letter.isdigit() else letters[letter] for letter in field.shape)


def letters_of(artefact: str) -> list[str]:
    return sorted({letter for field in fields_of(artefact) for letter in field.shape if not letter.isdigit()})


def value_of(field: Field, letters: dict[str, int], rng: np.random.Generator):
    """Return a value as an engine would give it: one-dimensional for columns and rows."""
    shape = lengths_of(field, letters)
    if field.shape[:1] == ("1",):
        shape = shape[1:]
    if field.kind in {"char", "any"}:
        return "do" if field.kind == "char" else None
    if field.kind == "sparse":
        return scipy.sparse.random(*shape, density=0.3, random_state=rng, format="csr")
    numbers = rng.normal(size=shape)
    if field.kind == "logical":
        return numbers > 0
    return numbers.astype(np.float32) + (
        1j * rng.normal(size=shape).astype(np.float32) if field.kind == "complex" else 0
    )


def values_of(artefact: str, letters: dict[str, int], seed: int = 1) -> dict:
    rng = np.random.default_rng(seed)
    return {field.name: value_of(field, letters, rng) for field in fields_of(artefact)}


def sizes(artefact: str, length: int = 3) -> dict[str, int]:
    """Return a different length for every letter, so that none can be mistaken for another."""
    return {letter: length + number for number, letter in enumerate(letters_of(artefact))}


@settings(max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_what_is_written_is_read_back(store, data):
    artefact = data.draw(st.sampled_from(sorted(ARTEFACTS)))
    letters = {letter: data.draw(st.integers(0, 4), label=letter) for letter in letters_of(artefact)}
    values = values_of(artefact, letters, data.draw(st.integers(0, 99)))
    store.write(artefact, **values)
    read = store.read(artefact)
    for field in fields_of(artefact):
        value, back = values[field.name], read[field.name]
        if field.kind == "any" or (field.may_be_empty and np.size(value) == 0):
            assert back.size == 0
        elif field.kind == "sparse":
            assert (back != value).nnz == 0
            assert back.shape == value.shape
        elif field.kind == "char":
            assert back == value
        else:
            np.testing.assert_array_equal(back, value)
            assert np.shape(back) == np.shape(value)


@pytest.mark.parametrize("artefact", sorted(ARTEFACTS))
def test_the_file_has_the_classes_and_shapes_that_stamps_stores(store, artefact):
    letters = sizes(artefact)
    store.write(artefact, **values_of(artefact, letters))
    stored = {name: (shape, kind) for name, shape, kind in scipy.io.whosmat(store.file(artefact))}
    for field in fields_of(artefact):
        shape, kind = stored[field.name]
        lengths = lengths_of(field, letters)
        if field.kind == "char":
            assert kind == "char"
        elif field.kind != "any":
            assert kind == STORED_CLASS.get(field.kind, field.kind), field.name
            assert shape == {0: (1, 1), 1: (*lengths, 1)}.get(len(lengths), lengths), field.name


def test_complex_values_stay_complex_on_disk_where_their_imaginary_part_is_zero(store):
    store.write("ph1", ph=np.ones((2, 3)))
    assert store.read("ph1").ph.dtype == np.complex64


def test_columns_and_rows_come_as_vectors_scalars_as_numbers_logicals_as_booleans(store):
    letters = sizes("weed1") | sizes("pm1")
    store.write("weed1", **values_of("weed1", letters))
    store.write("pm1", **values_of("pm1", letters))
    weed, pm = store.read("weed1"), store.read("pm1")
    assert weed.ix_weed.dtype == bool
    assert weed.ix_weed.shape == (letters["n_kept"],)
    assert weed.ifg_index.shape == (letters["n_usedsc"],)
    assert pm.Nr.shape == (100,)
    assert isinstance(pm.grid_size, float)


def test_a_column_vector_may_be_given_as_a_column(store):
    store.write("da1", D_A=np.array([[0.1], [0.2]]))
    np.testing.assert_array_equal(store.read("da1").D_A, [0.1, 0.2])


@pytest.mark.parametrize(
    ("artefact", "change", "message"),
    [
        ("ph1", {"ph": np.ones(3)}, "2 axes"),
        ("da1", {"D_A": np.ones((2, 2))}, "1 is"),
        ("ps1", {"n_ps": [1, 2]}, "one number"),
        ("ps1", {"ll0": [1, 2, 3]}, "2 is 2"),
        ("ps1", {"day": np.ones(99)}, "n_scenes is"),
        ("ps1", {"xy": np.ones((99, 3))}, "n_cand is"),
        ("pm1", {"coh_ps": 1j * np.ones(3)}, "is complex"),
        ("pm1", {"coh_ps": None}, "may not be empty"),
    ],
)
def test_wrong_shapes_and_kinds_are_refused_by_name(store, artefact, change, message):
    values = values_of(artefact, sizes(artefact)) | change
    with pytest.raises(ValueError, match=message) as caught:
        store.write(artefact, **values)
    assert str(caught.value).startswith(f"{artefact}.")
    assert not store.has(artefact)


def test_unknown_and_missing_fields_are_refused(store):
    with pytest.raises(ValueError, match=r"unknown fields \['d_a'\], missing fields \['D_A'\]"):
        store.write("da1", d_a=np.ones(2))


def test_fields_that_may_be_empty_may_be_left_out_and_are_stored_as_stamps_empty(store):
    values = values_of("scla2", sizes("scla2"))
    del values["ph_ramp"]
    store.write("scla2", **values)
    assert ("ph_ramp", (0, 0), "double") in scipy.io.whosmat(store.file("scla2"))
    assert store.read("scla2").ph_ramp.size == 0


def test_optional_fields_that_a_file_lacks_are_absent(store):
    store.write("phuw2", ph_uw=np.ones((2, 3)))
    read = store.read("phuw2")
    assert list(read) == ["ph_uw"]
    with pytest.raises(AttributeError, match="msd"):
        _ = read.msd


def test_a_field_that_the_registry_demands_and_a_file_lacks_is_an_error(store):
    scipy.io.savemat(store.file("pm2"), {"K_ps": np.ones((2, 1))})
    with pytest.raises(DataError, match=r"pm2.mat has no variable ph_patch"):
        store.read("pm2")
    np.testing.assert_array_equal(store.read("pm2", "K_ps").K_ps, [1, 1])


def test_only_the_fields_asked_for_are_read(store):
    store.write("scn2", **values_of("scn2", sizes("scn2")))
    assert list(store.read("scn2", "ph_scn_slave")) == ["ph_scn_slave"]


@pytest.mark.parametrize("kept", [0, 60, 200, -8])
def test_a_truncated_file_is_a_clear_error(store, kept):
    store.write("da1", D_A=np.random.default_rng(1).normal(size=500))
    path = store.file("da1")
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"da1\.mat") as caught:
        store.read("da1")
    assert "Try: " in str(caught.value)


def test_a_missing_file_is_a_clear_error(store):
    with pytest.raises(DataError, match=r"da1\.mat is missing"):
        store.read("da1")


def test_equal_contents_are_equal_bytes(tmp_path):
    files = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        store = StampsStore(tmp_path / name)
        store.write("pm1", **values_of("pm1", sizes("pm1")))
        files.append(store.file("pm1").read_bytes())
    assert files[0] == files[1]


def test_artefacts_are_files_with_a_suffix_and_plain_files_keep_theirs(store):
    assert store.file("ps1").name == "ps1.mat"
    assert store.file("pscands.1.ij").name == "pscands.1.ij"


def test_artefacts_can_be_deleted_whether_they_exist_or_not(store):
    store.write("da1", D_A=np.ones(2))
    store.delete("da1", "ph1")
    assert not store.has("da1")


def test_patches_come_in_the_order_of_the_list_and_know_their_parent(store):
    for name in ("PATCH_1", "PATCH_2"):
        (store.path / name).mkdir()
    (store.path / "patch.list").write_text("PATCH_2\nPATCH_1\n\n")
    assert [patch.path.name for patch in store.patches()] == ["PATCH_2", "PATCH_1"]
    assert store.patches()[0].parent.path == store.path


def test_after_a_merge_the_patches_without_ps_are_still_known(store):
    (store.path / "patch.list_old").write_text("PATCH_1\nPATCH_2\n")
    (store.path / "patch.list").write_text("PATCH_2\n")
    assert store.patch_names() == ["PATCH_1", "PATCH_2"]


def test_a_missing_list_and_a_missing_patch_are_clear_errors(store):
    with pytest.raises(DataError, match=r"patch\.list is missing"):
        store.patches()
    (store.path / "patch.list").write_text("PATCH_1\n")
    with pytest.raises(DataError, match=r"PATCH_1 stands in patch\.list"):
        store.patches()


def test_a_store_shows_its_folder_and_an_artefact_its_fields(store):
    store.write("da1", D_A=np.ones(2))
    assert repr(StampsStore(Path("stamps"))) == "StampsStore('stamps')"
    assert repr(store.read("da1")) == "Artefact(da1: D_A)"


def test_an_artefact_can_be_copied_and_lacks_private_names(store):
    store.write("da1", D_A=np.ones(2))
    np.testing.assert_array_equal(copy.deepcopy(store.read("da1")).D_A, [1, 1])
    assert not hasattr(store.read("da1"), "_unknown")
