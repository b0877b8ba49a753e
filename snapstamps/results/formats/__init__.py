"""The forms in which results leave: one file per form, one row per form in :mod:`.registry`."""
