"""Pictures inside the page, as addresses that hold them."""

import base64
import io
from dataclasses import dataclass

import numpy as np
from PIL import Image

from snapstamps.results.amplitude_map import AmplitudeMap
from snapstamps.results.figures.sheet import Sheet

DARK, BRIGHT = -0.25, 1.8
"""Brightness that is drawn black and white: the ground is darker than it is, so that pale dots stand out."""

_THUMBNAIL_DPI = 105
_QUALITY = 72


@dataclass(frozen=True)
class Picture:
    """
    A picture and what it shows.

    Attributes
    ----------
    address : str
        A ``data:`` address.
    text : str
        For those who do not see it.
    """

    address: str
    text: str


def ground_address(picture: AmplitudeMap) -> str:
    """Return relief or amplitude as an address; clear where there is nothing."""
    grey = np.clip((np.nan_to_num(picture.brightness) - DARK) / (BRIGHT - DARK) * 255, 0, 255)
    clear = np.where(np.isfinite(picture.brightness), 255, 0)
    layers = np.stack([grey, grey, grey, clear], axis=-1)[::-1].astype(np.uint8)  # pictures begin in the north
    return _address(Image.fromarray(layers, "RGBA"))


def picture_of(sheet: Sheet, text: str) -> Picture:
    """Return a drawn sheet, small, with what it shows."""
    return Picture(_sheet_address(sheet), text)


def _sheet_address(sheet: Sheet) -> str:
    buffer = io.BytesIO()
    sheet.figure.savefig(buffer, format="png", dpi=_THUMBNAIL_DPI)
    return _address(Image.open(buffer).convert("RGB"))


def _address(picture: Image.Image) -> str:
    buffer = io.BytesIO()
    picture.save(buffer, "WEBP", quality=_QUALITY, method=4)
    return f"data:image/webp;base64,{base64.b64encode(buffer.getvalue()).decode('ascii')}"
