"""snapstamps: from Sentinel-1 scenes through SNAP and StaMPS to velocities on a map."""

__version__ = "0.1.0"
