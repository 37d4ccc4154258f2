"""Collects episodes with the training environment."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from dreamer_studio.dreamer.agent import exploration_amount
from dreamer_studio.dreamer.latent import LatentState
from dreamer_studio.envs import TimeStep, WaitInterruptedError, episode_seed
from dreamer_studio.training.batches import BatchSource
from dreamer_studio.training.env_keeper import EnvKeeper
from dreamer_studio.training.events import EpisodeEnded, Event, PhaseBegins, Recovered, StepTaken
from dreamer_studio.training.faults.environment import EnvFaults
from dreamer_studio.training.faults.safety_bound import SafetyBound
from dreamer_studio.training.faults.still_frames import StillFrames
from dreamer_studio.training.pace import Pace
from dreamer_studio.training.playing import observe_row
from dreamer_studio.training.running_episode import RunningEpisode
from dreamer_studio.training.state import TrainingState


class Collecting:
    """Takes agent steps, and stores each episode at its end.

    Attributes:
        running: the running episode and the environment's process.
        posterior: before the newest row of the running episode; None at its first row and in the prefill.
        pace: seconds per agent step.
    """

    def __init__(
        self,
        state: TrainingState,
        keeper: EnvKeeper,
        batches: BatchSource,
        faults: EnvFaults,
        safety_bound: SafetyBound,
    ) -> None:
        """Begin without an episode; `batches` is settled before the replay store is changed."""
        self._state = state
        self._batches = batches
        self._faults = faults
        self._safety_bound = safety_bound
        self._still_frames = StillFrames()
        self.running = RunningEpisode(keeper)
        self.posterior: LatentState | None = None
        self.pace = Pace()

    @property
    def episode_waits(self) -> bool:
        """Return whether an episode has ended that could not be written yet."""
        return self.running.row is not None and self.running.row.is_last

    def running_rows(self, most: int) -> list[StepTaken]:
        """Return the newest rows of the running episode, at most `most`, as `collect` reports them."""
        episode, rows = self.running.episode, self.running.newest_rows(most)
        first = len(episode) - len(rows) if episode is not None else 0
        return [StepTaken(self._state.counters.episode, first + index, row) for index, row in enumerate(rows)]

    def collect(self) -> Iterator[Event]:
        """Take one agent step, after a reset if no episode is running.

        Raises:
            EnvError: the environment failed.
            StorageError: the episode has ended and cannot be written now; `end_episode` tries again.
        """
        counters = self._state.counters
        yield PhaseBegins("prefill" if counters.prefilling else "collecting")
        if self.running.episode is None:
            yield from self._begin_episode()
        assert self.running.row is not None and self.running.episode is not None
        began = time.perf_counter()
        row = self._step(self.running.row)
        self.pace.add(time.perf_counter() - began)
        counters.step += row.steps
        self._state.steps_speed.mark(counters.step)
        episode, index = counters.episode, len(self.running.episode) - 1
        ended = self.end_episode() if row.is_last else None
        still = self._still_frames.look(row)
        yield StepTaken(episode, index, row)
        if still:
            yield Recovered(still)
        if ended is not None:
            yield from self._safety_bound.tell(ended)

    def catch_up(self) -> Iterator[Event]:
        """Bring a new process of the environment to where the running episode is, or discard the episode."""
        if not self.running.catch_up():
            self.note_other_world(self.running.steps)
            self.discard_episode()
        yield from ()

    def end_episode(self) -> EpisodeEnded:
        """Store the episode that has ended, and count it.

        Raises:
            StorageError: the episode cannot be written now; nothing has changed.
            RunTakenOverError: another trainer took over; nothing has changed.
        """
        state, counters = self._state, self._state.counters
        kind: Literal["prefill", "train"] = "prefill" if counters.prefilling else "train"
        episode, row = self.running.episode, self.running.row
        assert episode is not None and row is not None and row.end is not None
        end = row.end
        self._batches.settle()
        with state.storage():
            # paper: Algorithm 1, add experience
            state.store.add_packed(episode.pack(), len(episode), episode.total_steps, counters.episode)
        self.running.discard()
        self.posterior = None
        number = counters.episode
        counters.episode += 1
        self._faults.forget()
        if counters.prefilling and counters.step >= state.config.prefill:
            counters.learning_since = counters.step
        length = len(episode) - 1
        values = {"episode": number, "return": episode.total_reward, "length": length, "end": end}
        state.write_with_speeds(kind, values)
        if kind == "prefill" and not counters.prefilling:
            state.steps_speed.restart()  # random steps are many times faster than steps between updates
        return EpisodeEnded(kind, episode.total_reward, length, end)

    def discard_episode(self) -> None:
        """Give up the running episode, as after a fault of its environment; its steps no longer count."""
        self._state.counters.step -= self.running.steps
        self._state.steps_speed.restart()
        self.running.discard()
        self.posterior = None
        self._state.saved = None  # the same numbers may soon mean another episode

    def give_up(self) -> bool:
        """Discard the running episode and end the environment's process, which has failed.

        Returns:
            whether it failed in the first step of an episode.
        """
        row = self.running.row
        in_first_step = row is not None and row.is_first
        at_reset = self.running.keeper.env is not None and self.running.episode is None
        if self._faults.given_up(seed_suspect=at_reset):  # later in an episode the actions differ from try to try
            number = self._state.counters.episode
            self._state.notes.append(f"Episode {number:,} was skipped: its reset failed repeatedly")
            self._state.counters.episode += 1
        self.discard_episode()
        self.running.keeper.close()
        return in_first_step

    def note_other_world(self, steps: int) -> None:
        """Note that the environment did not repeat the running episode, whose `steps` environment steps are lost."""
        self._state.notes.append(
            f"The running episode could not be played again: with the same seed and actions, {self._state.config.task} "
            f"behaved differently. Its {steps:,} environment steps no longer count, and the episode begins again"
        )

    def _begin_episode(self) -> Iterator[Event]:
        config, counters = self._state.config, self._state.counters
        yield from self._faults.report_replaced(self.running.keeper.close_if_unsound(config.env_memory_mb))
        first = self.running.begin(episode_seed(config.seed, counters.episode, "train"))
        self._still_frames.look(first)
        yield StepTaken(counters.episode, 0, first)

    def _step(self, row: TimeStep) -> TimeStep:
        """Take an agent step. If the wait for it is interrupted, nothing has changed: `collect` takes it again."""
        noise, posterior = self._state.noise.state(), self.posterior
        try:
            return self.running.step(self._choose_action(row))
        except WaitInterruptedError:
            self._state.noise.restore(noise)
            self.posterior = posterior
            raise

    def _choose_action(self, row: TimeStep) -> NDArray[np.float32]:
        """Draw an action (A,): uniform in the prefill, then the policy's sample with exploration noise."""
        agent, noise, counters = self._state.agent, self._state.noise, self._state.counters
        if counters.prefilling:
            # paper: Algorithm 1, seed episodes
            action = agent.random_action(1, noise)
        else:
            # paper: Algorithm 1, compute the state
            self.posterior = observe_row(agent, self.posterior, row, noise)
            # paper: Algorithm 1, compute the action
            action = agent.act(self.posterior.feat, noise)
            # paper: Algorithm 1, explore
            action = agent.explore(action, exploration_amount(self._state.config, counters.step), noise)
        chosen: NDArray[np.float32] = action.squeeze(0).cpu().numpy()
        return chosen
