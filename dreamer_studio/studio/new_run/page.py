"""The page of a new run."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from dreamer_studio.config import Config, with_values
from dreamer_studio.envs import TaskInfo, needs_trust
from dreamer_studio.studio.new_run.card_grid import CardGrid
from dreamer_studio.studio.new_run.command_bar import CommandBar
from dreamer_studio.studio.new_run.place_panel import PlacePanel
from dreamer_studio.studio.new_run.presets_panel import PresetsPanel
from dreamer_studio.studio.new_run.preview_panel import PreviewPanel
from dreamer_studio.studio.new_run.settings_panel import SettingsPanel
from dreamer_studio.studio.new_run.task_panel import TaskPanel
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.card import Card
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.new_run.choice import FOLDER, NAME, SEEDS, Choice, Review, choice_from, review
from dreamer_studio.viewing.new_run.measurements import PLAYING, Measurements, measurements_path
from dreamer_studio.viewing.new_run.messages import TaskDefaults

TICK_MS = 33
PREVIEW_MS = 300
"""Time without a change before a preview starts, so that a person can go through the list."""

TASK_HELP = (
    "All tasks that can be asked for here. Type to search. Tasks that cannot run yet say what is missing. A task that "
    "is not in the list can be typed, such as gym:./my_env.py:Name-v0; Enter chooses it."
)
PREVIEW_HELP = (
    "What the agent would see, while random actions are played in the environment's own process. The usual return is "
    "shown for tasks with published scores only."
)
SIZE_HELP = (
    "The preset gives all settings their first values. Measure makes some updates and actions on this machine, and "
    "extrapolates them to the whole run. Without a measurement, nothing is claimed."
)
PLACE_HELP = (
    "The run's folder has its settings, episodes, checkpoints and log. Nothing is written before the run starts."
)
SETTINGS_HELP = (
    "Every setting with its value, the preset's value, whether it can change later, its meaning and its range. Changed "
    "settings have a star. Compare shows the values of another preset or of a run beside them."
)
TRUST = "This task runs code that its name chose. Show the preview only if you trust the code."


class NewRunPage(QWidget):
    """Chooses everything about a new run. Nothing is written and nothing trains before the user starts the run.

    The page starts its threads when it appears and stops them when it disappears. Call `end` before deleting the page.

    Args:
        theme: the colors.
        root: the folder of the runs.
        workers: what computes for the page; None makes the usual workers.
        parent: the owner.
    """

    startWanted: ClassVar[Signal] = Signal(object)
    """Emitted with a `NewRun` when the user starts it."""

    canceled: ClassVar[Signal] = Signal()
    """Emitted when the user leaves the page without a run."""

    def __init__(
        self, theme: Theme, root: Path, workers: PageWorkers | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._workers = workers or PageWorkers(Measurements(measurements_path()), self)
        channels = self._workers.channels
        self._tasks = AnswerReader(channels.tasks)
        self._defaults_answers = AnswerReader(channels.defaults)
        self._previews = AnswerReader(channels.preview)
        self._measured = AnswerReader(channels.measure)
        self._defaults: TaskDefaults | None = None
        self._task_problem = ""
        self._trusted = True
        self._settle = False
        self._measuring = ""
        self._previewed: tuple[object, ...] = ()
        self.choice = Choice(root=str(root))
        self.review = Review(self.choice)
        self.tasks = TaskPanel()
        self.preview = PreviewPanel(theme)
        self.presets = PresetsPanel()
        self.place = PlacePanel()
        self.settings = SettingsPanel()
        self.command = CommandBar()
        self.cards = CardGrid(
            (_card(theme, "Task", TASK_HELP, self.tasks), _card(theme, "Preview", PREVIEW_HELP, self.preview)),
            (_card(theme, "Size", SIZE_HELP, self.presets), _card(theme, "Place", PLACE_HELP, self.place)),
            (_card(theme, "Settings", SETTINGS_HELP, self.settings),),
        )
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.cards, 1)
        layout.addWidget(self.command)
        self._clock = QTimer(self)
        self._clock.setInterval(TICK_MS)
        self._clock.timeout.connect(self._tick)
        self._preview_due = QTimer(self)
        self._preview_due.setSingleShot(True)
        self._preview_due.setInterval(PREVIEW_MS)
        self._preview_due.timeout.connect(self._show_preview)
        self._connect()
        self.setAccessibleName("New run")
        self.place.set_texts({FOLDER: self.choice.root, SEEDS: self.choice.seeds})
        self._update()

    def take_settings(self, config: Config) -> None:
        """Fill the page with the task and all settings of another run."""
        self._settle = True
        self.choice = choice_from(config, self.choice.root)
        self.presets.select(self.choice.preset)
        self.place.set_texts({NAME: "", SEEDS: self.choice.seeds})
        self.tasks.set_task(config.task)
        self._choose(TaskInfo(config.task, ""), trusted=not needs_trust(config.task))

    def choose_task(self, task: str) -> None:
        """Choose a task by name."""
        self.tasks.set_task(task)
        self._choose(TaskInfo(task, ""))

    def end(self) -> None:
        """End the threads and processes of the page, and wait for that."""
        self._clock.stop()
        self._workers.end()

    def showEvent(self, event: QShowEvent) -> None:
        """Start the threads; the first look asks for the tasks."""
        super().showEvent(event)
        if event.spontaneous():
            return
        self._workers.begin()
        self._workers.channels.tasks.stand(None)
        self._clock.start()
        self.tasks.search_box.setFocus()

    def hideEvent(self, event: QHideEvent) -> None:
        """Stop the threads: nothing of the page runs while nobody looks."""
        super().hideEvent(event)
        if not event.spontaneous():
            self._clock.stop()
            self._workers.stop()

    def _connect(self) -> None:
        self.tasks.chosen.connect(self._choose)
        self.preview.again.clicked.connect(self._show_preview_again)
        self.presets.chosen.connect(self._choose_preset)
        self.presets.measureWanted.connect(self._measure)
        self.presets.measureCanceled.connect(self._cancel_measurement)
        self.place.edited.connect(self._edit_place)
        self.settings.edited.connect(lambda name, text: self._change(self.choice.with_setting(name, text)))
        self.settings.resetWanted.connect(self._reset)
        self.settings.presetCompared.connect(self._compare_preset)
        self.command.startWanted.connect(self._start)
        self.command.canceled.connect(self.canceled)
        for keys, reaction in (("Esc", self.canceled.emit), ("Ctrl+Return", self.command.start.click)):
            shortcut = QShortcut(QKeySequence(keys), self, context=Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(reaction)

    def _choose(self, info: TaskInfo, *, trusted: bool = True) -> None:
        """Take a task; its settings and its preview follow."""
        self._trusted = trusted
        self._task_problem = info.problem
        self._defaults, self._previewed = None, ()
        self._workers.show_preview(None)
        self.preview.show_task(info)
        self.choice = dataclasses.replace(self.choice, task=info.task)
        if not info.problem:
            self._workers.channels.defaults.ask(info.task)
        self._update()

    def _choose_preset(self, preset: str) -> None:
        self._change(dataclasses.replace(self.choice, preset=preset))

    def _edit_place(self, field: str, text: str) -> None:
        self._change(self.choice.with_place(field, text.strip()))

    def _reset(self, name: str) -> None:
        self._change(self.choice.without_setting(name) if name else dataclasses.replace(self.choice, changes={}))

    def _change(self, choice: Choice) -> None:
        self.choice = choice
        self._update()

    def _update(self) -> None:
        """Check the choice, and show the outcome everywhere."""
        configs = {} if self._defaults is None else self._defaults.configs
        base = configs.get(self.choice.preset)
        self.review = review(self.choice, base, self._task_problem)
        self.place.set_automatic_name(self.review.automatic_name)
        self.place.set_problems(self.review.errors)
        self.settings.show_review(self.review)
        self.command.show_review(self.review)
        find = self._workers.measurements.find
        changed = {preset: with_values(config, self.review.settings) for preset, config in configs.items()}
        self.presets.set_configs({preset: (config, find(config)) for preset, config in changed.items()})
        self._ask_for_preview()

    def _ask_for_preview(self) -> None:
        """Start a preview after a moment if a setting of the environment has changed."""
        config = self.review.config
        if config is None or (wanted := _playing(config)) == self._previewed:
            return
        self._previewed = wanted
        if self._trusted:
            self._preview_due.start()
        else:
            self.preview.show_waiting(TRUST)

    def _show_preview_again(self) -> None:
        self._trusted = True
        self._show_preview()

    def _show_preview(self) -> None:
        if self.review.config is None:
            return
        self.preview.show_starting()
        self._set_task_problem("")
        self._workers.show_preview(self.review.config)

    def _set_task_problem(self, reason: str) -> None:
        if reason != self._task_problem:
            self._task_problem = reason
            self._update()

    def _compare_preset(self, preset: str) -> None:
        if self._defaults is not None:
            self.settings.compare_with(self._defaults.configs[preset])

    def _measure(self, preset: str) -> None:
        if self._defaults is None:
            return
        self._measuring = preset
        self.presets.set_measuring(preset)
        self._workers.measure(with_values(self._defaults.configs[preset], self.review.settings))

    def _cancel_measurement(self) -> None:
        self._workers.cancel_measurement()
        self._measuring = ""
        self.presets.set_measuring("")
        self._update()

    def _start(self, paused: bool) -> None:
        if self.review.new_run is not None:
            self.startWanted.emit(dataclasses.replace(self.review.new_run, paused=paused))

    def _tick(self) -> None:
        """Take the newest results."""
        self._take_tasks()
        self._take_defaults()
        self._take_preview()
        self._take_measurement()
        self.presets.tick()

    def _take_tasks(self) -> None:
        if (answer := self._tasks.current()) is None:
            return
        if answer.failure is not None:
            self.tasks.set_problem(answer.failure.reason)
        elif answer.result is not None:
            self.tasks.set_tasks(answer.result.tasks)

    def _take_defaults(self) -> None:
        if (answer := self._defaults_answers.current()) is None:
            return
        if answer.failure is not None:
            self.preview.show_failure(answer.failure.reason)
            self._set_task_problem(answer.failure.reason)
        elif answer.result is not None and answer.result.task == self.choice.task:
            self._defaults = answer.result
            if self._settle:
                self._settle = False
                self.choice = self.choice.settled(self._defaults.configs[self.choice.preset])
            self._update()

    def _take_preview(self) -> None:
        if (answer := self._previews.current()) is None:
            return
        if answer.failure is not None:
            self.preview.show_failure(answer.failure.reason)
            self._set_task_problem(answer.failure.reason)
        elif answer.result is not None:
            self.preview.show_preview(answer.result)

    def _take_measurement(self) -> None:
        if (answer := self._measured.current()) is None:
            return
        preset, self._measuring = self._measuring, ""
        self.presets.set_measuring("")
        self._update()
        if answer.failure is not None:
            self.presets.show_failure(preset, answer.failure.reason)


def _playing(config: Config) -> tuple[object, ...]:
    """Return the settings on which a preview depends."""
    return tuple(getattr(config, name) for name in PLAYING)


def _card(theme: Theme, title: str, help_text: str, body: QWidget) -> Card:
    card = Card(theme, title, help_text=help_text, caption_lines=0)
    card.set_body(body)
    return card
