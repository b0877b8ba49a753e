"""Our small functions in front of StaMPS, each on its own in a real Octave."""

import math
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import scipy.io

from snapstamps.config.resources import resource
from snapstamps.model.units import datenum

pytestmark = pytest.mark.octave

Octave = Callable[..., str]


def numbers(text: str) -> list[float]:
    return [float(word) for word in text.split()]


def test_every_function_says_what_of_stamps_and_of_octave_it_answers() -> None:
    files = sorted(resource("stamps_templates/compat").glob("*.m"))
    assert len(files) >= 12
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert re.match(rf"% {path.stem.upper()}  ", text), path
        assert re.search(r"^% Answers: .*\w+\.m:\d+", text, re.MULTILINE), path
        assert re.search(r"^% Octave:  ", text, re.MULTILINE), path


class TestSave:
    def test_a_plain_name_becomes_a_mat_file_beside_no_text_file(self, octave: Octave, tmp_path: Path) -> None:
        octave("psver = 2; save psver psver")
        assert scipy.io.loadmat(tmp_path / "psver.mat")["psver"] == 2
        assert not (tmp_path / "psver").exists()

    def test_classes_survive(self, octave: Octave) -> None:
        octave(
            "a = single(1.5); b = [true false]; c = 'text'; d = []; e = single(1+2i); f = sparse([0 3]);"
            "save('all.mat', 'a', 'b', 'c', 'd', 'e', 'f')"
        )
        octave(
            "s = load('all'); assert(class(s.a), 'single'); assert(class(s.b), 'logical'); assert(s.c, 'text');"
            "assert(size(s.d), [0 0]); assert(s.e, single(1+2i)); assert(issparse(s.f)); assert(full(s.f), [0 3])"
        )

    def test_append_keeps_the_others_and_replaces_its_own(self, octave: Octave, tmp_path: Path) -> None:
        octave("a = 1; b = 2; save('x.mat', 'a', 'b'); b = 3; c = 4; save('./x.mat', 'b', 'c', '-append')")
        stored = scipy.io.loadmat(tmp_path / "x.mat")
        assert [stored[name].item() for name in "abc"] == [1, 3, 4]

    def test_append_to_nothing_makes_the_file(self, octave: Octave, tmp_path: Path) -> None:
        octave("a = 1; save('x.mat', '-append', 'a')")
        assert scipy.io.loadmat(tmp_path / "x.mat")["a"] == 1

    def test_the_fields_of_a_struct_become_variables(self, octave: Octave, tmp_path: Path) -> None:
        (tmp_path / "sub").mkdir()
        octave("s.one = 1; s.two = 'y'; save('all', '-struct', 's'); save('sub/../some', '-struct', 's', 'two')")
        assert {"one", "two"} <= scipy.io.loadmat(tmp_path / "all.mat").keys()
        some = scipy.io.loadmat(tmp_path / "some.mat")
        assert some["two"] == ["y"]
        assert "one" not in some

    def test_text_has_the_digits_of_matlab(self, octave: Octave, tmp_path: Path) -> None:
        octave("x = [1 -2.5; 1e-9 123456789]; save('a.txt', 'x', '-ASCII'); save('d.txt', 'x', '-ASCII', '-DOUBLE')")
        assert (tmp_path / "a.txt").read_text().splitlines()[0] == "   1.0000000e+00  -2.5000000e+00"
        assert (tmp_path / "d.txt").read_text().splitlines()[1] == (
            "   1.0000000000000001e-09   1.2345678900000000e+08"
        )

    def test_it_sees_the_variables_of_the_function_that_calls_it(self, octave: Octave, tmp_path: Path) -> None:
        octave("function f(), inner = 7; save inside inner, end\n inner = 1; f()")
        assert scipy.io.loadmat(tmp_path / "inside.mat")["inner"] == 7

    def test_without_names_it_saves_everything(self, octave: Octave, tmp_path: Path) -> None:
        octave("function f(), p = 1; q = 2; save both, end\n f()")
        stored = scipy.io.loadmat(tmp_path / "both.mat")
        assert (stored["p"], stored["q"]) == (1, 2)

    def test_options_of_others_go_through_untouched(self, octave: Octave, tmp_path: Path) -> None:
        octave("x = 5; save('-v6', '-mat-binary', 'passed.bin', 'x'); save -text plain.txt x")
        assert scipy.io.loadmat(tmp_path / "passed.bin", appendmat=False)["x"] == 5
        assert "# name: x" in (tmp_path / "plain.txt").read_text()

    def test_a_missing_variable_is_an_error_and_leaves_no_file(self, octave: Octave, tmp_path: Path) -> None:
        assert "no variable 'nothing'" in octave("save x nothing", fails=True)
        assert not list(tmp_path.glob("*x*.mat"))

    def test_what_no_mat_file_can_hold_is_an_error(self, octave: Octave, tmp_path: Path) -> None:
        assert "less than 2 GiB" in octave("x = zeros(2^28, 1); save big x", fails=True)
        assert not list(tmp_path.glob("*.mat"))

    def test_nothing_temporary_is_left(self, octave: Octave, tmp_path: Path) -> None:
        octave("a = 1; save x a; save x a -append")
        assert sorted(path.name for path in tmp_path.iterdir()) == ["run_me.m", "x.mat"]


