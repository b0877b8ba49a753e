"""
esa-snappy, SNAP's Python bridge, asked in a process of its own.

It starts a Java machine, may print at will, and may take the process down with it; so it never runs in ours, and
whatever is wrong with it is one sentence.
"""

import importlib.util
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from snapstamps.model.errors import ToolError

MODULE = "esa_snappy"
_MARK = "snapstamps-inspection:"
_SECONDS = 180.0
_SCRIPT = """
import json, sys
from esa_snappy import ProductIO
product = ProductIO.readProduct(sys.argv[1])
if product is None:
    raise SystemExit("SNAP has no reader for this product")
bands = [product.getBandAt(i) for i in range(product.getNumBands())]
content = {
    "name": str(product.getName()),
    "width": int(product.getSceneRasterWidth()),
    "height": int(product.getSceneRasterHeight()),
    "bands": [[str(b.getName()), str(b.getUnit() or ""), int(b.getDataType())] for b in bands],
    "type": str(product.getProductType()),
    "start": str(product.getStartTime()),
    "stop": str(product.getEndTime()),
}
print(sys.argv[2] + json.dumps(content))
"""


def is_installed() -> bool:
    """Tell whether esa-snappy can be imported here, without importing it."""
    try:
        return importlib.util.find_spec(MODULE) is not None
    except (ImportError, ValueError):
        return False


def ask_snappy(product: Path) -> dict[str, Any]:
    """
    Read a product with SNAP.

    Parameters
    ----------
    product : Path
        Any that SNAP reads.

    Returns
    -------
    dict
        name, width, height, bands (name, unit, SNAP's number of the data type), type, start, stop.

    Raises
    ------
    ToolError
        In one sentence, if it is absent or misconfigured, or cannot read the product.
    """
    if not is_installed():
        raise ToolError("esa-snappy is not installed", remedy="python -m pip install 'snapstamps[snap]'")
    words = [sys.executable, "-c", _SCRIPT, str(product), _MARK]
    try:
        done = subprocess.run(
            words, capture_output=True, text=True, errors="replace", timeout=_SECONDS, stdin=subprocess.DEVNULL,
            check=False,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise ToolError(f"esa-snappy did not answer within {_SECONDS:g} s") from None
    for line in done.stdout.splitlines():
        if line.startswith(_MARK):
            answer: dict[str, Any] = json.loads(line.removeprefix(_MARK))
            return answer
    said = [line.strip() for line in (done.stderr + done.stdout).splitlines() if line.strip()]
    last = said[-1] if said else f"it ended with status {done.returncode}"
    raise ToolError(
        f"esa-snappy is installed, but does not work here: {last}",
        remedy="configure it once for this Python: SNAP's bin/snappy-conf",
    )
