"""Connects the panels of the page of a new run with the choice and the workers."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer, Signal

from dreamer_studio.config import Config, with_values
from dreamer_studio.envs import TaskInfo, needs_trust
from dreamer_studio.runs.planning import default_preset
from dreamer_studio.studio.new_run.check_panel import CheckPanel
from dreamer_studio.studio.new_run.command_bar import CommandBar
from dreamer_studio.studio.new_run.place_looks import PlaceLooks
from dreamer_studio.studio.new_run.place_panel import PlacePanel
from dreamer_studio.studio.new_run.presets_panel import PresetsPanel
from dreamer_studio.studio.new_run.preview_panel import PreviewPanel
from dreamer_studio.studio.new_run.settings_panel import SettingsPanel
from dreamer_studio.studio.new_run.task_panel import TaskPanel
from dreamer_studio.studio.new_run.trials import Trials
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.new_run.choice import SEEDS, Choice, Review, choice_from, review
from dreamer_studio.viewing.new_run.measurements import PLAYING
from dreamer_studio.viewing.new_run.messages import TaskDefaults
from dreamer_studio.viewing.new_run.place import FOLDER, NAME

PREVIEW_MS = 300
"""Time without a change before a preview starts, so that a person can go through the list."""

TRUST = "This task runs code that its name points to. Show the preview only if you trust the code."


@dataclass(frozen=True)
class Panels:
    """The parts of the page."""

    tasks: TaskPanel
    preview: PreviewPanel
    check: CheckPanel
    presets: PresetsPanel
    place: PlacePanel
    settings: SettingsPanel
    command: CommandBar


class NewRunController(QObject):
    """Keeps the choice, asks the workers, and shows choice and answers in the panels.

    Attributes:
        choice: everything that the user has chosen or typed.
        review: the choice with the outcome of all checks.
        trials: the check of the task, and the measurement of a preset.

    Args:
        panels: the parts of the page.
        workers: the workers of the page.
        root: the folder of the runs.
        parent: the page.
    """

    startWanted: ClassVar[Signal] = Signal(object)
    """Emitted with a `NewRun` when the user starts it."""

    def __init__(self, panels: Panels, workers: PageWorkers, root: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._panels, self._workers = panels, workers
        channels = workers.channels
        self._tasks = AnswerReader(channels.tasks)
        self._defaults_answers = AnswerReader(channels.defaults)
        self._previews = AnswerReader(channels.preview)
        self._devices = AnswerReader(channels.device)
        self._places = PlaceLooks(workers)
        self._preset_chosen = False
        self._defaults: TaskDefaults | None = None
        self._task_problem = ""
        self._trusted = True
        self._settle = False
        self._previewed: tuple[object, ...] = ()
        self._preview_due = QTimer(self)
        self._preview_due.setSingleShot(True)
        self._preview_due.setInterval(PREVIEW_MS)
        self._preview_due.timeout.connect(self._show_preview)
        self.trials = Trials(panels.check, panels.presets, workers, self)
        self.choice = Choice(root=str(root), device=workers.device)
        self.review = Review(self.choice)
        self._connect()
        panels.place.set_texts({FOLDER: self.choice.root, SEEDS: self.choice.seeds})
        self._update()

    def take_settings(self, config: Config) -> None:
        """Fill the page with the task and all settings of another run."""
        self._settle = self._preset_chosen = True
        taken, before = choice_from(config, self.choice.root), self.choice
        self.choice = dataclasses.replace(taken, train_others=before.train_others, device=before.device)
        self._panels.presets.select(self.choice.preset)
        self._panels.place.set_texts({NAME: "", SEEDS: self.choice.seeds})
        self._panels.tasks.set_task(config.task)
        self._choose(TaskInfo(config.task, ""), trusted=not needs_trust(config.task))

    def choose_task(self, task: str) -> None:
        """Choose a task by name."""
        self._panels.tasks.set_task(task)
        self._choose(TaskInfo(task, ""))

    def start(self, *, paused: bool) -> None:
        """Report the run if nothing is wrong with it."""
        if self.review.new_run is not None:
            self.startWanted.emit(dataclasses.replace(self.review.new_run, paused=paused))

    def come_back(self) -> None:
        """Look at the folder again: the last visit may have made its run."""
        self._places.come_back()
        self._update()

    def tick(self) -> None:
        """Take the newest results."""
        self._take_tasks()
        self._take_device()
        self._take_defaults()
        self._take_place()
        self._take_preview()
        self.trials.tick()

    def _connect(self) -> None:
        panels = self._panels
        panels.tasks.chosen.connect(self._choose)
        panels.preview.again.clicked.connect(self._show_preview_again)
        panels.preview.check.clicked.connect(self._check)
        panels.presets.chosen.connect(self._choose_preset)
        panels.presets.measureWanted.connect(self._measure)
        self.trials.measurementEnded.connect(self._update)
        panels.place.edited.connect(lambda field, text: self._change(self.choice.with_place(field, text.strip())))
        panels.place.othersToggled.connect(lambda on: self._change(dataclasses.replace(self.choice, train_others=on)))
        panels.settings.edited.connect(lambda name, text: self._change(self.choice.with_setting(name, text)))
        panels.settings.resetWanted.connect(self._reset)
        panels.settings.presetCompared.connect(self._compare_preset)
        panels.command.startWanted.connect(lambda paused: self.start(paused=paused))

    def _choose(self, info: TaskInfo, *, trusted: bool = True) -> None:
        """Take a task; its settings and its preview follow."""
        self._trusted = trusted
        self._task_problem = info.problem
        self._defaults, self._previewed = None, ()
        self._preview_due.stop()
        self._workers.show_preview(None)
        self._workers.channels.defaults.withdraw()
        self.trials.cancel_check()
        self._panels.preview.show_task(info)
        self.choice = dataclasses.replace(self.choice, task=info.task)
        if not info.problem:
            self._workers.channels.defaults.ask(info.task)
        self._update()

    def _choose_preset(self, preset: str) -> None:
        self._preset_chosen = True
        self._change(dataclasses.replace(self.choice, preset=preset))

    def _reset(self, name: str) -> None:
        self._change(self.choice.without_setting(name) if name else dataclasses.replace(self.choice, changes={}))

    def _change(self, choice: Choice) -> None:
        self.choice = choice
        self._update()

    def _update(self) -> None:
        """Check the choice, and show the outcome everywhere."""
        configs = {} if self._defaults is None else self._defaults.configs
        self.review = review(self.choice, configs.get(self.choice.preset), self._task_problem, self._places.found)
        self._places.look(self.review.place)
        panels = self._panels
        panels.place.set_automatic_name(self.review.automatic_name)
        panels.place.set_problems(self.review.errors)
        panels.place.offer_others(self.review.new_run is not None and len(self.review.new_run.seeds) > 1)
        panels.settings.show_review(self.review)
        panels.command.show_review(self.review)
        panels.preview.check.setEnabled(self.review.config is not None)
        find = self._workers.measurements.find
        changed = {preset: with_values(config, self.review.settings) for preset, config in configs.items()}
        panels.presets.set_configs({preset: (config, find(config)) for preset, config in changed.items()})
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
            self._panels.preview.show_waiting(TRUST)

    def _show_preview_again(self) -> None:
        """Start the environment at the user's request. Without the task's settings, ask for them first."""
        self._trusted = True
        if self._defaults is None:
            self._set_task_problem("")
            self._panels.preview.show_starting()
            self._workers.channels.defaults.ask(self.choice.task)
        else:
            self._show_preview()

    def _show_preview(self) -> None:
        if self.review.config is not None:
            self._panels.preview.show_starting()
            self._set_task_problem("")
            self._workers.show_preview(self.review.config)

    def _set_task_problem(self, reason: str) -> None:
        if reason != self._task_problem:
            self._task_problem = reason
            self._update()

    def _compare_preset(self, preset: str) -> None:
        if self._defaults is not None:
            self._panels.settings.compare_with(self._defaults.configs[preset])

    def _check(self) -> None:
        if self.review.config is not None:
            self.trials.check(self.review.config)

    def _measure(self, preset: str) -> None:
        if self._defaults is not None:
            self.trials.measure(preset, with_values(self._defaults.configs[preset], self.review.settings))

    def _take_tasks(self) -> None:
        if (answer := self._tasks.current()) is None:
            return
        if answer.failure is not None:
            self._panels.tasks.set_problem(answer.failure.reason)
        elif answer.result is not None:
            self._panels.tasks.set_tasks(answer.result.tasks)

    def _take_defaults(self) -> None:
        if (answer := self._defaults_answers.current()) is None:
            return
        if answer.failure is not None:
            self._fail(answer.failure.reason)
        elif answer.result is not None and answer.result.task == self.choice.task:
            self._defaults = answer.result
            if self._settle:
                self._settle = False
                self.choice = self.choice.settled(self._defaults.configs[self.choice.preset])
            self._update()

    def _take_device(self) -> None:
        """Propose the preset for the device of this machine, unless the user has chosen one."""
        if (answer := self._devices.current()) is None or answer.result is None:
            return
        preset = default_preset(answer.result)
        self._panels.presets.set_proposed(preset, answer.result)
        if not self._preset_chosen and preset != self.choice.preset:
            self._panels.presets.select(preset)
            self._change(dataclasses.replace(self.choice, preset=preset))

    def _take_place(self) -> None:
        """Take the newest look at the folder. After a visit that made the run, clear the name."""
        if not self._places.take():
            return
        if self._places.made_its_run():
            self._panels.place.set_texts({NAME: ""})
            self.choice = dataclasses.replace(self.choice, name="")
        self._update()

    def _take_preview(self) -> None:
        if (answer := self._previews.current()) is None:
            return
        if answer.failure is not None:
            self._fail(answer.failure.reason)
        elif answer.result is not None:
            self._panels.preview.show_preview(answer.result)

    def _fail(self, reason: str) -> None:
        """Say that the task cannot be played."""
        self._panels.preview.show_failure(reason)
        self._set_task_problem(reason)


def _playing(config: Config) -> tuple[object, ...]:
    """Return the settings on which a preview depends."""
    return tuple(getattr(config, name) for name in PLAYING)
