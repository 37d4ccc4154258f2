"""Decides from the state of a run which hint the bar shows, and remembers the seen hints."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QObject

from dreamer_studio.session import Status
from dreamer_studio.studio.shell.guidance.hint_bar import HintBar
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.curves.messages import KeptCheckpoint
from dreamer_studio.viewing.guidance.hints import Facts, Hints
from dreamer_studio.viewing.throttle import Throttle

SECONDS: Final = 0.5
"""Time between two looks."""


class Hinting(QObject):
    """Shows the hints of one run while the user wants hints.

    Attributes:
        bar: shows a hint.

    Args:
        bar: as above.
        settings: whether hints are wanted, and which were seen.
        channels: the newest images and dreams.
        checkpoints: returns the kept checkpoints, as far as they are known.
        used: returns the keys of hints whose advice the user follows at this moment.
        trigger: carries out an action by id.
    """

    def __init__(
        self,
        bar: HintBar,
        settings: SettingsFile,
        channels: Channels,
        checkpoints: Callable[[], tuple[KeptCheckpoint, ...]],
        used: Callable[[], frozenset[str]],
        trigger: Callable[[str], object],
    ) -> None:
        super().__init__(bar)
        self.bar = bar
        self._settings, self._channels = settings, channels
        self._checkpoints, self._used = checkpoints, used
        self._hints: Hints | None = None
        self._due = Throttle(SECONDS)
        bar.done.connect(self._finish)
        bar.unwanted.connect(self._end)
        bar.followed.connect(trigger)

    def refresh(self, status: Status) -> None:
        """Show the hint that has become true, if there is one; called at each tick."""
        if not self._due():
            return
        if not self._settings.current.hints:
            self.bar.show_hint(None)
            self._hints = None  # the seen hints may be forgotten until the user wants hints again
            return
        if self._hints is None:
            self._hints = Hints(self._settings.current.hints_seen)
        live, dream = self._channels.live.result, self._channels.dream.result
        facts = Facts(
            image=live is not None and live.reconstruction is not None,
            dream=dream is not None and dream.decoded > 0,
            tested=status.last_test is not None and not status.watching,
            episodes=status.replay_episodes,
            checkpoints=len(self._checkpoints()),
            used=self._used(),
        )
        self.bar.show_hint(self._hints.choose(facts))
        self._remember(self._hints)

    def _finish(self, key: str) -> None:
        self.bar.show_hint(None)
        if self._hints is not None:
            self._hints.done(key)
            self._remember(self._hints)

    def _end(self) -> None:
        self.bar.show_hint(None)
        self._settings.change(hints=False)

    def _remember(self, hints: Hints) -> None:
        seen = tuple(sorted(hints.seen))
        if seen != self._settings.current.hints_seen:
            self._settings.change(hints_seen=seen)
