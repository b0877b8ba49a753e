"""The CLAP filter, against its definition and against what any phase filter must do."""

import numpy as np
import pytest

from snapstamps.kernels.clap import Clap, alternating, filter_grid, padded_to, refilter_cells

TAPS = np.exp(-0.5 * (2.5 * np.arange(-3, 4) / 3) ** 2)


def clap_of(n_win=32, alpha=1.0, beta=0.3):
    return Clap.of(n_win=n_win, grid_size=50.0, wavelength=800.0, alpha=alpha, beta=beta)


def noisy_grid(n_rows, n_columns, n_ifg=2, seed=0):
    rng = np.random.default_rng(seed)
    shape = (n_ifg, n_rows, n_columns)
    return (rng.normal(size=shape) + 1j * rng.normal(size=shape)).astype(np.complex64)


def response(data, clap):
    """Response of the filter for one window, written down from the paper with shifts and in double precision."""
    amplitude = np.fft.fftshift(np.abs(np.fft.fft2(data, s=(clap.n_win, clap.n_win))))
    for axis in (0, 1):
        amplitude = np.apply_along_axis(np.convolve, axis, amplitude, TAPS, mode="same")
    smooth = np.fft.ifftshift(amplitude)
    median = np.median(smooth)
    adaptive = (smooth / median if median else smooth) ** clap.alpha - 1
    return clap.low_pass + clap.beta * np.maximum(adaptive, 0)


