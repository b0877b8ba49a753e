"""Our programs in the place of triangle and snaphu: they read and write the files that StaMPS writes and reads."""

import os
import subprocess
import tempfile
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from unwrap_scenes import problem_of, rough_problem

from snapstamps.external import stand_in_folder
from snapstamps.external.mcf import unwrap_by_flow
from snapstamps.external.snaphu import write_snaphu_input
from snapstamps.external.stand_in_folder import stamps_programs
from snapstamps.external.standins import snaphu, triangle
from snapstamps.kernels.triangulation import delaunay_edges
from snapstamps.model.errors import ToolError


def write_nodes(folder: Path, points: np.ndarray, *, first: int = 1) -> Path:
    path = folder / "scla.1.node"
    rows = [f"{number} {x:f} {y:f}" for number, (x, y) in enumerate(points.tolist(), first)]
    path.write_text("\n".join([f"{len(points)} 2 0 0", *rows]) + "\n")
    return path


def read_table(path: Path) -> tuple[list[int], np.ndarray]:
    lines = path.read_text().splitlines()
    return [int(word) for word in lines[0].split()], np.array([line.split() for line in lines[1:]], dtype=float)


def scattered(n: int = 300) -> np.ndarray:
    return np.round(np.random.default_rng(4).uniform(-5000, 5000, (n, 2)), 3)


