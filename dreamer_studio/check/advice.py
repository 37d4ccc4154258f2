"""Gives advice about an environment that fails, and finds the place in the user's own code."""

from __future__ import annotations

import re
import sysconfig
from pathlib import Path
from typing import Final

from dreamer_studio.envs import EnvDiedError, EnvError, EnvTimeoutError, EnvUnavailableError, UnknownTaskError

_OURS: Final = str(Path(__file__).parents[1])
_LIBRARIES: Final = (sysconfig.get_path("stdlib"), "site-packages", "dist-packages")
_MOST_PLACES: Final = 12

_INSTALL: Final = re.compile(r"\b(?:pip|apt-get) install (?:\"[^\"]+\"|[^\s;:,)]+)(?: \"[^\"]+\"| [^\s;:,)]+)*")
_SUGGESTED: Final = re.compile(r"did you mean (\S+?)(?: or .*)?\?$")
_PLACE: Final = re.compile(r"\(([^()]+, line \d+)\)")

_BY_WORDS: Final[tuple[tuple[str, str], ...]] = (
    (r"registers no environment", 'Register it in that file: gymnasium.register("NAME-v0", entry_point=...)'),
    (r"the observation has no (single )?image", "Choose one of its images, or the rendered frames: observe=render."),
    (r"the image has values", "Keep the image within the bounds of its space, without NaN."),
    (
        r"cannot be learned from images",
        'Return frames from render() with render_mode="rgb_array", or observe an image.',
    ),
    (r"no vector of numbers can stand for", "Wrap the action space: Box, Discrete and combinations of them work."),
    (r"reward that is not finite", "Look for a division by 0, a logarithm of 0 or an overflow in the reward."),
    (r"a reward is one number", "Return one number; sum a vector of rewards in a wrapper."),
    (
        r"written for the old gym|not a gymnasium environment",
        "Derive it from gymnasium.Env.",
    ),
    (r"its (reset|step)\(\) ", "Change the method as described; gymnasium's interface differs from the old gym's."),
    (r"needs .+: write ", "Write the task with that argument."),
    (r"takes no argument", "Correct or remove the argument behind the ?."),
    (r"many environments in one", "Ask for the single environment."),
    (r"needs the module|needs something", "Install what the line names, or correct the import."),
    (r"there is no screen", "Give it a virtual screen: xvfb-run -a dreamer-studio ..."),
    (
        r"there is no (file|module)",
        "Correct the path, relative to the current folder: gym:./FILE.py:ID",
    ),
    (r"the image (is|has values)", "Return uint8 images from 0 to 255, or floats from 0 to 1, of shape (H, W, 3)."),
    (r"tasks are written|arguments are written|a file is written|id of an environment", "Write the task in that form."),
)
"""Patterns of messages and what to do, the first match first."""


def advice_for(error: EnvError) -> str:
    """Return what to do about an error, in one line."""
    text = str(error)
    if isinstance(error, UnknownTaskError) and (near := _SUGGESTED.search(text)):
        return f"Check the spelling: try {near[1]}."
    if isinstance(error, EnvUnavailableError) and "registers no" not in text and (line := _INSTALL.search(text)):
        return f"Install what is missing: {line[0]}"
    for pattern, advice in _BY_WORDS:
        if re.search(pattern, text):
            return advice
    if isinstance(error, UnknownTaskError):
        return "Look for the name in the list: dreamer-studio tasks"
    if isinstance(error, EnvTimeoutError):
        slow = "" if "of its start" in text else " If it is only slow, let a run wait longer: env_timeout."
        return f"Look for an endless loop, a download or a wait for a key: it must answer by itself.{slow}"
    if isinstance(error, EnvDiedError):
        return (
            "The code ended its own process: look for os._exit, a crash in a C library or too little memory. "
            "python -X faulthandler shows the place."
        )
    if place := _PLACE.search(text):
        return f"Fix {place[1]}, then check again."
    return "Read docs/tasks.md, What is refused; the log has the whole traceback."


def hanging_place(stack: str) -> str:
    """Return the file, line and function of the user's own code where a process hung; empty if there is none.

    Args:
        stack: As `faulthandler` writes it, the most recent call first.
    """
    for path, line, name in re.findall(r'^  File "([^"]+)", line (\d+) in (.+)$', stack, re.MULTILINE):
        if _is_own(path):
            return f"{path}, line {line}, in {name}"
    return ""


def own_traceback(details: str) -> str:
    """Keep the lines of a traceback that are the user's own code, and the error itself.

    Args:
        details: The traceback text of the environment process; may be empty.

    Returns:
        The lines; empty if none is the user's own.
    """
    last = details.rpartition("Traceback (most recent call last):")[2]
    places = re.finditer(r'^  File "([^"]+)", line \d+.*\n(?:    .*\n)*', last, re.MULTILINE)
    own = [place[0] for place in places if _is_own(place[1])]
    if not own:
        return ""
    error = last.rstrip().rpartition("\n")[2]
    return "".join(own[-_MOST_PLACES:]) + error


def _is_own(path: str) -> bool:
    return not path.startswith((_OURS, "<")) and not any(part in path for part in _LIBRARIES)
