"""An environment for the check of tasks, ``gym:tests.support.checked:Checked-v0?how=...``; in its process only."""

import os
import sys
import time
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces

SIDE = 32
FAILS_AT = 12

if os.environ.get("CHECKED_GREETS"):
    print("greetings at the import")  # noqa: T201


class Checked(gymnasium.Env[Any, Any]):
    """A square that actions push; ``how`` names what is wrong with it, and without a word nothing is wrong.

    Words: raises, hangs, dies, nan, prints, black, blank, blind (no image), unseeded, noisy (rewards), garbled (image),
    leaks, slow, generous (large rewards), poor (no rewards), deaf (actions do nothing), short (ends at once), free (no
    bounds).
    """

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"]}  # noqa: RUF012  (gymnasium's own declaration)

    def __init__(self, how: str = "", limit: int = 40, render_mode: str | None = None) -> None:
        self.render_mode = render_mode
        self.how, self._limit = how, limit
        bound = np.inf if how == "free" else 2.0
        self.observation_space = spaces.Box(-1.0, 1.0, (2,), np.float32)
        self.action_space = spaces.Box(-bound, bound, (2,), np.float32)
        self._leaked: list[bytes] = []
        self._time, self._place = 0, np.zeros(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        source = np.random.default_rng() if self.how == "unseeded" else self.np_random
        self._time, self._place = 0, source.uniform(-1.0, 1.0, 2)
        return np.zeros(2, np.float32), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self._time += 1
        push = np.array([0.1, -0.1]) if self.how == "deaf" else 0.1 * action
        self._place = np.clip(self._place + push, -1.0, 1.0)
        reward = -float(np.abs(self._place).sum())
        match self.how:
            case "prints":
                print(f"step {self._time}", file=sys.stderr)  # noqa: T201
            case "leaks":
                self._leaked.append(os.urandom(2**20))
            case "slow":
                time.sleep(0.11)
            case "generous":
                reward *= 1000.0
            case "noisy":
                reward = float(np.random.default_rng().normal())
            case "poor":
                reward = 0.0
            case "raises" | "hangs" | "dies" | "nan" if self._time == FAILS_AT:
                reward = self._fail()
        return np.zeros(2, np.float32), reward, self.how == "short", self._time >= self._limit, {}

    def _fail(self) -> float:
        match self.how:
            case "raises":
                raise ZeroDivisionError("the wheel has come off")  # the line that is named
            case "hangs":
                time.sleep(600.0)
            case "dies":
                os._exit(3)
        return float("nan")

    def render(self) -> Any:
        if self.how == "blind":
            return None
        if self.how in {"black", "blank"}:
            return np.full((SIDE, SIDE, 3), 0 if self.how == "black" else self._time, np.uint8)
        if self.how == "garbled" and self._time > 0:
            return np.full((SIDE, SIDE, 3), np.nan)
        image = np.full((SIDE, SIDE, 3), 40, np.uint8)
        row, column = ((self._place + 1.0) * 12.0).astype(int)
        image[row : row + 6, column : column + 6] = (255, 200, 0)
        return image


gymnasium.register("Checked-v0", entry_point=f"{__name__}:Checked")
