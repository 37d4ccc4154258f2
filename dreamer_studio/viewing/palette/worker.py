"""Lists the checkpoints of the open run by the names of their folders."""

from __future__ import annotations

from pathlib import Path

from dreamer_studio.viewing.channel import Channel
from dreamer_studio.viewing.compare.checkpoints import checkpoints_of
from dreamer_studio.viewing.compare.messages import Contestant
from dreamer_studio.viewing.throttle import Throttle

LIST_SECONDS = 1.0  # between looks at the folder


class CheckpointNamesWorker:
    """Keeps the list of checkpoints up to date while it is visible."""

    def __init__(self, channel: Channel[Path, tuple[Contestant, ...]], list_seconds: float = LIST_SECONDS) -> None:
        self.channel = channel
        self._due = Throttle(list_seconds)
        self._generation = 0
        self._folder = Path()
        self._listed: tuple[Contestant, ...] | None = None

    def turn(self) -> bool:
        """List when it is due, and return whether something has changed."""
        taken = self.channel.take()
        if taken is not None:
            self._generation, self._folder = taken
            self._listed = None
        if not self.channel.wants(self._generation) or not (taken is not None or self._due()):
            return False
        found = tuple(checkpoints_of(self._folder, self._listed or ()))
        if found == self._listed:
            return False
        self.channel.answer(self._generation, found, done=False)
        self._listed = found
        return True
