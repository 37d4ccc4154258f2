"""The numbers of a scene, a row for each column, and the reference to its latents. Imports no torch."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats


@dataclass(frozen=True, eq=False)
class SceneColumns:
    """The actions that led to T columns, and the model's predictions there.

    Attributes:
        action: (T, A), the action that led to the column.
        reward, value: (T,), predicted.
        kl: (T,) in nats; NaN in the dream.
        entropy: (T,), of the policy, in nats.
        ending: (T,), predicted chance that the episode is over; NaN if the model predicts no ends.
        policy: (T, A), what the policy would have done in driven steps; otherwise NaN.
        driven: (T,), whether the user acted in the step to the column.
    """

    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    kl: Floats
    entropy: Floats
    ending: Floats
    policy: NDArray[np.float32]
    driven: NDArray[np.bool_]

    def __post_init__(self) -> None:
        """Check that all arrays have the same number of rows."""
        assert {len(array) for array in self._arrays().values()} == {len(self)}

    def __len__(self) -> int:
        """Return T."""
        return len(self.reward)

    @classmethod
    def dreamed(
        cls,
        action: NDArray[np.float32],
        reward: Floats,
        value: Floats,
        entropy: Floats,
        ending: Floats,
        *,
        policy: NDArray[np.float32] | None = None,
        driven: NDArray[np.bool_] | None = None,
    ) -> SceneColumns:
        """Return columns of a dream, which have no KL. By default, the user acted in none of them."""
        return cls(
            action,
            reward,
            value,
            np.full(len(reward), np.nan),
            entropy,
            ending,
            np.full_like(action, np.nan) if policy is None else policy,
            np.zeros(len(reward), np.bool_) if driven is None else driven,
        )

    def up_to(self, column: int) -> SceneColumns:
        """Return the columns up to and including this one."""
        return SceneColumns(**{name: array[: column + 1] for name, array in self._arrays().items()})

    def followed_by(self, later: SceneColumns) -> SceneColumns:
        """Return these columns, followed by later ones."""
        both = later._arrays()
        return SceneColumns(**{name: np.concatenate([array, both[name]]) for name, array in self._arrays().items()})

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


class LatentsKey:
    """Stands for tensors of the workers. They keep the tensors as long as any value holds the key."""


@dataclass(frozen=True)
class LatentsRef:
    """A reference to the latents of a scene and the agent that dreams it. Only the workers can look them up.

    References to the same latents are equal.

    Attributes:
        key: the key of the workers' tensors, which may extend beyond this scene.
        columns: T, the number of columns of this scene.
    """

    key: LatentsKey
    columns: int

    def up_to(self, column: int) -> LatentsRef:
        """Return the reference to the latents up to and including this column."""
        return LatentsRef(self.key, min(self.columns, column + 1))
