"""How many candidates a scene will have, told from some of its lines in a second or two."""

import numpy as np

from snapstamps.candidates.blocks import LineBlock
from snapstamps.candidates.calibrate import mean_amplitude
from snapstamps.candidates.select import Selection, select_block
from snapstamps.model.stack import Stack

SAMPLED_LINES = 24


def sampled_share(stack: Stack, threshold: float, *, lines: int = SAMPLED_LINES) -> float:
    """
    Return the share of pixels whose amplitude dispersion would pass, from evenly spaced lines.

    Parameters
    ----------
    stack : Stack
        The export.
    threshold : float
        Largest amplitude dispersion.
    lines : int
        How many lines to read of every SLC.

    Raises
    ------
    DataError
        If a file ends before.
    """
    numbers = np.unique(np.linspace(0, stack.length - 1, min(lines, stack.length)).astype(int))
    blocks = tuple(LineBlock(int(number), 1) for number in numbers)
    means = [mean_amplitude(slc, width=stack.width, blocks=blocks, mask=None).mean for slc in stack.slcs]
    selection = Selection(
        slcs=stack.slcs,
        factors=np.array([mean or 1.0 for mean in means], dtype=np.float32),
        positions=(stack.lon, stack.lat, stack.height),
        width=stack.width,
        threshold=threshold,
        mask=None,
    )
    found = sum(select_block(selection, block).lines.size for block in blocks)
    return float(found / (len(blocks) * stack.width))
