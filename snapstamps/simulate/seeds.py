"""
One random generator per thing and place, so that nothing depends on the order or the size of the blocks.

Every draw belongs to a stream (orbit, atmosphere, clutter …) and to a key (a date, a line). A scene with one more
date keeps the earlier dates as they were, and a line is the same whether it is made alone or among thousands.
"""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What a generator is for; the numbers are part of what a seed means, so they never change."""

    ORBIT = 1
    TERRAIN = 2
    DEM_ERROR = 3
    TEXTURE = 4
    TURBULENCE = 5
    STRATIFICATION = 6
    RAMP = 7
    OSCILLATOR = 8
    GAIN = 9
    PS_PLACE = 10
    PS_NATURE = 11
    CLUTTER = 12
    THERMAL = 13
    ZERO_PIXELS = 14


def generator(seed: int, stream: Stream, *key: int) -> np.random.Generator:
    """
    Return the generator of one stream at one place.

    Parameters
    ----------
    seed : int
        The scene's seed.
    stream : Stream
        What is drawn.
    *key : int
        Where: the ordinal of a date, or the number of a line.

    Examples
    --------
    >>> a, b = (generator(7, Stream.CLUTTER, 12).random() for _ in range(2))
    >>> a == b
    True
    """
    return np.random.default_rng([seed, int(stream), *key])
