"""
Hold the pinned versions against the database of known vulnerabilities, by pip-audit.

Exit code 1 where one is vulnerable; 0 where none is, or where the database cannot be reached, which is said.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
COMMAND = ("pip_audit", "--requirement", "constraints.txt", "--no-deps", "--disable-pip", "--format", "json")
ADVICE = "run it again where the advisories of the package index are reachable"


def main() -> int:
    """Run the audit and say in one line how it ended."""
    command = [sys.executable, "-m", *COMMAND, "--progress-spinner", "off"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    try:
        rows = json.loads(done.stdout)["dependencies"]
    except (ValueError, LookupError):
        said = done.stderr.strip().splitlines()
        print(f"not audited: {said[-1] if said else 'pip-audit printed nothing'}\n  Try: {ADVICE}")
        return 0
    text, code = verdict(rows)
    print(text)
    return code


def verdict(rows: list[dict[str, Any]]) -> tuple[str, int]:
    """
    Return what an audit says, and the exit code.

    Examples
    --------
    >>> verdict([{"name": "numpy", "version": "2.0", "vulns": []}])
    ('1 package audited, none is known to be vulnerable', 0)
    >>> verdict([{"name": "numpy", "skip_reason": "not found"}])[0].splitlines()[0]
    'not audited: no advisory of any of 1 package can be reached'
    """
    skipped = [row for row in rows if "skip_reason" in row]
    lines = [
        f"{row['name']} {row['version']}: {known['id']}, mended in {', '.join(known['fix_versions']) or 'no version'}"
        for row in rows
        for known in row.get("vulns", ())
    ]
    if len(skipped) == len(rows):
        return f"not audited: no advisory of any of {_counted(len(rows))} can be reached\n  Try: {ADVICE}", 0
    code = 1 if lines else 0
    found = f"{len(lines)} known vulnerabilities" if lines else "none is known to be vulnerable"
    lines += [f"not audited: {', '.join(row['name'] for row in skipped)}"] if skipped else []
    return "\n".join([*lines, f"{_counted(len(rows) - len(skipped))} audited, {found}"]), code


def _counted(number: int) -> str:
    return f"{number} package{'' if number == 1 else 's'}"


if __name__ == "__main__":
    sys.exit(main())
