"""
Reads ``snapstamps.toml``, the environment, and what the command line overrides.

Precedence: command line, environment, file, default. Where each value comes from is remembered, and all
faults are reported together.
"""

import os
import re
import tomllib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from snapstamps.config.cluster_options import cluster_settings
from snapstamps.config.describe import PARMS_KEY, option_infos, sections
from snapstamps.config.faults import Fault, error_of, nearest
from snapstamps.config.options import Options
from snapstamps.config.stamps_parms import PREFIX, parm_definitions, sift
from snapstamps.model.errors import InputError

CONFIG_NAME = "snapstamps.toml"
ENVIRONMENT_PREFIX = "SNAPSTAMPS_"
CLUSTER_VARIABLE = "SNAPSTAMPS_CLUSTER"
"""Stands for [cluster] kind and address together."""
DEFAULT_ORIGIN = "default"
FILE_ORIGIN = "file"
COMMAND_LINE_ORIGIN = "command line"

_REMEDY = "correct what is named; `snapstamps params --all` lists every option"


@dataclass(frozen=True)
class Loaded:
    """
    Options, and where each of their values comes from.

    Attributes
    ----------
    options : Options
        All of them, checked.
    origins : mapping of str to str
        Dotted key -> ``file``, the name of an environment variable, or ``command line``; keys that have
        their default are absent.
    """

    options: Options
    origins: Mapping[str, str]

    def origin(self, key: str) -> str:
        """Return where the value of a dotted key comes from."""
        return self.origins.get(key, DEFAULT_ORIGIN)


@dataclass(frozen=True)
class _Setting:
    """One value as it was given; ``place`` is what a message says of its origin."""

    key: str
    value: object
    origin: str
    place: str
    is_text: bool = False


