"""Environments as other people write them, ``gym:tests.unit.envs.foreign:...``; for environment processes only."""

import enum
import os
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

SIDE = 32


class Dot(gymnasium.Env[Any, Any]):
    """A dot moves to the right by one column a step, on a picture that is rendered; the reward is the step's number."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"]}  # noqa: RUF012  (gymnasium's own declaration)
    observation_space: spaces.Space[Any] = spaces.Box(-1.0, 1.0, (3,), np.float32)
    action_space: spaces.Space[Any] = spaces.Discrete(2)
    last_step = 20

    def __init__(self, render_mode: str | None = None, column: int = 0, color: object = "white") -> None:
        self.render_mode = render_mode
        self.color = color
        self._first = column
        self._count = 0

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        super().reset(seed=seed)
        self._count = 0
        return self.observe(), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        assert self.action_space.contains(action), f"{action!r} is not in {self.action_space}"
        self._count += 1
        return self.observe(), self.reward(), self._count >= self.last_step, False, {}

    def observe(self) -> Any:
        return np.zeros(3, np.float32)

    def reward(self) -> Any:
        return float(self._count)

    def picture(self) -> NDArray[np.uint8]:
        picture = np.zeros((SIDE, SIDE, 3), np.uint8)
        picture[:, (self._first + self._count) % SIDE] = (90, 200, 255)
        return picture

    def render(self) -> Any:
        return self.picture()


class Seen(Dot):
    """Observes its picture, inside a Dict beside numbers, under the key that ``key`` gives; it does not render."""

    metadata: dict[str, Any] = {"render_modes": []}  # noqa: RUF012

    def __init__(self, key: str = "rgb", others: tuple[str, ...] = (), render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.keys = (key, *others)
        images = {key: spaces.Box(0, 255, (SIDE, SIDE, 3), np.uint8) for key in self.keys}
        self.observation_space = spaces.Dict({"speed": spaces.Box(-1.0, 1.0, (2,), np.float32), **images})

    def observe(self) -> Any:
        images = {key: self.picture() if key == self.keys[0] else np.full((SIDE, SIDE, 3), 9, np.uint8)
                  for key in self.keys}  # fmt: skip
        return {"speed": np.zeros(2, np.float32), **images}

    def render(self) -> Any:
        raise NotImplementedError


class Codes(Dot):
    """Observes a table of codes under "image", as MiniGrid does, and renders a picture."""

    observation_space = spaces.Dict({"image": spaces.Box(0, 255, (7, 7, 3), np.uint8)})

    def observe(self) -> Any:
        return {"image": np.zeros((7, 7, 3), np.uint8)}


class Nested(Dot):
    """Observes floats, channels first, two levels down."""

    observation_space = spaces.Dict(
        {"robot": spaces.Tuple([spaces.Dict({"eye": spaces.Box(0.0, 1.0, (3, SIDE, SIDE), np.float32)})])}
    )

    def observe(self) -> Any:
        return {"robot": ({"eye": (self.picture() / 255.0).astype(np.float32).transpose(2, 0, 1)},)}


class Modeless(Dot):
    """Takes no render mode and observes its picture."""

    observation_space = spaces.Box(0, 255, (SIDE, SIDE, 3), np.uint8)

    def __init__(self) -> None:
        super().__init__()

    def observe(self) -> Any:
        return self.picture()


class Named(Dot):
    """Names its actions in an enumeration, as MiniGrid does."""

    class actions(enum.IntEnum):  # noqa: N801  (MiniGrid's own name)
        go_left = 0
        stay = 1


class Listed(Dot):
    """Names its actions in a list, as Crafter does."""

    action_names = ("go_left", "stay")


class Bare(gymnasium.Env[Any, Any]):
    """Has no constructor, and so takes no argument at all."""

    observation_space: spaces.Space[Any] = spaces.Box(0, 255, (SIDE, SIDE, 3), np.uint8)
    action_space: spaces.Space[Any] = spaces.Discrete(2)

    def reset(self, *, seed: int | None = None, options: dict[str, Any] | None = None) -> tuple[Any, dict[str, Any]]:
        self._dot = Dot()
        self._dot.reset()
        return self._dot.picture(), {}

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        _, *others = self._dot.step(action)
        return self._dot.picture(), *others


class Leveled(Dot):
    """Wants an argument that has no default."""

    def __init__(self, level: int, render_mode: str | None = None) -> None:
        super().__init__(render_mode, column=level)


class Sized(Dot):
    """Renders at the size that it is told."""

    def __init__(self, render_mode: str | None = None, width: int = 320, height: int = 240) -> None:
        super().__init__(render_mode)
        self.width, self.height = width, height

    def render(self) -> Any:
        return np.full((self.height, self.width, 3), self._count, np.uint8)


class Maze(Dot):
    """Has a width and a height that are no size of its picture."""

    def __init__(self, render_mode: str | None = None, width: int = 80, height: int = 80) -> None:
        super().__init__(render_mode, column=min(width, height) % SIDE)


class NothingWithDummy(Dot):
    """Draws nothing with SDL's dummy driver, as highway-env does; asks pygame for no more than to be imported."""

    def __init__(self, render_mode: str | None = None) -> None:
        import pygame  # noqa: F401  # pyright: ignore

        super().__init__(render_mode)

    def render(self) -> Any:
        return self.picture() * np.uint8(os.environ["SDL_VIDEODRIVER"] != "dummy")


