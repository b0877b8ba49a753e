"""
Scripts for Octave and MATLAB, rendered from ``stamps_templates``: what is run can be read, and run by hand.

A value becomes a literal that both understand and that cannot break out of its place, whatever it holds.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from numbers import Real
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

import snapstamps
from snapstamps.config.resources import resource
from snapstamps.stamps.parms import definitions
from snapstamps.stamps.steps import Scope, Step


@dataclass(frozen=True)
class Surroundings:
    """
    What a script needs besides its step.

    Attributes
    ----------
    functions : Path
        StaMPS's ``.m`` files.
    in_front : tuple of Path
        Folders of our functions, for Octave alone; the last one is searched first.
    """

    functions: Path
    in_front: tuple[Path, ...]


def our_functions(*, fast: bool) -> tuple[Path, ...]:
    """Return the folders that go in front of StaMPS on Octave's path; the last one is searched first."""
    compat = resource("stamps_templates/compat")
    return (compat, resource("stamps_templates/compat_fast")) if fast else (compat,)


def script_name(step: Step, folder: Path) -> str:
    """
    Return the file name of a step's script: MATLAB demands that it begins with a letter.

    Examples
    --------
    >>> from snapstamps.stamps.steps import step_named
    >>> script_name(step_named("gamma"), Path("stamps/PATCH_2")), script_name(step_named("scn"), Path("stamps"))
    ('step2_gamma_PATCH_2.m', 'step8_scn.m')
    """
    return f"step{step.key}_{folder.name}.m" if step.scope is Scope.PATCH else f"step{step.key}.m"


def last_line_of(step: Step) -> str:
    """Return the line that a script prints when it has come to its end."""
    return f"snapstamps: step {step.number} {step.name} has ended"


def step_script(step: Step, folder: Path, parms: Mapping[str, Any], around: Surroundings) -> str:
    """
    Return the script of one step.

    Parameters
    ----------
    step : Step
        The row of the table of steps.
    folder : Path
        Where StaMPS stands, absolute.
    parms : mapping
        The values that the step listens to; those that come from the data are left to StaMPS.
    around : Surroundings
        Of this installation.
    """
    from_data = {name for name, parm in definitions().items() if parm.from_data}
    return (
        _templates()
        .get_template("run_step.m.j2")
        .render(
            step=step,
            in_patch=step.scope is Scope.PATCH,
            title=comment_text(str(folder)),
            script_name=script_name(step, folder),
            version=snapstamps.__version__,
            functions=around.functions,
            in_front=around.in_front,
            folder=folder,
            parms={name: value for name, value in parms.items() if name not in from_data},
            last_line=last_line_of(step),
        )
    )


def matlab_literal(value: Any) -> str:
    """
    Return a value as Octave and MATLAB write it.

    Parameters
    ----------
    value : str, Path, bool, number, or sequence of numbers
        Any text is safe: quotes, control characters and all.

    Raises
    ------
    TypeError
        If it is of another kind (a defect of the caller).

    Examples
    --------
    >>> print(matlab_literal("it's"), matlab_literal([1, 2.5]), matlab_literal([]), matlab_literal(float("-inf")))
    'it''s' [1, 2.5] [] -Inf
    >>> print(matlab_literal("two" + chr(10) + "lines"))
    ['two', char(10), 'lines']
    """
    if isinstance(value, str | Path):
        return _text_literal(str(value))
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Real):
        return _number_literal(value)
    if isinstance(value, Sequence):
        return f"[{', '.join(_number_literal(number) for number in value)}]"
    raise TypeError(f"{type(value).__name__} has no literal in Octave")


def comment_text(text: str) -> str:
    """Return text that stays inside a comment line."""
    return "".join(letter if letter.isprintable() else "?" for letter in text)


def _number_literal(value: Any) -> str:
    number = float(value)
    if math.isnan(number):
        return "NaN"
    if math.isinf(number):
        return "Inf" if number > 0 else "-Inf"
    return repr(int(number)) if number.is_integer() and abs(number) < 2**53 else repr(number)


def _text_literal(text: str) -> str:
    pieces: list[str] = []
    plain = ""
    for letter in text:
        if ord(letter) >= 32 and ord(letter) != 127:
            plain += letter.replace("'", "''")
            continue
        pieces += [f"'{plain}'"] if plain else []
        pieces.append(f"char({ord(letter)})")
        plain = ""
    if not pieces:
        return f"'{plain}'"
    pieces += [f"'{plain}'"] if plain else []
    return f"[{', '.join(pieces)}]"


def _templates() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(resource("stamps_templates")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 - what is rendered is no web page
    )
    environment.filters["matlab"] = matlab_literal
    return environment
