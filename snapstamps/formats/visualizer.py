"""The text files of StaMPS-Visualizer: where their names end, and its list of baselines."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from snapstamps.formats.csv_fields import safe_text

NAME_LENGTH = 46
"""Letters of a study site's name, without ``.csv``, of which StaMPS-Visualizer keeps no more."""

BASELINE_HEADER = "Product,PerpBaseline[m],TempBaseline[days],Coherence,HeightofAmbiguity[m],DopplerDiff[Hz],"
"""The comma at the end belongs to it: StaMPS-Visualizer takes the columns by position."""

_DATE_AT = 17
"""Letters of a product's name before its date, as in Sentinel-1 names."""


@dataclass(frozen=True)
class BaselineRow:
    """
    One image of the list of baselines.

    Attributes
    ----------
    product : str
        Its date stands in the letters 18 to 25.
    perpendicular : float
        m.
    temporal : float
        Days, master less slave, as in SNAP's list.
    coherence : float
        Of SNAP's model.
    height_of_ambiguity : float
        m; 0 where not known or infinite.
    doppler : float
        Hz; 0 where not known.
    """

    product: str
    perpendicular: float
    temporal: float
    coherence: float
    height_of_ambiguity: float
    doppler: float = 0.0


def site_name(text: str, *, ending: str = "") -> str:
    """
    Return a name of a study site: letters that every file system and R take, at most 46 of them.

    Parameters
    ----------
    text : str
        Any name.
    ending : str
        Kept whole at the end.

    Examples
    --------
    >>> site_name("Thái Nguyên (Đại Từ)"), site_name("../=x", ending="_thinned")
    ('Thai_Nguyen_Dai_Tu', 'x_thinned')
    """
    plain = unicodedata.normalize("NFKD", text.replace("đ", "d").replace("Đ", "D"))
    letters = re.sub(r"[^A-Za-z0-9-]+", "_", plain.encode("ascii", "ignore").decode()).strip("_-")
    return (letters[: NAME_LENGTH - len(ending)].rstrip("_-") or "area") + ending


def stand_in_product(yyyymmdd: str) -> str:
    """
    Return a name for an image whose product is not known, with the date where StaMPS-Visualizer looks for it.

    Examples
    --------
    >>> stand_in_product("20190505")[17:25]
    '20190505'
    """
    return f"{'unknown_product':_<{_DATE_AT}}{yyyymmdd}"


def baseline_text(master: str, slaves: Sequence[BaselineRow]) -> str:
    """
    Return the list of baselines.

    Parameters
    ----------
    master : str
        Product of the master.
    slaves : sequence of BaselineRow
        In order.

    Returns
    -------
    str
        Lines of CSV, the master first.
    """
    lines = [BASELINE_HEADER, f"{safe_text(master)},0.00,0.00,1.00,0,0.00"]
    for row in slaves:
        numbers = (row.perpendicular, row.temporal, row.coherence, row.height_of_ambiguity, row.doppler)
        # what is not known or infinite is written as 0, as StaMPS-Visualizer's manual asks for
        lines.append(
            ",".join([safe_text(row.product), *(f"{number:.2f}" if isfinite(number) else "0" for number in numbers)])
        )
    return "\n".join(lines) + "\n"
