"""SNAP's header faults are recognised by what they produce, and the right values come out."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.formats.gamma_par import GammaHeader
from snapstamps.snap.header_faults import IW_RANGE_SPACING, PixelSpacing, find_faults, repaired
from snapstamps.snap.header_geometry import earth_radius, incidence_at_edges

# GRAPHS section 10: centre latitude, radius error (km), incidence error of IW1 near and far (degrees).
# The table's orbit stands higher near the equator, as Sentinel-1's does.
TABLE = [
    (10.80, -19.8, -3.3, -3.4),
    (21.03, -11.6, -1.9, -2.3),
    (21.60, -0.2, 0.0, -0.8),
    (37.75, 7.9, 1.2, 0.3),
    (45.00, -4.8, -0.8, -1.4),
    (56.09, 10.5, 1.6, 0.6),
]
SWATH = {"width": 20_000, "length": 1500, "near": 800_000.0}


def header_of(text: str) -> GammaHeader:
    return GammaHeader(tuple(text.splitlines()))


def codes(header: GammaHeader, product: PixelSpacing | None = None) -> list[str]:
    return [fault.code for fault in find_faults(header, product)]


def true_incidence(truth) -> np.ndarray:
    """Law of cosines in the triangle of the earth's centre, the ground and the satellite."""
    ground = earth_radius(math.radians(truth.latitude))
    slant = truth.near + np.array([0, truth.width - 1]) * truth.range_spacing
    cosine = (truth.sensor_radius**2 - ground**2 - slant**2) / (2 * ground * slant)
    return np.degrees(np.arccos(cosine))


@pytest.mark.parametrize(("latitude", "radius_error", "near_error", "far_error"), TABLE)
def test_faulty_headers_give_the_incidence_errors_of_the_table_and_repaired_ones_none(
    header_truth, snaps_faults, latitude, radius_error, near_error, far_error
):
    truth = header_truth(latitude=latitude, sensor_radius=7.076e6 if latitude < 30 else 7.071e6, **SWATH)
    faulty = header_of(truth.text(*snaps_faults))
    error = np.array(incidence_at_edges(faulty)) - true_incidence(truth)
    np.testing.assert_allclose(error, (near_error, far_error), atol=0.1)
    radius = faulty.number("earth_radius_below_sensor")
    assert (radius - earth_radius(math.radians(latitude))) / 1e3 == pytest.approx(radius_error, abs=0.06)

    mended = repaired(faulty, find_faults(faulty))
    np.testing.assert_allclose(incidence_at_edges(mended), true_incidence(truth), atol=1e-6)
    assert codes(mended) == ["azimuth-spacing"]


@given(latitude=st.floats(-80, 80), start=st.floats(0, 86_399), width=st.integers(1000, 70_000))
def test_the_repair_recovers_every_right_value_at_any_place_and_time_of_day(
    header_truth, snaps_faults, latitude, start, width
):
    truth = header_truth(latitude=latitude, start=start, width=width, length=1500)
    product = PixelSpacing(truth.range_spacing, truth.azimuth_spacing, "stack.dim")
    right, faulty = header_of(truth.text()), header_of(truth.text(*snaps_faults))
    assert codes(right, product) == []
    mended = repaired(faulty, find_faults(faulty, product))
    assert codes(mended, product) == []
    for line, expected in zip(mended.lines, right.lines, strict=True):
        words, right_words = line.split(), expected.split()
        if words != right_words:
            # radii within their tolerance are left as they are
            assert float(words[1]) == pytest.approx(float(right_words[1]), abs=10)
    np.testing.assert_allclose(incidence_at_edges(mended), true_incidence(truth), atol=0.01)


@pytest.mark.parametrize("fault", ["range-spacing", "azimuth-spacing", "earth-radius", "ranges", "half-times"])
def test_each_fault_alone_is_recognised_alone_and_gone_after_its_repair(header_truth, fault):
    truth = header_truth()
    product = PixelSpacing(truth.range_spacing, truth.azimuth_spacing, "stack.dim")
    faulty = header_of(truth.text(fault))
    assert codes(faulty, product) == [fault]
    mended, right = repaired(faulty, find_faults(faulty, product)), header_of(truth.text())
    for key in truth.values(frozenset()):
        words, expected = mended.values(key), right.values(key)
        assert words == expected or float(words[0]) == pytest.approx(float(expected[0]), rel=1e-15)
    assert codes(mended, product) == []


