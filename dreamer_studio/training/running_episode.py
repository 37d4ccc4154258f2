"""The episode that is running in the training environment."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs import EnvProcess, TimeStep
from dreamer_studio.replay import Episode, GrowingEpisode, GrowingStates
from dreamer_studio.training.env_keeper import EnvKeeper


class RunningEpisode:
    """Steps one environment and keeps the rows of the running episode.

    Not every simulator exposes its state, but a seeded episode can be played again. If the environment's process was
    closed in mid-episode, another process repeats the actions, and its last image must be the same.

    Attributes:
        keeper: keeps the environment's process.
        episode: the running episode; complete once `row` is its last; None if there is none.
        row: its newest row; None if there is no episode.
    """

    def __init__(self, keeper: EnvKeeper) -> None:
        self.keeper = keeper
        self.episode: GrowingEpisode | None = None
        self.row: TimeStep | None = None
        self._seed = 0
        self._in_step: EnvProcess | None = None  # the process that stands at the newest row

    @property
    def steps(self) -> int:
        """Environment steps of the running episode."""
        return 0 if self.episode is None else self.episode.total_steps

    def begin(self, seed: int) -> TimeStep:
        """Reset the environment, and return the first row."""
        env = self.keeper.get()
        # paper: Algorithm 1, reset
        self.row = env.reset(seed)
        self.episode = GrowingEpisode(len(self.row.action))
        self.episode.append(self.row)
        self._seed, self._in_step = seed, env
        return self.row

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """Take an agent step in the running episode, and return its row."""
        assert self._in_step is not None and self.episode is not None
        # paper: Algorithm 1, step
        self.row = self._in_step.step(action)  # not in a new process: the caller must learn that the process died
        self.episode.append(self.row)
        return self.row

    def newest_rows(self, most: int) -> list[TimeStep]:
        """Return the newest rows of the running episode, at most `most`, as when they were played."""
        if self.episode is None or self.row is None:
            return []
        stop = len(self.episode)
        start = max(0, stop - most)
        rows, states = self.episode.read(start, stop), self.episode.states.read(start, stop)
        before = [
            _row_of(rows, index, start + index, None if states is None else states[index])
            for index in range(len(rows) - 1)
        ]
        return [*before, self.row]

    def resume(self, episode: GrowingEpisode, seed: int) -> bool:
        """Repeat the actions of an unfinished episode, to bring the environment to its last row.

        Returns:
            whether that worked. If not (another version of the simulator, or one that is not deterministic), the
                caller must `discard` the episode.
        """
        env = self.keeper.get()
        row = env.reset(seed)
        states = GrowingStates()
        states.append(row.state)
        played = 0
        for part in episode.parts():
            for action in part.action if played else part.action[1:]:
                if row.is_last:
                    return False
                row = env.step(action)
                states.append(row.state)
            played += len(part)
        if row.is_last or not np.array_equal(row.image, part.image[-1]):
            return False
        episode.states = states  # simulator states from now; a checkpoint has none
        self.episode, self.row = episode, _row_of(part, len(part) - 1, played - 1, row.state)
        self._seed, self._in_step = seed, env
        return True

    def catch_up(self) -> bool:
        """Repeat the running episode if its process was closed. Returns False if that fails: then `discard` it."""
        in_step = self._in_step is not None and self._in_step.is_alive()  # a closed process is not alive
        if self.episode is None or self.row is None or self.row.is_last or in_step:
            return True
        return self.resume(self.episode, self._seed)

    def discard(self) -> None:
        """Forget the running episode."""
        self.episode = self.row = None


def _row_of(rows: Episode, index: int, number: int, state: NDArray[np.float64] | None) -> TimeStep:
    """Return a row of an unfinished episode; `number` is its index in the whole episode."""
    return TimeStep(
        image=rows.image[index],
        action=rows.action[index],
        reward=float(rows.reward[index]),
        discount=float(rows.discount[index]),
        is_first=number == 0,
        end=None,
        steps=int(rows.steps[index]),
        state=state,
    )
