"""The inventory says what belongs together, what covers the area, and what is wrong."""

import json
import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import shapely
from simulated_safe import Pass, burst_centre, write_safe, write_zip

from snapstamps.model.errors import InputError
from snapstamps.snap.scene_inventory import SceneChoice, find_products, take_inventory
from snapstamps.snap.scene_text import inventory_dict, render_inventory

ONE = Pass(swaths=("IW1", "IW2"))
SHARED = Path(__file__).resolve().parents[3] / "shared" / "data" / "sentinel1_safe"


def around(centre, size=0.02):
    return shapely.Point(centre).buffer(size).envelope


def inventory(folder, area=None, **choice):
    return take_inventory(find_products(folder), choice=SceneChoice(**choice), area=area)


def codes(found):
    return sorted(finding.code for finding in found.findings)


def test_a_clean_stack_has_no_findings_and_every_date(tmp_path):
    for days in (0, 12, 24):
        write_safe(tmp_path, ONE.later(days))
    found = inventory(tmp_path, around(burst_centre(ONE, "IW2", 2)))
    assert codes(found) == []
    assert [one.day for one in found.acquisitions] == [date(2020, 3, 4), date(2020, 3, 16), date(2020, 3, 28)]
    assert (found.track, found.direction, found.swaths) == (55, "ASCENDING", ("IW2",))
    assert all((one.bursts[0].first, one.bursts[0].last) == (2, 2) for one in found.acquisitions)
    assert all(one.complete and one.coverage == pytest.approx(1.0) for one in found.acquisitions)


def test_an_area_across_two_bursts_and_two_sub_swaths_takes_all_four(tmp_path):
    write_safe(tmp_path, ONE)
    corners = [burst_centre(ONE, swath, number) for swath in ("IW1", "IW2") for number in (1, 2)]
    found = inventory(tmp_path, shapely.MultiPoint(corners).convex_hull)
    assert found.swaths == ("IW1", "IW2")
    assert [(part.swath, part.first, part.last) for part in found.acquisitions[0].bursts] == [
        ("IW1", 1, 2),
        ("IW2", 1, 2),
    ]


def test_two_slices_of_a_date_are_assembled_and_bursts_counted_through(tmp_path):
    second = Pass(swaths=("IW2",), first_burst=123, slice_number=6, unique="0002")
    first = Pass(swaths=("IW2",))
    for one in (second, first):
        write_safe(tmp_path, one)
    area = shapely.union_all([around(burst_centre(first, "IW2", 3)), around(burst_centre(second, "IW2", 1))])
    (date_used,) = inventory(tmp_path, area).acquisitions
    assert [scene.slice_number for scene in date_used.slices] == [5, 6]
    (part,) = date_used.bursts
    assert (part.first, part.last) == (3, 4)
    assert part.esa_ids == (part.esa_ids[0], part.esa_ids[0] + 1)
    only_second = inventory(tmp_path, around(burst_centre(second, "IW2", 2)))
    assert [scene.slice_number for scene in only_second.acquisitions[0].slices] == [6]


def test_dates_whose_slices_begin_elsewhere_get_the_same_ground(tmp_path):
    early, late = Pass(swaths=("IW2",)), Pass(swaths=("IW2",), first_burst=119, n_bursts=4).later(12)
    for one in (early, late):
        write_safe(tmp_path, one)
    found = inventory(tmp_path, around(burst_centre(early, "IW2", 2)))
    first, second = (one.bursts[0] for one in found.acquisitions)
    assert (first.first, second.first) == (2, 3)
    assert first.esa_ids == second.esa_ids


def test_a_missing_slice_in_between_is_an_error(tmp_path):
    passes = [Pass(swaths=("IW2",), first_burst=120 + 3 * k, slice_number=5 + k, unique=f"000{k}") for k in range(3)]
    for one in (passes[0], passes[2]):
        write_safe(tmp_path, one)
    found = inventory(tmp_path)
    assert codes(found) == ["missing-slice"]
    assert found.acquisitions[0].missing_slices == (6,)
    assert not found.acquisitions[0].complete


