"""Sentinel-1 products: what the annotations say, and no trust in zip files."""

import csv
import re
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from simulated_safe import (
    BURST_CYCLE,
    LINE_INTERVAL,
    LINES,
    PERIOD,
    PHASES,
    Pass,
    annotation,
    burst_centre,
    manifest,
    write_safe,
    write_zip,
)

from snapstamps.formats import safe_files
from snapstamps.formats.safe import read_scene
from snapstamps.formats.safe_bursts import N_TRACKS, burst_number, track_of_node
from snapstamps.model.errors import DataError, InputError

SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "sentinel1_safe"
real_products = pytest.mark.skipif(
    not SHARED.is_dir(), reason="needs the real products of ../shared/data, which are not ours to commit"
)
REAL = sorted(SHARED.glob("*.zip"))
ONE = Pass(swaths=("IW2",))


def rewritten(path: Path, change) -> Path:
    """Write a zip file again, with its members as `change` gives them."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in change(members):
            archive.writestr(name, content)
    return path


def test_a_product_is_read_as_it_was_made(tmp_path):
    made = Pass(polarisations=("VV", "VH"))
    scene = read_scene(write_safe(tmp_path, made))
    assert (scene.name, scene.mission, scene.track, scene.direction) == (made.name, "S1A", 55, "ASCENDING")
    assert (scene.polarisations, scene.datatake) == (("VH", "VV"), made.datatake)
    assert (scene.slice_number, scene.n_slices, scene.processor) == (5, 9, "003.20")
    assert scene.processed == made.processed
    assert scene.missing == ()
    assert [swath.name for swath in scene.swaths_in("VV")] == ["IW1", "IW2", "IW3"]
    swath = scene.swaths_in("VV")[1]
    assert (swath.n_lines, swath.lines_per_burst, swath.doppler) == (3 * LINES, LINES, 1.5)
    assert swath.slant_range == pytest.approx(845_000.0, abs=1e-6)
    assert swath.line_interval == LINE_INTERVAL
    assert len(scene.orbit_vectors) == 16
    assert scene.day == made.start.date()


def test_bursts_lie_on_the_ground_where_the_satellite_saw_them(tmp_path):
    scene = read_scene(write_safe(tmp_path))
    for swath in scene.swaths:
        for burst in swath.bursts:
            polygon = shapely.Polygon(burst.corners)
            assert polygon.is_valid
            centre = shapely.Point(burst_centre(Pass(), swath.name, burst.number))
            assert polygon.buffer(-0.3 * polygon.area / polygon.length).contains(centre)


def test_folder_zip_manifest_and_nested_zip_say_the_same(tmp_path):
    folder = write_safe(tmp_path / "a", ONE)
    (tmp_path / "b").mkdir()
    plain, nested = write_zip(tmp_path / "b", ONE), write_zip(tmp_path / "b", ONE, name="n.zip", prefix="safe/")
    first = read_scene(folder)
    for path in (folder / "manifest.safe", plain, nested):
        other = read_scene(path)
        assert (other.name, other.swaths, other.orbit_vectors) == (first.name, first.swaths, first.orbit_vectors)


def test_only_the_polarisation_that_is_wanted_is_read_but_all_are_told(tmp_path):
    scene = read_scene(write_safe(tmp_path, Pass(polarisations=("VV", "VH"))), polarisations={"VV"})
    assert {swath.polarisation for swath in scene.swaths} == {"VV"}
    assert scene.polarisations == ("VH", "VV")


def test_images_that_are_absent_or_empty_are_named(tmp_path):
    absent = read_scene(write_safe(tmp_path / "a", Pass(swaths=("IW2",), with_images=False)))
    assert [re.sub("-2020.*", "", name) for name in absent.missing] == ["measurement/s1a-iw2-slc-vv"]
    folder = write_safe(tmp_path / "b", ONE)
    for image in (folder / "measurement").iterdir():
        image.write_bytes(b"")
    assert len(read_scene(folder).missing) == 1


@given(st.integers(1, N_TRACKS), st.integers(1, 2140), st.sampled_from(sorted(PHASES)))
def test_the_same_ground_has_the_same_burst_number_and_the_next_burst_the_next(track, burst, swath):
    made = Pass(track=track, first_burst=burst)
    start = made.sensing_start + PHASES[swath] * BURST_CYCLE
    number = burst_number(start, track, swath)
    assert burst_number(start + 0.02, track, swath) == number, "the satellite keeps its times to some hundredths"
    assert burst_number(start - 0.02, track, swath) == number
    assert burst_number(start + BURST_CYCLE, track, swath) == number + 1


@given(st.integers(1, N_TRACKS), st.integers(-60, 60))
def test_behind_the_equator_the_orbit_is_the_next_one_and_the_node_still_the_last(track, seconds):
    written = track % N_TRACKS + 1 if seconds >= 0 else track
    assert track_of_node(PERIOD + seconds, written) == track


@pytest.mark.parametrize(
    ("change", "phrase"),
    [
        (lambda _: [("../evil/manifest.safe", b"x")], "leads out of it"),
        (lambda _: [("/etc/manifest.safe", b"x")], "leads out of it"),
        (lambda members: [("a\\b", b"x"), *members.items()], "leads out of it"),
        (lambda members: [(name, b" " * 5_000_000) for name in members], "would grow"),
        (lambda _: [("a/manifest.safe", b"x"), ("b/manifest.safe", b"y")], "2 files manifest.safe"),
        (lambda _: [("a/readme", b"x")], "0 files manifest.safe"),
    ],
)
def test_a_zip_file_that_is_no_product_or_not_to_be_trusted_is_refused(tmp_path, change, phrase):
    path = rewritten(write_zip(tmp_path, ONE), change)
    with pytest.raises(DataError, match=re.escape(phrase)):
        read_scene(path)


def test_a_zip_file_with_a_name_twice_is_refused(tmp_path):
    path = write_zip(tmp_path, ONE)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr(archive.namelist()[0], b"other")
    with pytest.raises(DataError, match="twice"):
        read_scene(path)


def test_a_zip_file_with_too_many_names_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_files, "MAX_MEMBERS", 2)
    with pytest.raises(DataError, match="lists"):
        read_scene(write_zip(tmp_path, ONE))


def test_an_xml_file_that_is_far_too_large_is_not_opened(tmp_path, monkeypatch):
    monkeypatch.setattr(safe_files, "MAX_MEMBER_BYTES", 1000)
    with pytest.raises(DataError, match="too large"):
        read_scene(write_safe(tmp_path, ONE))


def test_what_packers_leave_behind_does_not_disturb(tmp_path):
    path = rewritten(
        write_zip(tmp_path, ONE), lambda members: [*members.items(), ("__MACOSX/x/manifest.safe", b"junk")]
    )
    assert read_scene(path).name == ONE.name


@pytest.mark.parametrize("keep", [0, 10, 2000, -40])
def test_a_zip_file_that_was_cut_off_is_said_to_be_damaged(tmp_path, keep):
    path = write_zip(tmp_path, ONE)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(DataError, match="not a sound zip file"):
        read_scene(path)


def test_damage_inside_a_zip_file_is_found(tmp_path):
    path = write_zip(tmp_path, ONE)
    content = bytearray(path.read_bytes())
    content[200:260] = bytes(60)
    path.write_bytes(content)
    with pytest.raises(DataError):
        read_scene(path)


def test_missing_things_are_said_to_be_missing(tmp_path):
    with pytest.raises(InputError, match="scene is missing"):
        read_scene(tmp_path / "none.zip")
    (tmp_path / "empty.SAFE").mkdir()
    with pytest.raises(DataError, match="no SAFE product"):
        read_scene(tmp_path / "empty.SAFE")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("<s:pass>ASCENDING</s:pass>", "<s:pass>SIDEWAYS</s:pass>"),
        ("<s:missionDataTakeID>", "<s:other>"),
        ('<safe:relativeOrbitNumber type="start">55', '<safe:relativeOrbitNumber type="start">five'),
        ('<safe:relativeOrbitNumber type="start">', '<safe:relativeOrbitNumber type="stop">'),
        ("Sentinel-1 IPF", "Another"),
    ],
)
def test_a_manifest_that_lacks_something_is_refused_with_what_it_lacks(tmp_path, old, new):
    folder = write_safe(tmp_path, ONE)
    text = manifest(ONE)
    assert old in text
    changed = text.replace(old, new).replace(
        "</s:missionDataTakeID>", "</s:other>" if "other" in new else "</s:missionDataTakeID>"
    )
    (folder / "manifest.safe").write_text(changed)
    with pytest.raises(DataError) as caught:
        read_scene(folder)
    assert caught.value.why or "not sound" in caught.value.what


def test_detected_images_are_refused_with_what_to_take(tmp_path):
    folder = write_safe(tmp_path, ONE)
    (folder / "manifest.safe").write_text(manifest(ONE).replace("<s:productType>SLC", "<s:productType>GRD"))
    with pytest.raises(DataError, match="GRD product") as caught:
        read_scene(folder)
    assert "SLC" in caught.value.remedy


@pytest.mark.parametrize(
    ("pattern", "new"),
    [
        ("<swath>IW2</swath>", ""),
        ("<polarisation>VV", "<polarisation>XX"),
        ("<numberOfLines>[0-9]+", "<numberOfLines>0"),
        ("<latitude>[^<]+", "<latitude>123"),
        ("<geolocationGridPointList>.*</geolocationGridPointList>", ""),
        ("<imageInformation>.*</imageInformation>", ""),
        ("<orbit><time>[^<]+", "<orbit><time>2020-03-04T10:00:00"),
        ("<position><x>[^<]+", "<position><x>abc"),
    ],
)
def test_a_damaged_annotation_is_named(tmp_path, pattern, new):
    folder = write_safe(tmp_path, ONE)
    (file,) = (folder / "annotation").iterdir()
    changed, n_changes = re.subn(pattern, new, annotation(ONE, "IW2", "VV"), flags=re.DOTALL)
    assert n_changes
    file.write_text(changed)
    with pytest.raises(DataError) as caught:
        read_scene(folder)
    assert file.name in caught.value.where


@real_products
def test_every_burst_lies_where_esa_says_that_this_burst_lies():
    csv.field_size_limit(10**7)
    with (SHARED / "esa_burst_db_sample.csv").open() as table:
        polygons = {row["burst_id_jpl"]: shapely.from_wkt(row["geometry"]) for row in csv.DictReader(table)}
    shares = []
    for path in REAL:
        scene = read_scene(path, polarisations={"VV"})
        for swath in scene.swaths:
            for burst in swath.bursts:
                names = [f"t{track:03d}_{burst.esa_id:06d}_{swath.name.lower()}" for track in _tracks(scene.track)]
                known = [polygons[name] for name in names if name in polygons]
                if known:
                    mine = shapely.Polygon(burst.corners)
                    shares.append(mine.intersection(known[0]).area / mine.union(known[0]).area)
    assert len(shares) > 90
    assert min(shares) > 0.79


def _tracks(track: int) -> tuple[int, ...]:
    """ESA names a burst by the track of its own time, which changes inside a product at the equator."""
    return (track, track % 175 + 1, (track - 2) % 175 + 1)


@real_products
def test_computed_burst_numbers_are_those_that_esa_wrote():
    n_compared = 0
    for path in REAL:
        scene = read_scene(path)
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                if re.search(r"/annotation/s1[^/]+\.xml", name) and "MACOSX" not in name:
                    text = archive.read(name).decode()
                    written = [int(number) for number in re.findall(r"<burstId[^>]*>(\d+)<", text)]
                    node = _time(re.search(r"<ascendingNodeTime>(.*?)<", text)[1])
                    swath = re.search(r"<swath>(.*?)<", text)[1]
                    track = track_of_node((scene.start - node).total_seconds(), scene.track)
                    times = [_time(found) for found in re.findall(r"<sensingTime>(.*?)<", text)]
                    for number, time in zip(written, times, strict=bool(written)):
                        assert burst_number((time - node).total_seconds(), track, swath) == number
                        n_compared += 1
    assert n_compared == 77


@real_products
def test_the_track_follows_from_the_orbit_number_where_the_manifest_errs():
    differing = {
        scene.name[17:25]: scene.written_track for scene in map(read_scene, REAL) if scene.track != scene.written_track
    }
    assert differing == {"20141004": 154}


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@real_products
def test_real_products_are_read_with_what_is_known_of_them():
    told = {
        scene.name[17:25]: (scene.track, scene.direction[0], scene.slice_number, scene.processor, len(scene.swaths))
        for scene in map(read_scene, REAL)
    }
    assert told == {
        "20141004": (152, "D", 3, "002.36", 1),
        "20141227": (154, "D", 4, "002.71", 3),
        "20200511": (71, "D", 5, "003.20", 6),
        "20220828": (51, "A", 1, "003.52", 1),
        "20220929": (2, "D", 1, "003.52", 3),
        "20221011": (175, "A", 8, "003.52", 1),
        "20221016": (64, "A", 2, "003.52", 1),
        "20221024": (15, "A", 1, "003.52", 1),
        "20230108": (71, "D", 8, "003.52", 1),
    }
