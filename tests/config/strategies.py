"""Hypothesis: any options that a user may set."""

import math
from pathlib import Path
from typing import Any, get_args

from hypothesis import strategies as st

from snapstamps.config.options import FormatName, Options
from snapstamps.config.stamps_parms import ParmDefinition, parm_definitions

words = st.text(max_size=30)
paths = st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1, max_size=30).map(Path)
optional_paths = st.none() | paths
days = st.dates().map(str)
sizes = st.integers(64 * 2**20, 2**50)


def parm_values(parm: ParmDefinition) -> st.SearchStrategy[Any]:
    """Return what a user may write for one parameter."""
    bounds = {"min_value": parm.minimum, "max_value": parm.maximum}
    numbers = st.floats(**bounds, allow_nan=False) | st.integers(
        math.ceil(parm.minimum if parm.minimum is not None else -(10**9)),
        math.floor(parm.maximum if parm.maximum is not None else 10**9),
    )
    wholes = st.integers(int(parm.minimum or 0), int(parm.maximum or 10**6)).map(
        lambda n: max(n - n % (parm.multiple_of or 1), int(parm.minimum or 0))
    )
    indexes = st.lists(wholes, max_size=5)
    return {
        "flag": st.sampled_from(parm.choices or ("y", "n")),
        "choice": st.sampled_from(parm.choices or ("",)),
        "text": st.text(st.characters(categories=["L", "N", "P"]), max_size=10),
        "integer": wholes,
        "number": numbers,
        "pair": st.lists(numbers, min_size=2, max_size=2),
        "indexes": indexes | st.sampled_from(parm.choices) if parm.choices else indexes,
    }[parm.type]


settable = [parm for parm in parm_definitions().values() if not parm.from_data]
parms = st.fixed_dictionaries({}, optional={parm.name: parm_values(parm) for parm in settable})


@st.composite
def any_options(draw: st.DrawFn) -> Options:
    """Return valid options of every kind."""
    pair = st.tuples(st.integers(1, 99), st.integers(1, 99))
    return Options.model_validate(
        {
            "project": {"name": draw(words), "aoi": draw(words), "master": draw(st.just("auto") | days)},
            "scenes": {
                "folder": draw(optional_paths),
                "track": draw(st.integers(0, 175)),
                "polarisation": draw(st.sampled_from(["VV", "VH", "HH", "HV"])),
                "first": draw(st.just("") | days),
                "swaths": draw(st.lists(st.sampled_from(["IW1", "IW2", "IW3"]), max_size=3).map(tuple)),
                "dem_file": draw(optional_paths),
            },
            "snap": {
                "home": draw(optional_paths),
                "heap": draw(st.just("auto") | sizes),
                "workers": draw(st.integers(0, 64)),
                "timeout": draw(st.floats(0.001, 720)),
                "on_error": draw(st.sampled_from(["stop", "skip"])),
                "keep": draw(st.sampled_from(["all", "pairs", "export"])),
            },
            "stamps_export": {
                "orbits": draw(optional_paths),
                "folder": draw(optional_paths),
                "repair": draw(st.booleans()),
                "product": draw(optional_paths),
                "baselines": draw(st.sampled_from(["correct", "keep", "stop"])),
            },
            "candidates": {
                "amplitude_dispersion": draw(st.floats(0, 2, exclude_min=True)),
                "patches": draw(st.just("auto") | pair),
                "overlap": draw(pair),
                "mask": draw(optional_paths),
                "memory": draw(sizes),
            },
            "stamps": {
                "folder": draw(paths),
                "engine": draw(st.sampled_from(["auto", "native", "octave"])),
                "rounds": draw(st.integers(1, 10)),
                "quirks": draw(st.sampled_from(["mend", "reproduce"])),
                "unwrap_solver": draw(st.sampled_from(["auto", "snaphu", "mcf"])),
                "parms": draw(parms),
            },
            "export": {
                "quantity": draw(st.sampled_from(["v", "v-d", "v-o", "v-do", "v-s", "v-so", "v-ds", "v-dso"])),
                "vertical": draw(st.booleans()),
                "positions": draw(st.sampled_from(["snap", "corrected"])),
                "bootstrap": draw(st.integers(10, 10_000)),
                "formats": draw(st.just("all") | st.lists(st.sampled_from(get_args(FormatName))).map(tuple)),
                "raster_cell": draw(st.floats(1, 100_000)),
                "raster_crs": draw(st.sampled_from(["utm", "EPSG:4326"])),
                "lines": draw(st.lists(paths, max_size=3).map(tuple)),
                "areas": draw(optional_paths),
                "points": draw(optional_paths),
                "background": draw(st.sampled_from(["hillshade", "amplitude"])),
                "figures": draw(st.lists(st.sampled_from(["png", "pdf", "svg"]), max_size=3).map(tuple)),
            },
            "run": {"workers": draw(st.integers(0, 1024)), "memory": draw(st.just("auto") | sizes)},
            "cluster": {
                "kind": draw(st.sampled_from(["none", "local", "address", "slurm"])),
                "address": draw(st.sampled_from(["", "tcp://10.0.0.1:8786", "tls://[fe80::1]:8786"])),
                "workers": draw(st.integers(1, 4096)),
                "memory": draw(sizes),
                "walltime": draw(st.sampled_from(["12:00:00", "2-00:00:00"])),
                "queue": draw(st.from_regex(r"[A-Za-z0-9_.,-]{0,12}", fullmatch=True)),
                "job_extra": draw(st.lists(st.sampled_from(["--exclusive", "--constraint=avx2"])).map(tuple)),
                "setup": draw(optional_paths),
            },
        }
    )
