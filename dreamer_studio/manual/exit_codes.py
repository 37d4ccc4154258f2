"""The exit codes of the command, for `--help`, the man page and the README."""

from __future__ import annotations

import textwrap
from typing import Final

EXIT_CODES: Final = (
    (
        "0",
        "done; also after Ctrl+C, SIGTERM or SIGHUP closed the window, or if another window came to the front instead",
    ),
    (
        "1",
        "the training or the environment failed, a run of a study failed or stopped, you left the window at once, the "
        "window lost its screen, or `doctor` found that the default task cannot run",
    ),
    (
        "2",
        "wrong input, `check` refused the task, standard output is full, no screen answers, or you closed a window "
        "whose task cannot be trained",
    ),
    ("130, 143, 129", "ended by Ctrl+C, by SIGTERM, by a closing terminal (SIGHUP)"),
    (
        "141",
        "the reader of standard output has gone, as in `presets | head -1`; a shell gives this code to any program "
        "that SIGPIPE ends",
    ),
)
"""Codes and meaning, in the order of the documents. A bug of the program is a traceback and code 1."""

_WIDTH: Final = 76
_UNWRAPPED: Final = "\b\n"  # the command line library's sign for a paragraph that is wrapped already


def help_text() -> str:
    """Return the end of `--help`, wrapped."""
    column = max(len(codes) for codes, _ in EXIT_CODES) + 2
    rows = [
        textwrap.fill(meaning, _WIDTH, initial_indent=f"{codes:<{column}}", subsequent_indent=" " * column)
        for codes, meaning in EXIT_CODES
    ]
    return _UNWRAPPED + "\n".join(["Exit codes:", *rows])


def markdown_table() -> str:
    """Return the table of the README."""
    meanings = [meaning.replace("|", "\\|") for _, meaning in EXIT_CODES]
    rows = [f"| {codes} | {meaning} |" for (codes, _), meaning in zip(EXIT_CODES, meanings, strict=True)]
    return "\n".join(["| exit code | meaning |", "|---|---|", *rows])
