"""Practice dreams: some of the rollouts from which the actor has just learned."""

from __future__ import annotations

import math

from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QVBoxLayout, QWidget

from dreamer_studio.session import State, Status
from dreamer_studio.session.practice import FEW
from dreamer_studio.studio.help import scenes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import FilmStrip, Mark, StripRow
from dreamer_studio.studio.widgets.plots.mini_plot import MiniPlot
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.viewing.channel import Answer
from dreamer_studio.viewing.practice.messages import PracticeResult
from dreamer_studio.viewing.role import Role

_NEXT = "The next update brings practice dreams."


class PracticePanel(QWidget):
    """Rows of frames and four small plots with one cursor."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._answer: Answer[PracticeResult] | None = None
        self._result: PracticeResult | None = None
        self._row = self._column = 0
        self.strip = FilmStrip(theme, _NEXT, FEW, markers=False)
        self.strip.setAccessibleName("Practice dreams")
        titles = ("Reward", "Value", "\N{GREEK SMALL LETTER LAMDA}-return", "Weight")
        self.plots = tuple(MiniPlot(theme, title) for title in titles)
        self.hold = QCheckBox("Hold")
        self.hold.setToolTip("Keep these rollouts, and ask for no newer ones")
        self._card = Card(theme, "Practice dreams", role=Role.DREAM, help_text=scenes.PRACTICE, caption_lines=2)
        self._card.add_header_widget(self.hold)
        self.strip.cursorMoved.connect(self._point_at)
        self.strip.rowPicked.connect(self._pick_row)
        for plot in self.plots:
            plot.columnPicked.connect(self._point_at)
        self._lay_out()

    @property
    def shown(self) -> PracticeResult | None:
        """Return the practice dreams on show, or None before the first."""
        return self._result

    @property
    def wants_newer(self) -> bool:
        """Return whether the panel is visible and not held."""
        return self.isVisible() and not self.hold.isChecked()

    def show_practice(self, answer: Answer[PracticeResult] | None, status: Status) -> None:
        """Show the newest practice dreams, or say why there are none."""
        failure = answer.failure if answer is not None else None
        self.strip.set_empty_text(_why_none(status) if failure is None else failure.words)
        if failure is not None and answer is not self._answer:
            self._card.set_caption(failure.words)
        self._answer = answer
        result = answer.result if answer is not None else None
        if result is None or result is self._result or (self.hold.isChecked() and self._result is not None):
            return
        self._result = result
        columns = result.horizon + 1
        rows = [
            StripRow(f"Start {place + 1}{'' if result.weights[place, 0] > 0 else ', terminal'}", Role.DREAM, frames)
            for place, frames in enumerate(result.frames)
        ]
        self.strip.set_rows(rows, columns, 1)
        after_first = math.ceil(self.strip.stride)  # of the frames on show
        line = Mark(after_first, "imagined from here on", Role.DREAM)
        self.strip.set_rows(rows, columns, 1, (line,))
        for plot, lines in zip(self.plots, (result.reward, result.value, result.returns, result.weights), strict=True):
            plot.show_lines(lines, result.horizon)
        self._card.set_subtitle(
            f"update {result.update:,} learned from these \N{MIDDLE DOT} training horizon {result.horizon} "
            f"\N{MIDDLE DOT} {len(rows)} of {result.starts:,}"
        )
        self._row = min(self._row, len(rows) - 1)
        self._point_at(self._column)

    def _point_at(self, column: int) -> None:
        result = self._result
        if result is None:
            return
        self._column = min(column, result.horizon)
        self.strip.set_cursor(self._column)
        for plot in self.plots:
            plot.set_cursor(self._column)
            plot.set_front(self._row)
        self._card.set_caption(_in_words(result, self._row, self._column))

    def _pick_row(self, row: int) -> None:
        if self._result is not None and row < len(self._result.frames):
            self._row = row
            self._point_at(self._column)

    def _lay_out(self) -> None:
        inside = QWidget()
        below = QHBoxLayout()
        for plot in self.plots:
            below.addWidget(plot)
        body = QVBoxLayout(inside)
        body.setContentsMargins(0, 0, 0, 0)
        body.addWidget(self.strip)
        body.addLayout(below)
        body.addStretch(1)
        self._card.set_body(scrolled(inside))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)


def _why_none(status: Status) -> str:
    if status.watching:
        return "You are only watching this run. The actor learns nothing, so there are no practice dreams."
    if status.state is State.FINISHED:
        return "This run is finished. Without updates there are no practice dreams."
    if status.state is not State.RUNNING:
        return f"{_NEXT} The training is not running. Press F7 to make one update."
    if status.prefill:
        return "Practice begins with the first update after the prefill."
    return _NEXT


def _in_words(result: PracticeResult, row: int, column: int) -> str:
    """Return the numbers of a frame as text."""
    place = f"Start {row + 1}"
    if column == 0:
        return f"{place}: a frame of the batch, as the model reconstructs it."
    at = column - 1
    told = [f"{place}, step {column} of {result.horizon}", f"reward {result.reward[row, at]:.2f}"]
    told.append(f"value {result.value[row, at]:.2f}")
    if at < result.returns.shape[1]:
        told.append(f"lambda-return {result.returns[row, at]:.2f}")
        told.append(f"weight {result.weights[row, at]:.3f}")
    else:
        told.append("it only closes the lambda-return")
    return " \N{MIDDLE DOT} ".join(told).replace(" -", " \N{MINUS SIGN}")
