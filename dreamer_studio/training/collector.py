"""The training environment and the episode that is running in it."""

from __future__ import annotations

import dataclasses

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs import EnvProcess, TimeStep
from dreamer_studio.replay import Episode, episode_of, states_of
from dreamer_studio.training.env_keeper import EnvKeeper


class Collector:
    """Steps one environment and keeps the rows of the running episode.

    Not every simulator tells its state, but a seeded episode can be played again: where the environment's process was
    closed in mid-episode, another one replays the actions, and the last picture has to be the same.

    Attributes:
        keeper: of the environment's process.
        rows: of the running episode, its reset first; none where no episode has begun or the last one was stored.
    """

    def __init__(self, keeper: EnvKeeper) -> None:
        self.keeper = keeper
        self.rows: list[TimeStep] = []
        self._seed = 0
        self._in_step: EnvProcess | None = None  # the one that stands where the rows end

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
        env = self.keeper.get()
        self.rows = [env.reset(seed)]
        self._seed, self._in_step = seed, env
        return self.rows[0]

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """One agent step in the running episode."""
        assert self._in_step is not None
        self.rows.append(self._in_step.step(action))  # not on a new one: that a process died is for the caller to hear
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

    def catch_up(self) -> bool:
        """Play the running episode again, if its process was closed. False if it cannot be: then `discard` it."""
        in_step = self._in_step is not None and self._in_step.is_alive()  # one that was closed is not
        if not self.rows or self.rows[-1].is_last or in_step:
            return True
        return self._play_again(self.rows, self._seed)

    def discard(self) -> None:
        """Forget the running episode, as after it was stored."""
        self.rows = []

    def _play_again(self, rows: list[TimeStep], seed: int) -> bool:
        env = self.keeper.get()
        row = env.reset(seed)
        states = [row.state]
        for wanted in rows[1:]:
            if row.is_last:
                break
            row = env.step(wanted.action)
            states.append(row.state)
        if row.is_last or not np.array_equal(row.image, rows[-1].image):
            return False
        # With the states that were found now: they are not saved.
        self.rows = [dataclasses.replace(row, state=state) for row, state in zip(rows, states, strict=True)]
        self._seed, self._in_step = seed, env
        return True


def _row_of(episode: Episode, index: int) -> TimeStep:
    """A row of an episode that had not ended, without the simulator's state."""
    return TimeStep(
        image=episode.image[index],
        action=episode.action[index],
        reward=float(episode.reward[index]),
        discount=float(episode.discount[index]),
        is_first=index == 0,
        end=None,
        steps=int(episode.steps[index]),
    )