class TestTriangle:
    def test_its_edges_are_those_of_the_delaunay_triangulation(self, tmp_path):
        points = scattered()
        assert triangle.main(["-e", str(write_nodes(tmp_path, points))]) == 0
        header, edges = read_table(tmp_path / "scla.2.edge")
        assert header == [len(edges), 1]
        assert edges[:, 0].tolist() == list(range(1, len(edges) + 1))
        assert sorted(map(tuple, edges[:, 1:3].astype(int) - 1)) == list(map(tuple, delaunay_edges(points)))

    def test_triangles_turn_left_and_cover_the_hull_once(self, tmp_path):
        points = scattered(60)
        triangle.main(["-e", str(write_nodes(tmp_path, points))])
        header, corners = read_table(tmp_path / "scla.2.ele")
        assert header == [len(corners), 3, 0]
        a, b, c = (points[corners[:, k].astype(int) - 1] for k in (1, 2, 3))
        areas = ((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) / 2
        assert (areas > 0).all()
        _, edges = read_table(tmp_path / "scla.2.edge")
        rim = edges[edges[:, 3] == 1, 1:3].astype(int) - 1
        assert np.bincount(rim.ravel()).max() == 2  # a closed ring
        # Euler's formula for a triangulated disc.
        assert len(points) - len(edges) + len(corners) == 1

    def test_points_are_repeated_with_a_mark_on_the_rim(self, tmp_path):
        points = np.array([[0.0, 0], [4, 0], [4, 4], [0, 4], [1.25, 2.5]])
        triangle.main(["-e", str(write_nodes(tmp_path, points))])
        header, nodes = read_table(tmp_path / "scla.2.node")
        assert header == [5, 2, 0, 1]
        assert nodes[:, 1:3].tolist() == points.tolist()
        assert nodes[:, 3].tolist() == [1, 1, 1, 1, 0]

    def test_a_numbering_from_zero_is_kept(self, tmp_path):
        triangle.main(["-e", str(write_nodes(tmp_path, np.array([[0.0, 0], [1, 0], [0, 1]]), first=0))])
        _, edges = read_table(tmp_path / "scla.2.edge")
        assert edges.tolist() == [[0, 0, 1, 1], [1, 0, 2, 1], [2, 1, 2, 1]]

    def test_a_point_that_coincides_with_another_has_no_edge(self, tmp_path):
        points = np.array([[0.0, 0], [4, 0], [0, 4], [4, 0]])
        assert triangle.main(["-e", str(write_nodes(tmp_path, points))]) == 0
        _, edges = read_table(tmp_path / "scla.2.edge")
        assert len(edges) == 3

    @pytest.mark.parametrize("points", [[[0.0, 0], [1, 1]], [[0.0, 0], [1, 1], [2, 2], [3, 3]]])
    def test_points_on_a_line_are_refused_as_triangle_does(self, tmp_path, capsys, points):
        assert triangle.main(["-e", str(write_nodes(tmp_path, np.array(points)))]) == 1
        assert "triangle: " in capsys.readouterr().err
        assert not list(tmp_path.glob("*.2.*"))

    @pytest.mark.parametrize(
        "content", ["", "3 2 0 0\n1 0 0\n", "1 2 0 0\n1 5\n", "3 3 0 0\n1 0 0 0\n", "two\n", "1 2 0 0\n1 x 0\n"]
    )
    def test_damaged_files_are_refused_with_their_name(self, tmp_path, capsys, content):
        path = tmp_path / "scla.1.node"
        path.write_text(content)
        assert triangle.main(["-e", str(path)]) == 1
        assert "scla.1.node" in capsys.readouterr().err

    @pytest.mark.parametrize("words", [[], ["-e"], ["-pq", "a.node"], ["-e", "a.1.node", "b.1.node"]])
    def test_what_stamps_never_asks_is_refused(self, capsys, words):
        assert triangle.main(words) == 1
        assert "triangle -e" in capsys.readouterr().err

    @settings(max_examples=25)
    @given(st.lists(st.tuples(st.integers(-50, 50), st.integers(-50, 50)), min_size=3, max_size=40, unique=True))
    def test_integer_points_are_triangulated_wherever_they_do_not_lie_on_a_line(self, points):
        xy = np.array(points, dtype=float)
        collinear = np.linalg.matrix_rank(xy - xy[0]) < 2
        if collinear:
            with pytest.raises(ValueError, match="on one line"):
                triangle.triangles(xy)
        else:
            corners = triangle.triangles(xy)
            assert set(corners.ravel()) == set(range(len(xy)))


class TestSnaphu:
    def test_it_solves_stamps_own_files(self, tmp_path):
        problem = rough_problem(3)
        write_snaphu_input(problem, tmp_path)
        assert snaphu.main(["-d", "-f", str(tmp_path / "snaphu.conf"), "23"]) == 0
        solved = np.fromfile(tmp_path / "snaphu.out", dtype="<f4").reshape(18, 23)
        assert np.array_equal(solved, unwrap_by_flow(problem))

    def test_the_problem_survives_the_way_through_the_files(self, tmp_path):
        problem = rough_problem(5, unknown_share=0.2)
        write_snaphu_input(problem, tmp_path)
        files = snaphu.read_configuration(tmp_path / "snaphu.conf")
        again = snaphu.read_problem(files, n_columns=23)
        assert np.array_equal(again.wrapped, problem.wrapped)
        for mine, read in ((problem.vertical, again.vertical), (problem.horizontal, again.horizontal)):
            for name in ("offset", "variance", "has_statistics", "joins_nodes"):
                assert np.array_equal(getattr(mine, name), getattr(read, name)), name

    def test_cells_of_one_node_are_known_by_their_equal_values(self, tmp_path):
        phase = np.zeros((4, 4))
        phase[:, 2:] = 1.0
        write_snaphu_input(problem_of(phase, variance=[np.ones((3, 4)), np.ones((4, 3))]), tmp_path)
        again = snaphu.read_problem(snaphu.read_configuration(tmp_path / "snaphu.conf"), n_columns=4)
        assert not again.vertical.joins_nodes.any()
        assert again.horizontal.joins_nodes.tolist() == [[False, True, False]] * 4

    def test_files_that_do_not_fit_are_refused_and_nothing_is_written(self, tmp_path, capsys):
        write_snaphu_input(rough_problem(1), tmp_path)
        costs = tmp_path / "snaphu.costinfile"
        costs.write_bytes(costs.read_bytes()[:-8])
        assert snaphu.main(["-d", "-f", str(tmp_path / "snaphu.conf"), "23"]) == 1
        assert snaphu.main(["-d", "-f", str(tmp_path / "snaphu.conf"), "22"]) == 1
        assert "do not make rows of 22" in capsys.readouterr().err
        assert not (tmp_path / "snaphu.out").exists()

    @pytest.mark.parametrize("line", ["INFILE  snaphu.in\n", "INFILEFORMAT  COMPLEX_DATA\n"])
    def test_a_configuration_that_lacks_something_is_refused(self, tmp_path, capsys, line):
        write_snaphu_input(rough_problem(1), tmp_path)
        conf = tmp_path / "snaphu.conf"
        conf.write_text(conf.read_text().replace(line, ""))
        assert snaphu.main(["-d", "-f", str(conf), "23"]) == 1
        assert line.split()[0] in capsys.readouterr().err

    def test_what_stamps_never_asks_is_refused(self, capsys):
        assert snaphu.main(["wrapped.phase", "1200"]) == 1
        assert "stand-in" in capsys.readouterr().err


class TestFolder:
    def run(self, folder: Path, *words: str, cwd: Path) -> subprocess.CompletedProcess[str]:
        path = f"{folder}{os.pathsep}/usr/bin{os.pathsep}/bin"
        return subprocess.run(words, cwd=cwd, env={"PATH": path}, capture_output=True, text=True, check=False)

    def test_absent_programs_are_stood_in_for_and_it_is_said(self, tmp_path, monkeypatch):
        monkeypatch.setattr(stand_in_folder.shutil, "which", lambda name: "/bin/which" if name == "which" else None)
        write_nodes(tmp_path, scattered(20))
        with stamps_programs(solver="mcf") as programs:
            assert sorted(path.name for path in programs.folder.iterdir()) == ["snaphu", "triangle"]
            assert "Delaunay" in programs.notes["triangle"]
            assert "minimum-cost flow" in programs.notes["snaphu"]
            assert programs.notes_of("weed") == (programs.notes["triangle"],)
            assert len(programs.notes_of("unwrap")) == 2
            assert programs.notes_of("gamma") == ()
            done = self.run(programs.folder, "bash", "-c", "triangle -e scla.1.node", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert (tmp_path / "scla.2.edge").is_file()
        assert not programs.folder.exists()

    def test_the_open_solver_runs_from_there(self, tmp_path):
        problem = rough_problem(2)
        write_snaphu_input(problem, tmp_path)
        with stamps_programs(solver="mcf") as programs:
            done = self.run(programs.folder, "snaphu", "-d", "-f", "snaphu.conf", "23", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert np.array_equal(np.fromfile(tmp_path / "snaphu.out", "<f4").reshape(18, 23), unwrap_by_flow(problem))

    def test_snaphu_of_the_python_package_is_used_wherever_it_lies(self, tmp_path, monkeypatch):
        odd = tmp_path / 'it\'s a "path" $HOME'
        odd.mkdir()
        program = odd / "snaphu"
        program.write_text('#!/bin/sh\necho "found: $*"\n')
        program.chmod(0o755)
        monkeypatch.setattr(stand_in_folder, "find_snaphu", lambda: program)
        monkeypatch.setattr(stand_in_folder.shutil, "which", lambda name: None if name == "snaphu" else f"/bin/{name}")
        with stamps_programs() as programs:
            done = self.run(programs.folder, "snaphu", "-d", "two words", cwd=tmp_path)
        assert done.stdout == "found: -d two words\n"

    def test_programs_on_path_are_used_and_need_no_note(self, tmp_path, monkeypatch):
        for name in ("snaphu", "triangle"):
            (tmp_path / name).write_text(f'#!/bin/sh\necho "own {name} $*"\n')
            (tmp_path / name).chmod(0o755)
        monkeypatch.setattr(stand_in_folder, "find_snaphu", lambda: tmp_path / "snaphu")
        monkeypatch.setattr(stand_in_folder.shutil, "which", lambda name: str(tmp_path / name))
        with stamps_programs() as programs:
            assert programs.notes == {"snaphu": f"unwrapping by snaphu ({tmp_path / 'snaphu'})"}
            done = self.run(programs.folder, "triangle", "-e", "scla.1.node", cwd=tmp_path)
        assert done.stdout == "own triangle -e scla.1.node\n"

    @pytest.mark.parametrize("status", [0, 3])
    def test_results_of_the_time_before_are_deleted_even_if_the_program_fails(self, tmp_path, monkeypatch, status):
        for name in ("snaphu", "triangle"):
            (tmp_path / name).write_text(f"#!/bin/sh\nexit {status}\n")
            (tmp_path / name).chmod(0o755)
        old = [tmp_path / name for name in ("snaphu.out", "scla.2.edge", "scla.2.ele", "scla.2.node")]
        for path in old:
            path.write_text("old")
        monkeypatch.setattr(stand_in_folder, "find_snaphu", lambda: tmp_path / "snaphu")
        monkeypatch.setattr(stand_in_folder.shutil, "which", lambda name: str(tmp_path / name))
        with stamps_programs() as programs:
            assert self.run(programs.folder, "snaphu", "-d", cwd=tmp_path).returncode == status
            assert self.run(programs.folder, "triangle", "-e", "scla.1.node", cwd=tmp_path).returncode == status
        assert not any(path.exists() for path in old)

    def test_programs_stand_where_they_may_be_run(self, tmp_path, monkeypatch):
        temporary = Path(tempfile.gettempdir())
        forbidden = {temporary}
        monkeypatch.setattr("os.statvfs", lambda place: SimpleNamespace(f_flag=os.ST_NOEXEC * (place in forbidden)))
        monkeypatch.chdir(tmp_path)
        with stamps_programs(solver="mcf") as programs:
            assert programs.folder.parent == tmp_path
        forbidden.add(tmp_path)
        with pytest.raises(ToolError, match="no folder from which programs may be run"), stamps_programs(solver="mcf"):
            pass

    def test_the_folder_goes_even_after_an_error(self):
        def work() -> None:
            with stamps_programs(solver="mcf") as programs:
                seen.append(programs.folder)
                raise RuntimeError

        seen: list[Path] = []
        with pytest.raises(RuntimeError):
            work()
        assert not seen[0].exists()
