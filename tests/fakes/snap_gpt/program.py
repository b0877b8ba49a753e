"""
A strict stand-in for SNAP's gpt.

It takes the command line, the graph and the parameters as gpt does, with gpt's messages and exit codes, accepts what
graphs/operators.toml says of its version (its own reading of it), and works on a simulated scene. It shares no code
with the parts of snapstamps that make, check or run graphs.

FAKE_SNAP_HOME holds VERSION.txt and etc/snap.properties; FAKE_GPT_SCENE the folder of the scene (scene.json, and
INSAR_<master> if its pixels are wanted); `faults.py` tells how it can be made to fail.
"""

import os
import re
import shutil
import signal
import sys
import traceback
from collections.abc import Callable
from pathlib import Path

from fakes.snap_gpt import dates, faults, pairs
from fakes.snap_gpt.export import stamps_export
from fakes.snap_gpt.graph import Node, adds_a_write, fill_template, read_graph
from fakes.snap_gpt.product import Product, fill_files, start_files
from fakes.snap_gpt.run import Run
from fakes.snap_gpt.table import GptError, Table
from fakes.snap_gpt.world import World

OPERATORS: dict[str, Callable] = {
    "Read": dates.read,
    "SliceAssembly": dates.slice_assembly,
    "TOPSAR-Split": dates.split,
    "Apply-Orbit-File": dates.apply_orbit,
    "Back-Geocoding": pairs.back_geocoding,
    "DEM-Assisted-Coregistration": pairs.dem_assisted,
    "Enhanced-Spectral-Diversity": pairs.spectral_diversity,
    "Interferogram": pairs.interferogram,
    "TOPSAR-Deburst": pairs.deburst,
    "TopoPhaseRemoval": pairs.topographic_phase,
    "TOPSAR-Merge": pairs.merge,
    "Subset": pairs.subset,
    "StampsExport": stamps_export,
}
WITH_VALUE = {"-q", "-c", "-p", "-t", "-f"}


