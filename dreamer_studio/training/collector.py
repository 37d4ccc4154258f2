"""The training environment and the episode that is running in it."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.config import Config
from dreamer_studio.envs import EnvProcess, Interruption, TimeStep
from dreamer_studio.replay import Episode, EpisodeBuilder
from dreamer_studio.training.faults import leak_in_words


def open_env(config: Config, interruption: Interruption | None = None) -> EnvProcess:
    """Start the process of the task's environment.

    Raises:
        EnvError: there is no such task, or it cannot run here; the message says what to do.
        WaitInterruptedError: `interruption` says that nobody is to wait for it.
    """
    return EnvProcess(
        config.task,
        action_repeat=config.action_repeat,
        time_limit=config.time_limit or None,
        render_quality=config.render_quality,
        step_timeout=config.env_timeout,
        interruption=interruption,
    )


class Collector:
    """Steps one environment and keeps the rows of the running episode.

    The environment is opened when it is needed. Not every simulator tells its state, but a seeded episode can be played
    again: closing and re-opening in mid-episode replays the actions and checks that the last picture is the same.
    """

    def __init__(self, opener: Callable[[], EnvProcess], env: EnvProcess | None = None) -> None:
        self._opener = opener
        self._env = env
        self._builder: EpisodeBuilder | None = None
        self._seed = 0
        self._in_step = env is not None
        self.row: TimeStep | None = None

    @property
    def running(self) -> bool:
        """Whether an episode has begun and not ended."""
        return self._builder is not None

    @property
    def running_steps(self) -> int:
        """Simulator steps of the running episode."""
        return self._builder.total_steps if self._builder else 0

    @property
    def rows(self) -> int:
        """Rows of the running episode."""
        return len(self._builder) if self._builder else 0

    def begin(self, seed: int) -> TimeStep:
        """Reset the environment."""
        self.row = self._open().reset(seed)
        self._seed = seed
        self._builder = EpisodeBuilder()
        self._builder.add(self.row)
        self._in_step = True
        return self.row

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """One agent step in the running episode."""
        assert self._builder is not None
        assert self._env is not None
        self.row = self._env.step(action)  # not on a new one: that a process died is for the caller to hear
        self._builder.add(self.row)
        return self.row

    def partial(self) -> Episode | None:
        """The running episode as far as it goes; whole once `row` is its last."""
        return self._builder.build() if self._builder else None

    def states(self) -> NDArray[np.float64] | None:
        """The simulator's states at the rows of `partial`, (L, n), where it tells them."""
        return self._builder.states() if self._builder else None

    def resume(self, episode: Episode, seed: int) -> bool:
        """Bring the environment to the end of a `partial` episode by playing its actions again.

        Returns:
            whether it got there; if not (the simulator is another version, or is not deterministic), it is for the
                caller to `discard`.
        """
        env = self._open()
        row = env.reset(seed)
        states = [row.state]
        for action in episode.action[1:]:
            if row.is_last:
                break
            row = env.step(action)
            states.append(row.state)
        self._in_step = not row.is_last and np.array_equal(row.image, episode.image[-1])
        if self._in_step:
            self._builder, self.row, self._seed = EpisodeBuilder.resumed(episode, states), row, seed
        return self._in_step

    def close_if_leaking(self, limit_mb: int) -> str:
        """Between two episodes: end a process that `leak_in_words` says leaks; the next episode gets a new one.

        Returns:
            what was found, in words; nothing where all is well.
        """
        found = leak_in_words(self._env, limit_mb) if self._env is not None else ""
        if found:
            self.close()
        return found

    def catch_up(self) -> bool:
        """After a `close`: play the running episode again. False if it cannot be: then `discard` it."""
        ended = self.row is not None and self.row.is_last
        if self._builder is None or ended or (self._in_step and self._env is not None and self._env.is_alive()):
            return True
        return self.resume(self._builder.build(), self._seed)

    def discard(self) -> None:
        """Forget the running episode, as after it was stored."""
        self._builder = self.row = None

    def close(self) -> None:
        """End the environment's process; the running episode stays and can `catch_up`."""
        if self._env is not None:
            self._env.close()
        self._env = None
        self._in_step = False

    def _open(self) -> EnvProcess:
        if self._env is None or not self._env.is_alive():
            if self._env is not None:
                self._env.close()
            self._env = self._opener()
        return self._env