class Rewarded(Dot):
    """Gives a reward of the kind that ``kind`` names."""

    def __init__(self, kind: str = "array", render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.kind = kind

    def reward(self) -> Any:
        class Tensor:
            def detach(self) -> "Tensor":
                return self

            def cpu(self) -> NDArray[np.float32]:
                return np.array([2.5], np.float32)

        return {
            "array": np.array([2.5]), "scalar": np.float32(2.5), "tensor": Tensor(), "bool": True,
            "nothing": None, "vector": np.array([1.0, 2.0]), "text": "2.5",
        }[self.kind]  # fmt: skip


class Pad(Dot):
    """Has the action space that ``space`` names, and shows the action that it was given in its reward."""

    def __init__(self, space: str = "dials", render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.action_space = SPACES[space]
        self.given: Any = None

    def step(self, action: Any) -> tuple[Any, Any, bool, bool, dict[str, Any]]:
        self.given = action
        return super().step(action)


SPACES: dict[str, spaces.Space[Any]] = {
    "dials": spaces.MultiDiscrete([5, 2]),
    "keys": spaces.MultiBinary(4),
    "pair": spaces.Tuple((spaces.Discrete(5), spaces.Discrete(2, start=3))),
    "named": spaces.Dict({"move": spaces.Discrete(3), "fire": spaces.MultiBinary(1)}),
    "column": spaces.Box(-1.0, 2.0, (2, 1), np.float32),
    "whole": spaces.Box(0, 4, (2,), np.int32),
    "many keys": spaces.MultiBinary(12),
    "many dials": spaces.MultiDiscrete(np.full((2, 2), 9)),
    "large whole": spaces.Box(-100, 100, (2, 2), np.int16),
    "half open": spaces.Box(np.array([0.0, -np.inf], np.float32), np.array([np.inf, 3.0], np.float32)),
    "mixed": spaces.Dict(
        {"aim": spaces.Box(0.0, 90.0, (2,), np.float64), "weapon": spaces.Discrete(3), "keys": spaces.MultiBinary(2)}
    ),
}


class OldReset(Dot):
    """Resets as the old gym did."""

    def reset(self) -> Any:  # type: ignore[override]
        return self.observe()


class OldStep(Dot):
    """Steps as the old gym did."""

    def step(self, action: Any) -> Any:
        observation, reward, terminated, _, info = super().step(action)
        return observation, reward, terminated, info


class Broken(Dot):
    """Fails in its own code at the first step."""

    def step(self, action: Any) -> Any:
        return self._helper()

    def _helper(self) -> Any:
        raise ZeroDivisionError("the wheel has come off")  # the line that is named


class Still(Dot):
    """Shows the same frame for ``steps`` steps, and lasts 60."""

    last_step = 60

    def __init__(self, steps: int = 1000, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.steps = steps

    def picture(self) -> NDArray[np.uint8]:
        return super().picture() if self._count > self.steps else np.zeros((SIDE, SIDE, 3), np.uint8)


KINDS = (Dot, Named, Listed, Bare, Seen, Codes, Nested, Modeless, Leveled, Sized, Maze, NothingWithDummy, Rewarded, Pad,
         OldReset, OldStep, Broken, Still)  # fmt: skip
for kind in KINDS:
    gymnasium.register(f"{kind.__name__}-v0", entry_point=f"{__name__}:{kind.__name__}")
gymnasium.register("Many-v0", vector_entry_point="nowhere:Many")
