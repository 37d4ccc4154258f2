"""The sentence on top, and the six stages below it."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAccessible, QPainter, QPaintEvent, QPalette
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from dreamer_studio.studio.help import trust
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.trust.verdicts import role_of, verdict_text
from dreamer_studio.studio.widgets.button import push_button
from dreamer_studio.studio.widgets.chips import Chip
from dreamer_studio.studio.widgets.help_button import HelpButton
from dreamer_studio.studio.widgets.layout.card_grid import CardGrid
from dreamer_studio.studio.widgets.text import plain_label, scaled_font
from dreamer_studio.trust.judgment import STAGES, Judgment, Stage
from dreamer_studio.trust.words import sentence_of
from dreamer_studio.viewing.role import Role

TITLES: dict[Stage, str] = {
    "picture": "Image",
    "one step": "One step",
    "rollout": "Rollout",
    "reward": "Reward",
    "value": "Value",
    "policy": "Policy",
}
"""Names of the stages on screen."""

_CELL = 120  # least width of a stage


class VerdictPanel(QFrame):
    """Says how far to believe the dreams: one sentence, and a verdict for each stage.

    The stages after the first that fails are gray, because they build on it.

    Attributes:
        what_to_try: the button that leads to the gauge of the first stage that does not hold.
        help_button: the `?`.
    """

    tryWanted: ClassVar[Signal] = Signal(str)
    """Emitted when the user asks what to try, with the name of the gauge whose help has the answer."""

    spoken_role: ClassVar[QAccessible.Role] = QAccessible.Role.Grouping

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self.setAccessibleName("Verdict")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._sentence = plain_label(wrap=True, selectable=True)
        self._sentence.setFont(scaled_font(self._sentence.font(), 1.25))
        self._verdicts: dict[Stage, Chip] = {}
        stages = CardGrid(cell=_CELL)
        for stage, title in TITLES.items():
            box = QWidget()
            name, verdict = plain_label(title), Chip(theme, "not judged", framed=False)
            verdict.setAccessibleName(title)
            column = QVBoxLayout(box)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(name)
            column.addWidget(verdict)
            self._verdicts[stage] = verdict
            stages.add_item(box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 10, 12, 10)
        self._weakest = ""
        self.what_to_try = push_button(
            "What to try", "Show the gauge of the first stage that does not hold, and its help"
        )
        self.what_to_try.clicked.connect(lambda: self.tryWanted.emit(self._weakest))
        self.what_to_try.hide()
        self.help_button = HelpButton("Stages", trust.STAGES)
        top = QHBoxLayout()
        top.addWidget(self._sentence, 1)
        top.addWidget(self.what_to_try, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(self.help_button, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(top)
        layout.addWidget(stages)

    @property
    def sentence(self) -> str:
        """Return the sentence on top."""
        return self._sentence.text()

    @property
    def verdicts(self) -> dict[Stage, str]:
        """Return the words below each stage."""
        return {stage: chip.text() for stage, chip in self._verdicts.items()}

    def spoken(self) -> str:
        """Return the sentence and the verdict of each stage."""
        return f"{self.sentence} " + ", ".join(f"{TITLES[stage]}: {text}" for stage, text in self.verdicts.items())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Outline the panel while it has the focus."""
        super().paintEvent(event)
        if self.hasFocus():
            painter = QPainter(self)
            painter.setPen(self.palette().color(QPalette.ColorRole.Accent))
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def tell(self, sentence: str) -> None:
        """Show a sentence in place of a judgment's, such as the reason why there is none."""
        self._sentence.setText(sentence)
        self.setAccessibleDescription(self.spoken())

    def show_judgment(self, judgment: Judgment) -> None:
        """Show the sentence and the verdicts of a judgment."""
        self.tell(sentence_of(judgment))
        self._weakest = _weakest_gauge(judgment)
        self.what_to_try.setVisible(bool(self._weakest))
        behind = False
        for stage in STAGES:
            verdict = judgment.verdict(stage)
            if behind:
                self._verdicts[stage].set(f"not judged ({verdict})", Role.NEUTRAL)
            else:
                self._verdicts[stage].set(verdict_text(verdict), role_of(verdict))
            behind = behind or stage == judgment.stage
        self.setAccessibleDescription(self.spoken())


def _weakest_gauge(judgment: Judgment) -> str:
    """Return the gauge that fails first, or else the first that cannot tell; empty if all hold."""
    order = [name for names in STAGES.values() for name in names]
    for verdict in ("fails", "cannot tell"):
        found = [name for name in order if judgment.gauges[name].measured.verdict == verdict]
        if found:
            return found[0]
    return ""
