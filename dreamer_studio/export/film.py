"""Films: sequences of frames with their actions, rewards, predicted rewards and values."""

from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import FRAME_SHAPE
from dreamer_studio.export.recipe import Recipe

Kind = Literal["imagined", "open-loop", "reconstruction"]


@dataclass(frozen=True, eq=False)
class Film:
    """`count` sequences of `length` frames of one kind, made with the weights of one update.

    Attributes:
        kind: "imagined" (the model sees nothing real), "open-loop" (it sees the first `context` frames, then
            only the recorded actions) or "reconstruction" (it sees every frame that it redraws).
        model: the decoder's images, uint8 (count, length, 64, 64, 3).
        real: the environment's images, of the same shape; None exactly if the kind is "imagined".
        action: float32 (count, length, size of the action).
        reward: the environment's reward per agent step, float32 (count, length); None if `real` is None.
        reward_predicted: the reward model's mean, float32 (count, length).
        value: the value model's estimate, float32 (count, length).
        context: how many frames the model saw: all for "reconstruction", 0 for "imagined".
        step: environment steps that the weights have learned from.
        update: the update that produced the weights.
        task: the task's name, as "dmc:walker-walk".
        recipe: how the film was made; None if unknown.

    Raises:
        ValueError: if a shape, a dtype or a number contradicts another.
    """

    kind: Kind
    model: NDArray[np.uint8]
    real: NDArray[np.uint8] | None
    action: NDArray[np.float32]
    reward: NDArray[np.float32] | None
    reward_predicted: NDArray[np.float32]
    value: NDArray[np.float32]
    context: int
    step: int
    update: int
    task: str
    recipe: Recipe | None = None

    def __post_init__(self) -> None:
        if self.kind not in get_args(Kind):
            raise ValueError(f"kind is {self.kind!r}, not one of {', '.join(get_args(Kind))}")
        if self.model.ndim != 5 or 0 in self.model.shape[:2]:
            raise ValueError(f"model has shape {self.model.shape}, not (count, length, 64, 64, 3)")
        self._check_arrays()
        self._check_kind()

    @property
    def count(self) -> int:
        """Return the number of sequences, 1 or more."""
        return int(self.model.shape[0])

    @property
    def length(self) -> int:
        """Return the number of frames in each sequence, 1 or more."""
        return int(self.model.shape[1])

    def _check_arrays(self) -> None:
        series = (self.count, self.length)
        _check("model", self.model, np.uint8, (*series, *FRAME_SHAPE))
        if self.real is not None:
            _check("real", self.real, np.uint8, (*series, *FRAME_SHAPE))
        if self.action.ndim != 3:
            raise ValueError(f"action has shape {self.action.shape}, not (count, length, size of the action)")
        _check("action", self.action, np.float32, (*series, self.action.shape[2]))
        if self.reward is not None:
            _check("reward", self.reward, np.float32, series)
        _check("reward_predicted", self.reward_predicted, np.float32, series)
        _check("value", self.value, np.float32, series)

    def _check_kind(self) -> None:
        imagined = self.kind == "imagined"
        for name, array in (("real", self.real), ("reward", self.reward)):
            if imagined and array is not None:
                raise ValueError(f"{name} is given, but an imagined film has no real frames")
            if not imagined and array is None:
                raise ValueError(f"{name} is None, but a film of kind {self.kind} shows it")
        least, most = {
            "imagined": (0, 0),
            "open-loop": (1, self.length - 1),
            "reconstruction": (self.length, self.length),
        }[self.kind]
        if not least <= self.context <= most:
            raise ValueError(
                f"context is {self.context}, but a film of kind {self.kind} and length {self.length} "
                f"needs {least}" + (f" to {most}" if most != least else "")
            )


def _check(name: str, array: NDArray[np.generic], dtype: type[np.generic], shape: tuple[int, ...]) -> None:
    if array.dtype != dtype:
        raise ValueError(f"{name} has dtype {array.dtype}, not {np.dtype(dtype)}")
    if array.shape != shape:
        raise ValueError(f"{name} has shape {array.shape}, not {shape}")
