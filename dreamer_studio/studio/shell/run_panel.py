"""The Facts dock: the last action, facts about the run, and changed settings."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QScrollArea, QVBoxLayout, QWidget

from dreamer_studio.envs import EnvSpec
from dreamer_studio.library.trainer import Life, OtherTrainer
from dreamer_studio.session import LastEpisode, PlayedEpisodes, State, Status
from dreamer_studio.studio.theme import Theme
from dreamer_studio.studio.widgets.action_bars import ActionBars
from dreamer_studio.studio.widgets.key_values import KeyValueList
from dreamer_studio.studio.widgets.text import mute, plain_label

LEAST_WIDTH = 220  # logical pixels; a narrower dock would cut every line
LABELS = (
    "Task",
    "Preset",
    "Sees",
    "Acts",
    "Time limit",
    "Phase",
    "Updates",
    "Last return",
    "Last test",
    "Trainer",
    "Played now",
    "Replay",
    "Episodes",
    "Checkpoint",
    "Horizon",
    "Folder",
)
MOST_CHANGES = 20
_LEARNING = ("world model", "world model gradient", "imagination", "behavior gradient", "optimizers")
"""Phases of an update. They change several times a second, so the panel has one word for all of them."""

NO_CHANGES = "None. Changed settings, such as the training horizon, appear here and get a flag in every curve."
MIB = 2**20


class RunPanel(QScrollArea):
    """The contents of the Facts dock."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._bars: ActionBars | None = None
        self._bars_shown = True
        self._facts = KeyValueList(LABELS)
        self._driver = _muted("The bars fill with the first agent step.")
        self._changes = _muted(NO_CHANGES)
        content = QWidget()
        self._layout = QVBoxLayout(content)
        self._layout.setContentsMargins(12, 10, 12, 10)
        self._action_heading = _heading("Action")
        self._layout.addWidget(self._action_heading)
        self._layout.addWidget(self._driver)
        self._layout.addSpacing(10)
        self._layout.addWidget(_heading("Run"))
        self._layout.addWidget(self._facts)
        self._layout.addSpacing(10)
        self._layout.addWidget(_heading("Changes"))
        self._layout.addWidget(self._changes)
        self._layout.addStretch(1)
        self._layout.addWidget(_muted("F1 keys, guide and glossary \N{MIDDLE DOT} ? on any panel says what it shows"))
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QScrollArea.Shape.NoFrame)
        self.setMinimumWidth(LEAST_WIDTH)
        self.setAccessibleName("Facts")

    def set_spec(self, spec: EnvSpec) -> None:
        """Use the actions of the task."""
        if self._bars is None:
            self._bars = ActionBars(self._theme, spec.action_names, spec.action_kind)
            self._layout.insertWidget(1, self._bars)
            self._bars.setVisible(self._bars_shown)

    def show_action(self, action: NDArray[np.float32], status: Status) -> None:
        """Show the action that led to the newest frame, (A,)."""
        if self._bars is not None:
            self._bars.set_values(action)
            self._driver.setText(f"Executed action ({_actor_in_words(status)}).")

    def show_bars(self, shown: bool) -> None:
        """Show or hide the live environment's action."""
        self._bars_shown = shown
        for part in (self._action_heading, self._driver, self._bars):
            if part is not None:
                part.setVisible(shown)

    def show_status(self, status: Status) -> None:
        """Show the facts about the run."""
        config = status.config
        facts = self._facts.set_value
        facts("Task", config.task)
        facts("Preset", config.preset)
        facts("Sees", "-" if status.spec is None else status.spec.sees_in_words)
        facts("Acts", "-" if status.spec is None else status.spec.acts_in_words)
        facts("Time limit", limit_in_words(status.spec))
        facts("Phase", phase_in_words(status))
        facts("Updates", updates_in_words(status))
        facts("Last return", _episode_in_words(status.last_return))
        facts("Last test", _episode_in_words(status.last_test))
        self._facts.set_shown("Trainer", status.trainer is not None)
        facts("Trainer", trainer_in_words(status.trainer))
        self._facts.set_shown("Played now", status.watching)
        facts("Played now", played_in_words(status.played))
        facts("Replay", f"{status.replay_steps:,} steps, {status.replay_bytes / MIB:,.0f} MiB")
        facts("Episodes", f"{status.replay_episodes:,}")
        facts("Checkpoint", _saved_in_words(status))
        facts("Horizon", f"{config.horizon} in training")
        facts("Folder", str(status.folder))

    def show_changes(self, changes: Sequence[str]) -> None:
        """List changes of settings, oldest first. Of a long list, show only the newest."""
        lines = [f"\N{BLACK FLAG} {change}" for change in changes[-MOST_CHANGES:]]
        if len(changes) > len(lines):
            lines.insert(0, f"{len(changes) - len(lines):,} earlier changes")
        self._changes.setText("\n".join(lines) or NO_CHANGES)


