"""The training environment and the episode that is running in it."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.config import Config
from dreamer_studio.envs import EnvProcess, Interruption, TimeStep
from dreamer_studio.replay import Episode, episode_of, states_of
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

    Attributes:
        rows: of the running episode, its reset first; none where no episode has begun or the last one was stored.
    """

    def __init__(self, opener: Callable[[], EnvProcess], env: EnvProcess | None = None) -> None:
        self._opener = opener
        self._env = env
        self._seed = 0
        self._in_step = env is not None
        self.rows: list[TimeStep] = []

    @property
    def opened(self) -> bool:
        """Whether an environment's process has started, be it alive or not."""
        return self._env is not None

    @property
    def running(self) -> bool:
        """Whether an episode has begun and not ended."""
        return bool(self.rows)

    @property
    def row(self) -> TimeStep | None:
        """The newest row of the running episode."""
        return self.rows[-1] if self.rows else None

    @property
    def running_steps(self) -> int:
        """Simulator steps of the running episode."""
        return sum(row.steps for row in self.rows)

    def begin(self, seed: int) -> TimeStep:
        """Reset the environment."""
        self.rows = [self._open().reset(seed)]
        self._seed = seed
        self._in_step = True
        return self.rows[0]

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """One agent step in the running episode."""
        assert self.rows
        assert self._env is not None
        self.rows.append(self._env.step(action))  # not on a new one: that a process died is for the caller to hear
        return self.rows[-1]

    def partial(self) -> Episode | None:
        """The running episode as far as it goes; whole once `row` is its last."""
        return episode_of(self.rows) if self.rows else None

    def states(self) -> NDArray[np.float64] | None:
        """The simulator's states at the rows of `partial`, (L, n), where it tells them."""
        return states_of(self.rows)

    def resume(self, episode: Episode, seed: int) -> bool:
        """Bring the environment to the end of a `partial` episode by playing its actions again.

        Returns:
            whether it got there; if not (the simulator is another version, or is not deterministic), it is for the
                caller to `discard`.
        """
        return self._play_again([_row_of(episode, index) for index in range(len(episode))], seed)

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
        in_step = self._in_step and self._env is not None and self._env.is_alive()
        if not self.rows or self.rows[-1].is_last or in_step:
            return True
        return self._play_again(self.rows, self._seed)

    def discard(self) -> None:
        """Forget the running episode, as after it was stored."""
        self.rows = []

    def close(self) -> None:
        """End the environment's process; the running episode stays and can `catch_up`."""
        if self._env is not None:
            self._env.close()
        self._env = None
        self._in_step = False

    def _play_again(self, rows: list[TimeStep], seed: int) -> bool:
        env = self._open()
        row = env.reset(seed)
        states = [row.state]
        for wanted in rows[1:]:
            if row.is_last:
                break
            row = env.step(wanted.action)
            states.append(row.state)
        self._in_step = not row.is_last and np.array_equal(row.image, rows[-1].image)
        if self._in_step:  # with the states that they were found in now: those are not saved
            self.rows = [dataclasses.replace(row, state=state) for row, state in zip(rows, states, strict=True)]
            self._seed = seed
        return self._in_step

    def _open(self) -> EnvProcess:
        if self._env is None or not self._env.is_alive():
            if self._env is not None:
                self._env.close()
            self._env = self._opener()
        return self._env


def _row_of(episode: Episode, index: int) -> TimeStep:
    """A row of an episode that had not ended, without the simulator's state."""
    return TimeStep(
        image=episode.image[index],
        action=episode.action[index],
        reward=float(episode.reward[index]),
        discount=float(episode.discount[index]),
        is_first=index == 0,
        is_last=False,
        is_terminal=bool(episode.is_terminal[index]),
        steps=int(episode.steps[index]),
    )
