"""The page of the commands, from the command line itself."""

from typing import Any

from md_table import code, plain, table
from typer.main import get_command

from snapstamps.cli.main import app


def commands() -> str:
    """Return one section per command: what it does, its example, its arguments and options."""
    program = get_command(app)
    parts = ["## Global options\n", _options(program, "snapstamps"), program.epilog or ""]
    for name, command in _all().items():
        parts += [f"\n## {name}\n", _command(command, name)]
    return "\n".join(parts)


def names() -> list[str]:
    """Return the names of all commands, in the order of the help; those of a group as ``scenes list``."""
    return list(_all())


def option_names() -> dict[str, list[str]]:
    """Return the options of every command, those of the program itself under an empty name."""
    program = get_command(app)
    found = {"": program, **_all()}
    return {name: [word for parm in it.params for word in _words(parm)] for name, it in found.items()}


def _all() -> dict[str, Any]:
    """Return every command that does something."""
    found = {}
    for name, command in get_command(app).commands.items():
        inner = getattr(command, "commands", None)
        found.update({name: command} if inner is None else {f"{name} {key}": one for key, one in inner.items()})
    return found


def _command(command: Any, name: str) -> str:
    paragraphs = [" ".join(text.split()) for text in (command.help or "").split("\n\n")]
    texts = [text for text in paragraphs if not text.startswith("Example: ")]
    examples = [text.removeprefix("Example: ") for text in paragraphs if text.startswith("Example: ")]
    usage = " ".join(command.collect_usage_pieces(_context(command, name)))
    lines = [plain("\n\n".join(texts)), f"```text\nsnapstamps {name} {usage}\n```"]
    lines += [f"For example:\n\n```text\n{example}\n```" for example in examples]
    return "\n\n".join([*lines, _options(command, name)])


def _options(command: Any, name: str) -> str:
    context = _context(command, name)
    rows = [(_shown(parm), *_explained(parm, context)) for parm in command.params]
    return table(["argument or option", "what it does", "default"], rows) + "\n"


def _shown(parm: Any) -> str:
    """Return how an option is written, with the placeholder of its value."""
    if not _words(parm):
        return code(parm.metavar)
    value = "" if getattr(parm, "is_flag", False) else f" {parm.metavar or parm.name.upper()}"
    return code(", ".join(_words(parm)) + value)


def _explained(parm: Any, context: Any) -> tuple[str, str]:
    """Return the help of an option, and its default where the command line shows one."""
    text = (parm.get_help_record(context) or ("", parm.help or ""))[1]
    text, _, default = text.partition("  [default: ")
    return text.replace("  [required]", ""), default.removesuffix("]").strip("()") or (
        "required" if parm.required else ""
    )


def _words(parm: Any) -> list[str]:
    return [word for word in (*parm.opts, *parm.secondary_opts) if word.startswith("-")]


def _context(command: Any, name: str) -> Any:
    return command.make_context(name, [], resilient_parsing=True)
