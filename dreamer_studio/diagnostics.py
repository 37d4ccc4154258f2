"""Diagnostics to send with a question: plain text without paths that reveal who the user is."""

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


def diagnostics(status: Status | None, news: Sequence[str], window: Mapping[str, str]) -> str:
    """Collect the facts that help to find a fault.

    Args:
        status: the state of the run; None if none is open.
        news: the last warnings and errors of the log.
        window: facts about the window, each with its name.

    Returns:
        lines of text. Paths begin at the run folder; of other paths only the last part remains.
    """
    machine = {"cores, memory": f"{os.cpu_count()}, {psutil.virtual_memory().total / GIB:.1f} GiB"}
    facts = {**versions(), **machine, **window, **(_run_facts(status) if status is not None else {})}
    lines = [f"{name:<22}{value or 'missing'}" for name, value in facts.items()]
    if status is not None and status.failure is not None:
        lines += ["", "failure", status.failure.text, status.failure.details]
    lines += ["", f"last {len(news)} warnings and errors" if news else "no warnings and no errors", *news]
    return without_paths("\n".join(lines), status.folder if status is not None else None) + "\n"


def _run_facts(status: Status) -> dict[str, str]:
    spec = status.spec
    return {
        "device": status.device,
        "OpenGL": (spec.gl_backend or "not used by this task") if spec is not None else "not known yet",
        "task, preset": f"{status.config.task}, {status.config.preset}",
        "state": f"{status.state.value}, {status.phase}",
        "steps, updates": f"{status.step:,}, {status.update:,}",
        "memory of the window": f"{status.memory_bytes / GIB:.2f} GiB",
    }


def without_paths(text: str, run: Path | None, home: Path | None = None) -> str:
    """Shorten all absolute paths in a text.

    Args:
        text: any text.
        run: the run folder, replaced by `<run>`, or None; the rest of the path stays.
        home: the home folder, replaced by `~`; None takes this user's. Of all other paths, only the last part remains.
    """
    names = {str(run), str(run.absolute()), str(run.resolve())} if run is not None else set()
    for folder in sorted(names, key=len, reverse=True):
        text = _replaced(text, folder, RUN)
    for folder in _code_folders():  # tracebacks still name the module
        text = re.sub(rf"{re.escape(folder)}{_SEPARATORS}+", "", text)
    text = _replaced(text, str(home or Path.home()), HOME)
    text = _QUOTED.sub(lambda found: found["quote"] + _shortened(found[0][1:-1]) + found["quote"], text)
    return _BARE.sub(lambda found: _shortened(found[0]), text)


def _replaced(text: str, folder: str, word: str) -> str:
    """Replace a folder by a word, but not where the folder's path only begins another name."""
    if Path(folder) == Path(folder).parent:
        return text
    return re.sub(rf"{re.escape(folder)}(?![\w.-])", lambda _: word, text)


def _shortened(path: str) -> str:
    last = re.split(_SEPARATORS, path.rstrip("\\/"))[-1]
    if re.fullmatch(_SEPARATORS + "?" + re.escape(last), path) or last == HOME:
        return path  # there is nothing to remove
    return f"{HOME}/{ELSEWHERE}/{last}" if path.startswith(HOME) else f"{ELSEWHERE}/{last}"


def _code_folders() -> list[str]:
    """List the folders of Python modules, innermost first."""
    installed = {path for name, path in sysconfig.get_paths().items() if name.endswith("lib") or name == "stdlib"}
    return sorted(installed | {str(Path(__file__).resolve().parent.parent)}, key=len, reverse=True)
