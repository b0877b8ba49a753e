"""Inputs fetched ahead, so that SNAP needs no network: scenes, orbits, elevation models."""
