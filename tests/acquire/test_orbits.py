"""Orbit files stand where SNAP looks for them, and cover the scene."""

import shutil
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from simulated_safe import Pass, write_orbit_file, write_safe

from snapstamps.acquire.orbits import fetch_with_sentineleof, needed_span, place_orbits, snap_orbit_folder
from snapstamps.formats.safe import read_scene
from snapstamps.model.errors import DataError, InputError, ToolError

PASS = Pass(swaths=("IW2",))
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "sentinel1_safe"


@pytest.fixture
def scene(tmp_path):
    """One scene."""
    return read_scene(write_safe(tmp_path / "scenes", PASS))


@pytest.fixture
def auxdata(tmp_path):
    """SNAP's folder of auxiliary data, which does not exist yet."""
    return tmp_path / "auxdata"


def snap_finds(auxdata, scene, kind):
    """Look for an orbit file as SNAP does: by folder and name, at the time of the first state vector."""
    time = scene.orbit_vectors[0].time
    folder = auxdata / "Orbits" / "Sentinel-1" / kind / scene.mission / f"{time:%Y}" / f"{time:%m}"
    for path in folder.glob(f"{scene.mission}_OPER_AUX_{kind}_OPOD_*.EOF"):
        start, stop = (
            datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=UTC) for text in path.stem.split("_V")[1].split("_")
        )
        if start <= time < stop:
            return path
    return None


def test_a_file_at_hand_is_put_where_snap_looks(scene, auxdata, tmp_path):
    orbit = write_orbit_file(tmp_path / "elsewhere", PASS)
    (placed,) = place_orbits([scene], auxdata, at_hand=[orbit])
    assert (placed.kind, placed.was_there) == ("POEORB", False)
    assert snap_finds(auxdata, scene, "POEORB") == placed.path
    (again,) = place_orbits([scene], auxdata)
    assert again.was_there


def test_the_folder_is_that_of_the_first_vectors_month(tmp_path, auxdata):
    # the scene begins in March, its first state vector lies in February
    one = Pass(node=datetime(2020, 2, 29, 23, 54, 35, tzinfo=UTC), swaths=("IW2",))
    scene = read_scene(write_safe(tmp_path / "scenes", one))
    assert (needed_span(scene)[0].month, scene.start.month) == (2, 3)
    (placed,) = place_orbits([scene], auxdata, at_hand=[write_orbit_file(tmp_path, one)])
    assert placed.path.parent == auxdata / "Orbits/Sentinel-1/POEORB/S1A/2020/02"
    assert snap_finds(auxdata, scene, "POEORB") is not None


def test_precise_goes_before_restituted_and_the_policy_decides(scene, auxdata, tmp_path):
    restituted = write_orbit_file(tmp_path, PASS, kind="RESORB")
    with pytest.raises(DataError, match="no POEORB orbit file"):
        place_orbits([scene], auxdata, policy="precise", at_hand=[restituted])
    assert place_orbits([scene], auxdata, at_hand=[restituted])[0].kind == "RESORB"
    precise = write_orbit_file(tmp_path, PASS)
    assert place_orbits([scene], auxdata, policy="precise", at_hand=[restituted, precise])[0].kind == "POEORB"
    assert place_orbits([scene], auxdata, policy="restituted")[0].kind == "RESORB"


def test_a_file_of_another_satellite_or_day_does_not_serve(scene, auxdata, tmp_path):
    others = [write_orbit_file(tmp_path, Pass(mission="S1B")), write_orbit_file(tmp_path, PASS.later(12))]
    with pytest.raises(DataError):
        place_orbits([scene], auxdata, at_hand=others)


@pytest.mark.parametrize("fault", ["gap", "short", "garbage", "other content"])
def test_a_file_whose_content_does_not_cover_the_scene_is_refused_with_the_reason(scene, auxdata, tmp_path, fault):
    orbit = write_orbit_file(tmp_path, PASS)
    lines = orbit.read_text().splitlines(keepends=True)
    inside = [line for line in lines if line.startswith("<OSV>")]
    middle = len(inside) // 2
    changed = {
        "gap": "".join(line for line in lines if line not in inside[middle - 3 : middle + 3]),
        "short": "".join(line for line in lines if line not in inside[: middle + 20]),
        "garbage": "<Earth_Explorer_File>",
        "other content": "".join(lines).replace("Sentinel-1A", "Sentinel-1B"),
    }[fault]
    assert changed != "".join(lines)
    orbit.write_text(changed)
    with pytest.raises(DataError) as caught:
        place_orbits([scene], auxdata, at_hand=[orbit])
    assert orbit.name in caught.value.why
    assert not list(auxdata.rglob("*.EOF"))