class TestNumbers:
    def test_gausswin_is_the_gaussian_of_the_specification(self, octave: Octave) -> None:
        got = numbers(octave("printf('%.17g\\n', gausswin(7))"))
        assert got == pytest.approx([math.exp(-0.5 * (2.5 * q / 3) ** 2) for q in range(-3, 4)], rel=1e-15)

    def test_interp_reproduces_its_input_and_slow_signals(self, octave: Octave) -> None:
        got = np.array(numbers(octave("t = 0:40; printf('%.17g\\n', interp(sin(t / 6), 10))")))
        assert got.size == 410
        assert got[::10] == pytest.approx(np.sin(np.arange(41) / 6), abs=1e-12)
        inside = slice(50, 350)
        assert got[inside] == pytest.approx(np.sin(np.arange(410) / 60)[inside], abs=2e-4)

    def test_interp_is_linear_and_keeps_lines_and_orientation(self, octave: Octave) -> None:
        octave(
            "x = rand(1, 30); y = rand(1, 30);"
            "assert(interp(2 * x + y, 5), 2 * interp(x, 5) + interp(y, 5), 1e-12);"
            "assert(size(interp(x', 5)), [150 1]);"
            "line = interp(1:30, 4); assert(line(1:117), 1:0.25:30, 2e-2)"
        )

    def test_nanmean_and_nanstd_leave_out_nan(self, octave: Octave) -> None:
        octave(
            "x = [1 NaN 3; 5 7 NaN]; assert(nanmean(x), [3 7 3]); assert(nanmean(x, 2), [2; 6]);"
            "assert(nanmean([NaN NaN]), NaN); assert(class(nanmean(single(x))), 'single');"
            "assert(nanstd([1 2 3 NaN]), 1, 1e-15); assert(nanstd([1 2 3 NaN], 1), sqrt(2/3), 1e-15);"
            "assert(nanstd(x, 0, 2), [sqrt(2); sqrt(2)], 1e-15); assert(nanstd([4; NaN]), 0);"
            "assert(nanstd([NaN; NaN]), NaN)"
        )

    def test_bootstrp_draws_rows_and_can_be_seeded(self, octave: Octave) -> None:
        octave(
            "rand('twister', 5); [a, ix] = bootstrp(50, @(k) [sum(k) numel(k)], 1:4);"
            "rand('twister', 5); b = bootstrp(50, @(k) [sum(k) numel(k)], 1:4);"
            "assert(a, b); assert(size(ix), [4 50]); assert(a(:,2), 4 * ones(50, 1)); assert(a(:,1), sum(ix)');"
            "assert(numel(unique(ix(:))), 4); assert(class(bootstrp(2, @(k) single(k(1)), 1:4)), 'single')"
        )

    def test_the_standard_deviation_of_bootstrapped_means_is_that_of_the_theory(self, octave: Octave) -> None:
        got = float(octave("rand('twister', 1); x = (1:30)'; printf('%g', std(bootstrp(4000, @mean, x)))"))
        assert got == pytest.approx(np.std(np.arange(30)) / math.sqrt(30), rel=0.05)

    def test_lsqcurvefit_finds_parameters_and_stays_strictly_inside_bounds(self, octave: Octave) -> None:
        octave(
            "f = @(p, x) p(2) * (1 - exp (-x / p(1))) + p(3); x = (0:0.05:2)'; t = [0.3 2 0.1];"
            "[p, r, e, flag] = lsqcurvefit(f, [1 1 1], x, f(t, x), [0 0 0], [], optimset('Display', 'off'));"
            "assert(p, t, 1e-5); assert(r < 1e-10); assert(size(e), size(x)); assert(flag > 0);"
            "p = lsqcurvefit(f, [1 1 1], x, -ones(size(x)), [0 0 0], []); assert(all(p > 0)); assert(all(isfinite(p)));"
            "p = lsqcurvefit(@(p, x) p(1) * x + p(2), [0; 0], x, 3 * x - 1, [], [2.5; 9]);"
            "assert(p, [2.5; -0.5], 1e-3);"
            "p = lsqcurvefit(@(p, x) p * x, 1, x, 3 * x); assert(p, 3, 1e-6)"
        )

    @pytest.mark.parametrize("day", [date(2019, 1, 5), date(2020, 2, 29), date(1999, 12, 31), date(2000, 3, 1)])
    def test_datenum_counts_as_matlab_does(self, octave: Octave, day: date) -> None:
        code = f"printf('%.9f ', datenum({day.year}, {day.month}, {day.day}), datenum('{day:%d-%m-%Y}'))"
        assert numbers(octave(code)) == [datenum(day)] * 2

    def test_datenum_takes_vectors_rows_and_text_and_counts_months_on(self, octave: Octave) -> None:
        octave(
            "assert(datenum([2019; 2020], 1, [5; 6]), [737430; 737796]); assert(datenum([2020 1 1 12 0 0]), 737791.5);"
            "assert(datenum(2019, 13, 1), datenum(2020, 1, 1)); assert(datenum(2020, 0:2, 1), [737791 737791 737822]);"
            "assert(datenum('05-Jan-2019 06:00:00'), 737430.25, 1e-9); assert(datenum('20190105', 'yyyymmdd'), 737430);"
            "assert(datestr(datenum(2019, 7, 4), 'yyyymmdd'), '20190704'); assert(abs(now() - datenum(clock())) < 1)"
        )


