"""What is the same for all nodes of one run of the stand-in."""

from dataclasses import dataclass
from pathlib import Path

from fakes.snap_gpt.table import Table
from fakes.snap_gpt.world import World


@dataclass
class Run:
    """
    One run.

    Attributes
    ----------
    version : str
        Of SNAP.
    table : Table
        What it accepts.
    world : World
        What its satellite saw.
    auxdata : Path
        Where orbits lie.
    fault : str or None
        How it is to fail.
    """

    version: str
    table: Table
    world: World
    auxdata: Path
    fault: str | None

    @property
    def words(self) -> tuple[str, str, str, str, str]:
        """Names of master, slave, the slave's metadata, and the two lists of bands."""
        if self.table.version[0] >= 14:
            return "ref", "sec", "Secondary_Metadata", "Reference_bands", "Secondary_bands"
        return "mst", "slv", "Slave_Metadata", "Master_bands", "Slave_bands"
