"""Environments that misbehave on request, ``gym:tests.support.faulty:...``; for environment processes only."""

import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces


class Faulty(gymnasium.Env[Any, Any]):
    """Shows how many steps it has taken as its brightness; each action but the first is a fault.

    Actions: 0 none, 1 raise, 2 hang, 3 exit with code 3, 4 NaN reward, 5 infinite reward, 6 wrong image shape, 7 wrong
    image type, 8 segmentation fault, 9 slow (0.5 s), 10 prints to stdout, 11 absurd reward, 12 leaks 64 MiB, 13
    calls sys.exit.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"]}  # noqa: RUF012  (gymnasium's own declaration)

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.observation_space = spaces.Box(0, 255, (64, 64, 3), np.uint8)
        self.action_space = spaces.Discrete(14)
        self._leaked: list[bytes] = []
        self._count = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._count = 0
        return self._picture(), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self._count += 1
        image, reward = self._picture(), float(self._count)
        match int(action):
            case 1:
                raise ZeroDivisionError("the pole has left the building")
            case 2:
                time.sleep(600)
            case 3:
                os._exit(3)
            case 4 | 5 | 11 as kind:
                reward = {4: float("nan"), 5: float("inf"), 11: 1e30}[kind]
            case 6:
                image = image[0, 0]
            case 7:
                image = image.astype(np.complex64)
            case 8:
                os.kill(os.getpid(), signal.SIGSEGV)
            case 9:
                time.sleep(0.5)
            case 10:
                print("greetings from a library")  # noqa: T201
            case 12:
                self._leaked.append(b"x" * 2**26)
            case 13:
                sys.exit()
        return image, reward, False, False, {}

    def render(self) -> Any:
        return self._picture()

    def _picture(self) -> Any:
        return np.full((64, 64, 3), self._count % 256, np.uint8)


class Blind(Faulty):
    """Has neither an image observation nor an image to render."""

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.observation_space = spaces.Box(-1, 1, (3,), np.float32)

    def render(self) -> Any:
        return None


class Wordy(Faulty):
    """Wants to be told what to do in words."""

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.action_space = spaces.Text(5)


class StillBorn(Faulty):
    """Crashes its process while it is made."""

    def __init__(self, render_mode: str | None = None) -> None:
        os._exit(7)


class Sleeper(Faulty):
    """Never finishes its constructor."""

    def __init__(self, render_mode: str | None = None) -> None:
        time.sleep(600)


class Tired(Faulty):
    """Sleeps forever in its 25th step. Before that, makes the file that FALLS_ASLEEP names, if the variable is set."""

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        if self._count == 24:
            if "FALLS_ASLEEP" in os.environ:
                Path(os.environ["FALLS_ASLEEP"]).touch()
            time.sleep(3600)
        self._count += 1
        return self._picture(), float(self._count), False, False, {}


class Doomed(Faulty):
    """Shows images, but fails at its second step."""

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        if self._count == 1:
            raise ZeroDivisionError("there is no way on")
        return super().step(0)


class Gray(Faulty):
    """Observes gray images of another size, under the number 5 to 7 for its actions."""

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.observation_space = spaces.Box(0, 255, (84, 32), np.uint8)
        self.action_space = spaces.Discrete(3, start=5)

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        return self._picture(), float(action), False, False, {}

    def _picture(self) -> Any:
        return np.full((84, 32), 7, np.uint8)


class Windowed(Faulty):
    """Opens a window, which takes a screen."""

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        if "DISPLAY" not in os.environ:
            try:
                raise OSError('Cannot connect to display "None"')
            except OSError as error:
                raise RuntimeError("no window") from error
        raise RuntimeError("the window is too large")


class Chatty(Gray):
    """Prints a letter that ASCII lacks at each step, on both streams."""

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self._count += 1
        for stream in (sys.stdout, sys.stderr):
            print("\N{LATIN SMALL LETTER U WITH DIAERESIS}", file=stream, flush=True)
        return self._picture(), float(action), False, self._count == 20, {}


for kind in (Faulty, Doomed, Blind, Wordy, StillBorn, Gray, Sleeper, Tired, Windowed, Chatty):
    gymnasium.register(f"{kind.__name__}-v0", entry_point=f"{__name__}:{kind.__name__}")
