"""One recorded scene as several checkpoints imagine it, frame under frame."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.studio.help import compare
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import FOOT, FilmStrip, Mark, StripRow
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.studio.widgets.text import text_scale
from dreamer_studio.viewing.compare.messages import CompareResult
from dreamer_studio.viewing.role import Role

ROWS_SEEN = 4  # rows visible at least; scroll for the others
_EMPTY = (
    "Tick two to six checkpoints on the left, or press Time-lapse to see this scene by every checkpoint of the run."
)


class CompareStripPanel(QWidget):
    """The real frames, and a row of frames for each checkpoint."""

    cursorMoved = Signal(int)
    """Emitted when the user clicks a column."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[Any, ...] | None = None
        self.strip = FilmStrip(theme, _EMPTY, ROWS_SEEN, markers=False)
        self.strip.cursorMoved.connect(self.cursorMoved)
        self._card = Card(theme, "Side by side", help_text=compare.SIDE_BY_SIDE, caption_lines=2)
        self._scroll = scroll = scrolled(self.strip)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.set_zoom(1.0)
        self._card.set_body(scroll)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)

    def show_compared(self, result: CompareResult | None, names: list[str], roles: list[Role], cursor: int) -> None:
        """Show the results so far, and mark a column; None empties the strip."""
        shown = (result and (result.request, result.decoded, result.left_out), self.strip.stride)
        if shown != self._shown:
            self._shown = shown
            self._fill(result, names, roles)
        self.strip.set_cursor(cursor)

    def set_zoom(self, zoom: float) -> None:
        """Set the size of the frames as a multiple of their own size."""
        self.strip.set_zoom(zoom)
        self._scroll.setMinimumHeight(round(ROWS_SEEN * self.strip.pitch + FOOT * text_scale()))

    def _fill(self, result: CompareResult | None, names: list[str], roles: list[Role]) -> None:
        if result is None:
            self.strip.set_rows((), 0, 0)
            self._card.set_subtitle("")
            self._card.set_caption("")
            return
        rows = [StripRow("Real", Role.REAL, result.real)]
        rows += [
            StripRow(name, role, course.model) for name, role, course in zip(names, roles, result.courses, strict=True)
        ]
        self.strip.set_room(1 + len(result.request.contestants))
        mark = Mark(result.context, "open loop from here: the recorded actions, no frames", Role.DREAM)
        self.strip.set_rows(rows, result.columns, result.context, (mark,) if result.context < result.columns else ())
        self._card.set_subtitle(_scene_in_words(result))
        count = len(self.strip.shown)
        some = "" if count == result.columns else f"{count} of {result.columns} frames are shown. "
        self._card.set_caption(some + " ".join(f"Left out: {line.rstrip('.')}." for line in result.left_out))


def _scene_in_words(result: CompareResult) -> str:
    origin, steps = result.origin, result.columns - result.context
    short = f" of {result.request.length}: the record ends there" if steps < result.request.length else ""
    parts = (
        f"{origin.source}, episode {origin.episode}, frame {origin.index}",
        f"context {result.context}",
        f"open loop {steps} steps{short}",
        f"seed {result.request.seed}",
    )
    return " \N{MIDDLE DOT} ".join(parts)
