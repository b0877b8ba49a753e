"""Scenes of known truth, written as SNAP's StampsExport writes them."""
