"""One frame of a scene as each checkpoint has it, as large as there is room for."""

from __future__ import annotations

import time
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QVBoxLayout, QWidget

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.future_grid import Cell, FutureGrid
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.viewing.compare.messages import CompareResult, Course
from dreamer_studio.viewing.film.choices import CHECKPOINTS_PER_SECOND

_EMPTY = "The frame under the cursor, as each of the checkpoints has it."
_HELP = (
    "The real frame, and each checkpoint's image of it with the environment step it was saved at and its image "
    "error, larger where there is room. The tooltip has the reward too. In a time-lapse, Run through shows one "
    "checkpoint after the other beside the real frame, oldest first, three a second."
)


class CompareImagesPanel(QWidget):
    """The images at the cursor, side by side."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Any, ...] | None = None
        self._since = 0.0
        self.run_through = QToolButton()
        self.run_through.setText("Run through")
        self.run_through.setCheckable(True)
        self.run_through.setToolTip("One checkpoint after the other beside the real frame, oldest first")
        self.run_through.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.run_through.toggled.connect(self._begin)
        self.grid = FutureGrid(theme, _EMPTY)
        self.grid.setAccessibleName("Images at the cursor")
        self._card = Card(theme, "At the cursor", help_text=_HELP, caption_lines=1)
        self._card.set_body(scrolled(self.grid))
        self._card.add_header_widget(self.run_through)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)

    def show_compared(self, view: CompareResult | None, letters: list[str], cursor: int) -> None:
        """Show a column as far as it is decoded, each image by its letter; None empties the panel."""
        decoded = sum(len(course.model) for course in view.courses) if view is not None else 0
        lapse = view is not None and view.request.lapse
        self.run_through.setVisible(lapse)
        place = self._place(view) if view is not None and lapse and self.run_through.isChecked() else None
        shown = (view and view.request, decoded, cursor, place)
        if shown == self._shown:
            return
        self._shown = shown
        if view is None:
            self.grid.set_cells(())
            self._card.set_caption("")
            return
        cells = [Cell("Real", f"reward {view.received[cursor]:.2f}", view.real[cursor], takes=False)]
        cells += [_cell(letter, course, cursor) for letter, course in zip(letters, view.courses, strict=True)]
        self.grid.set_cells(cells if place is None else (cells[0], cells[1 + place]))
        steps = cursor - view.context + 1
        if steps > 0:
            where = f"step {steps} of the open loop: none of them sees this frame."
        else:
            where = f"frame {cursor + 1} of the context: all of them see it."
        self._card.set_caption(f"Frame {view.first_row + cursor} of the episode, {where}")

    def _begin(self, running: bool) -> None:
        """Run through from the oldest one on."""
        self._since = time.monotonic()

    def _place(self, view: CompareResult) -> int | None:
        """Of the checkpoint that it is the turn of, among those that have come."""
        turn = int((time.monotonic() - self._since) * CHECKPOINTS_PER_SECOND)
        return turn % len(view.courses) if view.courses else None


def _cell(letter: str, course: Course, cursor: int) -> Cell:
    name = f"{letter}{course.contestant.step:,}"
    if cursor >= len(course.model):
        return Cell(name, "", None, takes=False)
    error = f"{course.image_error[cursor]:.4f}"
    tip = (
        f"{course.contestant.run}, {course.contestant.name}: image error {error}, "
        f"reward {course.reward[cursor]:.2f}, {course.reward_error[cursor]:.2f} off"
    )
    return Cell(name, f"error {error}", course.model[cursor], tip, takes=False)
