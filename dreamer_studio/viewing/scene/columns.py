"""The numbers of a scene, a row for each column, and the name of what the workers keep of it. No torch."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.arrays import Floats


@dataclass(frozen=True, eq=False)
class SceneColumns:
    """What led to each of T columns, and what the model predicted there.

    Attributes:
        action: (T, A), the action that led to the column.
        reward, value: (T,), predicted.
        kl: (T,) in nats; NaN in the dream.
        entropy: (T,), of the policy, in nats.
        policy: (T, A), what the policy would have done in the steps that were driven; else NaN.
        driven: (T,), whether a person acted in the step to the column.
    """

    action: NDArray[np.float32]
    reward: Floats
    value: Floats
    kl: Floats
    entropy: Floats
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
        *,
        policy: NDArray[np.float32] | None = None,
        driven: NDArray[np.bool_] | None = None,
    ) -> SceneColumns:
        """Return columns of a dream, where there is no KL. By default no person acted in them."""
        return cls(
            action,
            reward,
            value,
            np.full(len(reward), np.nan),
            entropy,
            np.full_like(action, np.nan) if policy is None else policy,
            np.zeros(len(reward), np.bool_) if driven is None else driven,
        )

    def up_to(self, column: int) -> SceneColumns:
        """Return the columns up to this one, which is included."""
        return SceneColumns(**{name: array[: column + 1] for name, array in self._arrays().items()})

    def followed_by(self, later: SceneColumns) -> SceneColumns:
        """Return these columns and later ones behind them."""
        both = later._arrays()
        return SceneColumns(**{name: np.concatenate([array, both[name]]) for name, array in self._arrays().items()})

    def _arrays(self) -> dict[str, NDArray[Any]]:
        return {field.name: getattr(self, field.name) for field in fields(self)}


class LatentsKey:
    """Stands for tensors that the workers keep. They keep them as long as any value holds the key."""


@dataclass(frozen=True)
class LatentsRef:
    """Names the latents of a scene and the agent that dreams it. Only the workers can look them up.

    Two references are equal if they name the same latents.

    Attributes:
        key: of what the workers keep, which may go on beyond this scene.
        columns: T, the columns of this scene.
    """

    key: LatentsKey
    columns: int

    def up_to(self, column: int) -> LatentsRef:
        """Name the latents up to this column, which is included."""
        return LatentsRef(self.key, min(self.columns, column + 1))
