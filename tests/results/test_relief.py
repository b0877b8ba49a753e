"""The relief: lit from the north-west, in its place, and absent where the export is."""

import numpy as np

from snapstamps.results.relief import hillshade, relief_map


def test_slopes_to_the_north_west_are_bright_and_those_to_the_south_east_dark():
    rows, columns = np.mgrid[-20:21.0, -20:21.0]
    hill = np.maximum(0, 15 - np.hypot(rows, columns))  # row 0 is in the south
    shade = hillshade(hill, cell=1.0)
    assert shade[27, 13] > shade[0, 0] > shade[13, 27]
    assert shade.min() >= 0
    assert shade.max() <= 1


def test_gaps_stay_gaps_and_flat_ground_is_even():
    flat = np.full((10, 12), 70.0)
    flat[3, 4] = np.nan
    shade = hillshade(flat, cell=30.0)
    assert np.isnan(shade[3, 4])
    assert np.ptp(shade[np.isfinite(shade)]) < 1e-9


def test_the_relief_of_an_export_covers_the_scene(tiny_scene):
    picture = relief_map(next(tiny_scene.glob("INSAR_*")))
    assert picture is not None
    assert 0.4 < np.isfinite(picture.brightness).mean() <= 1
    assert np.nanstd(picture.brightness) > 0.01
    extent = picture.extent
    assert extent.east - extent.west < 0.05
    assert abs((extent.west + extent.east) / 2 - 105.85) < 0.02
    assert abs((extent.south + extent.north) / 2 - 21.03) < 0.02


def test_without_an_export_there_is_no_relief(tmp_path):
    assert relief_map(tmp_path) is None
    assert relief_map(tmp_path / "gone") is None
