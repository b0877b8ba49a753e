"""The native engine: StaMPS's steps 1-8 in numpy and numba, one file per step."""
