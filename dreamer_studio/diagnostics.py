"""What to send along when asking for help: plain text without paths that say who and where somebody is."""

from __future__ import annotations

import os
import re
import sysconfig
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

from dreamer_studio.doctor import versions
from dreamer_studio.session import Status

GIB = 2**30
RUN, HOME, ELSEWHERE = "<run>", "~", "..."

_SEPARATORS = r"[\\/]"
_PART = r"[^\s\\/'\"<>|:;,()\[\]{}]+"
_ROOT = r"(?:[A-Za-z]:[\\/]|~[\\/]|\\\\|/(?!/))"
_QUOTED = re.compile(rf"(?P<quote>['\"]){_ROOT}(?P<path>[^'\"\n]*)(?P=quote)")
_BARE = re.compile(rf"(?<![\w./\\>~]){_ROOT}(?:{_PART}{_SEPARATORS}+)+(?P<last>{_PART})?")


def diagnostics(status: Status, news: Sequence[str], window: Mapping[str, str]) -> str:
    """Put together what helps to find out what is wrong.

    Args:
        status: how the run stands.
        news: the last warnings and errors of the log.
        window: facts about what shows it, each with its name.

    Returns:
        lines of text. Of paths there is what lies in the run folder, and the last part of those outside it.
    """
    spec = status.spec
    facts = {
        **versions(),
        "cores, memory": f"{os.cpu_count()}, {psutil.virtual_memory().total / GIB:.1f} GiB",
        **window,
        "device": status.device,
        "OpenGL": (spec.gl_backend or "not used by this task") if spec is not None else "not known yet",
        "task, preset": f"{status.config.task}, {status.config.preset}",
        "state": f"{status.state.value}, {status.phase}",
        "steps, updates": f"{status.step:,}, {status.update:,}",
        "memory of the window": f"{status.memory_bytes / GIB:.2f} GiB",
    }
    lines = [f"{name:<22}{value or 'missing'}" for name, value in facts.items()]
    if status.failure is not None:
        lines += ["", "failure", status.failure.text, status.failure.details]
    lines += ["", f"last {len(news)} warnings and errors" if news else "no warnings and no errors", *news]
    return without_paths("\n".join(lines), status.folder) + "\n"


def without_paths(text: str, run: Path, home: Path | None = None) -> str:
    """Take all absolute paths out of a text but those into the run folder.

    Args:
        text: anything.
        run: becomes `<run>`, with what follows it.
        home: becomes `~`; None takes this user's. Of anything else in or outside it the last part is left.
    """
    for folder in sorted({str(run), str(run.absolute()), str(run.resolve())}, key=len, reverse=True):
        text = _replaced(text, folder, RUN)
    for folder in _code_folders():  # so that tracebacks still say which module
        text = re.sub(rf"{re.escape(folder)}{_SEPARATORS}+", "", text)
    text = _replaced(text, str(home or Path.home()), HOME)
    text = _QUOTED.sub(lambda found: found["quote"] + _shortened(found[0][1:-1]) + found["quote"], text)
    return _BARE.sub(lambda found: _shortened(found[0]), text)


def _replaced(text: str, folder: str, word: str) -> str:
    """Put a word for a folder, not for the beginning of another one's name."""
    if Path(folder) == Path(folder).parent:
        return text
    return re.sub(rf"{re.escape(folder)}(?![\w.-])", lambda _: word, text)


def _shortened(path: str) -> str:
    last = re.split(_SEPARATORS, path.rstrip("\\/"))[-1]
    if re.fullmatch(_SEPARATORS + "?" + re.escape(last), path) or last == HOME:
        return path  # nothing stands before it
    return f"{HOME}/{ELSEWHERE}/{last}" if path.startswith(HOME) else f"{ELSEWHERE}/{last}"


def _code_folders() -> list[str]:
    """Where modules lie, the innermost first."""
    installed = {path for name, path in sysconfig.get_paths().items() if name.endswith("lib") or name == "stdlib"}
    return sorted(installed | {str(Path(__file__).resolve().parent.parent)}, key=len, reverse=True)
