"""MATLAB files: equal contents are equal bytes, classes stay, damage and excess are told."""

import time

import numpy as np
import pytest
import scipy.io
import scipy.sparse

from snapstamps.formats.mat import is_sparse, read_mat, text_of, write_mat
from snapstamps.model.errors import DataError

CONTENT = {
    "n_ps": 3.0,
    "ph": np.array([[1 + 2j, 3 - 4j]], dtype=np.complex64),
    "xy": np.array([[1, 2.5, -3]], dtype=np.float32),
    "day": np.array([737550.0, 737562.0]),
    "keep_ix": np.array([True, False, True]),
    "ij": np.array([[1, 2]], dtype=np.int32),
    "small_baseline_flag": "n",
    "spread": scipy.sparse.csc_matrix(np.eye(3)),
    "inc": np.zeros((0, 0)),
}


def test_equal_contents_are_equal_bytes_at_any_time(tmp_path, monkeypatch):
    write_mat(tmp_path / "a.mat", CONTENT)
    monkeypatch.setattr(time, "asctime", lambda *_: "Thu Jan  1 00:00:00 1970")
    write_mat(tmp_path / "b.mat", CONTENT)
    assert (tmp_path / "a.mat").read_bytes() == (tmp_path / "b.mat").read_bytes()
    assert b"1970" not in (tmp_path / "b.mat").read_bytes()


def test_the_order_of_the_variables_is_the_order_given(tmp_path):
    write_mat(tmp_path / "a.mat", {"b": 1.0, "a": 2.0})
    assert [name for name, *_ in scipy.io.whosmat(tmp_path / "a.mat")] == ["b", "a"]


def test_classes_in_the_file_are_those_of_the_values(tmp_path):
    write_mat(tmp_path / "a.mat", CONTENT)
    classes = {name: kind for name, _, kind in scipy.io.whosmat(tmp_path / "a.mat")}
    assert classes == {
        "n_ps": "double",
        "ph": "single",
        "xy": "single",
        "day": "double",
        "keep_ix": "logical",
        "ij": "int32",
        "small_baseline_flag": "char",
        "spread": "sparse",
        "inc": "double",
    }


def test_values_come_back_two_dimensional_and_exact(tmp_path):
    write_mat(tmp_path / "a.mat", CONTENT)
    read = read_mat(tmp_path / "a.mat")
    assert set(read) == set(CONTENT)
    assert read["n_ps"].tolist() == [[3.0]]
    assert read["day"].shape == (2, 1)
    assert read["ph"].dtype == np.complex64
    np.testing.assert_array_equal(read["ph"], CONTENT["ph"])
    assert read["keep_ix"].ravel().tolist() == [1, 0, 1]
    assert text_of(read["small_baseline_flag"]) == "n"
    assert text_of(read["inc"]) == ""
    assert is_sparse(read["spread"])
    assert not is_sparse(read["xy"])


def test_only_the_variables_asked_for_are_read(tmp_path):
    write_mat(tmp_path / "a.mat", CONTENT)
    assert set(read_mat(tmp_path / "a.mat", ["xy", "absent"])) == {"xy"}


@pytest.mark.parametrize(
    "large",
    [
        np.broadcast_to(np.float32(0), (2**29, 1)),
        np.broadcast_to(np.complex64(0), (2**20, 300)),
    ],
)
def test_a_variable_of_2_gib_is_refused_before_anything_is_written(tmp_path, large):
    target = tmp_path / "ph2.mat"
    target.write_bytes(b"old")
    with pytest.raises(DataError, match=r"ph needs 2\.\d GiB") as caught:
        write_mat(target, {"n_ps": 1.0, "ph": large})
    assert "merge_resample_size" in str(caught.value)
    assert target.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_sparse_matrix_counts_with_its_indices_not_its_shape(tmp_path):
    huge_but_empty = scipy.sparse.csc_matrix((2**30, 3))
    write_mat(tmp_path / "a.mat", {"spread": huge_but_empty})
    assert read_mat(tmp_path / "a.mat")["spread"].shape == (2**30, 3)
    wide = scipy.sparse.coo_matrix((1, 2**29))
    with pytest.raises(DataError, match="spread needs"):
        write_mat(tmp_path / "b.mat", {"spread": wide})


@pytest.mark.parametrize("kept", [0, 1, 100, 127, 130, 200, 400, -1])
def test_a_truncated_file_is_a_data_error(tmp_path, kept):
    path = tmp_path / "ps1.mat"
    write_mat(path, CONTENT)
    path.write_bytes(path.read_bytes()[:kept])
    with pytest.raises(DataError, match=r"ps1\.mat cannot be read"):
        read_mat(path)


@pytest.mark.parametrize("compressed", [False, True])
def test_damaged_bytes_give_a_value_or_a_data_error_and_never_kill_the_process(tmp_path, compressed):
    # scipy alone crashes on several of these
    path = tmp_path / "ps1.mat"
    cells = np.array([[np.eye(2), "text"]], dtype=object)
    scipy.io.savemat(path, {**CONTENT, "cells": cells, "parms": {"lambda": 0.055}}, do_compression=compressed)
    assert read_mat(path)["parms"]["lambda"].item().item() == 0.055
    sound, rng = path.read_bytes(), np.random.default_rng(5)
    n_told = 0
    for _ in range(400):
        damaged = bytearray(sound)
        for place in rng.integers(124, len(sound), 3):
            damaged[place] = rng.integers(256)
        path.write_bytes(damaged)
        try:
            read_mat(path)
        except DataError:
            n_told += 1
    assert n_told > (350 if compressed else 100)


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"velocity,lon,lat\n" * 50, "cannot be read"),
        (b"\x89HDF\r\n\x1a\n".ljust(600, b"\0"), "cannot be read"),
        (b"", "cannot be read"),
    ],
)
def test_files_of_another_kind_are_data_errors_with_a_remedy(tmp_path, content, words):
    (tmp_path / "a.mat").write_bytes(content)
    with pytest.raises(DataError, match=words) as caught:
        read_mat(tmp_path / "a.mat")
    assert caught.value.remedy
    assert caught.value.why


def test_a_file_of_matlab_4_is_refused(tmp_path):
    scipy.io.savemat(tmp_path / "a.mat", {"x": np.eye(2)}, format="4")
    with pytest.raises(DataError, match="does not begin as"):
        read_mat(tmp_path / "a.mat")


@pytest.mark.parametrize("compressed", [False, True])
def test_structures_and_cells_within_one_another_are_read(tmp_path, compressed):
    cells = np.empty((1, 3), dtype=object)
    cells[0, :] = [np.eye(2) * 1j, np.array(["abc", "de"]), np.zeros((0, 0))]
    content = {"parms": {"list": cells, "deep": {"er": scipy.sparse.csc_matrix(np.eye(4))}}}
    scipy.io.savemat(tmp_path / "a.mat", content, do_compression=compressed)
    parms = read_mat(tmp_path / "a.mat")["parms"]
    np.testing.assert_array_equal(parms["list"][0, 0][0, 0], np.eye(2) * 1j)
    assert parms["deep"][0, 0]["er"][0, 0].shape == (4, 4)


def test_a_missing_file_is_a_data_error(tmp_path):
    with pytest.raises(DataError, match=r"rc2\.mat is missing"):
        read_mat(tmp_path / "rc2.mat")