def test_a_damaged_file_in_snaps_folder_is_replaced_by_a_sound_one(scene, auxdata, tmp_path):
    sound = write_orbit_file(tmp_path, PASS)
    folder = snap_orbit_folder(auxdata, "POEORB", "S1A", needed_span(scene)[0])
    folder.mkdir(parents=True)
    (folder / sound.name).write_text("cut off")
    (placed,) = place_orbits([scene], auxdata, at_hand=[sound])
    assert placed.path.read_text() == sound.read_text()


def test_a_source_is_asked_only_for_what_is_missing(scene, auxdata, tmp_path):
    asked = []

    def source(mission, first, last, kind, folder):
        asked.append((mission, kind))
        assert first < scene.start < scene.stop < last
        return write_orbit_file(folder, PASS, kind="RESORB") if kind == "RESORB" else None

    (placed,) = place_orbits([scene], auxdata, source=source)
    assert asked == [("S1A", "POEORB"), ("S1A", "RESORB")]
    assert placed.path.is_file()
    place_orbits([scene], auxdata, source=source, policy="restituted")
    assert len(asked) == 2


def test_without_any_file_the_message_names_the_folder(scene, auxdata):
    with pytest.raises(DataError) as caught:
        place_orbits([scene], auxdata)
    assert caught.value.where.endswith("POEORB/S1A/2020/03")


def test_of_a_young_scene_the_message_says_that_precise_orbits_take_time(tmp_path, auxdata):
    now = datetime.now(tz=UTC).replace(microsecond=0)
    scene = read_scene(write_safe(tmp_path, Pass(node=now - timedelta(days=2), swaths=("IW2",))))
    with pytest.raises(DataError) as caught:
        place_orbits([scene], auxdata, policy="precise")
    assert "three weeks" in caught.value.remedy


def library(monkeypatch, download):
    monkeypatch.setitem(sys.modules, "eof", SimpleNamespace())
    monkeypatch.setitem(sys.modules, "eof.download", SimpleNamespace(download_eofs=download))


def test_sentineleof_is_asked_without_passwords_and_its_fallback_is_not_taken_for_precise(scene, tmp_path, monkeypatch):
    asked = {}

    def download_eofs(**words):
        asked.update(words)
        return [write_orbit_file(Path(words["save_dir"]), PASS, kind="RESORB")]

    library(monkeypatch, download_eofs)
    first, last = needed_span(scene)
    assert fetch_with_sentineleof("S1A", first, last, "POEORB", tmp_path / "a") is None
    assert asked["force_asf"] is True, "the other source asks for a password on the terminal"
    assert asked["orbit_type"] == "precise"
    assert first.replace(tzinfo=None) < asked["orbit_dts"][0] < last.replace(tzinfo=None)
    found = fetch_with_sentineleof("S1A", first, last, "RESORB", tmp_path / "b")
    assert found is not None
    assert found.parent == tmp_path / "b"


@pytest.mark.parametrize(("error", "outcome"), [(ValueError("none"), None), (ConnectionError("down"), ToolError)])
def test_no_such_orbit_is_no_failure_but_no_network_is_one(scene, tmp_path, monkeypatch, error, outcome):
    def download_eofs(**_words):
        raise error

    library(monkeypatch, download_eofs)
    first, last = needed_span(scene)
    if outcome is None:
        assert fetch_with_sentineleof("S1A", first, last, "POEORB", tmp_path) is None
    else:
        with pytest.raises(outcome, match="cannot be fetched"):
            fetch_with_sentineleof("S1A", first, last, "POEORB", tmp_path)


def test_without_the_library_one_sentence_says_how_to_get_it(scene, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "eof.download", None)
    with pytest.raises(InputError, match="sentineleof, which is not installed"):
        fetch_with_sentineleof("S1A", *needed_span(scene), "POEORB", tmp_path)


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="needs the real products of ../shared/data, which are not ours to commit"
)
def test_real_orbits_find_their_real_scenes(auxdata, tmp_path):
    orbits = sorted((SHARED / "orbits").iterdir())
    covered = {}
    for product in sorted(SHARED.glob("*.zip")):
        scene = read_scene(product)
        try:
            covered[str(scene.day)] = place_orbits([scene], auxdata, at_hand=orbits)[0].kind
        except DataError:
            covered[str(scene.day)] = None
    assert covered == {
        "2014-10-04": "POEORB",
        "2014-12-27": "POEORB",
        "2020-05-11": None,
        "2022-08-28": "POEORB",
        "2022-09-29": "POEORB",
        "2022-10-11": "POEORB",
        "2022-10-16": None,
        "2022-10-24": "RESORB",
        "2023-01-08": None,
    }
    shutil.rmtree(auxdata)
