"""Nouns, units and errors: what every other package speaks in."""
