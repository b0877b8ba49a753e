"""
How fast this machine is, just now: a small piece of work of the kind that the stages do, timed.

Measured by the clock, other work on the machine counts, as it will for the stages; measured by the processor's time, as
for the rates, it does not.
"""

import time

import numpy as np
from threadpoolctl import threadpool_limits

_ROUNDS = 5
_VALUES = 200_000
_WINDOW = 256


def calibration_seconds(*, of_processor: bool = False) -> float:
    """
    Return the seconds of the work, the middle one of some rounds; all take less than a second together.

    Parameters
    ----------
    of_processor : bool
        Count the time of the processor instead of the clock's.
    """
    clock = time.process_time if of_processor else time.perf_counter
    seconds = []
    with threadpool_limits(1, user_api="blas"):
        for _ in range(_ROUNDS):
            start = clock()
            _work()
            seconds.append(clock() - start)
    return float(np.median(seconds))


def _work() -> None:
    """Do phasors, transforms, products of matrices and sorting: what the kernels consist of."""
    rng = np.random.default_rng(1)
    phase = rng.normal(size=_VALUES).astype(np.float32)
    for _ in range(4):
        phasors = np.exp(1j * phase)
        phase = np.angle(phasors * phasors.conj() * phasors).astype(np.float32)
    window = phasors[: _WINDOW * _WINDOW].reshape(_WINDOW, _WINDOW)
    for _ in range(4):
        window = np.fft.ifft2(np.fft.fft2(window))
    matrix = phase[: _WINDOW * _WINDOW].reshape(_WINDOW, _WINDOW).astype(np.float64)
    for _ in range(4):
        matrix = matrix @ matrix.T / _WINDOW
    np.sort(phase)
