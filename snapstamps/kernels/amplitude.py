"""
Amplitudes of SLCs: their mean for the calibration, and the amplitude dispersion that chooses candidates.

The kernels work on the values as they stand in the file, one 64-bit word per pixel (real and imaginary
part, float32 big-endian), so that nothing is copied or converted before it is used. They follow the
arithmetic of StaMPS's ``calamp`` and ``selpsc_patch`` to the last bit: the amplitude is the correctly
rounded float32 of a float64 square root, and everything after it is float32.
"""

import numba
import numpy as np

from snapstamps.kernels.arrays import BoolArray, FloatArray, IntArray

FAINTEST_VALID = 0.001
"""An amplitude must exceed this to count in the mean of its SLC (digital numbers)."""
NO_DATA_LEVEL = np.float32(5e-5)
"""A calibrated amplitude up to this is no data; as float32 it lies just below StaMPS's 5e-5, so ``<=`` agrees."""

_ODD_BYTES = np.uint64(0x00FF00FF00FF00FF)
_ODD_WORDS = np.uint64(0x0000FFFF0000FFFF)
# Sign and exponent lie in the first two bytes of a float32 in the file, so in the lowest two of a loaded word.
_EXPONENT = np.uint64(0x807F)
_ALL_BUT_SIGNS = np.uint64(0xFFFFFF7FFFFFFF7F)
_8, _16, _32 = np.uint64(8), np.uint64(16), np.uint64(32)


@numba.njit(cache=True, nogil=True, error_model="numpy")
def amplitude(stored: np.uint64) -> np.float32:
    """
    Return the amplitude of one stored pixel.

    Parameters
    ----------
    stored : uint64
        The pixel's eight bytes, loaded as they stand in the file on a little-endian machine.

    Returns
    -------
    float32
        Correctly rounded modulus. Reversing all eight bytes also exchanges the two parts, which does not matter.
    """
    word = ((stored & _ODD_BYTES) << _8) | ((stored >> _8) & _ODD_BYTES)
    word = ((word & _ODD_WORDS) << _16) | ((word >> _16) & _ODD_WORDS)
    real = np.float64(np.uint32(word).view(np.float32))
    imaginary = np.float64(np.uint32(word >> _32).view(np.float32))
    return np.float32(np.sqrt(real * real + imaginary * imaginary))


# Free order of the additions lets the compiler use vectors; NaN keeps its meaning under it.
@numba.njit(cache=True, nogil=True, error_model="numpy", fastmath={"reassoc"})
def line_amplitudes(stored: IntArray, masked: IntArray) -> tuple[FloatArray, IntArray]:
    """
    Sum the amplitudes of every line, as the calibration needs them (StaMPS's ``calamp``).

    Parameters
    ----------
    stored : ndarray of uint64, shape (n_lines, n_samples)
        Pixels of an SLC as they stand in the file.
    masked : ndarray of uint8, shape (n_lines, n_samples) or (1, n_samples)
        Not 0 where a pixel is left out; one line stands for all.

    Returns
    -------
    sums : ndarray of float64, shape (n_lines,)
        Of the valid amplitudes. Sums of single lines do not depend on how many are read at a time.
    counts : ndarray of int64, shape (n_lines,)
        Number of valid pixels: amplitude above 0.001 (so neither zero nor NaN), not masked.
    """
    n_lines, n_samples = stored.shape
    sums = np.zeros(n_lines)
    counts = np.zeros(n_lines, np.int64)
    for line in range(n_lines):
        hidden = masked[min(line, masked.shape[0] - 1)]
        total = 0.0
        count = 0
        for sample in range(n_samples):
            value = np.float64(amplitude(stored[line, sample]))
            valid = (value > FAINTEST_VALID) & (hidden[sample] == 0)
            total += value if valid else 0.0
            count += int(valid)
        sums[line] = total
        counts[line] = count
    return sums, counts