def test_a_date_with_fewer_bursts_than_the_others_is_an_error_with_their_numbers(tmp_path):
    whole, short = Pass(swaths=("IW2",)), Pass(swaths=("IW2",), n_bursts=2).later(12)
    for one in (whole, short):
        write_safe(tmp_path, one)
    area = shapely.union_all([around(burst_centre(whole, "IW2", 2)), around(burst_centre(whole, "IW2", 3))])
    found = inventory(tmp_path, area)
    assert codes(found) == ["missing-bursts"]
    assert [one.complete for one in found.acquisitions] == [True, False]
    assert found.acquisitions[1].missing_bursts[0][0] == "IW2"
    assert 0.4 < found.acquisitions[1].coverage < 0.6


def test_an_area_that_no_scene_covers_is_refused_and_one_covered_in_part_is_warned_of(tmp_path):
    write_safe(tmp_path, ONE)
    with pytest.raises(InputError, match="no scene covers any"):
        inventory(tmp_path, shapely.box(0, 0, 1, 1))
    lon, lat = burst_centre(ONE, "IW1", 1)
    found = inventory(tmp_path, shapely.box(lon, lat - 2, lon + 0.1, lat))
    assert codes(found) == ["area-not-covered"]


def test_a_date_beside_the_area_is_left_out_with_a_warning(tmp_path):
    write_safe(tmp_path, ONE)
    write_safe(tmp_path, Pass(swaths=("IW1", "IW2"), first_burst=400).later(12))
    found = inventory(tmp_path, around(burst_centre(ONE, "IW2", 2)))
    assert [one.day for one in found.acquisitions] == [date(2020, 3, 4)]
    assert codes(found) == ["outside-area"]


def test_of_mixed_tracks_the_one_with_most_dates_over_the_area_is_used(tmp_path):
    for days in (0, 12):
        write_safe(tmp_path, ONE.later(days))
    other = Pass(track=128, swaths=("IW1",), node=datetime(2020, 3, 9, 10, 40, tzinfo=UTC), datatake=5)
    for days in (0, 12, 24):
        write_safe(tmp_path, other.later(days))
    everywhere, here = inventory(tmp_path), inventory(tmp_path, around(burst_centre(ONE, "IW2", 2)))
    assert (everywhere.track, len(everywhere.acquisitions)) == (128, 3)
    assert (here.track, len(here.acquisitions)) == (55, 2)
    assert codes(here) == ["mixed-tracks"]
    named = inventory(tmp_path, track=55)
    assert named.track == 55
    assert codes(named) == ["wrong-track"] * 3


def test_what_does_not_fit_is_left_out_with_the_reason(tmp_path):
    write_safe(tmp_path, ONE)
    write_safe(tmp_path, Pass(swaths=("IW2",), polarisations=("HH",)).later(12))
    write_safe(tmp_path, Pass(swaths=("IW2",), direction="DESCENDING", track=84).later(24))
    write_safe(tmp_path, ONE.later(48))
    found = inventory(tmp_path, direction="ASCENDING", last=date(2020, 4, 1))
    assert codes(found) == ["other-date", "wrong-direction", "wrong-polarisation"]
    assert len(found.acquisitions) == 1
    assert len(found.scenes) == 4


def test_a_reprocessed_scene_takes_the_place_of_the_old_one(tmp_path):
    old = Pass(swaths=("IW2",))
    new = Pass(swaths=("IW2",), unique="0009", processor="003.31", processed=datetime(2021, 1, 1, tzinfo=UTC))
    for one in (new, old):
        write_safe(tmp_path, one)
    found = inventory(tmp_path)
    assert codes(found) == ["reprocessed"]
    assert [scene.name for scene in found.scenes] == [new.name]


def test_a_scene_that_is_there_twice_counts_once_and_the_folder_is_preferred(tmp_path):
    (tmp_path / "zips").mkdir()
    write_zip(tmp_path / "zips", Pass(swaths=("IW2",)))
    folder = write_safe(tmp_path / "folders", Pass(swaths=("IW2",)))
    found = inventory(tmp_path)
    assert codes(found) == ["duplicate"]
    assert [scene.path for scene in found.scenes] == [folder]


