"""The training environment and the episode that is running in it."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.envs import EnvProcess, TimeStep
from dreamer_studio.replay import Episode, GrowingEpisode, GrowingStates
from dreamer_studio.training.env_keeper import EnvKeeper


class RunningEpisode:
    """Steps one environment and keeps the rows of the running episode.

    Not every simulator tells its state, but a seeded episode can be played again: where the environment's process was
    closed in mid-episode, another one replays the actions, and the last picture has to be the same.

    Attributes:
        keeper: of the environment's process.
        episode: the running episode; complete once `row` is its last; None before the first, or once it was stored.
        row: its newest row.
    """

    def __init__(self, keeper: EnvKeeper) -> None:
        self.keeper = keeper
        self.episode: GrowingEpisode | None = None
        self.row: TimeStep | None = None
        self._seed = 0
        self._in_step: EnvProcess | None = None  # the one that stands where the rows end

    @property
    def steps(self) -> int:
        """Simulator steps of the running episode."""
        return 0 if self.episode is None else self.episode.total_steps

    def begin(self, seed: int) -> TimeStep:
        """Reset the environment."""
        env = self.keeper.get()
        self.row = env.reset(seed)
        self.episode = GrowingEpisode(len(self.row.action))
        self.episode.append(self.row)
        self._seed, self._in_step = seed, env
        return self.row

    def step(self, action: NDArray[np.float32]) -> TimeStep:
        """One agent step in the running episode."""
        assert self._in_step is not None and self.episode is not None
        self.row = self._in_step.step(action)  # not on a new process: the caller must hear that a process died
        self.episode.append(self.row)
        return self.row

    def newest_rows(self, most: int) -> list[TimeStep]:
        """The newest rows of the running episode, at most `most`, as they were when it was played."""
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
        """Play the actions of an unfinished episode again, to bring the environment to its end.

        Returns:
            whether it got there; if not (the simulator is another version, or is not deterministic), it is for the
                caller to `discard`.
        """
        return self._play_again(episode, seed)

    def catch_up(self) -> bool:
        """Play the running episode again, if its process was closed. False if it cannot be: then `discard` it."""
        in_step = self._in_step is not None and self._in_step.is_alive()  # one that was closed is not
        if self.episode is None or self.row is None or self.row.is_last or in_step:
            return True
        return self._play_again(self.episode, self._seed)

    def discard(self) -> None:
        """Forget the running episode, as after it was stored."""
        self.episode = self.row = None

    def _play_again(self, episode: GrowingEpisode, seed: int) -> bool:
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
        episode.states = states  # the states found now, since none are saved
        self.episode, self.row = episode, _row_of(part, len(part) - 1, played - 1, row.state)
        self._seed, self._in_step = seed, env
        return True


def _row_of(rows: Episode, index: int, number: int, state: NDArray[np.float64] | None) -> TimeStep:
    """A row of an unfinished episode; `number` is its index in the whole episode."""
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
