"""A run of made or recorded episodes that learns nothing. A real session drives the run, as for a training."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from dreamer_studio.config import Config, with_overrides, write_config
from dreamer_studio.dreamer.fast import make_agent
from dreamer_studio.envs import EnvSpec
from dreamer_studio.replay import Episode, EpisodeStore
from dreamer_studio.runs.counters import Counters
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.lease.hold import Hold
from dreamer_studio.runs.rows import Row
from dreamer_studio.session import Session
from dreamer_studio.studio.theme import Theme
from dreamer_studio.training.events import EpisodeEnded, Event, PhaseBegins, StepTaken
from dreamer_studio.training.pace import SpeedMeter
from tests.support.episodes import row_of
from tests.support.recorded import EpisodeAndStates, Recording
from tests.support.small_runs import CPU, small_config
from tests.support.studio import Studio, show_window

ROWS = 61
"""Rows of a made episode: its reset and 60 agent steps."""

STEP_SECONDS = 0.01
PREFILL_EPISODES = 2
PENDULUM = EnvSpec("gym:Pendulum-v1", "continuous", 1, ("torque",), 1, 60, "", 0)
CART_POLE = EnvSpec("gym:CartPole-v1", "discrete", 2, ("push left", "push right"), 1, 60, "", 0)
REACHER = EnvSpec("dmc:reacher-easy", "continuous", 2, ("shoulder", "wrist"), 1, 60, "", 0)
SPECS = {spec.task: spec for spec in (PENDULUM, CART_POLE, REACHER)}


def made_images(count: int, seed: int = 0) -> NDArray[np.uint8]:
    """Return `count` different images of colored squares, (count, 64, 64, 3)."""
    squares = np.random.default_rng(seed).integers(0, 256, (count, 4, 4, 3), np.uint8)
    return squares.repeat(16, 1).repeat(16, 2)


def made_episode(seed: int, spec: EnvSpec = PENDULUM, rows: int = ROWS) -> Episode:
    """Return an episode of random images, actions and rewards that a time limit cut."""
    draw = np.random.default_rng(seed)
    if spec.action_kind == "discrete":
        action = np.eye(spec.action_size, dtype=np.float32)[draw.integers(0, spec.action_size, rows)]
    else:
        action = draw.uniform(-1, 1, (rows, spec.action_size)).astype(np.float32)
    action[0] = 0
    reward = draw.uniform(-1, 0, rows).astype(np.float32)
    reward[0] = 0
    taken = np.ones(rows, np.int32)
    taken[0] = 0
    return Episode(made_images(rows, seed), action, reward, np.ones(rows, np.float32), np.zeros(rows, np.bool_), taken)


class MadeRun:
    """Takes the place of a `Trainer` in a session: stored episodes, a running episode, and random weights.

    `run` takes a step of the running episode every `STEP_SECONDS`, forever.
    """

    learns = True
    paces: tuple[float | None, float | None] = (None, None)
    seconds_left: float | None = None
    saved_at: tuple[int, float] | None = None
    practice = None
    updates_due = 0

    def __init__(
        self,
        path: Path,
        config: Config,
        spec: EnvSpec,
        episodes: int,
        running: int,
        *,
        prefilling: bool,
        recording: Recording | None,
    ) -> None:
        """Write the stored episodes, numbered from 0. The running one has `running` rows, or all if it is shorter."""
        self.prefilling = prefilling
        self._recording = recording
        self.folder = RunFolder(path)
        self.hold = Hold(self.folder)
        self.config = config
        self.spec = spec
        self.device = CPU
        self.agent = make_agent(config, spec.action_size, spec.action_kind)
        self.agent.initialize(0)
        self.store = EpisodeStore(self.folder.episodes, 2**26)
        for number in range(len(self.store), episodes):
            episode = self._episode(number)
            self.store.add(episode.rows, episode.states)
        self._rows = min(running, len(self._episode(episodes).rows) - 1)
        self.counters = Counters(step=60 * episodes + self._rows, update=5, episode=episodes, learning_since=60)
        self.steps_speed, self.updates_speed = SpeedMeter(), SpeedMeter()
        self.notes: list[str] = []
        self.history: RowHistory[Row] = RowHistory()
        for number in range(episodes):
            self._log_episode(number)
        self.history.append("update", {"kind": "update", "step": self.counters.step, "update": self.counters.update})

    def running_rows(self, most: int) -> list[StepTaken]:
        episode = self._episode(self.counters.episode)
        return [self._step(episode, index) for index in range(max(0, self._rows - most), self._rows)]

    def run(self) -> Iterator[Event]:
        yield PhaseBegins("collecting")
        while True:
            episode = self._episode(self.counters.episode)
            while self._rows < len(episode.rows):
                time.sleep(STEP_SECONDS)
                self._rows += 1
                self.counters.step += 1
                self.steps_speed.mark(self.counters.step)
                yield self._step(episode, self._rows - 1)
            self.store.add(episode.rows, episode.states)
            self._log_episode(self.counters.episode)
            self.counters.episode += 1
            self._rows = 0
            yield EpisodeEnded("train", episode.rows.total_reward, len(episode.rows) - 1, "cut")

    def change(self, name: str, value: object) -> Row | None:
        """Change a setting and log the change, as a trainer does."""
        before = getattr(self.config, name, None)
        config = with_overrides(self.config, {name: value})
        if config == self.config:
            return None
        self.config = config
        counters = self.counters
        row: Row = {"kind": "change", "step": counters.step, "update": counters.update, "name": name}
        row |= {"before": before, "after": getattr(config, name)}
        self.history.append("change", row)
        return row

    def save(self) -> None:
        """Do nothing: there is nothing learned to save."""

    def close_environments(self) -> None:
        """Do nothing: there is no environment."""

    def close(self) -> None:
        """Do nothing: no file is open."""

    def _episode(self, number: int) -> EpisodeAndStates:
        if self._recording is not None:
            return self._recording.episodes[number]
        return EpisodeAndStates(made_episode(number, self.spec))

    def _log_episode(self, number: int) -> None:
        episode = self._episode(number).rows
        kind = "prefill" if number < PREFILL_EPISODES else "train"
        step = 60 * (number + 1)
        facts = {
            "kind": kind,
            "step": step,
            "update": 0,
            "episode": number,
            "return": episode.total_reward,
            "end": "cut",
        }
        self.history.append(kind, facts)

    def _step(self, episode: EpisodeAndStates, index: int) -> StepTaken:
        row = row_of(episode.rows, index, None if episode.states is None else episode.states[index])
        end: Literal["cut"] | None = "cut" if index == len(episode.rows) - 1 else None
        return StepTaken(self.counters.episode, index, replace(row, end=end))


def made_session(
    path: Path,
    *,
    spec: EnvSpec = PENDULUM,
    episodes: int = 4,
    running: int = 20,
    prefilling: bool = False,
    paused: bool = True,
    recording: Recording | None = None,
) -> Session:
    """Return a session on a made run.

    Args:
        path: the run folder.
        spec: the task's sizes and actions, as an environment would report them.
        episodes: number of stored episodes.
        running: rows of the episode that runs.
        prefilling: whether actions are still random.
        paused: whether the session begins paused.
        recording: real episodes instead of made ones; all but its last are stored, and `spec` is that of their
            environment.
    """
    if recording is not None:
        spec, episodes = recording.spec, len(recording.episodes) - 1
    config = small_config(spec.task, prefill=60 * PREFILL_EPISODES)
    folder = RunFolder(path)
    folder.make()
    write_config(config, folder.config_file)
    return Session(
        lambda: MadeRun(path, config, spec, episodes, running, prefilling=prefilling, recording=recording),
        config,
        path,
        "cpu",
        paused=paused,
    )


def open_made_studio(theme: Theme, bot: QtBot, path: Path, **made: object) -> Studio:
    """Show the window on a made run that begins paused, and wait until it is open.

    Args:
        theme, bot: of the test.
        path: the run folder, which must not hold anything but made episodes.
        made: the arguments of `made_session`.
    """
    session = made_session(path, **made)  # type: ignore[arg-type]
    studio = show_window(theme, bot, session, path.parent / "settings.json")
    studio.wait_for(lambda status: status.spec is not None)
    return studio


@pytest.fixture
def studio(theme: Theme, qtbot: QtBot, tmp_path: Path) -> Iterator[Studio]:
    """Yield a window on a made run, paused after some episodes and within another, so that nothing moves by itself."""
    studio = open_made_studio(theme, qtbot, tmp_path / "run")
    yield studio
    studio.leave()
