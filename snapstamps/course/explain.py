"""What is told of a topic: put together from the pages of the documentation and from the tables that the code obeys."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from snapstamps.config.describe import option_infos
from snapstamps.config.toml_text import literal
from snapstamps.course.markdown import Section, bullets, code_blocks, linked, page_sections, without_requests
from snapstamps.course.topics import PARMS, STAGE_PAGES, Kind, Topic, glossary, plain_files
from snapstamps.engines.native.limits import LIMITS
from snapstamps.snap.stages import stage_named
from snapstamps.stamps.artefacts import ARTEFACTS, Field
from snapstamps.stamps.parms import definitions
from snapstamps.stamps.steps import STEPS, Scope, Step

_SNAP_PAGE = "snap/stages.md"
_PAPERS = "papers.md"
_IN_STAMPS = "In StaMPS, and in papers"
_LOOKS = "What a good and a bad result look like"


@dataclass(frozen=True)
class Explanation:
    """
    What is told of a topic.

    Attributes
    ----------
    topic : Topic
        Of what.
    title : str
        One line.
    sections : tuple of Section
        Headings with Markdown.
    page : str
        Of the documentation, where more stands; empty where none does.
    """

    topic: Topic
    title: str
    sections: tuple[Section, ...]
    page: str = ""


def explain(topic: Topic) -> Explanation:
    """
    Return what is told of a topic.

    Parameters
    ----------
    topic : Topic
        One of `snapstamps.course.topics.topics`.

    Returns
    -------
    Explanation
    """
    tell = {
        Kind.STEP: _of_step,
        Kind.STAGE: _of_stage,
        Kind.PARAMETER: _of_parameter,
        Kind.OPTION: _of_option,
        Kind.FILE: _of_file,
        Kind.VARIABLE: _of_variable,
        Kind.WORD: _of_word,
    }[topic.kind]
    found = tell(topic)
    return Explanation(topic, found.title, (*found.sections, *_references(found)), found.page)


def _step(key: str) -> Step:
    return next(step for step in STEPS if step.key == key)


def _of_step(topic: Topic) -> Explanation:
    page = f"steps/{topic.name}.md"
    title, *sections = page_sections(page)
    shown = [Section(s.heading, _in_and_out(_step(topic.name)) + s.text) if s.heading == "In and out" else s
             for s in sections]  # fmt: skip
    return Explanation(topic, title.heading, tuple(_cleaned(shown)), page)


def _in_and_out(step: Step) -> str:
    place = "in each patch" if step.scope is Scope.PATCH else "once, in the working folder"
    lines = [f"- Works {place}.", f"- Reads {_listed(step.reads)}.", f"- Writes {_listed(step.writes)}."]
    if step.may_read:
        lines.append(f"- Reads {_listed(step.may_read)}, too, where it exists.")
    if step.parms:
        lines.append(f"- Listens to {_listed(step.parms)}.")
    lines.append(f"- In StaMPS: {_listed(step.stamps_functions)}.")
    return "\n".join(lines) + "\n\n"


def _of_stage(topic: Topic) -> Explanation:
    if topic.name in STAGE_PAGES:
        page = STAGE_PAGES[topic.name]
        title, *sections = page_sections(page)
        opening = [Section("The stages", title.text)] if title.text else []
        return Explanation(topic, title.heading, tuple(_cleaned([*opening, *sections])), page)
    if topic.name == "stamps":
        rows = "\n".join(f"- {step.number} `{step.name}`: {step.sentence}" for step in STEPS)
        return Explanation(topic, "stamps: steps 1 to 8", (Section("The steps, in order", rows),), "architecture.md")
    row = stage_named(topic.name)
    told = next(section for section in page_sections(_SNAP_PAGE) if section.heading == row.name)
    lines = [
        f"- One run of gpt per {row.grain.value}.",
        f"- Reads {_listed(row.reads)}.",
        f"- Writes {_listed(row.writes)}.",
        f"- Operators of SNAP: {', '.join(row.operators)}.",
        f"- Graph: `snapstamps graph show {row.name}`.",
    ]
    if row.only_if:
        lines.append(f"- Only where {row.only_if}.")
    parts = (
        Section("What it does, and why", f"{row.sentence}\n\n{told.text}"),
        Section("In and out", "\n".join(lines)),
    )
    return Explanation(topic, f"{row.name}: a stage of SNAP", tuple(_cleaned(parts)), _SNAP_PAGE)


def _of_parameter(topic: Topic) -> Explanation:
    parm = definitions()[topic.name]
    unit = "" if parm.unit == "-" else f" {parm.unit}"
    lines = [parm.explanation, ""]
    lines += ["Set by the data." if parm.from_data else f"- Default: `{literal(parm.default)}`{unit}"]
    lines += [] if parm.from_data else [f"- Allowed: {parm.allowed}"]
    lines += [f"- Native engine: {limit.supported}; {limit.why}" for limit in LIMITS if limit.parameter == topic.name]
    lines += ["- Where: `[stamps.parms]` in `snapstamps.toml`"] * (not parm.from_data)
    sections = [Section("What it does", "\n".join(lines))]
    keys = parm.steps
    if way := _bullets_about(topic.name, [f"steps/{key}.md" for key in keys]):
        sections.append(Section("Which way", way))
    heard = "\n".join(f"- Step {key.replace('_', ' ')}: {_step(key).sentence}" for key in keys)
    sections.append(Section("Who listens", heard or "No step of the native engine; StaMPS itself may."))
    if not keys:
        return Explanation(topic, topic.name, tuple(sections), "parameters.md")
    page = f"steps/{keys[0]}.md"
    told = {section.heading: section.text for section in page_sections(page)}
    formulas = "\n\n".join(f"```text\n{block}\n```" for block in code_blocks(told["What it does, and why"]))
    written = list(dict.fromkeys(name for key in keys for name in _step(key).writes if name != "psver"))
    name = keys[0].replace("_", " ")
    sections += [Section(f"Formulas of step {name}", formulas)] if formulas else []
    sections += [
        Section("What a change changes", f"{_listed(written)}, and all that follows."),
        Section(f"What a good and a bad result of step {name} look like", told[_LOOKS]),
        Section(_IN_STAMPS, told[_IN_STAMPS]),
    ]
    return Explanation(topic, topic.name, tuple(_cleaned(sections)), page)


def _of_option(topic: Topic) -> Explanation:
    info = option_infos()[topic.name]
    pages = [*STAGE_PAGES.values(), *(f"steps/{step.key}.md" for step in STEPS)]
    lines = [info.description, "", f"- Default: `{info.text(info.default)}`", f"- Allowed: {info.allowed}"]
    lines.append(f"- Where: `[{info.section}] {info.key}` in `snapstamps.toml`")
    sections = [Section("What it does", "\n".join(lines))]
    if way := _bullets_about(info.key, pages):
        sections.append(Section("Which way", way))
    return Explanation(topic, topic.name, tuple(sections), "options.md")


def _of_file(topic: Topic) -> Explanation:
    told = [s for s in page_sections("files.md") if topic.name in s.heading.split(", ")]
    if not told:
        names, meaning = next((names, text) for names, text in plain_files().items() if names[0] == topic.name)
        sections = [Section("What it is", f"{meaning[:1].upper()}{meaning[1:]}."), *_makers(names[-1])]
        return Explanation(topic, topic.name, tuple(sections), "formats.md")
    text, sign, looks = told[0].text.partition("**Good**")
    sections = [Section("What it is", text), *_makers(topic.name)]
    if topic.name in ARTEFACTS:
        sections.append(Section("Variables", _variables_table(ARTEFACTS[topic.name])))
    sections.append(Section(_LOOKS, f"{sign}{looks}\n\n`snapstamps plot {topic.name}` draws it."))
    return Explanation(topic, f"{topic.name}.mat", tuple(_cleaned(sections)), "files.md")


def _makers(name: str) -> Iterable[Section]:
    """Tell who writes a file, and who reads it."""
    if name == PARMS:
        yield Section("Who writes it, who reads it", "Written by the candidates stage and by step 1; read by all.")
        return
    writers = [step for step in STEPS if name in step.writes]
    readers = [step for step in STEPS if name in step.reads or name in step.may_read]
    text = f"Written by {_named(writers)}." if writers else ""
    if readers:
        text += f" Read by {_named(readers)}."
    if text:
        yield Section("Who writes it, who reads it", text.strip())
    functions = dict.fromkeys(name for step in writers for name in step.stamps_functions)
    if functions:
        yield Section("In StaMPS", ", ".join(f"`{function}`" for function in functions))


def _of_variable(topic: Topic) -> Explanation:
    rows = [(name, field) for name, fields in ARTEFACTS.items() for field in fields if field.name == topic.name]
    lines = [f"- `{name}`: {field.meaning} ({_shape(field)}; {field.unit})" for name, field in rows]
    sections = [Section("Where it stands", "\n".join(lines))]
    if (parts := glossary_entry(topic.name)) is not None:
        sections.append(Section("What it means", parts))
    return Explanation(topic, f"{topic.name}, a variable", tuple(sections), "formats.md")


def _of_word(topic: Topic) -> Explanation:
    names, meaning = next((names, text) for names, text in glossary().items() if names[0] == topic.name)
    title = ", ".join(dict.fromkeys(names))
    return Explanation(topic, title, (Section("What it means", meaning),), "glossary.md")


def glossary_entry(word: str) -> str | None:
    """Return what the glossary says of a word, or None."""
    return next((text for names, text in glossary().items() if word in names), None)


def _references(found: Explanation) -> Iterable[Section]:
    """Give the papers that the sections link to, in full."""
    wanted = [target.partition("#")[2] for section in found.sections for target in linked(section.text)]
    papers = {section.heading.lower().replace(" ", "-"): section.text for section in page_sections(_PAPERS)}
    texts = [" ".join(papers[name].split()) for name in dict.fromkeys(wanted) if name in papers]
    if texts:
        yield Section("References", "\n".join(f"- {text}" for text in texts))


def _bullets_about(name: str, pages: Sequence[str]) -> str:
    """Return the bullets that say which way a parameter or option works."""
    lines = []
    for page in dict.fromkeys(pages):
        for section in page_sections(page):
            if "matter" in section.heading or section.level == 3:
                lines += [line for line in bullets(section.text) if _is_about(line, name)]
    return "\n".join(f"- {line}" for line in dict.fromkeys(lines))


def _is_about(line: str, name: str) -> bool:
    """Tell whether a bullet begins with the name, alone or among others."""
    return re.search(rf"`[^`]*\b{re.escape(name)}\b[^`]*`", line.partition(":")[0]) is not None


def _variables_table(fields: Sequence[Field]) -> str:
    rows = [f"| `{field.name}` | {_shape(field)} | {field.unit} | {field.meaning} |" for field in fields]
    return "\n".join(["| variable | shape | unit | meaning |", "|---|---|---|---|", *rows])


def _shape(field: Field) -> str:
    return " × ".join(field.shape) or "1"


def _cleaned(sections: Iterable[Section]) -> Iterable[Section]:
    for section in sections:
        text = without_requests(section.text)
        if text or section.level > 2:
            yield Section(section.heading, text, section.level)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _named(steps: Sequence[Step]) -> str:
    return ", ".join(f"step {step.number} {step.name}" for step in steps)
