"""Makes updates with batches from the replay."""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Generator, Iterator
from typing import Any, TypeVar

import torch

from dreamer_studio.config import Config
from dreamer_studio.dreamer.batch import Batch
from dreamer_studio.dreamer.behavior import BehaviorOutput
from dreamer_studio.dreamer.fast import Learner
from dreamer_studio.dreamer.learner import Part, Phase
from dreamer_studio.dreamer.noise import UpdateNoise
from dreamer_studio.replay import ReplayError
from dreamer_studio.training.batches import BatchSource
from dreamer_studio.training.cores import leave_cores
from dreamer_studio.training.errors import NoEpisodeError
from dreamer_studio.training.events import Event, PartUpdateDone, PhaseBegins, UpdateDone, UpdateSkipped
from dreamer_studio.training.faults.skipped_updates import SkippedUpdates
from dreamer_studio.training.hard_moments import LossWatch
from dreamer_studio.training.pace import Pace
from dreamer_studio.training.state import TrainingState

RandomStates = tuple[torch.Tensor, dict[str, Any]]
"""Of the noise and of the batches."""

Output = TypeVar("Output")


class Updating:
    """Takes batches and has the learner update the agent.

    Attributes:
        learner: the optimizers.
        skipped: counts skipped updates.
        practice: what the newest update imagined and learned from; set at its `UpdateDone` only, else None.
        losses: watches the losses for hard moments.
        pace: seconds per update.
    """

    def __init__(self, state: TrainingState, batches: BatchSource) -> None:
        """Begin with optimizers that have made no step."""
        self._state = state
        self._batches = batches
        self._before: RandomStates | None = None
        self.learner = Learner(state.agent, state.config)
        self.skipped = SkippedUpdates(state.folder)
        self.practice: BehaviorOutput | None = None
        self.losses = LossWatch(state.folder.hard_moments, state.notes, state.hold.check)
        self.pace = Pace()

    @property
    def random_states(self) -> RandomStates:
        """The random states for a checkpoint. In mid-update those from before it, since it will be made again."""
        return self._before or (self._state.noise.state(), self._batches.state())

    def update(self) -> Iterator[Event]:
        """Make one update. If dropped before its optimizers step, it leaves no trace: random states go back too.

        A skipped update does not count, but its batch and noise are used up, so the next attempt has others.

        Raises:
            HaltError: no episode can be read, or too many updates were skipped.
            StorageError: an episode cannot be read now.
        """
        config = self._state.config  # holds for all of this update, whatever changes meanwhile
        output, began = yield from self._make(config, self.learner.update)
        if output.not_finite:
            yield from self._skip(output.not_finite)
            return
        number = self._count()
        metrics, losses = output.numbers()
        assert self._batches.origins is not None
        self.losses.look(number, losses.numpy(), self._batches.origins)
        self.pace.add(time.perf_counter() - began)
        self._state.write_with_speeds("update", {**metrics, "horizon": config.horizon})
        self.practice = output.behavior
        try:
            yield UpdateDone(metrics)
        finally:
            self.practice = None

    def update_part(self, part: Part) -> Iterator[Event]:
        """Make one update of a single part. Drops, skips and raises as `update` does."""
        config = self._state.config
        output, _ = yield from self._make(config, functools.partial(self.learner.update_part, part))
        if output.not_finite:
            yield from self._skip(output.not_finite)
            return
        self._count()
        counters = self._state.counters
        counters.part_updates = counters.part_updates.plus(part)
        metrics = output.metrics()
        self._state.write_with_speeds("part", {"part": part, **metrics, "horizon": config.horizon})
        yield PartUpdateDone(part, metrics)

    def _make(
        self, config: Config, update: Callable[[Batch, UpdateNoise], Generator[Phase, None, Output]]
    ) -> Generator[Event, None, tuple[Output, float]]:
        """Make an update with the next batch, and undo the draws if the update is dropped.

        Returns:
            the result, and when the update began, in seconds of `time.perf_counter`, as if nobody had paused it.
        """
        self._configure(config)
        before = self._before = self.random_states
        began = time.perf_counter()
        try:
            batch = self._take_batch(config)
            phases = update(batch, self.learner.draw_noise(batch, config.horizon, self._state.noise))
            while True:
                try:
                    phase = next(phases)
                except StopIteration as stop:
                    return stop.value, began
                paused = time.perf_counter()
                yield PhaseBegins(phase)  # the caller may pause here; the pause is not update time
                began += time.perf_counter() - paused
        except BaseException:
            self._state.noise.restore(before[0])
            self._batches.restore(before[1])
            raise
        finally:
            self._before = None

    def _count(self) -> int:
        """Count an update that changed weights; returns its number."""
        counters = self._state.counters
        self.skipped.forget()
        counters.update += 1
        self._state.test_returns = ()
        self._state.updates_speed.mark(counters.update)
        return counters.update

    def _configure(self, config: Config) -> None:
        if config.spare_cores != self.learner.config.spare_cores:
            leave_cores(config.spare_cores)
        self.learner.configure(config)

    def _take_batch(self, config: Config) -> Batch:
        """Return the next batch. Set aside each episode that cannot be read, and draw again without it."""
        while True:
            try:
                return self._batches.take(config)
            except ReplayError as error:
                self._batches.settle()
                self._set_aside(error)

    def _set_aside(self, error: ReplayError) -> None:
        """Rename a damaged episode, unless the disk or the memory is to blame or no other episode is left."""
        store = self._state.store
        with self._state.storage():
            if not error.damaged or not store.folder.is_dir() or len(store) == 1:
                none_left = NoEpisodeError(f"{error}, and no other is left: put its file back")
                cause = error.__cause__
                raise (cause if isinstance(cause, OSError | MemoryError) else none_left) from None
            store.leave_out(error.path, rename=True)
        self._state.saved = None  # a checkpoint says how many episodes there are
        self._state.notes.append(f"{error}; it was set aside, and training continues without it")

    def _skip(self, names: tuple[str, ...]) -> Iterator[Event]:
        self._state.saved = None  # the random states have moved on
        self._state.write("skipped", {"not_finite": ", ".join(names), "in_a_row": self.skipped.count()})
        self.skipped.check(names, self._state.config)
        yield UpdateSkipped(f"An update was skipped: {', '.join(names)} were not finite. No weight has changed.")
