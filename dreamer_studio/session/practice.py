"""Practice dreams for whoever looks on: a few of the rollouts of an update, copied only when somebody asks."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dreamer_studio.session.snapshot import Snapshot

if TYPE_CHECKING:  # the window is there before torch
    from torch import Tensor

    from dreamer_studio.dreamer.behavior import BehaviorOutput

FEW = 3
"""Rollouts that are handed on."""

STRIDE = 7919  # a prime: each update's rollouts are other ones, without a random number


@dataclass(frozen=True, eq=False)
class PracticeDreams:
    """Some of the imagined rollouts that an update learned from: n of N, H steps each. Never changed once made.

    Attributes:
        snapshot: the weights that imagined them, which are those before the update.
        update: that learned from them.
        starts: N.
        start: (n, F), what each was imagined from: a posterior of the batch.
        feat: (H, n, F).
        reward, value: (H, n), predicted.
        returns: (max(H - 1, 1), n), lambda-returns.
        weights: like `returns`, what the losses weigh them with; 0 where nothing follows the start.
    """

    snapshot: Snapshot
    update: int
    starts: int
    start: Tensor
    feat: Tensor
    reward: Tensor
    value: Tensor
    returns: Tensor
    weights: Tensor


class PracticeBox:
    """The newest practice dreams, and the wish for newer ones."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._before: Snapshot | None = None
        self._latest: PracticeDreams | None = None

    @property
    def latest(self) -> PracticeDreams | None:
        """The newest that were made."""
        return self._latest

    @property
    def wanted(self) -> bool:
        """Whether somebody asked since the last ones."""
        return self._wanted.is_set()

    def request(self) -> None:
        """Ask for those of the next update."""
        self._wanted.set()

    def prepare(self, before: Snapshot) -> None:
        """Take the weights with which an update has imagined, before its optimizers change them."""
        self._before = before

    def offer(self, learned: BehaviorOutput, update: int) -> None:
        """After an update: copy some of what it learned from. Without its weights, asked for too late, nothing."""
        before, self._before = self._before, None
        if before is None:
            return
        import torch  # noqa: PLC0415  (the window is there before torch)

        self._wanted.clear()
        starts = learned.feat.shape[1]
        few = min(FEW, starts)
        chosen = [(STRIDE * update + place * starts // few) % starts for place in range(few)]

        def copies(part: Tensor, dim: int = 1) -> Tensor:
            return torch.stack([part.detach().select(dim, place) for place in chosen], dim)

        self._latest = PracticeDreams(
            before,
            update,
            starts,
            copies(learned.start.feat, 0),
            copies(learned.feat),
            copies(learned.reward),
            copies(learned.value),
            copies(learned.returns),
            copies(learned.counted),
        )
