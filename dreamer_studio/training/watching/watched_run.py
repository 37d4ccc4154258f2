"""A watched run: its policy plays, nothing is learned or written, and new files from another process are followed."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

import torch

from dreamer_studio.config import Config, ConfigError
from dreamer_studio.envs import End, EnvProcess, EnvSpec, Interruption, episode_seed, open_env
from dreamer_studio.files import UnfitFileError
from dreamer_studio.replay import ReplayError
from dreamer_studio.runs.best import NEWEST
from dreamer_studio.runs.counters import Counters
from dreamer_studio.runs.errors import InputError
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.lease.hold import Hold
from dreamer_studio.runs.rows import Row
from dreamer_studio.runs.trained_agent import TrainedAgent, load_agent, with_earlier_choices
from dreamer_studio.texts import reason_of
from dreamer_studio.training.env_keeper import EnvKeeper
from dreamer_studio.training.events import EpisodeEnded, Event, PhaseBegins, Recovered, StepTaken
from dreamer_studio.training.faults.safety_bound import SafetyBound
from dreamer_studio.training.pace import SpeedMeter
from dreamer_studio.training.playing import play
from dreamer_studio.training.watching.followed_files import FollowedEpisodes, FollowedFiles
from dreamer_studio.training.watching.followed_weights import FollowedWeights, SameRun

STEP_SECONDS = 0.05
"""Least time from one agent step to the next, so that the user can follow."""


def open_watched(
    folder: RunFolder, device: torch.device, interruption: Interruption | None = None, checkpoint: str = NEWEST
) -> WatchedRun:
    """Open a run to watch it.

    Args:
        folder: the run.
        device: where to compute.
        interruption: ends waits for the environment.
        checkpoint: ``newest``, ``best`` or an environment step.

    Raises:
        NoCheckpointError: the run has no checkpoint yet.
        RunError: the folder is not a run.
        InputError: there is no such checkpoint.
        CheckpointError, ConfigError: the run is damaged.
    """
    trained = load_agent(folder, device, checkpoint)
    return WatchedRun(folder, trained, device, interruption, newest=checkpoint == NEWEST)


class Followed(NamedTuple):
    """What a look at a followed run found.

    Attributes:
        weights: whether the agent has newer weights.
        history: whether another object holds the rows of the log, because the log was rewritten.
    """

    weights: bool = False
    history: bool = False


class WatchedRun:
    """Has the interface of a `Trainer` that a session needs, without the training.

    Attributes:
        agent: the agent with the newest weights. Each change of weights makes another agent, so that a played episode
            has one policy from its reset to its end.
        history: the rows of the run's log.
        store: the stored episodes.
        hold: never taken, because watching keeps nobody out.
        notes: parts of the run that could not be read, a line each. The code that reports a line removes it.

    Args:
        folder: the run.
        trained: its agent.
        device: where to compute.
        interruption: ends waits for the environment.
        newest: whether to follow the newest weights; otherwise they stay those of `trained`.
    """

    learns = False
    prefilling = False
    updates_due = 0
    paces: tuple[float | None, float | None] = (None, None)
    seconds_left: float | None = None
    saved_at: tuple[int, float] | None = None

    def __init__(
        self,
        folder: RunFolder,
        trained: TrainedAgent,
        device: torch.device,
        interruption: Interruption | None = None,
        *,
        newest: bool = True,
    ) -> None:
        self.folder = folder
        self.hold = Hold(folder)
        self.config = trained.config
        self.spec: EnvSpec = trained.spec
        self.device = device
        self.agent = trained.agent
        self.counters = Counters(trained.step, trained.update, part_updates=trained.part_updates)
        self._files = FollowedFiles(folder)
        self._same = SameRun(folder, trained.config, trained.spec)
        self._weights = FollowedWeights(folder, trained, self._same, device, newest=newest)
        self._trouble = ""
        self.notes = list(trained.notes)
        self.steps_speed, self.updates_speed = SpeedMeter(), SpeedMeter()
        self._played_steps = 0
        self._safety_bound = SafetyBound(self.spec)
        self._env = EnvKeeper(lambda: open_env(self.config, interruption))

    @property
    def history(self) -> RowHistory[Row]:
        """Return the rows of the log."""
        return self._files.history

    @property
    def store(self) -> FollowedEpisodes:
        """Return the stored episodes."""
        return self._files.episodes

    def follow(self) -> Followed:
        """Take in another process's writes since the last look: rows of the log, episodes, settings, weights.

        A file that cannot be read now is tried again at the next look, and `notes` gets one line about it.
        """
        before, trained = self.history, self.agent
        troubles = [self._try(look) for look in (self._files.look, self._take_settings, self._take_weights)]
        trouble = next(filter(None, troubles), "")
        if trouble and trouble != self._trouble:
            self.notes.append(trouble)
        self._trouble = trouble
        return Followed(self.agent is not trained, self.history is not before)

    def running_rows(self, most: int) -> Sequence[StepTaken]:
        """Return no rows: an episode begins when the run is opened."""
        return ()

    def run(self) -> Iterator[Event]:
        """Play one episode after another, without end.

        Raises:
            EnvError: the environment failed. Another `run` continues with the next episode.
        """
        yield PhaseBegins("starting")
        while True:
            found = self._env.close_if_unsound(self.config.env_memory_mb)
            env = self._env.get()
            if found:
                yield Recovered(f"{found}. It was replaced by a new one.")
            yield PhaseBegins("playing")
            yield from self._play_episode(env)

    def close_environments(self) -> None:
        """End the environment's process; `run` opens it again."""
        self._env.close()

    def close(self) -> None:
        """End everything."""
        self.close_environments()

    def _try(self, look: Callable[[], object]) -> str:
        """Look at a part of the run. Return why it cannot be read now, or an empty text."""
        try:
            look()
        except (InputError, ConfigError, ReplayError, UnfitFileError, OSError) as error:
            return f"The run cannot be followed just now: {reason_of(error)}"
        return ""

    def _take_settings(self) -> None:
        if self._files.config_changed():
            config = with_earlier_choices(self.folder.read(), self.spec)
            self._same.check(config)
            self._set_config(config)

    def _take_weights(self) -> None:
        trained = self._weights.look()
        if trained is not None:
            self.agent = trained.agent
            self.counters.step, self.counters.update = trained.step, trained.update
            self.counters.part_updates = trained.part_updates
            self._set_config(trained.config)

    def _set_config(self, config: Config) -> None:
        if config != self.config:
            self.config = config

    def _play_episode(self, env: EnvProcess) -> Iterator[Event]:
        number = self.counters.episode
        self.counters.episode += 1
        total, index = 0.0, 0
        end: End | None = None
        due = time.monotonic()
        seed = episode_seed(self.config.seed, number, "view")
        for index, row in enumerate(play(self.agent, env, seed, self.device)):
            time.sleep(max(0.0, due - time.monotonic()))
            due = max(due, time.monotonic() - STEP_SECONDS) + STEP_SECONDS  # do not catch up after a pause
            total += row.reward
            end = row.end
            self._played_steps += row.steps
            self.steps_speed.mark(self._played_steps)
            yield StepTaken(number, index, row)
        assert end is not None
        yield from self._safety_bound.tell(EpisodeEnded("test", total, index, end))
