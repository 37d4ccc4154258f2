"""A watched run: its policy plays, and nothing is learned or written."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence

import torch

from dreamer_studio.envs import End, EnvProcess, EnvSpec, Interruption, episode_seed, open_env
from dreamer_studio.replay import EpisodeStore
from dreamer_studio.runs.best import NEWEST
from dreamer_studio.runs.counters import Counters
from dreamer_studio.runs.folder import RunFolder
from dreamer_studio.runs.history import RowHistory
from dreamer_studio.runs.metrics_file import read_history
from dreamer_studio.runs.rows import Row
from dreamer_studio.runs.trained_agent import TrainedAgent, load_agent
from dreamer_studio.training.env_keeper import EnvKeeper
from dreamer_studio.training.events import EpisodeEnded, Event, PhaseBegins, Recovered, StepTaken
from dreamer_studio.training.faults.safety_bound import SafetyBound
from dreamer_studio.training.pace import SpeedMeter
from dreamer_studio.training.playing import play

VIEWING_RAM_BYTES = 512 * 2**20
"""Most memory for the episodes of a watched run; the run's own setting may be smaller."""

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
        RunError: the folder is not a run, or has no checkpoint yet.
        InputError: there is no such checkpoint.
        CheckpointError, ConfigError: the run is damaged.
    """
    return WatchedRun(folder, load_agent(folder, device, checkpoint), device, interruption)


class WatchedRun:
    """Has the interface of a `Trainer` that a session needs, without the training.

    Attributes:
        history: the rows of the run's log.
        notes: parts of the run that could not be read, a line each. The code that reports a line removes it.
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
    ) -> None:
        self.folder = folder
        self.config = trained.config
        self.spec: EnvSpec = trained.spec
        self.device = device
        self.agent = trained.agent
        self.counters = Counters(step=trained.step, update=trained.update)
        self.store = EpisodeStore(folder.episodes, min(self.config.replay_ram_mb * 2**20, VIEWING_RAM_BYTES))
        self.notes = list(trained.notes)
        self.history: RowHistory[Row] = read_history(folder)
        self.steps_speed, self.updates_speed = SpeedMeter(), SpeedMeter()
        self._played_steps = 0
        self._safety_bound = SafetyBound(self.spec)
        self._env = EnvKeeper(lambda: open_env(self.config, interruption))

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
