"""Refuse a StaMPS other than the one that is expected: words are its folder and the digest of its .m files."""

import sys
from pathlib import Path

from snapstamps.external.octave import find_stamps

home, expected = sys.argv[1:]
stamps = find_stamps(Path(home), environment={})
print(f"StaMPS {stamps.version}, digest {stamps.digest}")
if expected not in {"any", stamps.digest}:
    sys.exit(f"not the StaMPS that is expected ({expected}); --build-arg STAMPS_DIGEST=any takes it all the same")
