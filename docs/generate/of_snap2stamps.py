"""The table of snap2stamps's keys, from the converter."""

from md_table import code, table

from snapstamps.config.snap2stamps import RULES


def snap2stamps() -> str:
    """Return what becomes of every key."""
    rows = [(code(rule.name), rule.versions, rule.becomes) for rule in RULES.values()]
    return table(("key", "version", "here"), rows) + "\n"
