"""The page of a new run."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.config import Config
from dreamer_studio.runs.planning import AUTO
from dreamer_studio.studio.actions import action
from dreamer_studio.studio.help import pages
from dreamer_studio.studio.help.help import Help
from dreamer_studio.studio.new_run.card_rows import CardRows
from dreamer_studio.studio.new_run.check_panel import CheckPanel
from dreamer_studio.studio.new_run.command_bar import CommandBar
from dreamer_studio.studio.new_run.controller import NewRunController, Panels
from dreamer_studio.studio.new_run.place_panel import PlacePanel
from dreamer_studio.studio.new_run.presets_panel import PresetsPanel
from dreamer_studio.studio.new_run.preview_panel import PreviewPanel
from dreamer_studio.studio.new_run.settings_panel import SettingsPanel
from dreamer_studio.studio.new_run.task_panel import TaskPanel
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.viewing.new_run.choice import Choice, Review
from dreamer_studio.viewing.new_run.measurements import Measurements, measurements_path

TICK_MS = 33


class NewRunPage(QWidget):
    """Chooses everything about a new run. Nothing is written and nothing trains before the user starts the run.

    The page starts its threads when it appears and stops them when it disappears. Call `end` before deleting the page.

    Attributes:
        panels: the parts of the page.
        cards: the area with all parts but the command.

    Args:
        theme: the colors.
        root: the folder of the runs.
        device: where this window computes, for workers that the page makes.
        roots: returns the folders of runs, or runs themselves, for workers that the page makes.
        workers: the workers of the page; None makes the usual ones.
        parent: the owner.
    """

    startWanted: ClassVar[Signal] = Signal(object)
    """Emitted with a `NewRun` when the user starts it."""

    studyWanted: ClassVar[Signal] = Signal(object)
    """Emitted with a `NewStudy` when the user starts it."""

    canceled: ClassVar[Signal] = Signal()
    """Emitted when the user leaves the page without a run."""

    def __init__(
        self,
        theme: Theme,
        root: Path,
        workers: PageWorkers | None = None,
        parent: QWidget | None = None,
        *,
        device: str = AUTO,
        roots: Callable[[], Iterable[Path]] = tuple,
    ) -> None:
        super().__init__(parent)
        self._workers = workers or PageWorkers(Measurements(measurements_path()), device, roots, self)
        self.panels = Panels(
            tasks=TaskPanel(),
            preview=PreviewPanel(theme),
            check=CheckPanel(theme),
            presets=PresetsPanel(),
            place=PlacePanel(),
            settings=SettingsPanel(),
            command=CommandBar(),
        )
        self._check_card = _card(theme, "Check", pages.CHECK, self.panels.check)
        self._check_card.hide()
        settings_card = _card(theme, "Settings", pages.SETTINGS, self.panels.settings)
        self.cards = CardRows(
            (
                _card(theme, "Task", pages.TASK, self.panels.tasks),
                _card(theme, "Preview", pages.PREVIEW, self.panels.preview),
            ),
            (self._check_card,),
            (
                _card(theme, "Size", pages.SIZE, self.panels.presets),
                _card(theme, "Place", pages.PLACE, self.panels.place),
            ),
            (settings_card,),
        )
        self._controller = NewRunController(self.panels, self._workers, root, self)
        self._controller.startWanted.connect(self.startWanted)
        self._controller.studyWanted.connect(self.studyWanted)
        self._controller.trials.checkBegun.connect(self._show_check)
        self.panels.settings.unfolded.connect(functools.partial(self._scroll_to, settings_card))
        self.panels.command.canceled.connect(self.canceled)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._controller.tick)
        self._bind_keys()
        self._lay_out()

    @property
    def choice(self) -> Choice:
        """Return everything that the user has chosen or typed."""
        return self._controller.choice

    @property
    def review(self) -> Review:
        """Return the choice with the outcome of all checks."""
        return self._controller.review

    def take_settings(self, config: Config) -> None:
        """Fill the page with the task and all settings of another run."""
        self._controller.take_settings(config)

    def choose_task(self, task: str) -> None:
        """Choose a task by name."""
        self._controller.choose_task(task)

    def end(self) -> None:
        """End the threads and processes of the page, and wait until they have ended."""
        self._clock.stop()
        self._workers.end()

    def showEvent(self, event: QShowEvent) -> None:
        """Start the threads; the first look asks for the tasks."""
        super().showEvent(event)
        if event.spontaneous():
            return
        self._workers.begin()
        self._controller.come_back()
        self._workers.channels.tasks.stand(None)
        self._workers.channels.device.stand(self._workers.device)
        self._clock.start()
        self.panels.tasks.search_box.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the threads: nothing runs for a hidden page."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._clock.stop()
            self._controller.leave()
            self._workers.stop()

    def _show_check(self) -> None:
        self._check_card.show()
        self._scroll_to(self._check_card)

    def _scroll_to(self, card: Card) -> None:
        """Show a card from its top, once the page has its new layout."""
        QTimer.singleShot(0, self, lambda: self.cards.verticalScrollBar().setValue(card.y()))

    def _bind_keys(self) -> None:
        start = functools.partial(self._controller.start, paused=False)
        for id_, reaction in (("new_run.cancel", self.canceled.emit), ("new_run.start", start)):
            for key in action(id_).keys:
                shortcut = QShortcut(QKeySequence(key), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
                shortcut.activated.connect(reaction)

    def _lay_out(self) -> None:
        self.setAccessibleName("New run")
        self.setFocusProxy(self.panels.tasks.search_box)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.cards, 1)
        layout.addWidget(self.panels.command)


def _card(theme: Theme, title: str, help_text: Help, body: QWidget) -> Card:
    card = Card(theme, title, help_text=help_text, caption_lines=0)
    card.set_body(body)
    return card
