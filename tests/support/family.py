"""Environments that start processes, ``gym:tests.support.family:...``; for environment processes only.

What they start and that they were closed is told in the folder that FAMILY names: a file ``<pid>`` for each process, a
file ``closed-<pid>`` for each environment.
"""

import multiprocessing
import os
import signal
import subprocess
import time
from pathlib import Path
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

ORPHAN = "sleep 600 >&- 2>&- & echo $!"


def sleep_on() -> None:
    """Do what a child process does: sleep."""
    time.sleep(600)


class Family(gymnasium.Env[Any, Any]):
    """Has a forked child, a spawned one, a program in a session of its own, and an orphan.

    Its close ends the first, as gymnasium's vector environments do, and leaves the rest to others. Actions: 0 none, 1
    hang, 2 segmentation fault.
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"]}  # noqa: RUF012  (gymnasium's own declaration)

    def __init__(self, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.observation_space = spaces.Box(0, 255, (64, 64, 3), np.uint8)
        self.action_space = spaces.Discrete(3)
        self._forked = multiprocessing.get_context("fork").Process(target=sleep_on)
        spawned = multiprocessing.get_context("spawn").Process(target=sleep_on)
        self._forked.start()
        spawned.start()
        program = subprocess.Popen(["sleep", "600"], start_new_session=True)
        orphan = subprocess.run(["sh", "-c", ORPHAN], stdout=subprocess.PIPE, check=True)
        for pid in (self._forked.pid, spawned.pid, program.pid, int(orphan.stdout)):
            (told() / str(pid)).touch()

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        return np.zeros((64, 64, 3), np.uint8), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        match int(action):
            case 1:
                time.sleep(600)
            case 2:
                os.kill(os.getpid(), signal.SIGSEGV)
        return np.zeros((64, 64, 3), np.uint8), 1.0, False, False, {}

    def close(self) -> None:
        self._forked.terminate()
        self._forked.join()
        (told() / f"closed-{os.getpid()}").touch()


class Peaceful(Family):
    """Takes any action and does nothing."""

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        return super().step(0)


class Unfit(Family):
    """Is refused after it is made, because it shows no image."""

    def __init__(self, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.observation_space = spaces.Box(-1, 1, (3,), np.float32)

    def render(self) -> Any:
        return None


class Clinging(Family):
    """Never finishes closing."""

    def close(self) -> None:
        super().close()
        time.sleep(600)


class Grumbling(Family):
    """Fails to close."""

    def close(self) -> None:
        super().close()
        raise ZeroDivisionError


def told() -> Path:
    """Return the folder that FAMILY names."""
    return Path(os.environ["FAMILY"])


for kind in (Family, Peaceful, Unfit, Clinging, Grumbling):
    gymnasium.register(f"{kind.__name__}-v0", entry_point=f"{__name__}:{kind.__name__}")
