"""snaphu: found, fed as StaMPS feeds it, and never believed without its result."""

import importlib.util
import os
import sys
from pathlib import Path

import numpy as np
import pytest
from unwrap_scenes import problem_of, rough_problem

from snapstamps.external import snaphu
from snapstamps.external.snaphu import find_snaphu, snaphu_version, unwrap_by_snaphu, write_snaphu_input
from snapstamps.kernels.unwrap_cost import ArcCosts, GridProblem
from snapstamps.model.errors import ToolError

Y, X = np.mgrid[:12, :15].astype(float)


@pytest.fixture
def executable():
    found = find_snaphu()
    if found is None:
        pytest.skip("needs snaphu")
    return found


def program(folder: Path, code: str) -> Path:
    """An executable of the name snaphu that does what the code says."""
    folder.mkdir(exist_ok=True)
    path = folder / "snaphu"
    path.write_text(f"#!{sys.executable}\n{code}\n")
    path.chmod(0o755)
    return path


def test_the_one_on_path_is_taken_first(tmp_path, monkeypatch):
    mine = program(tmp_path / "bin", "")
    monkeypatch.setenv("PATH", f"{mine.parent}{os.pathsep}{os.environ['PATH']}")
    assert find_snaphu() == mine


def test_without_one_on_path_that_of_the_python_package_is_taken(tmp_path, monkeypatch):
    package = tmp_path / "snaphu"
    package.mkdir()
    (package / "__init__.py").touch()
    inside = program(package, "")
    monkeypatch.setenv("PATH", str(tmp_path / "nothing"))
    spec = importlib.util.spec_from_file_location("snaphu", package / "__init__.py")
    monkeypatch.setattr(snaphu.importlib.util, "find_spec", lambda _name: spec)
    assert find_snaphu() == inside
    inside.chmod(0o644)
    assert find_snaphu() is None


def test_without_both_there_is_none(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(snaphu.importlib.util, "find_spec", lambda _name: None)
    assert find_snaphu() is None


def test_it_tells_its_version(executable, tmp_path):
    assert snaphu_version(executable, tmp_path)[0] == "2"
    assert list(tmp_path.iterdir()) == []


def test_a_program_that_tells_no_version_has_none(tmp_path):
    assert snaphu_version(program(tmp_path / "bin", "print('hello')"), tmp_path) is None


@pytest.mark.parametrize(
    "surface",
    [1.1 * X - 0.7 * Y + 0.3, 20 * np.exp(-((X - 7) ** 2 + (Y - 6) ** 2) / 20)],
    ids=["plane", "bowl"],
)
def test_a_surface_without_noise_unwraps_to_itself(surface, executable, tmp_path):
    result = unwrap_by_snaphu(problem_of(surface), executable=executable, folder=tmp_path)
    assert result.dtype == np.float32
    np.testing.assert_allclose(result, surface - 2 * np.pi * np.floor(surface[0, 0] / (2 * np.pi)), atol=1e-4)


def test_the_result_is_congruent_with_the_input(executable, tmp_path):
    problem = rough_problem(2)
    result = unwrap_by_snaphu(problem, executable=executable, folder=tmp_path)
    np.testing.assert_allclose(np.exp(1j * result), problem.wrapped / np.abs(problem.wrapped), atol=2e-5)


def test_its_files_hold_what_stamps_would_write(tmp_path):
    def costs(offset, variance, known):
        shape = np.shape(offset)
        return ArcCosts(np.int16(offset), np.int16(variance), np.array(known), np.ones(shape, bool))

    wrapped = np.array([[1, 1j, -1], [2, 2j, -2]], dtype=np.complex64)
    vertical = costs([[7, 0, -3]], [[4, 1, 9]], [[True, False, True]])
    horizontal = costs([[5, 0], [0, -6]], [[1, 2], [3, 4]], [[True, True], [False, True]])
    write_snaphu_input(GridProblem(wrapped, vertical, horizontal), tmp_path)
    np.testing.assert_array_equal(np.fromfile(tmp_path / "snaphu.in", "<c8").reshape(2, 3), wrapped)
    assert np.fromfile(tmp_path / "snaphu.costinfile", "<i2").reshape(-1, 4).tolist() == [
        [-7, 4, 32000, -32000],
        [0, 1, 32000, 1],
        [3, 9, 32000, -32000],
        [5, 1, 32000, -32000],
        [0, 2, 32000, -32000],
        [0, 3, 32000, 1],
        [-6, 4, 32000, -32000],
    ]
    settings = dict(line.split() for line in (tmp_path / "snaphu.conf").read_text().splitlines())
    assert settings["STATCOSTMODE"] == "DEFO"
    assert settings["OUTFILE"] == "snaphu.out"


def run_fake(tmp_path, code, problem=None):
    fake = program(tmp_path / "bin", code)
    return unwrap_by_snaphu(problem or problem_of(X), executable=fake, folder=tmp_path)


def test_a_failure_carries_its_status_and_last_words(tmp_path):
    with pytest.raises(ToolError, match=r"(?s)exit status 1.*Out of memory") as caught:
        run_fake(tmp_path, "print('Out of memory'); raise SystemExit(1)")
    assert "ran out of memory" in caught.value.why
    assert "unwrap_grid_size" in caught.value.remedy


def test_a_killed_snaphu_is_told_as_such(tmp_path):
    with pytest.raises(ToolError, match="signal 9"):
        run_fake(tmp_path, "import os, signal; os.kill(os.getpid(), signal.SIGKILL)")


def test_an_older_result_is_never_taken_for_a_new_one(tmp_path):
    np.zeros(X.shape, dtype="<f4").tofile(tmp_path / "snaphu.out")
    with pytest.raises(ToolError, match=r"left no snaphu\.out"):
        run_fake(tmp_path, "print('done')")


@pytest.mark.parametrize("values", ["[0.0] * 3", f"[float('nan')] * {X.size}"], ids=["too few numbers", "not a number"])
def test_a_damaged_result_is_refused(values, tmp_path):
    code = f"import array; array.array('f', {values}).tofile(open('snaphu.out', 'wb'))"
    with pytest.raises(ToolError, match="damaged"):
        run_fake(tmp_path, code)
