"""What is installed here, what it is for, and what to do about what is not."""

import locale
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import Literal

from snapstamps.config.resources import resource
from snapstamps.config.section import size_text
from snapstamps.external.octave import HOME_VARIABLE, find_octave, find_stamps, octave_version
from snapstamps.external.snap_home import find_snap, gpt_memory
from snapstamps.external.snaphu import find_snaphu, snaphu_version
from snapstamps.model.errors import SnapstampsError

Status = Literal["found", "stand-in", "warning", "absent", "missing"]
"""``absent`` is something optional; ``missing`` something without which nothing goes."""

UNEDITED = {"74f941a9f456f793": "v4.1-beta, unedited"}
"""Digests of StaMPS releases that are known to run."""

PURPOSES = {
    "geopandas": "products",
    "jinja2": "scripts and graphs",
    "matplotlib": "pictures",
    "numba": "fast loops of the native engine",
    "numpy": "everything",
    "ortools": "the open unwrapping solver",
    "pandas": "tables",
    "pillow": "pictures inside the report",
    "plotly": "the map of the report",
    "pyarrow": "products",
    "pydantic": "the configuration",
    "pyogrio": "products",
    "pyproj": "coordinates",
    "rasterio": "rasters and masks",
    "rich": "progress on the terminal",
    "scikit-learn": "clusters of movement",
    "scipy": "everything",
    "shapely": "products",
    "threadpoolctl": "one thread for each process",
    "typer": "the command line",
    "oct2py": "drives Octave for the engine octave",
    "snaphu": "brings the program snaphu for step 6",
    "esa-snappy": "reads products through SNAP",
    "distributed": "work on several machines",
    "dask-jobqueue": "work on a batch system",
    "asf-search": "search and download of scenes",
    "sentineleof": "download of orbits",
}
"""What the packages are for that snapstamps needs, or that its extras bring."""