def load_options(
    path: Path,
    *,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Options:
    """
    Return the options of a configuration file; see :func:`load`.

    Raises
    ------
    InputError
        With all faults.
    """
    return load(path, environment=environment, overrides=overrides).options


def load(
    path: Path,
    *,
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Loaded:
    """
    Read a configuration file and what overrides it.

    Parameters
    ----------
    path : Path
        ``snapstamps.toml``.
    environment : mapping of str to str, optional
        Variables; those named ``SNAPSTAMPS_SECTION__KEY`` count. Default: those of the process.
    overrides : mapping of str to object, optional
        Dotted key, or a StaMPS parameter's bare name -> value from the command line. Text is read as TOML
        where the option is not text itself.

    Returns
    -------
    Loaded

    Raises
    ------
    InputError
        If the file cannot be read, is not TOML, or holds anything unknown or not allowed.
    """
    text = _text_of(path)
    return resolve(_table_of(text, path), where=path, text=text, environment=environment, overrides=overrides)


def resolve(
    table: Mapping[str, object],
    *,
    where: Path | None = None,
    text: str = "",
    environment: Mapping[str, str] | None = None,
    overrides: Mapping[str, object] | None = None,
) -> Loaded:
    """
    Check a table of options and what overrides it.

    Parameters
    ----------
    table : mapping
        Sections as TOML gives them.
    where : Path, optional
        The file, for messages.
    text : str
        Its text, for line numbers in messages.
    environment, overrides : mapping, optional
        As for :func:`load`.

    Returns
    -------
    Loaded

    Raises
    ------
    InputError
        With all faults.
    """
    settings, faults = _from_table(table, text)
    settings += _from_environment(os.environ if environment is None else environment)
    settings += _from_command_line(overrides or {})
    unknown = [setting for setting in settings if not _is_known(setting.key)]
    faults += [_unknown(setting) for setting in unknown]
    chosen = {setting.key: setting for setting in settings if setting not in unknown}
    options, wrong = _options_of(chosen)
    if options is None or faults or wrong:
        order = [setting.key for setting in settings]
        faults += sorted(wrong, key=lambda fault: order.index(fault.key))
        raise error_of(faults, where=where, remedy=_REMEDY)
    return Loaded(options, {key: setting.origin for key, setting in chosen.items()})


def _text_of(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise InputError(f"{path.name} is missing", where=path.parent, remedy="snapstamps new") from None
    except UnicodeDecodeError as error:
        raise InputError(f"{path.name} is not UTF-8 text", where=path, why=str(error)) from error
    except OSError as error:
        raise InputError(f"{path.name} cannot be read", where=path, why=str(error)) from error


def _table_of(text: str, path: Path) -> dict[str, object]:
    try:
        return tomllib.loads(text)
    except (ValueError, RecursionError) as error:
        found = re.search(r"at line (\d+)", str(error))
        line = text.split("\n")[int(found[1]) - 1].strip() if found else ""
        raise InputError(
            f"{path.name} is not valid TOML",
            where=f"{path}, line {found[1]}" if found else path,
            why=f"{error}\n{line}".strip(),
            remedy='key = value, with text in quotes: engine = "native"',
        ) from error


def _from_table(table: Mapping[str, object], text: str) -> tuple[list[_Setting], list[Fault]]:
    """Flatten the file's tables; what stands outside any section is a fault."""
    lines = _line_numbers(text)
    settings: list[_Setting] = []
    faults: list[Fault] = []
    for section, content in table.items():
        if not isinstance(content, Mapping):
            hint = _nearest_hint(section)
            faults.append(Fault(section, "stands outside every [section]", content, hint, lines.get(section, "file")))
            continue
        rows = {f"{section}.{key}": value for key, value in content.items()}
        parms = rows.get(PREFIX[:-1])
        if isinstance(parms, Mapping):
            del rows[PREFIX[:-1]]
            rows |= {PREFIX + key: value for key, value in parms.items()}
        settings += [_Setting(key, value, FILE_ORIGIN, lines.get(key, "file")) for key, value in rows.items()]
        if section not in sections() and not rows:
            faults.append(Fault(section, "there is no such section", "", _section_hint(section), "file"))
    return settings, faults


def _line_numbers(text: str) -> dict[str, str]:
    """Return dotted key -> ``line n`` for what stands plainly as ``key = value`` under its ``[section]``."""
    lines: dict[str, str] = {}
    section = ""
    for number, line in enumerate(text.split("\n"), start=1):
        if header := re.match(r"\s*\[\s*([\w.-]+)\s*\]", line):
            section = header[1] + "."
        elif entry := re.match(r"\s*([\w-]+)\s*=", line):
            lines.setdefault(section + entry[1], f"line {number}")
    return lines


def _from_environment(environment: Mapping[str, str]) -> list[_Setting]:
    """Return the variables with a double underscore; others, such as SNAPSTAMPS_STAMPS_HOME, are no options."""
    cluster = cluster_settings(environment[CLUSTER_VARIABLE]) if environment.get(CLUSTER_VARIABLE) else {}
    return [
        _Setting(key, value, CLUSTER_VARIABLE, CLUSTER_VARIABLE, is_text=True) for key, value in cluster.items()
    ] + [
        _Setting(name.removeprefix(ENVIRONMENT_PREFIX).lower().replace("__", "."), value, name, name, is_text=True)
        for name, value in sorted(environment.items())
        if name.startswith(ENVIRONMENT_PREFIX) and "__" in name
    ]


def _from_command_line(overrides: Mapping[str, object]) -> list[_Setting]:
    """Return the overrides; a StaMPS parameter may be named without its section."""
    return [
        _Setting(
            PREFIX + key if key in parm_definitions() else key,
            value,
            COMMAND_LINE_ORIGIN,
            COMMAND_LINE_ORIGIN,
            is_text=isinstance(value, str),
        )
        for key, value in overrides.items()
    ]


def _is_known(key: str) -> bool:
    return key in option_infos() or (key.startswith(PREFIX) and "." not in key.removeprefix(PREFIX))


def _unknown(setting: _Setting) -> Fault:
    """Return the fault of a key that is no option, with the best hint there is."""
    section, _, name = setting.key.rpartition(".")
    elsewhere = [info.section for info in option_infos().values() if info.key == name]
    if not section:
        problem, hint = "an option is named by section.key", _nearest_hint(name)
    elif section not in sections():
        problem, hint = f"there is no section [{section}]", _section_hint(section)
    elif setting.key == PREFIX[:-1]:
        problem, hint = f"[{PREFIX[:-1]}] is a table of StaMPS's parameters", ""
    elif name in parm_definitions():
        problem, hint = f"[{section}] has no such option", f"it stands under [{PREFIX[:-1]}]"
    elif elsewhere:
        problem, hint = f"[{section}] has no such option", f"it stands under [{elsewhere[0]}]"
    else:
        problem, hint = f"[{section}] has no such option", _nearest_hint(name, section)
    return Fault(setting.key, problem, setting.value, hint, setting.place)


def _section_hint(section: str) -> str:
    match = nearest(section, [*sections(), PREFIX[:-1]])
    return f"the nearest is [{match}]" if match else f"there are [{'], ['.join(sections())}]"


def _nearest_hint(name: str, section: str = "") -> str:
    """Return the nearest key of the section, else of all."""
    infos = option_infos().values()
    inside = nearest(name, [info.key for info in infos if info.section == section])
    if inside:
        return f"the nearest is {inside}"
    names = {info.key: info.name for info in infos} | {parm: PREFIX + parm for parm in parm_definitions()}
    anywhere = nearest(name, names)
    return f"the nearest is {names[anywhere]}" if anywhere else ""


def _options_of(chosen: Mapping[str, _Setting]) -> tuple[Options | None, list[Fault]]:
    """Check the values that won; text from outside the file is first read as the option wants it."""
    values = {key: _typed(setting) for key, setting in chosen.items()}
    parms = {key.removeprefix(PREFIX): value for key, value in values.items() if key.startswith(PREFIX)}
    good, faults = sift(parms)
    tables: dict[str, dict[str, Any]] = {section: {} for section in sections()}
    for key, value in values.items():
        if not key.startswith(PREFIX):
            section, name = key.split(".")
            tables[section][name] = value
    tables["stamps"][PARMS_KEY] = good
    try:
        options = Options.model_validate(tables)
    except ValidationError as error:
        options = None
        faults += _faults_of(error, values)
    return options, [replace(fault, origin=chosen[fault.key].place) for fault in faults]


def _faults_of(error: ValidationError, values: Mapping[str, object]) -> Iterable[Fault]:
    """Return one fault per option, however many ways of failing a union has."""
    keys = dict.fromkeys(".".join(str(part) for part in detail["loc"][:2]) for detail in error.errors())
    for key in keys:
        info = option_infos()[key]
        words = re.findall(r'"([^"]+)"', info.allowed)
        value = values[key]
        word = nearest(value, words) if isinstance(value, str) else None
        yield Fault(key, f"must be {info.allowed}", value, f'the nearest is "{word}"' if word else "")


def _typed(setting: _Setting) -> object:
    """Return the value; text is taken as it stands where the option accepts it, else as TOML."""
    if not setting.is_text or not isinstance(setting.value, str):
        return setting.value
    parsed = _parsed(setting.value)
    accepts = _acceptance(setting.key)
    quoted = isinstance(parsed, str)
    return parsed if quoted or not accepts(setting.value) else setting.value


def _parsed(text: str) -> object:
    """Return the TOML value that a text spells, or the text itself."""
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except (ValueError, RecursionError):
        return text


def _acceptance(key: str) -> Callable[[object], bool]:
    """Return the test whether an option accepts a value."""
    if key.startswith(PREFIX):
        return lambda value: not sift({key.removeprefix(PREFIX): value})[1]
    section, name = key.split(".")

    def accepts(value: object) -> bool:
        try:
            sections()[section].model_validate({name: value})
        except ValidationError:
            return False
        return True

    return accepts
