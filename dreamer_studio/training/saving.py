"""Decides when a checkpoint is written, and writes it."""

from __future__ import annotations

import time

from dreamer_studio.runs.best import TestScore, find_best
from dreamer_studio.runs.checkpoint import flatten_optimizers, save_checkpoint
from dreamer_studio.runs.checkpoint_names import list_checkpoints
from dreamer_studio.runs.storage import storage_trouble
from dreamer_studio.system.process import give_back_freed_memory
from dreamer_studio.training.collecting import Collecting
from dreamer_studio.training.latest_image import write_latest_image
from dreamer_studio.training.resuming import make_checkpoint
from dreamer_studio.training.state import TrainingState
from dreamer_studio.training.updating import Updating


class Saving:
    """Writes checkpoints and whatever could not be written before.

    Attributes:
        saved_at: update and time (seconds since 1970) of the newest checkpoint; None before the first of this session.
        due: whether a checkpoint is to be written at the next chance.
    """

    def __init__(self, state: TrainingState, collecting: Collecting, updating: Updating) -> None:
        self._state = state
        self._collecting = collecting
        self._updating = updating
        self._clock = time.monotonic()
        self.saved_at: tuple[int, float] | None = None
        self.due = False

    def look_at_clock(self) -> None:
        """Make a checkpoint due if the last one is `checkpoint_every` seconds old."""
        if time.monotonic() - self._clock > self._state.config.checkpoint_every and not self._updating.skipped.stuck:
            self.due = True

    def save_after_test(self) -> None:
        """Write everything due, with a checkpoint if the settings ask for it after each test or no test was better."""
        self.due = self.due or self._state.config.checkpoint_tests or self._is_best()
        self.write_what_waits()

    def _is_best(self) -> bool:
        score = TestScore.of(self._state.test_returns)
        with self._state.storage():
            best = find_best(list_checkpoints(self._state.folder.checkpoints))
        return score is not None and (best is None or score.mean >= best.score.mean)

    def write_what_waits(self) -> None:
        """Write the rows of the log that could not be written before, and the checkpoint that is due.

        Raises:
            StorageError: they cannot be written now.
            RunTakenOverError: another trainer took over.
        """
        with storage_trouble(self._state.folder.path):  # the log checks the hold, if rows wait
            self._state.log.flush()
        if self.due:
            self.save()

    def save(self) -> None:
        """Write a checkpoint now, unless nothing happened since the last one.

        Raises:
            StorageError: it could not be written; older ones are untouched, and `write_what_waits` tries again.
            NotFiniteError: nobody should continue from it.
            RunTakenOverError: another trainer took over.
        """
        state = self._state
        weights = state.agent.state_dict()
        learner = self._updating.learner
        optimizers = flatten_optimizers(learner.state_dict())
        self.due = False
        self._updating.skipped.check_saving({**weights, **optimizers, **learner.running.state_dict()})
        self.due = True
        if self._collecting.episode_waits:
            self._collecting.end_episode()
        if state.saved != state.progress:
            with state.storage():
                state.log.sync()  # so that no checkpoint is newer than its log
            self._write()
            self._updating.losses.write()
            write_latest_image(state, self._collecting.running.episode)
            give_back_freed_memory()
            state.saved = state.progress
            self.saved_at = (state.counters.update, time.time())
        self._clock = time.monotonic()
        self.due = False

    def _write(self) -> None:
        state = self._state
        checkpoint = make_checkpoint(state, self._collecting, self._updating)
        with state.storage():  # looks for another trainer only now: making a checkpoint takes a while
            save_checkpoint(
                state.folder.checkpoints,
                checkpoint,
                state.counters.step,
                state.counters.update,
                newest=state.config.keep_newest,
                each=state.config.keep_each,
                check=state.hold.check,
            )
