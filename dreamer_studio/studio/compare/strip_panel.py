"""One recorded scene as several checkpoints imagine it, frame under frame."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import CELL, FOOT, GAP, FilmStrip, Mark, StripRow
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.viewing.compare.messages import CompareResult
from dreamer_studio.viewing.role import Role

ROWS_SEEN = 4  # at least; the others by scrolling
_EMPTY = (
    "Tick two to six checkpoints at the left, or press Time-lapse: one scene, imagined by every checkpoint of the run."
)
_HELP = (
    "Real: what the environment showed. Below it one row for each checkpoint. All of them see the same frames up to "
    "the line, and from there on nothing but the actions that were taken, each with the same noise: so they differ by "
    "what they have learned alone. Checkpoints of runs with another size of the stochastic state have other noise."
)


class CompareStripPanel(QWidget):
    """A row of frames for each checkpoint, and what they are."""

    cursorMoved = Signal(int)
    """A person pointed at a column."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Any, ...] | None = None
        self.strip = FilmStrip(theme, _EMPTY, ROWS_SEEN, markers=False)
        self.strip.cursorMoved.connect(self.cursorMoved)
        self._card = Card(theme, "Side by side", help_text=_HELP, caption_lines=2)
        scroll = scrolled(self.strip)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setMinimumHeight(ROWS_SEEN * (CELL + GAP) + FOOT)
        self._card.set_body(scroll)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)

    def show_compared(self, view: CompareResult | None, names: list[str], roles: list[Role], cursor: int) -> None:
        """Show what there is so far, and mark a column; None empties the strip."""
        decoded = sum(len(course.model) for course in view.courses) if view is not None else 0
        shown = (view and view.request, decoded, view and view.left_out, self.strip.width())
        if shown != self._shown:
            self._shown = shown
            self._fill(view, names, roles)
        self.strip.set_cursor(cursor)

    def _fill(self, view: CompareResult | None, names: list[str], roles: list[Role]) -> None:
        if view is None:
            self.strip.set_rows((), 0, 0)
            self._card.set_subtitle("")
            self._card.set_caption("")
            return
        rows = [StripRow("Real", Role.REAL, view.real)]
        rows += [
            StripRow(name, role, course.model) for name, role, course in zip(names, roles, view.courses, strict=True)
        ]
        self.strip.set_room(1 + len(view.request.contestants))
        mark = Mark(view.context, "open loop from here: the recorded actions, no frames", Role.DREAM)
        self.strip.set_rows(rows, view.columns, view.context, (mark,) if view.context < view.columns else ())
        self._card.set_subtitle(_scene_in_words(view))
        stride = "" if self.strip.stride == 1 else f"One frame in {self.strip.stride} is shown. "
        self._card.set_caption(stride + " ".join(f"Left out: {line.rstrip('.')}." for line in view.left_out))


def _scene_in_words(view: CompareResult) -> str:
    origin, steps = view.origin, view.columns - view.context
    source = origin.scene.rpartition("/")[2] or ("live" if origin.live else "replay")
    short = f" of {view.request.length}: the record ends there" if steps < view.request.length else ""
    parts = (
        f"{source}, episode {origin.episode}, frame {origin.index}",
        f"context {view.context}",
        f"open loop {steps} steps{short}",
        f"seed {view.request.seed}",
    )
    return " \N{MIDDLE DOT} ".join(parts)
