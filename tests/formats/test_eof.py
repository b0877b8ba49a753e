"""Orbit files: name and content agree, and only what is wanted is kept."""

import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from simulated_safe import Pass, state_vectors, write_orbit_file

from snapstamps.formats.eof import parse_orbit_name, read_orbit_file
from snapstamps.model.errors import DataError, InputError

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "sentinel1_safe" / "orbits"
PASS = Pass()
SECONDS = st.datetimes(datetime(2014, 1, 1), datetime(2040, 1, 1)).map(lambda time: time.replace(microsecond=0))


@given(
    st.sampled_from("ABCD"),
    st.sampled_from(["POEORB", "RESORB"]),
    SECONDS,
    SECONDS,
    SECONDS,
    st.sampled_from(["", ".zip"]),
)
def test_names_are_read_as_they_were_written(letter, kind, created, start, stop, ending):
    span = f"V{start:%Y%m%dT%H%M%S}_{stop:%Y%m%dT%H%M%S}"
    name = parse_orbit_name(f"S1{letter}_OPER_AUX_{kind}_OPOD_{created:%Y%m%dT%H%M%S}_{span}.EOF{ending}")
    assert (name.mission, name.kind) == (f"S1{letter}", kind)
    assert (name.created, name.start, name.stop) == tuple(t.replace(tzinfo=UTC) for t in (created, start, stop))


@given(st.text(max_size=80))
def test_other_names_are_none_of_an_orbit_file(text):
    assert parse_orbit_name(text) is None


def test_a_name_with_an_impossible_day_is_none():
    assert parse_orbit_name("S1A_OPER_AUX_POEORB_OPOD_20221319T082002_V20220928T225942_20220930T005942.EOF") is None


def test_a_span_is_covered_from_the_start_up_to_before_the_stop():
    name = parse_orbit_name("S1A_OPER_AUX_POEORB_OPOD_20221019T082002_V20220928T225942_20220930T005942.EOF")
    second = timedelta(seconds=1)
    assert name.covers(name.start, name.stop - second)
    assert not name.covers(name.start - second, name.stop - second)
    assert not name.covers(name.start, name.stop)


def test_vectors_are_read_whole_or_between_two_times(tmp_path):
    path = write_orbit_file(tmp_path, PASS)
    whole = read_orbit_file(path)
    assert len(whole.vectors) == 360
    first, last = PASS.start, PASS.start + timedelta(seconds=55)
    some = read_orbit_file(path, first=first, last=last)
    assert some.vectors == tuple(vector for vector in whole.vectors if first <= vector.time <= last)
    seconds = (some.vectors[0].time - PASS.node).total_seconds()
    _, position, velocity = state_vectors(PASS, np.array([seconds]))
    np.testing.assert_allclose(some.vectors[0].position, position[0], atol=1e-5)
    np.testing.assert_allclose(some.vectors[0].velocity, velocity[0], atol=1e-5)


def test_what_follows_the_span_is_not_even_read(tmp_path):
    path = write_orbit_file(tmp_path, PASS)
    path.write_text(path.read_text().replace("</List_of_OSVs>", "<" * 300_000))
    assert read_orbit_file(path, last=PASS.start - timedelta(minutes=25)).vectors
    with pytest.raises(DataError):
        read_orbit_file(path)


def test_a_zipped_file_says_the_same(tmp_path):
    path = write_orbit_file(tmp_path, PASS)
    zipped = path.with_suffix(".EOF.zip")
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(path, path.name)
    assert read_orbit_file(zipped).vectors == read_orbit_file(path).vectors


def test_degraded_vectors_are_counted(tmp_path):
    path = write_orbit_file(tmp_path, PASS)
    path.write_text(path.read_text().replace("NOMINAL", "DEGRADED", 3))
    assert read_orbit_file(path).n_degraded == 3


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Sentinel-1A", "Sentinel-1B"),
        ("AUX_POEORB</File_Type>", "AUX_RESORB</File_Type>"),
        ("EARTH_FIXED", "INERTIAL"),
        ("UTC</Time_Reference>", "TAI</Time_Reference>"),
        ('<X unit="m">', '<X unit="km">'),
        ("<Z ", "<W "),
        ("Earth_Explorer_Header>", "Header>"),
        ("UTC=2020-03-04", "UTC=2020-33-04"),
    ],
)
def test_content_that_contradicts_the_name_or_makes_no_sense_is_refused(tmp_path, old, new):
    path = write_orbit_file(tmp_path, PASS)
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new).replace("</Z>", "</W>" if "<W" in new else "</Z>"))
    with pytest.raises(DataError):
        read_orbit_file(path)


def test_vectors_out_of_order_are_refused(tmp_path):
    path = write_orbit_file(tmp_path, PASS)
    lines = path.read_text().splitlines(keepends=True)
    lines[3], lines[4] = lines[4], lines[3]
    path.write_text("".join(lines))
    with pytest.raises(DataError, match="sound orbit file"):
        read_orbit_file(path)


def test_missing_misnamed_and_broken_files_are_told(tmp_path):
    name = "S1A_OPER_AUX_POEORB_OPOD_20221019T082002_V20220928T225942_20220930T005942.EOF"
    with pytest.raises(InputError, match="cannot be read"):
        read_orbit_file(tmp_path / name)
    with pytest.raises(InputError, match="not the name"):
        read_orbit_file(tmp_path / "orbit.EOF")
    (tmp_path / f"{name}.zip").write_bytes(b"PK")
    with pytest.raises(DataError, match="zip"):
        read_orbit_file(tmp_path / f"{name}.zip")
    with zipfile.ZipFile(tmp_path / f"{name}.zip", "w") as archive:
        archive.writestr("readme", "x")
    with pytest.raises(DataError, match="one orbit file"):
        read_orbit_file(tmp_path / f"{name}.zip")


@pytest.mark.skipif(not SHARED.is_dir(), reason="needs the real orbits of ../shared/data, which are not ours to commit")
def test_real_orbit_files_are_read():
    read = [read_orbit_file(path) for path in sorted(SHARED.iterdir())]
    assert [len(orbit.vectors) for orbit in read] == [143, 94, 187, 120, 105, 193, 1186]
    assert {orbit.name.kind for orbit in read} == {"POEORB", "RESORB"}
    for orbit in read:
        radii = np.linalg.norm([vector.position for vector in orbit.vectors], axis=1)
        assert np.all((radii > 7.05e6) & (radii < 7.1e6))
