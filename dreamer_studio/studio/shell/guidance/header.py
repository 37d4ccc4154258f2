"""The header above the workspaces of a run: the sentence on its state, and a hint when a hint becomes true."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.session import Session, Status
from dreamer_studio.studio.shell.guidance.hint_bar import HintBar
from dreamer_studio.studio.shell.guidance.hinting import Hinting
from dreamer_studio.studio.shell.guidance.state_line import StateLine
from dreamer_studio.studio.shell.settings import SettingsFile
from dreamer_studio.studio.theme import Theme
from dreamer_studio.viewing.channels import Channels
from dreamer_studio.viewing.curves.messages import KeptCheckpoint


class RunHeader(QWidget):
    """The sentence above the hint.

    Attributes:
        state_line: the sentence.
        hint_bar: the hint, hidden while there is none.

    Args:
        theme: the colors.
        settings: whether hints are wanted.
        session: the run.
        channels: the newest images and dreams.
        checkpoints: returns the kept checkpoints, as far as they are known.
        used: returns the keys of hints whose advice the user follows at this moment.
        trigger: carries out an action by id.
    """

    def __init__(
        self,
        theme: Theme,
        settings: SettingsFile,
        session: Session,
        channels: Channels,
        checkpoints: Callable[[], tuple[KeptCheckpoint, ...]],
        used: Callable[[], frozenset[str]],
        trigger: Callable[[str], object],
    ) -> None:
        super().__init__()
        self.state_line = StateLine(session)
        self.hint_bar = HintBar(theme)
        self._hinting = Hinting(self.hint_bar, settings, channels, checkpoints, used, trigger)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.state_line)
        layout.addWidget(self.hint_bar)

    def refresh(self, status: Status) -> None:
        """Show the newest sentence and hint."""
        self.state_line.show_status(status)
        self._hinting.refresh(status)
