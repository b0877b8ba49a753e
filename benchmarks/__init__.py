"""
Measurements, as ratios against a floor or StaMPS in the same run; nothing here is asserted in a test.

Libraries get one thread each, so that what is measured is the work and not the machine.
"""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[variable] = "1"
