"""The header above the workspaces of a run: a sentence on the state of the run, and a hint."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.session import Session, Status
from dreamer_studio.studio.shell.guidance.hinting import Hinting
from dreamer_studio.studio.shell.guidance.state_line import StateLine


class RunHeader(QWidget):
    """The sentence above the hint.

    Attributes:
        state_line: the sentence.
        hint_bar: the hint, hidden while there is none.

    Args:
        session: the run.
        hinting: decides which hint is on show.
    """

    def __init__(self, session: Session, hinting: Hinting) -> None:
        super().__init__()
        self.state_line = StateLine(session)
        self.hint_bar = hinting.bar
        self._hinting = hinting
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.state_line)
        layout.addWidget(self.hint_bar)

    def refresh(self, status: Status) -> None:
        """Show the newest sentence and hint."""
        self.state_line.show_status(status)
        self._hinting.refresh(status)