def phase_in_words(status: Status) -> str:
    """Return the phase of the run in words."""
    if status.state is not State.RUNNING:
        return str(status.state.value)
    if status.prefill:
        if status.step >= status.config.prefill:
            return "prefill, to the end of this episode"
        return f"prefill, {status.step:,} of {status.config.prefill:,} steps"
    return "learning" if status.phase in _LEARNING else status.phase


def updates_in_words(status: Status) -> str:
    """Return the ratio of updates to environment steps in words."""
    config = status.config
    if config.update_blocks:
        return f"{config.train_steps} every {config.train_every:,} steps, in blocks"
    return f"1 every {config.train_every / config.train_steps:g} steps"


def _actor_in_words(status: Status) -> str:
    if status.watching:
        return "policy acts: its mode, without exploration"
    return "random, while the replay fills" if status.at_random else "policy acts: a sample, with exploration noise"


def limit_in_words(spec: EnvSpec | None) -> str:
    """Return the longest length of an episode and who set it, or a dash until the task is known."""
    if spec is None:
        return "-"
    steps = f"{spec.time_limit:,} steps"
    match spec.limit_source:
        case "setting":
            return f"{steps} (time_limit)"
        case "task":
            return f"{steps} (the task's own)"
        case "safety bound":
            return f"none; cut after {steps}"
        case None:
            return steps


def trainer_in_words(trainer: OtherTrainer | None) -> str:
    """Return the trainer of a watched run and its state, or a dash if no trainer is known."""
    if trainer is None:
        return "-"
    state = trainer.state if trainer.life in {Life.ALIVE, Life.ENDED} else trainer.life
    return f"{trainer.owner}, {state}" + (f", step {trainer.step:,}" if trainer.step else "")


def played_in_words(played: PlayedEpisodes | None) -> str:
    """Return the episodes that were played in a watched run in words."""
    if played is None:
        return "no whole episode yet"
    mean = f", mean {played.mean:,.1f} of {played.count:,}" if played.count > 1 else ""
    return f"{played.last:,.1f}{mean}"


def _episode_in_words(last: LastEpisode | None) -> str:
    if last is None:
        return "none yet"
    end = f"{last.end}, " if last.end is not None else ""
    return f"{last.total_reward:,.1f}, {end}step {last.step:,}"


def _saved_in_words(status: Status) -> str:
    if status.watching:
        return f"update {status.update:,}"
    if status.saved is None:
        return "none yet in this session"
    update, when = status.saved
    minutes = int((time.time() - when) / 60)
    return f"update {update:,}, " + (f"{minutes} min ago" if minutes else "just now")


def _heading(text: str) -> QLabel:
    label = QLabel(text)
    font = label.font()
    font.setBold(True)
    label.setFont(font)
    return label


def _muted(text: str) -> QLabel:
    label = plain_label(text, wrap=True)
    mute(label)
    return label
