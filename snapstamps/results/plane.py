"""A map in metres about the middle of an area, for distances, buffers and areas."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely
from pyproj import Transformer

from snapstamps.kernels.arrays import Array, FloatArray


@dataclass(frozen=True)
class Plane:
    """
    An azimuthal equidistant map: within 100 km of its middle lengths are true to one in ten thousand.

    Attributes
    ----------
    lon, lat : float
        Its middle, degrees.
    """

    lon: float
    lat: float

    @classmethod
    def about(cls, lonlat: FloatArray) -> "Plane":
        """Return the plane about the middle of some positions, shape (n, 2)."""
        low, high = np.min(lonlat, axis=0), np.max(lonlat, axis=0)
        return cls(float(low[0] + high[0]) / 2, float(low[1] + high[1]) / 2)

    @property
    def crs(self) -> str:
        """Return its definition for PROJ."""
        return f"+proj=aeqd +lat_0={self.lat!r} +lon_0={self.lon!r} +datum=WGS84 +units=m +no_defs"

    def metres(self, lonlat: FloatArray) -> Array:
        """Return degrees as metres east and north of the middle, shape (n, 2)."""
        return np.column_stack(self._to_metres().transform(lonlat[:, 0], lonlat[:, 1]))

    def degrees(self, xy: FloatArray) -> Array:
        """Return metres as longitude and latitude, shape (n, 2)."""
        back = self._to_metres()
        return np.column_stack(back.transform(xy[:, 0], xy[:, 1], direction="INVERSE"))

    def shape_in_metres(self, shape: Any) -> Any:
        """Return a geometry, or an array of them, with longitudes and latitudes turned into metres."""
        return shapely.transform(shape, self.metres)

    def shape_in_degrees(self, shape: Any) -> Any:
        """Return a geometry, or an array of them, with metres turned into longitudes and latitudes."""
        return shapely.transform(shape, self.degrees)

    def _to_metres(self) -> Transformer:
        return Transformer.from_crs("EPSG:4326", self.crs, always_xy=True)
