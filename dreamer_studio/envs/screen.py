"""Environments that need a screen on a machine without one."""

import os
import re
import sys
from typing import Final

from dreamer_studio.envs.errors import in_words

ADVICE: Final = "xvfb-run -a dreamer-studio ... provides a virtual screen"

# pygame and pyglet must open neither a window nor a sound device, and pygame must not greet on stdout.
_HEADLESS: Final = {
    "SDL_AUDIODRIVER": "dummy",
    "SDL_NO_SIGNAL_HANDLERS": "1",  # the parent handles signals; `settle_in` arranges this
    "PYGAME_HIDE_SUPPORT_PROMPT": "1",
    "PYGLET_HEADLESS": "1",
}
_OF_A_SCREEN: Final = re.compile(r"display|\bx11\b|\bx server\b|xlib|\bglx|video device", re.IGNORECASE)


def draw_nowhere(sdl_driver: str) -> None:
    """Keep libraries from opening windows; what the user has set stays. In a child process only."""
    for name, value in {"SDL_VIDEODRIVER": sdl_driver, **_HEADLESS}.items():
        os.environ.setdefault(name, value)


def is_missing() -> bool:
    """Return whether this process has no X server and no Wayland compositor to ask for a window."""
    return sys.platform == "linux" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def advice(error: BaseException) -> str:
    """Return the advice to append to an error that a missing screen caused; empty for any other error."""
    said: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(said) < 20:
        said.append(in_words(cause))
        cause = cause.__cause__ or cause.__context__
    of_a_screen = any(_OF_A_SCREEN.search(words) for words in said)
    return f"; there is no screen for it, and {ADVICE}" if of_a_screen and is_missing() else ""
