"""Environments as other people write them, ``gym:tests.support.foreign:...``; for environment processes only."""

import enum
import os
from typing import Any

import gymnasium
import numpy as np
from gymnasium import spaces
from numpy.typing import NDArray

SIDE = 32


class Dot(gymnasium.Env[Any, Any]):
    """Renders a dot that moves one column to the right at each step; the reward is the step's number."""

    metadata: dict[str, Any] = {"render_modes": ["rgb_array"]}  # noqa: RUF012  (gymnasium's own declaration)
    observation_space: spaces.Space[Any] = spaces.Box(-1.0, 1.0, (3,), np.float32)
    action_space: spaces.Space[Any] = spaces.Discrete(2)
    last_step = 20

    def __init__(self, render_mode: str | None = None, column: int = 0) -> None:
        self.render_mode = render_mode
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
    """Observes an image in a Dict beside numbers, under the key that ``key`` gives; does not render."""

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
    """Observes a table of codes under "image", as MiniGrid does, and renders an image."""

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
    """Takes no render mode and observes an image."""

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
    """Has no constructor, and so takes no argument."""

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
    """Requires an argument that has no default."""

    def __init__(self, level: int, render_mode: str | None = None) -> None:
        super().__init__(render_mode, column=level)


class Sized(Dot):
    """Renders at the requested size, but not below ``least``."""

    def __init__(
        self, render_mode: str | None = None, render_width: int = 320, render_height: int = 240, least: int = 0
    ) -> None:
        super().__init__(render_mode)
        assert min(render_width, render_height) >= least
        self.size = render_height, render_width

    def render(self) -> Any:
        return np.full((*self.size, 3), self._count, np.uint8)


class Field(Dot):
    """Has a width and a height for both its world and its image."""

    def __init__(self, render_mode: str | None = None, width: int = 80, height: int = 90) -> None:
        super().__init__(render_mode)
        self.size = height, width

    def render(self) -> Any:
        return np.full((*self.size, 3), self._count, np.uint8)


class NothingWithDummy(Dot):
    """Draws nothing with SDL's dummy driver, as highway-env does, and nothing in the first ``fade`` frames."""

    def __init__(self, fade: int = 0, render_mode: str | None = None) -> None:
        import pygame  # noqa: F401  (which is why drivers are tried)

        super().__init__(render_mode)
        self.fade = fade

    def render(self) -> Any:
        return self.picture() * np.uint8(os.environ["SDL_VIDEODRIVER"] != "dummy" and self._count >= self.fade)


class Options(Dot):
    """Takes its arguments from the keywords that it collects."""

    def __init__(self, **options: Any) -> None:
        super().__init__(options.get("render_mode"), options.get("column", 0))

    def render(self) -> Any:
        return self.picture() if self.render_mode == "rgb_array" else None


class Clear(Dot):
    """Renders RGBA whose background is transparent."""

    def render(self) -> Any:
        picture = self.picture()
        return np.dstack([picture, np.where(picture.any(2), 255, 0).astype(np.uint8)])


class Faint(Dot):
    """Observes whole numbers from 0 to ``high`` where the dot is, and renders if ``draws`` says so."""

    def __init__(self, high: int = 4, side: int = 32, draws: bool = True, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.high, self.side, self.draws = high, side, draws
        self.observation_space = spaces.Box(0, high, (side, side), np.uint8)

    def observe(self) -> Any:
        codes = np.zeros((self.side, self.side), np.uint8)
        codes[:, self._count % self.side] = self.high
        return codes

    def render(self) -> Any:
        return self.picture() if self.draws else None


def limited(render_mode: str | None = None) -> Any:
    """Limits its episodes to seven steps by itself."""
    return gymnasium.wrappers.TimeLimit(Dot(render_mode), 7)


class LoudError(Exception):
    """Fails when asked for its text form."""

    def __str__(self) -> str:
        raise ValueError


class Mistaken(Dot):
    """Fails as ``how`` says."""

    def __init__(self, how: str, render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.how = how

    def step(self, action: Any) -> Any:
        match self.how:
            case "name":
                from numpy import no_such_name  # type: ignore[attr-defined]  # noqa: F401
            case "module":
                import no_such_module  # type: ignore[import-not-found]  # noqa: F401
            case "loud":
                raise LoudError
        return super().step(action)

    def render(self) -> Any:
        return None if self.how == "close" else self.picture()

    def close(self) -> None:
        if self.how == "close":
            raise RuntimeError("the engine was not running")


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


class Noted(Dot):
    """Names its only action after its argument."""

    def __init__(self, note: object = "", render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.action_space = spaces.Discrete(1)
        self.action_names = (repr(note),)


class Pad(Dot):
    """Has the action space that ``space`` names, and refuses any other action."""

    def __init__(self, space: str = "dials", render_mode: str | None = None) -> None:
        super().__init__(render_mode)
        self.action_space = SPACES[space]


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


KINDS = (
    Bare, Broken, Clear, Codes, Dot, Faint, Field, Leveled, Listed, Mistaken, Modeless, Named, Nested, Noted,
    NothingWithDummy, OldReset, OldStep, Options, Pad, Rewarded, Seen, Sized, Still,
)  # fmt: skip
for kind in KINDS:
    gymnasium.register(f"{kind.__name__}-v0", entry_point=f"{__name__}:{kind.__name__}")
gymnasium.register("Limited-v0", entry_point=f"{__name__}:limited")
gymnasium.register("Many-v0", vector_entry_point="nowhere:Many")
