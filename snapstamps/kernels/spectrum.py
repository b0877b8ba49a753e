"""
The adaptive weighting of amplitude spectra: the compiled inner loops of the CLAP filter.

Spectra come in single precision with frequency 0 in the middle: those of samples whose signs alternate
(:func:`snapstamps.kernels.clap.alternating`). The loops may reorder sums, which is safe because nothing
comes in that is not finite.
"""

from typing import Any

import numba
import numpy as np

from snapstamps.kernels.arrays import Array, ComplexArray, FloatArray

_TAPS = np.exp(-0.5 * (2.5 * np.arange(4) / 3) ** 2).astype(np.float32)
"""Half of the 7-tap gaussian that smooths the amplitude, from its middle outwards."""

_compiled = numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc", "contract", "nsz"})


def weigh_spectra(spectra: ComplexArray, low_pass: FloatArray, *, alpha: float, beta: float) -> None:
    """
    Multiply spectra by the response of the CLAP filter, in place.

    The response is the low pass plus ``beta (H ** alpha - 1)``, where positive; H is the smoothed
    amplitude over its median.

    Parameters
    ----------
    spectra : ndarray of complex64, shape (n_spectra, n_win, n_win)
        Overwritten.
    low_pass : ndarray of float32, shape (n_win, n_win)
        Response of the low pass, frequency 0 in the middle.
    alpha, beta : float
        Exponent and weight of the adaptive part.
    """
    _weigh_spectra(spectra, low_pass, _TAPS, np.float32(alpha), np.float32(beta))


def values_without_sample(
    spectra: ComplexArray,
    sample: ComplexArray,
    row_wave: ComplexArray,
    column_wave: ComplexArray,
    low_pass: FloatArray,
    *,
    alpha: float,
    beta: float,
) -> ComplexArray:
    """
    Leave one sample out of windows, filter them, and give the filtered value where the sample was.

    Parameters
    ----------
    spectra : ndarray of complex64, shape (n_spectra, n_win, n_win)
        Spectra of windows that still hold the sample.
    sample : ndarray of complex64, shape (n_spectra,)
        Its values.
    row_wave, column_wave : ndarray of complex64, shape (n_win,)
        ``exp(2 pi j k p / n_win)`` over k = 0 ... n_win - 1, for its row p in the window and for its column.
    low_pass : ndarray of float32, shape (n_win, n_win)
        Response of the low pass, frequency 0 in the middle.
    alpha, beta : float
        Exponent and weight of the adaptive part.

    Returns
    -------
    ndarray of complex64, shape (n_spectra,)
    """
    values = np.empty(spectra.shape[0], dtype=np.complex64)
    _values_without_sample(
        spectra, sample, row_wave, column_wave, low_pass, _TAPS, np.float32(alpha), np.float32(beta), values
    )
    return values


@_compiled
def _weigh_spectra(spectra: Array, low_pass: Array, taps: Array, alpha: np.float32, beta: np.float32) -> None:
    response = np.empty_like(low_pass)
    for spectrum in spectra:
        _fill_response(spectrum, low_pass, taps, alpha, beta, response)
        for k in range(spectrum.shape[0]):
            for m in range(spectrum.shape[1]):
                spectrum[k, m] *= response[k, m]


@_compiled
def _values_without_sample(
    spectra: Array,
    sample: Array,
    row_wave: Array,
    column_wave: Array,
    low_pass: Array,
    taps: Array,
    alpha: np.float32,
    beta: np.float32,
    values: Array,
) -> None:
    n_win = low_pass.shape[0]
    response = np.empty_like(low_pass)
    spectrum = np.empty(low_pass.shape, dtype=np.complex64)
    for s in range(spectra.shape[0]):
        for k in range(n_win):
            wave = sample[s] * row_wave[k].conjugate()
            for m in range(n_win):
                spectrum[k, m] = spectra[s, k, m] - wave * column_wave[m].conjugate()
        _fill_response(spectrum, low_pass, taps, alpha, beta, response)
        total = np.complex64(0)
        for k in range(n_win):
            real, imaginary = np.float32(0), np.float32(0)
            for m in range(n_win):
                value, wave = spectrum[k, m], column_wave[m]
                real += response[k, m] * (value.real * wave.real - value.imag * wave.imag)
                imaginary += response[k, m] * (value.real * wave.imag + value.imag * wave.real)
            total += (real + imaginary * np.complex64(1j)) * row_wave[k]
        values[s] = total / np.float32(n_win * n_win)