def by_definition(grid, clap):
    """Overlapping tapered windows of one interferogram, in double precision."""
    n_data, step = 3 * clap.n_win // 4, 3 * clap.n_win // 16
    place = np.arange(n_data)
    ramp = np.minimum(place, n_data - 1 - place)
    taper = ramp[:, np.newaxis] + ramp + 1e-6
    out = np.zeros(grid.shape, dtype=complex)
    starts = [[k * step for k in range(-(-length // step) - 3)] for length in grid.shape]
    for r in starts[0]:
        for c in starts[1]:
            shift = [max(start + n_data - length, 0) for start, length in zip((r, c), grid.shape, strict=True)]
            rows, columns = (slice(s - e, s - e + n_data) for s, e in zip((r, c), shift, strict=True))
            data = grid[rows, columns].astype(complex)
            spectrum = np.fft.fft2(data, s=(clap.n_win, clap.n_win)) * response(data, clap)
            moved = np.zeros_like(taper)
            moved[shift[0] :, shift[1] :] = taper[: n_data - shift[0], : n_data - shift[1]]
            out[rows, columns] += np.fft.ifft2(spectrum)[:n_data, :n_data] * moved
    return out


@pytest.mark.parametrize(("n_rows", "n_columns"), [(24, 24), (25, 47), (60, 31)])
@pytest.mark.parametrize("clap", [clap_of(), clap_of(alpha=0.7, beta=0.8), clap_of(n_win=16)])
def test_the_filter_is_that_of_its_definition(n_rows, n_columns, clap):
    grid = noisy_grid(n_rows, n_columns)
    for ours, one in zip(filter_grid(grid, clap), grid, strict=True):
        expected = by_definition(one, clap)
        assert np.abs(ours - expected).max() < 2e-6 * np.abs(expected).max()


@pytest.mark.parametrize("clap", [clap_of(), clap_of(alpha=0.7, beta=0.8), clap_of(n_win=16)])
def test_a_cell_left_out_is_that_of_the_definition(clap):
    grid = noisy_grid(40, 37)
    rows, columns = np.array([0, 39, 20, 20, 5, 17]), np.array([0, 36, 20, 19, 30, 36])
    ours = refilter_cells(grid, rows, columns, clap)
    n = clap.n_win
    for place, (row, column) in enumerate(zip(rows, columns, strict=True)):
        top, left = min(max(row - n // 2, 0), 40 - n), min(max(column - n // 2, 0), 37 - n)
        for ifg in range(2):
            window = grid[ifg, top : top + n, left : left + n].astype(complex)
            window[row - top, column - left] = 0
            filtered = np.fft.ifft2(np.fft.fft2(window) * response(window, clap))
            assert ours[ifg, place] == pytest.approx(filtered[row - top, column - left], abs=2e-6)


def test_what_a_cell_holds_does_not_matter_to_its_own_surroundings():
    grid = noisy_grid(36, 36)
    loud = grid.copy()
    loud[:, 18, 12] *= 50 * np.exp(2j)
    cell = np.array([18]), np.array([12])
    np.testing.assert_allclose(
        refilter_cells(loud, *cell, clap_of()), refilter_cells(grid, *cell, clap_of()), atol=5e-5
    )


def test_cells_may_come_in_any_order():
    grid = noisy_grid(40, 50)
    rows, columns = np.random.default_rng(3).integers(0, 40, (2, 60))
    values = refilter_cells(grid, rows, columns, clap_of())
    np.testing.assert_array_equal(refilter_cells(grid, rows[::-1], columns[::-1], clap_of()), values[:, ::-1])


def test_a_constant_phase_passes_unchanged():
    grid = np.full((1, 50, 44), 3 * np.exp(1.1j), dtype=np.complex64)
    np.testing.assert_allclose(np.angle(filter_grid(grid, clap_of())), 1.1, atol=1e-5)
    again = refilter_cells(grid, np.array([25, 3]), np.array([20, 43]), clap_of())
    np.testing.assert_allclose(np.angle(again), 1.1, atol=1e-4)


def test_a_phase_common_to_all_cells_goes_through():
    grid = noisy_grid(30, 30)
    turned = (grid * np.exp(0.7j)).astype(np.complex64)
    filtered = filter_grid(grid, clap_of())
    np.testing.assert_allclose(filter_grid(turned, clap_of()), filtered * np.exp(0.7j), atol=1e-4)


def test_rows_and_columns_are_treated_alike():
    grid = noisy_grid(41, 30)
    filtered = filter_grid(grid, clap_of())
    swapped = filter_grid(np.ascontiguousarray(grid.transpose(0, 2, 1)), clap_of())
    np.testing.assert_allclose(swapped.transpose(0, 2, 1), filtered, atol=1e-4 * np.abs(filtered).max())


def test_noise_is_filtered_away_from_a_smooth_phase():
    rows, columns = np.mgrid[:48, :48]
    truth = np.exp(2j * np.pi * (rows / 40 + columns / 60))
    noisy = (truth + noisy_grid(48, 48, n_ifg=1)).astype(np.complex64)
    before, after = (
        np.abs(np.angle(g[0] * truth.conj()))[4:-4, 4:-4].mean() for g in (noisy, filter_grid(noisy, clap_of()))
    )
    assert after < before / 3


def test_what_is_not_a_number_counts_as_an_empty_cell():
    grid = noisy_grid(40, 40)
    holes, zeros = grid.copy(), grid.copy()
    holes[:, 7, 9], holes[0, 30, 30] = np.nan, np.inf
    zeros[:, 7, 9], zeros[0, 30, 30] = 0, 0
    np.testing.assert_array_equal(filter_grid(holes, clap_of()), filter_grid(zeros, clap_of()))
    cell = np.array([10]), np.array([9])
    np.testing.assert_array_equal(refilter_cells(holes, *cell, clap_of()), refilter_cells(zeros, *cell, clap_of()))


def test_an_empty_grid_stays_empty():
    nothing = np.zeros((1, 40, 40), dtype=np.complex64)
    assert not filter_grid(nothing, clap_of()).any()
    assert not refilter_cells(nothing, np.array([20]), np.array([20]), clap_of()).any()


def test_a_grid_too_small_for_any_window_gives_nothing_and_one_in_between_is_refused():
    assert not filter_grid(noisy_grid(18, 40), clap_of()).any()
    with pytest.raises(ValueError, match="no window of 24 cells fits into 23"):
        filter_grid(noisy_grid(40, 23), clap_of())


def test_padding_adds_empty_cells_at_the_high_ends_only_where_they_lack():
    grid = noisy_grid(20, 30)
    padded = padded_to(grid, 24)
    assert padded.shape == (2, 24, 30)
    np.testing.assert_array_equal(padded[:, :20], grid)
    assert not padded[:, 20:].any()
    assert padded_to(grid, 20) is grid


def test_alternating_signs_put_frequency_zero_in_the_middle():
    data = noisy_grid(32, 32, n_ifg=1)[0]
    np.testing.assert_allclose(np.fft.fft2(data * alternating((32, 32))), np.fft.fftshift(np.fft.fft2(data)), atol=1e-4)


def test_the_low_pass_halves_at_its_wavelength():
    low_pass = Clap.of(n_win=32, grid_size=50.0, wavelength=800.0, alpha=1.0, beta=0.3).low_pass
    assert low_pass[0, 0] == 1
    assert low_pass[0, 2] == pytest.approx(0.5)
    np.testing.assert_array_equal(low_pass, low_pass.T)
