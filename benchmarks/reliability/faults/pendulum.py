"""Pendulum with faults at random moments, ``gym:benchmarks.reliability.faults.pendulum:FaultyPendulum-v0``.

For environment processes only. A file lists the faults so far, and the next process continues the list.
"""

import ctypes
import os
import random
import signal
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Literal, NoReturn

import gymnasium
import numpy as np

LIST = "FAULTY_PENDULUM_LIST"
"""Environment variable: the file."""

WANTED = "FAULTY_PENDULUM_WANTED"
"""Environment variable: the number of faults to make."""

STEPS_BETWEEN = (5, 70)
LEAKED_BYTES = 30 * 2**20

Place = Literal["reset", "step", "image"]


def fault_kinds() -> dict[str, tuple[Place, Callable[[], Any]]]:
    """The place and the function of each kind of fault; the function returns a replacement for reward or image."""
    return {
        "raises in step": ("step", lambda: _throw(ZeroDivisionError("the pendulum has no length"))),
        "raises in reset": ("reset", lambda: _throw(ValueError("no such angle"))),
        "raises while drawing": ("image", lambda: _throw(OSError("no display"))),
        "recurses without end": ("step", lambda: _throw(RecursionError("maximum recursion depth exceeded"))),
        "runs out of memory": ("step", lambda: bytearray(2**62)),
        "hangs in step": ("step", lambda: time.sleep(3600)),
        "hangs in reset": ("reset", lambda: time.sleep(3600)),
        "hangs, computing": ("step", _compute_for_ever),
        "is suspended": ("step", lambda: os.kill(os.getpid(), signal.SIGSTOP)),
        "exits with code 3": ("step", lambda: os._exit(3)),
        "calls sys.exit": ("step", lambda: sys.exit(0)),
        "is interrupted": ("step", lambda: _throw(KeyboardInterrupt())),
        "is killed": ("step", lambda: os.kill(os.getpid(), signal.SIGKILL)),
        "is killed in reset": ("reset", lambda: os.kill(os.getpid(), signal.SIGKILL)),
        "segmentation fault": ("step", lambda: ctypes.string_at(0)),
        "aborts": ("step", os.abort),
        "reward NaN": ("step", lambda: float("nan")),
        "reward infinite": ("step", lambda: -float("inf")),
        "reward absurd": ("step", lambda: 1e30),
        "reward a text": ("step", lambda: "much"),
        "reward of a wrong shape": ("step", lambda: np.zeros(2)),
        "image of a wrong shape": ("image", lambda: np.zeros((64, 64, 20), np.uint8)),
        "image of a wrong type": ("image", lambda: np.zeros((64, 64, 3), np.complex64)),
        "no image": ("image", lambda: "nothing to see"),
        "leaks memory": ("step", _leak),
    }


def kind_of(number: int) -> str:
    """Return the kind of the fault with this number, from 0. Each kind comes once before any repeats."""
    kinds = list(fault_kinds())
    turn, place = divmod(number, len(kinds))
    random.Random(turn).shuffle(kinds)
    return kinds[place]


class FaultyPendulum(gymnasium.Wrapper[Any, Any, Any, Any]):
    """A Pendulum with a fault at a random moment after its start, and again after each fault that it survives."""

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(gymnasium.make("Pendulum-v1", render_mode=render_mode))
        self._list = Path(os.environ[LIST])
        self._steps_left = self._draw_moment()

    def reset(self, **arguments: Any) -> Any:
        """Start an episode."""
        self._strike("reset")
        return self.env.reset(**arguments)

    def step(self, action: Any) -> Any:
        """Take a step."""
        if _LEAKED:
            _leak()
        observation, reward, *rest = self.env.step(action)
        self._steps_left -= 1
        wrong = self._strike("step")
        return observation, reward if wrong is None else wrong, *rest

    def render(self) -> Any:
        """Draw the pendulum."""
        wrong = self._strike("image")
        return super().render() if wrong is None else wrong

    def _strike(self, place: Place) -> Any:
        number = self._made()
        if _LEAKED:  # this process must not fail before it is replaced
            return None
        if self._steps_left > 0 or number == int(os.environ[WANTED]):
            return None
        kind = kind_of(number)
        where, strike = fault_kinds()[kind]
        if where != place:
            return None
        with self._list.open("a") as file:
            file.write(kind + "\n")
        self._steps_left = self._draw_moment()
        return strike()

    def _made(self) -> int:
        return len(self._list.read_text().splitlines()) if self._list.exists() else 0

    def _draw_moment(self) -> int:
        return random.Random(1000 + self._made()).randint(*STEPS_BETWEEN)


_LEAKED: list[bytes] = []


def _leak() -> None:
    """Take some more memory with every step from now on."""
    _LEAKED.append(b"x" * LEAKED_BYTES)


def _throw(error: BaseException) -> NoReturn:
    raise error


def _compute_for_ever() -> NoReturn:
    while True:
        pass


gymnasium.register("FaultyPendulum-v0", entry_point=f"{__name__}:FaultyPendulum")
