"""All benchmarks, one after the other: ``make bench``."""

import runpy
import sys
from pathlib import Path

MODULES = ("candidates", "steps", "export", "report")


def main() -> None:
    """Run every benchmark in this process' interpreter, each as if called by itself."""
    folder = Path(__file__).resolve().parent
    for name in MODULES:
        print(f"\n== {name}", flush=True)
        sys.argv = [str(folder / f"{name}.py")]
        try:
            runpy.run_module(f"benchmarks.{name}", run_name="__main__")
        except SystemExit as ended:
            if ended.code:
                raise


if __name__ == "__main__":
    main()
