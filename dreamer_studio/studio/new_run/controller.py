"""Connects the panels of the page of a new run with the choice and the workers."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import ClassVar

from PySide6.QtCore import QObject, Signal

from dreamer_studio.config import Config, offered_presets, with_values
from dreamer_studio.envs import TaskInfo, needs_trust
from dreamer_studio.runs.planning import AUTO, default_preset
from dreamer_studio.studio.new_run.automatic import AutomaticMeasurement
from dreamer_studio.studio.new_run.check_panel import CheckPanel
from dreamer_studio.studio.new_run.command_bar import CommandBar
from dreamer_studio.studio.new_run.place_looks import PlaceLooks
from dreamer_studio.studio.new_run.place_panel import PlacePanel
from dreamer_studio.studio.new_run.presets_panel import PresetsPanel
from dreamer_studio.studio.new_run.preview_panel import PreviewPanel
from dreamer_studio.studio.new_run.previews import Previews
from dreamer_studio.studio.new_run.settings_panel import SettingsPanel
from dreamer_studio.studio.new_run.task_panel import TaskPanel
from dreamer_studio.studio.new_run.trials import Trials
from dreamer_studio.studio.new_run.workers import PageWorkers
from dreamer_studio.viewing.channel import AnswerReader
from dreamer_studio.viewing.new_run.choice import SEEDS, Choice, Review, choice_from, review
from dreamer_studio.viewing.new_run.messages import TaskDefaults
from dreamer_studio.viewing.new_run.place import FOLDER, NAME


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

    studyWanted: ClassVar[Signal] = Signal(object)
    """Emitted with a `NewStudy` when the user starts it."""

    def __init__(self, panels: Panels, workers: PageWorkers, root: Path, parent: QObject) -> None:
        super().__init__(parent)
        self._panels, self._workers = panels, workers
        channels = workers.channels
        self._tasks = AnswerReader(channels.tasks)
        self._defaults_answers = AnswerReader(channels.defaults)
        self._devices = AnswerReader(channels.device)
        self._places = PlaceLooks(workers)
        self._preset_chosen = False
        self._device = AUTO
        self._defaults: TaskDefaults | None = None
        self._task_problem = ""
        self._settle = False
        self._previews = Previews(panels.preview, workers, self)
        self.trials = Trials(panels.check, panels.presets, workers, self)
        self._automatic = AutomaticMeasurement(self.trials, self._previews, panels.presets, workers, self)
        self.choice = Choice(root=str(root), device=workers.device)
        self.review = Review(self.choice)
        self._connect()
        panels.place.set_texts({FOLDER: self.choice.root, SEEDS: self.choice.seeds})
        self._update()

    def take_settings(self, config: Config) -> None:
        """Fill the page with the task and all settings of another run."""
        self._settle = self._preset_chosen = True
        taken, before = choice_from(config, self.choice.root), self.choice
        self.choice = dataclasses.replace(taken, device=before.device, found_device=before.found_device)
        self._panels.presets.select(self.choice.preset)
        self._panels.place.set_texts({NAME: "", SEEDS: self.choice.seeds})
        self._panels.tasks.set_task(config.task)
        self._choose(TaskInfo(config.task, ""), trusted=not needs_trust(config.task))

    def choose_task(self, task: str) -> None:
        """Choose a task by name."""
        self._panels.tasks.set_task(task)
        self._choose(TaskInfo(task, ""))

    def start(self, *, paused: bool) -> None:
        """Report the run or study if nothing is wrong with it. A study cannot begin paused."""
        if self.review.new_study is not None and not paused:
            self.studyWanted.emit(self.review.new_study)
        elif self.review.new_run is not None:
            self.startWanted.emit(dataclasses.replace(self.review.new_run, paused=paused))

    def come_back(self) -> None:
        """Look at the folder again: the last visit may have made its run."""
        self._places.come_back()
        self._automatic.come_back()
        self._update()

    def leave(self) -> None:
        """End the check and all measurements: nobody would see their results."""
        self.trials.leave()
        self._automatic.leave()

    def tick(self) -> None:
        """Take the newest results."""
        self._take_tasks()
        self._take_device()
        self._take_defaults()
        self._take_place()
        self._previews.tick()
        self.trials.tick()

    def _connect(self) -> None:
        panels = self._panels
        panels.tasks.chosen.connect(self._choose)
        panels.preview.again.clicked.connect(self._start_preview)
        self._previews.started.connect(lambda: self._set_task_problem(""))
        self._previews.failed.connect(self._set_task_problem)
        panels.preview.check.clicked.connect(self._check)
        panels.presets.chosen.connect(self._choose_preset)
        panels.presets.measureWanted.connect(self._measure)
        self.trials.measurementEnded.connect(self._update)
        panels.place.edited.connect(lambda field, text: self._change(self.choice.with_place(field, text.strip())))
        panels.settings.edited.connect(lambda name, text: self._change(self.choice.with_setting(name, text)))
        panels.settings.resetWanted.connect(self._reset)
        panels.settings.presetCompared.connect(self._compare_preset)
        panels.command.startWanted.connect(lambda paused: self.start(paused=paused))

    def _choose(self, info: TaskInfo, *, trusted: bool = True) -> None:
        """Take a task; its settings and its preview follow."""
        self._task_problem = info.problem
        self._defaults = None
        self._previews.begin_task(info, trusted=trusted)
        self._workers.channels.defaults.withdraw()
        self.trials.cancel_check()
        self.choice = dataclasses.replace(self.choice, task=info.task)
        self._panels.presets.offer(offered_presets(info.task))
        self._propose_preset()
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
        panels.settings.show_review(self.review)
        panels.command.show_review(self.review)
        panels.preview.check.setEnabled(self.review.config is not None)
        self._show_estimates({preset: with_values(each, self.review.settings) for preset, each in configs.items()})
        if self.review.config is not None:
            self._previews.want(self.review.config)

    def _show_estimates(self, configs: Mapping[str, Config]) -> None:
        find, device = self._workers.measurements.find, self._workers.device
        self._panels.presets.set_configs({preset: (each, find(each, device)) for preset, each in configs.items()})
        valid = self.review.errors.keys() <= {NAME, FOLDER, SEEDS}
        self._automatic.want(self.choice.preset, configs, valid=valid)

    def _start_preview(self) -> None:
        """Start the environment at the user's request. Without the task's settings, ask for them first."""
        self._previews.start_now()
        if self._defaults is None:
            self._set_task_problem("")
            self._workers.channels.defaults.ask(self.choice.task)

    def _set_task_problem(self, reason: str) -> None:
        if reason != self._task_problem:
            self._task_problem = reason
            self._update()

    def _compare_preset(self, preset: str) -> None:
        if self._defaults is not None and preset:
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
            self._previews.fail(answer.failure.reason)
        elif answer.result is not None and answer.result.task == self.choice.task:
            self._defaults = answer.result
            if self._settle:
                self._settle = False
                self.choice = self.choice.settled(self._defaults.configs[self.choice.preset])
            self._compare_preset(self._panels.settings.compared_preset)
            self._update()

    def _take_device(self) -> None:
        """Propose the preset for the device of this machine, unless the user has chosen one."""
        if (answer := self._devices.current()) is None or answer.result is None:
            return
        self._device = answer.result
        self.choice = dataclasses.replace(self.choice, found_device=answer.result)
        self._propose_preset()
        self._update()

    def _propose_preset(self) -> None:
        """Choose the preset for the task and the device, unless the user has chosen one that the task offers."""
        task = self.choice.task
        preset = default_preset(self._device, task)
        if self._device != AUTO:  # the lesson's preset suits any device
            self._panels.presets.set_proposed("" if preset == "lesson" else preset, self._device)
        if not self._preset_chosen or self.choice.preset not in offered_presets(task):
            self._panels.presets.select(preset)
            self.choice = dataclasses.replace(self.choice, preset=preset)

    def _take_place(self) -> None:
        """Take the newest look at the folder. After a visit that made the run, clear the name."""
        if not self._places.take():
            return
        if self._places.made_its_run():
            self._panels.place.set_texts({NAME: ""})
            self.choice = dataclasses.replace(self.choice, name="")
        self._update()