_FOR_DEVELOPERS = frozenset({"test", "check", "docs"})
_REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)[^;]*(?:;.*extra == [\"'](?P<extra>[\w-]+)[\"'])?")

_LEAST_DISK = 20 * 2**30
_LEAST_MEMORY = 4 * 2**30


@dataclass(frozen=True)
class Finding:
    """
    One thing that was looked for.

    Attributes
    ----------
    group, name : str
        Where it belongs, and what it is.
    status : str
        Whether it is there.
    version, where : str
        As far as they are known.
    purpose : str
        What it is for.
    remedy : str
        What to do; empty where nothing is to be done.
    """

    group: str
    name: str
    status: Status
    version: str
    where: str
    purpose: str
    remedy: str = ""


def examine(folder: Path, *, stamps: Path | None = None, snap: Path | None = None) -> list[Finding]:
    """
    Look for everything.

    Parameters
    ----------
    folder : Path
        Where the user works; its disk is looked at.
    stamps, snap : Path, optional
        ``[stamps] home`` and ``[snap] home``.

    Returns
    -------
    list of Finding
        In a fixed order.
    """
    return [*_python(), *_octave(stamps), *_unwrapping(), *_snap(snap), *_machine(folder)]


def _python() -> Iterator[Finding]:
    found = platform.python_version()
    yield Finding("Python", "Python", "found", found, sys.executable, "everything")
    for name, extra in sorted(_packages(), key=lambda package: package[1] or ""):
        number = _version_of(name)
        lacking: Status = "absent" if extra else "missing"
        remedy = f"pip install 'snapstamps[{extra}]'" if extra else "pip install --force-reinstall snapstamps"
        purpose = PURPOSES.get(name, "part of snapstamps")
        yield Finding("Python", name, "found" if number else lacking, number, "", purpose, "" if number else remedy)


def _packages() -> Iterator[tuple[str, str | None]]:
    """Return the packages that the installed snapstamps asks for, each with the extra that it belongs to."""
    try:
        needed = requires("snapstamps") or []
    except PackageNotFoundError:
        needed = list(PURPOSES)
    for line in needed:
        match = _REQUIREMENT.match(line)
        if match is not None and match["extra"] not in _FOR_DEVELOPERS:
            yield match["name"], match["extra"]


def _octave(home: Path | None) -> Iterator[Finding]:
    purpose = "runs the real StaMPS for the engine octave"
    try:
        octave = find_octave()
    except SnapstampsError as error:
        yield Finding("StaMPS", "Octave", "absent", "", "", purpose, error.remedy or "")
    else:
        yield Finding("StaMPS", "Octave", "found", octave_version(octave), str(octave), purpose)
        yield _compat(octave)
    yield _program("StaMPS", "bash", "commands of StaMPS that sh does not understand", "apt-get install bash")
    yield _program("StaMPS", "setpriv", "lets Octave end with us, however we end", "apt-get install util-linux")
    yield _stamps(home)
    yield _program(
        "StaMPS", "matlab", 'runs StaMPS with stamps.interpreter = "matlab"', "nothing: Octave does the same"
    )


def _compat(octave: Path) -> Finding:
    """Tell which of our functions Octave needs because it has none of the name, and which because its own differ."""
    names = sorted(path.stem for path in resource("stamps_templates/compat").glob("*.m"))
    code = "; ".join(f"printf ('%d', exist ('{name}'))" for name in names)
    answer = _said([str(octave), "--norc", "--quiet", "--eval", code])
    absent = [name for name, kind in zip(names, answer, strict=False) if kind == "0"]
    if len(answer) < len(names):
        remedy = "octave-cli --eval 'disp(1)', and look at what it prints"
        return Finding("StaMPS", "compat", "warning", "", "", "Octave does not answer", remedy)
    others = [name for name in names if name not in absent]
    purpose = f"Octave lacks {', '.join(absent)}; it does otherwise than MATLAB: {', '.join(others)}"
    return Finding("StaMPS", "compat", "found", f"{len(names)} functions", "shipped with snapstamps", purpose)


def _stamps(home: Path | None) -> Finding:
    purpose = "the original, for the engine octave and for comparisons"
    try:
        stamps = find_stamps(home)
    except SnapstampsError as error:
        return Finding("StaMPS", "StaMPS", "absent", "", error.where or "", purpose, error.remedy or "")
    known = UNEDITED.get(stamps.digest)
    number = f"{stamps.version} ({known or stamps.digest})"
    remedy = (
        "" if known else f"this StaMPS is edited or of another release; compare, or point {HOME_VARIABLE} elsewhere"
    )
    return Finding("StaMPS", "StaMPS", "found" if known else "warning", number, str(stamps.home), purpose, remedy)


def _unwrapping() -> Iterator[Finding]:
    purpose = "unwrapping (free for non-commercial use)"
    snaphu = find_snaphu()
    if snaphu is None:
        remedy = "pip install snaphu, or leave it: the open solver of OR-tools stands in for it"
        yield Finding("Programs", "snaphu", "stand-in", "", "", purpose, remedy)
    else:
        with tempfile.TemporaryDirectory() as scratch:
            number = snaphu_version(snaphu, Path(scratch)) or ""
        yield Finding("Programs", "snaphu", "found", number, str(snaphu), purpose)
    triangle = shutil.which("triangle")
    purpose = "triangulation for the real StaMPS (not free software)"
    if triangle is None:
        yield Finding("Programs", "triangle", "stand-in", "", "", purpose, "nothing: scipy's Delaunay stands in for it")
    else:
        yield Finding("Programs", "triangle", "found", "", triangle, purpose)


def _snap(home: Path | None) -> Iterator[Finding]:
    purpose = "from Sentinel-1 scenes to the export"
    try:
        snap = find_snap(home)
    except SnapstampsError as error:
        yield Finding("SNAP", "gpt", "absent", "", error.where or "", purpose, error.remedy or "")
    else:
        yield Finding("SNAP", "gpt", "found", str(snap.version), str(snap.gpt), purpose)
        heap, total = gpt_memory(snap.gpt), _memory()
        enough = heap is not None and (total is None or heap <= total)
        remedy = "" if enough else f"-Xmx in {snap.gpt.parent / 'gpt.vmoptions'}: about three quarters of the memory"
        text = size_text(heap) if heap else "not set"
        yield Finding("SNAP", "gpt memory", "found" if enough else "warning", text, "", "largest heap of gpt", remedy)
    java = shutil.which("java")
    number = _first_match(r'version "([^"]+)"', _said([java, "-version"])) if java else ""
    remedy = "" if java else "nothing: SNAP brings its own"
    yield Finding("SNAP", "Java", "found" if java else "absent", number, java or "", "SNAP, if it brings none", remedy)


def _machine(folder: Path) -> Iterator[Finding]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    yield Finding("Machine", "cores", "found", str(cores), platform.machine(), "patches and interferograms in parallel")
    memory = _memory()
    little = memory is not None and memory < _LEAST_MEMORY
    remedy = "smaller run.memory and candidates.memory, and fewer run.workers" if little else ""
    text = f"{memory / 2**30:.1f} GiB" if memory else "unknown"
    yield Finding("Machine", "memory", "warning" if little else "found", text, "", "all stages", remedy)
    place = next(path for path in (folder.absolute(), *folder.absolute().parents) if path.exists())
    free = shutil.disk_usage(place).free
    remedy = "a stack of Sentinel-1 scenes takes hundreds of GiB; choose another disk" if free < _LEAST_DISK else ""
    yield Finding(
        "Machine", "disk", "warning" if remedy else "found", f"{free / 2**30:.1f} GiB free", str(place), "data", remedy
    )
    encoding = locale.getpreferredencoding(do_setlocale=False)
    utf8 = encoding.lower().replace("-", "") == "utf8"
    remedy = "" if utf8 else "export LC_ALL=C.UTF-8"
    name = "names of files that are not ASCII"
    yield Finding("Machine", "locale", "found" if utf8 else "warning", encoding, "", name, remedy)
    for purpose, path in (("project", place), ("temporary files", Path(tempfile.gettempdir()))):
        writable = _writable(path)
        remedy = "" if writable else f"chmod u+w {path}, or another folder"
        yield Finding("Machine", "writable folder", "found" if writable else "missing", "", str(path), purpose, remedy)


def _program(group: str, name: str, purpose: str, remedy: str) -> Finding:
    found = shutil.which(name)
    return Finding(group, name, "found" if found else "absent", "", found or "", purpose, "" if found else remedy)


def _version_of(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _said(argv: list[str]) -> str:
    """Return what a program prints, on either stream; nothing where it does not run."""
    try:
        done = subprocess.run(
            argv, capture_output=True, text=True, timeout=60, check=False, stdin=subprocess.DEVNULL, errors="replace"
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout or done.stderr


def _first_match(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    return found[1] if found else ""


def _memory() -> int | None:
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (ValueError, OSError, AttributeError):
        return None


def _writable(path: Path) -> bool:
    try:
        with tempfile.TemporaryFile(dir=path):
            return True
    except OSError:
        return False
