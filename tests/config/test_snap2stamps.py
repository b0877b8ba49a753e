"""A configuration of snap2stamps becomes ours; each of its keys is accounted for."""

from pathlib import Path

import pytest
from hypothesis import event, example, given
from hypothesis import strategies as st
from typer.testing import CliRunner

from snapstamps.cli.main import app
from snapstamps.config.describe import option_infos
from snapstamps.config.load import resolve
from snapstamps.config.project import Project
from snapstamps.config.snap2stamps import RULES, Verdict, convert_snap2stamps, read_snap2stamps
from snapstamps.model.errors import InputError

HERE = Path("/area/project.conf")
FIRST = """\
######### CONFIGURATION FILE ######
# PROJECT DEFINITION
PROJECTFOLDER=/data/IW1 area
GRAPHSFOLDER=/home/user/graphs
##################################
IW1=IW2
MASTER=/data/area/master/20180412_IW2.dim
# AOI BBOX DEFINITION
LONMIN=105.7
LATMIN=21.5
LONMAX=105.9
LATMAX=21.7
# SNAP GPT
GPTBIN_PATH=/opt/snap/bin/gpt
CPU=8
CACHE=16G
"""
SECOND = """\
[PROJECT_DEFINITION]
PROJECTFOLDER = "/data/area"
GRAPHSFOLDER = /home/user/graphs
[PROC_OPTIONS]
OVERWRITE=N
SMARTHDD=Y
PLOTTING=Y
[PROC_PARAMETERS]
SENSOR=S1
POLARISATION=vv
MASTER=
MASTERSEL=AUTO
EXTDEM=NONE
[AOI_DEFINITION]
AOI_MODE=GeoJSON
LONMIN=
LATMIN=
LONMAX=
LATMAX=
WKT=
AOI_FILE=area.geojson
[SEARCH_PARAMS]
autoDownload=Y
TRACK=91
beamMode=IW
START=2020-01-01T00:00:00
END=20201231
SAT=S1A
ASF_USER=me
ASF_PASS=secret # never shown
NPD=4
SNAP_INSTALLATION_FOLDER=/opt/snap
SNAP_HOME_DIR=/home/user/.snap
CPU=8
CACHE=16G
"""


def verdicts(text: str) -> dict[str, Verdict]:
    return {report.key: report.verdict for report in convert_snap2stamps(text, HERE).reports}


def test_the_first_version_becomes_scenes_area_master_and_snap():
    assert convert_snap2stamps(FIRST, HERE).table == {
        "scenes": {"folder": "/data/IW1 area", "swaths": ["IW2"]},
        "project": {"master": "2018-04-12", "aoi": [105.7, 21.5, 105.9, 21.7]},
        "snap": {"home": "/opt/snap"},
    }


def test_the_second_version_likewise_with_paths_beside_the_file():
    conversion = convert_snap2stamps(SECOND, HERE)
    assert conversion.table["project"] == {"master": "auto", "aoi": "/area/area.geojson"}
    assert conversion.table["scenes"] == {
        "folder": "/data/area",
        "polarisation": "VV",
        "track": 91,
        "first": "2020-01-01",
        "last": "2020-12-31",
        "auxdata": "/home/user/.snap/auxdata",
    }
    assert conversion.table["snap"] == {"keep": "export", "home": "/opt/snap"}
    assert "secret" not in "\n".join(map(str, conversion.reports))


@pytest.mark.parametrize("text", [FIRST, SECOND], ids=["first", "second"])
def test_what_comes_out_is_a_configuration_of_ours(text):
    options = resolve(convert_snap2stamps(text, HERE).table, environment={}).options
    assert str(options.snap.home) == "/opt/snap"


def test_every_key_of_both_versions_is_known_and_reported():
    told = {**verdicts(FIRST), **verdicts(SECOND)}
    assert {key.upper() for key in told} | {"MASTERFOLDER"} == set(RULES)
    assert Verdict.UNKNOWN not in told.values()


def test_every_option_that_the_table_names_is_one_of_ours():
    names = {name.replace(".", "] ") for name in option_infos()}
    named = [word for rule in RULES.values() for word in rule.becomes.split("`") if word.startswith("[")]
    assert len(named) > 15
    assert [word for word in named if word.partition(" =")[0].removeprefix("[") not in names] == []


