"""Amplitudes: correct rounding, sums, dispersion, gaps."""

from fractions import Fraction

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from snapstamps.kernels.amplitude import add_amplitudes, amplitude, gather, line_amplitudes, passes_dispersion

part = st.floats(width=32, allow_nan=False, allow_infinity=False, min_value=-(2.0**60), max_value=2.0**60)
NO_MASK = np.zeros((1, 40), np.uint8)


def stored(values: np.ndarray) -> np.ndarray:
    """Return complex values as they stand in a file: one 64-bit word per pixel."""
    return np.ascontiguousarray(values, dtype=">c8").view(np.uint64)


def scenes(n_scenes: int = 7, n_lines: int = 5, n_samples: int = 40) -> np.ndarray:
    rng = np.random.default_rng(3)
    shape = (n_scenes, n_lines, n_samples)
    return (rng.normal(4, 1, shape) + 1j * rng.normal(0, 1, shape)).astype(np.complex64)


def dispersion_of(slcs: np.ndarray, factors: np.ndarray, threshold: float = 10, masked: np.ndarray = NO_MASK):
    shape = slcs.shape[1:]
    sums, squares, gaps = np.zeros(shape, np.float32), np.zeros(shape, np.float32), np.zeros(shape, np.uint8)
    for slc, factor in zip(slcs, factors.astype(np.float32), strict=True):
        add_amplitudes(stored(slc).reshape(-1), factor, sums.reshape(-1), squares.reshape(-1), gaps.reshape(-1))
    passes, dispersion = passes_dispersion(sums, squares, masked, len(slcs), np.float32(threshold))
    return passes, dispersion, sums, gaps


@given(part, part)
def test_the_amplitude_is_the_float32_nearest_to_the_true_modulus(real: float, imaginary: float) -> None:
    value = amplitude(stored(np.array([complex(real, imaginary)]))[0])
    true_square = Fraction(real) ** 2 + Fraction(imaginary) ** 2
    below = (Fraction(float(np.nextafter(value, np.float32(0)))) + Fraction(float(value))) / 2
    above = (Fraction(float(np.nextafter(value, np.float32(np.inf)))) + Fraction(float(value))) / 2
    # Rounding goes through float64, so a tie may be decided 2e-16 too far.
    assert below**2 * (1 - Fraction(1, 2**50)) <= true_square <= above**2 * (1 + Fraction(1, 2**50))


def test_line_sums_are_those_of_numpy_and_leave_out_faint_masked_and_missing_pixels() -> None:
    slc = scenes()[0]
    slc[0, 3], slc[1, 4], slc[2, 5] = 0, complex(np.nan, 1), 0.0009
    masked = np.zeros(slc.shape, np.uint8)
    masked[3, 6:] = 1
    sums, counts = line_amplitudes(stored(slc), masked)
    moduli = np.hypot(slc.real.astype(np.float64), slc.imag.astype(np.float64)).astype(np.float32).astype(np.float64)
    valid = (moduli > 0.001) & (masked == 0)
    assert counts.tolist() == valid.sum(axis=1).tolist() == [39, 39, 39, 6, 40]
    np.testing.assert_allclose(sums, np.where(valid, moduli, 0).sum(axis=1), rtol=1e-14)


def test_one_line_of_the_mask_stands_for_all() -> None:
    slc = stored(scenes()[0])
    masked = np.zeros((1, 40), np.uint8)
    masked[0, 10:20] = 1
    one, all_lines = line_amplitudes(slc, masked), line_amplitudes(slc, np.repeat(masked, 5, axis=0))
    assert np.array_equal(one, all_lines)


def test_the_dispersion_is_the_standard_deviation_over_the_mean() -> None:
    slcs = scenes()
    factors = np.linspace(3, 5, len(slcs))
    _, dispersion, _, _ = dispersion_of(slcs, factors)
    calibrated = np.abs(slcs).astype(np.float64) / factors[:, None, None]
    np.testing.assert_allclose(dispersion, calibrated.std(axis=0) / calibrated.mean(axis=0), rtol=1e-4)


def test_scenes_doubled_with_their_calibration_change_nothing() -> None:
    slcs = scenes()
    factors = np.linspace(3, 5, len(slcs))
    brighter = np.where(np.arange(len(slcs)) % 2, 2, 1)
    plain = dispersion_of(slcs, factors)
    scaled = dispersion_of(slcs * brighter[:, None, None].astype(np.complex64), factors * brighter)
    for one, other in zip(plain, scaled, strict=True):
        assert np.array_equal(one, other)


def test_the_threshold_itself_is_excluded() -> None:
    # Amplitudes 1 and 3: mean 2, deviation 1, so D_A is exactly 0.5.
    slcs = np.stack([np.full((1, 40), 1 + 0j), np.full((1, 40), 3 + 0j)]).astype(np.complex64)
    assert not dispersion_of(slcs, np.ones(2), 0.5)[0].any()
    assert dispersion_of(slcs, np.ones(2), 0.5000001)[0].all()


def test_a_pixel_without_data_restarts_the_sum_and_is_marked() -> None:
    slcs = scenes()
    slcs[3, 2, 7] = 0
    _, _, sums, gaps = dispersion_of(slcs, np.ones(len(slcs)))
    assert np.argwhere(gaps).tolist() == [[2, 7]]
    np.testing.assert_allclose(sums[2, 7], np.abs(slcs[4:, 2, 7]).sum(), rtol=1e-6)
    np.testing.assert_allclose(sums[2, 8], np.abs(slcs[:, 2, 8]).sum(), rtol=1e-6)


def test_a_pixel_that_is_nan_on_one_date_never_passes() -> None:
    slcs = scenes()
    slcs[3, 2, 7] = complex(np.nan, 0)
    passes = dispersion_of(slcs, np.ones(len(slcs)))[0]
    assert not passes[2, 7]
    assert passes.sum() == passes.size - 1


def test_masked_pixels_do_not_pass() -> None:
    masked = np.zeros((5, 40), np.uint8)
    masked[1:3] = 1
    passes = dispersion_of(scenes(), np.ones(7), masked=masked)[0]
    assert np.array_equal(passes, masked == 0)


def test_gathering_copies_the_bytes_and_counts_what_carries_a_phase() -> None:
    values = np.array([1 + 1j, 0, complex(np.nan, 1), complex(1, -np.inf), -0.0 - 0.0j, 1e-45j, -3e38], np.complex64)
    source = stored(values)
    index = np.arange(len(values))[::-1].copy()
    copied = np.empty(len(values), np.uint64)
    assert gather(source, index, copied) == 3
    assert np.array_equal(copied, source[::-1])
