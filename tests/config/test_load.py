"""Reading snapstamps.toml: precedence, origins, and errors that name key, value, what is allowed, and the nearest."""

import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from snapstamps.config.load import load, load_options, resolve
from snapstamps.config.options import Options
from snapstamps.model.errors import InputError


@pytest.fixture
def config(tmp_path):
    """Give a function that writes a configuration and returns its path."""

    def write(text: str | bytes) -> Path:
        path = tmp_path / "snapstamps.toml"
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return write


def message_of(path: Path, **layers) -> str:
    with pytest.raises(InputError) as caught:
        load_options(path, **{"environment": {}, **layers})
    return str(caught.value)


def test_an_empty_file_gives_the_defaults(config):
    assert load_options(config(""), environment={}) == Options()


def test_values_of_the_file_arrive_in_the_options(config):
    options = load_options(
        config('[candidates]\npatches = [1, 2]\nmemory = "500 MB"\n[stamps.parms]\nscla_deramp = true\n'),
        environment={},
    )
    assert options.candidates.patches == (1, 2)
    assert options.candidates.memory == 500_000_000
    assert options.stamps.parms == {"scla_deramp": "y"}


def test_the_command_line_goes_before_the_environment_and_that_before_the_file(config):
    path = config('[stamps]\nengine = "octave"\nrounds = 2\nquirks = "reproduce"\n')
    environment = {"SNAPSTAMPS_STAMPS__ENGINE": "native", "SNAPSTAMPS_STAMPS__ROUNDS": "3"}
    loaded = load(path, environment=environment, overrides={"stamps.engine": "auto"})
    stamps = loaded.options.stamps
    assert (stamps.engine, stamps.rounds, stamps.quirks, stamps.unwrap_solver) == ("auto", 3, "reproduce", "auto")
    assert loaded.origin("stamps.engine") == "command line"
    assert loaded.origin("stamps.rounds") == "SNAPSTAMPS_STAMPS__ROUNDS"
    assert loaded.origin("stamps.quirks") == "file"
    assert loaded.origin("stamps.unwrap_solver") == "default"


def test_variables_without_a_double_underscore_are_no_options(config):
    environment = {"SNAPSTAMPS_STAMPS_HOME": "/opt/stamps", "HOME": "/root", "OTHER_STAMPS__ENGINE": "x"}
    assert load_options(config(""), environment=environment) == Options()


