"""
Cost of every stage against the size of its data: pixels, candidates, PS, dates, grid cells, patches, workers.

    python -m benchmarks.sizes [--json FILE] [--rates FILE] [--plot FILE]

Each run is a process of its own with one worker. The seconds of the stages are seconds of the processor, so that a
machine with other work to do gives the same figures; for patches and workers, those of all processes together, and
beside them the seconds of the clock, which mean something only on a machine with nothing else to do.
Exponents are fitted to all runs together: seconds = fixed + factor x size^a x dates^b.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from benchmarks.fitting import fit_rates, write_rates
from benchmarks.size_plot import draw_sizes

BASE = {"lines": 225, "dates": 30, "density": 280, "grid": 90.0}
LINES, DATES, DENSITIES, GRIDS = (140, 225, 450), (15, 60), (20, 90, 560), (45.0, 64.0)
FIGURES = {**BASE, "figures": ["png"]}
PATCHES, WORKERS, SPLIT_LINES = (1, 2, 4), (1, 2), 900


def runs() -> list[dict[str, Any]]:
    """Return what is measured: one thing is varied at a time."""
    varied = [{"lines": lines} for lines in LINES]
    varied += [{"dates": dates} for dates in DATES]
    varied += [{"density": density} for density in DENSITIES]
    varied += [{"grid": grid} for grid in GRIDS]
    series = [{**BASE, "grid": 40.0 if one.get("lines") == 140 else 90.0, **one} for one in varied]
    split = [{**BASE, "lines": SPLIT_LINES, "patches": patches} for patches in PATCHES]
    return [*series, FIGURES, *({**one, "workers": workers} for one in split for workers in WORKERS)]


def measured(settings: dict[str, Any]) -> dict[str, Any]:
    """Measure one size in a fresh process."""
    with tempfile.TemporaryDirectory(prefix="bench-sizes-") as name:
        words = [sys.executable, "-m", "benchmarks.one_size", name, json.dumps(settings)]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"{settings}\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


def print_run(figures: dict[str, Any]) -> None:
    """Print one line per run."""
    total = figures.get("steps_cpu_seconds") or sum(stage["cpu_seconds"] for stage in figures["stages"].values())
    sizes = ", ".join(f"{figures[name]:,} {name}" for name in ("pixels", "candidates", "ps", "cells", "dates"))
    print(f"{sizes}, {figures['patches']} patches, {figures['workers']} workers: {total:.1f} s of the processor, "
          f"{figures['steps_seconds']:.1f} s for steps 1-5", flush=True)  # fmt: skip


def main() -> int:
    """Measure, fit, print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", type=Path, help="write the figures there; where they are there already, use them")
    parser.add_argument("--rates", type=Path, help="write the fitted rates there (snapstamps/pipeline/rates.toml)")
    parser.add_argument("--plot", type=Path, help="draw cost against size there")
    arguments = parser.parse_args()
    kept: dict[str, Any] = {}
    if arguments.json and arguments.json.is_file():
        kept = json.loads(arguments.json.read_text())
    for settings in runs():
        key = json.dumps(settings, sort_keys=True)
        if key not in kept:
            kept[key] = measured(settings)
            if arguments.json:
                arguments.json.write_text(json.dumps(kept, indent=1) + "\n")
        print_run(kept[key])
    figures = list(kept.values())
    whole = [one for one in figures if one["cells"] and "figures" not in one]
    fitted = fit_rates(whole, figures=_of_figures(kept))
    for stage, rate in fitted.stages.items():
        terms = " + ".join(
            f"{t.seconds:.2g} {t.size}^{t.size_exponent:.2f} dates^{t.dates_exponent:.2f}" for t in rate.terms
        )
        print(f"{stage:<12} {rate.fixed_seconds:6.2f} s + {terms:<70} {rate.memory:6.0f} B  {rate.disk:5.1f} B")
    if arguments.rates:
        write_rates(arguments.rates, fitted)
    if arguments.plot:
        draw_sizes([one for one in figures if "figures" not in one], fitted, arguments.plot)
    return 0


def _of_figures(kept: dict[str, Any]) -> float:
    """Return the seconds that the figures of a report take, in one form."""
    with_them, without = (
        kept[json.dumps(settings, sort_keys=True)]["stages"]["report"]["cpu_seconds"] for settings in (FIGURES, BASE)
    )
    return with_them - without


if __name__ == "__main__":
    sys.exit(main())
