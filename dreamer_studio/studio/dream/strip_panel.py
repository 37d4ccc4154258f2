"""The scene at a glance: comparison, context, dream and error, over one time axis."""

from __future__ import annotations

from typing import Any

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.arrays import Images
from dreamer_studio.error_map import error_map, grayed
from dreamer_studio.studio.help import scenes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.film_strip import CELL, GAP, FilmStrip, Mark, StripRow
from dreamer_studio.studio.widgets.layout.stage import is_large
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import Comparison

ROWS = 4
CHROME = 100  # pixels of the card's height around the rows
MOST_ZOOM = 4


class StripPanel(QWidget):
    """Four rows of frames with markers that the user can drag."""

    cursorMoved = Signal(int)
    """Emitted when the user clicks a column."""

    contextWanted = Signal(int)
    """Emitted when the user drags the end of the context, with its number of columns."""

    lengthWanted = Signal(int)
    """Emitted when the user drags the end of the dream, with its number of steps."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self._shown: tuple[Any, ...] | None = None
        self._zoom = 1.0
        self._strip = FilmStrip(
            theme, "Press D to dream from here. Dreams need trained weights: in a new run they begin after the prefill."
        )
        self._card = Card(
            theme,
            "Strip",
            help_text=scenes.STRIP,
            caption_lines=1,
        )
        self._card.set_body(self._strip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)
        self._strip.cursorMoved.connect(self.cursorMoved)
        self._strip.contextDragged.connect(self._want_context)
        self._strip.endDragged.connect(self._want_length)

    @property
    def strip(self) -> QWidget:
        """Return the strip, at which Tab stops."""
        return self._strip

    def show_scene(self, scene: Scene, cursor: int, comparison: Comparison) -> None:
        """Show the scene so far with its comparison, and mark a column."""
        self._scene = scene
        shown = (scene.number, scene.branch, scene.step, scene.decoded, comparison.state, self._strip.stride)
        if shown != self._shown:
            self._shown = shown
            self._fill(scene, comparison)
        self._strip.set_cursor(cursor)

    def set_zoom(self, zoom: float) -> None:
        """Set the size of the frames as a multiple of their own size, unless the card is enlarged."""
        self._zoom = zoom
        self._fit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Enlarge the frames with the card."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        fitting = max(1, (self._card.height() - CHROME) // (ROWS * (CELL + GAP)))
        self._strip.set_zoom(min(MOST_ZOOM, fitting) if is_large(self._card) else self._zoom)

    def _fill(self, scene: Scene, comparison: Comparison) -> None:
        seen = min(scene.context, scene.decoded)
        first, errors = _errors(comparison, scene)
        rows = (
            StripRow(comparison.name, comparison.role, comparison.frames, comparison.start),
            StripRow("Model saw it", Role.MODEL, scene.model[:seen]),
            StripRow("Dreamed", Role.DREAM, scene.model[scene.context : scene.decoded], scene.context),
            _error_row(comparison, first, errors),
        )
        marks = () if comparison.mark is None else (Mark(comparison.mark, comparison.mark_words, comparison.role),)
        self._strip.set_rows(rows, len(scene.columns), scene.context, marks)
        self._card.set_subtitle(_origin_in_words(scene))
        self._card.set_caption(f"{_acting(scene)}{_other_actions(comparison)}{_left_out(self._strip.shown, scene)}")

    def _want_context(self, columns: int) -> None:
        scene = self._scene
        if scene is not None:
            self.contextWanted.emit(max(1, min(len(scene.real), columns)))

    def _want_length(self, columns: int) -> None:
        scene = self._scene
        if scene is not None:
            self.lengthWanted.emit(max(1, columns - scene.context))


def _origin_in_words(scene: Scene) -> str:
    """Return where a scene is from, which weights dream it, and how much the model saw, as text."""
    origin = scene.origin
    return (
        f"{origin.source}, episode {origin.episode}, frame {origin.index} \N{MIDDLE DOT} weights of update "
        f"{scene.update:,} \N{MIDDLE DOT} context {scene.context} \N{MIDDLE DOT} seed {scene.request.seed}"
    )


def _acting(scene: Scene) -> str:
    if scene.edited:
        frames = ", ".join(f"{scene.first_row + column}" for column in scene.edited)
        return f"You changed the latents of frame {frames}; {_actor(scene)}"
    return f"After the line: {_actor(scene)}"


def _actor(scene: Scene) -> str:
    steps, yours = len(scene.columns) - scene.context, int(scene.columns.driven.sum())
    others = [
        scene.acts_at(column) for column in range(scene.context, len(scene.columns)) if not scene.columns.driven[column]
    ]
    acting = ", then ".join(who for place, who in enumerate(others) if place == 0 or who != others[place - 1])
    if yours:
        return f"you acted in {yours} of {steps} steps{f'; in the others, {acting}' if others else ''}."
    if scene.request.actor == "recorded" and scene.branch == 0 and scene.recorded < len(scene.columns):
        return f"{acting}, because the record ends after {scene.recorded - scene.context} steps."
    return f"{acting}."


def _other_actions(comparison: Comparison) -> str:
    return "" if comparison.other_actions is None else " Gray error: other actions, so not the model's alone."


def _error_row(comparison: Comparison, first: int, errors: Images) -> StripRow:
    """Return the row of errors, gray where the two rows had other actions."""
    at = comparison.other_actions
    if at is None or at >= first + len(errors):
        return StripRow("Error", Role.ERROR, errors, first)
    plain = max(0, at - first)
    mixed = np.concatenate([errors[:plain], grayed(errors[plain:])])
    return StripRow("Error, gray: other actions", Role.NEUTRAL, mixed, first)


def _left_out(shown: list[int], scene: Scene) -> str:
    columns = len(scene.columns)
    return "" if len(shown) == columns else f" {len(shown)} of {columns} frames are shown."


def _errors(comparison: Comparison, scene: Scene) -> tuple[int, Images]:
    """Return the first column that both have a frame of, and the error maps from that column on."""
    end = min(comparison.end, scene.decoded)
    start = min(comparison.start, end)
    return start, error_map(comparison.frames[: end - start], scene.model[start:end])
