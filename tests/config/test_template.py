"""The commented file says every option and loads to exactly the options it was written for."""

import re
import tomllib

from config.strategies import any_options
from hypothesis import given, settings

from snapstamps.config.describe import option_infos
from snapstamps.config.load import resolve
from snapstamps.config.options import Options
from snapstamps.config.stamps_parms import parm_defaults
from snapstamps.config.template import WIDTH, commented_file
from snapstamps.stamps.parms import definitions, names_by_step


def loaded(text: str) -> Options:
    return resolve(tomllib.loads(text), environment={}).options


@settings(max_examples=60)
@given(any_options())
def test_any_options_written_and_loaded_again_are_equal(options):
    assert loaded(commented_file(options, parms_by_step=names_by_step())) == options


def test_the_file_of_the_defaults_sets_nothing():
    text = commented_file(Options(), parms_by_step=names_by_step())
    assert loaded(text) == Options()
    assert [line for line in text.splitlines() if re.match(r"\w+ = ", line)] == []


def test_taking_every_comment_mark_off_gives_the_defaults():
    text = commented_file(Options(), parms_by_step=names_by_step())
    options = loaded(re.sub(r"(?m)^#(?=\w+ = )", "", text))
    assert options.model_copy(update={"stamps": Options().stamps}) == Options()
    assert options.stamps.model_copy(update={"parms": {}}) == Options().stamps
    shown = {name for names in names_by_step().values() for name in names}
    assert options.stamps.parms == {name: value for name, value in parm_defaults().items() if name in shown}


def test_every_option_stands_in_the_file_with_its_explanation_and_what_is_allowed():
    text = commented_file(Options())
    flowing = " ".join(line.lstrip("# ") for line in text.splitlines())
    for info in option_infos().values():
        assert f"\n#{info.key} = {info.text(info.default)}\n" in text
        assert " ".join(info.description.split()) in flowing
        assert f"Allowed: {info.allowed}. Default: {info.text(info.default)}." in flowing


def test_what_differs_from_the_default_is_not_commented_out_and_shown_once():
    options = Options.model_validate({"stamps": {"engine": "native", "parms": {"unwrap_grid_size": 70}}})
    text = commented_file(options, parms_by_step=names_by_step())
    assert re.findall(r"(?m)^#?engine = .*", text) == ['engine = "native"']
    assert len(re.findall(r"(?m)^#?unwrap_grid_size = ", text)) == 1
    assert re.search(r"(?m)^unwrap_grid_size = 70 +# m: ", text)


def test_parameters_that_only_the_data_set_are_not_offered():
    text = commented_file(Options(), parms_by_step=names_by_step())
    assert not [name for name, parm in definitions().items() if parm.from_data and f"#{name} = " in text]


def test_the_explanations_are_wrapped():
    text = commented_file(Options())
    assert max(len(line) for line in text.splitlines() if line.startswith("# ")) <= WIDTH