@pytest.mark.parametrize(
    ("line", "verdict", "text"),
    [
        ("LONMINN=105", Verdict.UNKNOWN, "LONMIN"),
        ("COLOUR=red", Verdict.UNKNOWN, "no such key"),
        ("MASTERSEL=FIRST", Verdict.BY_HAND, "best date"),
        ("MASTERSEL=MANUAL", Verdict.BY_HAND, "set [project] master"),
        ("MASTER=/data/master.dim", Verdict.BY_HAND, "no date"),
        ("SENSOR=TSX", Verdict.BY_HAND, "Sentinel-1"),
        ("GPTBIN_PATH=/usr/local/gpt", Verdict.BY_HAND, "bin/gpt"),
        ("LONMIN=105", Verdict.BY_HAND, "LATMIN, LONMAX, LATMAX"),
        ("POLARISATION=XX", Verdict.BY_HAND, "VV"),
    ],
)
def test_what_cannot_be_taken_over_is_said(line, verdict, text):
    report = convert_snap2stamps(f"CPU=4\n{line}\n", HERE).reports[1]
    assert report.verdict is verdict
    assert text in report.text
    assert report.line == 2


@pytest.mark.parametrize("line", ["IW1=IW9", "TRACK=900", "START=soon", FIRST.replace("LATMAX=21.7", "LATMAX=2.7")])
def test_values_that_cannot_be_meant_are_errors(line):
    with pytest.raises(InputError, match="cannot be meant"):
        convert_snap2stamps(line, HERE)


def test_of_a_key_that_stands_twice_the_last_one_counts():
    conversion = convert_snap2stamps("IW1=IW1\nIW1=IW3\n", HERE)
    assert conversion.table == {"scenes": {"swaths": ["IW3"]}}
    assert "last one counts" in conversion.reports[0].text


@pytest.mark.parametrize("text", ["", "hello\n", "a=b\n"])
def test_another_file_is_refused(text, tmp_path):
    path = tmp_path / "x.conf"
    path.write_text(text)
    with pytest.raises(InputError, match="no configuration of snap2stamps"):
        read_snap2stamps(path)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_snap2stamps(tmp_path / "none.conf")
    (tmp_path / "x.conf").write_bytes(b"CPU=\xff\xfe")
    with pytest.raises(InputError, match="cannot be read"):
        read_snap2stamps(tmp_path / "x.conf")


VALUE = st.text(
    st.characters(exclude_categories=["Cc", "Cs", "Zl", "Zp", "Zs"], exclude_characters="#\"'"), max_size=30
)


@given(st.lists(st.tuples(st.sampled_from([*RULES, "OTHER"]), VALUE), min_size=1), st.booleans())
@example(pairs=[("PROJECTFOLDER", "~nobody-of-this-name/area")], spaced=False)
def test_whatever_stands_in_the_file_each_line_is_reported_once_or_refused_with_a_reason(pairs, spaced):
    sign = " = " if spaced else "="
    text = "".join(f"{key}{sign}{value}\n# CPU=1\n" for key, value in pairs)
    try:
        conversion = convert_snap2stamps(text, HERE)
    except InputError as error:
        told = error.what
    else:
        told = ""
    event("refused" if told else "converted")
    if told:
        assert "cannot be meant" in told or "no configuration" in told
        return
    assert [report.key for report in conversion.reports] == [key for key, _ in pairs]
    assert [report.line for report in conversion.reports] == list(range(1, 2 * len(pairs), 2))


@given(st.tuples(*[st.floats(0, 80) for _ in range(2)]), st.floats(0.01, 10), st.floats(0.01, 10))
def test_a_box_keeps_its_corners(corner, width, height):
    west, south = corner
    text = f"LONMIN={west!r}\nLATMIN={south!r}\nLONMAX={west + width!r}\nLATMAX={south + height!r}\n"
    assert convert_snap2stamps(text, HERE).table["project"]["aoi"] == [west, south, west + width, south + height]


def test_new_converts_and_tells_what_became_of_each_key(tmp_path):
    conf = tmp_path / "project.conf"
    conf.write_text(FIRST)
    done = CliRunner().invoke(app, ["new", str(tmp_path / "area"), "--from-snap2stamps", str(conf)])
    assert done.exit_code == 0, done.output
    assert "IW1 = IW2: used as [scenes] swaths" in done.output
    assert "GRAPHSFOLDER = /home/user/graphs: not needed, because graphs are made" in done.output
    assert "prepare --dry-run" in done.output
    project = Project.open(tmp_path / "area", environment={})
    assert project.options.project.master == "2018-04-12"
    assert project.options.scenes.swaths == ("IW2",)


def test_two_sources_of_one_project_are_refused(tmp_path):
    conf = tmp_path / "project.conf"
    conf.write_text(FIRST)
    done = CliRunner().invoke(app, ["new", str(tmp_path), "--from-snap2stamps", str(conf), "--from-stamps", "x"])
    assert isinstance(done.exception, InputError)