def main(words: list[str]) -> int:
    home = Path(os.environ["FAKE_SNAP_HOME"])
    version = (home / "VERSION.txt").read_text().strip()
    if words == ["--diag"]:
        print(f"SNAP Release version {version}\nSNAP home: {home}\nSNAP debug: null\nJava version: 21.0.2")
        return 0
    print(
        "INFO: org.esa.snap.core.gpf.operators.tooladapter.ToolAdapterIO: Initializing external tool adapters",
        file=sys.stderr,
    )
    try:
        graph, variables = _command_line(words)
        text = fill_template(graph.read_text(encoding="utf-8"), {"sourceProducts": "", **variables})
        fault = faults.way(graph, text)
        ended = faults.before_work(fault)
        if ended is not None:
            return ended
        table = Table(version)
        nodes = read_graph(text, table)
        auto = adds_a_write(text, table)
        run = Run(version, table, World(Path(os.environ["FAKE_GPT_SCENE"])), _user_folder(home) / "auxdata", fault)
        _work(run, nodes, auto)
    except GptError as error:
        print(f"\nError: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"\nError: {error}", file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        print("\nError: fake gpt: a fault of its own", file=sys.stderr)
        return 70
    if run.fault == "hang_when_done":
        faults.sleep_for_ever()
    if run.fault == "error_but_exit_0":
        print("\nError: [NodeId: write] something went wrong", file=sys.stderr)
    return 0


def _command_line(words: list[str]) -> tuple[Path, dict[str, str]]:
    if not words:
        raise GptError("Missing operator or graph argument")
    first, rest = words[0], list(words[1:])
    if not first.endswith(".xml") and "/" not in first:
        raise GptError(f"Unknown operator name '{first}'.")
    graph = Path(first)
    if not graph.is_file():
        raise GptError(f"{first} (No such file or directory)")
    variables: dict[str, str] = {}
    while rest:
        word = rest.pop(0)
        if word.startswith("-P"):
            key, _, value = word[2:].partition("=")
            variables[key] = value
        elif word in WITH_VALUE:
            value = rest.pop(0) if rest else ""
            if word == "-c" and not re.fullmatch(r"\d+[KMG]?", value):
                raise GptError(f"Invalid cache size '{value}'")
            if word == "-q" and not value.isdigit():
                raise GptError(f"Invalid number '{value}'")
        elif word.startswith("-") and not word.startswith(("-J", "-D")) and word not in {"-x", "-e"}:
            raise GptError(f"Unknown option '{word}'")
    return graph, variables


def _user_folder(home: Path) -> Path:
    match = re.search(r"(?m)^snap\.userdir\s*=\s*(.+)$", (home / "etc" / "snap.properties").read_text())
    assert match is not None
    return Path(re.sub(r"\\u(....)", lambda number: chr(int(number[1], 16)), match[1].strip()))


def _work(run: Run, nodes: list[Node], auto: str | None) -> None:
    """Build all products, then write; the word done comes in any case, as from the real one."""
    print("Executing processing graph", flush=True)
    done: dict[str, object] = {}
    try:
        writes = []
        for node in nodes:
            sources = [done[name] for _, name in node.sources]
            if node.operator == "Write":
                writes.append((node, sources[0]))
                continue
            done[node.id] = _operate(run, node, sources)
        if auto is not None and isinstance(done.get(auto), Product):
            target = Node(
                "WriteOp@auto",
                "Write",
                [],
                {"file": "target.dim", "formatName": "BEAM-DIMAP", "deleteOutputOnFailure": True},
            )
            writes.append((target, done[auto]))
        print("....10%....20%....30%....40%....50%", end="", flush=True)
        if run.fault == "heap":
            print("java.lang.OutOfMemoryError: Java heap space\n\tat java.awt.image.DataBuffer", file=sys.stderr)
            raise GptError("Cannot construct DataBuffer.")
        if run.fault == "jblas":
            print("java.lang.UnsatisfiedLinkError: org.jblas.NativeBlas.dgemm(CCIIID[DII)V", file=sys.stderr)
            raise GptError("org.jblas.NativeBlas.dgemm(CCIIID[DII)V")
        if run.fault == "null":
            raise GptError(f"[NodeId: {nodes[-1].id}] null")
        for node, product in writes:
            _write(run, node, product)
        print("....60%....70%....80%....90%", end="", flush=True)
    finally:
        print(" done.", flush=True)


def _operate(run: Run, node: Node, sources: list) -> object:
    if node.operator not in OPERATORS:
        raise GptError(f"fake gpt: {node.operator} is not simulated")
    try:
        made = OPERATORS[node.operator](run, node.values, *sources)
    except GptError as error:
        raise GptError(f"[NodeId: {node.id}] {error}") from error
    if isinstance(made, Product):
        values = {name: str(value) for name, value in node.values.items() if value is not None}
        made.history = [*made.history, (node.operator, run.version, values)]
    return made


def _write(run: Run, node: Node, product: object) -> None:
    if not isinstance(product, Product):
        raise GptError(f"[NodeId: {node.id}] writing a whole scene is not simulated")
    if run.fault == "no_product":
        return
    dim = Path(str(node.values["file"]))
    dim = dim if dim.suffix == ".dim" else dim.with_suffix(".dim")
    product.name = dim.stem
    dim.parent.mkdir(parents=True, exist_ok=True)
    rasters = start_files(product, dim)
    if run.fault == "killed_while_writing":
        sys.stdout.flush()
        os.kill(os.getpid(), signal.SIGKILL)
    if run.fault == "disk_full":
        if node.values["deleteOutputOnFailure"]:
            shutil.rmtree(dim.with_suffix(".data"))
            dim.unlink()
        raise GptError(f"[NodeId: {node.id}] No space left on device")
    if run.fault != "empty_product":
        fill_files(product, dim)
    if run.fault == "truncated_raster":
        os.truncate(rasters[-1], rasters[-1].stat().st_size // 2)
