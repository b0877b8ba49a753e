"""What the tests around Octave share: Octave itself, with our functions first on its path."""

import importlib.util
import os
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from snapstamps.config.resources import resource

QUIET = "warning('off', 'Octave:shadowed-function');"


@pytest.fixture(scope="session")
def octave_program() -> str:
    """The executable; the test is skipped where there is none."""
    found = shutil.which("octave-cli")
    if found is None:
        pytest.skip("needs GNU Octave (octave-cli), which is not installed")
    return found


@pytest.fixture(scope="session")
def oct2py_package() -> None:
    """Skip the test where the package oct2py is not installed; importing it would start an Octave."""
    if importlib.util.find_spec("oct2py") is None:
        pytest.skip("needs the package oct2py: pip install 'snapstamps[octave]'")


@pytest.fixture(autouse=True)
def _environment_as_before(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Take back what a test put into the environment."""
    before = dict(os.environ)
    monkeypatch.delenv("SNAPSTAMPS_STAMPS_HOME", raising=False)
    yield
    for name in os.environ.keys() - before.keys():
        del os.environ[name]


@pytest.fixture
def octave(octave_program: str, tmp_path: Path) -> Callable[..., str]:
    """
    Give a function that runs lines in a fresh Octave with our functions on its path, and returns what it printed.

    Octave stands in ``tmp_path``. An Octave error fails the test, unless ``fails`` is True.
    """

    def run(code: str, *, fails: bool = False, env: dict[str, str] | None = None, fast: bool = False) -> str:
        folders = [resource("stamps_templates/compat")]
        if fast:
            folders.insert(0, resource("stamps_templates/compat_fast"))
        script = tmp_path / "run_me.m"
        script.write_text("1;\n" + QUIET + "\n" + code, encoding="utf-8")
        paths = [word for folder in folders for word in ("--path", str(folder))]
        done = subprocess.run(
            [octave_program, "--norc", "--quiet", *paths, str(script)],
            cwd=tmp_path,
            env={**os.environ, **(env or {})},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert (done.returncode != 0) is fails, done.stdout + done.stderr
        return done.stdout + (done.stderr if fails else "")

    return run
