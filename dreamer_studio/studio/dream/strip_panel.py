"""The scene at a glance: real, seen, dreamed and the difference, over one time axis."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.arrays import Images
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.error_map import error_map
from dreamer_studio.studio.widgets.film_strip import FilmStrip, Mark, StripRow
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import Comparison


class StripPanel(QWidget):
    """Four rows of frames, whose markers a person can drag."""

    cursorMoved = Signal(int)
    """A person pointed at a column."""

    contextWanted = Signal(int)
    """So many of the columns on show are context; the rest is dreamed."""

    lengthWanted = Signal(int)
    """So many dreamed steps."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: Scene | None = None
        self._shown: tuple[Any, ...] | None = None
        self._strip = FilmStrip(theme, "Dreams begin with the first update after the prefill. D dreams from here.")
        self._card = Card(
            theme,
            "Strip",
            help_text="Real: what the environment showed. Model saw it: reconstructions of the frames that the model "
            "was shown, filtered from the first of them on. Dreamed: what it makes up after the line, seeing nothing "
            "more. Error: the absolute difference to what was real, four times enlarged; where the policy acts in the "
            "dream it acts otherwise than the episode did, and the two part for that reason as well. Drag the "
            "violet line to give the model more or fewer frames, and the gray one to dream longer or shorter.",
            caption_lines=1,
        )
        self._card.set_body(self._strip)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)
        self._strip.cursorMoved.connect(self.cursorMoved)
        self._strip.contextDragged.connect(self._want_context)
        self._strip.endDragged.connect(self._want_length)

    def show_scene(self, view: Scene, cursor: int, beside: Comparison) -> None:
        """Show what there is of a scene so far with what stands beside it, and mark a column."""
        self._view = view
        shown = (view.number, view.branch, view.step, view.decoded, beside.state, self._strip.width())
        if shown != self._shown:
            self._shown = shown
            self._fill(view, beside)
        self._strip.set_cursor(cursor)

    def _fill(self, view: Scene, beside: Comparison) -> None:
        seen = min(view.context, view.decoded)
        first, errors = _errors(beside, view)
        rows = (
            StripRow(beside.name, beside.role, beside.frames, beside.start),
            StripRow("Model saw it", Role.MODEL, view.model[:seen]),
            StripRow("Dreamed", Role.DREAM, view.model[view.context : view.decoded], view.context),
            StripRow("Error", Role.ERROR, errors, first),
        )
        marks = () if beside.mark is None else (Mark(beside.mark, beside.mark_words, beside.role),)
        self._strip.set_rows(rows, len(view.columns), view.context, marks)
        self._card.set_subtitle(_origin_in_words(view))
        self._card.set_caption(f"{_acting(view)}{_stride(self._strip.stride)}")

    def _want_context(self, columns: int) -> None:
        view = self._view
        if view is not None:
            self.contextWanted.emit(max(1, min(len(view.real), columns)))

    def _want_length(self, columns: int) -> None:
        view = self._view
        if view is not None:
            self.lengthWanted.emit(max(1, columns - view.context))


def _origin_in_words(view: Scene) -> str:
    """Where a scene is from, whose weights dream it, and how much the model saw."""
    source = "live" if view.origin.live else "replay"
    if view.origin.scene:
        source = Path(view.origin.scene).name
    return (
        f"{source}, episode {view.origin.episode}, frame {view.origin.index} \N{MIDDLE DOT} weights of update "
        f"{view.update:,} \N{MIDDLE DOT} context {view.context} \N{MIDDLE DOT} seed {view.request.seed}"
    )


def _acting(view: Scene) -> str:
    if view.edited:
        frames = ", ".join(f"{view.first_row + column}" for column in view.edited)
        return f"You changed the latents of frame {frames}; {_actor(view)}"
    return f"After the line: {_actor(view)}"


def _actor(view: Scene) -> str:
    steps, yours = len(view.columns) - view.context, int(view.columns.driven.sum())
    others = [
        view.acts_at(column) for column in range(view.context, len(view.columns)) if not view.columns.driven[column]
    ]
    acting = ", then ".join(who for place, who in enumerate(others) if place == 0 or who != others[place - 1])
    if yours:
        return f"you acted in {yours} of {steps} steps{f', in the others {acting}' if others else ''}."
    if view.request.actor == "recorded" and view.branch == 0 and view.recorded < len(view.columns):
        return f"{acting}, for the record ends after {view.recorded - view.context} steps."
    return f"{acting}."


def _stride(stride: int) -> str:
    return "" if stride == 1 else f" One frame in {stride} is shown."


def _errors(beside: Comparison, scene: Scene) -> tuple[int, Images]:
    """Return the first column that both have a frame of, and the error map of the frames from there on."""
    end = min(beside.end, scene.decoded)
    start = min(beside.start, end)
    return start, error_map(beside.frames[: end - start], scene.model[start:end])
