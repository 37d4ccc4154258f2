"""One frame of a scene as each checkpoint draws it, as large as there is room."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from dreamer_studio.studio.help import compare
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.future_grid import Cell, FutureGrid
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.viewing.compare.messages import CompareResult, Course
from dreamer_studio.viewing.film.choices import CHECKPOINTS_PER_SECOND

_EMPTY = "Shows the frame under the cursor as each checkpoint draws it."


class CompareImagesPanel(QWidget):
    """The images at the cursor, side by side."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Any, ...] | None = None
        self._since = 0.0
        self.run_through = QToolButton()
        self.run_through.setText("Run through")
        self.run_through.setCheckable(True)
        self.run_through.setToolTip("Show one checkpoint after the other beside the real frame, oldest first")
        self.run_through.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.run_through.toggled.connect(self._begin)
        self.grid = FutureGrid(theme, _EMPTY)
        self.grid.setAccessibleName("Images at the cursor")
        self._card = Card(theme, "At the cursor", help_text=compare.AT_THE_CURSOR, caption_lines=1)
        self._card.set_body(scrolled(self.grid))
        self._card.add_header_widget(self.run_through)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)

    def show_compared(self, result: CompareResult | None, letters: list[str], cursor: int) -> None:
        """Show the decoded images of a column, each with its letter; None empties the panel."""
        lapse = result is not None and result.request.lapse
        self.run_through.setVisible(lapse)
        place = self._place(result) if result is not None and lapse and self.run_through.isChecked() else None
        shown = (result and (result.request, result.decoded), cursor, place)
        if shown == self._shown:
            return
        self._shown = shown
        if result is None:
            self.grid.set_cells(())
            self._card.set_caption("")
            return
        cells = [Cell("Real", f"reward {result.received[cursor]:.2f}", result.real[cursor], takes=False)]
        cells += [_cell(letter, course, cursor) for letter, course in zip(letters, result.courses, strict=True)]
        self.grid.set_cells(cells if place is None else (cells[0], cells[1 + place]))
        steps = cursor - result.context + 1
        if steps > 0:
            where = f"step {steps} of the open loop: no checkpoint sees this frame."
        else:
            where = f"frame {cursor + 1} of the context: all checkpoints see it."
        self._card.set_caption(f"Frame {result.first_row + cursor} of the episode, {where}")

    def _begin(self, running: bool) -> None:
        """Start the run-through at the oldest checkpoint."""
        self._since = time.monotonic()

    def _place(self, result: CompareResult) -> int | None:
        """Return the index of the checkpoint on turn among the loaded ones, or None if there are none."""
        turn = int((time.monotonic() - self._since) * CHECKPOINTS_PER_SECOND)
        return turn % len(result.courses) if result.courses else None


def _cell(letter: str, course: Course, cursor: int) -> Cell:
    name = f"{letter}{course.contestant.step:,}"
    if cursor >= len(course.model):
        return Cell(name, "", None, takes=False)
    error = f"{course.image_error[cursor]:.4f}"
    tip = (
        f"{course.contestant.run}, {course.contestant.name}: image error {error}, "
        f"reward {course.reward[cursor]:.2f}, reward error {course.reward_error[cursor]:.2f}"
    )
    return Cell(name, f"error {error}", course.model[cursor], tip, takes=False)