class TestShell:
    def test_system_understands_what_only_bash_does(self, octave: Octave, tmp_path: Path) -> None:
        octave("assert(system('echo loud >& both.log'), 0)")
        assert (tmp_path / "both.log").read_text() == "loud\n"

    def test_which_may_fail(self, octave: Octave) -> None:
        assert octave("printf('%d', system('which surely-not-there >& /dev/null'))") == "1"

    def test_output_is_returned(self, octave: Octave) -> None:
        octave('[status, text] = system(\'echo "a b" $((1+1))\'); assert(status, 0); assert(text, "a b 2\\n")')

    def test_a_program_that_fails_is_an_error_with_its_last_lines(self, octave: Octave) -> None:
        said = octave("system('(echo first; echo worst; exit 7) >& prog.log')", fails=True)
        assert "failed with exit status 7" in said
        assert "worst" in said

    def test_a_program_that_is_missing_is_an_error(self, octave: Octave) -> None:
        assert "snaphu was not found" in octave("system('snaphu -d >& snaphu.log')", fails=True, env={"PATH": "/bin"})

    def test_a_program_that_is_killed_is_an_error(self, octave: Octave, tmp_path: Path) -> None:
        program = tmp_path / "snaphu"
        program.write_text("#!/bin/sh\nkill -9 $$\n")
        program.chmod(0o755)
        path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
        assert "snaphu was killed (signal 9)" in octave(
            "[a, b] = system('snaphu -d >& snaphu.log')", fails=True, env=path
        )

    def test_a_failed_program_leaves_nothing_of_the_time_before(self, octave: Octave, tmp_path: Path) -> None:
        for name in ("snaphu.out", "scla.2.edge", "scla.2.ele", "scla.1.node"):
            (tmp_path / name).write_text("old")
        octave("try, system('snaphu -d >& s.log'), end, try, system('triangle -e scla.1.node > t.log'), end",
               env={"PATH": "/bin"})  # fmt: skip
        assert not (tmp_path / "snaphu.out").exists()
        assert not (tmp_path / "scla.2.edge").exists()
        assert not (tmp_path / "scla.2.ele").exists()
        assert (tmp_path / "scla.1.node").exists()

    def test_eval_runs_shell_commands_and_everything_else(self, octave: Octave, tmp_path: Path) -> None:
        (tmp_path / "mv2.mat").write_text("old")
        octave(
            "eval('!rm -f ./mv2.mat'); eval('k = 4;'); assert(k, 4); assert(eval('k + 1'), 5);"
            "eval('error(''x'')', 'k = 9;'); assert(k, 9); assert(evalc('disp(3)'), \"3\\n\")"
        )
        assert not (tmp_path / "mv2.mat").exists()

    def test_an_error_inside_eval_stays_one(self, octave: Octave) -> None:
        assert "deep down" in octave("eval('error(\"deep down\")')", fails=True)


class TestInterpreter:
    def test_version_tells_a_year_from_which_dsearchn_is_used(self, octave: Octave) -> None:
        octave("r = version('-release'); assert(str2num(r(1:4)) >= 2012); assert(version(), OCTAVE_VERSION())")

    def test_keyboard_is_an_error_that_says_where(self, octave: Octave) -> None:
        said = octave("function deep(), keyboard, end\n deep()", fails=True)
        assert "stopped for the keyboard in deep" in said

    def test_a_misspelt_name_is_understood(self, octave: Octave) -> None:
        assert octave("disp(sfprintf('%d of %s', 3, 'x'))") == "3 of x\n"

    def test_sync_does_nothing(self, octave: Octave) -> None:
        octave("!sync")
