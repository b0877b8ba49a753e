"""Scripts: values that cannot break out of their place, and read back as they were."""

import math
import subprocess
from pathlib import Path

import pytest
import scipy.io
from hypothesis import given, settings
from hypothesis import strategies as st

from snapstamps.engines.octave.listening import Listener, parse_failure, remedy_for
from snapstamps.engines.octave.script import Surroundings, comment_text, matlab_literal, step_script
from snapstamps.stamps.parms import defaults, definitions
from snapstamps.stamps.steps import STEPS, step_named

TEXTS = [
    "",
    "plain",
    "it's",
    "''",
    'say "hi"',
    "a%b",
    "two\nlines\r\n\ttab",
    "Größe 山",
    "end'; system('rm x'); '",
    "\\n",
    "\x7f",
]
NUMBERS = [0, -1, 70, 0.3, 1e-9, 123456789, 1.5e300, float("inf"), float("-inf")]


@pytest.mark.octave
def test_octave_reads_every_literal_as_it_was(octave_program, tmp_path):
    lines = [f"t{k} = unicode2native({matlab_literal(text)}, 'UTF-8');" for k, text in enumerate(TEXTS)]
    lines += [f"n{k} = {matlab_literal(number)};" for k, number in enumerate(NUMBERS)]
    lines += [f"row = {matlab_literal([1, 2.5, -3])}; none = {matlab_literal([])}; yes = {matlab_literal(True)};"]
    script = tmp_path / "literals.m"
    script.write_text("\n".join([*lines, "save -v7 all.mat"]), encoding="utf-8")
    subprocess.run([octave_program, "--norc", "--quiet", script], cwd=tmp_path, check=True, stderr=subprocess.DEVNULL)
    stored = scipy.io.loadmat(tmp_path / "all.mat")
    assert [bytes(stored[f"t{k}"].ravel().tolist()).decode() for k in range(len(TEXTS))] == TEXTS
    assert [stored[f"n{k}"].item() for k in range(len(NUMBERS))] == NUMBERS
    assert stored["row"].tolist() == [[1, 2.5, -3]]
    assert stored["none"].shape == (0, 0)
    assert stored["yes"].item() == 1


@given(st.text())
def test_a_text_literal_is_one_line_of_balanced_quotes(text):
    literal = matlab_literal(text)
    assert len(literal.splitlines()) == 1 or any(ord(letter) > 127 for letter in literal)
    assert "\n" not in literal
    assert "\r" not in literal
    assert literal.count("'") % 2 == 0


@given(st.floats(allow_nan=False))
def test_a_number_survives(number):
    text = matlab_literal(number)
    back = {"Inf": math.inf, "-Inf": -math.inf}.get(text)
    assert (float(text) if back is None else back) == number


def test_nan_has_a_literal_and_other_kinds_have_none():
    assert matlab_literal(float("nan")) == "NaN"
    with pytest.raises(TypeError):
        matlab_literal({"a": 1})


@given(st.text())
@settings(max_examples=50)
def test_a_comment_stays_a_comment(text):
    assert comment_text(text).isprintable()


def test_every_step_listens_to_its_own_parameters_and_leaves_those_of_the_data_alone():
    from_data = {name for name, parm in definitions().items() if parm.from_data}
    for step in STEPS:
        values = {name: defaults()[name] for name in step.parms}
        script = step_script(step, Path("/data/stamps"), values, Surroundings(Path("/opt/StaMPS/matlab"), ()))
        for name in step.parms:
            assert (f"wanted.{name} = " in script) is (name not in from_data), name


def test_no_parameter_is_the_beginning_of_another_since_stamps_takes_abbreviations():
    names = list(definitions())
    assert [(one, other) for one in names for other in names if one != other and other.startswith(one)] == []


def test_an_odd_folder_stays_inside_its_quotes_and_its_comment():
    folder = Path("/data/it's\nodd'); exit(1); %")
    script = step_script(step_named("scn"), folder, {}, Surroundings(Path("/opt"), ()))
    assert "cd(['/data/it''s', char(10), 'odd''); exit(1); %']);" in script
    assert script.splitlines()[0] == "% StaMPS step 8 (scn) in /data/it's?odd'); exit(1); %"


class TestListening:
    def test_a_stack_of_oct2py_is_taken_apart(self):
        failure = parse_failure(
            "Octave evaluation error:\nerror: bad\nsecond line\nerror: called from:\n"
            "    ps_weed at line 316, column 13\n    stamps at line 2, column 1\n"
            "    /logs/step4_weed.m at line 40, column 1\n    evalin at line 1\n    _pyeval at line 57, column 1"
        )
        assert failure.message == "bad\nsecond line"
        assert failure.stack == ("ps_weed at line 316, column 13", "stamps at line 2, column 1")
        assert failure.text().splitlines()[2] == "StaMPS was in:"

    def test_an_error_without_a_stack_is_its_message(self):
        assert parse_failure("Octave evaluation error:\nerror: 'x' undefined").text() == "'x' undefined"

    def test_counts_and_progress_are_heard(self):
        progress, counts = [], []
        listener = Listener(lambda done, total: progress.append((done, total)), counts.append, "the end")
        for line in (
            "PS_EST_GAMMA_QUICK: 250000 PS candidates to process",
            "PS_EST_GAMMA_QUICK: 100000 PS processed",
            "   Processing IFG 3 of 19",
            "PS_WEED: 2325 PS kept after dropping noisy pixels",
            "",
            "the end",
        ):
            assert not listener.has_ended
            listener.hear(line)
        assert progress == [(100000, 250000), (3, 19)]
        assert "2325 PS kept after dropping noisy pixels" in counts
        assert listener.has_ended

    def test_only_the_last_lines_are_kept(self):
        listener = Listener(lambda *_: None, lambda _: None, "end")
        for number in range(100):
            listener.hear(f"line {number}")
        assert listener.tail[-1] == "line 99"
        assert len(listener.tail) == 12

    def test_known_errors_have_their_remedy_and_all_others_one_too(self):
        assert "unwrap_grid_size" in remedy_for("error: Minimum dimension of the resampled grid (3 pixels)")
        assert "memory" not in remedy_for("something never seen")
        assert remedy_for("something never seen")
