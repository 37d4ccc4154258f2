"""The man page of the command, written from the same descriptions as `--help`."""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterator
from typing import Any, Final, cast

from typer import Context, Typer
from typer.main import get_command

from dreamer_studio.manual.exit_codes import EXIT_CODES

_ENVIRONMENT: Final = (
    ("DREAMER_STUDIO_LOG", "The file of the log; an empty value turns the log off."),
    ("MUJOCO_GL", "How MuJoCo renders: egl, osmesa or glfw; by default the first that works."),
)


def man_page(app: Typer, name: str, version: str) -> str:
    """Return the man page of an application and all its verbs, in roff.

    Args:
        app: the application.
        name: the name of its command.
        version: the version to state in the footer.
    """
    root = get_command(app)
    context = Context(root, info_name=name, **root.context_settings)
    summary = "train a world model and look inside it, live"
    lines = [
        f'.TH {_escaped(name.upper())} 1 "" "{_escaped(f"{name} {version}")}" "User Commands"',
        ".SH NAME",
        f"{_escaped(name)} \\- {summary}",
        ".SH SYNOPSIS",
        *_synopsis(root, context),
        ".SH DESCRIPTION",
        *_paragraphs(root.help),
        ".SH OPTIONS",
        *_parameters(root, context),
        ".SH VERBS",
        *_verbs(root, context),
        ".SH EXIT STATUS",
        *_definitions(EXIT_CODES),
        ".SH ENVIRONMENT",
        *_definitions(_ENVIRONMENT),
    ]
    return "\n".join(lines) + "\n"


def _verbs(group: Any, context: Context) -> Iterator[str]:
    """Describe each verb of a group in a section of its own, and the verbs of its groups after it."""
    for verb, command in cast(dict[str, Any], group.commands).items():
        inner = Context(command, info_name=verb, parent=context)
        yield f".SS {_escaped(inner.command_path)}"
        if not hasattr(command, "commands"):
            yield from _synopsis(command, inner)
            yield ".PP"
        yield from _paragraphs(command.help)
        yield from _parameters(command, inner)
        if hasattr(command, "commands"):
            yield from _verbs(command, inner)


def _synopsis(command: Any, context: Context) -> Iterator[str]:
    yield f".B {_escaped(context.command_path)}"
    yield _escaped(" ".join(command.collect_usage_pieces(context)))


def _parameters(command: Any, context: Context) -> Iterator[str]:
    shown = [
        parameter for parameter in command.get_params(context) if context.parent is None or parameter.name != "help"
    ]
    records = (parameter.get_help_record(context) for parameter in shown)
    yield from _definitions(tuple(record for record in records if record is not None))


def _definitions(records: tuple[tuple[str, str], ...]) -> Iterator[str]:
    for term, meaning in records:
        yield from (".TP", f".B {_escaped(term)}", _escaped(" ".join(meaning.split())))


def _paragraphs(text: str | None) -> Iterator[str]:
    for number, paragraph in enumerate(re.split(r"\n\s*\n", inspect.cleandoc(text or ""))):
        yield from ([".PP"] if number else [])
        yield _escaped(" ".join(paragraph.split()))


def _escaped(text: str) -> str:
    """Return a text as roff shows it literally: hyphens that can be copied, and no line taken for a request."""
    escaped = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    return f"\\&{escaped}" if escaped.startswith((".", "'")) else escaped