def test_scenes_from_before_and_after_the_antenna_correction_do_not_mix(tmp_path):
    write_safe(tmp_path, Pass(swaths=("IW2",), processor="002.36"))
    write_safe(tmp_path, Pass(swaths=("IW2",)).later(12))
    assert codes(inventory(tmp_path)) == ["mixed-processors"]
    shutil.rmtree(next(tmp_path.glob("*20200316*")))
    assert codes(inventory(tmp_path)) == []


def test_damaged_renamed_and_unfinished_files_are_told_and_strange_ones_ignored(tmp_path):
    write_zip(tmp_path, Pass(swaths=("IW2",)), name="my scene.zip")
    (tmp_path / "S1A_IW_SLC__1SDV_damaged.zip").write_bytes(b"PK\3\4 cut")
    (tmp_path / "holiday.zip").write_bytes(b"no zip")
    (tmp_path / "S1A_x.zip.part").write_bytes(b"")
    found = inventory(tmp_path)
    assert codes(found) == ["damaged-scene", "renamed-zip", "unfinished-download"]
    assert [finding.code for finding in found.errors] == ["damaged-scene", "renamed-zip"]
    assert len(found.acquisitions) == 1


def test_a_link_that_leads_back_does_not_lead_round_and_round(tmp_path):
    write_safe(tmp_path, Pass(swaths=("IW2",)))
    (tmp_path / "back").symlink_to(tmp_path)
    assert len(find_products(tmp_path)) == 1


def test_a_scene_without_its_image_is_an_error(tmp_path):
    write_safe(tmp_path, Pass(swaths=("IW2",), with_images=False))
    assert codes(inventory(tmp_path)) == ["image-missing"]


def test_an_empty_and_a_missing_folder(tmp_path):
    found = inventory(tmp_path)
    assert (found.scenes, found.acquisitions, found.track) == ((), (), None)
    assert "0 scenes, 0 dates" in render_inventory(found)
    with pytest.raises(InputError, match="folder of the scenes is missing"):
        find_products(tmp_path / "none")


def test_the_table_and_the_json_tell_the_same(tmp_path):
    for days in (0, 12):
        write_safe(tmp_path, ONE.later(days))
    write_safe(tmp_path, Pass(swaths=("IW2",), polarisations=("HH",)).later(24))
    found = inventory(tmp_path, around(burst_centre(ONE, "IW2", 2)))
    text, plain = render_inventory(found), json.loads(json.dumps(inventory_dict(found)))
    assert [one["date"] for one in plain["dates"]] == ["2020-03-04", "2020-03-16"]
    assert all(one["date"] in text for one in plain["dates"])
    assert plain["dates"][0]["bursts"][0]["first"] == 2
    assert "IW2 2-2" in text
    assert plain["findings"][0]["code"] == "wrong-polarisation"
    assert max(map(len, text.splitlines())) <= 110


@pytest.mark.skipif(
    not SHARED.is_dir(), reason="needs the real products of ../shared/data, which are not ours to commit"
)
def test_nine_real_scenes_of_seven_tracks_are_told_apart():
    found = take_inventory(find_products(SHARED))
    assert len(found.scenes) == 9
    assert (found.track, [str(one.day) for one in found.acquisitions]) == (71, ["2020-05-11", "2023-01-08"])
    assert "mixed-tracks" in codes(found)
    named = take_inventory(find_products(SHARED), choice=SceneChoice(track=154))
    assert [str(one.day) for one in named.acquisitions] == ["2014-12-27"]
    (burst,) = [burst for swath in found.scenes[2].swaths if swath.name == "IW2" for burst in swath.bursts[4:5]]
    inside = shapely.Polygon(burst.corners).buffer(-0.04)
    here = take_inventory(find_products(SHARED), area=inside)
    assert (here.swaths, here.acquisitions[0].bursts[0].esa_ids) == (("IW2",), (burst.esa_id,))
