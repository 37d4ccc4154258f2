"""The episode's latents on a plane, with the scene's path."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.studio.help import scenes
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.studio.widgets.plots.legend import Legend
from dreamer_studio.studio.widgets.plots.path_map import PathMap
from dreamer_studio.studio.widgets.plots.series import SeriesStyle
from dreamer_studio.viewing.channel import Answer, RequestFailure
from dreamer_studio.viewing.latents.messages import LatentMap
from dreamer_studio.viewing.role import Role
from dreamer_studio.viewing.scene.messages import Scene

_EMPTY = "Fills with the first dream of this workspace, after the model has looked at its episode."
NOTHING = np.empty((0, 2))
_SERIES = (SeriesStyle("episode, model saw it", Role.MODEL), SeriesStyle("this dream", Role.DREAM))


class LatentMapPanel(QWidget):
    """A card with the map, and the column of each point on the scene's path."""

    columnPicked = Signal(int)
    """Emitted when the user clicks a point of the scene, with its column."""

    frameWanted = Signal(int)
    """Emitted when the user clicks a frame of the episode outside the scene, with its row."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scene: Scene | None = None
        self._map: LatentMap | None = None
        self._failure: RequestFailure | None = None
        self.map = PathMap(theme, _EMPTY)
        self._card = Card(theme, "Map", help_text=scenes.MAP, caption_lines=1)
        self._card.add_header_widget(Legend(theme, _SERIES))
        self._card.set_body(self.map)
        self.map.pointPicked.connect(self._pick_row)
        self.map.stepPicked.connect(self.columnPicked)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._card)

    def show_scene(self, scene: Scene, cursor: int, answer: Answer[LatentMap] | None) -> None:
        """Show the newest map if it belongs to this scene, and mark a column."""
        self._scene = scene
        failure, drawn = (None, None) if answer is None else (answer.failure, answer.result)
        if failure is not None and failure is not self._failure:
            self._map = None
            self.map.set_empty_text(failure.reason)
            self.map.show_paths(NOTHING, 0, NOTHING, scene.context)
            self._card.set_caption("")
        elif failure is None and drawn is not None and drawn is not self._map and drawn.latents == scene.latents:
            self._map = drawn
            self.map.set_empty_text(f"The model is looking at frame {drawn.done} of {drawn.rows}.")
            self.map.show_paths(drawn.points, drawn.first, drawn.path, scene.context)
            self._card.set_subtitle(f"weights of update {scene.update:,}")
            self._card.set_caption(_in_words(drawn))
        self._failure = failure
        self.map.set_cursor(cursor)

    def _pick_row(self, place: int) -> None:
        scene, drawn = self._scene, self._map
        if scene is None or drawn is None:
            return
        row = drawn.first + place
        column = row - scene.first_row
        if 0 <= column < scene.decoded:
            self.columnPicked.emit(column)
        else:
            self.frameWanted.emit(row)


def _in_words(drawn: LatentMap) -> str:
    if len(drawn.points) == 0:
        return ""
    first, second = (round(100 * share) for share in drawn.share)
    last = drawn.first + len(drawn.points) - 1
    return (
        f"Frames {drawn.first} to {last} of episode {drawn.origin.episode}. Across: {first}% of the variance; up: "
        f"{second}%; {max(0, 100 - first - second)}% is not on the map."
    )
