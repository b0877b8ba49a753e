"""One reader under the coverage-guided fuzzer, in a process of its own: `python -m fuzz.inside TARGET …`."""

import shutil
import sys
import tempfile
from pathlib import Path

import atheris

# Only what is imported here is watched for new ways through it: our own readers, and the one of TOML.
with atheris.instrument_imports(include=["snapstamps", "tomllib", "zipfile"]):
    from fuzz.targets import try_one


def main() -> None:
    """Fuzz until the engine ends the process."""
    name, *engine_words = sys.argv[1:]
    folder = Path(tempfile.mkdtemp(dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    n_files = 0

    def one(content: bytes) -> None:
        nonlocal n_files
        n_files += 1
        if n_files % 1000 == 0:  # what a file has left beside itself, as databases do
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        try_one(name, content, folder)

    atheris.Setup([sys.argv[0], *engine_words], one)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
