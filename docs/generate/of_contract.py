"""Tables from the contract on disk: steps, artefacts, what the native engine refuses, what the gate finds."""

import json
import re
from pathlib import Path

from md_table import code, table
from of_configuration import parameter_table

from snapstamps.engines.native.limits import LIMITS
from snapstamps.simulate import truth as truth_module
from snapstamps.simulate.presets import PRESETS
from snapstamps.simulate.run import scene_size
from snapstamps.snap import gate
from snapstamps.stamps import artefacts as artefacts_module
from snapstamps.stamps.artefacts import ARTEFACTS, Field
from snapstamps.stamps.parms import definitions
from snapstamps.stamps.steps import STEPS, Scope, Step

_SCENES = Path(__file__).resolve().parents[2] / "tests" / "data" / "scenes"
_PLACES = {Scope.PATCH: "in each patch", Scope.STACK: "once, in the working folder"}
_HEADINGS = ("file", "variable", "class", "shape", "unit", "meaning")


def steps() -> str:
    """Return the table of the steps."""
    rows = [
        (
            f"[{step.key.replace('_', ' ')}](steps/{step.key}.md)",
            _PLACES[step.scope],
            ", ".join(map(code, (*step.reads, *(f"[{name}]" for name in step.may_read)))),
            ", ".join(map(code, step.writes)),
        )
        for step in STEPS
    ]
    return table(("step", "works", "reads (in brackets: where it exists)", "writes"), rows) + "\n"


def step(key: str) -> str:
    """Return what one step reads, writes and listens to."""
    row = next(step for step in STEPS if step.key == key)
    listens = {name: definitions()[name] for name in row.parms}
    parts = [
        f"- Works {_PLACES[row.scope]}.",
        f"- Reads {_listed(row.reads)}{_may_read(row)}.",
        f"- Writes {_listed(row.writes)}.",
        f"- In StaMPS: {_listed(row.stamps_functions)}.\n",
        "### What it writes\n",
        _fields({name: ARTEFACTS[name] for name in row.writes if name in ARTEFACTS}),
        "\nThe letters of the shapes are explained under [Formats](../formats.md#shapes).\n",
        "### Parameters it listens to\n",
        parameter_table(listens) if listens else "None.",
    ]
    return "\n".join(parts) + "\n"


def artefacts() -> str:
    """Return the letters of the shapes, and all fields of all artefacts."""
    letters = re.findall(r"^(n_\w+(?:, n_\w+)?) +(\S.*)$", artefacts_module.__doc__ or "", re.MULTILINE)
    return "\n".join(
        [
            "### Shapes\n",
            "A single letter is a column (n × 1); `1 × n` is a row; `1` is one number.\n",
            table(("letter", "meaning"), [(code(letter), meaning.replace("``", "`")) for letter, meaning in letters]),
            "\n### Variables\n",
            _fields(ARTEFACTS) + "\n",
        ]
    )


def limits() -> str:
    """Return what the native engine refuses."""
    rows = [(code(limit.parameter), limit.supported, limit.why, limit.elsewhere) for limit in LIMITS]
    return table(("parameter", "supported", "why", "instead"), rows) + "\n"


def findings() -> str:
    """Return the codes of everything that the gate can find."""
    return ", ".join(map(code, finding_codes())) + "."


def finding_codes() -> list[str]:
    """Return them in alphabetical order, as they stand in the source of the gate."""
    sources = sorted(Path(gate.__file__).parent.glob("*.py"))
    source = "".join(path.read_text(encoding="utf-8") for path in sources)
    by_name = re.findall(r'(?:Finding|HeaderFault)\(\s*"([a-z-]+)"', source)
    return sorted({*by_name, *re.findall(r'_about\(\s*\w+, \w+, "([a-z-]+)"', source)})


def presets() -> str:
    """Return the ready-made scenes with their sizes."""
    rows = []
    for name, make in PRESETS.items():
        spec = make()
        size = scene_size(spec)
        area = f"{size.along_km:.1f} × {size.across_km:.1f}"
        rows.append(
            (code(name), f"{size.n_lines} × {size.n_samples}", str(size.n_scenes), area, _size(size.disk_bytes))
        )
    return table(("preset", "lines × samples", "dates", "km", "disk while it is made"), rows) + "\n"


def stamps_on_truth() -> str:
    """Return what StaMPS itself reached on the scenes of known truth."""
    rows = []
    for path in sorted(_SCENES.glob("*.stamps.json")):
        figures = json.loads(path.read_text(encoding="utf-8"))
        seconds = sum(value for name, value in figures["seconds"].items() if name.startswith("step_"))
        rows.append(
            (
                figures["scene"].replace("_", " "),
                f"{figures['n_peaks_found']} of {figures['n_peaks']}",
                f"{figures['n_ps']}",
                f"{100 * figures['false_share']:.1f} %",
                f"{figures['velocity_rmse']:.2f}",
                f"{figures['velocity_correlation']:.3f}",
                f"{seconds:.0f}",
            )
        )
    headings = ("scene", "simulated PS found", "PS pixels", "false", "RMSE of `v-do` (mm/yr)", "correlation")
    return table((*headings, "seconds, steps 1-8"), rows) + "\n"


def truth() -> str:
    """Return the members of ``truth.npz``, as the module that writes it lists them."""
    text = (truth_module.__doc__ or "").strip().partition("\n\n")[2]
    return f"```text\n{text}\n```\n"


def _fields(named: dict[str, tuple[Field, ...]]) -> str:
    rows = [
        (
            code(name),
            code(field.name),
            field.kind,
            " × ".join(field.shape) or "1",
            field.unit,
            field.meaning + ("; may be empty" if field.may_be_empty else ""),
        )
        for name, fields in named.items()
        for field in fields
    ]
    return table(_HEADINGS, rows)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(map(code, names))


def _may_read(row: Step) -> str:
    return f", and {_listed(row.may_read)} where it exists" if row.may_read else ""


def _size(n_bytes: int) -> str:
    return f"{n_bytes / 1e9:.1f} GB" if n_bytes >= 1e9 else f"{n_bytes / 1e6:.0f} MB"
