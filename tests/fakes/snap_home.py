"""An installation of SNAP for tests: a folder with bin/gpt, whose gpt is the stand-in."""

import shlex
import sys
from pathlib import Path

GPT = Path(__file__).resolve().parent / "gpt"


def make_snap_home(folder: Path, scene: Path, *, version: str = "13.0.1") -> Path:
    """Make `folder` a SNAP of a version that sees the scene in `scene` (scene.json, INSAR_…); return `folder`."""
    (folder / "bin").mkdir(parents=True)
    (folder / "etc").mkdir()
    (folder / "VERSION.txt").write_text(f"{version}\n")
    # as Java keeps its properties: letters beyond ASCII by their numbers
    user = "".join(letter if letter.isascii() else f"\\u{ord(letter):04x}" for letter in str(folder / "user"))
    (folder / "etc" / "snap.properties").write_text(f"# settings\nsnap.userdir = {user}\n")
    program = folder / "bin" / "gpt"
    program.write_text(
        f"#!/bin/sh\nexport FAKE_SNAP_HOME={shlex.quote(str(folder))} FAKE_GPT_SCENE={shlex.quote(str(scene))}\n"
        f'exec {shlex.quote(sys.executable)} {shlex.quote(str(GPT))} "$@"\n'
    )
    program.chmod(0o755)
    return folder
