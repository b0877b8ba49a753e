"""The mean amplitude north up: what is bright in radar geometry is bright at its place on the ground."""

import numpy as np
import pytest

from snapstamps.results import amplitude_map as module
from snapstamps.results.amplitude_map import Extent, amplitude_map, extent_of
from snapstamps.stamps.store import StampsStore

LINES, SAMPLES = 200, 300


def ground(line, sample, *, relief=0.0):
    """Return longitude and latitude of pixels: turned, mirrored, and shifted across track by a hill."""
    hill = relief * np.exp(-((line - 100) ** 2 + (sample - 150) ** 2) / 60.0**2)
    lon = 105 + 4e-5 * (sample + hill) + 2.5e-5 * line
    return np.stack([lon, 21 - 1.2e-4 * line + 0.7e-5 * (sample + hill)], axis=-1)


def scattered(n=3000, *, relief=0.0):
    rng = np.random.default_rng(4)
    line, sample = rng.integers(0, LINES, n), rng.integers(0, SAMPLES, n)
    return np.column_stack([np.arange(1, n + 1), line, sample]).astype(float), ground(line, sample, relief=relief)


def write_patches(folder, amplitude, boxes):
    (folder / "patch.list").write_text("".join(f"PATCH_{i + 1}\n" for i in range(len(boxes))))
    for i, (first, last, top, bottom) in enumerate(boxes):
        patch = folder / f"PATCH_{i + 1}"
        patch.mkdir()
        (patch / "patch.in").write_text(f"{first}\n{last}\n{top}\n{bottom}\n")
        amplitude[top - 1 : bottom, first - 1 : last].astype("<f4").tofile(patch / "mean_amp.flt")
    return StampsStore(folder)


def with_spot(line, sample, size=6):
    amplitude = np.ones((LINES, SAMPLES))
    amplitude[line - size : line + size + 1, sample - size : sample + size + 1] = 100.0
    return amplitude


def found_spot(picture):
    """Return where the picture is bright: longitude and latitude of the centre of mass."""
    rows, columns = np.nonzero(picture.brightness > 0.9)
    extent, (n_rows, n_columns) = picture.extent, picture.brightness.shape
    lon = extent.west + (columns.mean() + 0.5) / n_columns * (extent.east - extent.west)
    return lon, extent.south + (rows.mean() + 0.5) / n_rows * (extent.north - extent.south)


@pytest.mark.parametrize(("line", "sample"), [(30, 40), (170, 260), (100, 150)])
@pytest.mark.parametrize("relief", [0.0, 40.0])
def test_a_bright_spot_appears_where_it_lies(tmp_path, line, sample, relief):
    store = write_patches(tmp_path, with_spot(line, sample), [(1, SAMPLES, 1, LINES)])
    lon, lat = found_spot(amplitude_map(store, *scattered(relief=relief)))
    expected = ground(line, sample, relief=relief)
    assert abs(lon - expected[0]) < 4 * 4e-5  # four samples
    assert abs(lat - expected[1]) < 1.5 * 1.2e-4


def test_overlapping_patches_give_the_picture_of_one(tmp_path):
    amplitude = np.random.default_rng(1).gamma(4, 1, (LINES, SAMPLES))
    (tmp_path / "one").mkdir()
    (tmp_path / "four").mkdir()
    one = write_patches(tmp_path / "one", amplitude, [(1, SAMPLES, 1, LINES)])
    boxes = [
        (first, last, top, bottom) for first, last in ((1, 170), (140, 300)) for top, bottom in ((1, 110), (91, 200))
    ]
    four = write_patches(tmp_path / "four", amplitude, boxes)
    expected, found = (amplitude_map(store, *scattered()) for store in (one, four))
    assert found.extent == expected.extent
    np.testing.assert_allclose(found.brightness, expected.brightness, atol=1e-5)


def test_a_large_scene_is_averaged_into_few_cells(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "MAX_CELLS", 50)
    monkeypatch.setattr(module, "_LINES_AT_ONCE", 7)
    store = write_patches(tmp_path, with_spot(60, 90, size=10), [(1, SAMPLES, 1, 87), (1, SAMPLES, 80, LINES)])
    picture = amplitude_map(store, *scattered())
    assert max(picture.brightness.shape) == 50
    lon, lat = found_spot(picture)
    expected = ground(60, 90)
    assert abs(lon - expected[0]) < 10 * 4e-5
    assert abs(lat - expected[1]) < 6 * 1.2e-4


def test_outside_the_scene_there_is_nothing(tmp_path):
    store = write_patches(tmp_path, np.ones((LINES, SAMPLES)), [(1, SAMPLES, 1, LINES)])
    brightness = amplitude_map(store, *scattered()).brightness
    assert np.isnan(brightness[0, 0])
    assert np.isnan(brightness[-1, -1])
    assert np.isfinite(brightness[tuple(size // 2 for size in brightness.shape)])


def test_without_amplitude_or_positions_there_is_no_picture(tmp_path):
    assert amplitude_map(StampsStore(tmp_path), *scattered()) is None
    store = write_patches(tmp_path, np.ones((LINES, SAMPLES)), [(1, SAMPLES, 1, LINES)])
    ij, lonlat = scattered()
    assert amplitude_map(store, ij[:5], lonlat[:5]) is None
    assert amplitude_map(store, np.tile(ij[:1], (20, 1)), np.tile(lonlat[:1], (20, 1))) is None
    for damage in ("", "1\n2\n", "one"):
        (tmp_path / "PATCH_1" / "patch.in").write_text(damage)
        assert amplitude_map(store, ij, lonlat) is None
    (tmp_path / "PATCH_1" / "patch.in").write_text(f"1\n{SAMPLES}\n1\n{LINES}\n")
    assert amplitude_map(store, ij, lonlat) is not None
    with (tmp_path / "PATCH_1" / "mean_amp.flt").open("ab") as stream:
        stream.write(b"more")
    assert amplitude_map(store, ij, lonlat) is None


def test_an_empty_amplitude_is_all_gap(tmp_path):
    store = write_patches(tmp_path, np.zeros((LINES, SAMPLES)), [(1, SAMPLES, 1, LINES)])
    assert np.isnan(amplitude_map(store, *scattered()).brightness).all()


def test_the_aspect_of_an_extent_is_metric():
    assert Extent(10, 11, 59.5, 60.5).metric_aspect == pytest.approx(0.5)
    single = extent_of(np.array([[105.0, 21.0]]))
    assert single.west < 105 < single.east
    assert single.metric_aspect == pytest.approx(1)
