"""
The coverage-guided fuzzer: every reader in turn, each for a given time, in a process of its own.

    python -m fuzz [--seconds 600] [--folder .fuzz] [TARGET …]

What is found interesting is kept in the folder and is where the next run begins. A crash is kept, too, and is told.
"""

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

from fuzz.targets import TARGETS, seeds_of

LARGEST = 16_384
"""Bytes of a made-up file."""


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m fuzz", description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"all by default: {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=int, default=600, help="for each target (600)")
    parser.add_argument("--folder", type=Path, default=Path(".fuzz"), help="corpus and crashes (.fuzz)")
    words = parser.parse_args()
    unknown = set(words.targets) - set(TARGETS)
    if unknown:
        parser.error(f"unknown: {', '.join(sorted(unknown))}")
    crashed = [name for name in words.targets or TARGETS if not fuzz_one(name, words.seconds, words.folder.absolute())]
    for name in crashed:
        print(f"{name}: CRASHED; see {words.folder / name}")
    return 1 if crashed else 0


def fuzz_one(name: str, seconds: int, folder: Path) -> bool:
    """Fuzz one reader for a while; tell whether nothing was found."""
    corpus = folder / name / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for number, content in enumerate(seeds_of(name)):
        (corpus / f"seed_{number}").write_bytes(content)
    tokens = folder / name / "tokens.dict"
    tokens.write_text("".join(f'"{_quoted(token)}"\n' for token in TARGETS[name].tokens))
    log = folder / name / "log.txt"
    started = time.monotonic()
    options = [f"-max_total_time={seconds}", f"-max_len={LARGEST}", "-timeout=60", "-rss_limit_mb=4096", "-verbosity=1"]
    options += [f"-artifact_prefix={folder / name}/", "-print_final_stats=1"]
    options += [f"-dict={tokens}"] if TARGETS[name].tokens else []
    with log.open("w") as stream:
        status = subprocess.run(
            [sys.executable, "-m", "fuzz.inside", name, *options, str(corpus)],
            stdout=stream,
            stderr=subprocess.STDOUT,
            check=False,
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        ).returncode
    said = log.read_text(errors="replace").splitlines()
    runs = next((line.split()[-1] for line in said if "number_of_executed_units" in line), "?")
    seconds_taken = time.monotonic() - started
    print(f"{name:<16} {seconds_taken:6.0f} s  {runs:>10} files  {'CRASH' if status else 'ok'}", flush=True)
    return status == 0


def _quoted(token: str) -> str:
    return "".join(c if 32 <= ord(c) < 127 and c not in '"\\' else f"\\x{ord(c):02x}" for c in token)


if __name__ == "__main__":
    sys.exit(main())