@numba.njit(cache=True, nogil=True, error_model="numpy")
def add_amplitudes(
    stored: IntArray, calibration: np.float32, sums: FloatArray, squares: FloatArray, gaps: IntArray
) -> None:
    """
    Add one SLC's calibrated amplitudes to the running sums (in place); SLCs come in list order.

    Parameters
    ----------
    stored : ndarray of uint64, shape (n_pixels,)
        Pixels of the SLC as they stand in the file.
    calibration : float32
        Mean amplitude of the SLC.
    sums, squares : ndarray of float32, shape (n_pixels,)
        Sum of a and of a**2, with a = amplitude / calibration. A pixel without data restarts ``sums``
        alone, as StaMPS does.
    gaps : ndarray of uint8, shape (n_pixels,)
        Set to 1 where a pixel had no data.
    """
    for pixel in range(stored.size):
        value = amplitude(stored[pixel]) / calibration
        gap = value <= NO_DATA_LEVEL
        sums[pixel] = np.float32(0) if gap else sums[pixel] + value
        squares[pixel] = squares[pixel] if gap else squares[pixel] + value * value
        gaps[pixel] = np.uint8(1) if gap else gaps[pixel]


@numba.njit(cache=True, nogil=True, error_model="numpy")
def passes_dispersion(
    sums: FloatArray, squares: FloatArray, masked: IntArray, n_scenes: int, threshold: np.float32
) -> tuple[BoolArray, FloatArray]:
    """
    Compare every pixel's amplitude dispersion with the threshold (StaMPS's ``selpsc_patch``).

    D_A**2 = N sum(a**2) / sum(a)**2 - 1, in float32.

    Parameters
    ----------
    sums, squares : ndarray of float32, shape (n_lines, n_samples)
        From `add_amplitudes`, after all SLCs.
    masked : ndarray of uint8, shape (n_lines, n_samples) or (1, n_samples)
        Not 0 where a pixel is left out; one line stands for all.
    n_scenes : int
        Number of SLCs, the master's included.
    threshold : float32
        Largest D_A, exclusive.

    Returns
    -------
    passes : ndarray of bool, shape (n_lines, n_samples)
        Whether the pixel passes; also true for pixels with gaps, which are no candidates all the same.
    dispersion : ndarray of float32, shape (n_lines, n_samples)
        D_A where the pixel passes, else 0. NaN where rounding made D_A**2 negative (constant amplitude).
    """
    n_lines, n_samples = sums.shape
    limit = threshold * threshold
    number = np.float32(n_scenes)
    passes = np.zeros((n_lines, n_samples), np.bool_)
    dispersion = np.zeros((n_lines, n_samples), np.float32)
    for line in range(n_lines):
        hidden = masked[min(line, masked.shape[0] - 1)]
        for sample in range(n_samples):
            total = sums[line, sample]
            if hidden[sample] == 0 and total > 0:
                squared = number * squares[line, sample] / (total * total) - np.float32(1)
                if squared < limit:
                    passes[line, sample] = True
                    dispersion[line, sample] = np.sqrt(squared)
    return passes, dispersion


@numba.njit(cache=True, nogil=True)
def gather(stored: IntArray, index: IntArray, values: IntArray) -> int:
    """
    Copy single pixels of an interferogram (in place) and count those that carry a phase.

    Parameters
    ----------
    stored : ndarray of uint64, shape (n_pixels,)
        Pixels as they stand in the file.
    index : ndarray of int64, shape (n_cand,)
        Which pixels.
    values : ndarray of uint64, shape (n_cand,)
        Receives them, unchanged.

    Returns
    -------
    int
        How many of them are finite and not 0 + 0j.
    """
    usable = 0
    for row in range(index.size):
        word = stored[index[row]]
        values[row] = word
        finite = (word & _EXPONENT != _EXPONENT) & ((word >> _32) & _EXPONENT != _EXPONENT)
        usable += int(finite & (word & _ALL_BUT_SIGNS != 0))
    return usable
