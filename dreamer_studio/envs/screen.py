"""Environments that need a screen where there is none."""

import os
import re
import sys
from typing import Final

from dreamer_studio.envs.errors import in_words

ADVICE: Final = "xvfb-run -a dreamer-studio ... gives it a virtual one"
_OF_A_SCREEN: Final = re.compile(r"display|\bx11\b|\bx server\b|xlib|\bglx|video device", re.IGNORECASE)


def is_missing() -> bool:
    """Says whether there is neither an X server nor a Wayland compositor to ask for a window."""
    return sys.platform == "linux" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def advice(error: BaseException) -> str:
    """Gives what to add to the message of an error that comes of a missing screen; nothing for any other."""
    said: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(said) < 20:
        said.append(in_words(cause))
        cause = cause.__cause__ or cause.__context__
    of_a_screen = any(_OF_A_SCREEN.search(words) for words in said)
    return f"; there is no screen for it, and {ADVICE}" if of_a_screen and is_missing() else ""
