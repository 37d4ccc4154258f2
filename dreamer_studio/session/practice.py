"""Copies of some imagined rollouts of an update, made only on request."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dreamer_studio.session.snapshot import Snapshot

if TYPE_CHECKING:  # the window is there before torch
    from torch import Tensor

    from dreamer_studio.dreamer.behavior import BehaviorOutput

FEW = 3
"""Rollouts that are copied."""

STRIDE = 7919  # a prime, so that each update shows other rollouts without drawing random numbers


@dataclass(frozen=True, eq=False)
class PracticeDreams:
    """Some of the imagined rollouts that an update learned from: n of N, of H steps each. Never changed.

    Attributes:
        snapshot: the weights that imagined them, from before the update.
        update: the number of the update.
        starts: N.
        start: (n, F), features of the posteriors in which they start.
        feat: (H, n, F), features of the imagined states.
        reward, value: (H, n), predicted.
        returns: (max(H - 1, 1), n), lambda-returns.
        weights: like `returns`, the weights of the returns in the losses; 0 after a terminal start.
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
    """The newest practice dreams, and the request for newer ones."""

    def __init__(self) -> None:
        self._wanted = threading.Event()
        self._before: Snapshot | None = None
        self._latest: PracticeDreams | None = None

    @property
    def latest(self) -> PracticeDreams | None:
        """The newest practice dreams; None before the first."""
        return self._latest

    @property
    def wanted(self) -> bool:
        """Return whether newer dreams are requested."""
        return self._wanted.is_set()

    def request(self) -> None:
        """Request those of the next update."""
        self._wanted.set()

    def prepare(self, before: Snapshot) -> None:
        """Take the weights with which an update imagined, before its optimizers change them."""
        self._before = before

    def offer(self, learned: BehaviorOutput, update: int) -> None:
        """Copy some rollouts after an update. Does nothing if `prepare` was not called for it."""
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
