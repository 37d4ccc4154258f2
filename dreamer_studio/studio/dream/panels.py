"""The panels of the Dream workspace and their places."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QResizeEvent
from PySide6.QtWidgets import QLabel, QTabWidget, QToolButton, QVBoxLayout, QWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.studio.dream.actions.panel import ActionsPanel
from dreamer_studio.studio.dream.branches_panel import BranchesPanel
from dreamer_studio.studio.dream.frames_panel import SceneFramesPanel
from dreamer_studio.studio.dream.futures.panel import FuturesPanel
from dreamer_studio.studio.dream.gap_panel import GapPanel
from dreamer_studio.studio.dream.latents.map_panel import LatentMapPanel
from dreamer_studio.studio.dream.latents.panel import LatentsPanel
from dreamer_studio.studio.dream.plots_panel import EVERY_DIMENSION, ScenePlotsPanel
from dreamer_studio.studio.dream.practice_panel import PracticePanel
from dreamer_studio.studio.dream.scene_bar import SceneBar
from dreamer_studio.studio.dream.strip_panel import StripPanel
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.fields.choice_box import choice_box
from dreamer_studio.studio.widgets.layout.flow_bar import FlowBar, together
from dreamer_studio.studio.widgets.layout.room import strip_zoom
from dreamer_studio.studio.widgets.layout.turning_box import TurningBox
from dreamer_studio.studio.widgets.player import Player
from dreamer_studio.studio.widgets.scroll import scrolled
from dreamer_studio.viewing.scene.messages import Scene
from dreamer_studio.viewing.twin.comparison import Comparison

FUTURES = "Futures"

BESIDE = 820
"""Least width in pixels at which the tabs stand beside the images."""


class DreamPanels(QWidget):
    """Creates the panels, lays them out, and shows a scene in them.

    Attributes:
        bar: the settings of the next dream.
        strip: the scene's frames in a row.
        frames: the frame under the cursor, and the comparison's frame of the same step.
        player: the controls that move the cursor.
        dimension: the choice of the action dimension that the plots show.
        plots, gap, branches, futures, latents, latent_map, taken_actions, practice: the tabs.
    """

    def __init__(self, theme: Theme, twin: QAction, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.bar = SceneBar()
        self.strip = StripPanel(theme)
        self.frames = SceneFramesPanel(theme)
        self.player = Player(theme)
        self._dimension_label = QLabel("action on show")
        tip = "The dimension or choice that the Action plot shows, or all of them"
        self.dimension = choice_box("Action on show", tip=tip, label=self._dimension_label)
        self._wanted_dimension = ""
        self.plots = ScenePlotsPanel(theme)
        self.gap = GapPanel(theme)
        self.branches = BranchesPanel(theme)
        self.futures = FuturesPanel(theme)
        self.latents = LatentsPanel(theme)
        self.latent_map = LatentMapPanel(theme)
        self.taken_actions = ActionsPanel(theme)
        self.practice = PracticePanel(theme)
        self._tabs = QTabWidget()
        self._tabs.setAccessibleName("Views of the dream")
        self._tabs.tabBar().setAccessibleName("Views of the dream")
        self._lay_out(twin)

    def set_spec(self, spec: EnvSpec) -> None:
        """Use the actions of the task."""
        self.futures.set_spec(spec)
        self.plots.set_spec(spec)
        self.taken_actions.set_spec(spec)
        if self.dimension.count() == 0:
            for place, name in enumerate(spec.action_names):
                self.dimension.addItem(name, place)
            if len(spec.action_names) > 1:
                self.dimension.addItem("all dimensions", EVERY_DIMENSION)
            self.show_dimension(self._wanted_dimension)

    @property
    def tabs(self) -> QTabWidget:
        """Return the tabs below the strip."""
        return self._tabs

    def show_dimension(self, name: str) -> None:
        """Show a dimension of the actions, or all, by the name in the box. The choice waits until the task is known."""
        self._wanted_dimension = name
        place = self.dimension.findText(name)
        if place >= 0:
            self.dimension.setCurrentIndex(place)

    def show_scene(self, scene: Scene, cursor: int, comparison: Comparison) -> None:
        """Show a scene and its comparison, with the cursor at a column."""
        self.strip.show_scene(scene, cursor, comparison)
        self.frames.show_scene(scene, cursor, comparison)
        if self.gap.isVisible():
            self.gap.show_gap(scene, cursor, comparison)
        if self.plots.isVisible():
            self.plots.show_scene(scene, cursor, self.dimension.currentData() or 0, comparison)

    def open_tab(self, title: str) -> None:
        """Bring a tab to the front, if there is one with this title."""
        titles = [self._tabs.tabText(place) for place in range(self._tabs.count())]
        if title in titles:
            self._tabs.setCurrentIndex(titles.index(title))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show smaller frames in the strip of a low window."""
        super().resizeEvent(event)
        self.strip.set_zoom(strip_zoom(self))

    def _lay_out(self, twin: QAction) -> None:
        below = TurningBox(((self.frames, 1), (self._tabs, 1)), beside=BESIDE)
        self._tabs.setDocumentMode(True)
        for panel, title in (
            (self.plots, "Plots"),
            (self.gap, "Gap"),
            (self.branches, "Branches"),
            (self.futures, FUTURES),
            (self.latents, "Latents"),
            (self.latent_map, "Map"),
            (self.taken_actions, "Actions"),
            (self.practice, "Practice"),
        ):
            self._tabs.addTab(scrolled(panel), title)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 10, 10, 10)
        layout.addWidget(self.bar)
        layout.addWidget(self.strip)
        layout.addWidget(self._play_row(twin))
        layout.addWidget(below, 1)

    def _play_row(self, twin: QAction) -> QWidget:
        switch = QToolButton()
        switch.setDefaultAction(twin)
        switch.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return FlowBar((self.player, switch, together(self._dimension_label, self.dimension)))
