"""The fault matrix, from the table of its tests."""

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

from md_table import table

TABLE = Path(__file__).resolve().parents[2] / "tests" / "faults" / "table.py"


def fault_matrix() -> str:
    """Return the stages against the faults, with the exit codes; reasons stand below."""
    known = _table()
    reasons = sorted(set(known.IMPOSSIBLE.values()))
    rows = []
    for key, stage in known.STAGES.items():
        cells = []
        for fault in known.FAULTS:
            reason = known.IMPOSSIBLE.get((fault, key))
            cells.append(f"[^{reasons.index(reason) + 1}]" if reason else _codes(known.codes_of(fault, key)))
        rows.append((stage.name, *cells))
    notes = [f"[^{number}]: {reason}." for number, reason in enumerate(reasons, start=1)]
    return "\n".join([table(("", *(what.name for what in known.FAULTS.values())), rows), "", *notes]) + "\n"


def faults() -> str:
    """Return what each fault is, how the tests bring it about, and what makes it good again."""
    known = _table()
    rows = [
        (what.name, what.how, _codes(tuple(dict.fromkeys((*what.codes, *what.foreign)))), what.then)
        for what in known.FAULTS.values()
    ]
    return table(("fault", "how it is brought about", "exit code", "then, before the same command"), rows) + "\n"


def _codes(codes: tuple[int, ...]) -> str:
    return " or ".join(f"signal {-code}" if code < 0 else str(code) for code in codes)


def _table() -> ModuleType:
    spec = importlib.util.spec_from_file_location("fault_table", TABLE)
    if spec is None or spec.loader is None:
        raise ImportError(TABLE)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module
