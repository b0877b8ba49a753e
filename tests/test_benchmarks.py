"""The benchmarks measure what they say."""

import subprocess
import sys
import tomllib

import pytest

from benchmarks.fitting import SIZES, fit_rates, write_rates
from benchmarks.large import MemoryWatch
from snapstamps.pipeline import rates as rates_module
from snapstamps.pipeline.rates import Rate, Term

SIZES_OF_RUNS = [(10**5, 10), (10**5, 40), (4 * 10**5, 20), (10**6, 20), (10**6, 80), (3 * 10**6, 40)]


def run_of(size: int, dates: int, true: Rate) -> dict[str, object]:
    sizes = {"pixels": size * 10, "candidates": size, "ps": size // 2, "cells": size // 5 + dates * 100}
    stages = {}
    for stage, names in SIZES.items():
        terms = tuple(
            Term(name, one.seconds, one.size_exponent, one.dates_exponent)
            for name, one in zip(names, true.terms * 2, strict=False)
        )
        own = Rate(true.fixed_seconds, terms, true.fixed_memory, true.memory, true.disk)
        stages[stage] = {
            "cpu_seconds": own.time(sizes, dates),
            "peak_memory": own.peak(sizes, dates),
            "disk": own.left(sizes, dates),
        }
    return {**sizes, "dates": dates, "stages": stages}


def test_the_fit_finds_the_rates_that_made_the_figures(tmp_path, monkeypatch):
    true = Rate(0.5, (Term("pixels", 2e-7, 1.2, 0.9),), 3e8, 50.0, 12.0)
    fitted = fit_rates([run_of(size, dates, true) for size, dates in SIZES_OF_RUNS], figures=4.567)
    assert fitted.typical["figures_seconds"] == 4.57
    for stage in ("candidates", "2_gamma", "8_scn"):
        rate = fitted.stages[stage]
        assert rate.terms[0].size_exponent == pytest.approx(1.2, abs=0.05), stage
        assert rate.terms[0].dates_exponent == pytest.approx(0.9, abs=0.05), stage
        assert rate.memory == pytest.approx(50, rel=0.02)
        assert rate.disk == pytest.approx(12, rel=0.02)
    write_rates(tmp_path / "rates.toml", fitted)
    assert tomllib.loads((tmp_path / "rates.toml").read_text())["stages"].keys() == SIZES.keys()
    monkeypatch.setattr(rates_module, "RATES_FILE", tmp_path / "rates.toml")
    assert rates_module.rates.__wrapped__() == fitted, "what was written is read again"


def test_the_memory_of_all_processes_of_a_run_is_seen():
    inner = "import time; x = bytearray(150_000_000); time.sleep(1.5)"
    outer = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {inner!r}])"
    running = subprocess.Popen([sys.executable, "-c", outer], start_new_session=True)
    watch = MemoryWatch(running.pid)
    watch.start()
    running.wait()
    assert 150e6 < watch.stop() < 400e6
