"""Which actions the agent takes: histograms over the newest stored episodes."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.studio.dream.actions.histograms import ActionHistograms
from dreamer_studio.studio.help import scenes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.viewing.actions.messages import LIMIT, ActionCounts
from dreamer_studio.viewing.channel import Answer
from dreamer_studio.viewing.role import Role

_EMPTY = "Fills with the first stored episode."


class ActionsPanel(QWidget):
    """A card with the histograms."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: ActionCounts | None = None
        self.histograms = ActionHistograms(theme, _EMPTY)
        self._card = Card(theme, "Actions taken", role=Role.REAL, help_text=scenes.ACTIONS_TAKEN, caption_lines=2)
        self._card.set_body(self.histograms)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)

    def set_spec(self, spec: EnvSpec) -> None:
        """Use the names of the task's actions."""
        self.histograms.set_names(spec.action_names)

    def show_counts(self, answer: Answer[ActionCounts] | None) -> None:
        """Show the newest counts, or why there are none."""
        if answer is not None and answer.failure is not None:
            self._card.set_caption(answer.failure.words)
        counts = answer.result if answer is not None else None
        if counts is None or counts is self._shown:
            return
        self._shown = counts
        self.histograms.show_counts(counts)
        which = f"episode {counts.last:,}"
        if counts.episodes > 1:
            which = f"{counts.episodes} episodes, {counts.first:,} to {counts.last:,}"
        left = f" \N{MIDDLE DOT} {counts.left} more to read" if counts.left else ""
        self._card.set_subtitle(f"{which} \N{MIDDLE DOT} {counts.steps:,} agent steps{left}")
        self._card.set_caption(_summary(counts))


def _summary(counts: ActionCounts) -> str:
    if counts.discrete:
        most = math.log(len(counts.counts)) if len(counts.counts) > 1 else 0.0
        return f"Entropy of the choices made: {counts.entropy:.2f} of at most {most:.2f} nats."
    share = float(counts.saturated.mean())
    return f"{share:.0%} of all dimensions and steps are at the limits, within {1 - LIMIT:.2f} of -1 or 1."
