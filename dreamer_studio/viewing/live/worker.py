"""Keeps the Live workspace up to date with a snapshot, and with separate noise and posteriors.

The worker never waits for the trainer, and the trainer never waits for the worker.
"""

from __future__ import annotations

import torch

from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.live.follower import EpisodeFollower
from dreamer_studio.viewing.live.messages import LiveResult


class LiveWorker:
    """Follows the running episode while it is visible, and answers with each new row."""

    def __init__(self, follower: EpisodeFollower, channel: Channel[None, LiveResult]) -> None:
        self.channel = channel
        self._follower = follower
        self._generation = 0
        self._unseen = False

    @torch.inference_mode()
    def turn(self) -> bool:
        """Filter new rows, and return whether there were any."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._unseen = taken[0], True
        if not self.channel.wants(self._generation):
            return False
        if self._follower.follow():
            self._unseen = True
        if not self._unseen and not self._follower.look_again():
            return False
        if not self._follower.rows:
            return False
        self.channel.answer(self._generation, self._follower.result(), done=False)
        self._unseen = False
        return True
