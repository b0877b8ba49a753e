"""Print what CHANGELOG.md says of a version: the notes of its release. Word: the version, or nothing for Unreleased."""

import re
import sys
from pathlib import Path

CHANGELOG = Path(__file__).resolve().parent.parent / "CHANGELOG.md"


def notes(text: str, version: str) -> str:
    r"""
    Return the section of a version, without its heading.

    Raises
    ------
    LookupError
        If there is none, or nothing is in it.

    Examples
    --------
    >>> notes("## 1.1.0 - 2027-01-01\n\n- new\n\n## 1.0.0\n\n- first\n", "1.1.0")
    '- new\n'
    """
    heading = rf"^## \[?{re.escape(version)}\]?(?: [^\n]*)?$"
    match = re.search(heading + r"(?P<text>.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    if match is None or not match["text"].strip():
        raise LookupError(f"CHANGELOG.md says nothing of {version}")
    return match["text"].strip() + "\n"


def main() -> None:
    """Print the notes, or say that there are none."""
    try:
        print(notes(CHANGELOG.read_text(encoding="utf-8"), sys.argv[1] if len(sys.argv) > 1 else "Unreleased"), end="")
    except LookupError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
