"""What is not collected here."""

collect_ignore = ["inside.py"]
"""Runs in a process of its own, with atheris, which only `make fuzz` installs."""
