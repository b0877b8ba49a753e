"""
What reflects: persistent scatterers with their impulse response, and clutter that forgets itself in time.

A PS is a point of constant amplitude; its response, a sinc weighted with a Hamming window in both directions as the
processor applies it, spills into the neighbouring (side) pixels. Two PS are never direct neighbours.
"""

import math
from dataclasses import dataclass

import numpy as np

from snapstamps.kernels.arrays import ComplexArray, FloatArray, IntArray
from snapstamps.simulate.ground import GroundLine
from snapstamps.simulate.seeds import Stream, generator
from snapstamps.simulate.spec import SceneSpec

REACH = 2
"""How many pixels a PS spills to each side."""
RANGE_BANDWIDTH = 0.88
"""Bandwidth over sampling rate in range (56.5 / 64.3 MHz)."""
AZIMUTH_BANDWIDTH = 0.67
"""Processed bandwidth over line rate in azimuth (327 / 486 Hz)."""
_HAMMING = 0.75
_EXCLUSION_PIXELS = 9
_WEAKEST_DB, _STRONGEST_DB = 8.0, 40.0


@dataclass(frozen=True)
class PsLine:
    """
    The PS whose peak lies on one line; every array has shape (n_ps,).

    Attributes
    ----------
    sample : ndarray of int
        Pixel of the peak; ascending.
    line_offset, sample_offset : ndarray
        Where the peak lies within its pixel, -0.5 to 0.5.
    signal : ndarray of complex
        Amplitude and phase of the peak, in units in which the clutter's mean power is brightness squared.
    signal_to_clutter : ndarray
        Power ratio in the main pixel.
    dem_error : ndarray
        Reality minus DEM, m.
    """

    sample: IntArray
    line_offset: FloatArray
    sample_offset: FloatArray
    signal: ComplexArray
    signal_to_clutter: FloatArray
    dem_error: FloatArray


def response(offset: FloatArray, bandwidth: float) -> FloatArray:
    """
    Return the amplitude of a point's response.

    Parameters
    ----------
    offset : ndarray
        Distance from the peak, pixels.
    bandwidth : float
        Bandwidth over sampling rate.

    Returns
    -------
    amplitude : ndarray
        1 at the peak; negative in odd side lobes.
    """
    x = bandwidth * np.asarray(offset)
    weighted = _HAMMING * np.sinc(x) + (1 - _HAMMING) / 2 * (np.sinc(x - 1) + np.sinc(x + 1))
    return np.asarray(weighted / _HAMMING)


def ps_ranks(spec: SceneSpec, line: int, ground: GroundLine, pixel_km2: FloatArray) -> FloatArray:
    """
    Return a random rank of every pixel; below 1 the pixel wants to be a PS.

    Parameters
    ----------
    spec : SceneSpec
        Its seed.
    line : int
        Line from 0.
    ground : GroundLine
        Its density counts.
    pixel_km2 : ndarray, shape (n_samples,)
        Ground area of a pixel.

    Returns
    -------
    ranks : ndarray, shape (n_samples,)
        Uniform over 0 to 1/intensity. Of neighbours that want it, the lowest rank wins, so the intensity is raised
        such that the density of the winners is the one asked for (Matérn's second hard-core process).
    """
    wanted = np.minimum(ground.density * pixel_km2 * _EXCLUSION_PIXELS, 0.98)
    intensity = -np.log1p(-wanted) / _EXCLUSION_PIXELS
    draw = generator(spec.seed, Stream.PS_PLACE, line).random(ground.density.size)
    return np.asarray(np.divide(draw, intensity, out=np.full(draw.shape, np.inf), where=intensity > 0))


def choose_ps(before: FloatArray, ranks: FloatArray, after: FloatArray) -> IntArray:
    """
    Return the samples of a line that become PS: those of lowest rank among their eight neighbours.

    Parameters
    ----------
    before, ranks, after : ndarray, shape (n_samples,)
        Ranks of three consecutive lines; infinite outside the image.
    """
    lines = np.minimum(np.minimum(before, after), ranks)
    padded = np.pad(lines, 1, constant_values=np.inf)
    lowest = np.minimum(np.minimum(padded[:-2], padded[2:]), lines)
    return np.flatnonzero((ranks < 1) & (ranks == lowest))


def make_ps_line(spec: SceneSpec, line: int, ground: GroundLine, sample: IntArray) -> PsLine:
    """
    Draw the nature of the PS of a line.

    Parameters
    ----------
    spec : SceneSpec
        Signal-to-clutter distribution, DEM error and seed.
    line : int
        Line from 0.
    ground : GroundLine
        What lies under the line.
    sample : ndarray of int, shape (n_ps,)
        Where they are.
    """
    random = generator(spec.seed, Stream.PS_NATURE, line)
    n_ps = sample.size
    decibel = random.normal(
        spec.scatterers.signal_to_clutter_db, spec.scatterers.signal_to_clutter_spread_db, size=n_ps
    )
    ratio = 10 ** (np.clip(decibel, _WEAKEST_DB, _STRONGEST_DB) / 10)
    line_offset, sample_offset = random.uniform(-0.5, 0.5, size=(2, n_ps))
    phase = random.uniform(-math.pi, math.pi, size=n_ps)
    own_error = spec.terrain.dem_error_m * random.standard_normal(n_ps)
    # the ratio is meant in the main pixel, where a peak off its centre has lost a part
    kept = response(line_offset, AZIMUTH_BANDWIDTH) * response(sample_offset, RANGE_BANDWIDTH)
    return PsLine(
        sample=sample,
        line_offset=line_offset,
        sample_offset=sample_offset,
        signal=np.sqrt(ratio) * ground.brightness[sample] / kept * np.exp(1j * phase),
        signal_to_clutter=ratio,
        dem_error=ground.dem_error[sample] + own_error,
    )


def clutter_line(spec: SceneSpec, line: int, n_samples: int) -> ComplexArray:
    """
    Return the clutter of a line at all dates, without brightness and phase.

    Parameters
    ----------
    spec : SceneSpec
        Coherence time, dates and seed.
    line : int
        Line from 0.
    n_samples : int
        Samples.

    Returns
    -------
    clutter : ndarray of complex64, shape (n_scenes, n_samples)
        Circular Gaussian of unit mean power; its coherence between two dates is exp(-days / coherence_days).
    """
    days = spec.days
    values = _circular(generator(spec.seed, Stream.CLUTTER, line), len(days), n_samples)
    memory = spec.scatterers.coherence_days
    if memory > 0:
        for k in range(1, len(days)):
            kept = math.exp(-(days[k] - days[k - 1]).days / memory)
            values[k] *= np.float32(math.sqrt(1 - kept**2))
            values[k] += np.float32(kept) * values[k - 1]
    return values


def thermal_line(spec: SceneSpec, line: int, n_samples: int) -> ComplexArray | None:
    """Return the thermal noise of a line, shape (n_scenes, n_samples), or None where there is none."""
    if spec.noise.thermal_db is None:
        return None
    noise = _circular(generator(spec.seed, Stream.THERMAL, line), len(spec.days), n_samples)
    noise *= np.float32(10 ** (spec.noise.thermal_db / 20))
    return noise


def _circular(random: np.random.Generator, n_scenes: int, n_samples: int) -> ComplexArray:
    """Draw circular Gaussian numbers of unit mean power."""
    values = random.standard_normal((n_scenes, 2 * n_samples), dtype=np.float32)
    values *= np.float32(math.sqrt(0.5))
    return values.view(np.complex64)