@_compiled
def _fill_response(
    spectrum: Array, low_pass: Array, taps: Array, alpha: np.float32, beta: np.float32, response: Array
) -> None:
    """Compute the response for one spectrum."""
    smooth = response  # its memory serves for the amplitude first
    _smooth_amplitude(spectrum, taps, smooth)
    median = _median(smooth.reshape(-1))
    scale = np.float32(1) / median if median > 0 else np.float32(1)
    one, zero = np.float32(1), np.float32(0)
    for k in range(smooth.shape[0]):
        for m in range(smooth.shape[1]):
            smooth[k, m] *= scale
        if alpha != 1:
            for m in range(smooth.shape[1]):
                smooth[k, m] **= alpha
        for m in range(smooth.shape[1]):
            response[k, m] = low_pass[k, m] + beta * max(smooth[k, m] - one, zero)


@_compiled
def _smooth_amplitude(spectrum: Array, taps: Array, smooth: Array) -> None:
    """Smooth the amplitude by the gaussian along both axes; beyond the borders it is zero."""
    n_win = spectrum.shape[0]
    amplitude = np.zeros((n_win + 6, n_win), dtype=np.float32)
    for k in range(n_win):
        for m in range(n_win):
            value = spectrum[k, m]
            amplitude[k + 3, m] = np.sqrt(value.real * value.real + value.imag * value.imag)
    t0, t1, t2, t3 = taps[0], taps[1], taps[2], taps[3]
    down = np.zeros(n_win + 6, dtype=np.float32)
    for k in range(n_win):
        for m in range(n_win):
            near = t0 * amplitude[k + 3, m] + t1 * (amplitude[k + 2, m] + amplitude[k + 4, m])
            far = t2 * (amplitude[k + 1, m] + amplitude[k + 5, m]) + t3 * (amplitude[k, m] + amplitude[k + 6, m])
            down[m + 3] = near + far
        for m in range(n_win):
            near = t0 * down[m + 3] + t1 * (down[m + 2] + down[m + 4])
            far = t2 * (down[m + 1] + down[m + 5]) + t3 * (down[m] + down[m + 6])
            smooth[k, m] = near + far


@_compiled
def _median(numbers: Array) -> Any:
    """
    Median of an even count of non-negative single-precision numbers.

    Their 32-bit words, as whole numbers, sort as they do: so the range of words is halved until one is left.
    """
    half = numbers.size // 2
    words = numbers.view(np.int32)
    low, high = words[0], words[0]
    for i in range(words.size):
        low, high = min(low, words[i]), max(high, words[i])
    below, up_to = np.float32(0), np.float32(words.size)
    limit = np.empty(1, dtype=np.int32)
    as_number = limit.view(np.float32)
    while low < high and up_to - below > 1:
        limit[0] = (low + high) // 2
        count = _count_up_to(numbers, as_number[0])
        if count >= half:
            high, up_to = limit[0], count
        else:
            low, below = np.int32(limit[0] + 1), count
    limit[0] = _smallest_from(words, low)
    lower = as_number[0]
    if up_to == half:
        limit[0] = _smallest_from(words, np.int32(limit[0] + 1))
    return (lower + as_number[0]) / np.float32(2)


@_compiled
def _count_up_to(numbers: Array, limit: np.float32) -> np.float32:
    # counted in single precision, exact up to 2 ** 24: many at once, other than with whole numbers
    count = np.float32(0)
    for i in range(numbers.size):
        count += np.float32(1) if numbers[i] <= limit else np.float32(0)
    return count


@_compiled
def _smallest_from(words: Array, least: np.int32) -> np.int32:
    largest = np.int32(2**31 - 1)
    smallest = largest
    for i in range(words.size):
        smallest = min(smallest, words[i] if words[i] >= least else largest)
    return smallest
