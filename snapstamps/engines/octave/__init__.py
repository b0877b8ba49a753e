"""The engine "octave": the real StaMPS under GNU Octave (or MATLAB), unattended; and a session for teaching."""

from snapstamps.engines.octave.interactive import OctaveSession, session

__all__ = ["OctaveSession", "session"]