def test_a_repair_changes_nothing_but_the_values_that_were_wrong(header_truth, snaps_faults):
    faulty = header_of(header_truth().text(*snaps_faults))
    faults = find_faults(faulty)
    mended = repaired(faulty, faults)
    changed = {a.split(":")[0] for a, b in zip(faulty.lines, mended.lines, strict=True) if a != b}
    assert changed == {change.key for fault in faults for change in fault.changes}
    assert [line.split()[2:] for line in mended.lines] == [line.split()[2:] for line in faulty.lines]


@pytest.mark.parametrize(
    "not_iw",
    [
        {"sensor": "TERRASAR-X"},
        {"line_time": 0.000607},  # stripmap, whose beams round to 2 m as well
        {"range_spacing": 3.6},
    ],
)
def test_without_the_product_other_modes_and_sensors_are_not_repairable(header_truth, not_iw):
    header = header_of(header_truth(**not_iw).text("range-spacing", "ranges"))
    faults = {fault.code: fault for fault in find_faults(header)}
    assert set(faults) == {"range-spacing", "ranges"}
    assert all(fault.changes == () for fault in faults.values())
    assert all("--product" in fault.remedy for fault in faults.values())


def test_the_product_gives_the_spacing_of_any_sensor(header_truth):
    truth = header_truth(sensor="TERRASAR-X", range_spacing=1.364105, azimuth_spacing=1.905)
    header = header_of(truth.text("range-spacing", "azimuth-spacing", "ranges"))
    mended = repaired(header, find_faults(header, PixelSpacing(1.364105, 1.905, "tsx.dim")))
    assert mended.lines == tuple(truth.text().splitlines())


def test_a_product_of_another_spacing_repairs_nothing_and_is_named(header_truth):
    header = header_of(header_truth().text("range-spacing", "azimuth-spacing"))
    faults = find_faults(header, PixelSpacing(5.99, 19.9, "ew.dim"))
    assert [fault.changes for fault in faults] == [(), ()]
    assert all("ew.dim has" in fault.what for fault in faults)


def test_a_product_that_does_not_know_its_spacing_leaves_the_constant(header_truth):
    header = header_of(header_truth().text("range-spacing"))
    (fault,) = find_faults(header, PixelSpacing(None, None, "old.dim"))
    assert float(fault.changes[0].new) == IW_RANGE_SPACING


def test_a_true_spacing_of_whole_metres_is_no_fault(header_truth):
    truth = header_truth(range_spacing=2.0, azimuth_spacing=14.0)
    assert codes(header_of(truth.text()), PixelSpacing(2.0, 14.0, "x.dim")) == []


def test_times_across_midnight_are_recognised(header_truth):
    header = header_of(header_truth(start=86_399.99).text("half-times"))
    wrapped = header.with_value("end_time", str(header.number("end_time") - 43_200))
    assert codes(wrapped) == ["half-times"]
    right = header_of(header_truth(start=86_399.99).text())
    assert codes(right.with_value("end_time", str(right.number("end_time") - 86_400))) == []


def test_vector_times_are_judged_by_themselves(header_truth):
    right = header_of(header_truth().text())
    halved = right.with_value("state_vector_interval", "5.0").with_value("time_of_first_state_vector", "19795.0625")
    (fault,) = find_faults(halved)
    assert [change.key for change in fault.changes] == ["time_of_first_state_vector", "state_vector_interval"]
    assert repaired(halved, (fault,)).lines == right.lines


def test_a_radius_near_the_right_one_is_left_and_a_strange_one_told(header_truth):
    right = header_of(header_truth().text())
    radius = right.number("earth_radius_below_sensor")
    for offset, expected in ((9.0, []), (-9.0, []), (2900.0, []), (3100.0, ["earth-radius-unexplained"])):
        header = right.with_value("earth_radius_below_sensor", str(radius + offset))
        assert codes(header) == expected
        assert repaired(header, find_faults(header)).lines == header.lines


def test_a_header_without_values_has_no_recognisable_fault():
    assert find_faults(GammaHeader(())) == ()
    assert find_faults(header_of("range_pixel_spacing:\tabc\tm\nnear_range_slc:\n")) == ()
    assert incidence_at_edges(GammaHeader(())) is None


def test_a_fault_is_recognised_without_the_values_that_its_effect_needs(header_truth):
    lines = header_truth().text("earth-radius").splitlines()
    header = GammaHeader(tuple(line for line in lines if not line.startswith(("prf", "state_vector_interval"))))
    (fault,) = find_faults(header)
    assert fault.code == "earth-radius"
    assert "incidence angle comes out wrong" in fault.why


def test_the_effect_is_told_in_degrees_of_incidence(header_truth):
    truth = header_truth(**SWATH)
    (fault,) = find_faults(header_of(truth.text("earth-radius")))
    assert "-1.86° (near)" in fault.why
    assert "21.03° N" in fault.what