def test_the_environment_of_the_process_counts_by_default(config, monkeypatch):
    monkeypatch.setenv("SNAPSTAMPS_RUN__WORKERS", "3")
    assert load_options(config("")).run.workers == 3


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        ("candidates.patches", "[2, 3]", (2, 3)),
        ("candidates.patches", "auto", "auto"),
        ("candidates.memory", "3 GiB", 3 * 2**30),
        ("candidates.memory", "100000000", 100_000_000),
        ("candidates.amplitude_dispersion", "0.3", 0.3),
        ("candidates.mask", "water bodies.gpkg", Path("water bodies.gpkg")),
        ("candidates.mask", "", None),
        ("export.reference", "mean", "mean"),
        ("export.reference", "[105.8, 21, 200]", (105.8, 21.0, 200.0)),
        ("export.reference", "stable ground.gpkg", Path("stable ground.gpkg")),
        ("stamps_export.repair", "false", False),
        ("project.name", "2020", "2020"),
        ("project.name", '"Thái Nguyên"', "Thái Nguyên"),
    ],
)
def test_text_from_outside_the_file_is_read_as_the_option_wants_it(key, text, expected):
    options = resolve({}, environment={}, overrides={key: text}).options
    section, name = key.split(".")
    assert getattr(getattr(options, section), name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("unwrap_grid_size=100", 100.0),
        ("weed_max_noise=inf", float("inf")),
        ("scla_deramp=y", "y"),
        ("scla_deramp=true", "y"),
        ("drop_ifg_index=[3, 1]", [1, 3]),
        ("scn_deramp_ifg=all", "all"),
        ("select_method=percent", "PERCENT"),
    ],
)
def test_a_stamps_parameter_may_be_named_alone_or_with_its_section_or_in_the_environment(text, expected):
    name, value = text.split("=")
    variable = {f"SNAPSTAMPS_STAMPS__PARMS__{name.upper()}": value}
    for options in (
        resolve({}, environment={}, overrides={name: value}).options,
        resolve({}, environment={}, overrides={f"stamps.parms.{name}": value}).options,
        resolve({}, environment=variable).options,
    ):
        assert options.stamps.parms == {name: expected}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "[stamps]\nengin = 1",
            r"stamps\.engin = 1 \(line 2\): \[stamps\] has no such option; the nearest is engine",
        ),
        ("[stmps]\nengine = 1", r"no section \[stmps\]; the nearest is \[stamps\]"),
        ("[stmps]", r"no such section; the nearest is \[stamps\]"),
        ("engine = 1", r"engine = 1 \(line 1\): stands outside every \[section\]; the nearest is stamps\.engine"),
        ("[run]\nrounds = 1", r"it stands under \[stamps\]"),
        ("[stamps]\nclap_win = 32", r"it stands under \[stamps\.parms\]"),
        ('[stamps]\nengine = "natve"', r'must be "auto", "native" or "octave"; the nearest is "native"'),
        ("[stamps]\nrounds = 11", r"stamps\.rounds = 11 \(line 2\): must be a whole number from 1 to 10"),
        ('[stamps]\nrounds = "2"', r'stamps\.rounds = "2" .*must be a whole number'),
        ("[stamps]\nrounds = 1.5", "must be a whole number"),
        ("[stamps]\nrounds = true", "must be a whole number"),
        ("[stamps]\nparms = 3", r"\[stamps\.parms\] is a table"),
        ('[stamps_export]\nrepair = "yes"', "must be true or false"),
        ("[stamps_export]\nfolder = 3", "must be a path"),
        ("[candidates]\namplitude_dispersion = 0", "must be a number above 0, at most 2"),
        ("[candidates]\namplitude_dispersion = nan", "= nan"),
        (
            "[export]\nreference = [21.03, 105.8, 100]",
            r"must be .*\[longitude, latitude, radius in m\]",
        ),
        ("[export]\nreference = [105.8, 21.03]", "radius in m"),
        ('[export]\nreference = ""', "or a path"),
        ("[candidates]\npatches = [0, 1]", "two whole numbers of at least 1"),
        ("[candidates]\npatches = [1]", "two whole numbers of at least 1"),
        ('[candidates]\nmemory = "2 GB of it"', 'a size such as "2 GiB"'),
        ('[candidates]\nmemory = "1 MiB"', "at least 64 MiB"),
        (
            "[stamps.parms]\nunwrap_gridsize = 1",
            r"unwrap_gridsize = 1 \(line 2\): StaMPS has no such parameter; the nearest is unwrap_grid_size",
        ),
        ("[stamps.parms]\nunwrap_grid_size = -1", r"must be a number from 1 to 100000 \(m\)"),
        ("[stamps.parms]\nheading = 12", "comes from the data and cannot be set"),
        ("[stamps.parms.more]\nheading = 12", "StaMPS has no such parameter"),
    ],
)
def test_a_fault_is_named_with_its_key_its_value_what_is_allowed_and_the_nearest(config, text, expected):
    path = config(text)
    message = message_of(path)
    assert re.search(expected, message), message
    assert str(path) in message
    assert "Try: " in message


def test_all_faults_are_listed_in_the_order_of_the_file(config):
    path = config('[run]\nworkers = -1\n[stamps]\nengine = "x"\n[stamps.parms]\nclap_win = 33\n')
    message = message_of(path)
    assert message.startswith("3 options are wrong")
    keys = ["run.workers", "stamps.engine", "stamps.parms.clap_win"]
    assert sorted(keys, key=message.index) == keys


def test_a_fault_names_the_variable_or_the_command_line_it_comes_from(config):
    environment = {"SNAPSTAMPS_RUN__WORKERS": "many", "SNAPSTAMPS_RUNS__MEMORY": "1"}
    message = message_of(config(""), environment=environment, overrides={"stamps.engine": "x", "rounds": "2"})
    assert 'run.workers = "many" (SNAPSTAMPS_RUN__WORKERS)' in message
    assert 'runs.memory = "1" (SNAPSTAMPS_RUNS__MEMORY): there is no section [runs]; the nearest is [run]' in message
    assert 'stamps.engine = "x" (command line)' in message
    assert "named by section.key; the nearest is stamps.rounds" in message


def test_a_syntax_error_names_the_line_and_shows_it(config):
    message = message_of(config("[stamps]\nrounds = 1\nengine = native\n"))
    assert "line 3" in message
    assert "engine = native" in message


def test_a_missing_file_and_one_that_is_no_text_are_input_errors(config, tmp_path):
    assert "is missing" in message_of(tmp_path / "none" / "snapstamps.toml")
    assert "not UTF-8" in message_of(config(b"[project]\nname = '\xff'\n"))
    assert "cannot be read" in message_of(tmp_path)


def test_a_byte_order_mark_and_windows_line_ends_do_no_harm(config):
    assert load_options(config(b"\xef\xbb\xbf[stamps]\r\nrounds = 2\r\n"), environment={}).stamps.rounds == 2


@settings(max_examples=200)
@given(st.text(st.sampled_from('[]=.,"stamprung \n#1e'), max_size=60))
def test_any_text_gives_options_or_an_input_error(tmp_path_factory, text):
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_text(text, encoding="utf-8")
    try:
        outcome: object = load_options(path, environment={})
    except InputError as error:
        outcome = error
    assert isinstance(outcome, Options) or path.name in str(outcome)
