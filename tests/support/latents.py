"""The tabs Latents and Map of a window, for tests that use them as a person does."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QWidget

from dreamer_studio.studio.dream.latents.map_panel import LatentMapPanel
from dreamer_studio.studio.dream.latents.panel import LatentsPanel
from dreamer_studio.studio.widgets.frame_view import as_image
from dreamer_studio.studio.widgets.latent_rows import FrameLatents
from dreamer_studio.viewing.latents.messages import LatentMap
from dreamer_studio.viewing.scene.messages import Scene
from tests.support.dream_workspace import DreamDriver
from tests.support.reading import open_tab
from tests.support.studio import PATIENCE_MS, Studio


class LatentTabs:
    """Uses the tabs Latents and Map of a window's Dream workspace."""

    def __init__(self, studio: Studio) -> None:
        self.dreams, self.bot, self.channels = DreamDriver(studio), studio.bot, studio.channels
        (self.panel,) = studio.window.findChildren(LatentsPanel)
        (self.map,) = studio.window.findChildren(LatentMapPanel)
        self.rows = self.panel.rows

    def open(self, tab: QWidget) -> None:
        """Click the tab Latents."""
        titles = {self.panel: "Latents", self.map: "Map"}
        open_tab(self.bot, self.dreams.workspace, titles.get(tab, "Practice"))

    @property
    def scene(self) -> Scene:
        assert self.dreams.scene is not None
        return self.dreams.scene

    def look_at(self, column: int) -> FrameLatents:
        """Hold the cursor at a column, and wait for its rows."""
        self.dreams.workspace.player.go_to(column)

        def there() -> bool:
            known = self.panel._dimensions
            return known is not None and known.latents == self.scene.latents and self.panel._column == column

        self.bot.waitUntil(there, timeout=PATIENCE_MS)
        assert self.rows._state is not None
        return self.rows._state

    def drag(self, dimension: int, deviations: float) -> None:
        """Scroll to a dimension's row and drag its dot."""
        self.rows._choose(dimension)
        state, viewport = self.rows._state, self.rows.viewport()
        assert state is not None
        y = self.rows.row_of(dimension).center().y()
        start = QPoint(round(self.rows.x_of(float(state.deviations(state.value)[dimension]))), y)
        end = QPoint(round(self.rows.x_of(deviations)), y)
        self.bot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
        self.bot.mouseMove(viewport, (start + end) / 2)
        self.bot.mouseMove(viewport, end)
        self.bot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)

    def wait_for_edit(self) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
        """Wait until the decoder's image of the newest edit is on show, and return the latents."""

        def answered() -> bool:
            request, answer = self.channels.edit.request, self.channels.edit.result
            if request is None or answer is None or answer.request is not request:
                return False
            return self.panel.image.image == as_image(answer.image)

        self.bot.waitUntil(answered, timeout=PATIENCE_MS)
        request = self.channels.edit.request
        assert request is not None
        return request.stoch

    def whole_map(self) -> LatentMap:
        """Wait until the model has seen the scene's whole episode, and return the map."""

        def there() -> bool:
            drawn = self.map._map
            return drawn is not None and drawn.latents == self.scene.latents and len(drawn.points) > 0

        self.bot.waitUntil(there, timeout=PATIENCE_MS)
        assert self.map._map is not None
        return self.map._map

    def click_map(self, where: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> None:
        x, y = self.map.map.placed(where[None])[0]
        self.bot.mouseClick(self.map.map, Qt.MouseButton.LeftButton, pos=QPoint(round(x), round(y)))
