"""The SNAP side of the road: for now the integrity gate of an export."""
